package main

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// globalAdmin is the template id of the directory role Global Administrator,
// as Microsoft Entra ID lists it in the claim "wids".
const globalAdmin = "62e90394-69f5-4237-9190-012177145e10"

type issuer struct {
	provider string // the configured identity provider; only its users have a tenant
}

// issue adds the claims that the API believes. Tenant and Global Admin are
// those of the configured provider's users alone: the attributes behind them
// are mapped from the provider, and a user of the pool itself who got hold of
// such an attribute gets nothing from it. The distributor's id is set by
// administrators and counts only for members of the distributors' group.
//
// Claims of these names that come from elsewhere are suppressed.
func (i issuer) issue(_ context.Context, e events.CognitoEventUserPoolsPreTokenGenV2_0) (events.CognitoEventUserPoolsPreTokenGenV2_0, error) {
	attributes, claims := e.Request.UserAttributes, map[string]any{}
	if i.federated(attributes["identities"]) && attributes["custom:tid"] != "" {
		claims["tenant_id"] = attributes["custom:tid"]
		if domain := attributes["custom:tdomain"]; domain != "" {
			claims["tenant_domain"] = strings.ToLower(domain)
		}
		if listed(attributes["custom:wids"], globalAdmin) {
			claims["global_admin"] = "true"
		}
	}
	if id := attributes["custom:distributor"]; id != "" && slices.Contains(e.Request.GroupConfiguration.GroupsToOverride, "distributors") {
		claims["distributor_id"] = id
	}
	var suppress []string
	for _, name := range []string{"tenant_id", "tenant_domain", "global_admin", "distributor_id"} {
		if _, given := claims[name]; !given {
			suppress = append(suppress, name)
		}
	}
	e.Response.ClaimsAndScopeOverrideDetails.IDTokenGeneration = events.IDTokenGenerationV2_0{ClaimsToAddOrOverride: claims, ClaimsToSuppress: suppress}
	return e, nil
}

// federated says whether the pool's own record of identities, which no client
// can write, names the configured provider.
func (i issuer) federated(identities string) bool {
	var list []struct {
		ProviderName string `json:"providerName"`
	}
	if json.Unmarshal([]byte(identities), &list) != nil {
		return false
	}
	for _, identity := range list {
		if identity.ProviderName == i.provider {
			return true
		}
	}
	return false
}

// listed says whether a list attribute holds a value: a JSON list, or values
// apart by commas or spaces, as providers map them.
func listed(attribute, value string) bool {
	var list []string
	if json.Unmarshal([]byte(attribute), &list) != nil {
		list = strings.FieldsFunc(attribute, func(r rune) bool { return strings.ContainsRune(",; []\"", r) })
	}
	return slices.Contains(list, value)
}

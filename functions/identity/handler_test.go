package main

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"
)

const federated = `[{"userId":"u1","providerName":"WorkAccount","providerType":"OIDC","issuer":null,"primary":true,"dateCreated":1}]`

var all = []string{"tenant_id", "tenant_domain", "global_admin", "distributor_id"}

// exampleEvent is event.json: a directory's Global Admin signs in.
func exampleEvent(t *testing.T) events.CognitoEventUserPoolsPreTokenGenV2_0 {
	t.Helper()
	text, err := os.ReadFile("event.json")
	if err != nil {
		t.Fatal(err)
	}
	var e events.CognitoEventUserPoolsPreTokenGenV2_0
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func issueFor(t *testing.T, attributes map[string]string, groups ...string) (claims map[string]any, suppressed []string) {
	t.Helper()
	e := exampleEvent(t)
	e.Request.UserAttributes = attributes
	e.Request.GroupConfiguration.GroupsToOverride = groups
	got, err := (issuer{provider: "WorkAccount"}).issue(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	details := got.Response.ClaimsAndScopeOverrideDetails.IDTokenGeneration
	return details.ClaimsToAddOrOverride, details.ClaimsToSuppress
}

func TestTheExamplesGlobalAdminGetsTheDirectorysClaims(t *testing.T) {
	e := exampleEvent(t)
	claims, _ := issueFor(t, e.Request.UserAttributes, e.Request.GroupConfiguration.GroupsToOverride...)
	want := map[string]any{"tenant_id": "0f0c0f5e-1c1a-4b6e-9d51-c0a7050c0a70", "tenant_domain": "contoso.example", "global_admin": "true"}
	if !reflect.DeepEqual(claims, want) {
		t.Errorf("claims %v", claims)
	}
}

func TestClaimsComeFromTheConfiguredProviderAndTheDistributorsGroupAlone(t *testing.T) {
	admin := func(changes map[string]string) map[string]string {
		a := map[string]string{"sub": "u1", "email": "ada@contoso.example", "identities": federated, "custom:tid": "t-1", "custom:tdomain": "Contoso.example", "custom:wids": `["` + globalAdmin + `"]`}
		maps.Copy(a, changes)
		return a
	}
	full := map[string]any{"tenant_id": "t-1", "tenant_domain": "contoso.example", "global_admin": "true"}
	member := map[string]any{"tenant_id": "t-1", "tenant_domain": "contoso.example"}
	for name, c := range map[string]struct {
		attributes map[string]string
		groups     []string
		want       map[string]any
	}{
		"a Global Admin":                         {admin(nil), nil, full},
		"roles apart by commas":                  {admin(map[string]string{"custom:wids": "a," + globalAdmin}), nil, full},
		"roles in brackets":                      {admin(map[string]string{"custom:wids": "[a " + globalAdmin + "]"}), nil, full},
		"another role":                           {admin(map[string]string{"custom:wids": `["fe930be7-5e62-47db-91af-98c3a49a38b1"]`}), nil, member},
		"a role that only begins like it":        {admin(map[string]string{"custom:wids": globalAdmin + "0"}), nil, member},
		"no roles":                               {admin(map[string]string{"custom:wids": ""}), nil, member},
		"no domain":                              {admin(map[string]string{"custom:tdomain": ""}), nil, map[string]any{"tenant_id": "t-1", "global_admin": "true"}},
		"no tenant":                              {admin(map[string]string{"custom:tid": ""}), nil, map[string]any{}},
		"a second identity of the provider":      {admin(map[string]string{"identities": `[{"providerName":"Other"},{"providerName":"WorkAccount","primary":"false","dateCreated":"1"}]`}), nil, full},
		"written by the user himself (API2)":     {admin(map[string]string{"identities": ""}), nil, map[string]any{}},
		"of another provider":                    {admin(map[string]string{"identities": `[{"providerName":"Google"}]`}), nil, map[string]any{}},
		"a provider whose name only looks alike": {admin(map[string]string{"identities": `[{"providerName":"workaccount"},{"providerName":"WorkAccount2"}]`}), nil, map[string]any{}},
		"the provider's name elsewhere":          {admin(map[string]string{"identities": `[{"userId":"WorkAccount","providerType":"WorkAccount"}]`}), nil, map[string]any{}},
		"identities that can't be read":          {admin(map[string]string{"identities": `WorkAccount`}), nil, map[string]any{}},
		"a distributor":                          {map[string]string{"custom:distributor": "DIST-1"}, []string{"distributors"}, map[string]any{"distributor_id": "DIST-1"}},
		"a distributor's id without the group":   {map[string]string{"custom:distributor": "DIST-1"}, []string{"staff"}, map[string]any{}},
		"the group without an id":                {map[string]string{}, []string{"distributors"}, map[string]any{}},
		"claims' own names as attributes":        {map[string]string{"tenant_id": "t-1", "custom:tenant_id": "t-1", "custom:global_admin": "true", "global_admin": "true"}, nil, map[string]any{}},
		"somebody without anything":              {map[string]string{"sub": "u1", "email": "sam@newco.example"}, nil, map[string]any{}},
	} {
		t.Run(name, func(t *testing.T) {
			claims, suppressed := issueFor(t, c.attributes, c.groups...)
			if !reflect.DeepEqual(claims, c.want) {
				t.Errorf("claims %v, want %v", claims, c.want)
			}
			for _, claim := range all { // whatever isn't vouched for is suppressed
				if _, given := claims[claim]; given == slices.Contains(suppressed, claim) {
					t.Errorf("%s: given %v, suppressed %v", claim, given, suppressed)
				}
			}
		})
	}
}

func TestTheEventGoesBackAsItCameButForTheIDTokensClaims(t *testing.T) {
	e := exampleEvent(t)
	got, err := (issuer{provider: "WorkAccount"}).issue(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration.ClaimsToAddOrOverride) != 0 || len(got.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration.ScopesToAdd) != 0 {
		t.Errorf("the access token gets %+v", got.Response.ClaimsAndScopeOverrideDetails.AccessTokenGeneration)
	}
	got.Response = e.Response
	if !reflect.DeepEqual(got, e) {
		t.Errorf("got %+v\nfrom %+v", got, e)
	}
}

func TestTheFunctionNeedsToKnowTheProvider(t *testing.T) {
	t.Setenv("IDENTITY_PROVIDER_NAME", "")
	if _, err := run(); err == nil {
		t.Error("it starts without a provider")
	}
	t.Setenv("IDENTITY_PROVIDER_NAME", "WorkAccount")
	if handler, err := run(); err != nil || handler == nil {
		t.Error(err)
	}
}

package httpapi

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Groups of the user pool.
const (
	GroupStaff        = "staff"
	GroupDistributors = "distributors"
)

// principalOf reads who asks from what the authorizer verified. ok is false
// when nobody is signed in.
func principalOf(c events.APIGatewayProxyRequestContext) (p onboarding.Principal, ok bool) {
	claims, _ := c.Authorizer["claims"].(map[string]any)
	claim := func(name string) string { s, _ := claims[name].(string); return s }
	if claim("sub") == "" || (claim("token_use") != "" && claim("token_use") != "id") {
		return onboarding.Principal{}, false
	}
	groups := list(claims["cognito:groups"])
	p = onboarding.Principal{
		UserID: claim("sub"), Email: claim("email"), Name: claim("name"),
		TenantID: claim("tenant_id"), TenantDomain: claim("tenant_domain"), GlobalAdmin: claim("global_admin") == "true",
		EmailVerified: claim("email_verified") == "true" || claims["email_verified"] == true, SignedInAt: signedInAt(claim("auth_time")),
		IPAddress: c.Identity.SourceIP, UserAgent: c.Identity.UserAgent,
	}
	switch {
	case groups[GroupStaff]:
		p.Staff = true
	case groups[GroupDistributors]:
		p.DistributorID = claim("distributor_id")
	case p.TenantID == "": // signed up without a work account (E1)
		p.TenantID, p.GlobalAdmin, p.TenantDomain = onboarding.SignUpTenant(p.UserID), false, ""
	}
	if groups[GroupStaff] || groups[GroupDistributors] {
		p.TenantID, p.TenantDomain, p.GlobalAdmin = "", "", false // the programme's people are never a partner's own (A3)
	}
	return p, true
}

// signedInAt reads when the user last signed in: what the directory says of him
// is as of then. It is the zero time when the claim says nothing.
func signedInAt(claim string) time.Time {
	seconds, err := strconv.ParseInt(claim, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

// list reads a list claim. API Gateway flattens it, and not always the same
// way: "staff,other", "[staff other]" and a JSON list all occur.
func list(claim any) map[string]bool {
	set := map[string]bool{}
	switch v := claim.(type) {
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok {
				set[s] = true
			}
		}
	case string:
		var names []string
		if json.Unmarshal([]byte(v), &names) != nil {
			names = strings.FieldsFunc(strings.Trim(v, "[]"), func(r rune) bool { return r == ',' || r == ' ' })
		}
		for _, n := range names {
			set[n] = true
		}
	}
	return set
}

package httpapi

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// claims are those of a directory's Global Admin, with changes; nil removes one.
func claims(changes map[string]any) events.APIGatewayProxyRequestContext {
	c := map[string]any{
		"sub": "u-1", "email": "ada@contoso.example", "token_use": "id", "tenant_id": "t-contoso", "tenant_domain": "contoso.example", "global_admin": "true",
	}
	for name, value := range changes {
		if value == nil {
			delete(c, name)
		} else {
			c[name] = value
		}
	}
	return events.APIGatewayProxyRequestContext{
		Authorizer: map[string]any{"claims": c},
		Identity:   events.APIGatewayRequestIdentity{SourceIP: "192.0.2.7", UserAgent: "tests"},
	}
}

func TestThePrincipalIsWhoTheAuthorizerVouchesFor(t *testing.T) {
	base := onboarding.Principal{UserID: "u-1", Email: "ada@contoso.example", IPAddress: "192.0.2.7", UserAgent: "tests"}
	with := func(change func(*onboarding.Principal)) onboarding.Principal { p := base; change(&p); return p }
	admin := with(func(p *onboarding.Principal) {
		p.TenantID, p.TenantDomain, p.GlobalAdmin = "t-contoso", "contoso.example", true
	})
	staff := with(func(p *onboarding.Principal) { p.Staff = true })
	distributor := with(func(p *onboarding.Principal) { p.DistributorID = "DIST-1" })
	for name, c := range map[string]struct {
		changes map[string]any
		want    onboarding.Principal
	}{
		"a Global Admin of a directory":                           {nil, admin},
		"a colleague":                                             {map[string]any{"global_admin": nil}, with(func(p *onboarding.Principal) { p.TenantID, p.TenantDomain = "t-contoso", "contoso.example" })},
		"Global Admin only by the word true":                      {map[string]any{"global_admin": "1"}, with(func(p *onboarding.Principal) { p.TenantID, p.TenantDomain = "t-contoso", "contoso.example" })},
		"a sign-up gets a tenant of its own, and no admin claim":  {map[string]any{"tenant_id": nil}, with(func(p *onboarding.Principal) { p.TenantID = onboarding.SignUpTenant("u-1") })},
		"a sign-up that made up a domain":                         {map[string]any{"tenant_id": "", "global_admin": "true", "tenant_domain": "contoso.example"}, with(func(p *onboarding.Principal) { p.TenantID = onboarding.SignUpTenant("u-1") })},
		"staff, groups as in AWS":                                 {map[string]any{"cognito:groups": "other,staff"}, staff},
		"staff, groups in brackets":                               {map[string]any{"cognito:groups": "[staff other]"}, staff},
		"staff, groups in brackets and alone":                     {map[string]any{"cognito:groups": "[staff]"}, staff},
		"staff, groups as JSON text":                              {map[string]any{"cognito:groups": `["staff"]`}, staff},
		"staff, groups as a list":                                 {map[string]any{"cognito:groups": []any{"x", "staff"}}, staff},
		"staff is never a partner's own, or a distributor (A3)":   {map[string]any{"cognito:groups": "staff,distributors", "distributor_id": "DIST-1"}, staff},
		"a group that only looks like staff":                      {map[string]any{"cognito:groups": "staffing,nostaff"}, admin},
		"a distributor is never a partner's own (A3)":             {map[string]any{"cognito:groups": "distributors", "distributor_id": "DIST-1"}, distributor},
		"a distributor, groups in brackets":                       {map[string]any{"cognito:groups": "[distributors]", "distributor_id": "DIST-1"}, distributor},
		"a distributor's group without the id is nobody":          {map[string]any{"cognito:groups": "distributors"}, base},
		"an id of a distributor without its group counts nothing": {map[string]any{"distributor_id": "DIST-1"}, admin},
		"no token_use":                                            {map[string]any{"token_use": nil}, admin},
		"a name":                                                  {map[string]any{"name": "Ada Byron"}, with(func(p *onboarding.Principal) { *p = admin; p.Name = "Ada Byron" })},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := principalOf(claims(c.changes))
			if !ok || !reflect.DeepEqual(got, c.want) {
				t.Errorf("ok %v\ngot  %+v\nwant %+v", ok, got, c.want)
			}
		})
	}
}

func TestNobodyIsSignedInWithoutAnIDToken(t *testing.T) {
	for name, c := range map[string]events.APIGatewayProxyRequestContext{
		"no authorizer":          {},
		"no claims":              {Authorizer: map[string]any{"principalId": "u-1"}},
		"claims of another kind": {Authorizer: map[string]any{"claims": "sub=u-1"}},
		"no subject":             claims(map[string]any{"sub": nil}),
		"a subject of no text":   claims(map[string]any{"sub": 7}),
		"an access token":        claims(map[string]any{"token_use": "access"}),
	} {
		if p, ok := principalOf(c); ok || !reflect.DeepEqual(p, onboarding.Principal{}) {
			t.Errorf("%s: ok %v, %+v", name, ok, p)
		}
	}
}

func TestTheAuthorizersOwnExampleEventIsRead(t *testing.T) {
	var event events.APIGatewayProxyRequest
	if err := json.Unmarshal([]byte(`{"requestContext":{"authorizer":{"claims":{"sub":"u-9","token_use":"id","cognito:groups":"distributors","distributor_id":"DIST-9","email_verified":"true"}},"identity":{"sourceIp":"198.51.100.1"}}}`), &event); err != nil {
		t.Fatal(err)
	}
	p, ok := principalOf(event.RequestContext)
	if !ok || p.UserID != "u-9" || p.DistributorID != "DIST-9" || p.IPAddress != "198.51.100.1" {
		t.Errorf("%v %+v", ok, p)
	}
}

package stack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// Password is that of every local user.
const Password = "Local-only-2026!"

// globalAdminRole is the role template that a directory's wids claim holds for a Global Admin.
const globalAdminRole = "62e90394-69f5-4237-9190-012177145e10"

// identityProvider is the template's default name of the partners' directory.
const identityProvider = "WorkAccount"

// Tenants of the seeded directory users.
const (
	TenantContoso  = "0f0c0f5e-1c1a-4b6e-9d51-c0a7050c0a70"
	TenantFabrikam = "fab21ca0-2f6b-4c3d-8a1e-fab21cafab21"
)

// User is someone who can sign in to a local stack.
type User struct {
	Email string
	// Tenant makes it a user of the partners' directory, as if signed in there.
	Tenant string
	// TenantDomain is the verified domain of that tenant.
	TenantDomain string
	// GlobalAdmin is what the directory says; it means nothing without Tenant.
	GlobalAdmin bool
	// Distributor makes it a user of that distributor.
	Distributor string
	// Staff makes it one of the programme's reviewers.
	Staff bool
	// About says who it is, for a person who reads the list.
	About string
}

// Users are there in every local stack.
func Users() []User {
	return []User{
		{Email: "globaladmin@contoso.example", Tenant: TenantContoso, TenantDomain: "contoso.example", GlobalAdmin: true, About: "Global Admin of Contoso"},
		{Email: "adminagent@contoso.example", Tenant: TenantContoso, TenantDomain: "contoso.example", About: "colleague there, without a directory role"},
		{Email: "globaladmin@fabrikam.example", Tenant: TenantFabrikam, TenantDomain: "fabrikam.example", GlobalAdmin: true, About: "Global Admin of another company"},
		{Email: "founder@newco.example", About: "signed up by itself, no directory"},
		{Email: "colleague@newco.example", About: "signed up by itself, to be invited by the founder"},
		{Email: "reviewer1@programme.example", Staff: true, About: "reviewer"},
		{Email: "reviewer2@programme.example", Staff: true, About: "another reviewer"},
		{Email: "sales@northwind-distribution.example", Distributor: "DIST-NORTHWIND", About: "distributor Northwind"},
		{Email: "sales@adventure-distribution.example", Distributor: "DIST-ADVENTURE", About: "distributor Adventure"},
	}
}

func (s *Stack) seedUsers(ctx context.Context) error {
	for _, u := range Users() {
		var there *types.UsernameExistsException
		if err := s.AddUser(ctx, u); err != nil && !errors.As(err, &there) {
			return err
		}
	}
	return nil
}

// AddUser makes a user who can sign in at once. A user with a tenant gets the
// mark that Cognito leaves on those who came from the partners' directory.
func (s *Stack) AddUser(ctx context.Context, u User) error {
	attributes := map[string]string{"email": u.Email, "email_verified": "true"}
	if u.Tenant != "" {
		roles := []string{}
		if u.GlobalAdmin {
			roles = append(roles, globalAdminRole)
		}
		attributes["custom:tid"] = u.Tenant
		attributes["custom:tdomain"] = u.TenantDomain
		attributes["custom:wids"] = jsonText(roles)
		attributes["identities"] = jsonText([]map[string]any{{
			"userId": u.Email, "providerName": identityProvider, "providerType": "OIDC", "issuer": nil, "primary": true,
			"dateCreated": time.Now().UnixMilli(),
		}})
	}
	if u.Distributor != "" {
		attributes["custom:distributor"] = u.Distributor
	}
	var list []types.AttributeType
	for name, value := range attributes {
		if value != "" {
			list = append(list, types.AttributeType{Name: aws.String(name), Value: aws.String(value)})
		}
	}
	client := s.Cognito()
	if _, err := client.AdminCreateUser(ctx, &cognitoidentityprovider.AdminCreateUserInput{
		UserPoolId: aws.String(s.UserPool), Username: aws.String(u.Email), UserAttributes: list,
		TemporaryPassword: aws.String(Password), MessageAction: types.MessageActionTypeSuppress,
	}); err != nil {
		return fmt.Errorf("make user %s: %w", u.Email, err)
	}
	if _, err := client.AdminSetUserPassword(ctx, &cognitoidentityprovider.AdminSetUserPasswordInput{
		UserPoolId: aws.String(s.UserPool), Username: aws.String(u.Email), Password: aws.String(Password), Permanent: true,
	}); err != nil {
		return fmt.Errorf("set the password of %s: %w", u.Email, err)
	}
	for group, member := range map[string]bool{"staff": u.Staff, "distributors": u.Distributor != ""} {
		if !member {
			continue
		}
		if _, err := client.AdminAddUserToGroup(ctx, &cognitoidentityprovider.AdminAddUserToGroupInput{
			UserPoolId: aws.String(s.UserPool), Username: aws.String(u.Email), GroupName: aws.String(group),
		}); err != nil {
			return fmt.Errorf("add %s to %s: %w", u.Email, group, err)
		}
	}
	return nil
}

type token struct {
	text  string
	until time.Time
}

// Token is an ID token of a user, as the API wants it. It is asked for once and
// kept for half an hour; what changed of the user since is not in it.
func (s *Stack) Token(ctx context.Context, email string) (string, error) {
	if kept, found := s.tokens.Load(email); found && time.Now().Before(kept.(token).until) {
		return kept.(token).text, nil
	}
	client := s.SignUpClient
	for _, u := range Users() {
		if u.Email == email && u.Tenant != "" {
			client = s.DirectoryClient
		}
	}
	out, err := s.Cognito().InitiateAuth(ctx, &cognitoidentityprovider.InitiateAuthInput{
		ClientId: aws.String(client), AuthFlow: types.AuthFlowTypeUserPasswordAuth,
		AuthParameters: map[string]string{"USERNAME": email, "PASSWORD": Password},
	})
	if err != nil {
		return "", fmt.Errorf("sign in as %s: %w", email, err)
	}
	if out.AuthenticationResult == nil {
		return "", fmt.Errorf("sign in as %s: asked for %s", email, out.ChallengeName)
	}
	text := aws.ToString(out.AuthenticationResult.IdToken)
	s.tokens.Store(email, token{text: text, until: time.Now().Add(30 * time.Minute)})
	return text, nil
}

func jsonText(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings, numbers and nil only
	}
	return string(text)
}

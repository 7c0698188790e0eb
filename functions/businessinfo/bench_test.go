package main

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/bench/memory"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/country"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/phone"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/registry"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// BenchmarkF5 is our own share of saving business information, the command
// that checks most: from the event's bytes to the answer, without the database.
func BenchmarkF5(b *testing.B) {
	table := memory.New()
	parts := app.Parts{Store: store.New(table, "t"), Now: time.Now}
	parts.Commands = &command.Runner{Records: parts.Store, Now: parts.Now}
	days, err := calendar.New("US", 0)
	if err != nil {
		b.Fatal(err)
	}
	by := onboarding.Principal{UserID: "u-1", Email: "sofia.reyes@contoso.example", TenantID: "t-contoso", TenantDomain: "contoso.example", GlobalAdmin: true}
	if _, err := parts.Commands.RunNew(b.Context(), "t-contoso", command.Command{
		By: by.Actor(), Authorize: func(onboarding.Partner) error { return nil },
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.Enroll(onboarding.Enroll{PartnerID: "P-1", WorkAccount: onboarding.WorkAccountExisting, WorkEmail: by.Email, CompanyName: "Contoso Ltd", By: by}, s)
		},
	}, nil); err != nil {
		b.Fatal(err)
	}
	handle := app.Step(function{parts, onboarding.Knowledge{
		Countries: country.Table{}, Phones: phone.Numbers{}, Regions: region.Default(), Registry: registry.Default(), Calendar: days, Companies: registry.Companies{},
	}, nil}.router(), nil)
	revision, n := 0, 0
	table.Run(b, func() error {
		n++
		body, err := json.Marshal(api.BusinessInfo{
			LegalProfile: api.LegalProfile{
				LegalName: "Contoso Ltd", RegistrationNumber: "01234567",
				Address:        api.Address{Country: "GB", Lines: []string{"1 Paddington Square", fmt.Sprintf("Floor %d", n)}, Locality: "London", PostalCode: "W2 1GG"},
				PrimaryContact: api.Contact{FirstName: "Ada", LastName: "Lund", Email: "ada.lund@contoso.example", Phone: "020 7946 0018"},
			},
			SupportProfile: api.SupportProfile{Email: "help@contoso.example", Website: "https://www.contoso.com"},
		})
		if err != nil {
			return err
		}
		event, err := json.Marshal(events.APIGatewayProxyRequest{
			Path: "/partners/P-1/business-info", HTTPMethod: "PUT", Body: string(body),
			Headers: map[string]string{"Accept": "application/json", "Content-Type": "application/json", "If-Match": httpapi.ETag(revision)},
			RequestContext: events.APIGatewayProxyRequestContext{RequestID: "r", Authorizer: map[string]any{"claims": map[string]any{
				"sub": by.UserID, "email": by.Email, "token_use": "id", "tenant_id": by.TenantID, "tenant_domain": by.TenantDomain, "global_admin": "true",
			}}},
		})
		if err != nil {
			return err
		}
		answer, err := handle(context.Background(), event)
		if err != nil {
			return err
		}
		text, err := json.Marshal(answer)
		revision = n + 1
		if answer := answer.(events.APIGatewayProxyResponse); err == nil && answer.StatusCode != 200 {
			err = fmt.Errorf("%s", text)
		}
		return err
	})
}

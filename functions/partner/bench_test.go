package main

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/partner-onboarding/partner-onboarding/bench/memory"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// BenchmarkF5 is our own share of reading a partner's status: from the event's
// bytes to the answer, without the database.
func BenchmarkF5(b *testing.B) {
	table := memory.New()
	parts := app.Parts{Store: store.New(table, "t"), Now: time.Now}
	parts.Commands = &command.Runner{Records: parts.Store, Now: parts.Now}
	by := onboarding.Principal{UserID: "u-1", Email: "sofia.reyes@contoso.example", TenantID: "t-contoso", TenantDomain: "contoso.example", GlobalAdmin: true}
	if _, err := parts.Commands.RunNew(b.Context(), "t-contoso", command.Command{
		By: by.Actor(), Authorize: func(onboarding.Partner) error { return nil },
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.Enroll(onboarding.Enroll{PartnerID: "P-1", WorkAccount: onboarding.WorkAccountExisting, WorkEmail: by.Email, CompanyName: "Contoso Ltd", By: by}, s)
		},
	}, nil); err != nil {
		b.Fatal(err)
	}
	event, err := json.Marshal(events.APIGatewayProxyRequest{
		Resource: "/partners/{partnerId}", Path: "/partners/P-1", HTTPMethod: "GET", Headers: map[string]string{"Accept": "application/json"},
		RequestContext: events.APIGatewayProxyRequestContext{RequestID: "r", Authorizer: map[string]any{"claims": map[string]any{
			"sub": by.UserID, "email": by.Email, "token_use": "id", "tenant_id": by.TenantID, "tenant_domain": by.TenantDomain, "global_admin": "true",
		}}},
	})
	if err != nil {
		b.Fatal(err)
	}
	handle := app.Step(function{parts, "Cloud Solution Provider"}.router(), nil)
	table.Run(b, func() error {
		answer, err := handle(context.Background(), event)
		if err != nil {
			return err
		}
		text, err := json.Marshal(answer)
		if answer := answer.(events.APIGatewayProxyResponse); err == nil && answer.StatusCode != 200 {
			err = fmt.Errorf("%s", text)
		}
		return err
	})
}

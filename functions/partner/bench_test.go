package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/bench/memory"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// BenchmarkF5 is our own share of reading the status of a partner that has a
// whole history: from the event's bytes to the answer, without the database.
func BenchmarkF5(b *testing.B) {
	document, err := os.ReadFile("../../internal/onboarding/testdata/stored/partner.golden.json")
	if err != nil {
		b.Fatal(err)
	}
	var p onboarding.Partner
	if err := json.Unmarshal(document, &p); err != nil {
		b.Fatal(err)
	}
	p.ID = "P-1"
	compact, err := json.Marshal(p)
	if err != nil {
		b.Fatal(err)
	}
	text := func(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
	number := func(n int) types.AttributeValue { return &types.AttributeValueMemberN{Value: fmt.Sprint(n)} }
	table := memory.New()
	if _, err := table.TransactWriteItems(b.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Put: &types.Put{Item: map[string]types.AttributeValue{
		"pk": text("PARTNER#" + p.ID), "sk": text("PARTNER"), "document": text(string(compact)), "workflow": text(`{"execution":"arn:execution","round":1}`),
		"hash": text("h"), "version": number(p.Version), "workflowRevision": number(5),
	}}}}}); err != nil {
		b.Fatal(err)
	}
	event, err := json.Marshal(events.APIGatewayProxyRequest{
		Resource: "/partners/{partnerId}", Path: "/partners/" + p.ID, HTTPMethod: "GET", Headers: map[string]string{"Accept": "application/json"},
		RequestContext: events.APIGatewayProxyRequestContext{RequestID: "r", Authorizer: map[string]any{"claims": map[string]any{
			"sub": "u-1", "email": "ada@contoso.example", "token_use": "id", "tenant_id": p.TenantID, "tenant_domain": p.TenantDomain, "global_admin": "true",
		}}},
	})
	if err != nil {
		b.Fatal(err)
	}
	parts := app.Parts{Store: store.New(table, "t"), Now: time.Now}
	days, err := calendar.New("US", 0)
	if err != nil {
		b.Fatal(err)
	}
	handle := app.Step(function{parts, "Cloud Solution Provider", days}.router(), nil)
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

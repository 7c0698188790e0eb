// Command outbox does what must follow events: it sends the mails, answers the
// workflow's waits, starts its rounds and publishes on the event bus, again until each is done. A schedule
// starts it every minute.
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/awsjson"
	"github.com/partner-onboarding/partner-onboarding/internal/bus"
	"github.com/partner-onboarding/partner-onboarding/internal/client"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
	"github.com/partner-onboarding/partner-onboarding/internal/mail"
	"github.com/partner-onboarding/partner-onboarding/internal/mail/delivery"
	"github.com/partner-onboarding/partner-onboarding/internal/mail/suppression"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	env, err := entry.Getenv("SENDER_ADDRESS", "STAFF_ADDRESS", "PROGRAMME_NAME", "PROGRAMME_OWNER", "PORTAL_URL", "EVENT_BUS")
	if err != nil {
		return nil, err
	}
	programme, err := mail.NewProgramme(env[2], env[3], env[4])
	if err != nil {
		return nil, err
	}
	sender, err := delivery.New(mailer(), delivery.Config{Address: env[0], Name: env[2], ConfigurationSet: os.Getenv("MAIL_CONFIGURATION_SET")})
	if err != nil {
		return nil, err
	}
	o := outbox{events: parts.Store, mails: parts.Store, held: suppression.New(), partners: parts.Store, commands: parts.Commands, signals: parts.Workflow, sender: sender, bus: eventBus(env[5], parts.Now), programme: programme, staff: env[1], now: parts.Now}
	return func(ctx context.Context, _ json.RawMessage) (any, error) {
		sum, err := o.sweep(ctx)
		slog.InfoContext(ctx, "swept", "done", sum.Done, "later", sum.Later, "stuck", sum.Stuck)
		return sum, err
	}, nil
}

// eventBus makes the bus of public events, which are signed when there is a key.
func eventBus(name string, now func() time.Time) *bus.Bus {
	calls := &awsjson.Client{Region: os.Getenv("AWS_REGION"), Credentials: client.Credentials(), HTTP: client.HTTP}
	b := &bus.Bus{Calls: calls, Name: name, Endpoint: aws.ToString(client.Endpoint("EVENTBRIDGE")), Now: now}
	if key := os.Getenv("EVENT_SIGNING_KEY"); key != "" {
		b.Signer = &bus.Signer{Calls: calls, Key: key, Endpoint: aws.ToString(client.Endpoint("KMS"))}
	}
	return b
}

// mailer makes the client of the mail service. It doesn't retry: SES has no
// idempotency key, so whether to send again is the outbox's decision.
func mailer() *ses.Client {
	return ses.New(ses.Options{
		Region: os.Getenv("AWS_REGION"), Credentials: client.Credentials(), BaseEndpoint: client.Endpoint("SES"), HTTPClient: client.HTTP, Retryer: aws.NopRetryer{},
	})
}

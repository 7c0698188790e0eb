// Command outbox does what must follow events: it sends the mails, answers the
// workflow's waits and starts its rounds, again until each is done. A schedule
// starts it every minute.
package main

import (
	"context"
	"encoding/json"
	"os"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/mail"
	"github.com/partner-onboarding/partner-onboarding/internal/mail/delivery"
)

func main() { app.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	env, err := app.Getenv("SENDER_ADDRESS", "STAFF_ADDRESS", "PROGRAMME_NAME", "PROGRAMME_OWNER", "PORTAL_URL")
	if err != nil {
		return nil, err
	}
	programme, err := mail.NewProgramme(env[2], env[3], env[4])
	if err != nil {
		return nil, err
	}
	sender, err := delivery.New(app.SES(), delivery.Config{Address: env[0], Name: env[2], ConfigurationSet: os.Getenv("MAIL_CONFIGURATION_SET")})
	if err != nil {
		return nil, err
	}
	o := outbox{events: parts.Store, signals: parts.Workflow, sender: sender, programme: programme, staff: env[1], now: parts.Now}
	return func(ctx context.Context, _ json.RawMessage) (any, error) { return o.sweep(ctx) }, nil
}

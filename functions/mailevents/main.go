// Command mailevents follows what becomes of mails. The mail service tells of
// it by events, in any order, twice, or never; so once an hour a schedule looks
// after the mails of which nothing was heard.
package main

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
	"github.com/partner-onboarding/partner-onboarding/internal/mail/suppression"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	env, err := entry.Getenv("STAFF_ADDRESS", "MAIL_CONFIGURATION_SET")
	if err != nil {
		return nil, err
	}
	f := function{
		records: parts.Store, commands: parts.Commands, list: suppression.New(), staff: env[0], configurationSet: env[1], now: parts.Now,
	}
	return func(ctx context.Context, event json.RawMessage) (any, error) {
		f := f
		f.account = account(ctx)
		return f.handle(ctx, event)
	}, nil
}

// account is the function's own AWS account, "" when it isn't known.
func account(ctx context.Context) string {
	if c, ok := lambdacontext.FromContext(ctx); ok {
		if parts := strings.Split(c.InvokedFunctionArn, ":"); len(parts) > 4 {
			return parts[4]
		}
	}
	return ""
}

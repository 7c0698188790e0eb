// Command document receives the documents of a verification and shows them. It
// is the one function that knows where they lie. Besides the API it hears of
// files that came to lie there and of the search for malware in them.
package main

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/internal/document"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	parts, err := app.NewParts()
	if err != nil {
		return nil, err
	}
	env, err := entry.Getenv("REVIEWING_REGION", "DOCUMENTS_BUCKET", "ACCOUNT_ID")
	if err != nil {
		return nil, err
	}
	days, err := calendar.Parse(env[0], os.Getenv("BUSINESS_DAY_LENGTH"))
	if err != nil {
		return nil, err
	}
	f := function{parts, days, storage(env[1], parts.Now), source{bucket: env[1], account: env[2]}}
	return f.handle, nil
}

// files keeps the documents; *document.Bucket does.
type files interface {
	Offer(context.Context, document.Key, onboarding.Upload) (document.Form, error)
	Inspect(context.Context, document.Key) (onboarding.Received, error)
	Link(context.Context, document.Key, onboarding.Document) (url string, expiresAt time.Time, err error)
	Scan(ctx context.Context, k document.Key, versionID string) (onboarding.Scan, error)
	Delete(ctx context.Context, k document.Key, versionID string) error
}

type function struct {
	app.Parts
	calendar onboarding.Calendar
	files    files
	source   source
}

// Command identity is the user pool's pre-token trigger: it puts into a token
// what the pool vouches for, and nothing a user could have written himself.
package main

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"github.com/partner-onboarding/partner-onboarding/internal/entry"
)

func main() { entry.Main(run) }

func run() (func(context.Context, events.CognitoEventUserPoolsPreTokenGenV2_0) (events.CognitoEventUserPoolsPreTokenGenV2_0, error), error) {
	env, err := entry.Getenv("IDENTITY_PROVIDER_NAME")
	if err != nil {
		return nil, err
	}
	return issuer{provider: env[0]}.issue, nil
}

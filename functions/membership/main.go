// Command membership files operators' records of existing memberships: it does
// the import workflow's tasks and tells staff how each import goes (E5).
package main

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/client"
	"github.com/partner-onboarding/partner-onboarding/internal/country"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/phone"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

func main() { entry.Main(run) }

func run() (func(context.Context, json.RawMessage) (any, error), error) {
	env, err := entry.Getenv("TABLE_NAME", "IMPORTS_BUCKET", "AWS_REGION")
	if err != nil {
		return nil, err
	}
	endpoint := client.Endpoint("S3")
	c := s3.New(s3.Options{
		Region: os.Getenv("AWS_REGION"), Credentials: client.Credentials(), BaseEndpoint: endpoint, UsePathStyle: endpoint != nil, HTTPClient: client.HTTP, Retryer: client.Retryer(),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenRequired, ResponseChecksumValidation: aws.ResponseChecksumValidationWhenRequired,
	})
	f := function{store.New(app.DynamoDB(), env[0]), &bucket{env[1], c, s3.NewPresignClient(c)}, time.Now, knowledge()}
	return app.Step(f.router(), f.tasks()), nil
}

// knowledge is what the rules of a record ask of the world.
func knowledge() onboarding.Knowledge {
	return onboarding.Knowledge{Countries: country.Table{}, Phones: phone.Numbers{}, Regions: region.Default()}
}

type function struct {
	Store     *store.Store
	files     files
	Now       func() time.Time
	knowledge onboarding.Knowledge
}

package app

import (
	"context"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

// transport is shared by all clients of a function, so connections are reused
// between invocations.
var transport = &http.Client{
	Transport: &http.Transport{
		DialContext:         (&net.Dialer{Timeout: time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 2 * time.Second, MaxIdleConnsPerHost: 8, IdleConnTimeout: 5 * time.Minute,
		ResponseHeaderTimeout: 5 * time.Second, ForceAttemptHTTP2: false,
	},
}

// credentials are the function's own, as Lambda puts them into the environment.
func credentials() aws.CredentialsProvider {
	return aws.NewCredentialsCache(aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{
			AccessKeyID: os.Getenv("AWS_ACCESS_KEY_ID"), SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"),
			SessionToken: os.Getenv("AWS_SESSION_TOKEN"), Source: "environment",
		}, nil
	}))
}

// endpoint is where a service is when it isn't AWS: the variables that the SDK
// documents. nil is AWS.
func endpoint(service string) *string {
	for _, name := range []string{"AWS_ENDPOINT_URL_" + service, "AWS_ENDPOINT_URL"} {
		if url := os.Getenv(name); url != "" {
			return &url
		}
	}
	return nil
}

func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = 3, time.Second })
}

// DynamoDB makes the client of the table.
func DynamoDB() *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION"), Credentials: credentials(), BaseEndpoint: endpoint("DYNAMODB"), HTTPClient: transport, Retryer: retryer()})
}

// StepFunctions makes the client of Step Functions.
func StepFunctions() *sfn.Client {
	return sfn.New(sfn.Options{Region: os.Getenv("AWS_REGION"), Credentials: credentials(), BaseEndpoint: endpoint("SFN"), HTTPClient: transport, Retryer: retryer()})
}

// SES makes the client of the mail service. It doesn't retry: SES has no
// idempotency key, so whether to send again is the outbox's decision.
func SES() *ses.Client {
	return ses.New(ses.Options{Region: os.Getenv("AWS_REGION"), Credentials: credentials(), BaseEndpoint: endpoint("SES"), HTTPClient: transport, Retryer: aws.NopRetryer{}})
}

// Parts are what every step's function is made of.
type Parts struct {
	Store    *store.Store
	Workflow *workflow.Client
	Commands *command.Runner
	Now      func() time.Time
}

// NewParts wires a step's function from the environment.
func NewParts() (Parts, error) {
	env, err := Getenv("TABLE_NAME", "AWS_REGION")
	if err != nil {
		return Parts{}, err
	}
	p := Parts{
		Store:    store.New(DynamoDB(), env[0]),
		Workflow: &workflow.Client{API: StepFunctions(), Onboarding: os.Getenv("ONBOARDING_STATE_MACHINE_ARN")},
		Now:      time.Now,
	}
	p.Commands = &command.Runner{Records: p.Store, Signals: p.Workflow, Now: p.Now}
	return p, nil
}

package app

import (
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/partner-onboarding/partner-onboarding/internal/client"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/entry"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

// DynamoDB makes the client of the table.
func DynamoDB() *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION"), Credentials: client.Credentials(), BaseEndpoint: client.Endpoint("DYNAMODB"), HTTPClient: client.HTTP, Retryer: client.Retryer()})
}

// StepFunctions makes the client of Step Functions.
func StepFunctions() *sfn.Client {
	return sfn.New(sfn.Options{Region: os.Getenv("AWS_REGION"), Credentials: client.Credentials(), BaseEndpoint: client.Endpoint("SFN"), HTTPClient: client.HTTP, Retryer: client.Retryer()})
}

// Parts are what every step's function is made of.
type Parts struct {
	Store    *store.Store
	Workflow *workflow.Client
	Commands *command.Runner
	Now      func() time.Time
}

// NewParts wires a step's function from the environment.
func NewParts() (Parts, error) { return NewPartsOf(DynamoDB(), StepFunctions()) }

// NewPartsOf wires a step's function from the environment on clients of its own.
func NewPartsOf(db store.DynamoDB, workflows workflow.StepFunctions) (Parts, error) {
	env, err := entry.Getenv("TABLE_NAME", "AWS_REGION")
	if err != nil {
		return Parts{}, err
	}
	p := Parts{
		Store:    store.New(db, env[0]),
		Workflow: &workflow.Client{API: workflows, Onboarding: os.Getenv("ONBOARDING_STATE_MACHINE_ARN"), Verification: os.Getenv("VERIFICATION_STATE_MACHINE_ARN"), DirectBill: os.Getenv("DIRECT_BILL_STATE_MACHINE_ARN")},
		Now:      time.Now,
	}
	p.Commands = &command.Runner{Records: p.Store, Signals: p.Workflow, Now: p.Now}
	return p, nil
}

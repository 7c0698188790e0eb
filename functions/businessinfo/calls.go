package main

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

// The library that checks phone numbers looks methods up by name while running,
// for which the linker keeps every method of whatever is put into an interface:
// of an AWS client all its operations, 3 MB of them. So the clients themselves
// stay out of interfaces here; single operations go in.

// call is one operation of a client, without the client.
type call[In, Out, Options any] func(context.Context, *In, ...func(*Options)) (*Out, error)

// table are the operations of DynamoDB that this function comes to call.
type table struct {
	getItem            call[dynamodb.GetItemInput, dynamodb.GetItemOutput, dynamodb.Options]
	batchGetItem       call[dynamodb.BatchGetItemInput, dynamodb.BatchGetItemOutput, dynamodb.Options]
	updateItem         call[dynamodb.UpdateItemInput, dynamodb.UpdateItemOutput, dynamodb.Options]
	transactWriteItems call[dynamodb.TransactWriteItemsInput, dynamodb.TransactWriteItemsOutput, dynamodb.Options]
}

// executions are the operations of Step Functions that this function comes to call.
type executions struct {
	start   call[sfn.StartExecutionInput, sfn.StartExecutionOutput, sfn.Options]
	succeed call[sfn.SendTaskSuccessInput, sfn.SendTaskSuccessOutput, sfn.Options]
	fail    call[sfn.SendTaskFailureInput, sfn.SendTaskFailureOutput, sfn.Options]
}

var (
	_ store.DynamoDB         = table{}
	_ workflow.StepFunctions = executions{}
)

func clients() (store.DynamoDB, workflow.StepFunctions) {
	db, workflows := app.DynamoDB(), app.StepFunctions()
	return table{db.GetItem, db.BatchGetItem, db.UpdateItem, db.TransactWriteItems},
		executions{workflows.StartExecution, workflows.SendTaskSuccess, workflows.SendTaskFailure}
}

var errNotCalled = errors.New("businessinfo: this operation isn't linked: see calls.go")

func (t table) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return t.getItem(ctx, in, o...)
}

func (t table) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	return t.batchGetItem(ctx, in, o...)
}

func (t table) UpdateItem(ctx context.Context, in *dynamodb.UpdateItemInput, o ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	return t.updateItem(ctx, in, o...)
}

func (t table) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	return t.transactWriteItems(ctx, in, o...)
}

func (table) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return nil, errNotCalled
}

func (e executions) StartExecution(ctx context.Context, in *sfn.StartExecutionInput, o ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error) {
	return e.start(ctx, in, o...)
}

func (e executions) SendTaskSuccess(ctx context.Context, in *sfn.SendTaskSuccessInput, o ...func(*sfn.Options)) (*sfn.SendTaskSuccessOutput, error) {
	return e.succeed(ctx, in, o...)
}

func (e executions) SendTaskFailure(ctx context.Context, in *sfn.SendTaskFailureInput, o ...func(*sfn.Options)) (*sfn.SendTaskFailureOutput, error) {
	return e.fail(ctx, in, o...)
}

func (executions) DescribeExecution(context.Context, *sfn.DescribeExecutionInput, ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error) {
	return nil, errNotCalled
}

// Command empty is a function that does nothing: the floor that every
// function's cold start and warm request are compared with.
package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(context.Context, json.RawMessage) (any, error) { return nil, nil })
}

// Package entry is where a function's process begins. It links no AWS client, so
// that a function which needs none doesn't pay for one at its start.
package entry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

// Main runs a function: run wires it and returns its handler, which Lambda then
// calls. A wiring error is logged and ends the process.
func Main[In, Out any](run func() (func(context.Context, In) (Out, error), error)) {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	handler, err := run()
	if err != nil {
		slog.Error("the function can't start", "error", err)
		os.Exit(1)
	}
	lambda.Start(handler)
}

// Getenv reads required variables of the environment; the error names every one
// that is missing.
func Getenv(names ...string) ([]string, error) {
	values := make([]string, len(names))
	var missing []error
	for i, name := range names {
		if values[i] = os.Getenv(name); values[i] == "" {
			missing = append(missing, fmt.Errorf("the environment variable %s is missing", name))
		}
	}
	return values, errors.Join(missing...)
}

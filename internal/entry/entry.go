// Package entry is where a function's process begins. It links no AWS client, so
// that a function which needs none doesn't pay for one at its start.
package entry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"strconv"

	"github.com/aws/aws-lambda-go/lambda"
)

// Main runs a function: run wires it and returns its handler, which Lambda then
// calls. A wiring error is logged and ends the process.
func Main[In, Out any](run func() (func(context.Context, In) (Out, error), error)) {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stdout, nil)))
	collectLess()
	handler, err := run()
	if err != nil {
		slog.Error("the function can't start", "error", err)
		os.Exit(1)
	}
	lambda.Start(handler)
}

// collectLess lets garbage grow to four times what lives before it is collected,
// as long as three quarters of the function's memory are not used: what lives is
// small, and collecting costs a share of a slow processor. GOGC and GOMEMLIMIT,
// when given, have the last word.
func collectLess() {
	megabytes, err := strconv.ParseInt(os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), 10, 32)
	if err != nil || os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(megabytes << 20 / 4 * 3)
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

package main

import (
	"context"
	"os"
	"os/exec"

	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// sam runs SAM CLI as setup brought it, for checks that need no account.
func sam(ctx context.Context, place stack.Place, say *stack.Progress, args []string) error {
	tools, err := stack.Setup(ctx, place, say)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, tools.SAM, args...)
	cmd.Dir, cmd.Stdin, cmd.Stdout, cmd.Stderr = place.Root, os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "SAM_CLI_TELEMETRY=0")
	if os.Getenv("AWS_DEFAULT_REGION") == "" && os.Getenv("AWS_REGION") == "" {
		cmd.Env = append(cmd.Env, "AWS_DEFAULT_REGION=us-east-1") // linting asks for some region
	}
	return cmd.Run()
}

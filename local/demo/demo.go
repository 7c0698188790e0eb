// Package demo shows the local stack at work: one company from enrolment to
// its first distributor.
package demo

import (
	"context"
	"fmt"
	"io"

	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// Run plays the demo against s and tells about it on out. Input is the path of
// a file with the company to onboard, or "" for the one that is built in.
func Run(ctx context.Context, s *stack.Stack, input string, out io.Writer) error {
	status, body, err := s.Call(ctx, stack.Users()[0].Email, "GET", "/checklist", nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "GET /checklist: %s\n%s\n", status.Status, body)
	return err
}

package demo

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// appeal plays the company's objection to a rejection (V11), which opens the
// same case again.
func (d *demo) appeal(ctx context.Context, message string) error {
	d.print.Heading("Step 3 again: the company appeals")
	var v api.Verification
	if _, err := d.act(ctx, request{
		who: d.admin, method: "POST", path: d.path("/verification/appeal"), doing: "appeals the rejection", want: []int{http.StatusAccepted},
		body: api.AppealRequest{Message: message},
	}, &v, func(answer) []string {
		return append([]string{fmt.Sprintf("%q", message), fmt.Sprintf("case %s is open again, status %s", v.CaseID, v.Status)}, checks(v)...)
	}); err != nil {
		return err
	}
	if c, ok := clockOf(v, d.day); ok {
		d.print.Clock(c, time.Now())
	}
	return d.follow(ctx, "the company appealed", awaitDecision...)
}

// fourEyes lets the reviewer whose decision was appealed try to decide the
// appeal, too: he is refused (V11).
func (d *demo) fourEyes(ctx context.Context, decision Decision) error {
	if d.decided == 0 {
		return nil // rejected by somebody that the input doesn't name
	}
	try := d.deciding(decision)
	try.who.email = d.in.Verification[d.decided-1].Reviewer
	try.doing = "tries to decide the appeal against the own decision"
	return d.refused(ctx, try, http.StatusForbidden, "four_eyes_required")
}

// refused carries out a request that must be refused with a code, of the whole
// or of a member, and tells what the problem document says.
func (d *demo) refused(ctx context.Context, r request, status int, code string) error {
	r.want = []int{status}
	var problem api.Problem
	a, err := d.act(ctx, r, &problem, func(answer) []string {
		lines := []string{problem.Code + ": " + problem.Detail}
		for _, f := range problem.Errors {
			lines = append(lines, f.Pointer+": "+f.Code+": "+f.Message)
		}
		return lines
	})
	if err != nil {
		return err
	}
	if problem.Code != code && !slices.ContainsFunc(problem.Errors, func(f api.FieldError) bool { return f.Code == code }) {
		return d.failure(r.doing, fmt.Sprintf("%s %s to be refused with the code %s", r.method, r.path, code), d.seen(r, a), nil, d.lookAt(r.path)...)
	}
	return nil
}

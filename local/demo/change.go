package demo

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// details reads the business information; the answer's ETag is needed to change
// it.
func (d *demo) details(ctx context.Context) (v api.BusinessInfoView, err error) {
	_, err = d.readDetails(ctx, &v)
	return v, err
}

func (d *demo) readDetails(ctx context.Context, v *api.BusinessInfoView) (answer, error) {
	return d.call(ctx, request{who: d.admin, method: "GET", path: d.path("/business-info"), doing: "reads the business information"}, v)
}

// put changes details that were submitted.
func (d *demo) put(ctx context.Context, doing string, from, to api.BusinessInfo) error {
	var before, after api.BusinessInfoView
	read, err := d.readDetails(ctx, &before)
	if err != nil {
		return err
	}
	_, err = d.act(ctx, request{
		who: d.admin, method: "POST", path: d.path("/business-info/change"), doing: doing, body: to, headers: []string{"If-Match", read.header.Get("ETag")},
	}, &after, func(answer) []string {
		lines := changes(from, to)
		if c := after.Change; c != nil {
			return append(lines, fmt.Sprintf("case %s is open, status %s; until it is authorized the old details stay in force", c.CaseID, c.Status))
		}
		return append(lines, "in force at once")
	})
	return err
}

// outstanding lists what the change names and isn't in force. Phone numbers are
// left out, and capitals: the API writes them in a way of its own.
func (d *demo) outstanding(is api.BusinessInfo) []string {
	before, after := members(d.in.inForce()), members(d.in.change)
	old, now := map[string]string{}, map[string]string{}
	for name, value := range after {
		if value != before[name] && !strings.HasSuffix(name, "/phone") && !strings.EqualFold(value, members(is)[name]) {
			old[name], now[name] = members(is)[name], value
		}
	}
	return differences(old, now)
}

// change plays what becomes different of the company once it may transact (V7).
func (d *demo) change(ctx context.Context) error {
	v, err := d.details(ctx)
	if err != nil {
		return err
	}
	contact := d.in.change.LegalProfile.PrimaryContact.Email
	switch {
	case v.Change != nil && v.Change.Status != api.VerificationStatusRejected:
		d.already("the change is asked for")
	case len(d.outstanding(v.BusinessInfo)) == 0:
		d.already("the change is in force")
		return nil
	default:
		if err := d.askForChange(ctx); err != nil {
			return err
		}
	}
	if err := d.mayTransact(ctx, "asks in between whether the company may transact"); err != nil {
		return err
	}
	if err := d.decideChange(ctx, contact); err != nil {
		return err
	}
	if err := d.mayTransact(ctx, "asks again whether the company may transact"); err != nil {
		return err
	}
	return d.inForce(ctx)
}

// askForChange has the change previewed and then asks for it.
func (d *demo) askForChange(ctx context.Context) error {
	var p api.BusinessInfoChangePreview
	if _, err := d.act(ctx, request{who: d.admin, method: "POST", path: d.path("/business-info/change/preview"), doing: "asks what the change would do (nothing is saved)", body: d.in.change}, &p, func(answer) []string {
		lines := []string{fmt.Sprintf("%s: %s", p.Effect, p.Text)}
		for _, c := range p.Checks {
			lines = append(lines, fmt.Sprintf("begins: check %s, %s (%s)", c.Check, c.Status, c.Detail))
		}
		return lines
	}); err != nil {
		return err
	}
	if err := d.put(ctx, "changes it", d.in.inForce(), d.in.change); err != nil {
		return err
	}
	where := awaitDecision
	if p.Effect == api.ChangeEffectAtOnce {
		where = []string{"Onboarded"}
	}
	return d.follow(ctx, "the company asked for a change", where...)
}

// decideChange plays the change's case up to its authorization: by the new
// contact's confirmation alone, or by a reviewer.
func (d *demo) decideChange(ctx context.Context, contact string) error {
	v, err := d.status(ctx)
	if err != nil || v.Change == nil || v.Decision != nil {
		return err
	}
	if pending(v) {
		where := awaitDecision
		if d.in.Change.Reason == "" {
			where = []string{"Onboarded"} // nothing else is left of the case, and none runs any more
		}
		if err := d.confirmLink(ctx, contact, where...); err != nil {
			return err
		}
	}
	if d.in.Change.Reason == "" {
		return nil
	}
	d.reviewer.email = d.in.Change.Reviewer
	if err := d.review(ctx); err != nil {
		return err
	}
	if c, ok := clockOf(v, d.day); ok {
		d.print.Clock(c, time.Now())
		if err := d.letPass(ctx, c, d.in.Change.AfterBusinessDays); err != nil {
			return err
		}
	}
	decide := d.deciding(Decision{Decision: api.DecisionValueAuthorized, Reason: d.in.Change.Reason})
	decide.body = api.DecisionRequest{Decision: api.DecisionValueAuthorized, Reason: d.in.Change.Reason, CaseID: v.CaseID}
	if _, err := d.act(ctx, decide, &v, func(answer) []string {
		return []string{fmt.Sprintf("status %s; kept for staff: %q", v.Status, d.in.Change.Reason)}
	}); err != nil {
		return err
	}
	return d.follow(ctx, "the change was authorized", "Onboarded")
}

// mayTransact asks the gate, as the distributor, and fails unless it is open.
func (d *demo) mayTransact(ctx context.Context, doing string) error {
	var e api.Eligibility
	r := request{who: d.distributor, method: "GET", path: d.path("/eligibility"), doing: doing}
	a, err := d.act(ctx, r, &e, func(answer) []string {
		return []string{fmt.Sprintf("eligible: %t, through %s", e.Eligible, e.DistributorID)}
	})
	if err == nil && !e.Eligible {
		err = d.failure(doing, "eligible: true", d.seen(r, a), nil, d.lookAt(r.path)...)
	}
	return err
}

// inForce shows the details after the change, and fails unless it is in force.
func (d *demo) inForce(ctx context.Context) error {
	var v api.BusinessInfoView
	r := request{who: d.admin, method: http.MethodGet, path: d.path("/business-info"), doing: "looks what is in force"}
	if _, err := d.act(ctx, r, &v, func(answer) []string {
		var lines []string
		for _, line := range changes(d.in.inForce(), d.in.change) {
			name, _, _ := strings.Cut(line, ": ")
			lines = append(lines, fmt.Sprintf("%s: %q", name, members(v.BusinessInfo)[name]))
		}
		return lines
	}); err != nil {
		return err
	}
	if open := d.outstanding(v.BusinessInfo); len(open) > 0 {
		return d.failure(r.doing, "the change in force", strings.Join(open, "\n            "), nil, d.lookAt(r.path)...)
	}
	return nil
}

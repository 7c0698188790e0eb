package demo

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
)

// Who can end a relationship (D4).
const (
	byCompany     = "company"
	byDistributor = "distributor"
)

// nextDistributor plays a company that changes its distributor: what ending the
// first relationship would do is told before (D4), then the company may not
// transact until another distributor's request is accepted, and its location
// account is the same one as before (L4).
func (d *demo) nextDistributor(ctx context.Context) error {
	var list api.RelationshipList
	if _, err := d.call(ctx, request{who: d.admin, method: "GET", path: d.path("/relationships"), doing: "lists the relationships"}, &list); err != nil {
		return err
	}
	var pla string
	for _, r := range list.Items {
		switch {
		case r.DistributorID == d.in.Next.ID && r.Status == api.RelationshipStatusActive:
			d.already("the relationship with " + r.DistributorName + " is active")
			return nil
		case r.DistributorID == d.in.Distributor.ID && r.PLAID != "":
			pla = r.PLAID
			if r.Status != api.RelationshipStatusActive {
				continue
			}
			if err := d.end(ctx, r.RelationshipID); err != nil {
				return err
			}
		}
	}
	d.in.Distributor = Distributor{ID: d.in.Next.ID, Message: d.in.Next.Message}
	if err := d.findDistributor(ctx); err != nil {
		return fmt.Errorf("the next distributor's user: %w", err)
	}
	if err := d.checkReseller(ctx); err != nil {
		return err
	}
	if err := d.relationship(ctx); err != nil {
		return err
	}
	if err := d.mayTransact(ctx, "asks whether the company may transact through it"); err != nil {
		return err
	}
	return d.sameAccount(ctx, pla)
}

// end has the first relationship's consequences told, ends it, and fails unless
// they come true.
func (d *demo) end(ctx context.Context, id string) error {
	who := d.admin
	if d.in.Next.EndedBy == byDistributor {
		who = d.distributor
	}
	path := d.path("/relationships/" + id + "/termination")
	var preview api.TerminationPreview
	if _, err := d.act(ctx, request{who: d.admin, method: "GET", path: path, doing: "asks what ending the relationship would do (nothing is changed)"}, &preview, func(answer) []string {
		var lines []string
		for _, c := range preview.Consequences {
			lines = append(lines, c.Code+": "+c.Text)
		}
		return lines
	}); err != nil {
		return err
	}
	var r api.Relationship
	if _, err := d.act(ctx, request{who: who, method: "POST", path: path, doing: "ends the relationship", body: api.TerminationRequest{Reason: d.in.Next.Reason}}, &r, func(answer) []string {
		return []string{fmt.Sprintf("relationship with %s: %s, because: %s", r.DistributorName, r.Status, r.Reason)}
	}); err != nil {
		return err
	}
	var e api.Eligibility
	ask := request{who: d.distributor, method: "GET", path: d.path("/eligibility"), doing: "asks whether the company may still transact"}
	a, err := d.act(ctx, ask, &e, func(answer) []string {
		lines := []string{fmt.Sprintf("eligible: %t", e.Eligible)}
		for _, c := range e.Checks {
			if !c.Met {
				lines = append(lines, fmt.Sprintf("unmet: %s, %s; it is the turn of the %s", c.Check, c.Code, c.Who))
			}
		}
		return lines
	})
	if err == nil && (e.Eligible || !preview.Last) {
		err = d.failure(ask.doing, "eligible: false, as the preview said", d.seen(ask, a), nil, d.lookAt(path)...)
	}
	return err
}

// checkReseller has the next distributor look before it requests (D6).
func (d *demo) checkReseller(ctx context.Context) error {
	var c api.ResellerCheck
	_, err := d.act(ctx, request{who: d.distributor, method: "GET", path: "/reseller-check?partnerId=" + d.partner, doing: "asks what is known of the company, before it sends a request"}, &c, func(answer) []string {
		return []string{fmt.Sprintf("%s: %s", c.Answer, c.Text)}
	})
	return err
}

// sameAccount fails unless the location account is the one of before (L4).
func (d *demo) sameAccount(ctx context.Context, pla string) error {
	var list api.RelationshipList
	ask := request{who: d.admin, method: http.MethodGet, path: d.path("/relationships"), doing: "looks at its distributors"}
	a, err := d.act(ctx, ask, &list, func(answer) []string {
		var lines []string
		for _, r := range list.Items {
			lines = append(lines, fmt.Sprintf("%s: %s, location account %s, may transact: %t", r.DistributorName, r.Status, r.PLAID, r.MayTransact))
		}
		return lines
	})
	if err != nil {
		return err
	}
	for _, r := range list.Items {
		if r.PLAID != pla {
			return d.failure(ask.doing, "the location account "+pla+" everywhere", d.seen(ask, a), nil, d.lookAt(ask.path)...)
		}
	}
	name := d.in.Next.ID
	if found, ok := directory.Find(name); ok {
		name = found.Name
	}
	d.print.Line(strings.Repeat(" ", 19) + "the location account " + pla + " was reused for " + name)
	return nil
}

package demo

import (
	"context"
	"fmt"
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// Place is a location that the company adds once it may transact.
type Place struct {
	Name        string      `json:"name"`
	Address     api.Address `json:"address"`
	Distributor Distributor `json:"distributor"` // serves the region of the address
}

// location plays a company that adds a location in a region that is new to it
// (L2): it is there at once, says what it needs, and is used once a distributor
// that serves its region is accepted, with the same location account (L4).
func (d *demo) location(ctx context.Context) error {
	l, err := d.addLocation(ctx)
	if err != nil {
		return err
	}
	gate := d.path("/eligibility?locationId=" + l.LocationID)
	if l.MayTransact {
		d.already("a distributor serves the location's region")
		return nil
	}
	first := d.distributor
	if err := d.transacts(ctx, request{who: first, method: http.MethodGet, path: gate, doing: "asks whether the company may transact through it at the location"}, false); err != nil {
		return err
	}
	relationships, pla, err := d.accounts(ctx, "")
	if err != nil {
		return err
	}
	d.in.Distributor = d.in.Location.Distributor
	if err := d.findDistributor(ctx); err != nil {
		return fmt.Errorf("the user of the location's distributor: %w", err)
	}
	if err := d.connect(ctx, relationships); err != nil {
		return err
	}
	if err := d.transacts(ctx, request{who: d.distributor, method: http.MethodGet, path: gate, doing: "asks the same for itself"}, true); err != nil {
		return err
	}
	_, _, err = d.accounts(ctx, pla)
	return err
}

// addLocation adds the location, or finds the one that an earlier run added.
func (d *demo) addLocation(ctx context.Context) (l api.Location, err error) {
	var page api.LocationPage
	if _, err = d.call(ctx, request{who: d.admin, method: http.MethodGet, path: d.path("/locations"), doing: "lists the locations"}, &page); err != nil {
		return l, err
	}
	for _, l := range page.Items {
		if l.Name == d.in.Location.Name {
			d.already("the location " + l.Name + " is there")
			return l, nil
		}
	}
	ask := request{
		who: d.admin, method: http.MethodPost, path: d.path("/locations"), doing: "adds a location in a region that is new to the company", want: []int{http.StatusCreated},
		body: api.LocationInput{Name: d.in.Location.Name, Address: d.in.Location.Address},
	}
	_, err = d.act(ctx, ask, &l, func(answer) []string {
		lines := []string{fmt.Sprintf("%s, region %s: %s, may transact: %t", l.Name, l.Region, l.Status, l.MayTransact)}
		if !l.MayTransact {
			lines = append(lines, fmt.Sprintf("needs: %s; it is the turn of the %s, under %s", l.Needs.Text, l.Needs.Who, l.Needs.Where))
		}
		return lines
	})
	return l, err
}

// connect has the location's distributor send a request and the company accept
// it.
func (d *demo) connect(ctx context.Context, have []api.Relationship) error {
	var r api.Relationship
	for _, open := range have {
		if open.DistributorID == d.in.Distributor.ID && open.Status == api.RelationshipStatusRequested {
			r = open
		}
	}
	if r.RelationshipID == "" {
		if _, err := d.act(ctx, request{
			who: d.distributor, method: http.MethodPost, path: d.path("/relationships"), doing: "was given the Partner ID and sends a request", want: []int{http.StatusCreated},
			body: api.RelationshipRequest{Message: d.in.Distributor.Message},
		}, &r, func(answer) []string {
			return []string{fmt.Sprintf("request of %s: %s", r.DistributorName, r.Status)}
		}); err != nil {
			return err
		}
	}
	_, err := d.act(ctx, request{who: d.admin, method: http.MethodPost, path: d.path("/relationships/" + r.RelationshipID + "/acceptance"), doing: "accepts " + d.distributorName()}, &r, func(answer) []string {
		return []string{fmt.Sprintf("relationship %s, location account %s linked", r.Status, r.PLAID)}
	})
	return err
}

// transacts asks the gate about the location, and fails unless it answers as it
// must.
func (d *demo) transacts(ctx context.Context, ask request, want bool) error {
	var e api.Eligibility
	a, err := d.act(ctx, ask, &e, func(answer) []string {
		lines := []string{fmt.Sprintf("eligible at the location: %t", e.Eligible)}
		for _, c := range e.Checks {
			if !c.Met {
				lines = append(lines, fmt.Sprintf("unmet: %s, %s", c.Check, c.Code))
			}
		}
		return lines
	})
	if err == nil && e.Eligible != want {
		err = d.failure(ask.doing, fmt.Sprintf("eligible: %t", want), d.seen(ask, a), nil, d.lookAt(ask.path)...)
	}
	return err
}

// accounts lists the relationships. With a location account it tells them, and
// fails unless it is the account of each (L4).
func (d *demo) accounts(ctx context.Context, pla string) (list []api.Relationship, first string, err error) {
	var page api.RelationshipList
	ask := request{who: d.admin, method: http.MethodGet, path: d.path("/relationships"), doing: "looks at its distributors"}
	if pla == "" {
		if _, err = d.call(ctx, ask, &page); err != nil {
			return nil, "", err
		}
		for _, r := range page.Items {
			if r.PLAID != "" {
				first = r.PLAID
			}
		}
		return page.Items, first, nil
	}
	a, err := d.act(ctx, ask, &page, func(answer) []string {
		var lines []string
		for _, r := range page.Items {
			lines = append(lines, fmt.Sprintf("%s: %s, the one location account %s", r.DistributorName, r.Status, r.PLAID))
		}
		return lines
	})
	if err != nil {
		return nil, "", err
	}
	for _, r := range page.Items {
		if r.PLAID != pla {
			return nil, "", d.failure(ask.doing, "the location account "+pla+" everywhere", d.seen(ask, a), nil, d.lookAt(ask.path)...)
		}
	}
	return page.Items, pla, nil
}

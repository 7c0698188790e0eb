//go:build stack

package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const (
	invitationID = "RI-01K7D0S5A1B2C3D4E5F6G7H8JK"
	linkSecret   = "a-secret-of-the-test"
	linkPath     = "/relationship-invitation-links/" + invitationID + "." + linkSecret
)

// invited is a state in which there also is an invitation of the distributor's.
func invited(state func(*rig.Rig) *rig.Rig) func(*rig.Rig) *rig.Rig {
	return func(r *rig.Rig) *rig.Rig {
		state(r)
		d, _ := directory.Find("DIST-NORTHWIND")
		i, err := d.InviteReseller(onboarding.InviteReseller{ID: invitationID, Secret: linkSecret}, r.Now())
		if err == nil {
			_, _, err = r.Parts.Store.PutInvitation(context.Background(), i, "")
		}
		if err != nil {
			panic(err)
		}
		return r
	}
}

// uses is the use of the invitation: the invitation is a second read.
func uses(state func(*rig.Rig) *rig.Rig) rig.Row {
	row := rig.Command("useResellerInvitation", 200, 0, invited(state), rig.Post(rig.Admin, path+linkPath+"/acceptance", nil))
	row.Cost.Reads++
	return row
}

func makeInvitation(r *rig.Rig, h rig.Handler, key string, body map[string]any) api.ResellerInvitation {
	c := rig.Post(rig.Distributor, "/relationship-invitations", body)
	c.Headers = map[string]string{"Idempotency-Key": key}
	return rig.Want[api.ResellerInvitation](r, h, 201, c)
}

func TestD2_AnInvitationFromItsLinkToTheRequest(t *testing.T) {
	r := rig.New(t)
	h := wired(r.Parts)
	body := map[string]any{"message": "Welcome", "mailDomain": "contoso.example"}
	first := makeInvitation(r, h, "k-1", body)
	made := makeInvitation(r, h, "k-1", body)
	if first.Link == "" || made.Link == "" || made.Link == first.Link || made.ResellerInvitationID != first.ResellerInvitationID {
		t.Errorf("the lost answer is made up for by a new link: %q, %q", first.Link, made.Link)
	}
	link, ok := strings.CutPrefix(made.Link, "https://portal.example.com")
	if !ok {
		t.Fatalf("the link %q", made.Link)
	}
	old := strings.TrimPrefix(first.Link, "https://portal.example.com")
	rig.Want[api.Problem](r, h, 404, rig.Get(rig.Admin, old))
	list := func() api.ResellerInvitation {
		t.Helper()
		page := rig.Want[api.ResellerInvitationPage](r, h, 200, rig.Get(rig.Distributor, "/relationship-invitations"))
		if len(page.Items) != 1 || page.Items[0].Link != "" {
			t.Fatalf("%+v", page)
		}
		return page.Items[0]
	}
	if rig.Want[api.ResellerInvitationLink](r, h, 200, rig.Get(rig.Distributor, link)); !list().OpenedAt.IsZero() {
		t.Error("D7 its own look counts as opened")
	}
	before := rig.Want[api.ResellerInvitationLink](r, h, 200, rig.Get(rig.Admin, link))
	if !before.ForYou || before.PartnerID != "" || before.DistributorName == "" || !strings.Contains(before.Text, "Enrol") {
		t.Errorf("before it has enrolled: %+v", before)
	}
	if wrong := rig.Want[api.ResellerInvitationLink](r, h, 200, rig.Get(rig.Foreigner, link)); wrong.ForYou || wrong.Code != "wrong_company" {
		t.Errorf("another company: %+v", wrong)
	}
	if got := list(); got.OpenedAt.IsZero() || got.Status != "Open" {
		t.Errorf("after the look: %+v", got)
	}
	if again := makeInvitation(r, h, "k-1", body); again.Link != "" || again.ResellerInvitationID != made.ResellerInvitationID {
		t.Errorf("after the look the link is void: %+v", again)
	}
	r.Accepted()
	if now := rig.Want[api.ResellerInvitationLink](r, h, 200, rig.Get(rig.Admin, link)); !now.ForYou || now.PartnerID != rig.PartnerID {
		t.Errorf("after it has enrolled: %+v", now)
	}
	accept := path + link + "/acceptance"
	rig.Want[api.Problem](r, h, 403, rig.Post(rig.Colleague, accept, nil))
	request := rig.Want[api.Relationship](r, h, 200, rig.Post(rig.Admin, accept, nil))
	if request.Status != "Requested" || request.InvitationID != made.ResellerInvitationID || request.Message != "Welcome" || !request.WaitingFor.You {
		t.Errorf("the request %+v", request)
	}
	if again := rig.Want[api.Relationship](r, h, 200, rig.Post(rig.Admin, accept, nil)); again.RelationshipID != request.RelationshipID {
		t.Errorf("twice %+v", again)
	}
	if got := list(); got.Status != "Accepted" || got.AcceptedBy != rig.PartnerID || got.RelationshipID != request.RelationshipID {
		t.Errorf("after it was used: %+v", got)
	}
	p := rig.Want[api.Problem](r, h, 409, rig.Post(rig.Distributor, "/relationship-invitations/"+made.ResellerInvitationID+"/cancellation", nil))
	if p.Code != "invitation_used" {
		t.Errorf("%+v", p)
	}
	if active := rig.Want[api.Relationship](r, h, 200, rig.Post(rig.Admin, path+"/relationships/"+request.RelationshipID+"/acceptance", nil)); active.Status != "Active" {
		t.Errorf("D3 %+v", active)
	}
}

func TestD7_ALinkThatCannotBeUsedSaysWhy(t *testing.T) {
	use := rig.Post(rig.Admin, path+linkPath+"/acceptance", nil)
	cancel := rig.Post(rig.Distributor, "/relationship-invitations/"+invitationID+"/cancellation", nil)
	for _, c := range []struct {
		name   string
		state  func(*rig.Rig) *rig.Rig
		before func(*rig.Rig, rig.Handler)
		status int
		code   string
	}{
		{"cancelled", (*rig.Rig).Accepted, func(r *rig.Rig, h rig.Handler) {
			for range 2 {
				if got := rig.Want[api.ResellerInvitation](r, h, 200, cancel); got.Status != "Cancelled" || got.EndedAt.IsZero() {
					t.Errorf("%+v", got)
				}
			}
			rival := rig.Caller{"sub": "u-rival", "email": "x@adventure.example", "cognito:groups": "distributors", "distributor_id": "DIST-ADVENTURE"}
			other := cancel
			other.By = rival
			rig.Want[api.Problem](r, h, 404, other)
		}, 409, "invitation_revoked"},
		{"expired", (*rig.Rig).Accepted, func(r *rig.Rig, _ rig.Handler) { r.Pass(30 * 24 * time.Hour) }, 409, "invitation_expired"},
		{"active", (*rig.Rig).Active, nil, 409, "relationship_exists"},
		{"no such link", (*rig.Rig).Accepted, nil, 404, "not_found"},
	} {
		t.Run("D7 "+c.name, func(t *testing.T) {
			r := rig.New(t)
			h := wired(r.Parts)
			invited(c.state)(r)
			if c.before != nil {
				c.before(r, h)
			}
			call := use
			if c.status == http.StatusNotFound {
				call.Path = path + linkPath + "x/acceptance"
			}
			if p := rig.Want[api.Problem](r, h, c.status, call); p.Code != c.code {
				t.Errorf("%+v", p)
			}
		})
	}
	t.Run("D2 an open request is answered, and the link is used up", func(t *testing.T) {
		r := rig.New(t)
		h := wired(r.Parts)
		invited((*rig.Rig).Requested)(r)
		if got := rig.Want[api.Relationship](r, h, 200, use); got.RelationshipID != rig.RelationshipID || got.InvitationID != invitationID {
			t.Errorf("%+v", got)
		}
		if p := rig.Want[api.Problem](r, h, 409, cancel); p.Code != "invitation_used" {
			t.Errorf("%+v", p)
		}
	})
	t.Run("D7 two agents at once make one request", func(t *testing.T) {
		r := rig.New(t)
		h := wired(r.Parts)
		invited((*rig.Rig).Accepted)(r)
		ids := make([]string, 4)
		var group sync.WaitGroup
		for n := range ids {
			group.Go(func() { ids[n] = rig.Want[api.Relationship](r, h, 200, use).RelationshipID })
		}
		group.Wait()
		if len(r.Record().Partner.Relationships) != 1 {
			t.Errorf("%+v", r.Record().Partner.Relationships)
		}
		for _, id := range ids {
			if id != ids[0] {
				t.Errorf("different requests: %v", ids)
			}
		}
	})
}

func TestD2_InvitationsADayAreLimitedAndAKeyIsOfOneRequest(t *testing.T) {
	r := rig.New(t)
	h := wired(r.Parts)
	makeInvitation(r, h, "k-1", map[string]any{"message": "One"})
	other := rig.Post(rig.Distributor, "/relationship-invitations", map[string]any{"message": "Two"})
	other.Headers = map[string]string{"Idempotency-Key": "k-1"}
	if p := rig.Want[api.Problem](r, h, 422, other); p.Code != "idempotency_key_reused" {
		t.Errorf("%+v", p)
	}
	for n := range 198 {
		makeInvitation(r, h, fmt.Sprintf("n-%d", n), map[string]any{})
	}
	if p := rig.Want[api.Problem](r, h, 429, rig.Post(rig.Distributor, "/relationship-invitations", nil)); p.Code != "asked_too_often" {
		t.Errorf("%+v", p)
	}
	rig.Want[api.Problem](r, h, 403, rig.Post(rig.Admin, "/relationship-invitations", nil))
	rig.Want[api.Problem](r, h, 403, rig.Get(rig.Admin, "/relationship-invitations"))
}

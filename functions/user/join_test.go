//go:build stack

package main

import (
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

func TestE8_AskingToBeAddedIsTakenDownOnceADayWhateverFails(t *testing.T) {
	for call := range 2 {
		for _, fault := range []rig.Fault{rig.Before, rig.Lost} {
			r := rig.New(t)
			h := wired(r.Parts)
			ask := rig.Post(rig.Colleague, "/join-requests", nil)
			r.Network.Break(func(n int, _ string) rig.Fault {
				if n == call {
					return fault
				}
				return rig.None
			})
			r.Do(h, ask)
			r.Network.Reset()
			for range 2 {
				if got := rig.Want[api.JoinAnswer](r, h, 202, ask); !got.AddressProven || got.Email != "bob@contoso.example" {
					t.Errorf("%+v", got)
				}
			}
			id := onboarding.JoinID("u-colleague")
			events, err := r.Parts.Store.Events(t.Context(), id)
			if err != nil || len(events) != 1 || len(events[0].Follow) != 1 || events[0].Follow[0].AskToJoin.Email != "bob@contoso.example" {
				t.Fatalf("call %d %s: %+v, %v", call, fault, events, err)
			}
			r.Pass(25 * time.Hour)
			rig.Want[api.JoinAnswer](r, h, 202, ask)
			if due, err := r.Parts.Store.Due(t.Context(), store.DueOutbox, r.Now(), 10); err != nil || len(due) != 2 {
				t.Errorf("%+v, %v", due, err)
			}
		}
	}
}

func TestE8_AnAddressThatNobodyVouchesForIsProvenByALinkFirst(t *testing.T) {
	r := asked(rig.New(t))
	h := wired(r.Parts)
	link := "/join-links/" + joinToken
	for range 2 { // a scanner looks first
		if got := rig.Want[api.JoinLink](r, h, 200, rig.Get(nil, link)); got.State != api.OwnershipLinkStateOpen || got.EmailMasked != "s…@contoso.example" {
			t.Errorf("%+v", got)
		}
	}
	for range 2 {
		if got := rig.Want[api.JoinLink](r, h, 200, rig.Post(nil, link, nil)); got.State != api.OwnershipLinkStateConfirmed {
			t.Errorf("%+v", got)
		}
	}
	events, err := r.Parts.Store.Events(t.Context(), onboarding.JoinID("u-sam"))
	if err != nil || len(events) != 2 || events[0].Follow[0].Mail.Template != onboarding.MailJoinProof || events[1].Follow[0].AskToJoin == nil {
		t.Errorf("%+v, %v", events, err)
	}
	rig.Want[api.Problem](r, h, 404, rig.Get(nil, "/join-links/"+onboarding.JoinID("u-sam")+".0123456789012345678901234567890123456789012"))
	rig.Want[api.Problem](r, h, 404, rig.Post(nil, "/join-links/"+rig.PartnerID+"."+rig.Secret, nil))
	r = asked(rig.New(t))
	r.Pass(72 * time.Hour)
	if p := rig.Want[api.Problem](r, wired(r.Parts), 409, rig.Post(nil, link, nil)); p.Code != "ownership_link_expired" {
		t.Errorf("%+v", p)
	}
}

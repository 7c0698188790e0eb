package onboarding_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestD1_OnlyADistributorOfTheRegionCanBeChosen(t *testing.T) {
	if !northwind.Serves("europe") || overseas.Serves("europe") || northwind.Serves("") || (Distributor{Regions: []string{""}}).Serves("") {
		t.Error("who serves which region is wrong")
	}
	for _, c := range []struct {
		name string
		p    Partner
		d    Distributor
		want bool
	}{
		{"D1 of the region", begin(t).submitted().p, northwind, true},
		{"D1 of another region", begin(t).submitted().p, overseas, false},
		{"D1 none before the legal address is known", begin(t).enrolled().saved(contoso()).p, northwind, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if ok, code, because := c.p.CanChoose(c.d); ok != c.want || ok == (because != "") || ok == (code != "") {
				t.Errorf("%t because %q", ok, because)
			}
		})
	}
}

func TestD2_ADistributorRequestsAPartnership(t *testing.T) {
	s := begin(t).enrolled()
	t.Run("D2 a distributor that has the Partner ID may ask, and learns nothing else", func(t *testing.T) {
		if err := Authorize(seller, ActionRequestPartnership, s.p); err != nil {
			t.Error(err)
		}
		for _, a := range []Action{ActionView, ActionViewRelationships, ActionEndRelationship, ActionSaveBusinessInfo} {
			wantCode(t, Authorize(seller, a, s.p), CodeNotFound)
		}
		wantCode(t, Authorize(seller, ActionRequestPartnership, Partner{}), CodeNotFound)
		for _, by := range []Principal{globalAdmin, colleague, reviewer} {
			wantCode(t, Authorize(by, ActionRequestPartnership, s.p), CodeRoleRequired)
		}
		wantCode(t, Authorize(stranger, ActionRequestPartnership, s.p), CodeNotFound)
	})
	s.tell(s.p.RequestRelationship(northwind, "R-1", " Let us work together. ", s.stamp(seller)))
	t.Run("D2 the request is open for 30 days and the partner is told", func(t *testing.T) {
		r, ok := s.p.Relationship("R-1")
		if !ok || r.Status != RelationshipPending || r.Message != "Let us work together." || r.DistributorName != "Northwind" || !r.ExpiresAt.Equal(s.now.Add(30*day)) {
			t.Errorf("%+v", r)
		}
		if r.StatusAt(r.ExpiresAt.Add(-1)) != RelationshipPending || r.StatusAt(r.ExpiresAt) != RelationshipExpired {
			t.Errorf("at its end it is %s", r.StatusAt(r.ExpiresAt))
		}
		if !slices.Equal(mails(last(s)), []string{"distributorRequest admin@contoso.example"}) {
			t.Errorf("mails %v", mails(last(s)))
		}
	})
	t.Run("D2 one at a time", func(t *testing.T) {
		_, err := s.p.RequestRelationship(northwind, "R-2", "", s.stamp(seller))
		wantCode(t, err, CodeRequestExists)
		active := begin(t).onboarded()
		_, err = active.p.RequestRelationship(northwind, "R-2", "", active.stamp(seller))
		wantCode(t, err, CodeRequestExists)
	})
	t.Run("D2 again once it expired", func(t *testing.T) {
		later := *s
		later.wait(30 * day).tell(later.p.RequestRelationship(northwind, "R-2", "", later.stamp(seller)))
	})
	t.Run("D2 a hostile message is refused", func(t *testing.T) {
		for _, message := range []string{strings.Repeat("x", 501), "a\r\nb", "www.evil.example", "x\u202ey"} {
			_, err := s.p.RequestRelationship(adventure, "R-2", message, s.stamp(rival))
			wantCode(t, err, CodeInvalid)
		}
	})
}

func TestD2_OpenRelationshipsAreLimitedClosedOnesAreNot(t *testing.T) {
	s := begin(t).accepted()
	distributor := func(i int) Distributor {
		return Distributor{ID: fmt.Sprintf("D-%d", i), Name: "D", Regions: []string{"europe"}}
	}
	n := 0
	for ; n < 1000; n++ {
		e, err := s.p.RequestRelationship(distributor(n), fmt.Sprintf("R-%d", n), "", s.stamp(seller))
		if err != nil {
			wantCode(t, err, CodeTooMany)
			break
		}
		s.tell(e, nil)
	}
	if n != 30 {
		t.Errorf("refused after %d", n)
	}
	t.Run("D4 V11 ended, declined and expired ones make room", func(t *testing.T) {
		s.tell(s.p.AcceptRelationship("R-0", current, "PLA-1", s.stamp(globalAdmin)))
		for i := range 100 {
			s.tell(s.p.DeclineRelationship(s.newest(), "no", s.stamp(globalAdmin)))
			s.requested(distributor(n + i))
		}
		if got := len(s.p.Relationships); got != 30 {
			t.Errorf("%d are kept", got)
		}
		if r, ok := s.p.Relationship("R-0"); !ok || r.Status != RelationshipActive {
			t.Errorf("the active one is gone: %+v", s.p.Relationships[0])
		}
		s.wait(31 * day)
		for i := range 29 {
			s.requested(distributor(5000 + i))
		}
		if got, active := len(s.p.Relationships), s.p.Relationships[0].Status; got != 30 || active != RelationshipActive {
			t.Errorf("%d are kept, the first is %s", got, active)
		}
	})
}

func TestD3_TheResellerAcceptsOrDeclines(t *testing.T) {
	t.Run("D3 accepting links the PLA and makes eligible through that distributor", func(t *testing.T) {
		s := begin(t).onboarded()
		r := s.p.Relationships[0]
		if r.Status != RelationshipActive || r.PLAID != "PLA-1" || s.p.PLAID != "PLA-1" || !s.p.Onboarded() || r.AcceptedAt != s.now {
			t.Errorf("%+v", r)
		}
		if !s.p.Eligibility(EligibilityQuestion{DistributorID: "D-NORTH", Agreement: current, At: s.now}).Eligible || s.p.Eligibility(EligibilityQuestion{DistributorID: "D-ADVENTURE", Agreement: current, At: s.now}).Eligible {
			t.Error("eligible through the wrong one")
		}
		if !slices.Equal(mails(last(s)), []string{"relationshipActive erika@contoso.example", "resellerAccepted distributor:D-NORTH"}) {
			t.Errorf("mails %v", mails(last(s)))
		}
	})
	t.Run("D3 only an Admin Agent or Global Admin answers", func(t *testing.T) {
		p := begin(t).accepted().requested(northwind).p
		for by, code := range map[*Principal]Code{&globalAdmin: "", &colleague: CodeRoleRequired, &reviewer: CodeRoleRequired, &seller: CodeRoleRequired, &stranger: CodeNotFound} {
			if got := CodeOf(Authorize(*by, ActionAnswerRequest, p)); got != code {
				t.Errorf("%s: %q, want %q", by.UserID, got, code)
			}
		}
	})
	t.Run("D3 not before verification", func(t *testing.T) {
		for _, s := range []*story{begin(t).enrolled(), begin(t).confirmed(), begin(t).rejected()} {
			s.requested(northwind)
			_, err := s.p.AcceptRelationship(s.newest(), current, "PLA-1", s.stamp(globalAdmin))
			wantCode(t, err, CodeNotAuthorized)
		}
	})
	t.Run("D3 an unknown request isn't found", func(t *testing.T) {
		s := begin(t).accepted()
		_, err := s.p.AcceptRelationship("R-9", current, "PLA-1", s.stamp(globalAdmin))
		wantCode(t, err, CodeNotFound)
		_, err = s.p.DeclineRelationship("R-9", "", s.stamp(globalAdmin))
		wantCode(t, err, CodeNotFound)
		_, err = s.p.EndRelationship("R-9", "x", globalAdmin, s.stamp(globalAdmin))
		wantCode(t, err, CodeNotFound)
	})
	t.Run("D2 an expired request is neither accepted nor declined", func(t *testing.T) {
		s := begin(t).accepted().requested(northwind).wait(30 * day)
		_, err := s.p.AcceptRelationship(s.newest(), current, "PLA-1", s.stamp(globalAdmin))
		wantCode(t, err, CodeRequestExpired)
		_, err = s.p.DeclineRelationship(s.newest(), "", s.stamp(globalAdmin))
		wantCode(t, err, CodeRequestExpired)
	})
	t.Run("D3 declining needs no reason and comes before anything else is done", func(t *testing.T) {
		s := begin(t).enrolled().requested(northwind)
		_, err := s.p.DeclineRelationship(s.newest(), strings.Repeat("x", 2001), s.stamp(globalAdmin))
		wantFaults(t, err, "/reason too_long")
		s.tell(s.p.DeclineRelationship(s.newest(), " ", s.stamp(globalAdmin)))
		if r := s.p.Relationships[0]; r.Status != RelationshipDeclined || r.ClosedAt != s.now || r.Reason != "" {
			t.Errorf("%+v", r)
		}
		_, err = s.p.AcceptRelationship(s.newest(), current, "PLA-1", s.stamp(globalAdmin))
		wantCode(t, err, CodeRequestClosed)
	})
	t.Run("D3 a long reason is kept whole in the event, its beginning in the record", func(t *testing.T) {
		s := begin(t).enrolled().requested(northwind)
		reason := strings.Repeat("é", 2000)
		s.tell(s.p.DeclineRelationship(s.newest(), reason, s.stamp(globalAdmin)))
		kept := s.p.Relationships[0].Reason
		if d, ok := last(s).Data.(RelationshipDeclinedByPartner); !ok || d.Reason != reason || kept != strings.Repeat("é", 500)+"…" {
			t.Errorf("event %v, record %d characters", ok, len([]rune(kept)))
		}
	})
}

func TestD4_SeveralDistributorsAndEitherSideMayEnd(t *testing.T) {
	s := begin(t).onboarded().requested(adventure)
	s.tell(s.p.AcceptRelationship(s.newest(), current, "PLA-2", s.stamp(globalAdmin)))
	second := s.newest()
	t.Run("D4 both are active and the PLA is the same", func(t *testing.T) {
		for _, d := range []string{"D-NORTH", "D-ADVENTURE", ""} {
			if !s.p.Eligibility(EligibilityQuestion{DistributorID: d, Agreement: current, At: s.now}).Eligible {
				t.Errorf("not eligible through %q", d)
			}
		}
		if r, _ := s.p.Relationship(second); r.PLAID != "PLA-1" {
			t.Errorf("the second has the PLA %q", r.PLAID)
		}
	})
	first := s.p.Relationships[0].ID
	t.Run("D4 a distributor can't end another's", func(t *testing.T) {
		_, err := s.p.EndRelationship(first, "x", rival, s.stamp(rival))
		wantCode(t, err, CodeNotFound)
	})
	t.Run("O3 ending needs a reason", func(t *testing.T) {
		_, err := s.p.EndRelationship(first, " ", seller, s.stamp(seller))
		wantFaults(t, err, "/reason required")
	})
	s.tell(s.p.EndRelationship(first, "No more business.", seller, s.stamp(seller)))
	t.Run("D4 the other one goes on", func(t *testing.T) {
		if s.p.Eligibility(EligibilityQuestion{DistributorID: "D-NORTH", Agreement: current, At: s.now}).Eligible || !s.p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now}).Eligible || !s.p.Onboarded() {
			t.Error("wrong eligibility after one ended")
		}
		if !slices.Equal(mails(last(s)), []string{"relationshipEnded erika@contoso.example", "resellerEnded distributor:D-NORTH"}) {
			t.Errorf("mails %v", mails(last(s)))
		}
	})
	t.Run("D4 what is over can't be ended", func(t *testing.T) {
		_, err := s.p.EndRelationship(first, "x", globalAdmin, s.stamp(globalAdmin))
		wantCode(t, err, CodeRequestClosed)
	})
	s.tell(s.p.EndRelationship(second, "Changing.", globalAdmin, s.stamp(globalAdmin)))
	t.Run("D4 ending the last makes ineligible, and somebody can mend it", func(t *testing.T) {
		if s.p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now}).Eligible || s.p.Onboarded() || s.p.Turn(s.now).Who != PartyDistributor {
			t.Errorf("turn %+v", s.p.Turn(s.now))
		}
	})
	t.Run("L4 a new distributor reuses the PLA", func(t *testing.T) {
		s.requested(northwind)
		s.tell(s.p.AcceptRelationship(s.newest(), current, "PLA-3", s.stamp(globalAdmin)))
		if r, _ := s.p.Relationship(s.newest()); r.PLAID != "PLA-1" || !s.p.Eligibility(EligibilityQuestion{DistributorID: "D-NORTH", Agreement: current, At: s.now}).Eligible {
			t.Errorf("%+v", r)
		}
	})
	t.Run("D4 a distributor sees its own only", func(t *testing.T) {
		for by, want := range map[*Principal]int{&seller: 2, &rival: 1, &globalAdmin: 3} {
			if got := len(s.p.RelationshipsFor(*by)); got != want {
				t.Errorf("%s sees %d, want %d", by.UserID, got, want)
			}
		}
	})
}

func TestD5_ADistributorOutsideTheRegionIsRefused(t *testing.T) {
	t.Run("D5 when it asks", func(t *testing.T) {
		s := begin(t).submitted()
		_, err := s.p.RequestRelationship(overseas, "R-1", "", s.stamp(seller))
		wantCode(t, err, CodeRegionNotServed)
	})
	t.Run("D5 V11 when it asked before the region was known: it can be declined, and isn't anybody's to accept", func(t *testing.T) {
		s := begin(t).enrolled().requested(overseas).accepted()
		_, err := s.p.AcceptRelationship(s.newest(), current, "PLA-1", s.stamp(globalAdmin))
		wantCode(t, err, CodeRegionNotServed)
		if turn := s.p.Turn(s.now); turn.Who != PartyDistributor {
			t.Errorf("turn %+v", turn)
		}
		s.tell(s.p.DeclineRelationship(s.newest(), "", s.stamp(globalAdmin)))
	})
	t.Run("D5 when it asked for a region that the company left", func(t *testing.T) {
		s := begin(t).submitted().requested(adventure).rejected()
		info := contoso()
		info.Legal.Address.Country, info.Legal.PrimaryContact.Phone = "US", "0425 1234"
		s.saved(info).submitted().wait(time.Hour).confirmed().authorized().accepted()
		_, err := s.p.AcceptRelationship(s.newest(), current, "PLA-1", s.stamp(globalAdmin))
		wantCode(t, err, CodeRegionNotServed)
	})
}

package onboarding_test

import (
	"slices"
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestD8_WhoeverWaitsIsToldWhomFor(t *testing.T) {
	for _, c := range []struct {
		name     string
		s        *story
		status   RelationshipStatus
		who      Party
		code     string
		transact bool
	}{
		{"D8 a draft", begin(t).enrolled().requested(northwind), RelationshipPending, PartyPartner, "support_info_missing", false},
		{"D8 a link to confirm", begin(t).submitted().requested(northwind), RelationshipPending, PartyPartner, "verification_not_authorized", false},
		{"D8 a reviewer at work", begin(t).confirmed().requested(northwind), RelationshipPending, PartyReviewer, "verification_not_authorized", false},
		{"D8 an agreement to sign", begin(t).authorized().requested(northwind), RelationshipPending, PartyPartner, "agreement_not_accepted", false},
		{"D8 a request to answer", begin(t).accepted().requested(northwind), RelationshipPending, PartyPartner, "request_not_accepted", false},
		{"D8 nothing", begin(t).onboarded(), RelationshipActive, PartyNobody, "", true},
		{"D8 what is over", begin(t).accepted().requested(northwind).wait(30 * day), RelationshipExpired, PartyNobody, "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := c.s.p.Relationship(c.s.newest())
			got := c.s.p.StandingOf(r, current, c.s.now)
			if got.Status != c.status || got.Turn.Who != c.who || got.Turn.Code != c.code || got.MayTransact != c.transact || got.Since.IsZero() || got.Turn.What == "" {
				t.Errorf("%+v", got)
			}
			if c.status == RelationshipPending {
				if !got.Turn.By.Equal(r.ExpiresAt) {
					t.Errorf("by %s", got.Turn.By)
				}
				for _, side := range []Party{PartyPartner, PartyDistributor, PartyReviewer} {
					want := ClassWaiting
					if side == c.who {
						want = ClassAction
					}
					if class := got.Class(side); class != want {
						t.Errorf("to the %s it is %s", side, class)
					}
				}
			}
		})
	}
	t.Run("D6 an active one that may not transact says why and who must act", func(t *testing.T) {
		s := begin(t).onboarded()
		r, _ := s.p.Relationship(s.newest())
		newer := agreementOf("2026-07")
		got := s.p.StandingOf(r, newer, s.now)
		if got.MayTransact || got.Turn.Code != "agreement_version_outdated" || got.Turn.Who != PartyPartner || got.Class(PartyDistributor) != ClassDone {
			t.Errorf("%+v", got)
		}
	})
	if seller.Side() != PartyDistributor || globalAdmin.Side() != PartyPartner || reviewer.Side() != PartyReviewer {
		t.Error("a principal is of another side")
	}
}

func TestD6_ADistributorIsToldExactlyFourThings(t *testing.T) {
	active := begin(t).onboarded()
	expired := begin(t).accepted().requested(northwind).wait(31 * day)
	newer := agreementOf("2026-07")
	newer.Follows, newer.EffectiveFrom, newer.ReacceptBy = current.Version, monday, monday.Add(60*day)
	outdated := begin(t).onboarded().wait(61 * day)
	moved := begin(t).onboarded()
	moved.p.Region, moved.p.Verified.ChangedAt = "us", moved.now
	for _, c := range []struct {
		name    string
		p       Partner
		by      Distributor
		s       *story
		version AgreementVersion
		want    CheckAnswer
		status  RelationshipStatus
	}{
		{"D6 an id that is unknown", Partner{}, northwind, active, AgreementVersion{}, CheckUnknown, ""},
		{"D6 enrolled", begin(t).enrolled().p, northwind, active, current, CheckNotSettled, ""},
		{"D6 authorized, not signed", begin(t).authorized().p, northwind, active, current, CheckNotSettled, ""},
		{"D6 signed, nothing between the two", begin(t).accepted().p, northwind, active, current, CheckSigned, ""},
		{"D6 signed, for a region that the asker doesn't serve", begin(t).accepted().p, overseas, active, current, CheckSignedElsewhere, ""},
		{"D6 active", active.p, northwind, active, current, CheckSigned, RelationshipActive},
		{"D6 active with another one is none of the asker's business", active.p, adventure, active, current, CheckSigned, ""},
		{"D6 a request that expired", expired.p, northwind, expired, current, CheckSigned, RelationshipExpired},
		{"D6 signed, but an older version, beyond its grace", outdated.p, northwind, outdated, newer, CheckNotSettled, RelationshipActive},
		{"D6 signed for the region that the company has left", moved.p, adventure, moved, current, CheckNotSettled, ""},
		{"D6 the same, asked by one who serves neither", moved.p, Distributor{ID: "D-3", Regions: []string{"brazil"}}, moved, current, CheckSignedElsewhere, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.p.CheckReseller(c.by, c.version, c.s.now)
			if got.Answer != c.want || got.Standing.Status != c.status || got.Since.IsZero() != (c.want == CheckUnknown) || got.Answer.Explain() == "" {
				t.Errorf("%+v", got)
			}
		})
	}
	if got := active.p.CheckReseller(northwind, current, active.now); !got.Standing.MayTransact {
		t.Errorf("%+v", got)
	}
	if got := outdated.p.CheckReseller(northwind, newer, outdated.now); got.Standing.MayTransact || got.Standing.Turn.Code != "agreement_version_outdated" || !got.Since.Equal(newer.ReacceptBy) {
		t.Errorf("%+v", got)
	}
	t.Run("D6 who asks for what", func(t *testing.T) {
		wantCode(t, AskedTooOften("an hour"), CodeAskedTooOften)
		for _, a := range []Action{ActionCheckReseller, ActionViewResellers} {
			if err := AsDistributor(seller, a); err != nil {
				t.Error(err)
			}
			wantCode(t, AsDistributor(globalAdmin, a), CodeRoleRequired)
			wantCode(t, AsDistributor(reviewer, a), CodeRoleRequired)
		}
		wantFaults(t, OneOf("", ""), "/partnerId required")
		wantFaults(t, OneOf("P-1", "t"), "/tenantId not_allowed")
		if err := OneOf("P-1", ""); err != nil {
			t.Error(err)
		}
	})
}

func codes(e EndPreview) (list []string) {
	for _, c := range e.Consequences {
		list = append(list, c.Code)
	}
	return list
}

func TestD4_TheConsequencesOfEndingAreToldBefore(t *testing.T) {
	s := begin(t).onboarded()
	first := s.newest()
	preview := func(id string, by Principal) EndPreview {
		t.Helper()
		e, err := s.p.PreviewEnd(id, by, s.now)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	t.Run("D4 the last one ends eligibility, and the preview says so", func(t *testing.T) {
		e := preview(first, globalAdmin)
		if !e.Last || !slices.Equal(e.LostRegions, []string{"europe"}) || len(e.Through) > 0 || !slices.Contains(codes(e), "eligibility_lost") || !e.At.Equal(s.now) {
			t.Errorf("%+v", e)
		}
		after := *s
		after.tell(after.p.EndRelationship(first, "Over.", globalAdmin, after.stamp(globalAdmin)))
		if after.p.Eligibility(EligibilityQuestion{Agreement: current, At: after.now}).Eligible {
			t.Error("eligible after the last one ended")
		}
	})
	s.requested(adventure)
	t.Run("D4 with a request that is open", func(t *testing.T) {
		if e := preview(first, globalAdmin); e.OpenRequests != 1 || !slices.Contains(codes(e), "request_open") {
			t.Errorf("%+v", e)
		}
	})
	s.tell(s.p.AcceptRelationship(s.newest(), current, "PLA-9", s.stamp(globalAdmin)))
	t.Run("D4 with another one nothing is lost", func(t *testing.T) {
		if e := preview(first, globalAdmin); e.Last || len(e.LostRegions) > 0 || !slices.Equal(e.Through, []string{"Adventure"}) || !slices.Contains(codes(e), "eligibility_stays") {
			t.Errorf("%+v", e)
		}
	})
	t.Run("D4 D6 a distributor isn't told who else the company works with", func(t *testing.T) {
		if e := preview(first, seller); e.Last || len(e.Through) > 0 || e.OpenRequests > 0 || !slices.Equal(codes(e), []string{"ends_at_once", "both_told", "subscriptions_stay", "pla_kept", "request_again"}) {
			t.Errorf("%+v", e)
		}
		_, err := s.p.PreviewEnd(first, rival, s.now)
		wantCode(t, err, CodeNotFound)
		_, err = s.p.RelationshipFor(rival, first)
		wantCode(t, err, CodeNotFound)
	})
	t.Run("V7 D4 one that doesn't serve the region of the legal address takes nothing away", func(t *testing.T) {
		p := s.p
		p.Region = "us"
		e, err := p.PreviewEnd(s.newest(), globalAdmin, s.now)
		if err != nil || !slices.Contains(codes(e), "eligibility_unchanged") || len(e.LostRegions) > 0 {
			t.Errorf("%+v, %v", e, err)
		}
	})
	t.Run("D4 what isn't active can't be ended", func(t *testing.T) {
		p := begin(t).accepted().requested(northwind)
		_, err := p.p.PreviewEnd(p.newest(), globalAdmin, p.now)
		wantCode(t, err, CodeRequestClosed)
	})
}

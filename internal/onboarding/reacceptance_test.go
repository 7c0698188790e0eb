package onboarding_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"pgregory.net/rapid"
)

// The version that follows the current one of the stories: in effect from 60
// days after they begin, to be accepted by 90 days later.
var (
	inEffect   = monday.Add(60 * day)
	reacceptBy = monday.Add(150 * day)
)

func following() AgreementVersion {
	next := agreementOf("2026-05")
	next.Follows, next.EffectiveFrom, next.ReacceptBy = current.Version, inEffect, reacceptBy
	return next
}

// knowing is the current version with the one that is known to follow.
func knowing() AgreementVersion {
	next, v := following(), current
	v.Next = &next
	return v
}

// inForceAt is what is to be accepted at a time.
func inForceAt(at time.Time) AgreementVersion {
	if at.Before(inEffect) {
		return knowing()
	}
	return following()
}

func signatureOf(v AgreementVersion) AcceptAgreement {
	sign := signature()
	sign.Version, sign.SHA256 = v.Version, v.Documents[0].SHA256
	return sign
}

// announced is an onboarded partner that knows of the version to come.
func announced(t testing.TB) *story {
	s := begin(t).onboarded()
	return s.tell(s.p.Announce(following(), s.system()))
}

func (s *story) eligible(at time.Time) Eligibility {
	return s.p.Eligibility(EligibilityQuestion{Agreement: inForceAt(at), At: at})
}

// passed does everything that falls due until a time, each at its own moment.
func (s *story) passed(until time.Time) *story {
	s.t.Helper()
	for {
		at, ok := s.p.NextDeadline()
		if !ok || at.After(until) {
			s.now = until
			return s
		}
		s.now = at
		s.tell(s.p.Tick(s.system()))
	}
}

func TestA6_ANewVersionIsAskedForByADate(t *testing.T) {
	for _, c := range []struct {
		name         string
		at           time.Time
		list         string
		step         StepStatus
		who          Party
		eligible     bool
		status       AgreementStatus
		relationship Code // of accepting a request
	}{
		{"A6 announced", monday.Add(40 * day), "later", StepDone, PartyNobody, true, AgreementIsAccepted, ""},
		{"A6 the last moment before it is in effect", inEffect.Add(-time.Second), "later", StepDone, PartyNobody, true, AgreementIsAccepted, ""},
		{"A6 in effect", inEffect, "now", StepCurrent, PartyPartner, true, AgreementOutdated, ""},
		{"A6 the last moment", reacceptBy.Add(-time.Second), "now", StepCurrent, PartyPartner, true, AgreementOutdated, ""},
		{"A6 the date", reacceptBy, "past", StepActionNeeded, PartyPartner, false, AgreementOutdated, CodeAgreementMissing},
		{"A6 long after", reacceptBy.Add(400 * day), "past", StepActionNeeded, PartyPartner, false, AgreementOutdated, CodeAgreementMissing},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := announced(t).passed(c.at)
			doc := s.p.Requirements(s.now)
			lists := map[string][]Requirement{"later": doc.DueLater, "now": doc.DueNow, "past": doc.PastDue}
			for name, list := range lists {
				if (len(list) == 1) != (name == c.list) {
					t.Errorf("%s: %+v", name, list)
				}
			}
			r := lists[c.list][0]
			if r.Code != "agreement_reacceptance" || !r.By.Equal(reacceptBy) || r.Who != PartyPartner || !slices.Equal(r.Roles, MayDo(ActionSign)) || r.Reason == "" || r.Operation != "acceptAgreement" {
				t.Errorf("%+v", r)
			}
			met := slices.ContainsFunc(doc.Met, func(r Requirement) bool { return r.Code == "agreement" })
			if met != c.eligible {
				t.Errorf("the agreement is met: %t", met)
			}
			turn := s.p.Turn(s.now)
			if turn.Who != c.who || c.who == PartyPartner && (turn.Code != "agreement_reacceptance" || !turn.By.Equal(reacceptBy) || !strings.Contains(turn.Sentence(), "30 July 2026")) {
				t.Errorf("turn %+v: %s", turn, turn.Sentence())
			}
			if st := s.p.StepStates(s.now); st[3].Status != c.step || st[4].Status != StepDone {
				t.Errorf("steps %+v", st)
			}
			e := s.eligible(s.now)
			if e.Eligible != c.eligible || !c.eligible && (e.Checks[3].Code != "agreement_version_outdated" || len(unmet(e)) != 1) {
				t.Errorf("eligible %t, unmet %v", e.Eligible, unmet(e))
			}
			if got := s.p.AgreementStatus(inForceAt(s.now), s.now); got != c.status {
				t.Errorf("status %s", got)
			}
			s.requested(adventure)
			if _, err := s.p.AcceptRelationship(s.newest(), inForceAt(s.now), "PLA-1", s.stamp(globalAdmin)); CodeOf(err) != c.relationship {
				t.Errorf("D3 a request: %v", err)
			}
			s.tell(s.p.Accept(signatureOf(following()), inForceAt(s.now), s.stamp(globalAdmin)))
			if doc := s.p.Requirements(s.now); len(doc.PastDue)+len(doc.DueLater) != 0 || slices.ContainsFunc(doc.DueNow, func(r Requirement) bool { return r.Code != "distributor" }) {
				t.Errorf("accepted, and still required: %+v", doc)
			}
			for _, at := range []time.Time{s.now, inEffect, reacceptBy, reacceptBy.Add(400 * day)} {
				if !at.Before(s.now) && !s.eligible(at).Eligible {
					t.Errorf("accepted on %s, not eligible on %s", s.now, at)
				}
			}
			s.tell(s.p.CancelRequest(s.newest(), rival, s.stamp(rival)))
			if at, ok := s.p.NextDeadline(); ok {
				t.Errorf("something is due on %s", at)
			}
		})
	}
}

func TestA6_TheGateSaysUntilWhenTheVersionBeforeCounts(t *testing.T) {
	s := announced(t)
	for at, want := range map[time.Time]string{monday: "in the version in force.", inEffect: "which counts until 30 July 2026."} {
		if got := s.eligible(at).Checks[3]; !strings.Contains(got.Text, want) || !got.Met || !got.Since.Equal(s.p.Acceptance.At) {
			t.Errorf("%s: %+v", at, got)
		}
	}
}

func TestA6_NoticesGoOutOnceEachToContactsAndSigners(t *testing.T) {
	s := announced(t)
	s.p.Members = append(s.p.Members, Member{UserID: "u-authority", Email: "legal@contoso.example", Roles: []Role{RoleLegalAuthority}}, Member{UserID: "u-agent", Email: "agent@contoso.example", Roles: []Role{RoleAdminAgent}})
	from := len(s.events)
	s.passed(reacceptBy.Add(1000 * day))
	var got []string
	for _, e := range s.events[from:] {
		for _, m := range e.Follow {
			if m.Mail.To == "erika@contoso.example" {
				got = append(got, e.At.Format(time.DateOnly)+" "+string(m.Mail.Template)+" "+m.Mail.Params["days"])
			}
		}
		if to := mails(e); len(to) != 3 || !strings.HasSuffix(to[1], "admin@contoso.example") || !strings.HasSuffix(to[2], "legal@contoso.example") {
			t.Errorf("%s went to %v", e.Data.Type(), to)
		}
	}
	want := []string{
		"2026-04-01 agreementAnnounced ", "2026-05-01 agreementReacceptance 90", "2026-06-30 agreementReacceptance 30", "2026-07-16 agreementReacceptance 14", "2026-07-27 agreementReacceptance 3", "2026-07-30 agreementLapsed ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if s.p.DormantSince != (time.Time{}) || s.p.Idle {
		t.Error("the partner went to sleep over it")
	}
}

func TestA6_WhatNobodySentInTimeIsLeftOut(t *testing.T) {
	for at, want := range map[time.Time][]string{
		inEffect.Add(5 * day):    {"agreementReacceptance", "agreementReacceptance", "agreementReacceptance", "agreementReacceptance", "agreementLapsed"},
		reacceptBy.Add(-2 * day): {"agreementReacceptance", "agreementLapsed"},
		reacceptBy.Add(9 * day):  {"agreementLapsed"},
	} {
		s := begin(t).onboarded()
		s.now = at
		s.tell(s.p.Announce(following(), s.system()))
		from := len(s.events)
		for {
			e, err := s.p.Tick(s.system())
			if err != nil {
				wantCode(t, err, CodeNothingDue)
				if next, ok := s.p.NextDeadline(); ok {
					s.now = next
					continue
				}
				break
			}
			s.tell(e, nil)
		}
		var got []string
		for _, e := range s.events[from:] {
			got = append(got, strings.Fields(mails(e)[0])[0])
		}
		if !slices.Equal(got, want) {
			t.Errorf("told on %s: %v, want %v", at, got, want)
		}
	}
}

func TestA6_TheNextVersionCanBeAcceptedAhead(t *testing.T) {
	s := announced(t).passed(monday.Add(35 * day))
	s.tell(s.p.Accept(signatureOf(following()), inForceAt(s.now), s.stamp(globalAdmin)))
	if at, ok := s.p.NextDeadline(); ok || s.p.Acceptance.Version != current.Version || s.p.Ahead == nil {
		t.Errorf("something is due on %s; accepted %+v, ahead %+v", at, s.p.Acceptance, s.p.Ahead)
	}
	signed := s.p.Acceptance.At
	for at, want := range map[time.Time]time.Time{s.now: signed, inEffect.Add(-time.Second): signed, inEffect: s.now, reacceptBy.Add(99 * day): s.now} {
		if e := s.eligible(at); !e.Eligible || !e.Checks[3].Since.Equal(want) {
			t.Errorf("at %s: eligible %t since %s, want since %s", at, e.Eligible, e.Checks[3].Since, want)
		}
		if st := s.p.StepStates(at)[3]; st.Status != StepDone || !st.Since.Equal(want) {
			t.Errorf("at %s: %+v", at, st)
		}
		if turn := s.p.Turn(at); turn.Who != PartyNobody {
			t.Errorf("at %s: %+v", at, turn)
		}
	}
	t.Run("A6 once", func(t *testing.T) {
		_, err := s.p.Accept(signatureOf(following()), inForceAt(s.now), s.stamp(globalAdmin))
		wantCode(t, err, CodeAgreementAccepted)
	})
	t.Run("A6 and it is in force then", func(t *testing.T) {
		s := *s
		s.wait(inEffect.Sub(s.now))
		_, err := s.p.Accept(signatureOf(following()), following(), s.stamp(globalAdmin))
		wantCode(t, err, CodeAgreementAccepted)
		third := agreementOf("2026-11")
		third.Follows, third.EffectiveFrom, third.ReacceptBy = "2026-05", reacceptBy.Add(30*day), reacceptBy.Add(60*day)
		s.tell(s.p.Announce(third, s.system()))
		v := following()
		v.Next = &third
		s.tell(s.p.Accept(signatureOf(third), v, s.stamp(globalAdmin)))
		if s.p.Acceptance.Version != "2026-05" || s.p.Ahead.Version != "2026-11" {
			t.Errorf("accepted %+v, ahead %+v", s.p.Acceptance, s.p.Ahead)
		}
	})
	t.Run("A6 but not before the one in force", func(t *testing.T) {
		s := begin(t).authorized()
		_, err := s.p.Accept(signatureOf(following()), knowing(), s.stamp(globalAdmin))
		wantCode(t, err, CodeAgreementStale)
	})
}

func TestA6_WhoSignsLearnsOfTheVersionThatFollowsAtOnce(t *testing.T) {
	s := begin(t).authorized()
	s.tell(s.p.Accept(signature(), knowing(), s.stamp(globalAdmin)))
	if s.p.Renewal == nil || s.p.Renewal.Version != "2026-05" || s.p.AwaitsRenewal() {
		t.Fatalf("%+v", s.p.Renewal)
	}
	if list := s.p.Requirements(s.now).DueLater; len(list) == 0 || list[len(list)-1].Code != "agreement_reacceptance" {
		t.Errorf("%+v", list)
	}
	_, err := s.p.Announce(following(), s.system())
	wantCode(t, err, CodeNothingDue)
}

func TestA6_OnlyWhomItConcernsIsToldOfAVersion(t *testing.T) {
	elsewhere, skipped := following(), following()
	elsewhere.Region, skipped.Follows = "us", "2025-07"
	again := announced(t)
	for name, c := range map[string]struct {
		s    *story
		next AgreementVersion
	}{
		"who hasn't signed": {begin(t).authorized(), following()}, "another region's": {begin(t).onboarded(), elsewhere},
		"who accepted another version": {begin(t).onboarded(), skipped}, "who knows": {again, following()},
	} {
		_, err := c.s.p.Announce(c.next, c.s.system())
		if CodeOf(err) != CodeNothingDue {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestV7_AMoveToAnotherRegionPutsTheOldOnesVersionsAside(t *testing.T) {
	s := announced(t).changed(toTheUS).confirmed().decidedChange(VerificationAuthorized)
	for _, r := range s.p.Requirements(inEffect).DueNow {
		if r.Code == "agreement_reacceptance" {
			t.Errorf("%+v", r)
		}
	}
	american := agreementOf("2026-01-us")
	american.Region = "us"
	s.passed(reacceptBy.Add(day)).tell(s.p.Accept(signatureOf(american), american, s.stamp(globalAdmin)))
	if !s.p.Eligibility(EligibilityQuestion{Agreement: american, At: s.now}).Eligible || s.p.Renewal != nil || !s.p.AwaitsRenewal() {
		t.Errorf("renewal %+v", s.p.Renewal)
	}
}

func TestA6_AnAcceptanceNeverRevivesAndTransactingStopsExactlyAtTheDate(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := begin(t).onboarded()
		told := rapid.IntRange(0, 200).Draw(rt, "told after days")
		signs := rapid.IntRange(told, 300).Draw(rt, "accepts after days")
		s.passed(monday.Add(time.Duration(told) * day))
		s.tell(s.p.Announce(following(), s.system()))
		s.passed(monday.Add(time.Duration(signs) * day))
		before := *s
		s.tell(s.p.Accept(signatureOf(following()), inForceAt(s.now), s.stamp(globalAdmin)))
		at := monday.Add(time.Duration(rapid.IntRange(0, 400*24).Draw(rt, "asked after hours")) * time.Hour)
		asked := &before // the partner as it was then, as T3 reads it from the events
		if !at.Before(s.now) {
			asked = s
		}
		want := at.Before(reacceptBy) || asked == s
		if got := asked.eligible(at).Eligible; got != want {
			rt.Fatalf("told %d, accepted %d: eligible at %s: %t, want %t", told, signs, at, got, want)
		}
		if lapsed := slices.ContainsFunc(asked.p.Requirements(at).PastDue, func(r Requirement) bool { return r.Code == "agreement_reacceptance" }); lapsed == want {
			rt.Fatalf("the requirements say lapsed %t, the gate %t", lapsed, want)
		}
	})
}

package onboarding_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// unmet lists the reason codes of the checks that aren't met.
func unmet(e Eligibility) []string {
	var codes []string
	for _, c := range e.Checks {
		if !c.Met {
			codes = append(codes, c.Code)
		}
	}
	return codes
}

func TestT1_EveryCheckOfTheGateIsAnswered(t *testing.T) {
	all := []string{"not_enrolled", "support_info_missing", "verification_not_authorized", "agreement_not_accepted", "no_relationship", "pla_not_linked", "region_not_served"}
	ended := begin(t).onboarded()
	ended.tell(ended.p.EndRelationship(ended.newest(), "Over.", seller, ended.stamp(seller)))
	declined := begin(t).accepted().requested(northwind)
	declined.tell(declined.p.DeclineRelationship(declined.newest(), "", declined.stamp(globalAdmin)))
	expired := begin(t).accepted().requested(northwind).wait(30 * day)
	for _, c := range []struct {
		name        string
		s           *story
		distributor string
		current     AgreementVersion
		want        []string
	}{
		{"T1 nothing done", begin(t), "", current, all},
		{"T1 enrolled", begin(t).enrolled(), "", current, all[1:]},
		{"T1 submitted", begin(t).submitted(), "", current, all[2:]},
		{"T1 rejected", begin(t).rejected(), "", current, all[1:]},
		{"T1 authorized", begin(t).authorized(), "", current, all[3:]},
		{"T1 accepted", begin(t).accepted(), "", current, all[4:]},
		{"T1 requested", begin(t).accepted().requested(northwind), "", current, []string{"request_not_accepted", "pla_not_linked"}},
		{"T1 request expired", expired, "", current, []string{"relationship_ended", "pla_not_linked"}},
		{"T1 declined", declined, "D-NORTH", current, []string{"relationship_ended", "pla_not_linked"}},
		{"T1 ended", ended, "", current, []string{"relationship_ended", "pla_not_linked"}},
		{"T1 onboarded", begin(t).onboarded(), "", current, nil},
		{"T1 onboarded, this distributor", begin(t).onboarded(), "D-NORTH", current, nil},
		{"T1 onboarded, another distributor", begin(t).onboarded(), "D-ADVENTURE", current, all[4:]},
		{"T1 the agreement is outdated", begin(t).onboarded(), "", agreementOf("2026-07"), []string{"agreement_version_outdated"}},
		{"T1 there is no agreement any more", begin(t).onboarded(), "", AgreementVersion{}, []string{"agreement_version_outdated"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := c.s.p.Eligibility(EligibilityQuestion{DistributorID: c.distributor, Agreement: c.current, At: c.s.now})
			got := unmet(e)
			if !slices.Equal(got, c.want) || e.Eligible != (len(c.want) == 0) || len(e.Checks) != map[bool]int{false: 7, true: 8}[c.s.p.Acceptance != nil] {
				t.Errorf("unmet %q, want %q; eligible %t", got, c.want, e.Eligible)
			}
			for _, check := range e.Checks {
				switch {
				case check.Text == "" || (check.Met && (check.Code != "" || check.Since.IsZero())):
					t.Errorf("%s says %+v", check.Check, check)
				case !check.Met && (check.Code == "" || check.Who == "" || check.Who == PartyNobody || len(check.Roles) == 0 || check.Where == "" || !check.Since.IsZero()):
					t.Errorf("%s doesn't say who must act and where: %+v", check.Check, check)
				}
			}
		})
	}
}

func TestT1_TheGateNamesWhoeverHasTheBall(t *testing.T) {
	overdue := begin(t).submitted().escalated()
	for _, c := range []struct {
		name  string
		s     *story
		check EligibilityCheck
		who   Party
	}{
		{"T1 unsubmitted: the partner", begin(t).enrolled(), EligibleVerified, PartyPartner},
		{"T1 unconfirmed: the partner", begin(t).submitted(), EligibleVerified, PartyPartner},
		{"T1 unconfirmed and overdue: the partner", overdue, EligibleVerified, PartyPartner},
		{"T1 confirmed: the reviewer", begin(t).confirmed(), EligibleVerified, PartyReviewer},
		{"T1 confirmed and overdue: the reviewer", begin(t).confirmed().escalated(), EligibleVerified, PartyReviewer},
		{"T1 rejected: the partner", begin(t).rejected(), EligibleVerified, PartyPartner},
		{"T1 unsigned: the partner", begin(t).authorized(), EligibleAgreement, PartyPartner},
		{"T1 no request: the distributor", begin(t).accepted(), EligibleRelationship, PartyDistributor},
		{"T1 a request: the partner", begin(t).accepted().requested(northwind), EligibleRelationship, PartyPartner},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, k := range c.s.p.Eligibility(EligibilityQuestion{Agreement: current, At: c.s.now}).Checks {
				if k.Check == c.check && k.Who != c.who {
					t.Errorf("%s, want %s", k.Who, c.who)
				}
			}
		})
	}
}

func TestT2_RequirementsStepsAndTurnSayTheSame(t *testing.T) {
	late := begin(t).submitted().wait(72 * 60 * 60 * 1e9)
	ended := begin(t).onboarded()
	ended.tell(ended.p.EndRelationship(ended.newest(), "Over.", seller, ended.stamp(seller)))
	for _, c := range []struct {
		name  string
		s     *story
		who   Party
		code  string
		steps []StepStatus
	}{
		{"T2 enrolled", begin(t).enrolled(), PartyPartner, "business_info", []StepStatus{StepDone, StepCurrent, StepLocked, StepLocked, StepLocked}},
		{"T2 drafted", begin(t).enrolled().saved(contoso()), PartyPartner, "business_info", []StepStatus{StepDone, StepCurrent, StepLocked, StepLocked, StepLocked}},
		{"T2 submitted", begin(t).submitted(), PartyPartner, "email_ownership", []StepStatus{StepDone, StepDone, StepCurrent, StepLocked, StepLocked}},
		{"T2 the link expired", late, PartyPartner, "email_ownership", []StepStatus{StepDone, StepDone, StepCurrent, StepLocked, StepLocked}},
		{"T2 confirmed", begin(t).confirmed(), PartyReviewer, "verification", []StepStatus{StepDone, StepDone, StepWaiting, StepLocked, StepLocked}},
		{"T2 overdue", begin(t).confirmed().escalated(), PartyReviewer, "verification_overdue", []StepStatus{StepDone, StepDone, StepWaiting, StepLocked, StepLocked}},
		{"T2 D8 overdue, unconfirmed", begin(t).escalated(), PartyPartner, "email_ownership", []StepStatus{StepDone, StepDone, StepCurrent, StepLocked, StepLocked}},
		{"T2 rejected", begin(t).rejected(), PartyPartner, "business_info_correction", []StepStatus{StepDone, StepActionNeeded, StepActionNeeded, StepLocked, StepLocked}},
		{"T2 authorized", begin(t).authorized(), PartyPartner, "agreement", []StepStatus{StepDone, StepDone, StepDone, StepCurrent, StepLocked}},
		{"T2 accepted", begin(t).accepted(), PartyDistributor, "distributor_request", []StepStatus{StepDone, StepDone, StepDone, StepDone, StepWaiting}},
		{"T2 requested", begin(t).accepted().requested(northwind), PartyPartner, "distributor", []StepStatus{StepDone, StepDone, StepDone, StepDone, StepCurrent}},
		{"T2 request expired", begin(t).accepted().requested(northwind).wait(30 * day), PartyDistributor, "distributor_request", []StepStatus{StepDone, StepDone, StepDone, StepDone, StepWaiting}},
		{"T2 onboarded", begin(t).onboarded(), PartyNobody, "", []StepStatus{StepDone, StepDone, StepDone, StepDone, StepDone}},
		{"T2 ended", ended, PartyDistributor, "distributor_request", []StepStatus{StepDone, StepDone, StepDone, StepDone, StepWaiting}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if turn := c.s.p.Turn(c.s.now); turn.Who != c.who || turn.Code != c.code || turn.What == "" {
				t.Errorf("turn %+v, want %s %s", turn, c.who, c.code)
			}
			states := c.s.p.StepStates(c.s.now)
			for i, state := range states {
				if state.Step != Steps()[i] || state.Number != i+1 || state.Status != c.steps[i] || state.Since.IsZero() != (state.Status == StepLocked) {
					t.Errorf("step %d is %+v, want %s", i+1, state, c.steps[i])
				}
			}
			wantConsistent(t, c.s.p, c.s)
		})
	}
	t.Run("T2 not enrolled", func(t *testing.T) {
		states := Partner{}.StepStates(monday)
		if len(states) != 5 || states[0].Status != StepCurrent || states[4].Status != StepLocked {
			t.Errorf("%+v", states)
		}
	})
}

func TestT2_MailsToThePartnerSayWhatIsNext(t *testing.T) {
	next := func(e Event, template MailTemplate) string {
		for _, f := range e.Follow {
			if f.Mail != nil && f.Mail.Template == template {
				return f.Mail.Params["next"]
			}
		}
		t.Errorf("there is no mail %s", template)
		return ""
	}
	overdue, unconfirmed := begin(t).confirmed().escalated(), begin(t).escalated()
	for _, c := range []struct {
		name     string
		e        Event
		template MailTemplate
		turn     Turn
	}{
		{"T2 enrolled", last(begin(t).enrolled()), MailEnrolled, begin(t).enrolled().p.Turn(monday)},
		{"T2 opened", last(begin(t).submitted()), MailVerificationOpened, begin(t).submitted().p.Turn(monday)},
		{"T2 overdue", last(overdue), MailVerificationOverdue, overdue.p.Turn(overdue.now)},
		{"T2 overdue, unconfirmed", last(unconfirmed), MailVerificationOverdue, unconfirmed.p.Turn(unconfirmed.now)},
		{"T2 rejected", last(begin(t).rejected()), MailVerificationRejected, begin(t).rejected().p.Turn(monday)},
		{"T2 authorized", last(begin(t).authorized()), MailVerificationAuthorized, begin(t).authorized().p.Turn(monday)},
		{"T2 accepted", last(begin(t).accepted()), MailAgreementAccepted, begin(t).accepted().p.Turn(monday)},
		{"T2 onboarded", last(begin(t).onboarded()), MailRelationshipActive, begin(t).onboarded().p.Turn(monday)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := next(c.e, c.template); got == "" || got != c.turn.Sentence() {
				t.Errorf("%q, want %q", got, c.turn.Sentence())
			}
		})
	}
	t.Run("V6 staff isn't told what the partner should do", func(t *testing.T) {
		if got := next(last(overdue), MailCaseEscalated); got != "" {
			t.Errorf("%q", got)
		}
	})
	t.Run("V10 the ownership link asks for nothing else", func(t *testing.T) {
		if got := next(last(begin(t).submitted()), MailOwnershipLink); got != "" {
			t.Errorf("%q", got)
		}
	})
	t.Run("V6 nobody is asked to do anything by a date that has passed", func(t *testing.T) {
		turn := overdue.p.Turn(overdue.now)
		if late := turn.Sentence(); !turn.By.After(overdue.now) || !strings.Contains(late, "promised days are over") {
			t.Errorf("%q by %s", late, turn.By)
		}
		expired := begin(t).submitted().wait(80 * time.Hour)
		if early := expired.p.Turn(monday).Sentence(); early == expired.p.Turn(expired.now).Sentence() {
			t.Errorf("%q", early)
		}
	})
}

// wantConsistent holds the views of one partner against each other (T2, V11,
// D8): the requirements are complete, the open steps and the turn agree on
// whose move it is, and only who is onboarded owes nothing and may transact.
func wantConsistent(t testing.TB, p Partner, s *story) {
	t.Helper()
	if p.Programme.Suspension != nil || p.Programme.Departure != nil { // beside the steps (A8): without it the rest must agree
		wantConsistentStanding(t, p, s)
		p.Programme = ProgrammeRecord{}
	}
	doc := p.Requirements(s.now)
	seen := map[Step]bool{}
	for _, list := range [][]Requirement{doc.DueNow, doc.DueLater, doc.PastDue, doc.BeingVerified, doc.Met} {
		for _, r := range list {
			seen[r.Step] = true
			if r.Code == "" || r.Title == "" || r.Who == "" || r.Who == PartyNobody || len(r.Roles) == 0 || r.Where == "" || r.Operation == "" {
				t.Errorf("the requirement doesn't say all: %+v", r)
			}
		}
	}
	open := slices.Concat(doc.PastDue, doc.DueNow, doc.BeingVerified)
	for _, r := range open {
		if r.Since.IsZero() || r.Reason == "" {
			t.Errorf("an open requirement without since when or why: %+v", r)
		}
	}
	if len(seen) != 5 {
		t.Errorf("the requirements are of the steps %v", seen)
	}
	turn := p.Turn(s.now)
	if turn.Code == "email_address_broken" { // beside the steps: once it is mended the rest must agree
		turn = s.withWorkingAddresses().Turn(s.now)
		open = slices.DeleteFunc(open, func(r Requirement) bool { return r.Code == "email_address_broken" })
	}
	if done := p.Onboarded() && p.OpenChange() == nil; done != (turn.Who == PartyNobody) || done != (len(open) == 0) {
		t.Errorf("onboarded %t, but turn %+v and %d open requirements", p.Onboarded(), turn, len(open))
	}
	action, waiting := false, false
	for _, state := range p.StepStates(s.now) {
		action = action || state.Status.Class() == ClassAction
		waiting = waiting || state.Status.Class() == ClassWaiting
	}
	ofSteps := p.OpenChange() == nil // a change is beside them (V7)
	if ofSteps && action != (turn.Who == PartyPartner) || (waiting && action) {
		t.Errorf("the steps say action %t, waiting %t; it is the turn of %s", action, waiting, turn.Who)
	}
	if e := p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now}); e.Eligible != p.Onboarded() {
		t.Errorf("onboarded %t, eligible %t: unmet %v", p.Onboarded(), e.Eligible, unmet(e))
	}
}

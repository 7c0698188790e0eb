package onboarding_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"pgregory.net/rapid"
)

// edits of Contoso's details.
func edited(edits ...func(*BusinessInfo)) BusinessInfo {
	info := contoso()
	info.Legal.PrimaryContact.Phone = "+49301234567" // as it is kept once submitted
	for _, edit := range edits {
		edit(&info)
	}
	return info
}

func otherContact(i *BusinessInfo) {
	i.Legal.PrimaryContact = Contact{FirstName: "Emil", LastName: "Neu", Email: "emil@contoso.example", Phone: "+49309999999"}
}
func strangeContact(i *BusinessInfo) { i.Legal.PrimaryContact.Email = "erika@elsewhere.com" }
func otherPhone(i *BusinessInfo)     { i.Legal.PrimaryContact.Phone = "+49305555555" }
func otherName(i *BusinessInfo)      { i.Legal.LegalName = "Contoso AG" }
func otherNumber(i *BusinessInfo)    { i.Legal.RegistrationNumber = "HRB 1" }
func otherStreet(i *BusinessInfo)    { i.Legal.Address.Lines = []string{"Unter den Linden 1"} }
func otherTrade(i *BusinessInfo)     { i.Legal.TradingName = "Contoso Cloud" }
func otherWebsite(i *BusinessInfo)   { i.Support.Website = "https://elsewhere.com" }
func toTheUS(i *BusinessInfo) {
	i.Legal.Address = Address{Country: "US", Lines: []string{"1 Main Street"}, Locality: "Springfield", PostalCode: "10001"}
	i.Legal.PrimaryContact.Phone, i.Support.Phone = "+12025550123", ""
}

func (s *story) changes(edits ...func(*BusinessInfo)) (Event, error) {
	n := s.p.Cases + 1
	return s.p.ChangeBusinessInfo(edited(edits...), s.p.InfoRevision, knowledge, fmt.Sprintf("case-%d", n), fmt.Sprintf("secret-%d", n), s.stamp(globalAdmin))
}

// changed asks for a change.
func (s *story) changed(edits ...func(*BusinessInfo)) *story {
	s.t.Helper()
	return s.tell(s.changes(edits...))
}

func (s *story) decidedChange(result VerificationStatus) *story {
	s.t.Helper()
	d := Decide{Result: result, Note: "Because.", CaseID: s.p.Case.ID}
	if result == VerificationRejected {
		d.Reasons = []ReasonCode{"address_mismatch"}
	}
	return s.tell(s.p.Decide(d, s.stamp(reviewer)))
}

func checks(c *Case) string {
	var list []string
	for _, k := range c.Checks {
		list = append(list, string(k.Name)+" "+string(k.Status))
	}
	return strings.Join(list, ", ")
}

func TestV7_AChangeOpensAReverificationOfJustWhatChanged(t *testing.T) {
	for _, c := range []struct {
		name   string
		edits  []func(*BusinessInfo)
		parts  []Part
		checks string
		mails  []string
	}{
		{"V7 the contact: link to the new address, notice to the old", []func(*BusinessInfo){otherContact}, []Part{PartContact}, "emailOwnership Pending, employment Passed",
			[]string{"ownershipLink emil@contoso.example", "changeRequested erika@contoso.example", "changeRequested admin@contoso.example"}},
		{"V7 a contact's phone: whoever reads the mailbox agrees", []func(*BusinessInfo){otherPhone}, []Part{PartContact}, "emailOwnership Pending, employment Passed",
			[]string{"ownershipLink erika@contoso.example", "changeRequested erika@contoso.example", "changeRequested admin@contoso.example"}},
		{"V10 a contact at another domain: documents are asked for", []func(*BusinessInfo){strangeContact}, []Part{PartContact}, "emailOwnership Pending, employment NeedsReview",
			[]string{"ownershipLink erika@elsewhere.com", "changeRequested erika@contoso.example", "changeRequested admin@contoso.example", "documentsRequested erika@contoso.example"}},
		{"V10 a website that is changed along proves nothing", []func(*BusinessInfo){strangeContact, otherWebsite}, []Part{PartContact}, "emailOwnership Pending, employment NeedsReview",
			[]string{"ownershipLink erika@elsewhere.com", "changeRequested erika@contoso.example", "changeRequested admin@contoso.example", "documentsRequested erika@contoso.example"}},
		{"V7 the legal name", []func(*BusinessInfo){otherName}, []Part{PartName}, "business NeedsReview", []string{"changeRequested erika@contoso.example", "changeRequested admin@contoso.example"}},
		{"V7 the number", []func(*BusinessInfo){otherNumber}, []Part{PartName}, "business NeedsReview", []string{"changeRequested erika@contoso.example", "changeRequested admin@contoso.example"}},
		{"V7 the address", []func(*BusinessInfo){otherStreet, otherTrade}, []Part{PartAddress}, "business NeedsReview", []string{"changeRequested erika@contoso.example", "changeRequested admin@contoso.example"}},
		{"V7 everything", []func(*BusinessInfo){otherContact, otherName, otherStreet}, []Part{PartContact, PartName, PartAddress}, "emailOwnership Pending, employment Passed, business NeedsReview",
			[]string{"ownershipLink emil@contoso.example", "changeRequested erika@contoso.example", "changeRequested admin@contoso.example"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t).onboarded()
			before := s.p
			s.wait(day).changed(c.edits...)
			if got := s.p.Case.Change; got == nil || !slices.Equal(got.Parts, c.parts) || got.Number != 1 || s.p.Cases != 2 || checks(s.p.Case) != c.checks {
				t.Errorf("change %+v, case %d, checks %s", got, s.p.Cases, checks(s.p.Case))
			}
			if got := slices.DeleteFunc(mails(last(s)), func(m string) bool { return m == "" }); !slices.Equal(got, c.mails) {
				t.Errorf("mails %q", got)
			}
			if !slices.ContainsFunc(last(s).Follow, func(f Follow) bool { return f.StartReverification != nil && f.StartReverification.Change == 1 }) {
				t.Error("no execution waits for it")
			}
			is, was := s.p.Info.Legal, before.Info.Legal
			if is.LegalName != was.LegalName || is.PrimaryContact != was.PrimaryContact || !slices.Equal(is.Address.Lines, was.Address.Lines) || s.p.ContactEmail() != before.ContactEmail() {
				t.Errorf("in force is %+v", is)
			}
			if !s.p.Authorized() || !s.p.Onboarded() || s.p.StepStates(s.now)[2].Status != StepDone || !s.p.Case.Latest.Equal(s.now.Add(5*day)) {
				t.Error("the company isn't what it was")
			}
			if turn := s.p.Turn(s.now); turn.Who == PartyNobody || !strings.HasPrefix(turn.Code, "change_") && turn.Code != "documents" {
				t.Errorf("turn %+v", turn)
			}
		})
	}
}

func TestV7_WhatNeedNotBeVerifiedIsChangedAtOnce(t *testing.T) {
	s := begin(t).onboarded().changed(otherTrade, otherWebsite)
	if s.p.Info.Legal.TradingName != "Contoso Cloud" || s.p.Info.Support.Website != "https://elsewhere.com" || s.p.Cases != 1 || s.p.OpenChange() != nil {
		t.Errorf("%+v", s.p.Info)
	}
	t.Run("V7 also together with what is verified", func(t *testing.T) {
		s := begin(t).onboarded().changed(otherTrade, otherName)
		if s.p.Info.Legal.TradingName != "Contoso Cloud" || s.p.Info.Legal.LegalName != "Contoso GmbH" {
			t.Errorf("%+v", s.p.Info)
		}
		t.Run("V7 and while it is verified, which leaves the case alone", func(t *testing.T) {
			id := s.p.Case.ID
			s.changed(otherName)
			if s.p.Info.Legal.TradingName != "" || s.p.Case.ID != id || s.p.OpenChange() == nil {
				t.Errorf("%+v", s.p.Case)
			}
		})
	})
}

func TestV7_AnAuthorizedChangeComesIntoForce(t *testing.T) {
	t.Run("V7 a contact at the company's own domain needs no reviewer", func(t *testing.T) {
		s := begin(t).onboarded()
		at := s.p.Verified.At
		s.wait(day).changed(otherContact)
		if _, queued := s.p.Queued(); queued {
			t.Error("reviewers are shown it")
		}
		if turn := s.p.Turn(s.now); turn.Who != PartyPartner || turn.Code != "change_email_ownership" {
			t.Errorf("turn %+v", turn)
		}
		s.confirmed()
		if s.p.Info.Legal.PrimaryContact.Email != "emil@contoso.example" || s.p.ContactEmail() != "emil@contoso.example" || s.p.ContactName() != "Emil Neu" || s.p.OpenChange() != nil {
			t.Errorf("%+v, mails to %s", s.p.Info.Legal.PrimaryContact, s.p.ContactEmail())
		}
		if s.p.Verification() != VerificationAuthorized || !s.p.Verified.At.Equal(at) || s.p.Verified.CaseID != "case-2" || s.p.Turn(s.now).Who != PartyNobody {
			t.Errorf("%+v", s.p.Verified)
		}
		want := []string{"changeAuthorized erika@contoso.example", "changeAuthorized admin@contoso.example", "changeAuthorized emil@contoso.example"}
		if got := mails(last(s)); !slices.Equal(got, want) {
			t.Errorf("mails %q", got)
		}
	})
	t.Run("V7 at another domain a reviewer decides", func(t *testing.T) {
		s := begin(t).onboarded().changed(strangeContact).confirmed()
		if s.p.ContactEmail() != "erika@contoso.example" || s.p.OpenChange() == nil {
			t.Fatal("it is in force")
		}
		s.decidedChange(VerificationAuthorized)
		if s.p.ContactEmail() != "erika@elsewhere.com" || checks(s.p.Case) != "emailOwnership Passed, employment Passed" {
			t.Errorf("%s, %s", s.p.ContactEmail(), checks(s.p.Case))
		}
	})
	t.Run("V7 a name and a contact need both", func(t *testing.T) {
		s := begin(t).onboarded().changed(otherName, otherContact)
		_, err := s.p.Decide(Decide{Result: VerificationAuthorized, Note: "x", CaseID: s.p.Case.ID}, s.stamp(reviewer))
		wantCode(t, err, CodeOwnershipPending)
		s.confirmed()
		if s.p.Info.Legal.LegalName != "Contoso GmbH" {
			t.Error("confirmed, and in force without a reviewer")
		}
		if s.decidedChange(VerificationAuthorized); s.p.Info.Legal.LegalName != "Contoso AG" || s.p.ContactEmail() != "emil@contoso.example" {
			t.Errorf("%+v", s.p.Info.Legal)
		}
	})
	t.Run("V7 what was changed at once meanwhile stays", func(t *testing.T) {
		s := begin(t).onboarded().changed(otherName)
		s.changed(otherName, otherTrade).decidedChange(VerificationAuthorized)
		if s.p.Info.Legal.TradingName != "Contoso Cloud" || s.p.Info.Legal.LegalName != "Contoso AG" {
			t.Errorf("%+v", s.p.Info.Legal)
		}
	})
	t.Run("V7 a reviewer decides the change that he looked at", func(t *testing.T) {
		s := begin(t).onboarded().changed(otherName).changed(otherStreet)
		for _, id := range []string{"", "case-2"} {
			_, err := s.p.Decide(Decide{Result: VerificationAuthorized, Note: "x", CaseID: id}, s.stamp(reviewer))
			wantCode(t, err, CodeCaseReplaced)
		}
	})
}

func TestV7_ARejectedOrWithdrawnChangeLeavesTheOldValues(t *testing.T) {
	s := begin(t).onboarded().changed(otherStreet).decidedChange(VerificationRejected)
	if s.p.Info.Legal.Address.Lines[0] != "Chausseestr. 1" || !s.p.Authorized() || s.p.Editable() || s.p.Idle || s.p.Verification() != VerificationRejected {
		t.Errorf("%+v", s.p)
	}
	if turn := s.p.Turn(s.now); turn.Who != PartyNobody {
		t.Errorf("turn %+v: nothing is owed", turn)
	}
	if standing, at := s.p.Standing(); standing != VerificationAuthorized || at.IsZero() {
		t.Errorf("%s %s", standing, at)
	}
	t.Run("V11 it can be appealed, and another reviewer authorizes it", func(t *testing.T) {
		s := *s
		s.t = t
		s.appealed()
		if s.p.Case.Change.Number != 2 || !slices.ContainsFunc(last(&s).Follow, func(f Follow) bool { return f.StartReverification != nil }) || s.p.OpenChange() == nil {
			t.Errorf("%+v", s.p.Case.Change)
		}
		d := Decide{Result: VerificationAuthorized, Note: "x", CaseID: s.p.Case.ID}
		wantCode(t, s.decidedBy(reviewer, d), CodeFourEyes)
		s.tell(s.p.Decide(d, s.stamp(otherReviewer)))
		if s.p.Info.Legal.Address.Lines[0] != "Unter den Linden 1" {
			t.Error("not in force")
		}
	})
	t.Run("V7 it can be corrected", func(t *testing.T) {
		s := *s
		s.t = t
		if s.changed(otherStreet).decidedChange(VerificationAuthorized); s.p.Info.Legal.Address.Lines[0] != "Unter den Linden 1" {
			t.Error("not in force")
		}
	})
	t.Run("V7 a contact that was rejected can be appealed too", func(t *testing.T) {
		s := begin(t).onboarded().changed(strangeContact).decidedChange(VerificationRejected).appealed()
		if checks(s.p.Case) != "emailOwnership Pending, employment NeedsReview" {
			t.Error(checks(s.p.Case))
		}
		s.confirmed()
		if s.p.OpenChange() == nil {
			t.Error("it authorized itself")
		}
	})
	t.Run("V7 a withdrawn one is over", func(t *testing.T) {
		s := begin(t).onboarded().changed(otherContact)
		s.tell(s.p.WithdrawChange(s.stamp(globalAdmin)))
		if s.p.Verification() != VerificationWithdrawn || s.p.ContactEmail() != "erika@contoso.example" || s.p.Turn(s.now).Who != PartyNobody {
			t.Errorf("%s, %+v", s.p.Verification(), s.p.Turn(s.now))
		}
		_, err := s.p.ConfirmOwnership(s.secret(), s.system())
		wantCode(t, err, CodeVerificationDecided)
		_, err = s.p.WithdrawChange(s.stamp(globalAdmin))
		wantCode(t, err, CodeNothingToWithdraw)
		_, err = begin(t).confirmed().p.WithdrawChange(s.stamp(globalAdmin))
		wantCode(t, err, CodeNothingToWithdraw)
	})
}

func TestV7_AnotherChangeTakesThePlaceOfTheOpenOne(t *testing.T) {
	s := begin(t).onboarded().changed(otherContact)
	old := s.secret()
	s.changed(otherStreet)
	if d := last(s).Data.(BusinessInfoChangeRequested); d.Replaces != "case-2" || s.p.Case.Change.Number != 2 {
		t.Errorf("%+v", d)
	}
	_, err := s.p.ConfirmOwnership(old, s.system())
	wantCode(t, err, CodeNotFound)
	for wait, want := range map[WaitName]Outcome{WaitChangeDecision.Of(1): OutcomeWithdrawn, WaitEscalatedChangeDecision.Of(1): OutcomeWithdrawn, WaitChangeDecision.Of(2): "", WaitDecision: OutcomeAuthorized, "nonsense-1": ""} {
		if got, _ := s.p.OutcomeOf(wait); got != want {
			t.Errorf("%s: %q, want %q", wait, got, want)
		}
	}
	s.escalated()
	if got, _ := s.p.OutcomeOf(WaitChangeDecision.Of(2)); got != OutcomeOverdue {
		t.Errorf("overdue: %q", got)
	}
	if got, done := s.p.OutcomeOf(WaitEscalatedChangeDecision.Of(2)); done {
		t.Errorf("overdue: %q", got)
	}
	s.decidedChange(VerificationRejected)
	if got, _ := s.p.OutcomeOf(WaitEscalatedChangeDecision.Of(2)); got != OutcomeRejected {
		t.Errorf("rejected: %q", got)
	}
}

func TestV10_LinksToProposedContactsAreLimited(t *testing.T) {
	s := begin(t).onboarded()
	for n := range 5 {
		s.wait(time.Hour).changed(func(i *BusinessInfo) { i.Legal.PrimaryContact.Email = fmt.Sprintf("n%d@contoso.example", n) })
		if n%2 == 0 {
			s.tell(s.p.WithdrawChange(s.stamp(globalAdmin)))
			s.changed(otherStreet) // a case without a link doesn't begin anew
		}
	}
	_, err := s.changes(otherContact)
	wantCode(t, err, CodeResendLimited)
	s.wait(72 * time.Hour).changed(otherContact)
}

func TestV7_WhatCanNotBeChangedSaysWhatCanBeDone(t *testing.T) {
	for _, c := range []struct {
		name  string
		s     *story
		edits []func(*BusinessInfo)
		code  Code
	}{
		{"V7 a draft is edited", begin(t).enrolled().saved(contoso()), []func(*BusinessInfo){otherName}, CodeStillDraft},
		{"V4 so is a rejected company's", begin(t).rejected(), []func(*BusinessInfo){otherName}, CodeStillDraft},
		{"V7 nothing changed", begin(t).authorized(), nil, CodeNothingChanged},
		{"V7 nothing changed since it was asked for", begin(t).authorized().changed(otherName), []func(*BusinessInfo){otherName}, CodeNothingChanged},
		{"V7 back to what is in force is a withdrawal", begin(t).authorized().changed(otherName), nil, CodeNothingChanged},
		{"V10 while first verified only the contact", begin(t).submitted(), []func(*BusinessInfo){otherContact, otherName}, CodeAlreadySubmitted},
		{"V10 not the support profile either", begin(t).confirmed(), []func(*BusinessInfo){otherWebsite}, CodeAlreadySubmitted},
		{"B1 what is faulty", begin(t).authorized(), []func(*BusinessInfo){func(i *BusinessInfo) { i.Legal.LegalName = "" }}, CodeInvalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.s.changes(c.edits...)
			wantCode(t, err, c.code)
			var r *Refusal
			v := c.s.p.PreviewChange(edited(c.edits...), knowledge, c.s.now)
			if v.Effect != EffectNone || v.Text == "" || errors.As(err, &r) && c.code != CodeInvalid && (v.Refused == nil || v.Refused.Code != c.code) {
				t.Errorf("the preview says %+v", v)
			}
		})
	}
	s := begin(t).authorized()
	_, err := s.p.ChangeBusinessInfo(edited(otherName), s.p.InfoRevision-1, knowledge, "c", "x", s.stamp(globalAdmin))
	wantCode(t, err, CodeStaleVersion)
}

func TestPortalComplaint8_APreviewTellsWhatAnEditRestartsBeforeItIsSaved(t *testing.T) {
	for _, c := range []struct {
		name   string
		s      *story
		edits  []func(*BusinessInfo)
		effect ChangeEffect
		checks int
	}{
		{"V7 at once", begin(t).onboarded(), []func(*BusinessInfo){otherTrade}, EffectAtOnce, 0},
		{"V7 some minutes", begin(t).onboarded(), []func(*BusinessInfo){otherContact}, EffectItself, 2},
		{"V7 some days", begin(t).onboarded(), []func(*BusinessInfo){otherStreet, otherTrade}, EffectVerify, 1},
		{"V10 documents", begin(t).onboarded(), []func(*BusinessInfo){strangeContact}, EffectVerify, 2},
		{"V10 correction", begin(t).submitted().wait(time.Hour), []func(*BusinessInfo){otherContact}, EffectCorrection, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := fmt.Sprintf("%+v", c.s.p)
			v := c.s.p.PreviewChange(edited(c.edits...), knowledge, c.s.now)
			if v.Effect != c.effect || len(v.Checks) != c.checks || v.Text == "" || v.Refused != nil || before != fmt.Sprintf("%+v", c.s.p) {
				t.Fatalf("%+v", v)
			}
			c.s.changed(c.edits...)
			if open := c.s.p.OpenChange(); (open != nil) != (v.Effect == EffectVerify || v.Effect == EffectItself) || open != nil && !slices.Equal(open.Parts, v.Parts) {
				t.Errorf("it said %+v, it did %+v", v, open)
			}
			if c.effect == EffectVerify && !v.Expected.Latest.Equal(c.s.p.Case.Latest) {
				t.Errorf("by %s, not %s", v.Expected.Latest, c.s.p.Case.Latest)
			}
		})
	}
	t.Run("V7 of another region's", func(t *testing.T) {
		s := begin(t).onboarded().requested(adventure)
		s.tell(s.p.AcceptRelationship(s.newest(), current, "PLA-1", s.stamp(globalAdmin)))
		v := s.p.PreviewChange(edited(toTheUS), knowledge, s.now)
		if v.Region != "us" || !v.SignAgain || len(v.NotServed) != 1 || v.NotServed[0].DistributorID != adventure.ID {
			t.Errorf("%+v", v)
		}
	})
}

func TestV7_TheRegionMovesWithTheLegalAddressOnceAuthorized(t *testing.T) {
	s := begin(t).onboarded().changed(toTheUS)
	if s.p.Region != "europe" || !s.p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now}).Eligible {
		t.Fatal("it moved at once")
	}
	s.confirmed().decidedChange(VerificationAuthorized)
	if s.p.Region != "us" || s.p.Relationships[0].Status != RelationshipActive {
		t.Fatalf("region %s", s.p.Region)
	}
	american := current
	american.Region, american.Version = "us", "2026-01-us"
	e := s.p.Eligibility(EligibilityQuestion{Agreement: american, At: s.now})
	if e.Eligible || e.Checks[3].Code != "agreement_of_other_region" || s.p.Turn(s.now).Code != "agreement" || s.p.AgreementStatus(american, s.now) != AgreementReady {
		t.Errorf("%+v, turn %+v", e.Checks, s.p.Turn(s.now))
	}
	sign := signature()
	sign.Version = american.Version
	s.tell(s.p.Accept(sign, american, s.stamp(globalAdmin)))
	if !s.p.Eligibility(EligibilityQuestion{Agreement: american, At: s.now}).Eligible || s.p.Turn(s.now).Who != PartyNobody {
		t.Error("a distributor that serves both regions, and still not eligible")
	}
}

func TestV10_TheContactCanBeCorrectedWhileTheCompanyIsVerified(t *testing.T) {
	s := begin(t).submitted()
	old := s.secret()
	s.wait(time.Hour)
	s.tell(s.p.ChangeBusinessInfo(edited(otherContact), s.p.InfoRevision, knowledge, "unused", "new", s.stamp(globalAdmin)))
	if s.p.Info.Legal.PrimaryContact.Email != "emil@contoso.example" || s.p.Case.Link.Address != "emil@contoso.example" || s.p.Case.Link.Sends != 2 || s.p.Case.ID != "case-1" {
		t.Errorf("%+v", s.p.Case.Link)
	}
	if got := mails(last(s)); !slices.Equal(got, []string{"ownershipLink emil@contoso.example", "contactCorrected admin@contoso.example"}) {
		t.Errorf("mails %q: nothing goes to an address that nobody confirmed", got)
	}
	_, err := s.p.ConfirmOwnership(old, s.system())
	wantCode(t, err, CodeNotFound)
	s.tell(s.p.ConfirmOwnership("new", s.system()))
	if s.p.ContactEmail() != "emil@contoso.example" || s.p.Authorized() {
		t.Errorf("mails go to %s", s.p.ContactEmail())
	}
	t.Run("V10 one who had confirmed is told, and the new one must confirm", func(t *testing.T) {
		s := begin(t).confirmed().changed(otherContact)
		if got := mails(last(s)); got[1] != "contactCorrected erika@contoso.example" || s.p.Verification() != VerificationPending || s.p.ContactEmail() != "admin@contoso.example" {
			t.Errorf("mails %q, %s", got, s.p.Verification())
		}
		s.tell(s.p.Decide(Decide{Result: VerificationRejected, Reasons: []ReasonCode{"address_mismatch"}, Note: "x", CaseID: "case-1"}, s.stamp(reviewer)))
	})
	t.Run("V10 another phone leaves the link alone", func(t *testing.T) {
		s := begin(t).submitted()
		link := s.p.Case.Link
		if s.changed(otherPhone); s.p.Case.Link != link || s.p.Info.Legal.PrimaryContact.Phone != "+49305555555" || len(mails(last(s))) != 0 {
			t.Errorf("%+v, mails %q", s.p.Case.Link, mails(last(s)))
		}
	})
	t.Run("V10 documents are asked for, or not any more, as the address says", func(t *testing.T) {
		s := begin(t).submitted().wait(time.Hour).changed(strangeContact)
		if s.p.Verification() != VerificationDocumentsRequested || s.p.Case.PausedAt.IsZero() {
			t.Fatalf("%s", s.p.Verification())
		}
		latest := s.p.Case.Latest
		s.wait(2 * day).changed(otherContact)
		if s.p.Verification() != VerificationPending || !s.p.Case.PausedAt.IsZero() || !s.p.Case.Latest.After(latest) {
			t.Errorf("%s until %s", s.p.Verification(), s.p.Case.Latest)
		}
	})
	t.Run("V10 links to whatever address are limited", func(t *testing.T) {
		s := begin(t).submitted()
		for n := range 4 {
			s.changed(func(i *BusinessInfo) { i.Legal.PrimaryContact.Email = fmt.Sprintf("n%d@contoso.example", n) })
		}
		_, err := s.changes(otherContact)
		wantCode(t, err, CodeResendLimited)
		s.wait(72 * time.Hour).changed(otherContact)
	})
}

func TestV7_EligibilityIsWhatItWasUntilAChangeIsAuthorized(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := begin(t).onboarded()
		eligibility := func(p Partner) string {
			return fmt.Sprintf("%+v", p.Eligibility(EligibilityQuestion{Agreement: current, At: monday}).Checks)
		}
		all := []func(*BusinessInfo){otherContact, strangeContact, otherPhone, otherName, otherNumber, otherStreet, otherTrade, toTheUS}
		for range rapid.IntRange(1, 12).Draw(rt, "commands") {
			s.now = s.now.Add(time.Duration(rapid.IntRange(0, 100).Draw(rt, "hours")) * time.Hour)
			var e Event
			var err error
			switch rapid.IntRange(0, 6).Draw(rt, "kind") {
			case 0, 1, 2:
				e, err = s.changes(rapid.SliceOfN(rapid.SampledFrom(all), 0, 3).Draw(rt, "edits")...)
			case 3:
				e, err = s.p.WithdrawChange(s.stamp(globalAdmin))
			case 4:
				e, err = s.p.ConfirmOwnership(s.secret(), s.system())
			case 5:
				e, err = s.p.Decide(Decide{Result: VerificationRejected, Reasons: []ReasonCode{"address_mismatch"}, Note: "x", CaseID: s.p.Case.ID}, s.stamp(reviewer))
			default:
				e, err = s.p.Tick(s.system())
			}
			if err != nil {
				continue
			}
			before := eligibility(s.p)
			s.tell(e, nil)
			authorized := e.Sequence == s.p.Verified.Sequence
			if after := eligibility(s.p); after != before && !authorized {
				rt.Fatalf("%s made of\n%s\n%s", e.Data.Type(), before, after)
			}
		}
	})
}

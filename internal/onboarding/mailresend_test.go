package onboarding_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func sent(key string, template MailTemplate, to string) SentMail {
	return SentMail{Key: key, Template: template, To: to, SentAt: monday, State: MailStateSent,
		Params: map[string]string{"companyName": "Contoso", "partnerId": "P-1", "caseId": "case-1", "contactName": "Old Name", "next": "Old.", "nextLink": "/old"}}
}

func (s *story) resent(m SentMail) *story {
	s.t.Helper()
	return s.tell(s.p.ResendMail(m, s.stamp(globalAdmin)))
}

func TestComplaint5_NoMailCameItIsSentAgainToTheAddressInUse(t *testing.T) {
	s := begin(t).authorized()
	for _, c := range []struct{ was, goes, name string }{
		{theContact, theContact, "Erika Muster"}, {theAdmin, theAdmin, ""}, {"former@contoso.example", theContact, "Erika Muster"},
	} {
		s.resent(sent("m-"+c.was, MailVerificationAuthorized, c.was))
		m := last(s).Follow[0].Mail
		if m.To != c.goes || m.Template != MailVerificationAuthorized || m.Params["contactName"] != c.name || m.Params["caseId"] != "case-1" || m.Params["next"] == "Old." || m.Params["nextLink"] != "/partners/P-1/agreement/acceptance" {
			t.Errorf("sent to %s, again: %+v", c.was, m)
		}
	}
}

func TestV5_AMailIsSentAgainThreeTimesAtMostAndOnceInTenMinutes(t *testing.T) {
	s, m := begin(t).confirmed(), sent("m", MailVerificationOpened, theContact)
	for range 3 {
		s.resent(m)
		_, err := s.p.ResendMail(m, s.stamp(globalAdmin))
		wantCode(t, err, CodeResendLimited)
		s.wait(10 * time.Minute)
	}
	_, err := s.p.ResendMail(m, s.stamp(globalAdmin))
	wantCode(t, err, CodeResendLimited)
	s.resent(sent("another", MailVerificationOpened, theContact))
}

func TestV5_WhatCannotBeSentAgainSaysWhyAndWhereElse(t *testing.T) {
	broken := begin(t).confirmed().failed(theContact, AddressComplained)
	for name, c := range map[string]struct {
		s    *story
		m    SentMail
		code Code
	}{
		"the ownership link has its own":      {begin(t).submitted(), sent("m", MailOwnershipLink, theContact), CodeNotResendable},
		"a link to an address that fails":     {begin(t).submitted().failed(theContact, AddressBounced), sent("m", MailOwnershipLink, theContact), CodeAddressBroken},
		"staff's mail is not the partner's":   {begin(t).submitted(), sent("m", MailCaseDueSoon, MailToStaff), CodeNotFound},
		"one that isn't there":                {begin(t).submitted(), SentMail{}, CodeNotFound},
		"one of which only an event is known": {begin(t).submitted(), SentMail{Key: "m", State: MailStateBounced}, CodeNotFound},
		"the address must be mended first":    {broken, sent("m", MailVerificationOpened, theContact), CodeAddressBroken},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.s.p.ResendMail(c.m, c.s.stamp(globalAdmin))
			wantCode(t, err, c.code)
		})
	}
	broken.mended(theContact).resent(sent("m", MailVerificationOpened, theContact))
}

func TestOnlySoManyMailsAreSentAgainInAMonth(t *testing.T) {
	s := begin(t).confirmed()
	for i := range 20 {
		s.resent(sent(fmt.Sprintf("m-%d", i), MailVerificationOpened, theContact))
	}
	_, err := s.p.ResendMail(sent("one more", MailVerificationOpened, theContact), s.stamp(globalAdmin))
	wantCode(t, err, CodeResendLimited)
	s.wait(10 * time.Minute).resent(sent("m-3", MailVerificationOpened, theContact)) // a known one
	s.wait(31 * day).resent(sent("one more", MailVerificationOpened, theContact))
	if len(s.p.Resent) != 1 {
		t.Errorf("%+v", s.p.Resent)
	}
}

func TestT3_AMailsStatesHaveARankAClassAndWords(t *testing.T) {
	if (MailState("")).Rank() != 0 || MailState("x").Rank() != 0 {
		t.Error("no state has a rank")
	}
	for i, s := range MailStates() {
		if s.Rank() != i+1 || s.Explain() == "" || !slices.Contains([]Class{ClassWaiting, ClassAction, ClassDone, ClassStopped}, s.Class()) {
			t.Errorf("%s: rank %d, %q", s, s.Rank(), s.Explain())
		}
		if failed := s.Failure() != ""; failed != (s.Rank() > MailStateDelivered.Rank()) || failed && s.Failure().Explain() == "" {
			t.Errorf("%s: an address fails by it: %t", s, failed)
		}
		if s.Settled() == (s == MailStateSent || s == MailStateDelayed) {
			t.Errorf("%s: settled %t", s, s.Settled())
		}
	}
}

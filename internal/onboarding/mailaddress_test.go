package onboarding_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"pgregory.net/rapid"
)

const (
	theContact = "erika@contoso.example"
	theAdmin   = "admin@contoso.example"
)

// fail is a failure of a mail that was sent a minute ago.
func (s *story) fail(address string, reason AddressFailureReason) AddressFailure {
	return AddressFailure{Address: address, Reason: reason, SentAt: s.now.Add(-time.Minute), At: s.now, Template: MailEnrolled}
}

func (s *story) failed(address string, reason AddressFailureReason) *story {
	s.t.Helper()
	return s.tell(s.p.FailAddress(s.fail(address, reason), s.system()))
}

func (s *story) mended(address string) *story {
	s.t.Helper()
	return s.tell(s.p.MendAddress(address, s.stamp(globalAdmin)))
}

// withWorkingAddresses is the partner as it would be if no address had failed.
func (s *story) withWorkingAddresses() Partner {
	p := s.p
	p.MailAddresses = nil
	return p
}

func (s *story) brokenAsked() (asked []string) {
	for _, r := range s.p.Requirements(s.now).DueNow {
		if r.Code == "email_address_broken" {
			asked = append(asked, r.Title)
		}
	}
	return asked
}

func lifted(e Event) (list []string) {
	for _, f := range e.Follow {
		if f.LiftSuppression != nil {
			list = append(list, f.LiftSuppression.Address)
		}
	}
	return list
}

func TestV5_AnAddressThatFailsIsRequiredToBeMendedAndSaysHow(t *testing.T) {
	for _, reason := range []AddressFailureReason{AddressBounced, AddressSuppressed, AddressComplained} {
		s := begin(t).confirmed().wait(time.Hour).failed(theContact, reason)
		doc := s.p.Requirements(s.now)
		r := doc.DueNow[0]
		if r.Code != "email_address_broken" || r.Who != PartyPartner || !slices.Equal(r.Roles, []Role{RoleGlobalAdmin, RoleAdminAgent}) || r.Where == "" || r.Operation != "mendMailAddress" ||
			len(r.Alternatives) != 2 || !r.Since.Equal(s.now) || !strings.Contains(r.Reason, theContact) || !strings.Contains(r.Reason, reason.Explain()) {
			t.Errorf("%s: %+v", reason, r)
		}
		if turn := s.p.Turn(s.now); turn.Who != PartyPartner || turn.Code != r.Code {
			t.Errorf("%s: the turn %+v", reason, turn)
		}
		if s.p.Verification() != VerificationUnderReview {
			t.Errorf("%s: the review stopped: %s", reason, s.p.Verification())
		}
		s.mended(strings.ToUpper(theContact[:1]) + theContact[1:])
		if asked := s.brokenAsked(); asked != nil || s.p.MailAddress(theContact).Broken() || !slices.Equal(lifted(last(s)), []string{theContact}) {
			t.Errorf("%s: mended, and still %v; %v lifted", reason, asked, lifted(last(s)))
		}
	}
}

func TestV5_TheAddressesInUseAreTheContactsAndTheAdmins(t *testing.T) {
	for name, c := range map[string]struct {
		s    *story
		want []string
	}{
		"enrolled":                        {begin(t).enrolled(), []string{"enrollingAdmin " + theAdmin}},
		"a draft's contact is not yet":    {begin(t).enrolled().saved(contoso()), []string{"enrollingAdmin " + theAdmin}},
		"submitted: the link goes there":  {begin(t).submitted(), []string{"proposedContact " + theContact, "enrollingAdmin " + theAdmin}},
		"confirmed":                       {begin(t).confirmed(), []string{"primaryContact " + theContact, "enrollingAdmin " + theAdmin}},
		"rejected, never confirmed":       {begin(t).rejected(), []string{"enrollingAdmin " + theAdmin}},
		"rejected, confirmed: told there": {begin(t).confirmed().rejected(), []string{"primaryContact " + theContact, "enrollingAdmin " + theAdmin}},
		"authorized":                      {begin(t).authorized(), []string{"primaryContact " + theContact, "enrollingAdmin " + theAdmin}},
	} {
		var got []string
		for _, u := range c.s.p.UsedAddresses() {
			got = append(got, string(u.Use)+" "+u.Address)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	t.Run("an address that isn't in use asks for nothing", func(t *testing.T) {
		if s := begin(t).authorized().failed("former@contoso.example", AddressBounced); s.brokenAsked() != nil || mails(last(s)) != nil {
			t.Errorf("%v, %v", s.brokenAsked(), mails(last(s)))
		}
	})
	t.Run("the contact's is asked for, then the admin's, both when both fail", func(t *testing.T) {
		s := begin(t).confirmed().failed(theAdmin, AddressBounced)
		if asked := s.brokenAsked(); !slices.Equal(asked, []string{"Correct the enrolling admin's e-mail address"}) {
			t.Error(asked)
		}
		if s.failed(theContact, AddressBounced); len(s.brokenAsked()) != 2 {
			t.Error(s.brokenAsked())
		}
	})
}

func TestV5_AFailureToldAgainOrALesserOneChangesNothing(t *testing.T) {
	s := begin(t).confirmed().failed(theContact, AddressSuppressed)
	for _, reason := range []AddressFailureReason{AddressSuppressed, AddressBounced, "", "unheardOf"} {
		_, err := s.p.FailAddress(s.fail(theContact, reason), s.system())
		wantCode(t, err, CodeAddressUnchanged)
	}
	s.failed(theContact, AddressComplained)
	if a := s.p.MailAddress(theContact); a.Reason != AddressComplained || !a.FailedAt.Equal(monday) {
		t.Errorf("%+v", a)
	}
	_, err := s.p.FailAddress(s.fail("not an address", AddressBounced), s.system())
	wantFaults(t, err, "/address invalid")
}

func TestV5_AMailFromBeforeTheMendingDoesNotBreakTheAddressAgain(t *testing.T) {
	s := begin(t).confirmed().failed(theContact, AddressBounced).wait(time.Hour).mended(theContact)
	mendedAt := s.now
	for _, c := range []struct {
		reason AddressFailureReason
		sent   time.Duration // after the mending
		counts bool
	}{
		{AddressBounced, -2 * time.Hour, false}, {AddressBounced, 0, false}, {AddressBounced, time.Second, true},
		{AddressComplained, -time.Second, false}, {AddressComplained, time.Second, true},
		{AddressSuppressed, time.Minute, false}, // what held it back was being lifted
		{AddressSuppressed, time.Hour, true},
	} {
		f := AddressFailure{Address: theContact, Reason: c.reason, SentAt: mendedAt.Add(c.sent), At: mendedAt.Add(48 * time.Hour)}
		e, err := s.p.FailAddress(f, s.system())
		if (err == nil) != c.counts {
			t.Errorf("%s of a mail sent %s after the mending: %v", c.reason, c.sent, err)
		}
		if c.counts && !s.p.Apply(e).MailAddress(theContact).Broken() {
			t.Errorf("%s: not broken", c.reason)
		}
	}
	_, err := s.p.MendAddress(theContact, s.stamp(globalAdmin))
	wantCode(t, err, CodeAddressUnchanged)
	_, err = s.p.MendAddress("nobody", s.stamp(globalAdmin))
	wantFaults(t, err, "/email invalid")
	_, err = s.p.MendAddress(" ", s.stamp(globalAdmin))
	wantFaults(t, err, "/email required")
}

// Whatever the order in which failures are told, and however often, the address
// ends in one state: the worst of those that count.
func TestV5_TheStateOfAnAddressIsAMaximum(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := begin(t).confirmed()
		if rapid.Bool().Draw(rt, "mended before") {
			s.failed(theContact, AddressBounced).wait(time.Hour).mended(theContact)
		}
		base := s.now
		var failures []AddressFailure
		for i := range rapid.IntRange(1, 5).Draw(rt, "failures") {
			reason := rapid.SampledFrom([]AddressFailureReason{AddressBounced, AddressSuppressed, AddressComplained}).Draw(rt, "reason")
			sent := base.Add(time.Duration(rapid.IntRange(-120, 120).Draw(rt, "minutes")) * time.Minute)
			failures = append(failures, AddressFailure{Address: theContact, Reason: reason, SentAt: sent, At: sent.Add(time.Duration(i) * time.Minute)})
		}
		tell := func(list []AddressFailure) AddressFailureReason {
			p := s.p
			for _, f := range list {
				if e, err := p.FailAddress(f, s.system()); err == nil {
					p = p.Apply(e)
				}
			}
			return p.MailAddress(theContact).Reason
		}
		shuffled := rapid.Permutation(append(slices.Clone(failures), failures...)).Draw(rt, "order")
		if got, want := tell(shuffled), tell(failures); got != want {
			rt.Fatalf("told in another order: %q, else %q", got, want)
		}
	})
}

func TestComplaint9_MailsToAnAddressThatFailsGoToTheOtherContactAsWell(t *testing.T) {
	s := begin(t).confirmed().failed(theContact, AddressBounced)
	if got := mails(last(s)); !slices.Equal(got, []string{"mailAddressBroken " + theAdmin}) {
		t.Errorf("told of the failure: %v", got)
	}
	t.Run("what the system writes", func(t *testing.T) {
		s := *s
		s.t = t
		s.authorized()
		if got := mails(last(&s)); !slices.Equal(got, []string{"verificationAuthorized " + theContact, "verificationAuthorized " + theAdmin}) {
			t.Errorf("%v", got)
		}
		for i, want := range []string{"Erika Muster", ""} {
			if m := last(&s).Follow[i].Mail; m.Params["contactName"] != want || m.Params["next"] == "" {
				t.Errorf("to %s: %v", m.To, m.Params)
			}
		}
	})
	t.Run("a reminder goes to each once", func(t *testing.T) {
		s := *s
		s.t = t
		s.authorized().ticked()
		if got := mails(last(&s)); !slices.Equal(got, []string{"stepReminder " + theContact, "stepReminder " + theAdmin}) {
			t.Errorf("%v", got)
		}
	})
	t.Run("an admin's goes to the contact", func(t *testing.T) {
		s := begin(t).confirmed().failed(theAdmin, AddressBounced)
		if got := mails(last(s)); !slices.Equal(got, []string{"mailAddressBroken " + theContact}) {
			t.Errorf("%v", got)
		}
	})
	t.Run("never to a contact that hasn't confirmed", func(t *testing.T) {
		s := begin(t).submitted().failed(theAdmin, AddressBounced).escalated()
		if got := mails(last(s)); slices.Contains(got, "verificationOverdue "+theContact) {
			t.Errorf("%v", got)
		}
	})
	t.Run("a staff mail and the ownership link are not copied", func(t *testing.T) {
		s := begin(t).submitted().failed(theAdmin, AddressBounced)
		s.wait(2 * time.Minute).tell(s.p.ResendOwnershipLink("another", s.stamp(globalAdmin)))
		if got := mails(last(s)); !slices.Equal(got, []string{"ownershipLink " + theContact}) {
			t.Errorf("%v", got)
		}
	})
}

func TestComplaint5_NoMailCameTheLinkWaitsForTheAddressToBeMendedAndIsThenSentAgain(t *testing.T) {
	s := begin(t).submitted().wait(time.Hour).failed(theContact, AddressBounced)
	_, err := s.p.ResendOwnershipLink("another", s.stamp(globalAdmin))
	wantCode(t, err, CodeAddressBroken)
	if turn := s.p.Turn(s.now); turn.Code != "email_address_broken" {
		t.Errorf("the turn %+v", turn)
	}
	s.wait(80 * time.Hour) // the link has expired meanwhile
	if turn := s.p.Turn(s.now); turn.Code != "email_address_broken" || turn.Who != PartyPartner {
		t.Errorf("the turn %+v", turn)
	}
	s.mended(theContact)
	if turn := s.p.Turn(s.now); turn.Code != "email_ownership" {
		t.Errorf("the turn %+v", turn)
	}
	s.tell(s.p.ResendOwnershipLink("another", s.stamp(globalAdmin)))
}

func TestV9_AnAddressAloneMakesNoApplicationDormantButKeepsNoneAwake(t *testing.T) {
	t.Run("V9 an onboarded company is reminded three times", func(t *testing.T) {
		s := begin(t).onboarded().wait(time.Hour).failed(theContact, AddressBounced)
		for range 3 {
			if s.ticked(); !s.p.DormantSince.IsZero() {
				t.Error("dormant")
			}
		}
		if at, ok := s.p.NextDeadline(); ok {
			t.Errorf("and once more at %s", at)
		}
	})
	t.Run("V9 a company that does nothing becomes dormant", func(t *testing.T) {
		s := begin(t).enrolled().wait(time.Hour).failed(theAdmin, AddressBounced)
		for range 4 {
			s.ticked()
		}
		if s.p.DormantSince.IsZero() {
			t.Error("awake")
		}
	})
}

func TestE4_TheWorkEmailCanBeChanged(t *testing.T) {
	s := begin(t).enrolled().wait(time.Hour).failed(theAdmin, AddressBounced)
	change := func(address string) error {
		_, err := s.p.ChangeWorkEmail(address, s.stamp(globalAdmin))
		return err
	}
	wantFaults(t, change(""), "/workEmail required")
	wantFaults(t, change("x"), "/workEmail invalid")
	wantFaults(t, change("ada@gmail.com"), "/workEmail consumer_mail_domain")
	wantCode(t, change(strings.ToUpper(theAdmin)), CodeAddressUnchanged)
	s.tell(s.p.ChangeWorkEmail(" boss@contoso.example ", s.stamp(globalAdmin)))
	if s.p.WorkEmail != "boss@contoso.example" || s.p.WorkDomain != "contoso.example" || s.brokenAsked() != nil {
		t.Errorf("%s %s, asked %v", s.p.WorkEmail, s.p.WorkDomain, s.brokenAsked())
	}
	if got := mails(last(s)); !slices.Equal(got, []string{"workEmailChanged boss@contoso.example"}) || !slices.Equal(lifted(last(s)), []string{theAdmin}) {
		t.Errorf("mails %v, lifted %v", got, lifted(last(s)))
	}
	wantCode(t, change("chief@contoso.example"), CodeResendLimited)
	s.wait(time.Hour)
	wantCode(t, change(theAdmin), CodeAddressBroken)
	s.tell(s.p.ChangeWorkEmail("chief@contoso.example", s.stamp(globalAdmin)))
	if got := mails(last(s)); !slices.Equal(got, []string{"workEmailChanged chief@contoso.example", "workEmailChanged boss@contoso.example"}) || lifted(last(s)) != nil {
		t.Errorf("mails %v, lifted %v", got, lifted(last(s)))
	}
}

func TestV5_ACorrectedContactLeavesTheBrokenAddressBehind(t *testing.T) {
	s := begin(t).confirmed().failed(theContact, AddressBounced).rejected()
	info := contoso()
	info.Legal.PrimaryContact.Email = "emil@contoso.example"
	s.saved(info).tell(s.p.Submit(knowledge, "case-2", "secret-2", s.stamp(globalAdmin)))
	if s.brokenAsked() != nil || !slices.Equal(lifted(last(s)), []string{theContact}) {
		t.Errorf("asked %v, lifted %v", s.brokenAsked(), lifted(last(s)))
	}
}

func TestOnlySoManyAddressesAreRememberedAndThoseInUseAlways(t *testing.T) {
	s := begin(t).confirmed().failed(theContact, AddressBounced).failed(theAdmin, AddressBounced)
	for i := range 30 {
		s.failed(fmt.Sprintf("x%d@contoso.example", i), AddressBounced)
	}
	if len(s.p.MailAddresses) != 10 || !s.p.MailAddress(theContact).Broken() || !s.p.MailAddress(theAdmin).Broken() || !s.p.MailAddress("x29@contoso.example").Broken() {
		t.Errorf("%+v", s.p.MailAddresses)
	}
}

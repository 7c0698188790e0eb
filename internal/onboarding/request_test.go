package onboarding_test

import (
	"slices"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestD2_ARequestThatNobodyAnswersExpiresBySchedule(t *testing.T) {
	s := begin(t).confirmed().requested(northwind).wait(day).requested(adventure)
	s.p.Case.Latest, s.p.Case.DueSoon = s.now.AddDate(1, 0, 0), time.Time{} // the case isn't what this is about
	first, second := s.p.Relationships[0], s.p.Relationships[1]
	var told []string
	for range 4 {
		s.ticked()
		told = append(told, string(last(s).Data.Type())+" "+s.now.Sub(first.RequestedAt).String())
	}
	if want := []string{"relationship.reminded 648h0m0s", "relationship.reminded 672h0m0s", "relationship.expired 720h0m0s", "relationship.expired 744h0m0s"}; !slices.Equal(told, want) {
		t.Errorf("V9 each is reminded of once, three days before, and expires: %v", told)
	}
	if want := []string{"requestExpired erika@contoso.example", "resellerExpired distributor:D-ADVENTURE"}; !slices.Equal(mails(last(s)), want) {
		t.Errorf("both sides are told: %v", mails(last(s)))
	}
	for _, r := range []Relationship{first, second} {
		if now, _ := s.p.Relationship(r.ID); now.Status != RelationshipExpired || !now.ClosedAt.Equal(r.ExpiresAt) || now.RemindedAt.IsZero() {
			t.Errorf("%+v", now)
		}
	}
	_, err := s.p.Tick(s.system())
	wantCode(t, err, CodeNothingDue)
}

func TestV9_ARequestThatCannotBeAcceptedIsNotRemindedOf(t *testing.T) {
	s := begin(t).enrolled().requested(overseas).authorized()
	for len(s.p.Relationships) > 0 && s.p.Relationships[0].Status == RelationshipPending {
		if s.ticked(); last(s).Data.Type() == "relationship.reminded" {
			t.Fatal("reminded of a request that D5 refuses")
		}
	}
}

func TestV9_TheReminderOfARequestGoesToEveryContact(t *testing.T) {
	s := begin(t).accepted().requested(northwind)
	for last(s).Data.Type() != "relationship.reminded" {
		s.ticked()
	}
	if want := []string{"requestReminder erika@contoso.example", "requestReminder admin@contoso.example"}; !slices.Equal(mails(last(s)), want) {
		t.Errorf("%v", mails(last(s)))
	}
}

func TestD7_ADistributorHasItsRequestSentAgainOrTakesItBack(t *testing.T) {
	s := begin(t).enrolled().requested(northwind)
	id := s.newest()
	t.Run("D7 not within a day", func(t *testing.T) {
		_, err := s.p.ResendRequest(id, seller, s.stamp(seller))
		wantCode(t, err, CodeResendLimited)
	})
	t.Run("D7 another distributor's isn't found", func(t *testing.T) {
		_, err := s.p.ResendRequest(id, rival, s.stamp(rival))
		wantCode(t, err, CodeNotFound)
		_, err = s.p.CancelRequest(id, rival, s.stamp(rival))
		wantCode(t, err, CodeNotFound)
	})
	t.Run("D7 three times at most, and the date stays", func(t *testing.T) {
		was, _ := s.p.Relationship(id)
		for n := range 3 {
			s.wait(day).tell(s.p.ResendRequest(id, seller, s.stamp(seller)))
			r, _ := s.p.Relationship(id)
			if r.Resends != n+1 || r.MailKey == was.MailKey || !r.SentAt.Equal(s.now) || !r.ExpiresAt.Equal(was.ExpiresAt) {
				t.Errorf("%+v", r)
			}
			if !slices.Equal(mails(last(s)), []string{"distributorRequest admin@contoso.example"}) {
				t.Errorf("%v", mails(last(s)))
			}
		}
		_, err := s.wait(day).p.ResendRequest(id, seller, s.stamp(seller))
		wantCode(t, err, CodeResendLimited)
	})
	t.Run("D7 taken back, it can't be answered any more, and the company is told", func(t *testing.T) {
		s := *s
		s.tell(s.p.CancelRequest(id, seller, s.stamp(seller)))
		if r, _ := s.p.Relationship(id); r.Status != RelationshipCancelled || !slices.Equal(mails(last(&s)), []string{"requestCancelled admin@contoso.example"}) {
			t.Errorf("%+v, mails %v", r, mails(last(&s)))
		}
		_, err := s.p.AcceptRelationship(id, current, "PLA-1", s.stamp(globalAdmin))
		wantCode(t, err, CodeRequestClosed)
		_, err = s.p.CancelRequest(id, seller, s.stamp(seller))
		wantCode(t, err, CodeRequestClosed)
		_, err = s.p.ResendRequest(id, seller, s.stamp(seller))
		wantCode(t, err, CodeRequestClosed)
	})
	t.Run("D7 expired, a new one is sent", func(t *testing.T) {
		s := *s
		s.wait(30 * day)
		_, err := s.p.ResendRequest(id, seller, s.stamp(seller))
		wantCode(t, err, CodeRequestExpired)
		_, err = s.p.CancelRequest(id, seller, s.stamp(seller))
		wantCode(t, err, CodeRequestExpired)
	})
}

func TestD2_ADistributorAsksACompanyFiveTimesIn30DaysAtMost(t *testing.T) {
	s := begin(t).enrolled()
	for range 5 {
		s.wait(time.Hour).requested(northwind)
		s.tell(s.p.DeclineRelationship(s.newest(), "No.", s.stamp(globalAdmin)))
	}
	_, err := s.p.RequestRelationship(northwind, "R-6", "", s.stamp(seller))
	wantCode(t, err, CodeResendLimited)
	s.requested(adventure) // another one may
	s.wait(30 * day).requested(northwind)
}

func TestD3_ADistributorIsToldOfTheAnswer(t *testing.T) {
	s := begin(t).enrolled().requested(northwind)
	s.tell(s.p.DeclineRelationship(s.newest(), "We have one.", s.stamp(globalAdmin)))
	m := last(s).Follow[0].Mail
	if m.Template != MailResellerDeclined || m.To != MailToDistributor("D-NORTH") || m.Params["reason"] != "We have one." || m.Params["contactName"] != "" || m.Params["next"] != "" {
		t.Errorf("%+v", m)
	}
	if id, ok := DistributorOf(m.To); !ok || id != "D-NORTH" || OfPartner(m.To) || OfPartner(MailToStaff) || !OfPartner("a@b.example") {
		t.Errorf("the recipient stands for %q", id)
	}
	if err := s.p.Resendable(SentMail{Key: "k", Template: m.Template, To: m.To}, s.now); CodeOf(err) != CodeNotFound {
		t.Errorf("the partner sends a distributor's mail again: %v", err)
	}
}

func TestD4_WhoEndedARelationshipIsSaidToBothSides(t *testing.T) {
	for by, want := range map[*Principal]string{&globalAdmin: "Contoso GmbH", &seller: "Northwind"} {
		s := begin(t).onboarded()
		s.tell(s.p.EndRelationship(s.newest(), "Over.", *by, s.stamp(*by)))
		for _, f := range last(s).Follow {
			if m := f.Mail; m != nil && (m.Params["endedBy"] != want || m.Params["reason"] != "Over." || m.Params["endedAt"] == "") {
				t.Errorf("%s says %v", m.Template, m.Params)
			}
		}
	}
}

package onboarding_test

import (
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func invitation(t *testing.T, s *story, d Distributor, c InviteReseller) ResellerInvitation {
	t.Helper()
	c.ID, c.Secret = "RI-1", "secret"
	i, err := d.InviteReseller(c, s.now)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestD2_ADistributorInvitesACompanyByALink(t *testing.T) {
	s := begin(t)
	i := invitation(t, s, northwind, InviteReseller{Message: " Welcome. ", Domain: " Contoso.example "})
	if i.Message != "Welcome." || i.Domain != "contoso.example" || i.DistributorName != "Northwind" || i.ExpiresAt.Sub(i.CreatedAt) != 30*day || strings.Contains(i.Hash, "secret") {
		t.Errorf("%+v", i)
	}
	if i.Link("secret") != "/relationship-invitation-links/RI-1.secret" || !i.Opens("secret") || i.Opens("other") || (ResellerInvitation{}).Opens("") {
		t.Error("the link is wrong")
	}
	for name, c := range map[string]struct {
		invite InviteReseller
		faults []string
	}{
		"D2 one binding at most":      {InviteReseller{PartnerID: "P-1", Domain: "contoso.example"}, []string{"/mailDomain not_allowed"}},
		"D2 a domain, not an address": {InviteReseller{Domain: "ada@contoso.example"}, []string{"/mailDomain invalid"}},
		"D2 nobody's domain":          {InviteReseller{Domain: "gmail.com"}, []string{"/mailDomain consumer_mail_domain"}},
		"D2 all at once":              {InviteReseller{Message: strings.Repeat("x", 501), PartnerID: strings.Repeat("x", 65), Domain: "x"}, []string{"/message too_long", "/partnerId too_long", "/mailDomain not_allowed"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := northwind.InviteReseller(c.invite, s.now)
			wantFaults(t, err, c.faults...)
		})
	}
	wantCode(t, InvitedTooOften(), CodeAskedTooOften)
	if try := ResellerInvitationTry("D-1", s.now); try.Max != 200 || try.Until.Sub(s.now) > day {
		t.Errorf("%+v", try)
	}
}

func TestD7_AnInvitationLinkIsUsedOnceByTheCompanyThatItIsFor(t *testing.T) {
	use := func(s *story, i ResellerInvitation, secret string) (Event, error) {
		return s.p.UseInvitation(i, northwind, secret, "R-new", s.stamp(globalAdmin))
	}
	for _, c := range []struct {
		name   string
		state  func(*story) *story
		invite InviteReseller
		change func(*ResellerInvitation)
		secret string
		want   Code
	}{
		{name: "D2 by whoever holds it", secret: "secret"},
		{name: "D2 bound to the Partner ID", invite: InviteReseller{PartnerID: "P-1"}, secret: "secret"},
		{name: "D2 bound to the mail domain", invite: InviteReseller{Domain: "contoso.example"}, secret: "secret"},
		{name: "D7 another Partner ID", invite: InviteReseller{PartnerID: "P-2"}, secret: "secret", want: CodeWrongCompany},
		{name: "D7 another mail domain", invite: InviteReseller{Domain: "fabrikam.example"}, secret: "secret", want: CodeWrongCompany},
		{name: "D7 another secret", secret: "other", want: CodeNotFound},
		{name: "D7 cancelled", change: func(i *ResellerInvitation) { i.Ended = ResellerInvitationCancelled }, secret: "secret", want: CodeInvitationRevoked},
		{name: "D7 used by another", change: func(i *ResellerInvitation) { i.Ended, i.AcceptedBy = ResellerInvitationAccepted, "P-2" }, secret: "secret", want: CodeInvitationUsed},
		{name: "D7 the distributor has gone", change: func(i *ResellerInvitation) { i.DistributorID = "D-GONE" }, secret: "secret", want: CodeInvitationRevoked},
		{name: "D7 expired", state: func(s *story) *story { return s.wait(30 * day) }, secret: "secret", want: CodeInvitationExpired},
		{name: "D2 not expired a moment before", state: func(s *story) *story { return s.wait(30*day - time.Second) }, secret: "secret"},
		{name: "D2 while the relationship is active", state: func(s *story) *story { return s.onboarded() }, secret: "secret", want: CodeRequestExists},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := begin(t).enrolled()
			if c.state != nil && c.want == CodeRequestExists {
				s = c.state(begin(t))
			}
			i := invitation(t, s, northwind, c.invite)
			if c.change != nil {
				c.change(&i)
			}
			if c.state != nil && c.want != CodeRequestExists {
				c.state(s)
			}
			e, err := use(s, i, c.secret)
			if c.want != "" {
				wantCode(t, err, c.want)
				return
			}
			s.tell(e, err)
			if r, ok := s.p.Relationship("R-new"); !ok || r.Status != RelationshipPending || r.InvitationID != "RI-1" || r.DistributorID != northwind.ID {
				t.Errorf("%+v", r)
			}
			if id, r := UsedInvitation(e); id != "RI-1" || r != "R-new" {
				t.Errorf("used %q for %q", id, r)
			}
		})
	}
	t.Run("D7 using it again is no second request", func(t *testing.T) {
		s := begin(t).enrolled()
		i := invitation(t, s, northwind, InviteReseller{})
		s.tell(use(s, i, "secret"))
		i.Ended, i.AcceptedBy, i.RelationshipID = ResellerInvitationAccepted, s.p.ID, "R-new"
		_, err := use(s, i, "secret")
		wantCode(t, err, CodeNothingChanged)
	})
	t.Run("D2 a request that is open already uses it up", func(t *testing.T) {
		s := begin(t).enrolled().requested(northwind)
		i := invitation(t, s, northwind, InviteReseller{})
		s.tell(use(s, i, "secret"))
		if id, r := UsedInvitation(last(s)); len(s.p.Relationships) != 1 || id != "RI-1" || r != s.newest() || s.p.Relationships[0].InvitationID != "RI-1" || len(mails(last(s))) > 0 {
			t.Errorf("%q for %q: %+v", id, r, s.p.Relationships)
		}
	})
	t.Run("D2 D3 the request is answered like any other", func(t *testing.T) {
		s := begin(t).accepted()
		s.tell(use(s, invitation(t, s, northwind, InviteReseller{}), "secret"))
		s.tell(s.p.AcceptRelationship("R-new", current, "PLA-1", s.stamp(globalAdmin)))
		if !s.p.Onboarded() {
			t.Error("not onboarded")
		}
	})
	t.Run("D5 outside the distributor's regions it is refused, and stays open", func(t *testing.T) {
		s := begin(t).submitted()
		_, err := s.p.UseInvitation(invitation(t, s, overseas, InviteReseller{}), overseas, "secret", "R-new", s.stamp(globalAdmin))
		wantCode(t, err, CodeRegionNotServed)
	})
	t.Run("D2 five times within a month is no limit to the company's own wish", func(t *testing.T) {
		s := begin(t).enrolled()
		for range 5 {
			s.requested(northwind)
			s.tell(s.p.DeclineRelationship(s.newest(), "", s.stamp(globalAdmin)))
		}
		s.tell(use(s, invitation(t, s, northwind, InviteReseller{}), "secret"))
	})
}

func TestD7_TheHolderOfALinkIsToldWhetherItIsForHim(t *testing.T) {
	s := begin(t).enrolled()
	private := Principal{UserID: "u-x", Email: "eve@fabrikam.example"}
	for _, c := range []struct {
		name   string
		invite InviteReseller
		by     Principal
		p      Partner
		want   Code
	}{
		{"D7 any company", InviteReseller{}, globalAdmin, s.p, ""},
		{"D7 any company, before it has enrolled", InviteReseller{}, private, Partner{}, ""},
		{"D7 staff", InviteReseller{}, reviewer, Partner{}, CodeWrongAccount},
		{"D7 a distributor", InviteReseller{}, seller, Partner{}, CodeWrongAccount},
		{"D7 another Partner ID", InviteReseller{PartnerID: "P-2"}, globalAdmin, s.p, CodeWrongCompany},
		{"D7 a Partner ID, and none yet", InviteReseller{PartnerID: "P-2"}, private, Partner{}, CodeWrongCompany},
		{"D7 a mail domain that is only typed", InviteReseller{Domain: "fabrikam.example"}, private, Partner{}, CodeWrongCompany},
		{"D7 a mail domain that is his", InviteReseller{Domain: "fabrikam.example"}, Principal{UserID: "u-x", Email: private.Email, EmailVerified: true}, Partner{}, ""},
		{"D7 a mail domain of his directory", InviteReseller{Domain: "fabrikam.example"}, Principal{UserID: "u-x", TenantDomain: "Fabrikam.example"}, Partner{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := invitation(t, s, northwind, c.invite).Look(c.by, c.p, s.now)
			if CodeOf(err) != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
	i := invitation(t, s, northwind, InviteReseller{})
	wantCode(t, i.Look(globalAdmin, s.p, s.now.Add(30*day)), CodeInvitationExpired)
}

func TestD7_ADistributorTakesItsInvitationBack(t *testing.T) {
	s := begin(t)
	i := invitation(t, s, northwind, InviteReseller{})
	if err := i.Cancel(seller, s.now); err != nil {
		t.Error(err)
	}
	wantCode(t, i.Cancel(rival, s.now), CodeNotFound)
	wantCode(t, i.Cancel(globalAdmin, s.now), CodeNotFound)
	wantCode(t, i.Cancel(seller, i.ExpiresAt), CodeInvitationExpired)
	i.Ended = ResellerInvitationCancelled
	wantCode(t, i.Cancel(seller, i.ExpiresAt), CodeNothingChanged)
	i.Ended = ResellerInvitationAccepted
	wantCode(t, i.Cancel(seller, s.now), CodeInvitationUsed)
	for status, class := range map[ResellerInvitationStatus]Class{ResellerInvitationOpen: ClassWaiting, ResellerInvitationAccepted: ClassDone, ResellerInvitationCancelled: ClassStopped, ResellerInvitationExpired: ClassStopped} {
		if status.Class() != class {
			t.Errorf("%s is %s", status, status.Class())
		}
	}
}

package onboarding_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var newcomer = Principal{UserID: "u-nina", Email: "nina@contoso.example", Name: "Nina", TenantID: SignUpTenant("u-nina"), EmailVerified: true}

func (s *story) asksToJoin(id string, by Principal) (Event, error) {
	return s.p.AskToJoin(id, by, s.system())
}

func TestE8_WhoAsksToBeAddedIsShownToTheAdminsAndHearsNothingUnlessTheyAgree(t *testing.T) {
	s := begin(t).enrolled().joined(globalAdmin, agent, RoleAdminAgent)
	s.tell(s.asksToJoin("J-1", newcomer))
	if got := mails(last(s)); !slices.Equal(got, []string{"joinRequested " + globalAdmin.Email, "joinRequested " + agent.Email}) {
		t.Errorf("mails %v", got)
	}
	if j := s.p.JoinRequests(s.now); len(j) != 1 || j[0].Email != newcomer.Email || !j[0].ExpiresAt().Equal(s.now.Add(14*24*time.Hour)) {
		t.Errorf("%+v", j)
	}
	s.holds(newcomer)
	t.Run("E8 asked again, nobody is written to again", func(t *testing.T) {
		wantCode(t, second(s.asksToJoin("J-2", newcomer)), CodeNothingChanged)
		wantCode(t, second(s.asksToJoin("J-2", agent)), CodeNothingChanged)
	})
	t.Run("E8 an address elsewhere, or at a domain that was only typed, is nobody's business", func(t *testing.T) {
		for _, address := range []string{"x@elsewhere.com", "x@gmail.com", "x"} {
			by := newcomer
			by.Email = address
			wantCode(t, second(s.asksToJoin("J-2", by)), CodeNotFound)
		}
		f := founded(t)
		wantCode(t, second(f.asksToJoin("J-2", signedUp("kim"))), CodeNotFound)
	})
	t.Run("E8 agreed, an invitation goes out", func(t *testing.T) {
		s := *s
		wantCode(t, second(s.p.AgreeToJoin("J-9", Invite{By: agent}, s.stamp(agent))), CodeNotFound)
		wantFaults(t, second(s.p.AgreeToJoin("J-1", Invite{Roles: []Role{RoleReviewer}, By: agent}, s.stamp(agent))), "/roles unsupported")
		wantCode(t, second(s.p.AgreeToJoin("J-1", Invite{Roles: []Role{RoleGlobalAdmin}, By: agent}, s.stamp(agent))), CodeRoleOfDirectory)
		s.tell(s.p.AgreeToJoin("J-1", Invite{ID: "I-1", Secret: "s", Roles: []Role{RoleAdminAgent}, By: agent}, s.stamp(agent)))
		if got := mails(last(&s)); !slices.Equal(got, []string{"userInvited " + newcomer.Email}) || len(s.p.JoinRequests(s.now)) != 0 {
			t.Errorf("mails %v", got)
		}
		wantCode(t, second(s.p.AgreeToJoin("J-1", Invite{By: agent}, s.stamp(agent))), CodeNotFound)
	})
	t.Run("E8 declined, nobody is told", func(t *testing.T) {
		s := *s
		s.tell(s.p.DeclineToJoin("J-1", s.stamp(agent)))
		if len(mails(last(&s))) != 0 || len(s.p.JoinRequests(s.now)) != 0 {
			t.Errorf("%v", mails(last(&s)))
		}
		wantCode(t, second(s.p.DeclineToJoin("J-1", s.stamp(agent))), CodeNotFound)
	})
	t.Run("E8 it lapses after 14 days", func(t *testing.T) {
		s := *s
		s.wait(14 * 24 * time.Hour)
		wantCode(t, second(s.p.DeclineToJoin("J-1", s.stamp(agent))), CodeNotFound)
		s.tell(s.asksToJoin("J-2", newcomer))
	})
	t.Run("E8 ten a day, twenty at once", func(t *testing.T) {
		s := begin(t).enrolled()
		for n := range 22 {
			by := newcomer
			by.UserID, by.Email = fmt.Sprint("u-", n), fmt.Sprintf("n%d@contoso.example", n)
			e, err := s.asksToJoin(fmt.Sprint("J-", n), by)
			switch {
			case n == 10:
				wantCode(t, err, CodeTooMany)
				s.wait(25 * time.Hour)
			case n == 21:
				wantCode(t, err, CodeTooMany)
			default:
				if n == 20 {
					s.wait(25 * time.Hour)
				}
				if err == nil {
					s.tell(e, err)
				}
			}
		}
		if n := len(s.p.JoinRequests(s.now)); n > 20 {
			t.Errorf("%d wait", n)
		}
	})
}

func TestE8_AskingAnswersTheSameAndWritesToAnUnprovenAddressAlone(t *testing.T) {
	s := begin(t)
	j, e, err := Join{}.AskAgain(newcomer, "secret", s.stamp(newcomer))
	if err != nil || e.PartnerID != JoinID(newcomer.UserID) || len(e.Follow) != 1 || e.Follow[0].AskToJoin == nil || !j.Proven {
		t.Fatalf("%+v, %+v, %v", j, e, err)
	}
	_, _, err = j.AskAgain(newcomer, "x", s.wait(time.Hour).stamp(newcomer))
	wantCode(t, err, CodeNothingChanged)
	if next, e, err := j.AskAgain(newcomer, "x", s.wait(24*time.Hour).stamp(newcomer)); err != nil || e.Sequence != 3 || next.Count != 2 {
		t.Errorf("%+v, %+v, %v", next, e, err)
	}
	for _, by := range []Principal{reviewer, seller} {
		_, _, err = Join{}.AskAgain(by, "x", s.stamp(by))
		wantCode(t, err, CodeRoleRequired)
	}
	private := newcomer
	private.Email = "nina@gmail.com"
	if _, e, err := (Join{}).AskAgain(private, "x", s.stamp(private)); err != nil || len(e.Follow) != 0 {
		t.Errorf("%+v, %v", e, err)
	}
	unproven := newcomer
	unproven.EmailVerified = false
	j, e, err = Join{}.AskAgain(unproven, "secret", s.stamp(unproven))
	if err != nil || len(e.Follow) != 1 || e.Follow[0].Mail.To != newcomer.Email || j.Hash != HashSecret("secret") {
		t.Fatalf("%+v, %+v, %v", j, e, err)
	}
	_, err = j.LinkState("x", s.now)
	wantCode(t, err, CodeNotFound)
	_, err = Join{}.LinkState("", s.now)
	wantCode(t, err, CodeNotFound)
	proven, e, err := j.Prove("secret", s.system())
	if err != nil || e.Follow[0].AskToJoin.Email != newcomer.Email || e.Sequence != 2 {
		t.Errorf("%+v, %v", e, err)
	}
	_, _, err = proven.Prove("secret", s.system())
	wantCode(t, err, CodeNothingChanged)
	_, _, err = j.Prove("secret", s.wait(100*time.Hour).system())
	wantCode(t, err, CodeLinkExpired)
}

// twins tell companies apart by their legal name.
type twins struct{}

func (twins) CompanyKeys(l LegalProfile) []string { return []string{"NAME#" + l.LegalName} }

func TestE8_ACompanyIsFoundByWhatItSubmittedAndByWhatItProposes(t *testing.T) {
	was := knowledge
	knowledge.Companies = twins{}
	defer func() { knowledge = was }()
	s := begin(t).enrolled().saved(contoso())
	keys := func(want ...string) {
		t.Helper()
		if got := s.p.CompanyKeys(); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	keys()
	s.authorized()
	name := "NAME#" + contoso().Legal.LegalName
	keys(name)
	rename := func(i *BusinessInfo) { i.Legal.LegalName = "Contoso Europe" }
	s.tell(s.p.ChangeBusinessInfo(edited(rename), s.p.InfoRevision, knowledge, "case-2", "link", s.stamp(globalAdmin)))
	keys(name, "NAME#Contoso Europe")
	kept := *s
	s.tell(s.p.WithdrawChange(s.stamp(globalAdmin)))
	keys(name)
	s = &kept
	s.tell(s.p.Decide(Decide{Result: VerificationAuthorized, Note: "Fine.", CaseID: s.p.Case.ID}, s.stamp(reviewer)))
	keys("NAME#Contoso Europe")
	if got := s.p.ProvenDomains(); !slices.Contains(got, "contoso.example") {
		t.Errorf("%v", got)
	}
}

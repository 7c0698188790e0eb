package onboarding_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func (s *story) handOver(by, to Principal, leave bool) (Event, error) {
	return s.p.HandOver(HandOver{ID: "H-1", To: to.UserID, Leave: leave, By: by}, s.stamp(by))
}

func TestA7_WhoLeavesHandsOverAllAtOnceAndTheOtherAccepts(t *testing.T) {
	sam, kim, ann := signedUp("sam"), signedUp("kim"), signedUp("ann")
	base := founded(t).joined(sam, kim).joined(sam, ann, RoleAdminAgent)
	t.Run("A7 nothing changes until the other accepts, then all does", func(t *testing.T) {
		s := *base
		s.tell(s.handOver(sam, kim, true)).holds(kim, RoleMember)
		s.holds(sam, RoleMember, RoleGlobalAdmin)
		if got := mails(last(&s)); !slices.Equal(got, []string{"handoverOffered " + kim.Email}) {
			t.Errorf("mails %v", got)
		}
		wantCode(t, second(s.p.AnswerHandover(true, ann, s.stamp(ann))), CodeRoleRequired)
		wantCode(t, second(s.p.WithdrawHandover(ann, s.stamp(ann))), CodeRoleRequired)
		s.tell(s.p.AnswerHandover(true, kim, s.stamp(kim))).holds(kim, RoleMember, RoleGlobalAdmin)
		s.holds(sam)
		if s.p.WorkEmail != kim.Email || s.p.WorkDomain != "newco.example" || s.p.Handover != nil {
			t.Errorf("mails go to %s, %+v", s.p.WorkEmail, s.p.Handover)
		}
		m, _ := s.p.Member(kim.UserID)
		if m.How(RoleGlobalAdmin).By.UserID != sam.UserID {
			t.Errorf("%+v", m)
		}
		if got := mails(last(&s)); !slices.Equal(got, []string{"userChanged " + sam.Email, "userChanged " + kim.Email}) {
			t.Errorf("mails %v", got)
		}
	})
	t.Run("A7 the contact who hands over is told of what stays", func(t *testing.T) {
		s := *base
		s.p.Info.Legal.PrimaryContact.Email = sam.Email
		s.tell(s.handOver(sam, kim, false)).tell(s.p.AnswerHandover(true, kim, s.stamp(kim)))
		if text := last(&s).Follow[0].Mail.Params["change"]; !strings.Contains(text, "primary contact") {
			t.Error(text)
		}
		s.holds(sam, RoleMember)
	})
	t.Run("A7 declined or withdrawn, nothing changed", func(t *testing.T) {
		s := *base
		s.tell(s.handOver(sam, kim, true)).tell(s.p.AnswerHandover(false, kim, s.stamp(kim))).holds(sam, RoleMember, RoleGlobalAdmin)
		s.tell(s.handOver(ann, kim, false)).tell(s.p.WithdrawHandover(sam, s.stamp(sam))).holds(ann, RoleMember, RoleAdminAgent)
		wantCode(t, second(s.p.WithdrawHandover(sam, s.stamp(sam))), CodeNoHandover)
		wantCode(t, second(s.p.AnswerHandover(true, kim, s.stamp(kim))), CodeNoHandover)
	})
	t.Run("A7 one at a time, and it lapses after 14 days", func(t *testing.T) {
		s := *base
		s.tell(s.handOver(sam, kim, true))
		wantCode(t, second(s.handOver(sam, kim, true)), CodeNothingChanged)
		wantCode(t, second(s.handOver(ann, kim, true)), CodeHandoverOpen)
		s.wait(14 * 24 * time.Hour)
		wantCode(t, second(s.p.AnswerHandover(true, kim, s.stamp(kim))), CodeNoHandover)
		s.tell(s.handOver(ann, kim, true))
	})
	t.Run("A7 what isn't held any more isn't handed over", func(t *testing.T) {
		s := *base
		s.tell(s.handOver(ann, kim, false)).tell(s.take(sam, ann, RoleAdminAgent))
		wantCode(t, second(s.p.AnswerHandover(true, kim, s.stamp(kim))), CodeHandoverStale)
	})
	t.Run("A7 it ends with one of the two", func(t *testing.T) {
		s := *base
		if s.tell(s.handOver(ann, kim, false)).tell(s.remove(sam, kim)); s.p.Handover != nil {
			t.Errorf("%+v", s.p.Handover)
		}
	})
	t.Run("A7 to a user, not to oneself, and something", func(t *testing.T) {
		s := *base
		wantFaults(t, second(s.handOver(sam, Principal{}, false)), "/userId required")
		wantFaults(t, second(s.handOver(sam, sam, false)), "/userId not_allowed")
		wantCode(t, second(s.handOver(sam, signedUp("lee"), false)), CodeNotFound)
		wantCode(t, second(s.handOver(kim, ann, false)), CodeNothingToHandOver)
	})
	t.Run("A3 being a legal authority is nobody's to hand over", func(t *testing.T) {
		s := *base
		s.tell(s.p.RecordAuthority(RecordAuthority{UserID: ann.UserID, Authority: Authority{Document: "Resolution", Date: "2026-01-01"}, By: sam}, s.stamp(sam)))
		s.tell(s.handOver(ann, kim, true)).tell(s.p.AnswerHandover(true, kim, s.stamp(kim))).holds(kim, RoleMember, RoleAdminAgent)
	})
}

func TestA7_ADirectorysGlobalAdminHandsOverWhatThePartnerKnowsOfHim(t *testing.T) {
	s := begin(t).enrolled().joined(globalAdmin, agent)
	s.p.WorkEmail = globalAdmin.Email
	wantCode(t, second(s.handOver(globalAdmin, agent, true)), CodeLastGlobalAdmin)
	s.tell(s.handOver(globalAdmin, agent, false)).tell(s.p.AnswerHandover(true, agent, s.stamp(agent))).holds(agent, RoleMember)
	if s.p.WorkEmail != agent.Email {
		t.Errorf("mails go to %s", s.p.WorkEmail)
	}
	wantCode(t, second(s.handOver(globalAdmin, agent, false)), CodeNothingToHandOver)
}

// refusalsAboutUsers are the different refusals of the commands about users.
func refusalsAboutUsers(t *testing.T) (list []error) {
	sam, kim, ann := signedUp("sam"), signedUp("kim"), signedUp("ann")
	s := founded(t).joined(sam, kim, RoleAdminAgent)
	d := begin(t).enrolled().joined(globalAdmin, agent)
	s.tell(s.invite(sam, ann.Email))
	secret := "secret of " + s.invitation().ID
	late := *s
	late.wait(100 * time.Hour)
	add := func(_ Event, err error) { list = append(list, err) }
	add(s.role(kim, kim, RoleGlobalAdmin))
	add(s.role(sam, ann, RoleAdminAgent))
	add(s.role(sam, kim, RoleAdminAgent))
	add(s.take(sam, sam, RoleGlobalAdmin))
	add(s.remove(kim, sam))
	add(d.role(globalAdmin, agent, RoleGlobalAdmin))
	add(s.invite(sam, ann.Email))
	add(s.invite(sam, kim.Email))
	add(s.p.ResendInvitation(s.invitation().ID, "x", s.stamp(sam)))
	add(s.p.AcceptInvitation(secret, kim, s.stamp(kim)))
	add(d.p.AcceptInvitation("x", agent, d.stamp(agent)))
	add(late.p.AcceptInvitation(secret, ann, late.stamp(ann)))
	add(s.p.AnswerHandover(true, kim, s.stamp(kim)))
	add(d.handOver(agent, globalAdmin, false))
	add(s.p.AgreeToJoin("J-none", Invite{}, s.stamp(sam)))
	s.tell(s.handOver(kim, sam, false))
	add(s.handOver(sam, kim, false))
	add(s.p.AnswerHandover(true, kim, s.stamp(kim)))
	return list
}

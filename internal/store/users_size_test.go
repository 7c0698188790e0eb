package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// users fills a partner's record with as many users, invitations and people who
// ask as it takes, each with a name of this form.
func users(t *testing.T, name string) (filled, empty int) {
	t.Helper()
	s := tellAll(t, save("Contoso"), submit, confirm)
	row, err := partnerItem(s.p, Workflow{}, s.hash)
	if err != nil {
		t.Fatal(err)
	}
	empty = sizeOf(row)
	by := admin("t-1")
	by.Name, by.TenantID, by.UserID = name, s.p.TenantID, s.p.Members[0].UserID
	at := s.now
	apply := func(who onboarding.Principal, do func(onboarding.Stamp) (onboarding.Event, error)) bool {
		e, err := do(stampOf(fmt.Sprint("e-", s.p.Version), at, who))
		if err == nil {
			s.p = s.p.Apply(e)
		}
		return err == nil
	}
	person := func(kind string, n int) onboarding.Principal {
		return onboarding.Principal{UserID: fmt.Sprintf("0f0c0f5e-1c1a-4b6e-9d51-%012d", n), Email: fmt.Sprintf("%s.%d.%s@contoso.example", kind, n, strings.Repeat("x", 40)), Name: name, TenantID: s.p.TenantID, EmailVerified: true}
	}
	for n := range 60 {
		at = at.Add(2 * time.Hour)
		who, secret := person("user", n), fmt.Sprint("s-", n)
		apply(by, func(st onboarding.Stamp) (onboarding.Event, error) {
			return s.p.Invite(onboarding.Invite{ID: fmt.Sprintf("I-%026d", n), Secret: secret, Email: who.Email, Roles: []onboarding.Role{onboarding.RoleAdminAgent}, By: by}, st)
		})
		apply(who, func(st onboarding.Stamp) (onboarding.Event, error) { return s.p.AcceptInvitation(secret, who, st) })
		apply(by, func(st onboarding.Stamp) (onboarding.Event, error) {
			return s.p.RecordAuthority(onboarding.RecordAuthority{UserID: who.UserID, By: by, Authority: onboarding.Authority{Document: "Board resolution 12/2026", Date: "2026-01-01", Note: "Signed by both directors."}}, st)
		})
		asker := person("asker", 100+n)
		at = at.Add(time.Hour)
		apply(asker, func(st onboarding.Stamp) (onboarding.Event, error) {
			return s.p.AskToJoin(fmt.Sprintf("J-%026d", n), asker, st)
		})
	}
	if len(s.p.Members) != 50 || len(s.p.Invitations) != 40 {
		t.Fatalf("%d members, %d invitations, %d ask", len(s.p.Members), len(s.p.Invitations), len(s.p.JoinAsked))
	}
	if row, err = partnerItem(s.p, Workflow{}, s.hash); err != nil {
		t.Fatal(err)
	}
	return sizeOf(row), empty
}

func TestA7_APartnerWithAllItsUsersStaysSmall(t *testing.T) {
	filled, empty := users(t, "Maximiliane Freifrau von Musterhausen")
	t.Logf("%d bytes of users beside %d", filled-empty, empty)
	if filled > 90*1024 {
		t.Errorf("the partner takes %d bytes", filled)
	}
	if hostile, _ := users(t, strings.Repeat("<", 2000)); hostile > maxItem/2 { // each is six bytes in JSON
		t.Errorf("with hostile names it takes %d bytes", hostile)
	}
}

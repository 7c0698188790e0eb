package onboarding_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestA7_WhateverUsersDoToEachOtherAGlobalAdminStaysAndRolesComeFromTheRecord(t *testing.T) {
	people := []Principal{signedUp("sam"), signedUp("kim"), signedUp("ann"), signedUp("lee")}
	rapid.Check(t, func(rt *rapid.T) {
		s := founded(t)
		for step := range rapid.IntRange(1, 40).Draw(rt, "steps") {
			by, other := rapid.SampledFrom(people).Draw(rt, "by"), rapid.SampledFrom(people).Draw(rt, "other")
			role := rapid.SampledFrom([]Role{RoleGlobalAdmin, RoleAdminAgent, RoleLegalAuthority}).Draw(rt, "role")
			var roles []Role
			if rapid.Bool().Draw(rt, "with a role") {
				roles = append(roles, role)
			}
			action, do := ActionInviteUser, func() (Event, error) {
				id := fmt.Sprint("I-", step)
				return s.p.Invite(Invite{ID: id, Secret: id, Email: other.Email, Roles: roles, By: by}, s.stamp(by))
			}
			switch rapid.IntRange(0, 7).Draw(rt, "what") {
			case 0:
				action, do = ActionChangeRole, func() (Event, error) { return s.role(by, other, role) }
			case 1:
				action, do = ActionChangeRole, func() (Event, error) { return s.take(by, other, role) }
			case 2:
				action, do = RemovalAction(by, other.UserID), func() (Event, error) { return s.remove(by, other) }
			case 3:
				action, do = ActionHandOver, func() (Event, error) { return s.handOver(by, other, len(roles) > 0) }
			case 4:
				action, do = ActionAnswerHandover, func() (Event, error) { return s.p.AnswerHandover(true, by, s.stamp(by)) }
			case 5:
				action, do = ActionRecordAuthority, func() (Event, error) {
					return s.p.RecordAuthority(RecordAuthority{UserID: other.UserID, Authority: Authority{Document: "D", Date: "2026-01-01"}, By: by}, s.stamp(by))
				}
			case 6, 7: // the link is enough
				secret := fmt.Sprint("I-", rapid.IntRange(0, step).Draw(rt, "invitation"))
				action, do = "", func() (Event, error) { return s.p.AcceptInvitation(secret, by, s.stamp(by)) }
			}
			s.wait(time.Duration(rapid.IntRange(0, 30).Draw(rt, "hours")) * time.Hour)
			if action != "" && Authorize(by, action, s.p) != nil {
				continue
			}
			before := s.p
			e, err := do()
			if err != nil {
				if CodeOf(err) == "" {
					rt.Fatalf("no refusal: %v", err)
				}
				continue
			}
			s.tell(e, nil)
			admins := 0
			for _, who := range people {
				held := s.p.RolesOf(who)
				m, known := s.p.Member(who.UserID)
				if known != (held != nil) || known && len(held) != 1+len(m.Roles) || m.Has(RoleLegalAuthority) != (m.Authority != nil) || len(m.Given) != len(m.Roles) {
					rt.Fatalf("%s holds %v, the record says %+v", who.Email, held, m)
				}
				if m.Has(RoleGlobalAdmin) {
					admins++
				}
				was, _ := before.Member(who.UserID)
				byAdmin, _ := before.Member(by.UserID)
				if (was.Has(RoleGlobalAdmin) != m.Has(RoleGlobalAdmin) || was.Has(RoleLegalAuthority) && !m.Has(RoleLegalAuthority) && who.UserID != by.UserID && e.Data.Type() == RoleTaken{}.Type()) &&
					!byAdmin.Has(RoleGlobalAdmin) && e.Data.Type() != (UserJoined{}).Type() && e.Data.Type() != (HandedOver{}).Type() {
					rt.Fatalf("%s, who is no Global Admin, changed %+v to %+v", by.Email, was, m)
				}
			}
			if admins == 0 {
				rt.Fatalf("no Global Admin is left after %s", e.Data.Type())
			}
			text, err := json.Marshal(s.p)
			if err != nil {
				rt.Fatal(err)
			}
			var read Partner
			if err := json.Unmarshal(text, &read); err != nil {
				rt.Fatal(err)
			}
			again, _ := json.Marshal(read)
			if string(again) != string(text) || !reflect.DeepEqual(read.RolesOf(by), s.p.RolesOf(by)) {
				rt.Fatalf("read back as %s, was %s", again, text)
			}
		}
	})
}

//go:build stack

package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const (
	path       = "/partners/" + rig.PartnerID
	agent      = path + "/users/u-colleague"
	invitation = path + "/invitations/" + rig.InvitationID
	link       = "/invitation-links/" + rig.PartnerID + "." + rig.Secret
)

func wired(parts app.Parts) rig.Handler { return app.Step(function{parts}.router(), nil) }

// rows are the operations, each with a call to it and its cost (F3).
func rows(t *testing.T) []rig.Row {
	t.Helper()
	invited := func(r *rig.Rig) *rig.Rig {
		return r.Enrolled().Invited("bob@contoso.example", rig.AdminPrincipal(), onboarding.RoleAdminAgent)
	}
	later := func(r *rig.Rig) *rig.Rig { invited(r).Pass(time.Minute); return r }
	role := map[string]any{"role": "AdminAgent", "reason": "As agreed."}
	return []rig.Row{
		rig.Read("listUsers", (*rig.Rig).WithAgent, rig.Get(rig.Admin, path+"/users")),
		rig.Command("giveRole", 200, 0, member, rig.Post(rig.Admin, agent+"/roles", role)),
		rig.Command("takeRole", 200, 0, (*rig.Rig).WithAgent, rig.Post(rig.Admin, agent+"/roles/withdrawal", role)),
		rig.Command("recordLegalAuthority", 200, 0, (*rig.Rig).WithAgent, rig.Post(rig.Admin, agent+"/legal-authority", map[string]any{"document": "Board resolution", "date": "2026-01-31"})),
		rig.Command("removeUser", 200, 0, (*rig.Rig).WithAgent, rig.Post(rig.Admin, agent+"/removal", map[string]any{})),
		rig.Command("inviteUser", 201, 0, (*rig.Rig).Enrolled, rig.Post(rig.Admin, path+"/invitations", map[string]any{"email": "bob@contoso.example", "roles": []any{"AdminAgent"}})),
		rig.Command("resendInvitation", 202, 0, later, rig.Post(rig.Admin, invitation+"/resend", nil)),
		rig.Command("revokeInvitation", 200, 0, invited, rig.Post(rig.Admin, invitation+"/revocation", nil)),
		rig.Read("getInvitation", invited, rig.Get(nil, link)),
		rig.Command("acceptInvitation", 200, 0, invited, rig.Post(rig.Colleague, link, nil)),
		rig.Command("offerHandover", 202, 0, (*rig.Rig).WithAgent, rig.Post(rig.Admin, path+"/handover", map[string]any{"userId": "u-colleague"})),
		rig.Command("acceptHandover", 200, 0, offered, rig.Post(rig.Colleague, path+"/handover/acceptance", nil)),
		rig.Command("declineHandover", 200, 0, offered, rig.Post(rig.Colleague, path+"/handover/decline", nil)),
		rig.Command("withdrawHandover", 200, 0, offered, rig.Post(rig.Admin, path+"/handover/withdrawal", nil)),
		{Operation: "askToJoin", Status: 202, State: same, Call: rig.Post(rig.Colleague, "/join-requests", nil), Cost: rig.Count{Reads: 1, Transactions: 1}},
		rig.Read("getJoinLink", asked, rig.Get(nil, "/join-links/"+joinToken)),
		{Operation: "confirmJoinLink", Status: 200, State: asked, Call: rig.Post(nil, "/join-links/"+joinToken, nil), Cost: rig.Count{Reads: 1, Transactions: 1}},
		rig.Command("agreeToJoin", 200, 0, wished, rig.Post(rig.Admin, path+"/join-requests/J-1/agreement", map[string]any{"roles": []any{"AdminAgent"}})),
		rig.Command("declineToJoin", 200, 0, wished, rig.Post(rig.Admin, path+"/join-requests/J-1/decline", nil)),
		rig.Command("recoverGlobalAdmin", 202, 0, (*rig.Rig).Founded, rig.Post(rig.Reviewer, path+"/admin-recovery", map[string]any{"email": "kim@newco.example", "reason": "Register extract seen."})),
	}
}

var joinToken = onboarding.OwnershipToken(onboarding.JoinID("u-sam"), rig.Secret)

func same(r *rig.Rig) *rig.Rig { return r }

// asked has somebody whose address nobody vouches for ask to be added.
func asked(r *rig.Rig) *rig.Rig {
	by := onboarding.Principal{UserID: "u-sam", Email: "sam@contoso.example"}
	j, e, err := onboarding.Join{}.AskAgain(by, rig.Secret, onboarding.Stamp{EventID: "e-join", At: r.Now(), By: by.Actor()})
	if err == nil {
		err = r.Parts.Store.PutJoin(context.Background(), j, e)
	}
	if err != nil {
		panic(err)
	}
	return r
}

// wished has the wish of somebody wait for its answer.
func wished(r *rig.Rig) *rig.Rig {
	r.Enrolled().Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.AskToJoin("J-1", onboarding.Principal{UserID: "u-sam", Email: "sam@contoso.example"}, s)
	})
	return r
}

// member has Colleague as a user without a role.
func member(r *rig.Rig) *rig.Rig {
	return r.Enrolled().Invited("bob@contoso.example", rig.AdminPrincipal()).Joined(rig.ColleaguePrincipal())
}

// offered has the admin's mails offered to Colleague.
func offered(r *rig.Rig) *rig.Rig {
	r.WithAgent().Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.HandOver(onboarding.HandOver{ID: "H-1", To: "u-colleague", By: rig.AdminPrincipal()}, s)
	})
	return r
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) {
	rig.CountCalls(t, "user", wired, rows(t))
}

func TestACommandTakesEffectOnceWhicheverCallFails(t *testing.T) {
	rig.BreakEveryCall(t, wired, slices.DeleteFunc(rows(t), func(r rig.Row) bool {
		return r.Operation == "askToJoin" || r.Operation == "confirmJoinLink" // no partner's: a test of their own
	}))
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t).Enrolled()
	r.Example(wired(r.Parts), 201)
}

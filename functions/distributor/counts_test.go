//go:build stack

package main

import (
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const path = "/partners/" + rig.PartnerID

func wired(parts app.Parts) rig.Handler {
	f := function{Parts: parts, portal: "https://portal.example.com"}
	return app.Step(f.router(), f.tasks())
}

// rows are the operations, each with a call to it and its cost (F3).
func rows(t *testing.T) []rig.Row {
	t.Helper()
	request := path + "/relationships/" + rig.RelationshipID
	return []rig.Row{
		rig.Read("listDistributors", (*rig.Rig).Submitted, rig.Get(rig.Admin, "/distributors?partnerId="+rig.PartnerID+"&q=north")),
		rig.Read("listRelationships", (*rig.Rig).Active, rig.Get(rig.Distributor, path+"/relationships")),
		rig.Command("requestRelationship", 201, 0, (*rig.Rig).Accepted, rig.Post(rig.Distributor, path+"/relationships", map[string]any{"message": "Welcome"})),
		facts("getRelationship", request),
		rig.Read("previewTermination", (*rig.Rig).Active, rig.Get(rig.Admin, request+"/termination")),
		rig.Command("resendRelationship", 200, 0, later, rig.Post(rig.Distributor, request+"/resend", nil)),
		rig.Command("cancelRelationship", 200, 0, (*rig.Rig).Requested, rig.Post(rig.Distributor, request+"/cancellation", nil)),
		{Operation: "inviteReseller", Status: 201, State: (*rig.Rig).Enrolled, Call: rig.Post(rig.Distributor, "/relationship-invitations", map[string]any{"message": "Welcome"}), Cost: rig.Count{Updates: 2}}, // a count, and the invitation (D2)
		{Operation: "listResellerInvitations", Status: 200, State: invited((*rig.Rig).Enrolled), Call: rig.Get(rig.Distributor, "/relationship-invitations"), Cost: rig.Count{Reads: 2}},
		{Operation: "cancelResellerInvitation", Status: 200, State: invited((*rig.Rig).Enrolled), Call: rig.Post(rig.Distributor, "/relationship-invitations/"+invitationID+"/cancellation", nil), Cost: rig.Count{Reads: 1, Updates: 1}},
		{Operation: "getResellerInvitationLink", Status: 200, State: invited((*rig.Rig).Enrolled), Call: rig.Get(rig.Admin, linkPath), Cost: rig.Count{Reads: 3, Updates: 1}}, // the invitation, whose company looks, and the first look (D7)
		uses((*rig.Rig).Accepted),
		uses((*rig.Rig).Requested),
		{Operation: "listResellers", Status: 200, State: (*rig.Rig).Active, Call: rig.Get(rig.Distributor, "/resellers"), Cost: rig.Count{Reads: 2}},                                           // the list, and the partners on it
		{Operation: "checkReseller", Status: 200, State: (*rig.Rig).Active, Call: rig.Get(rig.Distributor, "/reseller-check?partnerId="+rig.PartnerID), Cost: rig.Count{Reads: 1, Updates: 1}}, // and a count (D6)
		{Operation: "checkReseller", Status: 200, State: (*rig.Rig).Active, Call: rig.Get(rig.Distributor, "/reseller-check?tenantId=t-contoso"), Cost: rig.Count{Reads: 2, Updates: 1}},
		rig.Command("acceptRelationship", 200, 1, rig.Waiting(wired, (*rig.Rig).Requested), rig.Post(rig.Admin, request+"/acceptance", nil)),
		rig.Command("declineRelationship", 200, 0, (*rig.Rig).Requested, rig.Post(rig.Admin, request+"/decline", map[string]any{"reason": "Another one."})),
		rig.Command("endRelationship", 200, 0, (*rig.Rig).Active, rig.Post(rig.Admin, request+"/termination", map[string]any{"reason": "We moved."})),
	}
}

// later is a day after the request.
func later(r *rig.Rig) *rig.Rig {
	r.Requested().Pass(24 * time.Hour)
	return r
}

// facts is a relationship with the fate of its mail (D7): a second read.
func facts(operation, path string) rig.Row {
	row := rig.Read(operation, (*rig.Rig).Requested, rig.Get(rig.Distributor, path))
	row.Cost.Reads++
	return row
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) {
	rig.CountCalls(t, "distributor", wired, rows(t))
}

func TestACommandTakesEffectOnceWhicheverCallFails(t *testing.T) {
	rig.BreakEveryCall(t, wired, rows(t))
}

func TestTheDirectoryAloneNeedsNoTable(t *testing.T) { // D1
	r := rig.New(t)
	list := rig.Want[api.DistributorPage](r, wired(r.Parts), 200, rig.Get(rig.Admin, "/distributors"))
	if cost := r.Cost(); cost != (rig.Count{}) || len(list.Items) == 0 {
		t.Errorf("%d entries cost %+v", len(list.Items), cost)
	}
	for _, d := range list.Items {
		if !d.Choosable || d.NotChoosableBecause != "" {
			t.Errorf("%s: choosable %v, %q; nobody asked for a partner", d.Name, d.Choosable, d.NotChoosableBecause)
		}
	}
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t).Accepted()
	r.Example(wired(r.Parts), 201)
}

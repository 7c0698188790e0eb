//go:build stack

package main

import (
	"slices"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const path = "/partners/" + rig.PartnerID

func wired(parts app.Parts) rig.Handler {
	f := function{parts, "Programme", rig.Knowledge().Calendar}
	return app.Step(f.router(), nil)
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) {
	rig.CountCalls(t, "partner", wired, []rig.Row{
		{Operation: "getMe", Status: 200, State: (*rig.Rig).Enrolled, Call: rig.Get(rig.Admin, "/me"), Cost: rig.Count{Reads: 2}}, // which partner the tenant has, then what the user is to it (A7)
		rig.Read("listPartners", (*rig.Rig).Submitted, rig.Get(rig.Reviewer, "/partners?queue=verification&limit=10")),
		rig.Read("listPartners", (*rig.Rig).Submitted, rig.Get(rig.Reviewer, "/partners?queue=stuck&reviewer=me")),
		{Operation: "listPartners", Status: 200, State: (*rig.Rig).Submitted, Call: rig.Get(rig.Reviewer, "/partners?queue=dueToday&limit=10"), Cost: rig.Count{Reads: 3}}, // appeals, cases and direct bill
		rig.Read("getPartner", (*rig.Rig).Active, rig.Get(rig.Admin, path)),
		rig.Read("getRequirements", (*rig.Rig).Submitted, rig.Get(rig.Admin, path+"/requirements")),
		rig.Read("getTimeline", (*rig.Rig).Active, rig.Get(rig.Reviewer, path+"/timeline?limit=3")),
		rig.Read("getEligibility", (*rig.Rig).Active, rig.Get(rig.Distributor, path+"/eligibility")),
		{Operation: "getEligibility", Status: 200, State: located, Call: rig.Get(rig.Distributor, path+"/eligibility?locationId=L-1"), Cost: rig.Count{Reads: 2}}, // the partner, then the location
		rig.Read("getTimeline", (*rig.Rig).Active, rig.Get(rig.Admin, path+"/timeline?limit=3&cursor=4")),
		rig.Read("getEligibility", (*rig.Rig).Active, rig.Get(rig.Admin, path+"/eligibility?at=2026-01-01T00:00:00Z")),
		rig.Read("listEvents", (*rig.Rig).Active, rig.Get(rig.Distributor, path+"/events?after=3")),
		{Operation: "listEvents", Status: 200, State: (*rig.Rig).Active, Call: rig.Get(rig.Admin, path+"/events?limit=2"), Cost: rig.Count{Reads: 2}}, // not at the end: who may ask is read apart
		rig.Read("getLegalInfo", (*rig.Rig).Active, rig.Get(rig.Admin, path+"/legal-info")),
		{Operation: "listMails", Status: 200, State: (*rig.Rig).Active, Call: rig.Get(rig.Admin, path+"/mails?limit=10"), Cost: rig.Count{Reads: 2}}, // who may ask, then the mails
		{Operation: "exportPartner", Status: 200, State: located, Call: rig.Get(rig.Admin, path+"/export"), Cost: rig.Count{Reads: 3}},               // who may ask, the partner's items, its locations
	})
}

func TestThePartnerSeesItsMailsNewestFirstAndStaffItsOwnToo(t *testing.T) {
	r := rig.New(t).Confirmed().
		Mailed(onboarding.SentMail{Key: "01K6ZT0000000000000000000A-enrolled-00000001", Template: onboarding.MailEnrolled, To: "ada@contoso.example"}).
		Mailed(onboarding.SentMail{Key: "01K6ZT0000000000000000000B-ownershipLink-00000001", Template: onboarding.MailOwnershipLink, To: "ada@contoso.example"}).
		Mailed(onboarding.SentMail{Key: "01K6ZT0000000000000000000C-caseDueSoon-00000001", Template: onboarding.MailCaseDueSoon, To: onboarding.MailToStaff})
	h := wired(r.Parts)
	var seen []string
	for cursor := ""; ; {
		page := rig.Want[api.SentMailPage](r, h, 200, rig.Get(rig.Colleague, path+"/mails?limit=1"+cursor))
		for _, m := range page.Items {
			seen = append(seen, m.Title+" "+string(m.State)+" "+m.Resend.Code)
		}
		if cursor = "&cursor=" + page.Next; page.Next == "" {
			break
		}
	}
	if want := []string{"Ownership link Sent mail_not_resendable", "Enrolled Sent "}; !slices.Equal(seen, want) {
		t.Errorf("%q, want %q", seen, want)
	}
	if page := rig.Want[api.SentMailPage](r, h, 200, rig.Get(rig.Reviewer, path+"/mails")); len(page.Items) != 3 || page.Items[0].To != "staff" {
		t.Errorf("staff sees %+v", page)
	}
	rig.Want[api.Problem](r, h, 422, rig.Get(rig.Admin, path+"/mails?cursor=%2F"))
	rig.Want[api.Problem](r, h, 404, rig.Get(rig.Foreigner, path+"/mails"))
	r.Broken("ada@contoso.example")
	info := rig.Want[api.LegalInfo](r, h, 200, rig.Get(rig.Admin, path+"/legal-info"))
	if len(info.MailAddresses) != 1 || info.MailAddresses[0].Status != api.MailAddressStatusBroken || info.MailAddresses[0].Reason != "bounced" {
		t.Errorf("legal info: %+v", info.MailAddresses)
	}
}

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t).Active()
	r.Example(wired(r.Parts), 200)
}

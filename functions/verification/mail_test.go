//go:build stack

package main

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const mailKey = "01K6ZT4M9WB1N3P5R7T9V2X4YZ-verificationOpened-ad0bd3f4"

// mailed has a partner with a mail that was sent.
func mailed(r *rig.Rig) *rig.Rig {
	r.Confirmed().Mailed(onboarding.SentMail{Key: mailKey, Template: onboarding.MailVerificationOpened, To: "ada@contoso.example",
		Params: map[string]string{"companyName": "Contoso Ltd", "partnerId": rig.PartnerID, "earliest": "2026-03-05T23:59:59Z", "latest": "2026-03-09T23:59:59Z"}})
	return r
}

// broken has a partner whose contact's address failed.
func broken(r *rig.Rig) *rig.Rig { return r.Confirmed().Broken("ada@contoso.example") }

func TestComplaint5_AMailIsSentAgainOnceItsAddressWorks(t *testing.T) {
	r := mailed(rig.New(t))
	h := wired(r.Parts)
	resend := rig.Post(rig.Admin, path+"/mails/"+mailKey+"/resend", nil)
	r.Broken("ada@contoso.example")
	if p := rig.Want[api.Problem](r, h, 409, resend); p.Code != "mail_address_broken" || p.Where != path+"/mail-addresses/mending" || len(p.Actors) == 0 {
		t.Errorf("%+v", p)
	}
	list := rig.Want[api.MailAddressList](r, h, 200, rig.Post(rig.Admin, path+"/mail-addresses/mending", map[string]any{"email": "ADA@contoso.example"}))
	if len(list.Addresses) != 1 || list.Addresses[0].Status != api.MailAddressStatusWorks || list.Addresses[0].Use != api.MailAddressUsePrimaryContact {
		t.Errorf("%+v", list)
	}
	if m := rig.Want[api.SentMail](r, h, 202, resend); m.MailKey != mailKey || m.Resend.Allowed || m.Resend.Code != "resend_limited" {
		t.Errorf("%+v", m)
	}
	events, err := r.Parts.Store.Events(t.Context(), rig.PartnerID)
	if err != nil {
		t.Fatal(err)
	}
	last := events[len(events)-1]
	if last.Data.Type() != "mail.resent" || len(last.Follow) != 1 || last.Follow[0].Mail.To != "ada@contoso.example" || last.Follow[0].Mail.Params["latest"] != "2026-03-09T23:59:59Z" {
		t.Errorf("%+v", last)
	}
	if p := rig.Want[api.Problem](r, h, 429, resend); p.Code != "resend_limited" {
		t.Errorf("%+v", p)
	}
}

func TestAMailThatIsNotThePartnersIsNotFoundAndItsKeyIsNoPath(t *testing.T) {
	r := mailed(rig.New(t))
	h := wired(r.Parts)
	for _, key := range []string{"01K6ZT4M9WB1N3P5R7T9V2X4YZ-enrolled-ad0bd3f4", "EVENT%230000000001", "%00", "x"} {
		rig.Want[api.Problem](r, h, 404, rig.Post(rig.Admin, path+"/mails/"+key+"/resend", nil))
	}
	rig.Want[api.Problem](r, h, 403, rig.Post(rig.Colleague, path+"/mails/"+mailKey+"/resend", nil))
	rig.Want[api.Problem](r, h, 404, rig.Post(rig.Foreigner, path+"/mails/"+mailKey+"/resend", nil))
	staffs := store.SentMail{SentMail: onboarding.SentMail{Key: "01K6ZT4M9WB1N3P5R7T9V2X4YZ-caseDueSoon-ad0bd3f4", Template: onboarding.MailCaseDueSoon, To: onboarding.MailToStaff}}
	r.Mailed(staffs.SentMail)
	rig.Want[api.Problem](r, h, 404, rig.Post(rig.Admin, path+"/mails/"+staffs.Key+"/resend", nil))
}

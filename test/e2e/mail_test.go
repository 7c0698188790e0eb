//go:build stack

package e2e

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// sentMails are the company's mails as the API lists them, once the outbox has
// sent one of a template.
func (c *company) sentMails(template string) (all []api.SentMail, mail api.SentMail) {
	c.Helper()
	c.until("the mail "+template, func() bool {
		c.sweep("outbox")
		all = as[api.SentMailPage](c.call(c.admin, "GET", c.path("/mails"), nil).is(200)).Items
		i := slices.IndexFunc(all, func(m api.SentMail) bool { return m.Template == template })
		if i >= 0 {
			mail = all[i]
		}
		return i >= 0
	})
	return all, mail
}

// told has the function of mails take in the documented event of a mail of the
// company's. The emulator sends no events of mails, and nobody but SES may put
// one on the bus.
func (c *company) told(m api.SentMail, change func(event, detail map[string]any)) map[string]int {
	c.Helper()
	text, err := os.ReadFile("../../functions/mailevents/event.json")
	if err != nil {
		c.Fatal(err)
	}
	var event map[string]any
	if err := json.Unmarshal(text, &event); err != nil {
		c.Fatal(err)
	}
	detail := event["detail"].(map[string]any)
	mail, bounce := detail["mail"].(map[string]any), detail["bounce"].(map[string]any)
	mail["timestamp"] = time.Now().UTC().Format(time.RFC3339Nano)
	mail["destination"] = []any{m.To}
	bounce["bouncedRecipients"] = []any{map[string]any{"emailAddress": m.To}}
	tags := mail["tags"].(map[string]any)
	tags["partner"], tags["key"], tags["template"] = []any{c.id}, []any{m.MailKey}, []any{m.Template}
	tags["ses:configuration-set"] = []any{strings.TrimSuffix(c.stack.Functions["mailevents"], "-mailevents") + "-mail"}
	if change != nil {
		change(event, detail)
	}
	out, err := c.stack.Invoke(c.Context(), "mailevents", event)
	if err != nil {
		c.Fatal(err)
	}
	var sum map[string]int
	if err := json.Unmarshal(out, &sum); err != nil {
		c.Fatalf("%v: %s", err, out)
	}
	return sum
}

func (c *company) required(code string) (api.Requirement, bool) {
	c.Helper()
	r := as[api.Requirements](c.call(c.admin, "GET", c.path("/requirements"), nil).is(200))
	for _, one := range slices.Concat(r.DueNow, r.PastDue) {
		if one.Code == code {
			return one, true
		}
	}
	return api.Requirement{}, false
}

func TestComplaint5_NoMailCameTheAddressIsMendedAndTheMailSentAgain(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	mails, link := c.sentMails("ownershipLink")
	if link.To != "ada@"+c.domain || link.State != "Sent" || link.Resend.Allowed || link.Resend.Code != "mail_not_resendable" {
		t.Errorf("the link's mail %+v", link)
	}
	for _, m := range mails {
		if m.To == "staff" || m.Title == "" || m.Detail == "" {
			t.Errorf("the partner sees %+v", m)
		}
	}
	if sum := c.told(link, nil); sum["recorded"] != 1 {
		t.Fatalf("%v", sum)
	}
	r, ok := c.required("email_address_broken")
	if !ok || r.Who != api.PartyPartner || r.Operation != "mendMailAddress" || !strings.Contains(r.Reason, link.To) || len(r.Alternatives) == 0 {
		t.Errorf("required %+v", r)
	}
	if turn := as[api.PartnerStatus](c.call(c.admin, "GET", c.path(""), nil).is(200)).Turn; turn.Code != "email_address_broken" {
		t.Errorf("the turn %+v", turn)
	}
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/verification/ownership-link"), status: 409, code: "mail_address_broken"})
	for _, again := range []func(event, detail map[string]any){
		nil, // once more
		func(_, d map[string]any) {
			d["eventType"], d["delivery"] = "Delivery", map[string]any{"recipients": []any{link.To}}
		}, // late
		func(_, d map[string]any) { d["bounce"].(map[string]any)["bounceType"] = "Transient" },
	} {
		version := c.version()
		if c.told(link, again); c.version() != version {
			t.Error("told again, it counted again")
		}
	}
	if _, m := c.sentMails("ownershipLink"); m.State != "Bounced" || m.StatusClass != "action" {
		t.Errorf("%+v", m)
	}
	for _, ours := range []string{"partner", "key", "ses:configuration-set"} {
		if sum := c.told(link, func(_, d map[string]any) {
			d["mail"].(map[string]any)["tags"].(map[string]any)[ours] = []any{"P-UNKNOWN"}
		}); sum["ignored"] != 1 && ours != "key" {
			t.Errorf("of an unknown %s: %v", ours, sum)
		}
	}
	_, opened := c.sentMails("verificationOpened") // to the enrolling admin, whose address works
	c.call(c.admin, "POST", c.path("/mails/"+opened.MailKey+"/resend"), nil).is(202)
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/mails/" + opened.MailKey + "/resend"), status: 429, code: "resend_limited"})
	if _, broken := c.sentMails("mailAddressBroken"); broken.To != c.admin {
		t.Errorf("told of it was %s", broken.To)
	}

	list := as[api.MailAddressList](c.call(c.admin, "POST", c.path("/mail-addresses/mending"), map[string]any{"email": link.To}).is(200))
	for _, a := range list.Addresses {
		if a.Status != "Works" {
			t.Errorf("%+v", a)
		}
	}
	if _, still := c.required("email_address_broken"); still {
		t.Error("mended, and still required")
	}
	version := c.version()
	if c.told(link, func(_, d map[string]any) {
		d["mail"].(map[string]any)["timestamp"] = time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	}); c.version() != version {
		t.Error("broken again by what was sent before")
	}
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/mail-addresses/mending"), body: map[string]any{"email": link.To}, status: 409, code: "mail_address_unchanged"})

	c.call(c.admin, "POST", c.path("/work-email"), map[string]any{"workEmail": "boss@" + c.domain}).is(200)
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/work-email"), body: map[string]any{"workEmail": "boss@gmail.com"}, status: 422, code: "invalid", faults: map[string]string{"/workEmail": "consumer_mail_domain"}})
	c.confirm()
	c.decide("Authorized")
	info := as[api.LegalInfo](c.call(c.admin, "GET", c.path("/legal-info"), nil).is(200))
	if len(info.MailAddresses) != 2 || info.MailAddresses[0].Email != link.To || info.MailAddresses[1].Email != "boss@"+c.domain {
		t.Errorf("%+v", info.MailAddresses)
	}
}

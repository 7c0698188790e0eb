//go:build stack

package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

func TestO3_AnExportHoldsEverythingOfThePartnerForWhoeverAnswersForIt(t *testing.T) {
	r := located(rig.New(t)).
		Mailed(onboarding.SentMail{Key: "01K6ZT0000000000000000000A-enrolled-00000001", Template: onboarding.MailEnrolled, To: "ada@contoso.example"}).
		Mailed(onboarding.SentMail{Key: "01K6ZT0000000000000000000B-caseDueSoon-00000001", Template: onboarding.MailCaseDueSoon, To: onboarding.MailToStaff})
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		s.By = onboarding.Actor{Kind: onboarding.ActorStaff, UserID: "u-noting", Name: "Rita Noting"}
		return p.Note("They called about the invoice.", s)
	})
	h := wired(r.Parts)
	p := r.Record().Partner
	for name, by := range map[string]rig.Caller{"a Global Admin": rig.Admin, "staff": rig.Reviewer} {
		t.Run("O3 "+name, func(t *testing.T) {
			status, header, body := r.Do(h, rig.Get(by, path+"/export"))
			var e api.PartnerExport
			if err := json.Unmarshal(body, &e); err != nil || status != 200 {
				t.Fatal(status, err)
			}
			if got := header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") || !strings.Contains(got, p.ID) {
				t.Errorf("saved as %q", got)
			}
			if e.Next != "" || e.Version != p.Version || len(e.Events) != p.Version || len(e.Mails) != 1 || len(e.Acceptances) != 1 || len(e.Locations) != 1 || len(e.Customers) != 0 {
				t.Errorf("version %d, %d events, %d mails, %d acceptances, %d locations, next %q", e.Version, len(e.Events), len(e.Mails), len(e.Acceptances), len(e.Locations), e.Next)
			}
			for n, event := range e.Events {
				if event.Sequence != n+1 || event.Hash == "" || n > 0 && event.Previous != e.Events[n-1].Hash {
					t.Errorf("event %d isn't chained to the one before: %+v", n+1, event)
				}
			}
			for _, wanted := range []string{p.WorkEmail, p.Info.Legal.PrimaryContact.Phone, "Contoso Tokyo", p.Relationships[0].ID, p.PLAID, p.Acceptance.SignerName, p.Acceptance.UserID, p.TenantID} {
				if wanted == "" || !strings.Contains(string(body), wanted) {
					t.Errorf("%q isn't in it", wanted)
				}
			}
			for what, secret := range map[string]string{"a link's hash": p.Case.Link.Hash, "staff's note": "They called", "who of staff wrote it": "oting", "a reviewer": "u-reviewer", "a key of the company": p.Company[0], "a salt": `"salt":`} {
				if secret == "" || strings.Contains(string(body), secret) {
					t.Errorf("%s is in it: %q", what, secret)
				}
			}
		})
	}
	for name, c := range map[string]struct {
		by     rig.Caller
		query  string
		status int
	}{
		"a member without a role":          {rig.Colleague, "", 403},
		"a distributor":                    {rig.Distributor, "", 403},
		"another company":                  {rig.Foreigner, "", 404},
		"a cursor that was made up":        {rig.Admin, "?cursor=%2F", 422},
		"a cursor of another kind":         {rig.Admin, "?cursor=WA", 422},
		"a cursor of something else there": {rig.Admin, "?cursor=TExJU1QjMQ", 422}, // "LLIST#1"
		"a cursor of nothing":              {rig.Admin, "?cursor=UA", 422},
		"another company with a cursor":    {rig.Foreigner, "?cursor=TA", 404},
	} {
		t.Run("O3 "+name, func(t *testing.T) {
			rig.Want[api.Problem](r, h, c.status, rig.Get(c.by, path+"/export"+c.query))
		})
	}
	t.Run("O3 the later part has the locations and not the partner again", func(t *testing.T) {
		e := rig.Want[api.PartnerExport](r, h, 200, rig.Get(rig.Admin, path+"/export?cursor=TA"))
		if e.Partner != nil || len(e.Events) != 0 || len(e.Locations) != 1 || len(e.LeftOut) != 3 {
			t.Errorf("%+v", e)
		}
	})
}

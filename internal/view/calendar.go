package view

import (
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/ics"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Calendar renders the dates of the newest case as a calendar file. Importing a
// later one moves the entries: their names stay and the partner's version counts
// them. portal is where the portal is.
func Calendar(p onboarding.Partner, dates []onboarding.CaseDate, portal string, now time.Time) []byte {
	events := make([]ics.Event, 0, len(dates))
	for _, d := range dates {
		e := ics.Event{
			UID: d.ID + "@partner-onboarding", Sequence: p.Version, At: d.At, Summary: p.LegalName() + ": " + d.Title,
			Description: d.Text + "\nCase " + p.Case.ID, URL: portal + "/partners/" + p.ID + "/verification", Status: ics.Confirmed,
		}
		switch {
		case d.Over:
			e.Status = ics.Cancelled
		case d.Moving:
			e.Status = ics.Tentative
		}
		if d.Partner {
			e.Remind = 24 * time.Hour
		}
		events = append(events, e)
	}
	return ics.Write("Partner Onboarding", now, events)
}

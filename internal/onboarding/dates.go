package onboarding

import "time"

// DateKind names a date of a case that somebody would put into a calendar.
type DateKind string

// The dates of a case.
const (
	DateEarliestResult DateKind = "earliestResult" // V2
	DateLatestResult   DateKind = "latestResult"   // V2
	DateLinkExpires    DateKind = "linkExpires"    // V10
	DateDocumentsDue   DateKind = "documentsDue"   // V3
)

// CaseDate is a date of a case, for people.
type CaseDate struct {
	Kind    DateKind
	ID      string // names the date for ever, however often it moves
	At      time.Time
	Title   string
	Text    string // what it means, and what to do
	Partner bool   // the partner must have acted by then
	Moving  bool   // it moves as long as the clock stands still (V3)
	Over    bool   // it means nothing any more
}

// CaseDates lists the dates of the newest case, also those that mean nothing any
// more, so that they can be taken out of calendars. Without a case it is refused
// with CodeNothingToVerify.
func (p Partner) CaseDates(days Calendar, now time.Time) ([]CaseDate, error) {
	c := p.Case
	if c == nil {
		_, err := p.openCase()
		return nil, err
	}
	decided, stands := c.Decision != nil, !c.PausedAt.IsZero() && c.Decision == nil
	expected := Dates{c.Earliest, c.DueSoon, c.Latest}
	if stands {
		expected = c.Expected(days, now)
	}
	still := ""
	if stands {
		still = " The clock stands still until the documents are in; until then this date moves."
	}
	list := []CaseDate{
		{Kind: DateEarliestResult, ID: c.ID + "-" + string(DateEarliestResult), At: expected.Earliest, Moving: stands, Over: decided,
			Title: "Business verification: result at the earliest", Text: "A result can be expected from now on." + still},
		{Kind: DateLatestResult, ID: c.ID + "-" + string(DateLatestResult), At: expected.Latest, Moving: stands, Over: decided,
			Title: "Business verification: result at the latest", Text: "If there is no result by now, the case goes to a supervisor, and support can be asked for." + still},
	}
	if check := c.Check(CheckEmailOwnership); check.Status == CheckPending || check.Since.After(c.OpenedAt) {
		list = append(list, CaseDate{Kind: DateLinkExpires, ID: c.ID + "-" + string(DateLinkExpires), At: c.Link.ExpiresAt, Partner: true, Over: decided || check.Status != CheckPending,
			Title: "Business verification: the confirmation link expires", Text: "The primary contact must have opened the link of the mail and confirmed the address by now. A new link can be sent."})
	}
	if r := c.Request; r != nil {
		list = append(list, CaseDate{Kind: DateDocumentsDue, ID: c.ID + "-" + string(DateDocumentsDue) + "-" + r.ID, At: r.ExpiresAt, Partner: true, Over: decided || !r.CompletedAt.IsZero(),
			Title: "Business verification: documents are due", Text: "The documents that were asked for must be uploaded by now. After it the request can be reopened."})
	}
	return list, nil
}

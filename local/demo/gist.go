package demo

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// person is one who acts in the demo.
type person struct {
	role  string
	email string // "" for one who isn't signed in
}

func (w person) String() string {
	if w.email == "" {
		return w.role + " (reads mail only)"
	}
	return w.role + " (" + w.email + ")"
}

// Act tells what somebody asked the API for and what it answered.
func (p *printer) Act(who person, what, method, path string, status int, took time.Duration, gist ...string) {
	colour := green
	if status >= http.StatusBadRequest {
		colour = red
	}
	answer := p.paint(colour, fmt.Sprintf("%d %s", status, http.StatusText(status)))
	p.Entry(entry{label: "act", style: bold, text: p.paint(bold, who.String()) + " " + what,
		call: fmt.Sprintf("%s %s -> %s (%d ms)", method, path, answer, took.Milliseconds()), more: indented(gist)})
}

func indented(lines []string) []string {
	var out []string
	for _, line := range lines {
		if line != "" {
			out = append(out, "  "+line)
		}
	}
	return out
}

// Mail tells of a captured mail. Excerpt is what of its text matters here.
func (p *printer) Mail(m stack.Mail, excerpt []string) {
	p.Entry(entry{label: "mail", style: cyan, text: fmt.Sprintf("to %s: %q", strings.Join(m.To, ", "), m.Subject), quote: excerpt})
}

// excerptOf is what a reader of the demo should see of a mail's text: of a
// rejection what was found and what to do about it, of some others the first
// paragraph and what the company writes in it, of the rest nothing.
func excerptOf(m stack.Mail) []string {
	paragraphs := strings.Split(strings.TrimSpace(strings.ReplaceAll(m.Text, "\r\n", "\n")), "\n\n")
	switch {
	case strings.Contains(m.Text, "\n  What to do: "):
		var lines []string
		for _, paragraph := range paragraphs {
			if strings.HasPrefix(paragraph, "* ") && strings.Contains(paragraph, "What to do: ") {
				lines = append(lines, strings.Split(paragraph, "\n")...)
			}
		}
		return lines
	case slices.ContainsFunc(quoted, func(part string) bool { return strings.Contains(m.Subject, part) }):
		return saying(paragraphs)
	}
	return nil
}

// quoted are parts of the subjects of mails whose first paragraph is shown.
var quoted = []string{
	"verdue", "longer than promised", "Support request", "Appeal: ", "Your appeal for", "Documents are", "All documents for", "could not be used",
	"don't arrive", "another primary contact", "change of verified details", "new details are in force",
}

// saying is a mail's first paragraph, and what somebody else wrote.
func saying(paragraphs []string) []string {
	var lines []string
	for i, paragraph := range paragraphs {
		said := strings.HasPrefix(paragraph, "> ")
		if first := len(lines) == 0 && i >= 2 && !strings.HasPrefix(paragraph, "Hello"); first || said { // after the programme's name and the heading
			lines = append(lines, strings.Split(paragraph, "\n")...)
		}
		if said {
			break
		}
	}
	return lines
}

// explained are parts of the codes of requirements that are told with why.
var explained = []string{"overdue", "correction", "documents", "address_broken"}

// Turn tells who has the ball, what he owes and by when.
func (p *printer) Turn(r api.Requirements, now time.Time) {
	var lines []string
	for _, list := range [][]api.Requirement{r.PastDue, r.DueNow, r.BeingVerified} {
		for _, owed := range list {
			lines = append(lines, fmt.Sprintf("%s: %s, %s", party(owed.Who, owed.Roles), owed.Title, deadline(owed.By, now)))
			if slices.ContainsFunc(explained, func(part string) bool { return strings.Contains(owed.Code, part) }) {
				for i, reason := range strings.Split(owed.Reason, "\n") {
					lines = append(lines, []string{"  why: ", "       "}[min(i, 1)]+reason)
				}
			}
			if strings.Contains(owed.Code, "correction") || strings.Contains(owed.Code, "address_broken") {
				for _, other := range owed.Alternatives {
					lines = append(lines, "  or: "+other)
				}
			}
		}
	}
	if len(lines) == 0 {
		lines = []string{"nobody owes anything"}
	}
	p.Entry(entry{label: "turn", style: yellow, text: lines[0], more: lines[1:]})
}

var roleNames = map[api.Role]string{
	api.RoleGlobalAdmin: "Global Admin", api.RoleAdminAgent: "Admin Agent", api.RoleLegalAuthority: "legal authority",
	api.RoleMember: "member", api.RoleReviewer: "reviewer", api.RoleDistributor: "distributor",
}

func party(who api.Party, roles []api.Role) string {
	var names []string
	for _, r := range roles {
		if name := roleNames[r]; name != "" && name != string(who) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return string(who)
	}
	return fmt.Sprintf("%s (%s)", who, strings.Join(names, " or "))
}

func deadline(at, now time.Time) string {
	if at.IsZero() {
		return "no date"
	}
	return fmt.Sprintf("by %s (%s)", moment(at, now), until(at, now))
}

// moment is a time of today, or a date and a time.
func moment(at, now time.Time) string {
	at = at.UTC()
	if at.Format(time.DateOnly) == now.UTC().Format(time.DateOnly) {
		return at.Format("15:04:05Z")
	}
	return at.Format("2006-01-02 15:04Z")
}

// count is a number of things: "1 case", "2 cases".
func count(n float64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%g %s", n, many)
}

func until(at, now time.Time) string {
	d := at.Sub(now)
	if d < 0 {
		return span(-d) + " ago"
	}
	return "in " + span(d)
}

func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 96*time.Hour:
		return fmt.Sprintf("%d h", int(math.Round(d.Hours())))
	}
	return fmt.Sprintf("%d days", int(math.Round(d.Hours()/24)))
}

// clock is the wait for a decision, counted in business days (V2).
type clock struct {
	opened, earliest, latest time.Time
	day                      time.Duration // how long a business day lasts; 0: as in the calendar
	calendar                 string
}

// clockOf reads the clock from a verification; day is the parameter BusinessDayLength.
func clockOf(v api.Verification, day time.Duration) (clock, bool) {
	if v.Expected == nil {
		return clock{}, false
	}
	opened := v.OpenedAt
	if day > 0 {
		opened = v.Expected.Earliest.Add(-earliestDays * day) // an appeal has days of its own, and they stand still while documents are missing
	}
	return clock{opened: opened, earliest: v.Expected.Earliest, latest: v.Expected.Latest, day: day, calendar: v.Expected.Calendar}, true
}

// after is the moment at which n business days of an accelerated clock are over.
func (c clock) after(n float64) time.Time { return c.opened.Add(time.Duration(n * float64(c.day))) }

// left is how many business days are left until a moment.
func (c clock) left(at, now time.Time) string {
	switch left := at.Sub(now); {
	case left <= 0:
		return "past"
	case c.day <= 0:
		return until(at, now)
	default:
		text := fmt.Sprintf("%.1f business days left", left.Seconds()/c.day.Seconds())
		return strings.Replace(text, "1.0 business days", "1 business day", 1)
	}
}

// Clock tells how the wait stands.
func (p *printer) Clock(c clock, now time.Time) {
	p.Entry(entry{label: "clock", style: yellow, text: fmt.Sprintf("result expected from %s (%s) to %s (%s)",
		moment(c.earliest, now), c.left(c.earliest, now), moment(c.latest, now), c.left(c.latest, now))})
}

// ClockSet tells, once, what kind of clock it is and what the real one would say.
func (p *printer) ClockSet(c clock, reviewing *calendar.Calendar) {
	if c.day <= 0 {
		p.Entry(entry{label: "clock", style: yellow, text: "business days are those of " + c.calendar})
		return
	}
	text := fmt.Sprintf("accelerated: a business day lasts %s here (template parameter BusinessDayLength, empty on AWS)", c.day)
	var more []string
	if reviewing != nil {
		form := "Mon 2 Jan 15:04 MST"
		more = []string{fmt.Sprintf("the real calendar (%s) would say: from %s to %s", reviewing.Name(),
			reviewing.After(c.opened, 3).In(reviewing.Location()).Format(form), reviewing.After(c.opened, 5).In(reviewing.Location()).Format(form))}
	}
	p.Entry(entry{label: "clock", style: yellow, text: text, more: more})
}

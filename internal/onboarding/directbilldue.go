package onboarding

import (
	"strconv"
	"strings"
	"time"
)

// tellOfDirectBill sends a message to every contact of the partner.
func (p Partner) tellOfDirectBill(template MailTemplate, more map[string]string) []Follow {
	var mails []Follow
	for _, to := range p.contacts() {
		params := p.mailParams()
		for name, value := range more {
			params[name] = value
		}
		mails = append(mails, send(template, to, params))
	}
	return mails
}

// remindOfDirectBillBy tells the partner what has happened or is waiting; what
// is next stands beside it.
func (p Partner) remindOfDirectBillBy(what string) []Follow {
	return p.tellOfDirectBill(MailDirectBillReminder, map[string]string{"what": what})
}

// tellStaffOfDirectBill tells staff what is to be done by when.
func (p Partner) tellStaffOfDirectBill(what string, due time.Time) Follow {
	params := p.mailParams()
	params["what"], params["latest"] = what, due.UTC().Format(time.RFC3339)
	return send(MailDirectBillStaff, MailToStaff, params)
}

// directBillDeadlines are what time asks for of direct bill (X4, X5, V9).
func (p Partner) directBillDeadlines() []deadline {
	sure := func(do func(Stamp) Event) func(Stamp) (Event, error) {
		return func(s Stamp) (Event, error) { return do(s), nil }
	}
	return []deadline{
		{p.nextDirectBillEscalation, p.EscalateDirectBill},
		{p.nextDirectBillTasksOverdue, sure(p.escalateDirectBillTasks)},
		{p.nextDirectBillRequirements, sure(p.tellOfRequirements)},
		{p.nextDirectBillDueSoon, sure(p.remindOfDirectBillReview)},
		{p.nextDirectBillChase, sure(p.chaseDirectBill)},
		{p.nextDirectBillInvitation, sure(p.inviteToApplyAgain)},
		{p.nextDirectBillReminder, sure(p.remindOfDirectBill)},
	}
}

// DirectBillEscalated tells that the promised days of a review are over (X4).
type DirectBillEscalated struct {
	Application int `json:"application"`
}

// Type implements EventData.
func (DirectBillEscalated) Type() EventType { return "directBill.escalated" }

func (d DirectBillEscalated) apply(p *Partner, e Event) {
	p.changeDirectBill(e, func(b *DirectBill) { b.inReview().EscalatedAt = e.At })
}

// EscalateDirectBill marks an application overdue once its latest date has
// passed: staff and partner are told, and the wait goes on (X4). Before that
// date it is refused with CodeNotOverdue; one escalated already with
// CodeStaleVersion.
func (p Partner) EscalateDirectBill(s Stamp) (Event, error) {
	r, err := p.directBillReview()
	switch {
	case err != nil:
		return Event{}, err
	case !r.EscalatedAt.IsZero():
		return Event{}, Refuse(CodeStaleVersion, "This application has been escalated already.")
	case s.At.Before(r.Latest):
		return Event{}, Refuse(CodeNotOverdue, "The promised business days are not over yet.")
	}
	return p.event(s, DirectBillEscalated{Application: p.DirectBill.Application}, append(
		p.remindOfDirectBillBy("The application for direct bill was not decided within the promised days. Staff has been told."),
		p.tellStaffOfDirectBill("An application for direct bill was not decided in time. A decision still counts.", r.Latest))...), nil
}

func (p Partner) nextDirectBillEscalation() (time.Time, bool) {
	if r, err := p.directBillReview(); err == nil && r.EscalatedAt.IsZero() {
		return r.Latest, true
	}
	return time.Time{}, false
}

// DirectBillTasksOverdue tells that tasks weren't done by their date (X5).
type DirectBillTasksOverdue struct {
	Application int                  `json:"application"`
	Tasks       []DirectBillTaskName `json:"tasks"`
}

// Type implements EventData.
func (DirectBillTasksOverdue) Type() EventType { return "directBill.tasksOverdue" }

func (d DirectBillTasksOverdue) apply(p *Partner, e Event) {
	p.changeDirectBill(e, func(b *DirectBill) {
		for _, name := range d.Tasks {
			b.setTask(name, func(t *DirectBillTask) { t.EscalatedAt = e.At })
		}
	})
}

func (p Partner) nextDirectBillTasksOverdue() (time.Time, bool) {
	if p.DirectBill != nil {
		for _, t := range p.DirectBill.openTasks("") {
			if t.EscalatedAt.IsZero() {
				return t.Due, true
			}
		}
	}
	return time.Time{}, false
}

// escalateDirectBillTasks tells both sides of every task that is overdue now.
func (p Partner) escalateDirectBillTasks(s Stamp) Event {
	d := DirectBillTasksOverdue{Application: p.DirectBill.Application}
	var ours, theirs []string
	var due time.Time
	for _, t := range p.DirectBill.openTasks("") {
		if !t.EscalatedAt.IsZero() || s.at().Before(t.Due) {
			continue
		}
		d.Tasks, due = append(d.Tasks, t.Name), t.Due
		if t.Who == PartyPartner {
			theirs = append(theirs, lowerFirst(t.Name.Title()))
		} else {
			ours = append(ours, lowerFirst(t.Name.Title()))
		}
	}
	var follow []Follow
	if len(theirs) > 0 {
		follow = append(follow, p.remindOfDirectBillBy("These tasks of your company are overdue: "+strings.Join(theirs, ", ")+".")...)
	} else {
		follow = append(follow, p.remindOfDirectBillBy("These tasks of the programme are overdue, and staff has been told: "+strings.Join(ours, ", ")+".")...)
	}
	follow = append(follow, p.tellStaffOfDirectBill("Tasks of direct bill are overdue, of the programme: "+listed(ours)+"; of the company: "+listed(theirs)+".", due))
	return p.event(s, d, follow...)
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// What a reminder is about.
const (
	aboutDueSoon      = "dueSoon"      // staff: a decision
	aboutOverdue      = "overdue"      // staff: a decision
	aboutTasksOverdue = "tasksOverdue" // staff: its tasks
	aboutApplyAgain   = "applyAgain"   // partner
	aboutRequirements = "requirements" // partner: others are in force
	aboutDraft        = "draft"        // partner
	aboutTasks        = "tasks"        // partner
)

// DirectBillReminded tells that somebody was reminded, or asked again.
type DirectBillReminded struct {
	Application int       `json:"application"`
	About       string    `json:"about"`
	Since       time.Time `json:"since,omitzero"` // of a ladder
	Count       int       `json:"count,omitzero"` // 1 for the first
}

// Type implements EventData.
func (DirectBillReminded) Type() EventType { return "directBill.reminded" }

func (d DirectBillReminded) apply(p *Partner, e Event) {
	p.changeDirectBill(e, func(b *DirectBill) {
		switch d.About {
		case aboutDueSoon:
			b.inReview().RemindedAt = e.At
		case aboutOverdue:
			b.inReview().Chased = d.Count
		case aboutTasksOverdue:
			b.Chased = d.Count
		case aboutApplyAgain:
			b.Invited = true
		case aboutRequirements:
			b.Next = nil
		default:
			b.Reminded = Reminded{Since: d.Since, Count: d.Count}
		}
	})
}

func (p Partner) directBillReminded(about string, count int) DirectBillReminded {
	return DirectBillReminded{Application: p.DirectBill.Application, About: about, Count: count}
}

// nextDirectBillDueSoon is once for each application, unless it is overdue anyway.
func (p Partner) nextDirectBillDueSoon() (time.Time, bool) {
	if r, err := p.directBillReview(); err == nil && r.EscalatedAt.IsZero() && r.RemindedAt.IsZero() {
		return r.DueSoon, true
	}
	return time.Time{}, false
}

func (p Partner) remindOfDirectBillReview(s Stamp) Event {
	return p.event(s, p.directBillReminded(aboutDueSoon, 0), p.tellStaffOfDirectBill("An application for direct bill is due within one business day.", p.DirectBill.Review.Latest))
}

// chaseAt is when staff is asked next for what it owes late: a decision, or its
// tasks.
func (d DirectBill) chaseAt() (time.Time, bool) {
	if d.Status == DirectBillUnderReview && !d.Review.EscalatedAt.IsZero() {
		return chaseAfter(d.Review.EscalatedAt, d.Review.Chased), true
	}
	for _, t := range d.openTasks(PartyReviewer) {
		if !t.EscalatedAt.IsZero() {
			return chaseAfter(t.EscalatedAt, d.Chased), true
		}
	}
	return time.Time{}, false
}

func (p Partner) nextDirectBillChase() (time.Time, bool) {
	if p.DirectBill == nil {
		return time.Time{}, false
	}
	return p.DirectBill.chaseAt()
}

func (p Partner) chaseDirectBill(s Stamp) Event {
	d := p.DirectBill
	if d.Status == DirectBillUnderReview {
		return p.event(s, p.directBillReminded(aboutOverdue, d.Review.Chased+1), p.tellStaffOfDirectBill("An application for direct bill still isn't decided.", d.Review.Latest))
	}
	t := d.openTasks(PartyReviewer)[0]
	return p.event(s, p.directBillReminded(aboutTasksOverdue, d.Chased+1), p.tellStaffOfDirectBill("A task of direct bill still isn't done: "+lowerFirst(t.Name.Title())+".", t.Due))
}

func (p Partner) nextDirectBillInvitation() (time.Time, bool) {
	if d := p.DirectBill; d != nil && d.Status == DirectBillDeclined && !d.Invited {
		return d.ApplyAgain, true
	}
	return time.Time{}, false
}

func (p Partner) inviteToApplyAgain(s Stamp) Event {
	return p.event(s, p.directBillReminded(aboutApplyAgain, 0), p.remindOfDirectBillBy("From now on your company can apply for direct bill again.")...)
}

func (p Partner) nextDirectBillRequirements() (time.Time, bool) {
	if d := p.DirectBill; d != nil && d.Status == DirectBillDraft && d.Next != nil {
		return d.Next.From, true
	}
	return time.Time{}, false
}

func (p Partner) tellOfRequirements(s Stamp) Event {
	return p.event(s, p.directBillReminded(aboutRequirements, 0), p.tellOfDirectBill(MailDirectBillReminder, map[string]string{
		"what": "Other requirements for direct bill are in force from now on than those of your draft. This is what changed:", "request": p.DirectBill.Next.Changes,
	})...)
}

// waitingForPartner says since when direct bill waits for the partner, and
// whether it is reminded for ever: of a draft it isn't.
func (d DirectBill) waitingForPartner() (since time.Time, about string, ok bool) {
	switch {
	case d.Status == DirectBillDraft:
		about = aboutDraft
	case len(d.openTasks(PartyPartner)) > 0:
		about = aboutTasks
	default:
		return since, "", false
	}
	return latest(d.Since, d.ActedAt), about, true
}

// nextDirectBillReminder climbs the ladder of any waiting (V9); of tasks the
// partner is reminded on, so that none is forgotten.
func (p Partner) nextDirectBillReminder() (time.Time, bool) {
	if p.DirectBill == nil {
		return time.Time{}, false
	}
	since, about, ok := p.DirectBill.waitingForPartner()
	if !ok {
		return time.Time{}, false
	}
	days, ok := reminderDays(p.DirectBill.reminded(since), about == aboutTasks)
	return since.AddDate(0, 0, days), ok
}

// reminded is how many reminders of this spell there were.
func (d DirectBill) reminded(since time.Time) int {
	if d.Reminded.Since.Equal(since) {
		return d.Reminded.Count
	}
	return 0
}

// reminderDays is after how many days the next reminder follows.
func reminderDays(count int, on bool) (days int, ok bool) {
	if count < len(ladder) {
		return ladder[count], true
	}
	last := ladder[len(ladder)-1]
	return last * (count - len(ladder) + 2), on
}

func (p Partner) remindOfDirectBill(s Stamp) Event {
	since, about, _ := p.DirectBill.waitingForPartner()
	count := p.DirectBill.reminded(since)
	days, _ := reminderDays(count, true)
	d := p.directBillReminded(about, count+1)
	d.Since = since
	what := "Tasks of your company remain before direct bill is Active. Nothing has happened for " + strconv.Itoa(days) + " days."
	if about == aboutDraft {
		what = "The draft of your company's application for direct bill has waited for " + strconv.Itoa(days) + " days. It is kept; withdraw it if it isn't needed."
	}
	return p.event(s, d, p.remindOfDirectBillBy(what)...)
}

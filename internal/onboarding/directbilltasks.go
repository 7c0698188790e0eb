package onboarding

import (
	"slices"
	"strings"
	"time"
)

// DirectBillTaskName names a task that remains after an approval (X5).
type DirectBillTaskName string

// The tasks, in the order in which they are shown.
const (
	TaskBilling      DirectBillTaskName = "billing"
	TaskCredit       DirectBillTaskName = "credit"
	TaskTax          DirectBillTaskName = "tax"
	TaskProvisioning DirectBillTaskName = "provisioning"
)

const (
	partnerTaskDays = 20 // business days from the approval
	staffTaskDays   = 10
)

// directBillTaskKinds are the tasks with who does each.
var directBillTaskKinds = []struct {
	name  DirectBillTaskName
	who   Party
	title string
	text  string
}{
	{TaskBilling, PartyPartner, "Set up billing and invoicing", "Enter the invoicing contact and the payment instrument, and name the record of the first test invoice as evidence."},
	{TaskCredit, PartyReviewer, "Check the credit and set the limit", "The programme's credit team sets a limit; the evidence is its reference."},
	{TaskTax, PartyPartner, "Give the tax details", "Register the tax numbers of every country in which customers are invoiced, and name the record as evidence."},
	{TaskProvisioning, PartyReviewer, "Check the provisioning", "A test order is provisioned and cancelled in the company's direct tenant; the evidence is the order."},
}

// DirectBillTask is one of the tasks of an approved application.
type DirectBillTask struct {
	Name        DirectBillTaskName `json:"name"`
	Who         Party              `json:"who"` // does it: the partner, or staff
	Due         time.Time          `json:"due"`
	DoneAt      time.Time          `json:"doneAt,omitzero"`
	By          Assignee           `json:"by,omitzero"`
	Evidence    string             `json:"evidence,omitzero"`
	Reopened    string             `json:"reopened,omitzero"` // why staff opened it again
	EscalatedAt time.Time          `json:"escalatedAt,omitzero"`
}

// Title is the task's name for people.
func (t DirectBillTaskName) Title() string {
	for _, k := range directBillTaskKinds {
		if k.name == t {
			return k.title
		}
	}
	return string(t)
}

// Text says what the task is about, and what its evidence is.
func (t DirectBillTaskName) Text() string {
	for _, k := range directBillTaskKinds {
		if k.name == t {
			return k.text
		}
	}
	return ""
}

// Done says whether the task is done.
func (t DirectBillTask) Done() bool { return !t.DoneAt.IsZero() }

func directBillTasks(days Calendar, from time.Time) []DirectBillTask {
	var tasks []DirectBillTask
	for _, k := range directBillTaskKinds {
		n := partnerTaskDays
		if k.who != PartyPartner {
			n = staffTaskDays
		}
		tasks = append(tasks, DirectBillTask{Name: k.name, Who: k.who, Due: days.After(from, n).UTC().Truncate(time.Millisecond)})
	}
	return tasks
}

// taskLines lists tasks for a mail, one a line.
func taskLines(tasks []DirectBillTask) string {
	var lines []string
	for _, t := range tasks {
		who := "your company"
		if t.Who != PartyPartner {
			who = "the programme"
		}
		lines = append(lines, t.Name.Title()+" ("+who+"), by "+t.Due.UTC().Format("2 January 2006"))
	}
	return strings.Join(lines, "\n")
}

// openTasks are the tasks of a side that aren't done, the most urgent first;
// of both sides with who = "".
func (d DirectBill) openTasks(who Party) []DirectBillTask {
	var open []DirectBillTask
	if d.Status != DirectBillApproved {
		return nil
	}
	for _, t := range d.Tasks {
		if !t.Done() && (who == "" || t.Who == who) {
			open = append(open, t)
		}
	}
	slices.SortStableFunc(open, func(a, b DirectBillTask) int { return a.Due.Compare(b.Due) })
	return open
}

func (d *DirectBill) setTask(name DirectBillTaskName, change func(*DirectBillTask)) {
	d.Tasks = slices.Clone(d.Tasks)
	for i := range d.Tasks {
		if d.Tasks[i].Name == name {
			change(&d.Tasks[i])
		}
	}
}

// DirectBillTaskDone tells that a task was done, while others remain.
type DirectBillTaskDone struct {
	Application int                `json:"application"`
	Task        DirectBillTaskName `json:"task"`
	Evidence    string             `json:"evidence"`
}

// Type implements EventData.
func (DirectBillTaskDone) Type() EventType { return "directBill.taskDone" }

func (d DirectBillTaskDone) apply(p *Partner, e Event) {
	p.changeDirectBill(e, func(b *DirectBill) { b.done(d.Task, d.Evidence, e) })
}

func (d *DirectBill) done(task DirectBillTaskName, evidence string, e Event) {
	d.setTask(task, func(t *DirectBillTask) {
		t.DoneAt, t.Evidence, t.Reopened, t.By = e.At, evidence, "", Assignee{e.Actor.UserID, e.Actor.Name, e.Actor.Email}
	})
}

// DirectBillActivated tells that the last task was done: direct bill is Active
// (X5).
type DirectBillActivated struct {
	Application int                `json:"application"`
	Task        DirectBillTaskName `json:"task"` // the last
	Evidence    string             `json:"evidence"`
}

// Type implements EventData.
func (DirectBillActivated) Type() EventType { return "directBill.activated" }

func (d DirectBillActivated) apply(p *Partner, e Event) {
	p.changeDirectBill(e, func(b *DirectBill) {
		b.done(d.Task, d.Evidence, e)
		b.Status = DirectBillActive
	})
}

// DirectBillTaskReopened tells that staff opened a task again that wasn't done
// after all.
type DirectBillTaskReopened struct {
	Application int                `json:"application"`
	Task        DirectBillTaskName `json:"task"`
	Due         time.Time          `json:"due"`
	Reason      string             `json:"reason"`
}

// Type implements EventData.
func (DirectBillTaskReopened) Type() EventType { return "directBill.taskReopened" }

func (d DirectBillTaskReopened) apply(p *Partner, e Event) {
	p.changeDirectBill(e, func(b *DirectBill) {
		b.setTask(d.Task, func(t *DirectBillTask) {
			*t = DirectBillTask{Name: t.Name, Who: t.Who, Due: d.Due, Reopened: kept(d.Reason)}
		})
		b.Reminded = Reminded{}
	})
}

// kept is the beginning of a reason; all of it is in the event.
func kept(reason string) string {
	if text := []rune(reason); len(text) > maxKeptReason {
		return string(text[:maxKeptReason]) + "…"
	}
	return reason
}

// directBillTask is a task of the approved application, refused without one.
func (p Partner) directBillTask(name DirectBillTaskName) (DirectBillTask, error) {
	d := p.DirectBill
	if d == nil || d.Status != DirectBillApproved {
		return DirectBillTask{}, Refuse(CodeDirectBillNotOpen, "There are no tasks to do: they follow an approval, until direct bill is Active.").At(p.path("direct-bill"))
	}
	i := slices.IndexFunc(d.Tasks, func(t DirectBillTask) bool { return t.Name == name })
	if i < 0 {
		return DirectBillTask{}, NotFound()
	}
	return d.Tasks[i], nil
}

// CompleteDirectBillTask says that a task is done, with its evidence (X5). Each
// side does its own: staff's are confirmed by staff. With the last one direct
// bill is Active. One that is done already is refused with CodeDirectBillTaskDone.
func (p Partner) CompleteDirectBillTask(name DirectBillTaskName, evidence string, s Stamp) (Event, error) {
	t, err := p.directBillTask(name)
	if err != nil {
		return Event{}, err
	}
	switch ofStaff := s.By.Kind == ActorStaff; {
	case t.Done():
		return Event{}, Refuse(CodeDirectBillTaskDone, "This task is done already, since "+t.DoneAt.UTC().Format("2 January 2006, 15:04 UTC")+".").At(p.path("direct-bill"))
	case t.Who == PartyPartner && ofStaff:
		return Event{}, Refuse(CodeRoleRequired, "This is a task of the company: it is done by "+roleNames(agents)+".").By(agents...).At(p.path("direct-bill"))
	case t.Who != PartyPartner && !ofStaff:
		return Event{}, Refuse(CodeRoleRequired, "This is a task of the programme: "+roleName[RoleReviewer]+" confirms it.").By(RoleReviewer).At(p.path("direct-bill"))
	}
	if err := Invalid(evidenceFaults("/evidence", evidence)); err != nil {
		return Event{}, err
	}
	n, evidence := p.DirectBill.Application, strings.TrimSpace(evidence)
	if len(p.DirectBill.openTasks("")) > 1 {
		return p.event(s, DirectBillTaskDone{Application: n, Task: name, Evidence: evidence}), nil
	}
	return p.event(s, DirectBillActivated{Application: n, Task: name, Evidence: evidence}, p.tellOfDirectBill(MailDirectBillActive, nil)...), nil
}

// ReopenDirectBillTask opens a task again that staff finds not done, with a
// reason that the company reads (X5). It has the days of a new one.
func (p Partner) ReopenDirectBillTask(name DirectBillTaskName, reason string, days Calendar, s Stamp) (Event, error) {
	t, err := p.directBillTask(name)
	if err != nil {
		return Event{}, err
	}
	switch {
	case s.By.Kind != ActorStaff:
		return Event{}, Refuse(CodeRoleRequired, "Only "+roleName[RoleReviewer]+" opens a task again.").By(RoleReviewer).At(p.path("direct-bill"))
	case !t.Done():
		return Event{}, Refuse(CodeDirectBillNotOpen, "This task isn't done: there is nothing to open again.").At(p.path("direct-bill"))
	}
	if err := Invalid(reasonFault("/reason", reason)); err != nil {
		return Event{}, err
	}
	d := DirectBillTaskReopened{Application: p.DirectBill.Application, Task: name, Reason: strings.TrimSpace(reason)}
	for _, fresh := range directBillTasks(days, s.at()) {
		if fresh.Name == name {
			d.Due = fresh.Due
		}
	}
	if t.Who != PartyPartner {
		return p.event(s, d), nil
	}
	return p.event(s, d, p.remindOfDirectBillBy("A task was opened again: "+name.Title()+".")...), nil
}

// SetDirectBillTask says that a task is done, or isn't after all.
type SetDirectBillTask struct {
	Task     DirectBillTaskName
	Done     bool
	Evidence string // of Done
	Reason   string // of the other
}

// SetDirectBillTask completes a task or opens it again (X5).
func (p Partner) SetDirectBillTask(t SetDirectBillTask, days Calendar, s Stamp) (Event, error) {
	if t.Done {
		return p.CompleteDirectBillTask(t.Task, t.Evidence, s)
	}
	return p.ReopenDirectBillTask(t.Task, t.Reason, days, s)
}

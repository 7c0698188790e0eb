package onboarding

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Direct bill is an authorization of its own beside the indirect one, never a
// conversion of it: nothing of this file and its neighbours changes a step, a
// relationship, the partner location account or what the gate answers (X6).

// DirectBillStatus is where a company stands with direct bill.
type DirectBillStatus string

// Statuses of direct bill. An overdue application is escalated and still waits
// for its decision.
const (
	DirectBillNotStarted  DirectBillStatus = "NotStarted"
	DirectBillDraft       DirectBillStatus = "Draft"
	DirectBillUnderReview DirectBillStatus = "UnderReview"
	DirectBillOverdue     DirectBillStatus = "Overdue"
	DirectBillApproved    DirectBillStatus = "Approved" // tasks remain
	DirectBillDeclined    DirectBillStatus = "Declined"
	DirectBillWithdrawn   DirectBillStatus = "Withdrawn"
	DirectBillActive      DirectBillStatus = "Active"
)

// Class is the stable class of the status (T3).
func (s DirectBillStatus) Class() Class {
	switch s {
	case DirectBillActive:
		return ClassDone
	case DirectBillUnderReview, DirectBillOverdue:
		return ClassWaiting
	case DirectBillDraft, DirectBillApproved:
		return ClassAction
	}
	return ClassStopped
}

const (
	directBillMinDays = 5  // business days until a decision, at the earliest
	directBillMaxDays = 10 // and at the latest

	maxEvidence          = 300 // characters: it is a reference
	maxEvidenceDocuments = 10
	maxRevenue           = 1_000_000_000_000
	maxRevenueAge        = 92 // days that a period may have ended before it is declared
)

// DirectBill is where the company stands with direct bill, and its newest
// application.
type DirectBill struct {
	Application int              `json:"application"` // 1 for the first
	Run         int              `json:"run,omitzero"`
	Status      DirectBillStatus `json:"status"` // as kept: never NotStarted or Overdue
	Since       time.Time        `json:"since"`
	ActedAt     time.Time        `json:"actedAt,omitzero"` // when the partner last did something about it
	Reminded    Reminded         `json:"reminded,omitzero"`

	SetID        string                  `json:"setId"` // that the draft was answered for, then that the application is bound to
	Revision     int                     `json:"revision"`
	Answers      []DirectBillAnswer      `json:"answers,omitempty"`
	Declarations []DirectBillDeclaration `json:"declarations,omitempty"`

	Review     *DirectBillReview   `json:"review,omitempty"`
	Decision   *DirectBillDecision `json:"decision,omitempty"` // the newest, also of an application before
	ApplyAgain time.Time           `json:"applyAgain,omitzero"`
	Invited    bool                `json:"invited,omitzero"` // told that the date to apply again has come
	Next       *DirectBillNext     `json:"next,omitempty"`   // of a draft: the requirements that will follow, while they aren't told of
	Chased     int                 `json:"chased,omitzero"`  // how often staff was asked again for its tasks
	Tasks      []DirectBillTask    `json:"tasks,omitempty"`
	Plan       DirectBillPlan      `json:"plan,omitzero"`
}

// DirectBillNext is which requirements follow those of a draft.
type DirectBillNext struct {
	From    time.Time `json:"from"`
	Changes string    `json:"changes"` // one a line
}

// DirectBillAnswer answers one item of the requirements (X1).
type DirectBillAnswer struct {
	Item      string   `json:"item"`
	Met       bool     `json:"met,omitzero"`       // of a confirmation
	Amount    int64    `json:"amount,omitzero"`    // of a revenue, in whole USD
	PeriodEnd string   `json:"periodEnd,omitzero"` // last day of its twelve months
	Choice    string   `json:"choice,omitzero"`
	Evidence  string   `json:"evidence,omitzero"`
	Documents []string `json:"documents,omitempty"` // ids of the partner's documents
}

// DirectBillDeclaration is what somebody declared of the company (X3).
type DirectBillDeclaration struct {
	ID   string    `json:"id"`
	Text string    `json:"text"` // what was declared: other words need another declaration
	By   Assignee  `json:"by"`
	At   time.Time `json:"at"`
}

// DirectBillReview is how the review of an application stands (X4).
type DirectBillReview struct {
	SubmittedAt time.Time `json:"submittedAt"`
	SubmittedBy Assignee  `json:"submittedBy"`
	Months      int       `json:"months"` // as an indirect reseller, when it was submitted
	Earliest    time.Time `json:"earliest"`
	DueSoon     time.Time `json:"dueSoon"`
	Latest      time.Time `json:"latest"`
	Calendar    string    `json:"calendar"`
	RemindedAt  time.Time `json:"remindedAt,omitzero"`
	EscalatedAt time.Time `json:"escalatedAt,omitzero"`
	Chased      int       `json:"chased,omitzero"`
	Claim       *Claim    `json:"claim,omitempty"`
}

// DirectBillStatus is where the company stands with direct bill.
func (p Partner) DirectBillStatus() DirectBillStatus {
	d := p.DirectBill
	switch {
	case d == nil:
		return DirectBillNotStarted
	case d.Status == DirectBillUnderReview && !d.Review.EscalatedAt.IsZero():
		return DirectBillOverdue
	}
	return d.Status
}

// ofDirectBill says that an event concerns direct bill alone. Whoever acts there
// doesn't thereby go on with the onboarding, and its reminders don't begin anew.
func ofDirectBill(d EventData) bool { return strings.HasPrefix(string(d.Type()), "directBill.") }

// changeDirectBill changes what the partner knows of direct bill, in a copy.
func (p *Partner) changeDirectBill(e Event, change func(*DirectBill)) {
	var d DirectBill
	if p.DirectBill != nil {
		d = *p.DirectBill
	}
	was := d.Status
	change(&d)
	if d.Status != was {
		d.Since, d.Reminded = e.At, Reminded{}
	}
	if e.Actor.Kind == ActorPartner {
		d.ActedAt, d.Reminded = e.At, Reminded{}
	}
	p.DirectBill = &d
}

// inReview is the review as it is changed: a copy.
func (d *DirectBill) inReview() *DirectBillReview {
	r := *d.Review
	d.Review = &r
	return d.Review
}

// DirectBillSaved tells that the draft of an application was saved.
type DirectBillSaved struct {
	Application  int                     `json:"application"`
	SetID        string                  `json:"setId"`
	Answers      []DirectBillAnswer      `json:"answers"`
	Declarations []DirectBillDeclaration `json:"declarations"`
	Next         *DirectBillNext         `json:"next,omitempty"`
}

// Type implements EventData.
func (DirectBillSaved) Type() EventType { return "directBill.saved" }

func (d DirectBillSaved) apply(p *Partner, e Event) {
	p.changeDirectBill(e, func(b *DirectBill) {
		if b.Application != d.Application {
			b.Application, b.Run, b.Review, b.Tasks, b.Chased = d.Application, 0, nil, nil, 0
		}
		b.Status, b.SetID, b.Answers, b.Declarations, b.Revision = DirectBillDraft, d.SetID, d.Answers, d.Declarations, e.Sequence
		b.Next = d.Next
	})
}

// DirectBillInput is the whole of a draft, as it is entered.
type DirectBillInput struct {
	Answers      []DirectBillAnswer
	Declarations []string // ids of the statements that are declared
}

// SaveDirectBill keeps the draft of an application, for the requirements in
// force; it may be incomplete (X1, X3). A draft can be begun at any time, also
// before the company may apply, and after an application that was declined or
// withdrawn. revision guards against overwriting a colleague's edit: another is
// refused with CodeStaleVersion.
func (p Partner) SaveDirectBill(in DirectBillInput, revision int, sets DirectBillSets, s Stamp) (Event, error) {
	var d DirectBill
	if p.DirectBill != nil {
		d = *p.DirectBill
	}
	switch d.Status {
	case DirectBillUnderReview, DirectBillApproved, DirectBillActive:
		return Event{}, p.directBillSubmitted()
	}
	if revision != d.Revision {
		return Event{}, Refuse(CodeStaleVersion, "Somebody else has changed this in the meantime. Read it again, then make your change.").At(p.path("direct-bill"))
	}
	set, ok := sets.InForce(s.at())
	if !ok {
		return Event{}, Refuse(CodeDirectBillNotOpen, "Nobody can apply for direct bill at present: no requirements are in force.").At("/direct-bill-requirements")
	}
	if err := Invalid(in.faults(p, set, s.at())); err != nil {
		return Event{}, err
	}
	saved := DirectBillSaved{Application: d.Application, SetID: set.ID, Answers: []DirectBillAnswer{}, Declarations: []DirectBillDeclaration{}}
	if d.Status != DirectBillDraft {
		saved.Application++
	}
	for _, item := range set.Items { // in the set's order
		for _, a := range in.Answers {
			if a.Item == item.ID {
				a.Evidence = strings.TrimSpace(a.Evidence)
				saved.Answers = append(saved.Answers, a)
			}
		}
	}
	if next, ok := sets.InForce(set.Until); ok && !set.Until.IsZero() {
		var lines []string
		for _, c := range set.ChangesTo(next) {
			lines = append(lines, c.Text)
		}
		saved.Next = &DirectBillNext{From: set.Until.UTC(), Changes: strings.Join(lines, "\n")}
	}
	for _, statement := range set.Statements {
		if slices.Contains(in.Declarations, statement.ID) {
			saved.Declarations = append(saved.Declarations, d.declared(statement, s))
		}
	}
	return p.event(s, saved), nil
}

// declared is the declaration of a statement: the one that stands, or a new one.
func (d DirectBill) declared(statement DirectBillStatement, s Stamp) DirectBillDeclaration {
	for _, is := range d.Declarations {
		if is.ID == statement.ID && is.Text == statement.Text {
			return is
		}
	}
	return DirectBillDeclaration{ID: statement.ID, Text: statement.Text, By: Assignee{s.By.UserID, s.By.Name, s.By.Email}, At: s.at()}
}

// faults judges the form of a draft, for the set in force.
func (in DirectBillInput) faults(p Partner, set DirectBillSet, at time.Time) []Fault {
	var faults []Fault
	bad := func(pointer, code, message string) { faults = append(faults, Fault{pointer, code, message}) }
	seen := map[string]bool{}
	for n, a := range in.Answers {
		at := "/answers/" + strconv.Itoa(n)
		item, ok := set.Item(a.Item)
		switch {
		case !ok:
			bad(at+"/item", FaultUnsupported, "This is not among the requirements in force ("+set.ID+"). Read them again.")
			continue
		case seen[a.Item]:
			bad(at+"/item", FaultNotAllowed, "Answer each item once.")
			continue
		case item.Kind == DirectBillMonths:
			bad(at+"/item", FaultNotAllowed, "This is computed from the record: leave it out.")
			continue
		}
		seen[a.Item] = true
		faults = append(faults, a.faults(at, item, p)...)
	}
	for n, id := range in.Declarations {
		at := "/declarations/" + strconv.Itoa(n)
		if _, ok := set.Statement(id); !ok {
			bad(at, FaultUnsupported, "This is not among the declarations asked for ("+set.ID+"). Read them again.")
		} else if slices.Contains(in.Declarations[:n], id) {
			bad(at, FaultNotAllowed, "Declare each once.")
		}
	}
	return faults
}

func (a DirectBillAnswer) faults(pointer string, item DirectBillItem, p Partner) []Fault {
	var faults []Fault
	bad := func(member, code, message string) {
		faults = append(faults, Fault{pointer + "/" + member, code, message})
	}
	if a.Met && item.Kind != DirectBillConfirmation {
		bad("met", FaultNotAllowed, "This belongs to an item that is confirmed.")
	}
	if (a.Amount != 0 || a.PeriodEnd != "") && item.Kind != DirectBillRevenue {
		bad("amountUsd", FaultNotAllowed, "An amount and its period belong to a revenue.")
	}
	if a.Choice != "" && item.Kind != DirectBillChoice {
		bad("choice", FaultNotAllowed, "This belongs to an item with options.")
	}
	if item.Kind == DirectBillRevenue {
		if a.Amount < 0 || a.Amount > maxRevenue {
			bad("amountUsd", FaultInvalid, "Enter the revenue in whole USD.")
		}
		if _, err := time.Parse(time.DateOnly, a.PeriodEnd); a.PeriodEnd != "" && err != nil {
			bad("periodEnd", FaultInvalid, "Enter the last day of the twelve months as YYYY-MM-DD.")
		}
	}
	if item.Kind == DirectBillChoice && a.Choice != "" && !slices.Contains(item.Options, a.Choice) {
		bad("choice", FaultUnsupported, "Choose one of: "+strings.Join(item.Options, ", ")+".")
	}
	if a.Evidence != "" {
		faults = append(faults, evidenceFaults(pointer+"/evidence", a.Evidence)...)
	}
	if len(a.Documents) > maxEvidenceDocuments {
		bad("documentIds", FaultTooLong, "Name 10 documents at most.")
		return faults
	}
	for n, id := range a.Documents {
		if p.Case == nil || !slices.ContainsFunc(p.Case.Documents, func(d Document) bool { return d.ID == id }) {
			bad("documentIds/"+strconv.Itoa(n), FaultUnsupported, "There is no document with this id among those of the company's verification.")
		}
	}
	return faults
}

// evidenceFaults judges a reference to what shows something.
func evidenceFaults(pointer, evidence string) []Fault {
	if faults := reasonFault(pointer, evidence); len(faults) > 0 {
		return faults
	}
	if len([]rune(strings.TrimSpace(evidence))) > maxEvidence {
		return []Fault{{pointer, FaultTooLong, "Shorten this to 300 characters: name where it can be seen."}}
	}
	return nil
}

// directBillSubmitted is the refusal of an edit once an application was made.
func (p Partner) directBillSubmitted() *Refusal {
	return Refuse(CodeDirectBillSubmitted, "The application was submitted: it can't be edited any more. Wait for the decision, or withdraw it and apply anew.").At(p.path("direct-bill"))
}

// DirectBillSubmitted tells that the company applied for direct bill.
type DirectBillSubmitted struct {
	Application int       `json:"application"`
	SetID       string    `json:"setId"`
	Months      int       `json:"months"` // as an indirect reseller
	Earliest    time.Time `json:"earliest"`
	DueSoon     time.Time `json:"dueSoon"`
	Latest      time.Time `json:"latest"`
	Calendar    string    `json:"calendar"`
}

// Type implements EventData.
func (DirectBillSubmitted) Type() EventType { return "directBill.submitted" }

func (d DirectBillSubmitted) apply(p *Partner, e Event) {
	p.changeDirectBill(e, func(b *DirectBill) {
		b.Status, b.SetID, b.Run, b.ApplyAgain, b.Invited = DirectBillUnderReview, d.SetID, 1, time.Time{}, false
		b.Review = &DirectBillReview{
			SubmittedAt: e.At, SubmittedBy: Assignee{e.Actor.UserID, e.Actor.Name, e.Actor.Email}, Months: d.Months,
			Earliest: d.Earliest, DueSoon: d.DueSoon, Latest: d.Latest, Calendar: d.Calendar,
		}
	})
}

// ApplyDirectBill submits the draft (X4). Everything that stands against it is
// listed at once. The application is bound to the requirements in force now:
// when they are others than those that were answered, it is refused with
// CodeDirectBillChanged, which says what changed.
func (p Partner) ApplyDirectBill(sets DirectBillSets, days Calendar, s Stamp) (Event, error) {
	if refusal := p.notHeldUp("submitDirectBill"); refusal != nil {
		return Event{}, refusal
	}
	d := p.DirectBill
	switch {
	case d == nil || d.Status == DirectBillDeclined || d.Status == DirectBillWithdrawn:
		return Event{}, Refuse(CodeDirectBillNotOpen, "There is no draft to submit. Answer the requirements first.").At(p.path("direct-bill"))
	case d.Status != DirectBillDraft:
		return Event{}, p.directBillSubmitted()
	case !p.Authorized():
		return Event{}, p.notAuthorized() // X2
	case s.At.Before(d.ApplyAgain):
		return Event{}, Refuse(CodeDirectBillTooEarly, "The last application was declined: the company can apply again from "+d.ApplyAgain.UTC().Format("2 January 2006, 15:04 UTC")+" on. The draft is kept until then.").At(p.path("direct-bill"))
	}
	set, ok := sets.InForce(s.at())
	if !ok || set.ID != d.SetID {
		return Event{}, p.requirementsChanged(set, sets)
	}
	faults := p.DirectBillRemaining(set, s.at())
	if len(faults) > 0 {
		return Event{}, &Refusal{Code: CodeDirectBillNotEligible, Message: "The company can't apply yet. What is listed has to be answered or met first; the draft is kept.", Faults: faults, Where: p.path("direct-bill")}
	}
	submitted := DirectBillSubmitted{
		Application: d.Application, SetID: set.ID, Months: p.Tenure(s.at()).Months, Calendar: days.Name(),
		Earliest: days.After(s.at(), directBillMinDays).UTC(), DueSoon: days.After(s.at(), directBillMaxDays-1).UTC(), Latest: days.After(s.at(), directBillMaxDays).UTC(),
	}
	params := map[string]string{"earliest": submitted.Earliest.Format(time.RFC3339), "latest": submitted.Latest.Format(time.RFC3339)}
	follow := append(p.tellOfDirectBill(MailDirectBillSubmitted, params),
		p.tellStaffOfDirectBill("An application for direct bill is to be decided.", submitted.Latest),
		Follow{StartDirectBill: &StartDirectBill{Application: d.Application, Run: 1}})
	return p.event(s, submitted, follow...), nil
}

// requirementsChanged says what other requirements ask than those that were
// answered.
func (p Partner) requirementsChanged(set DirectBillSet, sets DirectBillSets) *Refusal {
	r := Refuse(CodeDirectBillChanged, "Other requirements are in force than those that were answered. Look what changed, answer it and save the draft; then submit it.").At(p.path("direct-bill"))
	was, _ := sets.Set(p.DirectBill.SetID)
	for _, c := range was.ChangesTo(set) {
		r.Faults = append(r.Faults, Fault{"/answers/" + c.Item, FaultInvalid, c.Text})
	}
	return r
}

// DirectBillGivenUp tells that the company gave its application up.
type DirectBillGivenUp struct {
	Application int    `json:"application"`
	Reason      string `json:"reason,omitzero"`
}

// Type implements EventData.
func (DirectBillGivenUp) Type() EventType { return "directBill.withdrawn" }

func (d DirectBillGivenUp) apply(p *Partner, e Event) {
	p.changeDirectBill(e, func(b *DirectBill) { b.Status = DirectBillWithdrawn })
}

// WithdrawDirectBill gives up a draft, an application or an approval with its
// tasks (X4). The answers are kept for the next one. Direct bill that is Active
// isn't withdrawn here.
func (p Partner) WithdrawDirectBill(reason string, s Stamp) (Event, error) {
	switch p.DirectBillStatus() {
	case DirectBillDraft, DirectBillUnderReview, DirectBillOverdue, DirectBillApproved:
	default:
		return Event{}, Refuse(CodeDirectBillNotOpen, "There is no draft, application or approval that could be withdrawn.").At(p.path("direct-bill"))
	}
	var faults []Fault
	if strings.TrimSpace(reason) != "" {
		faults = reasonFault("/reason", reason)
	}
	if err := Invalid(faults); err != nil {
		return Event{}, err
	}
	return p.event(s, DirectBillGivenUp{Application: p.DirectBill.Application, Reason: strings.TrimSpace(reason)}), nil
}

// DirectBillRevision is the version at which the draft last changed, its ETag.
func (p Partner) DirectBillRevision() int {
	if p.DirectBill == nil {
		return 0
	}
	return p.DirectBill.Revision
}

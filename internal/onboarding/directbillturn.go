package onboarding

import (
	"strconv"
	"strings"
	"time"
)

// Codes of what is owed for direct bill.
const (
	codeDirectBill       = "direct_bill"
	codeDirectBillApply  = codeDirectBill + "_application"
	codeDirectBillReview = codeDirectBill + "_review"
	codeDirectBillLate   = codeDirectBill + "_overdue"
	codeDirectBillTask   = codeDirectBill + "_task_" // and its name
	codeDirectBillPlan   = codeDirectBill + "_plan"
)

// DirectBillTurn says who has the ball of direct bill, what they owe and by when
// (V11). It is beside the onboarding's turn, which direct bill never changes.
func (p Partner) DirectBillTurn(now time.Time) Turn {
	d, where := p.DirectBill, p.path("direct-bill")
	switch p.DirectBillStatus() {
	case DirectBillDraft:
		t := Turn{Who: PartyPartner, Code: codeDirectBillApply, What: "Complete the application for direct bill and submit it", Roles: MayDo(ActionApplyDirectBill), Where: where}
		if now.Before(d.ApplyAgain) {
			t.What += ", which is possible from " + d.ApplyAgain.UTC().Format("2 January 2006") + " on"
		}
		return t
	case DirectBillUnderReview:
		return Turn{Who: PartyReviewer, Code: codeDirectBillReview, What: "Decide the application for direct bill", Roles: MayDo(ActionDecideDirectBill), Where: where, By: d.Review.Latest, late: !now.Before(d.Review.Latest)}
	case DirectBillOverdue:
		by, _ := d.chaseAt()
		return Turn{Who: PartyReviewer, Code: codeDirectBillLate, What: "Decide the application for direct bill, which is overdue", Roles: MayDo(ActionDecideDirectBill), Where: where, By: by}
	case DirectBillApproved:
		for _, who := range []Party{PartyPartner, PartyReviewer} {
			for _, t := range d.openTasks(who) {
				return p.taskTurn(t, now)
			}
		}
	case DirectBillDeclined:
		return Turn{Who: PartyNobody, What: "Nothing is owed. Your company can apply for direct bill again from " + d.ApplyAgain.UTC().Format("2 January 2006") + " on, and prepare the draft before."}
	case DirectBillActive:
		if left := d.Plan.Moving - d.Plan.Moved; left > 0 {
			return Turn{Who: PartyPartner, Code: codeDirectBillPlan, What: "Go on with the transition plan; customers still to be moved: " + strconv.Itoa(left), Roles: MayDo(ActionApplyDirectBill), Where: p.path("direct-bill/customers")}
		}
		return Turn{Who: PartyNobody, What: "Nothing is owed: direct bill is Active, beside the indirect authorization."}
	}
	return Turn{Who: PartyNobody, What: "Nothing is owed: direct bill is optional, and a draft can be begun at any time."}
}

func (p Partner) taskTurn(t DirectBillTask, now time.Time) Turn {
	turn := Turn{Who: t.Who, Code: codeDirectBillTask + string(t.Name), What: t.Name.Title(), Roles: agents, Where: p.path("direct-bill/tasks/" + string(t.Name)), By: t.Due, late: !now.Before(t.Due)}
	if t.Who != PartyPartner {
		turn.Roles = MayDo(ActionDecideDirectBill)
		if !t.EscalatedAt.IsZero() {
			turn.By, turn.late = chaseAfter(t.EscalatedAt, p.DirectBill.Chased), false
		}
	}
	return turn
}

// ofDirectBill is the sentence about what staff owes.
func (t Turn) ofDirectBill() string {
	date := t.By.UTC().Format("2 January 2006, 15:04 UTC")
	switch {
	case t.Code == codeDirectBillLate:
		return "You don't need to do anything now. The promised days are over: staff has been told, and the application will still be decided. If it isn't by " + date + ", staff is asked again."
	case strings.HasPrefix(t.Code, codeDirectBillTask):
		return "You don't need to do anything now: what remains is done by the programme. Next: " + lowerFirst(t.What) + ", by " + date + "."
	}
	return "You don't need to do anything now: a reviewer of the programme is at work and is expected to decide by " + date + "."
}

// StatusTasksOpen is how an approved application stands in the queue while
// tasks of staff remain.
const StatusTasksOpen = "TasksOpen"

// DirectBillQueued says whether staff owes something for direct bill, and by
// when (O2). It is beside the queue of the onboarding.
func (p Partner) DirectBillQueued() (QueueEntry, bool) {
	d := p.DirectBill
	if d == nil {
		return QueueEntry{}, false
	}
	q := QueueEntry{Queue: QueueDirectBill, Status: string(p.DirectBillStatus()), Since: d.Since}
	if p.Test {
		q.Queue = q.Queue.OfTests()
	}
	switch d.Status {
	case DirectBillUnderReview:
		if q.By = d.Review.Latest; d.Review.Claim != nil {
			q.Reviewer = d.Review.Claim.Assignee
		}
		return q, true
	case DirectBillApproved:
		for _, t := range d.openTasks(PartyReviewer) {
			q.Status, q.By = StatusTasksOpen, t.Due
			return q, true
		}
	}
	return QueueEntry{}, false
}

package view

import (
	"strconv"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// operatorEvent titles what staff and the workflow's failures did to a case,
// and gives its details to set. The partner learns that somebody acted, why it
// takes longer and until when; never who, nor staff's own words.
func operatorEvent(data onboarding.EventData, staff bool, set func(name, value string)) string {
	internal := func(name, value string) {
		if staff {
			set(name, value)
		}
	}
	switch d := data.(type) {
	case *onboarding.CaseClaimed:
		internal("reason", d.Reason)
		return "A reviewer took the case"
	case *onboarding.CaseReassigned:
		internal("reviewer", d.To.String())
		internal("reason", d.Reason)
		return "The case was given to a reviewer"
	case *onboarding.CaseReleased:
		internal("reason", d.Reason)
		return "A reviewer gave the case back to the queue"
	case *onboarding.CaseExtended:
		set("businessDays", strconv.Itoa(d.Days))
		set("latest", Time(d.Latest).Format(time.RFC3339))
		set("partnerReason", d.Reason)
		internal("reason", d.Note)
		return "The verification got a later date"
	case *onboarding.CaseSetAside:
		r, _ := onboarding.SetAsideReasonOf(d.Code)
		set("code", string(d.Code))
		set("text", r.Text)
		set("lookAgain", Time(d.LookAgain).Format(time.RFC3339))
		internal("reason", d.Note)
		return "A reviewer looked at the case and can't complete it yet"
	case *onboarding.CaseResumed:
		internal("reason", d.Reason)
		return "The case is under review again"
	case *onboarding.StaffNoted:
		internal("note", d.Note)
		return "A note of staff"
	case *onboarding.WorkflowFailed:
		internal("execution", d.Execution)
		internal("status", d.Status)
		internal("error", d.Error)
		internal("cause", d.Cause)
		return "The workflow stopped: staff starts it anew, nothing is lost"
	case *onboarding.WorkflowRecovered:
		internal("execution", d.Execution)
		internal("reason", d.Reason)
		return "The workflow runs again"
	}
	return ""
}

package onboarding

import (
	"strings"
	"time"
	"unicode/utf8"
)

// WorkflowFailure is an execution that stopped before its work was done (O2).
type WorkflowFailure struct {
	Execution string    `json:"execution"` // ARN
	Status    string    `json:"status"`    // FAILED, TIMED_OUT or ABORTED
	Error     string    `json:"error,omitzero"`
	Cause     string    `json:"cause,omitzero"`
	At        time.Time `json:"at"`
	Sequence  int       `json:"sequence"` // of the event
}

// WorkflowFailed tells that the execution that conducts the partner stopped.
type WorkflowFailed struct {
	Execution string `json:"execution"`
	Status    string `json:"status"`
	Error     string `json:"error,omitzero"`
	Cause     string `json:"cause,omitzero"` // shortened
}

// Type implements EventData.
func (WorkflowFailed) Type() EventType { return "workflow.failed" }

func (d WorkflowFailed) apply(p *Partner, e Event) {
	p.Failure = &WorkflowFailure{Execution: d.Execution, Status: d.Status, Error: d.Error, Cause: d.Cause, At: e.At, Sequence: e.Sequence}
}

const (
	maxExecution = 2048 // characters of an ARN
	maxError     = 100
	maxCause     = 500
)

// RecordFailure records that the execution that conducts the partner stopped,
// so that operators find it among what is stuck (O2). conducts says whether it
// is that one: an older or unknown execution, one told of twice, and one that
// is needed no more are refused with CodeStaleVersion, which callers treat as
// done. The texts come from outside: they are cut and cleaned.
func (p Partner) RecordFailure(d WorkflowFailed, conducts bool, s Stamp) (Event, error) {
	switch d.Status {
	case "FAILED", "TIMED_OUT", "ABORTED":
	default:
		return Event{}, Refuse(CodeStaleVersion, "An execution with this status has not stopped.")
	}
	switch {
	case !conducts || d.Execution == "" || len(d.Execution) > maxExecution || !plain(d.Execution):
		return Event{}, Refuse(CodeStaleVersion, "This execution doesn't conduct the partner.")
	case p.Idle || p.Onboarded():
		return Event{}, Refuse(CodeStaleVersion, "No execution is needed at present: the partner's next command starts one.")
	case p.Failure != nil && p.Failure.Execution == d.Execution:
		return Event{}, Refuse(CodeStaleVersion, "This has been recorded already.")
	}
	d.Error, d.Cause = shortened(d.Error, maxError), shortened(d.Cause, maxCause)
	return p.event(s, d), nil
}

// shortened is text of at most so many characters without control characters
// or mail addresses: what other systems say of an error may hold either.
func shortened(text string, max int) string {
	words := strings.Fields(strings.ToValidUTF8(text, " "))
	for i, w := range words {
		if strings.Contains(w, "@") {
			w = "…"
		}
		words[i] = strings.Map(func(r rune) rune {
			if !plain(string(r)) {
				return -1
			}
			return r
		}, w)
	}
	text = strings.Join(words, " ")
	if utf8.RuneCountInString(text) > max {
		text = string([]rune(text)[:max-1]) + "…"
	}
	return text
}

// WorkflowRecovered tells that an execution that had stopped runs again:
// somebody redrove it in Step Functions.
type WorkflowRecovered struct {
	Execution string `json:"execution"`
	Reason    string `json:"reason,omitzero"` // of the operator who saw it
}

// Type implements EventData.
func (WorkflowRecovered) Type() EventType { return "workflow.recovered" }

func (WorkflowRecovered) apply(p *Partner, _ Event) { p.Failure = nil }

// RecordRecovery records that the execution that had stopped runs again. When
// it isn't known to have stopped it is refused with CodeStaleVersion, which
// callers treat as done.
func (p Partner) RecordRecovery(execution string, s Stamp) (Event, error) {
	if p.Failure == nil || p.Failure.Execution != execution {
		return Event{}, Refuse(CodeStaleVersion, "This execution isn't known to have stopped.")
	}
	return p.event(s, WorkflowRecovered{Execution: execution}), nil
}

// Redrive starts the workflow anew from the record when the execution that
// conducted the partner runs no more (O2). Every wait asks the record first, so
// the new execution passes what is done and stops where something is owed.
// running says whether the last known execution runs: then there is nothing to
// redrive, and it is refused with CodeWorkflowRunning. One that was known to have
// stopped and runs again is recorded instead: somebody redrove it in Step
// Functions.
func (p Partner) Redrive(running bool, reason string, s Stamp) (Event, error) {
	if err := Invalid(reasonFault("/reason", reason)); err != nil {
		return Event{}, err
	}
	switch {
	case p.Onboarded():
		return Event{}, Refuse(CodeWorkflowNotNeeded, "All five steps are done: no execution is needed.").At(p.path("requirements"))
	case p.Idle:
		return Event{}, Refuse(CodeWorkflowNotNeeded, "No execution is needed at present: the application waits for the partner, whose next command starts one.").At(p.path("requirements"))
	case running && p.Failure != nil:
		return p.event(s, WorkflowRecovered{Execution: p.Failure.Execution, Reason: strings.TrimSpace(reason)}), nil
	case running:
		return Event{}, Refuse(CodeWorkflowRunning, "An execution conducts this partner and runs. Look at it in the Step Functions console; stop it there first if it hangs, then redrive.").At(p.path("verification/case"))
	}
	e := p.event(s, RoundStarted{Reason: strings.TrimSpace(reason)})
	e.Round = p.Round + 1
	e.Follow = append(e.Follow, Follow{StartRound: &StartRound{Round: e.Round}})
	return e, nil
}

// WorkflowStatus is what the record knows of the partner's execution (O2).
type WorkflowStatus string

// How the workflow stands.
const (
	WorkflowConducts WorkflowStatus = "Conducts" // an execution was started and isn't known to have stopped
	WorkflowStopped  WorkflowStatus = "Stopped"  // it stopped: redrive it
	WorkflowIdle     WorkflowStatus = "Idle"     // the partner's next command starts one
	WorkflowDone     WorkflowStatus = "Done"     // all five steps are done
)

// WorkflowStatus says how the partner's workflow stands.
func (p Partner) WorkflowStatus() WorkflowStatus {
	switch {
	case p.Onboarded():
		return WorkflowDone
	case p.Failure != nil:
		return WorkflowStopped
	case p.Idle:
		return WorkflowIdle
	}
	return WorkflowConducts
}

// Class is the stable class of the workflow's status.
func (s WorkflowStatus) Class() Class {
	switch s {
	case WorkflowDone:
		return ClassDone
	case WorkflowStopped:
		return ClassStopped
	case WorkflowIdle:
		return ClassAction
	}
	return ClassWaiting
}

package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Record is a partner as read, with what guards its next write. The zero
// Record stands for a partner that doesn't exist yet.
type Record struct {
	Partner  onboarding.Partner
	Workflow Workflow
	hash     string // of the newest event: the next one is chained to it
}

// Workflow is what the table knows of the partner's executions. It has its own
// revision, so that the workflow coming and going never makes a person's
// If-Match stale.
type Workflow struct {
	Revision  int                          `json:"-"`
	Execution string                       `json:"execution,omitzero"` // ARN of the one that conducts now
	Round     int                          `json:"round,omitzero"`     // that it conducts
	Waits     map[onboarding.WaitName]Wait `json:"waits,omitempty"`
}

// Wait is an open wait: the workflow stands still until its token is answered.
type Wait struct {
	Token     string    `json:"token"`
	EnteredAt time.Time `json:"enteredAt"`         // when the workflow entered the state; a newer token replaces an older one
	Attempt   int       `json:"attempt,omitempty"` // of the state, from 0
	Execution string    `json:"execution"`
}

// Awaiting is the workflow with another wait. It takes the place of what the
// same conductor waited for before: the onboarding waits in one place at a time,
// and so does each execution of a change (V7) or of an application for direct
// bill (X4). None takes another's.
func (w Workflow) Awaiting(name onboarding.WaitName, wait Wait) Workflow {
	w.Waits = w.waits(func(other onboarding.WaitName) bool { return !sameConductor(name, other) })
	w.Waits[name] = wait
	return w
}

// Conducted is the workflow with another execution that conducts the
// onboarding: nothing of an earlier one's is waited for any more. Changes are
// waited for all the same.
func (w Workflow) Conducted(execution string, round int) Workflow {
	w.Execution, w.Round = execution, round
	w.Waits = w.waits(func(other onboarding.WaitName) bool { return !sameConductor(onboarding.WaitBusinessInfo, other) })
	return w
}

// Onboarding are the waits of the onboarding, without those for changes.
func (w Workflow) Onboarding() map[onboarding.WaitName]Wait {
	return w.waits(func(name onboarding.WaitName) bool { return sameConductor(onboarding.WaitBusinessInfo, name) })
}

func (w Workflow) waits(of func(onboarding.WaitName) bool) map[onboarding.WaitName]Wait {
	some := map[onboarding.WaitName]Wait{}
	for name, wait := range w.Waits {
		if of(name) {
			some[name] = wait
		}
	}
	return some
}

func sameConductor(a, b onboarding.WaitName) bool {
	return a.Conductor() == b.Conductor()
}

// NewerThan says that the workflow gave out this wait's token after the
// other's: the state was entered later, or tried again.
func (w Wait) NewerThan(other Wait) bool {
	if w.EnteredAt.Equal(other.EnteredAt) {
		return w.Attempt > other.Attempt
	}
	return w.EnteredAt.After(other.EnteredAt)
}

func partnerItem(p onboarding.Partner, w Workflow, hash string) (item, error) {
	document, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("store: encode partner %s: %w", p.ID, err)
	}
	workflow, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("store: encode workflow of %s: %w", p.ID, err)
	}
	i := key(partnerPK(p.ID), partnerSK)
	i["version"], i["workflowRevision"] = num(p.Version), num(w.Revision)
	i["document"], i["workflow"], i["hash"] = str(string(document)), str(string(workflow)), str(hash)
	if at, ok := p.NextDeadline(); ok {
		i["duePk"], i["dueAt"] = str(duePK(DueDeadline, p.ID)), str(stamp(p.Real(at)))
	}
	enqueue(i, p)
	return i, nil
}

func partnerRecord(i item) (Record, error) {
	var r Record
	if err := json.Unmarshal([]byte(text(i, "document")), &r.Partner); err != nil {
		return r, fmt.Errorf("store: decode %s: %w", text(i, "pk"), err)
	}
	if err := json.Unmarshal([]byte(text(i, "workflow")), &r.Workflow); err != nil {
		return r, fmt.Errorf("store: decode workflow of %s: %w", text(i, "pk"), err)
	}
	r.Workflow.Revision, r.hash = number(i, "workflowRevision"), text(i, "hash")
	return r, nil
}

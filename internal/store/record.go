package store

import (
	"crypto/sha256"
	"encoding/hex"
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
// and so does each change's execution (V7). Neither takes the other's.
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
	_, one, ofOne := a.Change()
	_, other, ofOther := b.Change()
	return ofOne == ofOther && one == other
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

// StoredEvent is an event as it lies in the table.
type StoredEvent struct {
	onboarding.Event
	Hash     string
	Previous string // the hash of the event before, "" for the first
	Attempts int    // of the outbox, so far
	DueAt    time.Time

	actor, data, clock []byte // as stored: what the hash was made of
}

// hashEvent chains an event to the one before: SHA-256 over the previous hash
// and the event's content. What must follow isn't part of it, because that is
// removed once done.
//
// The bytes hashed are the ones stored, so a later program that writes the
// same event in another way still verifies the old chain.
func hashEvent(previous string, e onboarding.Event, actor, data, clock []byte) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n%d\n%s\n%s\n%d\n", previous, e.ID, e.PartnerID, e.Sequence, stamp(e.At), e.Data.Type(), e.Round)
	h.Write(actor)
	h.Write([]byte{'\n'})
	h.Write(data)
	if len(clock) > 0 { // of a test partner alone
		h.Write([]byte{'\n'})
		h.Write(clock)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// real is the event's time by the real clock: a test partner's own may be ahead.
func eventItem(previous string, e onboarding.Event, real time.Time) (i item, hash string, err error) {
	actor, err := json.Marshal(e.Actor)
	if err != nil {
		return nil, "", fmt.Errorf("store: encode actor: %w", err)
	}
	data, err := json.Marshal(e.Data)
	if err != nil {
		return nil, "", fmt.Errorf("store: encode event %s: %w", e.Data.Type(), err)
	}
	var clock []byte
	if e.Clock != nil {
		if clock, err = json.Marshal(e.Clock); err != nil {
			return nil, "", fmt.Errorf("store: encode the clock: %w", err)
		}
	}
	hash = hashEvent(previous, e, actor, data, clock)
	i = key(partnerPK(e.PartnerID), eventKey(e.Sequence))
	i["id"], i["type"], i["at"] = str(e.ID), str(string(e.Data.Type())), str(stamp(e.At))
	i["actor"], i["data"], i["hash"], i["previous"] = str(string(actor)), str(string(data)), str(hash), str(previous)
	if clock != nil {
		i["clock"] = str(string(clock))
	}
	if e.Round > 0 {
		i["round"] = num(e.Round)
	}
	if len(e.Follow) > 0 {
		follow, err := json.Marshal(e.Follow)
		if err != nil {
			return nil, "", fmt.Errorf("store: encode what follows: %w", err)
		}
		i["follow"] = str(string(follow))
		i["duePk"], i["dueAt"] = str(duePK(DueOutbox, e.PartnerID)), str(stamp(real))
	}
	return i, hash, nil
}

func storedEvent(i item) (StoredEvent, error) {
	e := StoredEvent{Hash: text(i, "hash"), Previous: text(i, "previous"), Attempts: number(i, "attempts"), DueAt: parseStamp(text(i, "dueAt"))}
	e.ID, e.At, e.Round = text(i, "id"), parseStamp(text(i, "at")), number(i, "round")
	e.PartnerID = text(i, "pk")[len("PARTNER#"):]
	if _, err := fmt.Sscanf(text(i, "sk"), eventSK+"%d", &e.Sequence); err != nil {
		return e, fmt.Errorf("store: event key %q: %w", text(i, "sk"), err)
	}
	e.actor, e.data, e.clock = []byte(text(i, "actor")), []byte(text(i, "data")), []byte(text(i, "clock"))
	if len(e.clock) > 0 {
		if err := json.Unmarshal(e.clock, &e.Clock); err != nil {
			return e, fmt.Errorf("store: clock of event %s: %w", e.ID, err)
		}
	}
	if err := json.Unmarshal(e.actor, &e.Actor); err != nil {
		return e, fmt.Errorf("store: actor of event %s: %w", e.ID, err)
	}
	var err error
	if e.Data, err = onboarding.DecodeEventData(onboarding.EventType(text(i, "type")), e.data); err != nil {
		return e, err
	}
	if follow := text(i, "follow"); follow != "" {
		if err := json.Unmarshal([]byte(follow), &e.Follow); err != nil {
			return e, fmt.Errorf("store: what follows event %s: %w", e.ID, err)
		}
	}
	return e, nil
}

// VerifyChain recomputes the hash chain over all events of a partner, in
// sequence, and says at which it breaks.
func VerifyChain(events []StoredEvent) error {
	previous := ""
	for n, e := range events {
		if e.Sequence != n+1 || e.Previous != previous || e.Hash != hashEvent(previous, e.Event, e.actor, e.data, e.clock) {
			return fmt.Errorf("store: the chain of partner %s breaks at event %d", e.PartnerID, n+1)
		}
		previous = e.Hash
	}
	return nil
}

package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/chain"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// StoredEvent is an event as it lies in the table.
type StoredEvent struct {
	onboarding.Event
	Hash     string
	Previous string // the hash of the event before, "" for the first
	ErasedBy string // id of the event that erased its content: what is here is what was left
	Attempts int    // of the outbox, so far
	DueAt    time.Time

	commitment string // of an erased event; of others it follows from the content
	content    chain.Content
	public     string // as stored
}

// Chained is the event as the chain has it, with its content.
func (e StoredEvent) Chained() chain.Event {
	c := e.content
	l := link(e.Previous, e.Event)
	l.Public, l.Commitment, l.Hash = e.public, e.commitment, e.Hash
	if e.ErasedBy == "" {
		l.Commitment = c.Commitment()
	}
	return chain.Event{Link: l, Content: &c, ErasedBy: e.ErasedBy}
}

func link(previous string, e onboarding.Event) chain.Link {
	return chain.Link{Sequence: e.Sequence, ID: e.ID, PartnerID: e.PartnerID, At: stamp(e.At), Type: string(e.Data.Type()), Round: e.Round, Previous: previous}
}

// contentOf is an event's content under a salt, "" for none.
func contentOf(salt string, e onboarding.Event) (chain.Content, error) {
	c := chain.Content{Salt: salt}
	actor, err := json.Marshal(e.Actor)
	if err != nil {
		return c, fmt.Errorf("store: encode actor: %w", err)
	}
	data, err := json.Marshal(e.Data)
	if err != nil {
		return c, fmt.Errorf("store: encode event %s: %w", e.Data.Type(), err)
	}
	c.Actor, c.Data = string(actor), string(data)
	if e.Clock != nil { // of a test partner alone
		clock, err := json.Marshal(e.Clock)
		if err != nil {
			return c, fmt.Errorf("store: encode the clock: %w", err)
		}
		c.Clock = string(clock)
	}
	return c, nil
}

// eventItem chains an event to the one before. real is the event's time by the
// real clock: a test partner's own may be ahead.
func eventItem(salt, previous string, e onboarding.Event, real time.Time) (i item, hash string, err error) {
	c, err := contentOf(salt, e)
	if err != nil {
		return nil, "", err
	}
	l := link(previous, e)
	if e.Public != nil {
		public, err := json.Marshal(e.Public)
		if err != nil {
			return nil, "", fmt.Errorf("store: encode what is public of %s: %w", e.Data.Type(), err)
		}
		l.Public = string(public)
	}
	l.Commitment = c.Commitment()
	hash = l.Sum()
	i = key(partnerPK(e.PartnerID), eventKey(e.Sequence))
	i["id"], i["type"], i["at"] = str(e.ID), str(l.Type), str(l.At)
	i["salt"], i["actor"], i["data"], i["hash"], i["previous"] = str(c.Salt), str(c.Actor), str(c.Data), str(hash), str(previous)
	if c.Clock != "" {
		i["clock"] = str(c.Clock)
	}
	if l.Public != "" {
		i["public"] = str(l.Public)
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
	e := StoredEvent{Hash: text(i, "hash"), Previous: text(i, "previous"), ErasedBy: text(i, "erasedBy"), Attempts: number(i, "attempts"), DueAt: parseStamp(text(i, "dueAt"))}
	e.ID, e.At, e.Round = text(i, "id"), parseStamp(text(i, "at")), number(i, "round")
	e.PartnerID = text(i, "pk")[len("PARTNER#"):]
	if _, err := fmt.Sscanf(text(i, "sk"), eventSK+"%d", &e.Sequence); err != nil {
		return e, fmt.Errorf("store: event key %q: %w", text(i, "sk"), err)
	}
	e.commitment, e.public = text(i, "commitment"), text(i, "public")
	if e.public != "" {
		if err := json.Unmarshal([]byte(e.public), &e.Public); err != nil {
			return e, fmt.Errorf("store: what is public of event %s: %w", e.ID, err)
		}
	}
	e.content = chain.Content{Salt: text(i, "salt"), Actor: text(i, "actor"), Data: text(i, "data"), Clock: text(i, "clock")}
	if e.content.Clock != "" {
		if err := json.Unmarshal([]byte(e.content.Clock), &e.Clock); err != nil {
			return e, fmt.Errorf("store: clock of event %s: %w", e.ID, err)
		}
	}
	if err := json.Unmarshal([]byte(e.content.Actor), &e.Actor); err != nil {
		return e, fmt.Errorf("store: actor of event %s: %w", e.ID, err)
	}
	var err error
	if e.Data, err = onboarding.DecodeEventData(onboarding.EventType(text(i, "type")), []byte(e.content.Data)); err != nil {
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
// sequence, and says at which it breaks. Of an erased event it verifies that it
// was there and that what is left of it is what its erasure left; which are
// erased is in their ErasedBy.
func VerifyChain(events []StoredEvent) error {
	chained := make([]chain.Event, len(events))
	for n, e := range events {
		chained[n] = e.Chained()
	}
	_, err := chain.VerifyEvents(chained)
	return err
}

package onboarding

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Public is what an event tells other systems. It is made once, when the event
// is, and kept with it: the bus and the feed tell the same, also when a later
// program would tell it in another way, or the event's content has been erased.
type Public struct {
	Type     string          `json:"type"`
	Version  int             `json:"version"` // of the type's schema
	Previous int             `json:"previous"`
	By       ActorKind       `json:"by"`
	Test     bool            `json:"test,omitzero"`
	Data     json.RawMessage `json:"data"`
}

// PublicEvent is the contract with other systems: what they get on the bus, in
// the feed and by webhook. api/events holds the schema of each type and version.
// It names no person and no address.
type PublicEvent struct {
	ID        string          `json:"id"`      // the same each time it is sent: to recognise a repetition by
	Type      string          `json:"type"`    // never renamed
	Version   int             `json:"version"` // of the type's schema
	PartnerID string          `json:"partnerId"`
	Sequence  int             `json:"sequence"` // the place among all of the partner's events
	Previous  int             `json:"previous"` // sequence of the partner's public event before this one, 0 for the first
	Time      time.Time       `json:"time"`
	By        ActorKind       `json:"by"`   // who did it: on whose side, not who
	Test      bool            `json:"test"` // of a test partner
	Data      json.RawMessage `json:"data"` // by type
}

// PublicType is a type of public events. What is published is never changed but
// for members that are added; anything else is a new version beside the old.
type PublicType struct {
	Name    string
	Version int
	Doc     string
	Data    any // an empty one; its tags are the schema

	// Distributors says that every distributor in an active relationship may
	// read it. A type whose data names a distributor is for that one alone.
	Distributors bool
}

// publication says what becomes of a type of internal events in public.
type publication struct {
	tell   func(before, after Partner, e Event) (told, bool)
	reason string // why it is private
}

// told is the content of a public event; the zero value is nothing.
type told struct {
	name string
	data any
}

// private keeps a type of events within.
func private(reason string) publication { return publication{reason: reason} }

// public tells of a type of events. tell may leave one out by the zero value.
func public[D EventData](tell func(before, after Partner, d D) told) publication {
	return publication{tell: func(before, after Partner, e Event) (told, bool) {
		d, ok := e.Data.(D)
		if !ok {
			d = *any(e.Data).(*D)
		}
		said := tell(before, after, d)
		return said, said.name != ""
	}}
}

// publish is what an event tells in public, nil for nothing. Like the rules, it
// is made of the partner and the event alone.
func (p Partner) publish(after Partner, e Event) *Public {
	rule := publications[e.Data.Type()]
	if rule.tell == nil {
		return nil
	}
	said, ok := rule.tell(p, after, e)
	if !ok {
		return nil
	}
	i := slices.IndexFunc(publicTypes, func(t PublicType) bool { return t.Name == said.name })
	if i < 0 {
		panic(fmt.Sprintf("onboarding: %s is no public type", said.name))
	}
	data, err := json.Marshal(said.data)
	if err != nil {
		panic(fmt.Sprintf("onboarding: %s: %v", said.name, err)) // of structs of texts, numbers and times: it can't
	}
	return &Public{Type: said.name, Version: publicTypes[i].Version, Previous: p.LastPublic, By: e.Actor.Kind, Test: after.Test, Data: data}
}

// Published is the event as other systems get it; ok is false for one that is
// private. Bus, feed and webhooks all ask here.
func (e Event) Published() (public PublicEvent, ok bool) {
	if e.Public == nil {
		return PublicEvent{}, false
	}
	return PublicEvent{
		ID: e.ID, Type: e.Public.Type, Version: e.Public.Version, PartnerID: e.PartnerID, Sequence: e.Sequence, Previous: e.Public.Previous,
		Time: e.At, By: e.Public.By, Test: e.Public.Test, Data: e.Public.Data,
	}, true
}

// PublicTypes lists the types of public events, each in its newest version.
func PublicTypes() []PublicType { return slices.Clone(publicTypes) }

// Publication says whether events of a type are told in public and, when they
// aren't, why.
func Publication(t EventType) (public bool, reason string, known bool) {
	rule, known := publications[t]
	return rule.tell != nil, rule.reason, known
}

// MayRead says whether a principal who may view the partner's events may read
// this one. A distributor reads what names it, and while its relationship is
// active also those events since then that are for distributors: whether the
// reseller may go on transacting, and nothing else about it (D6).
func (p Partner) MayRead(by Principal, e PublicEvent) bool {
	if by.DistributorID == "" {
		return true
	}
	var about struct {
		DistributorID string `json:"distributorId"`
	}
	if err := json.Unmarshal(e.Data, &about); err != nil {
		return false
	}
	if about.DistributorID != "" {
		return about.DistributorID == by.DistributorID
	}
	return slices.ContainsFunc(publicTypes, func(t PublicType) bool { return t.Name == e.Type && t.Distributors }) &&
		slices.ContainsFunc(p.activeRelationships(), func(r Relationship) bool {
			return r.DistributorID == by.DistributorID && !e.Time.Before(r.AcceptedAt)
		})
}

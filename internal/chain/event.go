package chain

import (
	"encoding/json"
	"fmt"
)

// Event is an event of a chain with its content, if it is at hand: to a
// verifier elsewhere only some may be given.
type Event struct {
	Link
	Content  *Content `json:"content,omitempty"`
	ErasedBy string   `json:"erasedBy,omitzero"` // id of the event that erased it; the content is then the redacted one, without a salt
}

// ErasureType is the type of the event that erases content of earlier ones. Its
// data has a member "erased", a list of Erasure.
const ErasureType = "privacy.contentErased"

// Erasure is what an erasure says of one event: where it is, and the digest of
// what was put in the place of its content.
type Erasure struct {
	Sequence int    `json:"sequence"`
	Digest   string `json:"digest"` // Content.Digest of the redacted content
}

// Verified says what of a chain was verified.
type Verified struct {
	Contents int            // events whose content is the one committed to
	Absent   []int          // sequences of events whose content isn't at hand
	Erased   map[int]string // by sequence, the id of the event that erased it
}

// VerifyEvents verifies a chain and the contents at hand. An erased event's
// redacted content must be the one that a later erasure of the same chain
// named: so neither can an event be called erased that wasn't, nor what was left
// of it be changed.
func VerifyEvents(events []Event) (Verified, error) {
	v := Verified{Erased: map[int]string{}}
	links := make([]Link, len(events))
	for n, e := range events {
		links[n] = e.Link
	}
	if err := Verify(links); err != nil {
		return v, err
	}
	last, err := erasures(events)
	if err != nil {
		return v, err
	}
	for _, e := range events {
		erased := last[e.Sequence]
		switch {
		case e.Content == nil:
			v.Absent = append(v.Absent, e.Sequence)
		case e.ErasedBy == "" && !e.Holds(*e.Content):
			return v, &Broken{e.PartnerID, e.Sequence, "its content isn't the one committed to"}
		case e.ErasedBy == "":
			v.Contents++
		case erased.by != e.ErasedBy:
			return v, &Broken{e.PartnerID, e.Sequence, "it is called erased, and the event that it names didn't erase it"}
		case erased.digest != e.Content.Digest():
			return v, &Broken{e.PartnerID, e.Sequence, "what is left of it isn't what its erasure left"}
		}
		if e.ErasedBy != "" {
			v.Erased[e.Sequence] = e.ErasedBy
		}
	}
	return v, nil
}

type erasure struct{ by, digest string }

// erasures is the last erasure of each event: one may be erased again, of
// another person.
func erasures(events []Event) (map[int]erasure, error) {
	last := map[int]erasure{}
	for _, e := range events {
		if e.Type != ErasureType || e.Content == nil {
			continue
		}
		var data struct {
			Erased []Erasure `json:"erased"`
		}
		if err := json.Unmarshal([]byte(e.Content.Data), &data); err != nil {
			return nil, &Broken{e.PartnerID, e.Sequence, fmt.Sprintf("the erasure can't be read: %v", err)}
		}
		for _, x := range data.Erased {
			if x.Sequence >= e.Sequence {
				return nil, &Broken{e.PartnerID, e.Sequence, "it erases an event that came later"}
			}
			last[x.Sequence] = erasure{e.ID, x.Digest}
		}
	}
	return last, nil
}

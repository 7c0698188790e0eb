package chain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// told is a chain of n events, each with its content.
func told(n int) []Event {
	var events []Event
	for i := range n {
		salt, _ := NewSalt(bytes.NewReader(bytes.Repeat([]byte{byte(i)}, saltBytes)))
		events = tell(events, "partner.enrolled", Content{Salt: salt, Actor: `{"kind":"partner"}`, Data: fmt.Sprintf(`{"email":"ada%d@contoso.example"}`, i)})
	}
	return events
}

func tell(events []Event, kind string, c Content) []Event {
	n := len(events) + 1
	l := Link{Sequence: n, ID: fmt.Sprintf("e-%d", n), PartnerID: "P-1", At: "2026-03-02T08:00:00.000Z", Type: kind, Commitment: c.Commitment()}
	if n > 1 {
		l.Previous = events[n-2].Hash
	}
	l.Hash = l.Sum()
	return append(events, Event{Link: l, Content: &c})
}

// erase redacts events, as an event of the chain tells.
func erase(events []Event, left string, sequences ...int) []Event {
	var data struct {
		Erased []Erasure `json:"erased"`
	}
	events = slices.Clone(events)
	by := fmt.Sprintf("e-%d", len(events)+1)
	for _, n := range sequences {
		c := Content{Actor: "{}", Data: left}
		events[n-1].Content, events[n-1].ErasedBy = &c, by
		data.Erased = append(data.Erased, Erasure{n, c.Digest()})
	}
	text, _ := json.Marshal(data)
	return tell(events, ErasureType, Content{Salt: "salt", Actor: "{}", Data: string(text)})
}

func TestO3_AChainVerifiesWithContentsErasedOrNotAtHand(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := told(rapid.IntRange(1, 8).Draw(t, "events"))
		erased := map[int]bool{}
		for range rapid.IntRange(0, 3).Draw(t, "erasures") {
			some := rapid.SliceOfNDistinct(rapid.IntRange(1, len(events)), 1, len(events), rapid.ID).Draw(t, "erased")
			some = slices.DeleteFunc(some, func(n int) bool { return events[n-1].Type == ErasureType })
			for _, n := range some {
				erased[n] = true
			}
			events = erase(events, `{"erased":true}`, some...)
		}
		v, err := VerifyEvents(events)
		if err != nil || len(v.Erased) != len(erased) || v.Contents != len(events)-len(erased) || v.Absent != nil {
			t.Fatalf("%+v, %v", v, err)
		}
		for n := range erased {
			if v.Erased[n] == "" || events[n-1].Content.Salt != "" {
				t.Fatalf("event %d: %+v", n, events[n-1])
			}
		}
		for i := range events {
			if rapid.Bool().Draw(t, "at hand") {
				events[i].Content = nil
			}
		}
		links := []Link{}
		for _, e := range events {
			links = append(links, e.Link)
		}
		if err := Verify(links[:rapid.IntRange(0, len(links)).Draw(t, "up to")]); err != nil {
			t.Fatal(err)
		}
	})
}

func TestO3_EveryChangeOfALinkOrAContentBreaksTheChain(t *testing.T) {
	with := func(n int, change func(*Event)) func([]Event) []Event {
		return func(events []Event) []Event {
			c := *events[n-1].Content
			events[n-1].Content = &c
			change(&events[n-1])
			return events
		}
	}
	for name, tamper := range map[string]func([]Event) []Event{
		"the id":                              with(2, func(e *Event) { e.ID = "x" }),
		"the partner":                         with(2, func(e *Event) { e.PartnerID = "P-2" }),
		"the time":                            with(2, func(e *Event) { e.At = "2026-03-03T08:00:00.000Z" }),
		"the type":                            with(2, func(e *Event) { e.Type = "x" }),
		"what is public":                      with(2, func(e *Event) { e.Public = "{}" }),
		"the round":                           with(2, func(e *Event) { e.Round = 2 }),
		"the commitment":                      with(2, func(e *Event) { e.Commitment = strings.Repeat("0", 64) }),
		"the hash":                            with(2, func(e *Event) { e.Hash = strings.Repeat("0", 64) }),
		"the hash before":                     with(2, func(e *Event) { e.Previous = "" }),
		"the salt":                            with(2, func(e *Event) { e.Content.Salt = "x" }),
		"the actor":                           with(2, func(e *Event) { e.Content.Actor = "{}" }),
		"the data":                            with(2, func(e *Event) { e.Content.Data = "{}" }),
		"the clock":                           with(2, func(e *Event) { e.Content.Clock = "{}" }),
		"text moved from one part to another": with(2, func(e *Event) { c := e.Content; c.Actor, c.Data = c.Actor+c.Data[:1], c.Data[1:] }),
		"called erased, by an event that isn't one":  with(2, func(e *Event) { e.ErasedBy = "e-4" }),
		"called erased, by the erasure of another":   with(2, func(e *Event) { e.ErasedBy = "e-5" }),
		"an erased event's rest":                     with(3, func(e *Event) { e.Content.Data = `{"decision":"Authorized"}` }),
		"an erased event passed for whole":           with(3, func(e *Event) { e.ErasedBy = "" }),
		"the erasure":                                with(5, func(e *Event) { e.Content.Data = `{"erased":[]}` }),
		"an erasure that can't be read":              with(5, func(e *Event) { e.Content.Data = `[]` }),
		"an event taken out":                         func(e []Event) []Event { return slices.Delete(e, 1, 2) },
		"the first taken out":                        func(e []Event) []Event { return e[1:] },
		"two events in each other's place":           func(e []Event) []Event { e[0], e[1] = e[1], e[0]; return e },
		"an erasure of an event that comes after it": func(e []Event) []Event { return erase(e, "{}", 5)[:5:5] },
		"erased by an erasure that comes before it": func([]Event) []Event {
			return tell(erase(told(1), "{}", 1), ErasureType, Content{Data: `{"erased":[{"sequence":3}]}`})
		},
		"an event erased whose erasure isn't at hand": with(5, func(e *Event) { e.Content = nil }),
		"a chain of two partners, each event well made": func(e []Event) []Event {
			l := e[4].Link
			l.PartnerID = "P-2"
			l.Hash = l.Sum()
			e[4].Link = l
			return e
		},
		"the second erasure of an event with the first's": func(e []Event) []Event {
			was := e[2]
			e = erase(e, `{"more":"erased"}`, 3)
			e[2].Content = was.Content
			return e
		},
	} {
		t.Run("O3 "+name, func(t *testing.T) {
			events := erase(told(4), `{"erased":true}`, 3)
			if _, err := VerifyEvents(events); err != nil {
				t.Fatal(err)
			}
			_, err := VerifyEvents(tamper(events))
			var broken *Broken
			if !errors.As(err, &broken) || broken.Sequence == 0 || broken.PartnerID == "" || err.Error() == "" {
				t.Errorf("the chain holds: %v", err)
			}
		})
	}
}

// A content without its salt could be any: two contents that differ leave the
// same traces but for random ones.
func TestO3_ACommitmentSaysNothingWithoutItsSalt(t *testing.T) {
	c := Content{Actor: "{}", Data: "{}"}
	seen := map[string]bool{}
	for range 100 {
		salt, err := NewSalt(rand{})
		if err != nil || len(salt) != 22 {
			t.Fatalf("%q, %v", salt, err)
		}
		c.Salt = salt
		seen[c.Commitment()] = true
	}
	if len(seen) != 100 {
		t.Errorf("the same content has %d commitments of 100", len(seen))
	}
	if _, err := NewSalt(strings.NewReader("short")); err == nil {
		t.Error("a salt was made of what isn't random enough")
	}
}

var drawn byte

type rand struct{}

func (rand) Read(b []byte) (int, error) {
	drawn++
	for i := range b {
		b[i] = drawn
	}
	return len(b), nil
}

func TestAnOfflineVerifierLinksNothingButTheStandardLibrary(t *testing.T) {
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range parsed.Imports {
			if strings.Contains(i.Path.Value, ".") {
				t.Errorf("%s imports %s", f.Name(), i.Path.Value)
			}
		}
	}
}

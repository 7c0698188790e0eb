//go:build stack

package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestWhatIsCommittedIsReadBack(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	r := mustEnrol(t, s, "P-1", "t-1", save("Contoso"), submit, confirm, authorize)
	got := mustLoad(t, s, "P-1")
	if !reflect.DeepEqual(got.Partner, r.Partner) || got.hash != r.hash || got.Workflow.Revision != r.Workflow.Revision || len(got.Workflow.Waits) != 0 {
		t.Errorf("read back as %+v\ncommitted %+v", got, r)
	}
	events, err := s.Events(t.Context(), "P-1")
	if err != nil || len(events) != r.Partner.Version {
		t.Fatalf("%d events, %v", len(events), err)
	}
	t.Run("O3 the chain of events holds", func(t *testing.T) {
		if err := VerifyChain(events); err != nil {
			t.Error(err)
		}
	})
	t.Run("the partner is the sum of its stored events", func(t *testing.T) {
		p := onboarding.Partner{}
		for _, e := range events {
			p = p.Apply(e.Event)
		}
		if !reflect.DeepEqual(p, got.Partner) {
			t.Errorf("%+v\nwant %+v", p, got.Partner)
		}
	})
	t.Run("a partner that isn't there is the zero record", func(t *testing.T) {
		if r := mustLoad(t, s, "P-2"); r.Partner.Enrolled() || r.Partner.Version != 0 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("E3 the tenant's partner is found", func(t *testing.T) {
		for tenant, want := range map[string]string{"t-1": "P-1", "t-2": ""} {
			if id, replay, err := s.LoadTenant(t.Context(), tenant, Request{}, monday); err != nil || id != want || replay != nil {
				t.Errorf("%s has %q, %v, %v", tenant, id, replay, err)
			}
		}
	})
}

func TestE3_TwentyEnrolmentsAtOnceMakeOnePartner(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var group sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		group.Go(func() {
			_, _, errs[i] = s.Commit(t.Context(), Change{Event: enrol(t, fmt.Sprintf("P-%d", i), "t-1", fmt.Sprintf("e-%d", i), monday)})
		})
	}
	group.Wait()
	made := -1
	for i, err := range errs {
		switch {
		case err == nil && made < 0:
			made = i
		case err == nil:
			t.Errorf("the partners %d and %d were both made", made, i)
		case !errors.Is(err, ErrTenantTaken) && !errors.Is(err, ErrConflict):
			t.Errorf("enrolment %d: %v", i, err)
		}
	}
	id, _, err := s.LoadTenant(t.Context(), "t-1", Request{}, monday)
	if err != nil || id != fmt.Sprintf("P-%d", made) {
		t.Errorf("the tenant has %q, %v; made was %d", id, err, made)
	}
	if n := count(t, s); n != 3 {
		t.Errorf("the table holds %d items: one partner, one event and one uniqueness item were expected", n)
	}
	t.Run("E3 later ones are told so", func(t *testing.T) {
		_, _, err := s.Commit(t.Context(), Change{Event: enrol(t, "P-99", "t-1", "e-99", monday)})
		if !errors.Is(err, ErrTenantTaken) {
			t.Error(err)
		}
	})
}

// count is how many items the table holds.
func count(t *testing.T, s *Store) int {
	t.Helper()
	return len(all(t, s))
}

func all(t *testing.T, s *Store) []item {
	t.Helper()
	out, err := client(nil).Scan(t.Context(), &dynamodb.ScanInput{TableName: &s.table, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	return out.Items
}

func TestOfTwoWhoReadTheSameOneIsToldOfTheConflict(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	r := mustEnrol(t, s, "P-1", "t-1")
	mustCommit(t, s, r, save("First"))
	before := all(t, s)
	e, err := save("Second")(r.Partner, stampOf("e-second", monday, admin("t-1")))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = s.Commit(t.Context(), Change{Before: r, Event: e, Request: Request{Hash: "h", BodyHash: "b"}, Answer: Answer{Status: 200}})
	if !errors.Is(err, ErrConflict) {
		t.Errorf("%v, want a conflict", err)
	}
	t.Run("and nothing is written", func(t *testing.T) {
		if after := all(t, s); !reflect.DeepEqual(sorted(after), sorted(before)) {
			t.Errorf("the table held %v\nnow %v", before, after)
		}
	})
}

// sorted are items by their keys.
func sorted(items []item) map[string]item {
	m := map[string]item{}
	for _, i := range items {
		m[text(i, "pk")+" "+text(i, "sk")] = i
	}
	return m
}

func TestManyWritersLoseNoChange(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	mustEnrol(t, s, "P-1", "t-1")
	const writers, each = 8, 5
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			for n := range each {
				for try := 0; ; try++ {
					r, _, err := s.Load(t.Context(), "P-1", Request{}, monday)
					if err != nil {
						t.Error(err)
						return
					}
					e, err := save(fmt.Sprintf("%d of %d", n, w))(r.Partner, stampOf(fmt.Sprintf("e-%d-%d-%d", w, n, try), monday, admin("t-1")))
					if err != nil {
						t.Error(err)
						return
					}
					_, _, err = s.Commit(t.Context(), Change{Before: r, Event: e})
					if err == nil {
						break
					}
					if !errors.Is(err, ErrConflict) || try > 500 {
						t.Errorf("after %d tries: %v", try, err)
						return
					}
				}
			}
		})
	}
	group.Wait()
	events, err := s.Events(t.Context(), "P-1")
	if err != nil || len(events) != 1+writers*each || mustLoad(t, s, "P-1").Partner.Version != len(events) {
		t.Errorf("%d events, %v", len(events), err)
	}
	if err := VerifyChain(events); err != nil {
		t.Error(err)
	}
}

func TestAnOwnWriteIsRecognisedAfterItsAnswerWasLost(t *testing.T) {
	t.Parallel()
	first := func(t *testing.T, s *Store) Change {
		return Change{Event: enrol(t, "P-1", "t-1", "e-1", monday), Request: Request{Hash: "h", BodyHash: "b"}, Answer: Answer{Status: 201}}
	}
	later := func(t *testing.T, s *Store) Change {
		r := mustEnrol(t, s, "P-1", "t-1")
		e, err := save("Contoso")(r.Partner, stampOf("e-2", monday, admin("t-1")))
		if err != nil {
			t.Fatal(err)
		}
		return Change{Before: r, Event: e, Request: Request{Hash: "h", BodyHash: "b"}, Answer: Answer{Status: 200}}
	}
	for name, change := range map[string]func(*testing.T, *Store) Change{"a first event": first, "a later event": later} {
		t.Run(name+", the SDK tries again", func(t *testing.T) {
			t.Parallel()
			table := newTable(t)
			f := &fault{operation: "TransactWriteItems", lose: 1}
			c := change(t, New(client(nil), table))
			r, _, err := New(client(f), table).Commit(t.Context(), c)
			if err != nil || f.lost.Load() != 1 || f.calls.Load() != 2 || r.Partner.Version != c.Event.Sequence {
				t.Errorf("%v after %d calls, %d of them without an answer; version %d", err, f.calls.Load(), f.lost.Load(), r.Partner.Version)
			}
			wantOnce(t, New(client(nil), table), c)
		})
		t.Run(name+", the caller tries again", func(t *testing.T) {
			t.Parallel()
			table := newTable(t)
			f := &fault{operation: "TransactWriteItems", lose: 1}
			c := change(t, New(client(nil), table))
			s := New(client(f, withoutRetries), table)
			if _, _, err := s.Commit(t.Context(), c); err == nil || errors.Is(err, ErrConflict) || errors.Is(err, ErrTenantTaken) {
				t.Fatalf("the lost answer was told as %v", err)
			}
			r, _, err := s.Commit(t.Context(), c)
			if err != nil || r.Partner.Version != c.Event.Sequence {
				t.Errorf("the own write was told as %v", err)
			}
			wantOnce(t, s, c)
			t.Run("and serves the next command", func(t *testing.T) {
				mustCommit(t, s, r, save("Next"))
				if events, err := s.Events(t.Context(), "P-1"); err != nil || VerifyChain(events) != nil { // the second try had another salt
					t.Errorf("%v, %v", err, VerifyChain(events))
				}
			})
		})
	}
	t.Run("another's write isn't taken for one's own", func(t *testing.T) {
		t.Parallel()
		s := newStore(t)
		c := later(t, s)
		if _, _, err := s.Commit(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		c.Event.ID = "e-other"
		if _, _, err := s.Commit(t.Context(), c); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	})
}

// wantOnce fails unless a change was written exactly once.
func wantOnce(t *testing.T, s *Store, c Change) {
	t.Helper()
	events, err := s.Events(t.Context(), c.Event.PartnerID)
	if err != nil || len(events) != c.Event.Sequence || events[len(events)-1].ID != c.Event.ID {
		t.Errorf("%d events, %v", len(events), err)
	}
	if err := VerifyChain(events); err != nil {
		t.Error(err)
	}
	r, replay, err := s.Load(t.Context(), c.Event.PartnerID, c.Request, c.Event.At)
	if err != nil || r.Partner.Version != c.Event.Sequence || replay == nil || replay.Answer.Status != c.Answer.Status {
		t.Errorf("version %d, replay %+v, %v", r.Partner.Version, replay, err)
	}
}

func TestAnAnswerIsKeptForADay(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	r := mustEnrol(t, s, "P-1", "t-1")
	request := Request{Hash: "hash-1", BodyHash: "body-1"}
	answer := Answer{Status: 201, Headers: map[string]string{"ETag": `"2"`}, Body: json.RawMessage(`{"a": [1, "ü"]}`)}
	e, err := save("Contoso")(r.Partner, stampOf("e-2", monday, admin("t-1")))
	if err != nil {
		t.Fatal(err)
	}
	r, _, err = s.Commit(t.Context(), Change{Before: r, Event: e, Request: request, Answer: answer})
	if err != nil {
		t.Fatal(err)
	}
	load := func(t *testing.T, hash string, now time.Time) *Replay {
		t.Helper()
		record, replay, err := s.Load(t.Context(), "P-1", Request{Hash: hash}, now)
		if err != nil || record.Partner.Version != 2 {
			t.Fatalf("version %d, %v", record.Partner.Version, err)
		}
		return replay
	}
	t.Run("and given again, as it was", func(t *testing.T) {
		got := load(t, "hash-1", monday.Add(24*time.Hour-time.Second))
		if got == nil || got.BodyHash != "body-1" || got.Answer.Status != 201 || got.Answer.Headers["ETag"] != `"2"` || compact(t, got.Answer.Body) != compact(t, answer.Body) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("not to another request", func(t *testing.T) {
		if got := load(t, "hash-2", monday); got != nil {
			t.Errorf("%+v", got)
		}
	})
	t.Run("also when only the tenant is asked for", func(t *testing.T) {
		if id, got, err := s.LoadTenant(t.Context(), "t-1", request, monday); err != nil || id != "P-1" || got == nil || got.Answer.Status != 201 {
			t.Errorf("%q, %+v, %v", id, got, err)
		}
	})
	t.Run("a second use of the key is a conflict, not a second effect", func(t *testing.T) {
		e, err := save("Again")(r.Partner, stampOf("e-3", monday, admin("t-1")))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Commit(t.Context(), Change{Before: r, Event: e, Request: request}); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
		if v := mustLoad(t, s, "P-1").Partner.Version; v != 2 {
			t.Errorf("version %d", v)
		}
	})
	t.Run("expired it isn't given, and the key can be used again although the item is still there", func(t *testing.T) {
		now := monday.Add(24 * time.Hour)
		if got := load(t, "hash-1", now); got != nil {
			t.Errorf("%+v", got)
		}
		e, err := save("Again")(r.Partner, stampOf("e-4", now, admin("t-1")))
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Commit(t.Context(), Change{Before: r, Event: e, Request: request, Answer: Answer{Status: 299}}); err != nil {
			t.Fatal(err)
		}
		if _, got, err := s.Load(t.Context(), "P-1", request, now); err != nil || got == nil || got.Answer.Status != 299 {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("by the attribute that the template's TTL names, in seconds", func(t *testing.T) {
		for _, i := range all(t, s) {
			_, has := i["expiresAt"].(*types.AttributeValueMemberN)
			if has != strings.HasPrefix(text(i, "pk"), "REQUEST#") {
				t.Errorf("%s %s has expiresAt: %t", text(i, "pk"), text(i, "sk"), has)
			}
		}
	})
}

func compact(t *testing.T, body json.RawMessage) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestO3_AnEventThatWasChangedInTheTableIsFound(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	mustEnrol(t, s, "P-1", "t-1", save("Contoso"), submit, reject)
	_, err := client(nil).UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: key(partnerPK("P-1"), eventKey(4)),
		UpdateExpression: aws.String("SET #d = :d"), ExpressionAttributeNames: map[string]string{"#d": "data"},
		ExpressionAttributeValues: item{":d": str(`{"caseId":"case-1","result":"Authorized","note":"Fine."}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	events, err := s.Events(t.Context(), "P-1")
	if err != nil || VerifyChain(events) == nil || VerifyChain(events[:3]) != nil {
		t.Errorf("%v; the chain: %v, without the changed event: %v", err, VerifyChain(events), VerifyChain(events[:3]))
	}
}

func TestACancelledContextWritesNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Commit(ctx, Change{Event: enrol(t, "P-1", "t-1", "e-1", monday)}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if n := count(t, s); n != 0 {
		t.Errorf("%d items", n)
	}
}

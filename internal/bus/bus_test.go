package bus

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/awsjson"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// cloud answers as EventBridge and KMS do.
type cloud struct {
	puts   [][]entry
	refuse map[string]bool // events by id
	fail   error
	short  bool
	key    *ecdsa.PrivateKey
	signed error
}

func (c *cloud) Call(_ context.Context, o awsjson.Operation, in, out any) error {
	var answer any
	if o.Service == "kms" {
		if c.signed != nil {
			return c.signed
		}
		signature, err := ecdsa.SignASN1(rand.Reader, c.key, in.(map[string]any)["Message"].([]byte))
		if err != nil {
			return err
		}
		answer = map[string]any{"Signature": signature}
	} else {
		if c.fail != nil {
			return c.fail
		}
		batch := in.(map[string]any)["Entries"].([]entry)
		c.puts = append(c.puts, batch)
		entries, failed := []map[string]string{}, 0
		for _, e := range batch {
			var event onboarding.PublicEvent
			if err := json.Unmarshal([]byte(e.Detail), &event); err != nil {
				return err
			}
			if c.refuse[event.ID] {
				entries, failed = append(entries, map[string]string{"ErrorCode": "ThrottlingException", "ErrorMessage": "x"}), failed+1
			} else {
				entries = append(entries, map[string]string{"EventId": "e"})
			}
		}
		if c.short {
			entries = entries[1:]
		}
		answer = map[string]any{"FailedEntryCount": failed, "Entries": entries}
	}
	text, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, out)
}

func some(n int) []onboarding.PublicEvent {
	var events []onboarding.PublicEvent
	for i := range n {
		events = append(events, onboarding.PublicEvent{ID: fmt.Sprint("e", i), Type: "partner.enrolled", Version: 1, PartnerID: fmt.Sprint("P-", i), Sequence: 1, Time: now, Data: json.RawMessage(`{}`)})
	}
	return events
}

func TestOnlyTheEntriesThatEventBridgeTookArePublished(t *testing.T) {
	for refused := range 12 { // of two calls
		c := &cloud{refuse: map[string]bool{fmt.Sprint("e", refused): true}}
		b := &Bus{Calls: c, Name: "events"}
		for i, err := range b.Put(t.Context(), some(12)) {
			if (err != nil) != (i == refused) {
				t.Errorf("entry %d of which %d is refused: %v", i, refused, err)
			}
		}
		if len(c.puts) != 2 || len(c.puts[0]) != 10 || c.puts[0][0].Source != Source || c.puts[0][0].DetailType != "partner.enrolled" || c.puts[0][0].EventBusName != "events" {
			t.Fatalf("%d calls", len(c.puts))
		}
	}
}

func TestACallThatFailsPublishesNothing(t *testing.T) {
	for name, c := range map[string]*cloud{"no answer": {fail: errors.New("gone")}, "an answer of others": {short: true}} {
		for i, err := range (&Bus{Calls: c}).Put(t.Context(), some(3)) {
			if err == nil {
				t.Errorf("%s: entry %d is taken for published", name, i)
			}
		}
	}
}

func TestAnEventThatIsTooLargeHoldsNoOtherUp(t *testing.T) {
	events := some(3)
	events[1].Data = json.RawMessage(`{"x":"` + strings.Repeat("x", maxBytes) + `"}`)
	c := &cloud{}
	results := (&Bus{Calls: c}).Put(t.Context(), events)
	if results[0] != nil || !errors.Is(results[1], ErrTooLarge) || results[2] != nil || len(c.puts[0]) != 2 {
		t.Errorf("%v", results)
	}
	for i := range events {
		events[i].Data = json.RawMessage(`{"x":"` + strings.Repeat("x", maxBytes/2-1000) + `"}`)
	}
	c = &cloud{}
	if (&Bus{Calls: c}).Put(t.Context(), events); len(c.puts) != 2 {
		t.Errorf("three halves of what a call may hold went in %d calls", len(c.puts))
	}
}

func TestAReceiverVerifiesWhatWasSignedAndNothingElse(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	other, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	c := &cloud{key: key}
	b := &Bus{Calls: c, Signer: &Signer{Calls: c, Key: "k1"}, Now: func() time.Time { return now }}
	if err := b.Put(t.Context(), some(1))[0]; err != nil {
		t.Fatal(err)
	}
	var detail struct{ Signature string }
	if err := json.Unmarshal([]byte(c.puts[0][0].Detail), &detail); err != nil {
		t.Fatal(err)
	}
	keys := map[string]*ecdsa.PublicKey{"k1": &key.PublicKey, "k2": &other.PublicKey}
	want, _ := json.Marshal(some(1)[0])
	if got, err := Verify(detail.Signature, keys, now.Add(time.Hour)); err != nil || string(got) != string(want) {
		t.Fatalf("%s, %v", got, err)
	}
	parts := strings.Split(detail.Signature, ".")
	swap := func(i int, text string) string {
		p := append([]string(nil), parts...)
		p[i] = text
		return strings.Join(p, ".")
	}
	for name, try := range map[string]struct {
		signature string
		now       time.Time
	}{
		"another event":         {swap(1, parts[0]), now},
		"another header":        {swap(0, "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsyIiwiaWF0IjoxNzcyNDQyMDAwfQ"), now},
		"no algorithm":          {swap(0, "eyJhbGciOiJub25lIiwia2lkIjoiazEifQ"), now},
		"an unknown key":        {swap(0, "eyJhbGciOiJFUzI1NiIsImtpZCI6ImszIn0"), now},
		"a signature too short": {swap(2, parts[2][:40]), now},
		"no signature":          {"x", now},
		"not base64":            {swap(1, "*"), now},
		"too old":               {detail.Signature, now.Add(MaxAge + time.Second)},
		"of the future":         {detail.Signature, now.Add(-6 * time.Minute)},
	} {
		if _, err := Verify(try.signature, keys, try.now); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	c.signed = errors.New("denied")
	if err := b.Put(t.Context(), some(1))[0]; err == nil || len(c.puts) != 1 {
		t.Error("an event was published without its signature")
	}
}

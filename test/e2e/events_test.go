//go:build stack

package e2e

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/awsjson"
	"github.com/partner-onboarding/partner-onboarding/internal/bus"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// received are the events that came through the bus to the queue of the sample
// rule, each partner's in the order in which they came.
type received map[string][]map[string]any

// more takes what the queue holds. Only one test may read it.
func (r received) more(w *world) {
	w.Helper()
	sqs := func(action string, in, out any) {
		w.Helper()
		o := awsjson.Operation{Service: "sqs", Endpoint: w.stack.Endpoint, Target: "AmazonSQS." + action, Version: "1.0"}
		if err := w.stack.Plain().Call(w.Context(), o, in, out); err != nil {
			w.Fatal(err)
		}
	}
	type handle struct{ Id, ReceiptHandle string }
	for {
		var got struct {
			Messages []struct{ Body, ReceiptHandle string }
		}
		sqs("ReceiveMessage", map[string]any{"QueueUrl": w.stack.EventQueue, "MaxNumberOfMessages": 10}, &got)
		if len(got.Messages) == 0 {
			return
		}
		var done []handle
		for i, m := range got.Messages {
			var e struct {
				Source     string
				DetailType string `json:"detail-type"`
				Detail     map[string]any
			}
			if err := json.Unmarshal([]byte(m.Body), &e); err != nil {
				w.Fatalf("%v: %s", err, m.Body)
			}
			if e.Source != bus.Source || e.DetailType != e.Detail["type"] {
				w.Errorf("on the bus: %s", m.Body)
			}
			partner := fmt.Sprint(e.Detail["partnerId"])
			r[partner] = append(r[partner], e.Detail)
			done = append(done, handle{fmt.Sprint(i), m.ReceiptHandle})
		}
		var deleted struct{ Failed []any }
		sqs("DeleteMessageBatch", map[string]any{"QueueUrl": w.stack.EventQueue, "Entries": done}, &deleted)
		if len(deleted.Failed) > 0 {
			w.Fatalf("not deleted: %v", deleted.Failed)
		}
	}
}

// feed reads the company's feed from its beginning, by pages.
func (c *company) feed() (events []map[string]any) {
	c.Helper()
	for after, more := 0, true; more; {
		page := as[struct {
			Items []map[string]any
			Next  int
			More  bool
		}](c.call(c.admin, "GET", fmt.Sprintf("%s?limit=3&after=%d", c.path("/events"), after), nil).is(200))
		events, more, after = append(events, page.Items...), page.More, page.Next
	}
	return events
}

// mustAgree says that bus and feed tell the same once the bus has all of it: the
// same events with the same content, in the same order. It returns how many of
// them came again.
func (c *company) mustAgree(bus received) (again int) {
	c.Helper()
	feed := c.feed()
	seen := map[any]bool{}
	var came []map[string]any
	all := func() bool {
		c.sweep("outbox")
		bus.more(c.world)
		clear(seen)
		came = nil
		for _, e := range bus[c.id] {
			if !seen[e["id"]] {
				came = append(came, e)
			}
			seen[e["id"]] = true
		}
		unpublished := as[api.EventFeed](c.call(reviewer, "GET", c.path("/events?limit=100"), nil).is(200)).Unpublished
		return len(came) >= len(feed) && len(unpublished) == 0
	}
	for deadline := time.Now().Add(4 * patience); !all(); time.Sleep(time.Second) { // the other tests' sweeps take events, too
		if time.Now().After(deadline) {
			c.Fatalf("of %d events %d came through the bus", len(feed), len(came))
		}
	}
	if !reflect.DeepEqual(came, feed) {
		c.Errorf("the bus told\n%v\nand the feed\n%v", came, feed)
	}
	previous := 0.0
	for _, e := range came {
		if e["previous"] != previous {
			c.Errorf("%v names %v as the one before it, which was %v", e["type"], e["previous"], previous)
		}
		previous = e["sequence"].(float64)
	}
	return len(bus[c.id]) - len(came)
}

func TestTheBusTellsWhatTheFeedTells(t *testing.T) {
	w := newWorld(t)
	came := received{}
	c := w.newCompany().active()
	if again := c.mustAgree(came); again != 0 {
		t.Errorf("%d events came again, and no sweep was broken off", again)
	}
	var types []string
	for _, e := range c.feed() {
		types = append(types, e["type"].(string))
	}
	want := []string{"partner.enrolled", "verification.opened", "partner.authorized", "agreement.accepted", "relationship.requested", "relationship.active"}
	if !slices.Equal(types, want) {
		t.Errorf("the feed tells %q", types)
	}

	// A sweep takes both events, puts one on the bus and dies.
	s := w.newCompany().silently()
	s.runner.Now = func() time.Time { return time.Now().Add(time.Hour) } // due for this test's sweep alone
	s.enrol()
	s.submit()
	records := store.New(s.stack.DynamoDB(), s.stack.Table)
	due, err := records.Due(t.Context(), store.DueOutbox, time.Now().Add(2*time.Hour), 1000)
	if err != nil {
		t.Fatal(err)
	}
	var taken []onboarding.PublicEvent
	for _, d := range due {
		if d.PartnerID != s.id {
			continue
		}
		e, err := records.Claim(t.Context(), d, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if public, ok := e.Published(); ok {
			taken = append(taken, public)
		}
	}
	slices.SortFunc(taken, func(a, b onboarding.PublicEvent) int { return a.Sequence - b.Sequence })
	if len(taken) != 2 || taken[0].Type != "partner.enrolled" {
		t.Fatalf("taken: %+v", taken)
	}
	dying := bus.Bus{Calls: w.stack.Plain(), Name: w.stack.EventBus, Endpoint: w.stack.Endpoint, Now: time.Now}
	if err := dying.Put(t.Context(), taken[:1])[0]; err != nil {
		t.Fatal(err)
	}
	if again := s.mustAgree(came); again != 1 {
		t.Errorf("%d events came again, want the one after which the sweep died", again)
	}
}

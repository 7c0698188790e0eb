//go:build stack

package onboarding_test

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// history holds the events in the table against the model's: none is missing,
// the chain of hashes holds, and every view of them agrees.
func (m *modelled) history(x *mirror) {
	ctx := m.t.Context()
	events, err := m.Parts.Store.Events(ctx, x.p.ID)
	if err != nil || len(events) != len(x.events) {
		m.rt.Fatalf("%d events in the table, %d in the model, %v", len(events), len(x.events), err)
	}
	if err := store.VerifyChain(events); err != nil {
		m.rt.Fatal(err)
	}
	for i, e := range events {
		if e.Sequence != i+1 {
			m.rt.Fatalf("the event %d has the sequence %d", i+1, e.Sequence)
		}
		if got, want := m.written(e.Event), m.written(x.events[i]); got != want {
			m.rt.Fatalf("event %d in the table is\n%s\nthe rules say\n%s", i+1, got, want)
		}
	}
	limit := rapid.IntRange(1, 10).Draw(m.rt, "page")
	at, last := 0, len(events)
	for last > 0 {
		record, page, next, err := m.Parts.Store.Timeline(ctx, x.p.ID, at, limit)
		if err != nil || record.Partner.Version != x.p.Version || len(page) == 0 || len(page) > limit {
			m.rt.Fatalf("a page of %d events, version %d, %v", len(page), record.Partner.Version, err)
		}
		for _, e := range page {
			if e.Sequence != last || m.written(e.Event) != m.written(x.events[last-1]) {
				m.rt.Fatalf("the timeline shows event %d where %d belongs", e.Sequence, last)
			}
			last--
		}
		if (next == 0) != (last == 0) {
			m.rt.Fatalf("%d events are left and the next page begins at %d", last, next)
		}
		at = next
	}
	moment := x.events[rapid.IntRange(0, len(x.events)-1).Draw(m.rt, "moment")].At.Add(time.Duration(rapid.IntRange(-1, 1).Draw(m.rt, "beside")) * time.Millisecond)
	then := Partner{}
	for _, e := range x.events {
		if !e.At.After(moment) {
			then = then.Apply(e)
		}
	}
	now, got, err := m.Parts.Store.LoadAt(ctx, x.p.ID, moment)
	if err != nil || string(stored(m.rt, got)) != string(stored(m.rt, then)) || string(stored(m.rt, now.Partner)) != string(stored(m.rt, x.p)) {
		m.rt.Fatalf("at %s the table has\n%s\nthe rules say\n%s\n%v", moment, stored(m.rt, got), stored(m.rt, then), err)
	}
}

// written is an event as text, with what follows sorted: the ends of waits have
// no order.
func (m *modelled) written(e Event) string {
	var follow []string
	for _, f := range e.Follow {
		follow = append(follow, string(stored(m.rt, f)))
	}
	slices.Sort(follow)
	return string(stored(m.rt, map[string]any{
		"id": e.ID, "partner": e.PartnerID, "sequence": e.Sequence, "round": e.Round, "at": e.At.UTC(), "type": e.Data.Type(),
		"data": e.Data, "actor": e.Actor, "follow": follow,
	}))
}

// indexes holds what sweeps and operators' lists find against what the rules say.
func (m *modelled) indexes() {
	ctx, far := m.t.Context(), m.Now().AddDate(50, 0, 0)
	deadlines, outbox := map[string][]time.Time{}, map[string][]int{}
	for _, kind := range []store.DueKind{store.DueDeadline, store.DueOutbox} {
		due, err := m.Parts.Store.Due(ctx, kind, far, 10000)
		if err != nil {
			m.rt.Fatal(err)
		}
		for _, d := range due {
			if kind == store.DueDeadline {
				deadlines[d.PartnerID] = append(deadlines[d.PartnerID], d.At)
			} else {
				outbox[d.PartnerID] = append(outbox[d.PartnerID], d.Sequence)
			}
		}
	}
	lists := map[string][]listed{}
	for _, queue := range Queues() {
		for cursor := ""; ; {
			items, next, err := m.Parts.Store.Queue(ctx, store.QueueQuery{Queue: queue, Cursor: cursor, Limit: 100})
			if err != nil {
				m.rt.Fatal(err)
			}
			for _, i := range items {
				lists[i.PartnerID] = append(lists[i.PartnerID], listed{queue, i})
			}
			if cursor = next; next == "" {
				break
			}
		}
	}
	for _, x := range m.partners {
		var wantDue []time.Time
		if at, ok := x.p.NextDeadline(); ok {
			wantDue = append(wantDue, at.UTC().Truncate(time.Millisecond))
		}
		if got := deadlines[x.p.ID]; !slices.EqualFunc(got, wantDue, time.Time.Equal) {
			m.rt.Fatalf("due in the table: %v; the rules say %v", got, wantDue)
		}
		var open []int
		for _, e := range x.events {
			if len(e.Follow) > 0 {
				open = append(open, e.Sequence)
			}
		}
		if got := slices.Sorted(slices.Values(outbox[x.p.ID])); !slices.Equal(got, open) {
			m.rt.Fatalf("the outbox has the events %v, the rules ask for %v", got, open)
		}
		entry, queued := x.p.Queued()
		isStuck := func(l listed) bool { return l.queue == QueueStuck }
		if listed := slices.ContainsFunc(lists[x.p.ID], isStuck); listed != (x.p.Failure != nil) {
			m.rt.Fatalf("listed as stuck: %t, the rules say %+v", listed, x.p.Failure)
		}
		got, ms := slices.DeleteFunc(lists[x.p.ID], isStuck), time.Millisecond
		if !queued && len(got) == 0 {
			continue
		}
		if !queued || len(got) != 1 || got[0].queue != entry.Queue || got[0].Status != entry.Status || got[0].CompanyName != x.p.LegalName() ||
			!got[0].Since.Equal(entry.Since.Truncate(ms)) || !got[0].DueBy.Equal(entry.By.Truncate(ms)) {
			m.rt.Fatalf("operators' lists have %+v, the rules say %+v, %t", got, entry, queued)
		}
	}
}

// listed is a partner in an operators' list.
type listed struct {
	queue Queue
	store.QueueItem
}

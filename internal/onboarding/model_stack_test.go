//go:build stack

package onboarding_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

// The rules are the model of the system: whatever is commanded, in whatever
// order and however often, with rivals in between and answers lost, the table
// must hold what the rules make of it in memory. The commands are those of the
// walk and of the random test, so a new one is tried here as well.
//
// It is here and not beside the store because that is where the commands are.

// TestMain runs, when DynamoDB Local is there, only the tests that need it: the
// others have run without.
func TestMain(m *testing.M) {
	flag.Parse()
	if run := flag.Lookup("test.run"); run.Value.String() == "" {
		if err := run.Value.Set("InTheTable"); err != nil {
			panic(err)
		}
	}
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		if err := checks.Value.Set("40"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// mirror is a partner in memory.
type mirror struct {
	p      Partner
	tenant string
	events []Event
	waits  map[WaitName]string // tokens
}

// kept is a request whose answer must be kept.
type kept struct {
	of     *mirror
	as     store.Request
	answer string
	until  time.Time
}

// modelled is the table beside its model.
type modelled struct {
	*rig.Rig
	t        *testing.T
	rt       *rapid.T
	partners []*mirror
	kept     []*kept
	tally    map[string]int // of all runs
	names    *int           // given out, over all runs
}

func (m *modelled) name(prefix string) string {
	*m.names++
	return fmt.Sprintf("%s%d", prefix, *m.names)
}

func answerOf(p Partner, _ Event) (store.Answer, error) {
	return store.Answer{Status: 200, Body: json.RawMessage(fmt.Sprintf(`{"version":%d}`, p.Version))}, nil
}

func anybody(Partner) error { return nil }

// took takes an event into the model, and what the store adds to it: the end of
// every wait that it satisfies, and that the bus is told.
func (m *modelled) took(x *mirror, e Event) {
	m.tally[string(e.Data.Type())]++
	public := e.Public != nil
	e = reread(m.rt, e)
	x.p = x.p.Apply(e)
	for name, token := range x.waits {
		if outcome, done := x.p.OutcomeOf(name); done {
			e.Follow = append(slices.Clone(e.Follow), Follow{FinishWait: &FinishWait{Wait: name, Token: token, Outcome: outcome}})
			delete(x.waits, name)
			m.tally["waits finished"]++
		}
	}
	if public {
		e.Follow = append(slices.Clone(e.Follow), Follow{Publish: &Publish{}})
	}
	x.events = append(x.events, e)
}

// command is a move as it is asked of the table. id becomes the one that its
// newest event got: the model's must have it, too.
func (m *modelled) command(x *mirror, move func(story) (Event, error), as store.Request, id *string, rival func()) command.Command {
	return command.Command{
		PartnerID: x.p.ID, Request: as, Authorize: anybody, Answer: answerOf,
		Decide: func(p Partner, s Stamp) (Event, error) {
			if *id == "" {
				rival()
			}
			*id = s.EventID
			return move(story{t: m.t, p: p, now: s.At, eventID: s.EventID})
		},
	}
}

func alone() {}

// rules is what the model makes of a move.
func (m *modelled) rules(x *mirror, move func(story) (Event, error), id string) (Event, error) {
	return move(story{t: m.t, p: x.p, now: x.p.Now(m.Now()), eventID: id})
}

// run carries a command out on the table and on the model. rival writes
// something between the command's read and its write, and says whether it did.
func (m *modelled) run(x *mirror, move func(story) (Event, error), as store.Request, rival func() bool) {
	_, refusal := m.rules(x, move, "")
	conflicting, id := false, ""
	result, err := m.Parts.Commands.Run(m.t.Context(), m.command(x, move, as, &id, func() {
		if rival != nil {
			conflicting = rival()
		}
	}))
	if conflicting && refusal == nil {
		m.tally["conflicts"]++
	}
	var event Event
	if refusal == nil { // a refusal stands whatever happened since
		event, refusal = m.rules(x, move, id)
	}
	m.compare(x, event, refusal, result, err, as)
}

// compare holds what came of a command against what the model says of it, and
// takes its event.
func (m *modelled) compare(x *mirror, event Event, refusal error, result command.Result, err error, as store.Request) {
	if CodeOf(err) != CodeOf(refusal) || (err == nil) != (refusal == nil) {
		m.rt.Fatalf("the table says %v, the rules say %v", err, refusal)
	}
	if err != nil {
		m.tally["refusals"]++
		return
	}
	if result.Replayed {
		m.rt.Fatalf("a new command was answered from memory: %+v", result.Answer)
	}
	m.took(x, event)
	m.keep(x, as)
}

func (m *modelled) keep(x *mirror, as store.Request) {
	if as.Hash == "" {
		return
	}
	m.kept = slices.DeleteFunc(m.kept, func(k *kept) bool { return k.as.Hash == as.Hash })
	m.kept = append(m.kept, &kept{of: x, as: as, answer: fmt.Sprintf(`{"version":%d}`, x.p.Version), until: x.events[len(x.events)-1].At.Add(24 * time.Hour)})
}

// arrive has the workflow come to a wait and leave its token, unless what it
// waits for has happened.
func (m *modelled) arrive(x *mirror) bool {
	name := rapid.SampledFrom([]WaitName{WaitBusinessInfo, WaitDecision, WaitEscalatedDecision, WaitAgreement, WaitDistributor}).Draw(m.rt, "wait")
	if _, done := x.p.OutcomeOf(name); done {
		return false
	}
	record := m.load(x)
	next := record.Workflow
	next.Waits = maps.Clone(next.Waits)
	if next.Waits == nil {
		next.Waits = map[WaitName]store.Wait{}
	}
	token := m.name("token-")
	next.Waits[name] = store.Wait{Token: token, EnteredAt: m.Now()}
	if err := m.Parts.Store.SetWorkflow(m.t.Context(), record, next); err != nil {
		m.rt.Fatal(err)
	}
	x.waits[name] = token
	m.tally["tokens"]++
	return true
}

func (m *modelled) load(x *mirror) store.Record {
	record, _, err := m.Parts.Store.Load(m.t.Context(), x.p.ID, store.Request{}, m.Now())
	if err != nil {
		m.rt.Fatal(err)
	}
	return record
}

// same holds a partner in the table against its model, byte for byte.
func (m *modelled) same(x *mirror) {
	record := m.load(x)
	if got, want := stored(m.rt, record.Partner), stored(m.rt, x.p); !bytes.Equal(got, want) {
		m.rt.Fatalf("the table holds\n%s\nthe rules say\n%s", got, want)
	}
	tokens := map[WaitName]string{}
	for name, wait := range record.Workflow.Waits {
		tokens[name] = wait.Token
	}
	if !maps.Equal(tokens, x.waits) {
		m.rt.Fatalf("the table waits for %v, the model for %v", tokens, x.waits)
	}
}

// draw draws a command: often one that the rules take now, so that partners get
// far, else any.
func (m *modelled) draw(x *mirror) func(story) (Event, error) {
	if rapid.IntRange(0, 3).Draw(m.rt, "any command") == 0 {
		return drawMove(m.rt)
	}
	taken := slices.DeleteFunc(moves(), func(move move) bool {
		_, err := m.rules(x, move.make, "")
		return err != nil
	})
	if len(taken) == 0 {
		return drawMove(m.rt)
	}
	return rapid.SampledFrom(taken).Draw(m.rt, "command").make
}

// bring brings a partner some way along, so that every stage gets its share of
// what follows.
func (m *modelled) bring(x *mirror) {
	way := []string{"save", "submit", "confirm", "authorize", "sign", "request of " + northwind.Name, "accept " + northwind.Name}
	if rapid.IntRange(0, 3).Draw(m.rt, "rejected") == 0 {
		way = []string{"save", "submit", "reject"}
	}
	for _, name := range way[:rapid.IntRange(0, len(way)).Draw(m.rt, "stage")] {
		i := slices.IndexFunc(moves(), func(move move) bool { return move.name == name })
		m.run(x, moves()[i].make, store.Request{}, nil)
	}
}

// step does one thing to one partner.
func (m *modelled) step() {
	m.Pass(time.Duration(rapid.OneOf(rapid.Int64Range(0, int64(time.Hour)), rapid.Int64Range(0, int64(6*day))).Draw(m.rt, "pause")))
	x := rapid.SampledFrom(m.partners).Draw(m.rt, "partner")
	move := m.draw(x)
	switch kind := rapid.IntRange(0, 11).Draw(m.rt, "how"); {
	case kind == 0 && len(m.partners) < 4:
		m.enrol()
	case kind == 1:
		m.arrive(x)
	case kind == 2 && len(m.kept) > 0:
		k := rapid.SampledFrom(m.kept).Draw(m.rt, "request")
		x = k.of
		m.repeat(k, move)
	case kind <= 4:
		m.broken(x, move)
	case kind <= 6:
		other := m.draw(x)
		m.run(x, move, store.Request{}, func() bool {
			before := x.p.Version
			m.run(x, other, store.Request{}, nil)
			return x.p.Version > before
		})
	case kind == 7:
		m.run(x, move, store.Request{}, func() bool { return m.arrive(x) })
	case kind == 8:
		m.run(x, move, store.Request{Hash: m.name("key-"), BodyHash: "body"}, nil)
	default:
		m.run(x, move, store.Request{}, nil)
	}
	m.same(x)
}

func TestV11_WhateverIsCommandedTheRecordInTheTableIsWhatTheRulesMakeOfIt(t *testing.T) {
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	r, tally, names := rig.New(t), map[string]int{}, 0
	rapid.Check(t, func(rt *rapid.T) {
		m := &modelled{Rig: r, t: t, rt: rt, tally: tally, names: &names}
		for len(m.partners) == 0 {
			m.enrol()
		}
		m.bring(m.partners[0])
		for range rapid.IntRange(5, 50).Draw(rt, "steps") {
			m.step()
		}
		for _, x := range m.partners {
			m.same(x)
			m.history(x)
		}
		m.indexes()
	})
	types := 0
	for _, name := range slices.Sorted(maps.Keys(tally)) {
		if strings.Contains(name, ".") {
			types++
		}
	}
	t.Logf("%d types of events; %v", types, tally)
	for _, what := range []string{"conflicts", "answers lost", "replays", "keys refused", "refusals", "waits finished", "tenants met again"} {
		if tally[what] == 0 {
			t.Errorf("no %s came about", what)
		}
	}
}

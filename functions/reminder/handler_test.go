package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

var latest = time.Date(2026, 3, 9, 23, 0, 0, 0, time.UTC)

// cases holds partners by id, and an index of deadlines that may be behind.
type cases struct {
	sync.Mutex
	partners map[string]onboarding.Partner
	index    map[string]time.Time // by partner, when due
	signed   map[string]string    // what each awaits a newer version of: region and version
	behind   bool                 // the index keeps what was settled
	load     func(id string) error
	mails    []string
	reads    int
}

func pending(id string) onboarding.Partner {
	return onboarding.Partner{
		ID: id, Version: 3, TenantID: "t-" + id, WorkEmail: "ada@contoso.example", CompanyName: "Contoso", Round: 1, SubmittedAt: latest.AddDate(0, 0, -7),
		Case: &onboarding.Case{ID: "C-" + id, Number: 1, Latest: latest, Link: onboarding.Link{Address: "ada@contoso.example"}, Checks: []onboarding.Check{{Name: onboarding.CheckEmailOwnership, Status: onboarding.CheckPassed}, {Name: onboarding.CheckBusiness, Status: onboarding.CheckNeedsReview}}},
	}
}

func casesOf(ids ...string) *cases {
	c := &cases{partners: map[string]onboarding.Partner{}, index: map[string]time.Time{}}
	for _, id := range ids {
		c.partners[id], c.index[id] = pending(id), latest
	}
	return c
}

func (c *cases) Due(_ context.Context, kind store.DueKind, now time.Time, limit int) (due []store.Due, err error) {
	c.Lock()
	defer c.Unlock()
	for id, at := range c.index {
		if kind == store.DueDeadline && !at.After(now) {
			due = append(due, store.Due{PartnerID: id, At: at})
		}
	}
	slices.SortFunc(due, func(a, b store.Due) int { return a.At.Compare(b.At) })
	return due[:min(limit, len(due))], nil
}

// Postpone moves a partner in the index, unless that is behind.
func (c *cases) Postpone(_ context.Context, d store.Due, until time.Time) error {
	c.Lock()
	defer c.Unlock()
	if at, ok := c.index[d.PartnerID]; c.behind || !ok || !at.Equal(d.At) {
		return store.ErrConflict
	}
	c.index[d.PartnerID] = until
	return nil
}

func (c *cases) Load(_ context.Context, id string, _ store.Request, _ time.Time) (store.Record, *store.Replay, error) {
	c.Lock()
	defer c.Unlock()
	c.reads++
	if c.load != nil {
		if err := c.load(id); err != nil {
			return store.Record{}, nil, err
		}
	}
	return store.Record{Partner: c.partners[id]}, nil, nil
}

func (c *cases) LoadTenant(context.Context, string, store.Request, time.Time) (string, *store.Replay, error) {
	panic("no tenant is asked for")
}

func (c *cases) Commit(_ context.Context, change store.Change) (store.Record, onboarding.Event, error) {
	c.Lock()
	defer c.Unlock()
	id := change.Event.PartnerID
	if c.partners[id].Version != change.Before.Partner.Version {
		return store.Record{}, change.Event, store.ErrConflict
	}
	c.partners[id] = c.partners[id].Apply(change.Event)
	if at, ok := c.partners[id].NextDeadline(); !c.behind && ok {
		c.index[id] = at
	} else if !c.behind {
		delete(c.index, id)
	}
	for _, f := range change.Event.Follow {
		c.mails = append(c.mails, string(f.Mail.Template)+" "+f.Mail.To)
	}
	return store.Record{}, change.Event, nil
}

func sweeperAt(c *cases, at time.Time) sweeper {
	now := func() time.Time { return at }
	return sweeper{deadlines: c, commands: &command.Runner{Records: c, Now: now}, now: now}
}

func TestOverdueCasesAreEscalatedOnceAndOthersNotYet(t *testing.T) { // V6
	c := casesOf("P-1", "P-2", "P-3")
	early := c.partners["P-3"]
	early.Case.Latest = latest.Add(time.Hour)
	c.partners["P-3"], c.index["P-3"] = early, latest.Add(time.Hour)
	if sum, err := sweeperAt(c, latest.Add(-time.Second)).sweep(t.Context()); err != nil || sum != (summary{}) {
		t.Errorf("before the date: %+v, %v", sum, err)
	}
	if sum, err := sweeperAt(c, latest).sweep(t.Context()); err != nil || sum != (summary{Done: 2}) {
		t.Errorf("at the date: %+v, %v", sum, err)
	}
	if sum, err := sweeperAt(c, latest).sweep(t.Context()); err != nil || sum != (summary{}) {
		t.Errorf("again: %+v, %v", sum, err)
	}
	slices.Sort(c.mails)
	want := []string{"caseEscalated staff", "caseEscalated staff", "verificationOverdue ada@contoso.example", "verificationOverdue ada@contoso.example"}
	if c.partners["P-1"].Verification() != onboarding.VerificationOverdue || c.partners["P-3"].Verification() == onboarding.VerificationOverdue || len(c.mails) != len(want) {
		t.Errorf("P-1 %s, P-3 %s, mails %v", c.partners["P-1"].Verification(), c.partners["P-3"].Verification(), c.mails)
	}
}

func TestReviewersAreRemindedOnceBeforeTheDate(t *testing.T) { // V9
	c := casesOf("P-1")
	c.partners["P-1"].Case.DueSoon = latest.Add(-24 * time.Hour)
	c.index["P-1"] = latest.Add(-24 * time.Hour)
	for _, at := range []time.Duration{-25 * time.Hour, -24 * time.Hour, -23 * time.Hour, -time.Second} {
		if _, err := sweeperAt(c, latest.Add(at)).sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(c.mails, []string{"caseDueSoon staff"}) || !c.index["P-1"].Equal(latest) {
		t.Errorf("mails %v, next at %s", c.mails, c.index["P-1"])
	}
}

func TestASweepThatComesVeryLateDoesEachThingOnceTheMostUrgentFirst(t *testing.T) { // V9
	waits := pending("P-1")
	waits.SubmittedAt, waits.Case, waits.EnrolledAt, waits.ActedAt = time.Time{}, nil, latest.AddDate(0, 0, -100), latest.AddDate(0, 0, -100)
	c := casesOf("P-1")
	c.partners["P-1"] = waits
	sum, err := sweeperAt(c, latest).sweep(t.Context())
	if err != nil || sum.Done != 4 || sum.Failed != 0 || len(c.mails) != 4 || c.mails[3] != "dormant ada@contoso.example" {
		t.Errorf("%+v, %v, mails %v", sum, err, c.mails)
	}
}

func TestTheRecordDecidesNotTheIndex(t *testing.T) {
	c := casesOf("P-1", "P-2", "P-3", "P-gone")
	decided := pending("P-1")
	decided.Case.Decision = &onboarding.Decision{Result: onboarding.VerificationAuthorized, At: latest}
	escalated := pending("P-2")
	escalated.Case.EscalatedAt = latest
	later := pending("P-3")
	later.Case.Latest = latest.Add(24 * time.Hour)
	c.partners["P-1"], c.partners["P-2"], c.partners["P-3"] = decided, escalated, later
	delete(c.partners, "P-gone")
	sum, err := sweeperAt(c, latest).sweep(t.Context())
	if err != nil || sum != (summary{Settled: 3, Failed: 1}) || len(c.mails) != 0 {
		t.Errorf("%+v, %v, mails %v", sum, err, c.mails)
	}
}

func TestAnIndexThatIsBehindDoesNotKeepTheSweepBusy(t *testing.T) {
	c := casesOf("P-1", "P-2")
	c.behind = true
	sum, err := sweeperAt(c, latest).sweep(t.Context())
	if err != nil || sum.Done != 2 || len(c.mails) != 4 || c.reads > 8 {
		t.Errorf("%+v, %v, mails %v, %d reads", sum, err, c.mails, c.reads)
	}
}

func TestOneBrokenRecordDoesNotStopTheOthers(t *testing.T) {
	for name, fault := range map[string]func(string) error{
		"an error": func(id string) error {
			if id == "P-2" {
				return errors.New("boom")
			}
			return nil
		},
		"a panic": func(id string) error {
			if id == "P-2" {
				panic("boom")
			}
			return nil
		},
	} {
		c := casesOf("P-1", "P-2", "P-3")
		c.load = func(id string) error {
			c.Unlock() // a panic must not leave it locked
			defer c.Lock()
			return fault(id)
		}
		sum, err := sweeperAt(c, latest).sweep(t.Context())
		if err != nil || sum != (summary{Done: 2, Failed: 1}) {
			t.Errorf("%s: %+v, %v", name, sum, err)
		}
		c.load = nil
		if sum, err = sweeperAt(c, latest.Add(pause-time.Second)).sweep(t.Context()); err != nil || sum != (summary{}) {
			t.Errorf("%s, before the pause is over: %+v, %v", name, sum, err)
		}
		if sum, err = sweeperAt(c, latest.Add(pause)).sweep(t.Context()); err != nil || sum != (summary{Done: 1}) {
			t.Errorf("%s, after the pause: %+v, %v", name, sum, err)
		}
	}
}

func TestManyBrokenRecordsDoNotKeepTheOthersFromTheirTurn(t *testing.T) {
	var ids []string
	for i := range 3 * batch {
		ids = append(ids, fmt.Sprintf("P-broken-%d", i))
	}
	c := casesOf(append(ids, "P-1", "P-2")...)
	for _, id := range ids {
		c.index[id] = latest.Add(-time.Hour) // the head of the index
	}
	c.load = func(id string) error {
		if strings.HasPrefix(id, "P-broken") {
			return errors.New("boom")
		}
		return nil
	}
	sum, err := sweeperAt(c, latest).sweep(t.Context())
	if err != nil || sum != (summary{Done: 2, Failed: len(ids)}) {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestTwoSweepsAtOnceEscalateOnce(t *testing.T) {
	ids := []string{"P-1", "P-2", "P-3", "P-4", "P-5", "P-6"}
	c := casesOf(ids...)
	var group sync.WaitGroup
	sums := make([]summary, 4)
	for i := range sums {
		group.Go(func() { sums[i], _ = sweeperAt(c, latest).sweep(t.Context()) })
	}
	group.Wait()
	escalated := 0
	for _, s := range sums {
		escalated += s.Done
	}
	if escalated != len(ids) || len(c.mails) != 2*len(ids) {
		t.Errorf("escalated %d times, mails %v", escalated, c.mails)
	}
}

func TestMoreThanABatchIsMetInOneSweepAndTheSweepEndsInTime(t *testing.T) {
	var ids []string
	for i := range 3*batch + 1 {
		ids = append(ids, "P-"+string(rune('A'+i/26))+string(rune('a'+i%26)))
	}
	c := casesOf(ids...)
	ctx, cancel := context.WithTimeout(t.Context(), spare/2)
	defer cancel()
	if sum, err := sweeperAt(c, latest).sweep(ctx); err != nil || sum != (summary{}) {
		t.Errorf("without time: %+v, %v", sum, err)
	}
	if sum, err := sweeperAt(c, latest).sweep(t.Context()); err != nil || sum != (summary{Done: len(ids)}) {
		t.Errorf("%+v, %v", sum, err)
	}
}

func TestAnErrorOfTheIndexIsTheSweepsError(t *testing.T) {
	boom := errors.New("boom")
	s := sweeperAt(casesOf(), latest)
	s.deadlines = failing{err: boom}
	if _, err := s.sweep(t.Context()); !errors.Is(err, boom) {
		t.Errorf("error %v", err)
	}
}

type failing struct {
	deadlines
	err error
}

func (f failing) Due(context.Context, store.DueKind, time.Time, int) ([]store.Due, error) {
	return nil, f.err
}

func (c *cases) Signed(_ context.Context, region, version string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		c.Lock()
		ids := slices.Sorted(maps.Keys(c.signed))
		c.Unlock()
		for _, id := range ids {
			if c.signed[id] == region+" "+version && !yield(id, nil) {
				return
			}
		}
	}
}

func TestA6_WhoSignedLongAgoAndSleepsIsToldOfANewVersionAndRemindedInTime(t *testing.T) {
	next := onboarding.AgreementVersion{Version: "2", Region: "europe", Follows: "1", EffectiveFrom: latest, ReacceptBy: latest.AddDate(0, 0, 90)}
	c := casesOf()
	c.signed = map[string]string{}
	for _, id := range []string{"P-1", "P-2", "P-3", "P-broken"} {
		p := pending(id)
		p.Case, p.Region = nil, "europe"
		p.Verified = &onboarding.Verified{At: latest.AddDate(-2, 0, 0)}
		p.Acceptance = &onboarding.Acceptance{Version: "1", Region: "europe", At: latest.AddDate(-2, 0, 0)}
		p.Relationships = []onboarding.Relationship{{ID: "R", Status: onboarding.RelationshipActive, Regions: []string{"europe"}}}
		c.partners[id], c.signed[id] = p, "europe 1"
	}
	c.signed["P-3"] = "europe 2" // the index of another version
	c.load = func(id string) error {
		if id == "P-broken" {
			return errors.New("boom")
		}
		return nil
	}
	at := latest.AddDate(0, 0, -30)
	s := sweeperAt(c, at)
	s.signed, s.versions = c, []onboarding.AgreementVersion{next}
	for try, want := range []int{2, 0} { // again, the index being behind
		if told, failed, err := s.announce(t.Context()); err != nil || told != want || failed != 1 {
			t.Errorf("try %d: told %d, failed %d, %v", try, told, failed, err)
		}
	}
	for _, at := range []time.Time{at, next.EffectiveFrom, next.ReacceptBy} {
		if sum, err := sweeperAt(c, at).sweep(t.Context()); err != nil || sum.Done != 2 {
			t.Errorf("at %s: %+v, %v", at, sum, err)
		}
	}
	slices.Sort(c.mails)
	if want := []string{"agreementAnnounced ada@contoso.example", "agreementAnnounced ada@contoso.example", "agreementLapsed ada@contoso.example"}; len(c.mails) != 6 || !slices.Equal(c.mails[:3], want) {
		t.Errorf("mails %v", c.mails)
	}
}

func TestTheExampleEventIsWhatTheScheduleSends(t *testing.T) {
	text, err := os.ReadFile("event.json")
	var event map[string]any
	if err != nil || json.Unmarshal(text, &event) != nil || len(event) != 0 {
		t.Errorf("event %s, %v", text, err)
	}
}

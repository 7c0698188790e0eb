package store

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// told is a partner with its events, as rows.
type told struct {
	p      onboarding.Partner
	events []item
	hash   string
	now    time.Time
}

func (s *told) tell(t testing.TB, e onboarding.Event, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	row, hash, err := eventItem("salt-"+e.ID, s.hash, e, e.At)
	if err != nil {
		t.Fatal(err)
	}
	s.p, s.hash, s.events = s.p.Apply(e), hash, append(s.events, row)
}

func tellAll(t testing.TB, commands ...command) *told {
	t.Helper()
	s := &told{now: monday}
	s.tell(t, enrol(t, "P-1", "t-1", "e-1", s.now), nil)
	for i, c := range commands {
		s.now = s.now.Add(time.Hour)
		e, err := c(s.p, stampOf(fmt.Sprintf("e-%d", i+2), s.now, admin("t-1")))
		s.tell(t, e, err)
	}
	return s
}

func (s *told) stored(t testing.TB) []StoredEvent {
	t.Helper()
	var events []StoredEvent
	for _, row := range s.events {
		e, err := storedEvent(row)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	return events
}

func TestATestPartnersDeadlinesAndOutboxAreInRealTimeAndItsClockIsInTheChain(t *testing.T) {
	s := &told{now: monday}
	by := admin("t-1")
	e, err := onboarding.Partner{}.Enroll(onboarding.Enroll{PartnerID: "P-1", WorkAccount: onboarding.WorkAccountExisting, WorkEmail: by.Email, CompanyName: "Contoso", Test: true, TestAllowed: true, By: by}, stampOf("e-1", s.now, by))
	s.tell(t, e, err)
	e, err = s.p.AdvanceClock(s.now.AddDate(0, 0, 5), stampOf("e-2", s.now, by)) // the first reminder, after three days
	s.tell(t, e, err)
	row, err := partnerItem(s.p, Workflow{}, s.hash)
	if err != nil {
		t.Fatal(err)
	}
	if want := stamp(s.now.Add(4 * 24 * time.Hour)); text(row, "dueAt") != want { // the second one after seven, and three of them are over
		t.Errorf("due at %s, want %s", text(row, "dueAt"), want)
	}
	event, _, err := eventItem("salt", "", e, s.p.Real(e.At))
	if err != nil || text(event, "dueAt") != stamp(s.now) || text(event, "at") != stamp(s.now.AddDate(0, 0, 3)) {
		t.Errorf("the reminder of %s goes out at %s, %v", text(event, "at"), text(event, "dueAt"), err)
	}
	events := s.stored(t)
	if err := VerifyChain(events); err != nil || events[1].Clock == nil || !reflect.DeepEqual(events[1].Clock, e.Clock) {
		t.Errorf("%v, clock %+v", err, events[1].Clock)
	}
	s.events[1]["clock"] = str(`{"ahead":1}`)
	if err := VerifyChain(s.stored(t)); err == nil {
		t.Error("a clock was changed and the chain still holds")
	}
	if r, err := partnerRecord(row); err != nil || !reflect.DeepEqual(r.Partner, s.p) {
		t.Errorf("read back as %+v, %v", r.Partner, err)
	}
}

func TestAPartnersRowIsReadBackAsItWas(t *testing.T) {
	for name, s := range map[string]*told{
		"enrolled": tellAll(t), "drafted": tellAll(t, save("Contoso")), "submitted": tellAll(t, save("Contoso"), submit), "authorized": tellAll(t, save("Contoso"), submit, confirm, authorize),
		"rejected": tellAll(t, save("Contoso"), submit, reject),
	} {
		t.Run(name, func(t *testing.T) {
			w := Workflow{Revision: 7, Execution: "arn:1", Waits: map[onboarding.WaitName]Wait{onboarding.WaitDecision: {Token: "token", EnteredAt: monday, Execution: "arn:2"}}}
			row, err := partnerItem(s.p, w, s.hash)
			if err != nil {
				t.Fatal(err)
			}
			r, err := partnerRecord(row)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(r.Partner, s.p) || !reflect.DeepEqual(r.Workflow, w) || r.hash != s.hash {
				t.Errorf("read back as %+v\nwas %+v", r, s.p)
			}
			if number(row, "version") != s.p.Version || number(row, "workflowRevision") != 7 {
				t.Errorf("guarded by the version %d and revision %d", number(row, "version"), number(row, "workflowRevision"))
			}
		})
	}
	t.Run("a row that can't be read is an error", func(t *testing.T) {
		for _, row := range []item{{"document": str("{")}, {"document": str("{}"), "workflow": str("{")}} {
			if _, err := partnerRecord(row); err == nil {
				t.Errorf("%v was read", row)
			}
		}
	})
}

func TestV6_APartnerIsInTheDueIndexWhileTimeAloneWillChangeIt(t *testing.T) {
	for name, c := range map[string]struct {
		commands []command
		due      bool
		queue    string
	}{
		"V6 drafted":   {[]command{save("C")}, true, ""},
		"V6 submitted": {[]command{save("C"), submit}, true, "QUEUE#verification"},
		"V6 confirmed": {[]command{save("C"), submit, confirm}, true, "QUEUE#verification"},
		"V6 escalated": {[]command{save("C"), submit, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			s.At = p.Case.Latest
			return p.Escalate(s)
		}}, true, "QUEUE#overdue"},
		"V6 authorized": {[]command{save("C"), submit, confirm, authorize}, true, ""},
		"V6 rejected":   {[]command{save("C"), submit, reject}, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := tellAll(t, c.commands...)
			row, err := partnerItem(s.p, Workflow{}, s.hash)
			if err != nil {
				t.Fatal(err)
			}
			if due := text(row, "dueAt") != ""; due != c.due || due != (text(row, "duePk") != "") || text(row, "queuePk") != c.queue {
				t.Errorf("due at %q, in the queue %q", text(row, "dueAt"), text(row, "queuePk"))
			}
			if c.queue == "QUEUE#verification" && parseStamp(text(row, "dueAt")).After(s.p.Case.Latest) {
				t.Errorf("due at %s, after the deadline %s", text(row, "dueAt"), s.p.Case.Latest)
			}
			if c.queue != "" && !slices.Contains(onboarding.Queues(), onboarding.Queue(strings.TrimPrefix(c.queue, "QUEUE#"))) {
				t.Errorf("the queue %s isn't listed", c.queue)
			}
		})
	}
}

func TestAnEventsRowIsReadBackAsItWas(t *testing.T) {
	s := tellAll(t, save("Contoso"), submit, confirm, reject, submit)
	p := onboarding.Partner{}
	for _, e := range s.stored(t) {
		p = p.Apply(e.Event)
		if e.PartnerID != "P-1" || e.ID != fmt.Sprintf("e-%d", e.Sequence) || e.Actor.UserID != "u-t-1" {
			t.Errorf("%+v", e)
		}
		if len(e.Follow) > 0 && !e.DueAt.Equal(e.At) {
			t.Errorf("event %d is due at %s", e.Sequence, e.DueAt)
		}
	}
	if !reflect.DeepEqual(p, s.p) {
		t.Errorf("the partner made from its stored events is %+v\nwant %+v", p, s.p)
	}
	for name, change := range map[string]func(item){
		"a key that is none":     func(i item) { i["sk"] = str("EVENT#x") },
		"an actor that is none":  func(i item) { i["actor"] = str("{") },
		"a type that is unknown": func(i item) { i["type"] = str("x") },
		"content that is none":   func(i item) { i["data"] = str("[") },
		"follow-ups that aren't": func(i item) { i["follow"] = str("{") },
	} {
		t.Run("an event with "+name+" is an error", func(t *testing.T) {
			row := item{}
			for k, v := range s.events[0] {
				row[k] = v
			}
			change(row)
			if _, err := storedEvent(row); err == nil {
				t.Error("it was read")
			}
		})
	}
}

func TestO3_TheChainOfEventsShowsEveryTampering(t *testing.T) {
	s := tellAll(t, save("Contoso"), submit, confirm, authorize)
	if err := VerifyChain(s.stored(t)); err != nil {
		t.Fatal(err)
	}
	if err := VerifyChain(nil); err != nil {
		t.Error(err)
	}
	replace := func(name, from, to string) func([]item) []item {
		return func(rows []item) []item {
			row := item{}
			for k, v := range rows[2] {
				row[k] = v
			}
			if was := text(row, name); !strings.Contains(was, from) {
				t.Fatalf("%s is %q", name, was)
			}
			row[name] = str(strings.ReplaceAll(text(row, name), from, to))
			rows[2] = row
			return rows
		}
	}
	for name, tamper := range map[string]func([]item) []item{
		"the content changed":     replace("data", "Contoso", "Fabrikam"),
		"the actor changed":       replace("actor", "u-t-1", "u-t-2"),
		"the time changed":        replace("at", "2026-03-02", "2026-03-01"),
		"the id changed":          replace("id", "e-3", "e-4"),
		"the hash was made anew":  replace("hash", text(s.events[2], "hash"), strings.Repeat("0", 64)),
		"an event was taken out":  func(rows []item) []item { return slices.Delete(rows, 2, 3) },
		"two events changed seat": func(rows []item) []item { rows[1], rows[2] = rows[2], rows[1]; return rows },
		"the first was taken out": func(rows []item) []item { return rows[1:] },
		"a round was added": func(rows []item) []item {
			r := item{}
			for k, v := range rows[2] {
				r[k] = v
			}
			r["round"] = num(9)
			rows[2] = r
			return rows
		},
	} {
		t.Run("O3 "+name, func(t *testing.T) {
			changed := *s
			changed.events = tamper(slices.Clone(s.events))
			if VerifyChain(changed.stored(t)) == nil {
				t.Error("the chain still holds")
			}
		})
	}
	t.Run("O3 what followed is done and gone: the chain holds", func(t *testing.T) {
		events := s.stored(t)
		for i := range events {
			events[i].Follow = nil
		}
		if err := VerifyChain(events); err != nil {
			t.Error(err)
		}
	})
}

func TestTimesSortAsTheyFollowEachOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) time.Time {
			zone := time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, name+" zone")*3600)
			return time.UnixMilli(rapid.Int64Range(0, 4_000_000_000_000).Draw(t, name)).In(zone)
		}
		a, b := draw("a"), draw("b")
		if (stamp(a) < stamp(b)) != a.Before(b) || !parseStamp(stamp(a)).Equal(a) {
			t.Fatalf("%s, %s: %s, %s", a, b, stamp(a), stamp(b))
		}
	})
}

func TestEventKeysSortAsTheirSequences(t *testing.T) {
	for _, n := range []int{1, 9, 10, 99_999, 100_000, 1_000_000_000} {
		if eventKey(n) >= eventKey(n+1) || eventKey(n) >= partnerSK {
			t.Errorf("%s, %s, %s", eventKey(n), eventKey(n+1), partnerSK)
		}
	}
}

func TestEveryShardIsUsed(t *testing.T) {
	used := map[string]bool{}
	for i := range 100 {
		id := fmt.Sprintf("P-%d", i)
		used[duePK(DueOutbox, id)] = true
		if strings.TrimPrefix(duePK(DueOutbox, id), "OUTBOX") != strings.TrimPrefix(duePK(DueDeadline, id), "DEADLINE") {
			t.Errorf("%s is in %s and %s", id, duePK(DueOutbox, id), duePK(DueDeadline, id))
		}
	}
	if len(used) != Shards {
		t.Errorf("%d of %d shards are used", len(used), Shards)
	}
}

func TestARefusedTransactionIsTranslatedByItsReasons(t *testing.T) {
	const ok, failed, conflict, throttled = "None", "ConditionalCheckFailed", "TransactionConflict", "ThrottlingError"
	first := Change{Event: onboarding.Event{ID: "e-1"}}
	later := Change{Before: Record{Partner: onboarding.Partner{Version: 3}}, Event: onboarding.Event{ID: "e-4"}}
	own := func(id string) item { return item{"id": str(id), "hash": str("stored")} }
	writes := func(c Change) []write {
		if c.Before.Partner.Version == 0 {
			return []write{{}, {}, {taken: ErrTenantTaken}, {}}
		}
		return []write{{}, {}, {}}
	}
	for _, c := range []struct {
		name   string
		c      Change
		codes  []string
		events item
		want   error
	}{
		{"E3 the tenant has a partner", first, []string{ok, ok, failed}, nil, ErrTenantTaken},
		{"E3 the tenant has a partner, and another transaction is at work", first, []string{conflict, ok, failed}, nil, ErrTenantTaken},
		{"the id of the partner is taken", first, []string{failed, ok, ok}, nil, ErrConflict},
		{"the same request is at work", first, []string{ok, ok, ok, failed}, nil, ErrConflict},
		{"the own first try had worked", first, []string{failed, failed, failed}, own("e-1"), nil},
		{"somebody else wrote", later, []string{failed, failed}, own("e-9"), ErrConflict},
		{"only the workflow changed", later, []string{failed, ok}, nil, ErrConflict},
		{"the own first try had worked, later", later, []string{failed, failed, failed}, own("e-4"), nil},
		{"another transaction is at work", later, []string{conflict, ok}, nil, ErrConflict},
		{"a later change's request was answered", later, []string{ok, ok, failed}, nil, ErrConflict},
		{"both", later, []string{failed, conflict}, nil, ErrConflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			var reasons []types.CancellationReason
			for i, code := range c.codes {
				r := types.CancellationReason{Code: aws.String(code)}
				if i == 1 {
					r.Item = c.events
				}
				reasons = append(reasons, r)
			}
			err := fmt.Errorf("wrapped: %w", &types.TransactionCanceledException{CancellationReasons: reasons})
			if stored, ours := written(err, c.c.Event.ID); ours != (c.want == nil) || ours && text(stored, "hash") != "stored" {
				t.Errorf("it was written by ourselves: %t, %v", ours, stored)
			} else if ours {
				return
			}
			err = refusedCommit(err, writes(c.c))
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	t.Run("throttled is neither", func(t *testing.T) {
		err := refusedCommit(&types.TransactionCanceledException{CancellationReasons: []types.CancellationReason{{Code: aws.String(throttled)}}}, writes(later))
		if err == nil || errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	})
	t.Run("the same transaction is at work", func(t *testing.T) {
		if err := refusedCommit(&types.TransactionInProgressException{}, writes(later)); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	})
	t.Run("anything else is kept", func(t *testing.T) {
		cause := errors.New("cable cut")
		if err := refusedCommit(cause, writes(later)); !errors.Is(err, cause) {
			t.Error(err)
		}
	})
}

func TestATableThatCantAnswerForNowIsToldFromABug(t *testing.T) {
	cancelled := func(code string) error {
		return fmt.Errorf("store: commit refused: %w", &types.TransactionCanceledException{CancellationReasons: []types.CancellationReason{{Code: aws.String("None")}, {Code: aws.String(code)}}})
	}
	closed := dynamodb.New(dynamodb.Options{Region: "us-east-1", BaseEndpoint: aws.String("http://127.0.0.1:1"), Credentials: aws.AnonymousCredentials{}, Retryer: aws.NopRetryer{}})
	_, _, outOfReach := New(closed, "t").Load(t.Context(), "P-1", Request{}, monday)
	for _, c := range []struct {
		name string
		err  error
		want bool
	}{
		{"throttled", fmt.Errorf("x: %w", &types.ThrottlingException{}), true},
		{"beyond the throughput", &types.ProvisionedThroughputExceededException{}, true},
		{"beyond the account's limit", &types.RequestLimitExceeded{}, true},
		{"an error inside DynamoDB", &types.InternalServerError{}, true},
		{"a throttled transaction", cancelled("ThrottlingError"), true},
		{"a transaction beyond the throughput", cancelled("ProvisionedThroughputExceeded"), true},
		{"a batch that never ended", fmt.Errorf("x: %w", errTooBusy), true},
		{"out of reach", outOfReach, true},
		{"a transaction that makes no sense", cancelled("ValidationError"), false},
		{"a conflict", ErrConflict, false},
		{"a missing table", &types.ResourceNotFoundException{}, false},
		{"anything else", errors.New("x"), false},
		{"nothing", nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Unavailable(c.err); got != c.want {
				t.Errorf("%t: %v", got, c.err)
			}
		})
	}
}

func TestAForgedCursorIsRefused(t *testing.T) {
	for _, cursor := range []string{"x", "!!", "QQ", "IzE", "MSM"} {
		if _, _, ok := decodeCursor(QueueQuery{Queue: "verification", Cursor: cursor}); ok {
			t.Errorf("%q was accepted", cursor)
		}
	}
	for _, q := range []QueueQuery{
		{Queue: "overdue", Cursor: encodeCursor("verification", "2026#P-1")},                                            // another queue's
		{Queue: "overdue", Cursor: encodeCursor("overdue", "")},                                                         // of no row
		{Queue: "stuck", Cursor: encodeCursor("stuck", "2026#P-1#x")},                                                   // of no event
		{Queue: "stuck", Cursor: encodeCursor("stuck", "2026#P-1#1#2")},                                                 // of nothing
		{Queue: "dueToday", DueBy: monday, Cursor: encodeCursor("verification", stamp(monday.Add(time.Second))+"#P-1")}, // beyond the day
	} {
		if _, _, ok := decodeCursor(q); ok {
			t.Errorf("%+v was accepted", q)
		}
	}
	_, _, err := New(nil, "t").Queue(t.Context(), QueueQuery{Queue: "verification", Cursor: "!!", Limit: 10})
	if onboarding.CodeOf(err) != onboarding.CodeInvalid {
		t.Error(err)
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/mail"
	"github.com/partner-onboarding/partner-onboarding/internal/mail/delivery"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// shelf keeps events as the store does: due ones are listed, a claim moves the
// due time, only the claimer may settle.
type shelf struct {
	sync.Mutex
	stored map[int]*store.StoredEvent
	now    time.Time

	settle func(store.StoredEvent, []onboarding.Follow) error // a fault, when set
	claim  func(store.Due) error
}

func shelfWith(follow ...onboarding.Follow) *shelf {
	s := &shelf{stored: map[int]*store.StoredEvent{}, now: start}
	s.put(1, follow...)
	return s
}

func (s *shelf) time() time.Time { s.Lock(); defer s.Unlock(); return s.now }

func (s *shelf) put(sequence int, follow ...onboarding.Follow) {
	e := &store.StoredEvent{DueAt: s.now}
	e.ID, e.PartnerID, e.Sequence, e.Follow = "E"+string(rune('0'+sequence)), "P-1", sequence, follow
	s.stored[sequence] = e
}

func (s *shelf) Due(_ context.Context, kind store.DueKind, now time.Time, limit int) (due []store.Due, err error) {
	s.Lock()
	defer s.Unlock()
	for sequence, e := range s.stored {
		if kind == store.DueOutbox && len(e.Follow) > 0 && !e.DueAt.After(now) && len(due) < limit {
			due = append(due, store.Due{PartnerID: e.PartnerID, Sequence: sequence, At: e.DueAt})
		}
	}
	return due, nil
}

func (s *shelf) Claim(_ context.Context, d store.Due, until time.Time) (store.StoredEvent, error) {
	s.Lock()
	defer s.Unlock()
	if s.claim != nil {
		if err := s.claim(d); err != nil {
			return store.StoredEvent{}, err
		}
	}
	e := s.stored[d.Sequence]
	if len(e.Follow) == 0 || !e.DueAt.Equal(d.At) {
		return store.StoredEvent{}, store.ErrConflict
	}
	e.DueAt, e.Attempts = until, e.Attempts+1
	return *e, nil
}

func (s *shelf) Settle(_ context.Context, claimed store.StoredEvent, remaining []onboarding.Follow, dueAt time.Time) error {
	s.Lock()
	defer s.Unlock()
	if s.settle != nil {
		if err := s.settle(claimed, remaining); err != nil {
			return err
		}
	}
	e := s.stored[claimed.Sequence]
	if !e.DueAt.Equal(claimed.DueAt) {
		return store.ErrConflict
	}
	e.Follow, e.DueAt = slices.Clone(remaining), dueAt
	return nil
}

func (s *shelf) Published(_ context.Context, _ string, sequence int) (done bool, tries int, err error) {
	s.Lock()
	defer s.Unlock()
	e := s.stored[sequence]
	if e == nil {
		return false, 0, nil
	}
	return !e.Unpublished(), e.Attempts, nil
}

type post struct {
	sync.Mutex
	sent []delivery.Message
	fail func(delivery.Message) error
}

func (p *post) Send(_ context.Context, m delivery.Message) (string, error) {
	p.Lock()
	defer p.Unlock()
	if p.fail != nil {
		if err := p.fail(m); err != nil {
			return "", err
		}
	}
	p.sent = append(p.sent, m)
	return "id", nil
}

func (p *post) templates() (list []string) {
	for _, m := range p.sent {
		list = append(list, m.Template)
	}
	return list
}

type signals struct {
	finish func(onboarding.FinishWait) error
	start  func(partnerID string, round int) error
}

func (s signals) Finish(_ context.Context, f onboarding.FinishWait) error { return s.finish(f) }

func (s signals) Start(_ context.Context, partnerID string, round int) error {
	return s.start(partnerID, round)
}

func (s signals) StartReverification(_ context.Context, partnerID string, change int) error {
	return s.start("change of "+partnerID, change)
}

func (s signals) StartDirectBill(_ context.Context, partnerID string, application, run int) error {
	return s.start(fmt.Sprintf("application %d of %s", application, partnerID), run)
}

func newOutbox(t *testing.T, s *shelf, p *post, sig signals) outbox {
	t.Helper()
	programme, err := mail.NewProgramme("Programme", "Programme Owner Ltd", "https://portal.example")
	if err != nil {
		t.Fatal(err)
	}
	return outbox{events: s, mails: &drawer{}, held: noList{}, commands: deskOf("P-1").runner(s.time), signals: sig, sender: p, bus: &line{}, programme: programme, staff: "reviewers@programme.example", now: s.time}
}

func enrolled(to string) onboarding.Follow {
	return onboarding.Follow{Mail: &onboarding.Mail{Template: onboarding.MailEnrolled, To: to, Params: map[string]string{"companyName": "Contoso", "partnerId": "P-1"}}}
}

func escalated() onboarding.Follow {
	return onboarding.Follow{Mail: &onboarding.Mail{Template: onboarding.MailCaseEscalated, To: onboarding.MailToStaff,
		Params: map[string]string{"companyName": "Contoso", "partnerId": "P-1", "caseId": "C-1", "latest": "2026-03-09T23:59:59Z"}}}
}

func finish() onboarding.Follow {
	return onboarding.Follow{FinishWait: &onboarding.FinishWait{Wait: onboarding.WaitAgreement, Token: "secret-token", Outcome: onboarding.OutcomeAccepted}}
}

func startRound() onboarding.Follow {
	return onboarding.Follow{StartRound: &onboarding.StartRound{Round: 2}}
}

func mustSweep(t *testing.T, o outbox, want summary) {
	t.Helper()
	got, err := o.sweep(t.Context())
	if err != nil || got != want {
		t.Fatalf("sweep: %+v, %v; want %+v", got, err, want)
	}
}

func TestASweepDoesEverythingThatIsDueAndThenNothing(t *testing.T) {
	s, p := shelfWith(enrolled("ada@contoso.example"), startRound()), &post{}
	s.put(2, escalated(), finish())
	var heard []string
	o := newOutbox(t, s, p, signals{
		finish: func(f onboarding.FinishWait) error { heard = append(heard, "finish "+f.Token); return nil },
		start:  func(id string, round int) error { heard = append(heard, "start "+id); return nil },
	})
	mustSweep(t, o, summary{Done: 4})
	mustSweep(t, o, summary{})
	slices.Sort(heard)
	if !slices.Equal(heard, []string{"finish secret-token", "start P-1"}) || len(p.sent) != 2 {
		t.Errorf("heard %v, sent %v", heard, p.templates())
	}
	for _, m := range p.sent {
		switch m.Template {
		case "enrolled":
			if m.To != "ada@contoso.example" || m.Subject == "" || m.Text == "" || m.HTML == "" {
				t.Errorf("mail %+v", m)
			}
		case "caseEscalated":
			if m.To != "reviewers@programme.example" {
				t.Errorf("to %s", m.To)
			}
		}
	}
}

func TestAThrottledMailGoesLaterAndTheOthersGoNow(t *testing.T) {
	s := shelfWith(enrolled("ada@contoso.example"), escalated())
	throttled := true
	p := &post{fail: func(m delivery.Message) error {
		if throttled && m.Template == "enrolled" {
			return &delivery.ThrottledError{Code: "Throttling", After: 5 * time.Minute, Err: errors.New("Maximum sending rate exceeded")}
		}
		return nil
	}}
	o := newOutbox(t, s, p, signals{})
	mustSweep(t, o, summary{Done: 1, Later: 1})
	if wait := s.stored[1].DueAt.Sub(start); wait != 5*time.Minute || len(s.stored[1].Follow) != 1 {
		t.Errorf("due in %s, %d left", wait, len(s.stored[1].Follow))
	}
	mustSweep(t, o, summary{}) // not due yet
	throttled, s.now = false, start.Add(5*time.Minute)
	mustSweep(t, o, summary{Done: 1})
	if !slices.Equal(p.templates(), []string{"caseEscalated", "enrolled"}) {
		t.Errorf("sent %v", p.templates())
	}
}

func TestAMailsKeyIsItsOwnAndTheSameOnEveryTry(t *testing.T) {
	s := shelfWith(enrolled("ada@contoso.example"), enrolled("bob@contoso.example"), escalated())
	keys := map[string][]string{}
	tries := 0
	p := &post{fail: func(m delivery.Message) error {
		keys[m.To] = append(keys[m.To], m.Key)
		if tries++; tries == 2 || tries == 3 {
			return &delivery.TransientError{Err: errors.New("no answer")}
		}
		return nil
	}}
	o := newOutbox(t, s, p, signals{})
	mustSweep(t, o, summary{Done: 1, Later: 2})
	s.now = start.Add(time.Hour)
	mustSweep(t, o, summary{Done: 2})
	different := map[string]bool{}
	for to, list := range keys {
		different[list[0]] = true
		if slices.ContainsFunc(list, func(k string) bool { return k != list[0] || len(k) > 256 || strings.Contains(k, "@") }) {
			t.Errorf("keys to %s: %v", to, list)
		}
	}
	if len(different) != 3 {
		t.Errorf("keys %v", keys)
	}
}

func TestAMailWhoseRecipientIsRefusedIsDroppedOtherRefusalsStay(t *testing.T) {
	for reason, want := range map[delivery.Reason]summary{
		delivery.ReasonRecipient:     {Done: 1},
		delivery.ReasonContent:       {Later: 1},
		delivery.ReasonConfiguration: {Later: 1},
	} {
		s := shelfWith(enrolled("nobody@contoso.example"))
		p := &post{fail: func(delivery.Message) error {
			return &delivery.PermanentError{Reason: reason, Code: "MessageRejected", Err: errors.New("nobody@contoso.example")}
		}}
		mustSweep(t, newOutbox(t, s, p, signals{}), want)
		if left := len(s.stored[1].Follow); left != want.Later {
			t.Errorf("%s: %d left", reason, left)
		}
	}
}

func TestASignalThatWasNotHeardIsGivenAgain(t *testing.T) {
	s := shelfWith(finish(), startRound())
	fail, finished, started := true, 0, 0
	o := newOutbox(t, s, &post{}, signals{
		finish: func(onboarding.FinishWait) error {
			finished++
			if fail {
				return errors.New("no connection")
			}
			return nil
		},
		start: func(string, int) error { started++; return nil },
	})
	mustSweep(t, o, summary{Done: 1, Later: 1})
	fail, s.now = false, s.stored[1].DueAt
	mustSweep(t, o, summary{Done: 1})
	if finished != 2 || started != 1 {
		t.Errorf("finished %d, started %d times", finished, started)
	}
}

func TestAnEventWhoseTickWasLostIsDoneAgainAfterItsLease(t *testing.T) {
	s, p := shelfWith(enrolled("ada@contoso.example"), finish()), &post{}
	finished := 0
	s.settle = func(store.StoredEvent, []onboarding.Follow) error { return errors.New("no answer") }
	o := newOutbox(t, s, p, signals{finish: func(onboarding.FinishWait) error { finished++; return nil }})
	mustSweep(t, o, summary{Done: 2})
	mustSweep(t, o, summary{}) // the lease holds
	s.settle, s.now = nil, start.Add(lease)
	mustSweep(t, o, summary{Done: 2})
	s.now = start.Add(24 * time.Hour)
	mustSweep(t, o, summary{})
	if len(p.sent) != 2 || finished != 2 {
		t.Errorf("sent %d, finished %d times: want at most once more", len(p.sent), finished)
	}
}

func TestTwoSweepsAtOnceShareTheWork(t *testing.T) {
	s, p := shelfWith(), &post{}
	for n := 1; n <= 9; n++ {
		s.put(n, enrolled("ada@contoso.example"))
	}
	o := newOutbox(t, s, p, signals{})
	var group sync.WaitGroup
	done := make([]summary, 4)
	for i := range done {
		group.Go(func() { done[i], _ = o.sweep(t.Context()) })
	}
	group.Wait()
	total := 0
	for _, d := range done {
		total += d.Done
	}
	if total != 9 || len(p.sent) != 9 {
		t.Errorf("%d done, %d sent", total, len(p.sent))
	}
}

func TestAnEventThatAnotherSweepTookIsLeftAloneAndAFaultyOneDoesNotStopTheSweep(t *testing.T) {
	s, p := shelfWith(enrolled("ada@contoso.example")), &post{}
	s.put(2, enrolled("bob@contoso.example"))
	s.put(3, enrolled("eve@contoso.example"))
	s.put(4, onboarding.Follow{Mail: &onboarding.Mail{Template: "noSuchLetter", To: "ada@contoso.example"}})
	s.claim = func(d store.Due) error {
		switch d.Sequence {
		case 1:
			return store.ErrConflict
		case 2:
			return errors.New("no answer")
		}
		return nil
	}
	mustSweep(t, newOutbox(t, s, p, signals{}), summary{Done: 1, Later: 1})
	if len(p.sent) != 1 || p.sent[0].To != "eve@contoso.example" {
		t.Errorf("sent %+v", p.sent)
	}
}

func TestAConsequenceThatPanicsGoesOnLaterAndTheOthersAreDone(t *testing.T) {
	s, p := shelfWith(finish(), enrolled("ada@contoso.example")), &post{}
	o := newOutbox(t, s, p, signals{finish: func(onboarding.FinishWait) error { panic("poison") }})
	mustSweep(t, o, summary{Done: 1, Later: 1})
	if len(p.sent) != 1 || len(s.stored[1].Follow) != 1 {
		t.Errorf("sent %d, %d left", len(p.sent), len(s.stored[1].Follow))
	}
}

func TestTheSweepStopsInTimeForTheNextOneToGoOn(t *testing.T) {
	s, p := shelfWith(enrolled("ada@contoso.example")), &post{}
	ctx, cancel := context.WithTimeout(t.Context(), spare/2)
	defer cancel()
	if got, err := newOutbox(t, s, p, signals{}).sweep(ctx); err != nil || got != (summary{}) || len(p.sent) != 0 {
		t.Errorf("%+v, %v, sent %d", got, err, len(p.sent))
	}
	mustSweep(t, newOutbox(t, s, p, signals{}), summary{Done: 1})
}

func TestAnEventTriedTooOftenIsReportedAndTriedOn(t *testing.T) {
	s := shelfWith(finish())
	stuck, total := 0, time.Duration(0)
	o := newOutbox(t, s, &post{}, signals{finish: func(onboarding.FinishWait) error { return errors.New("no connection") }})
	for try := 1; try <= 20; try++ {
		got, err := o.sweep(t.Context())
		if err != nil || got.Later != 1 {
			t.Fatalf("try %d: %+v, %v", try, got, err)
		}
		stuck += got.Stuck
		if (got.Stuck == 1) != (try >= store.StuckAfter) {
			t.Errorf("try %d: stuck %d", try, got.Stuck)
		}
		pause := s.stored[1].DueAt.Sub(s.now)
		if pause < 30*time.Second || pause > maxPause {
			t.Errorf("try %d: pause of %s", try, pause)
		}
		total += pause
		s.now = s.stored[1].DueAt
	}
	if total > 20*time.Hour {
		t.Errorf("20 tries take %s", total)
	}
}

func TestTheLogHoldsNoAddressNoTokenAndNoMessage(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	s := shelfWith(enrolled("ada@contoso.example"), finish())
	for _, failure := range []error{
		&delivery.PermanentError{Reason: delivery.ReasonRecipient, Code: "MessageRejected", Err: errors.New("ada@contoso.example is not verified")},
		&delivery.ThrottledError{Code: "Throttling", After: time.Minute, Err: errors.New("ada@contoso.example")},
		&delivery.TransientError{Err: errors.New("ada@contoso.example")},
	} {
		s.put(1, enrolled("ada@contoso.example"), finish())
		o := newOutbox(t, s, &post{fail: func(delivery.Message) error { return failure }}, signals{finish: func(onboarding.FinishWait) error { return errors.New("no connection") }})
		if _, err := o.sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, secret := range []string{"ada@", "secret-token", "not verified"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log holds %q: %s", secret, log.String())
		}
	}
	if log.Len() == 0 {
		t.Error("nothing was logged")
	}
}

func TestTheExampleEventIsWhatTheScheduleSends(t *testing.T) {
	text, err := os.ReadFile("event.json")
	if err != nil {
		t.Fatal(err)
	}
	var event map[string]any
	if err := json.Unmarshal(text, &event); err != nil || !reflect.DeepEqual(event, map[string]any{}) {
		t.Errorf("event %s, %v", text, err)
	}
}

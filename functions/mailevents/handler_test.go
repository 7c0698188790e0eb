//go:build stack

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/mail/suppression"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

const (
	contact = "ada@contoso.example"
	mailKey = "01K6ZT4M9WB1N3P5R7T9V2X4YZ-enrolled-ad0bd3f4"
)

// held is a suppression list of the mail service.
type held struct {
	sync.Mutex
	list  map[string]suppression.Entry
	fail  error
	asked int
}

func (h *held) Find(_ context.Context, address string) (suppression.Entry, bool, error) {
	h.Lock()
	defer h.Unlock()
	h.asked++
	e, ok := h.list[address]
	return e, ok, h.fail
}

func wired(r *rig.Rig, h *held) function {
	return function{records: r.Parts.Store, commands: r.Parts.Commands, list: h, staff: "reviewers@programme.example", configurationSet: ourSet, account: "000000000000", now: r.Now}
}

func enrolledMail(to string) onboarding.SentMail {
	return onboarding.SentMail{Key: mailKey, Template: onboarding.MailEnrolled, To: to}
}

// now is the example with the times of the rig.
func at(t *testing.T, r *rig.Rig, change func(detail map[string]any)) json.RawMessage {
	return example(t, func(d map[string]any) {
		d["mail"].(map[string]any)["timestamp"] = r.Now().Format(time.RFC3339)
		d["bounce"].(map[string]any)["timestamp"] = r.Now().Format(time.RFC3339)
		if change != nil {
			change(d)
		}
	})
}

func mustHandle(t *testing.T, f function, event json.RawMessage, want summary) {
	t.Helper()
	got, err := f.handle(t.Context(), event)
	if err != nil || got != want {
		t.Fatalf("%+v, %v; want %+v", got, err, want)
	}
}

func stateOfMail(t *testing.T, r *rig.Rig) onboarding.MailState {
	t.Helper()
	m, _, err := r.Parts.Store.Mail(t.Context(), rig.PartnerID, mailKey)
	if err != nil {
		t.Fatal(err)
	}
	return m.State
}

// failures is how often the partner was told of a failed address.
func failures(t *testing.T, r *rig.Rig) (n int) {
	t.Helper()
	events, err := r.Parts.Store.Events(t.Context(), rig.PartnerID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Data.Type() == "mail.addressFailed" {
			n++
		}
	}
	return n
}

func TestV5_ABounceBecomesARequirementOnceHoweverOftenItIsTold(t *testing.T) {
	r := rig.New(t).Enrolled().Mailed(enrolledMail(contact))
	f := wired(r, &held{})
	for range 3 {
		mustHandle(t, f, at(t, r, nil), summary{Recorded: 1})
	}
	if s, n := stateOfMail(t, r), failures(t, r); s != onboarding.MailStateBounced || n != 1 {
		t.Errorf("%s, told %d times", s, n)
	}
	if turn := r.Record().Partner.Turn(r.Now()); turn.Code != "email_address_broken" {
		t.Errorf("the turn %+v", turn)
	}
	t.Run("and a delivery told late takes nothing back", func(t *testing.T) {
		mustHandle(t, f, of(t, "Delivery", "delivery", `{"recipients":["ada@contoso.example"]}`), summary{Recorded: 1})
		if s := stateOfMail(t, r); s != onboarding.MailStateBounced {
			t.Error(s)
		}
	})
}

func TestV5_AMailThatCameBackForTheMomentIsNoRequirement(t *testing.T) {
	r := rig.New(t).Enrolled().Mailed(enrolledMail(contact))
	mustHandle(t, wired(r, &held{}), at(t, r, func(d map[string]any) { d["bounce"].(map[string]any)["bounceType"] = "Transient" }), summary{Recorded: 1})
	if s, n := stateOfMail(t, r), failures(t, r); s != onboarding.MailStateReturned || n != 0 {
		t.Errorf("%s, told %d times", s, n)
	}
}

func TestAnEventThatIsFasterThanTheOutboxIsKept(t *testing.T) {
	r := rig.New(t).Enrolled()
	f := wired(r, &held{})
	mustHandle(t, f, at(t, r, nil), summary{Recorded: 1})
	r.Mailed(enrolledMail(contact)).Mailed(enrolledMail(contact)) // and the outbox repeats the mail
	if s, n := stateOfMail(t, r), failures(t, r); s != onboarding.MailStateBounced || n != 1 {
		t.Errorf("%s, told %d times", s, n)
	}
	m, _, err := r.Parts.Store.Mail(t.Context(), rig.PartnerID, mailKey)
	if err != nil || m.Template != onboarding.MailEnrolled || !m.DueAt.IsZero() {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestAnEventOfNoMailOfOursIsIgnoredAndCounted(t *testing.T) {
	r := rig.New(t).Enrolled().Mailed(enrolledMail(contact))
	f := wired(r, &held{})
	version := r.Record().Partner.Version
	for name, event := range map[string]json.RawMessage{
		"another account's": bytes.Replace(at(t, r, nil), []byte(`"account":"000000000000"`), []byte(`"account":"111111111111"`), 1),
		"an unknown partner": at(t, r, func(d map[string]any) {
			d["mail"].(map[string]any)["tags"].(map[string]any)["partner"] = []any{"P-01UNKNOWN"}
		}),
		"another recipient, to whom the mail was forwarded": at(t, r, func(d map[string]any) {
			d["bounce"].(map[string]any)["bouncedRecipients"] = []any{map[string]any{"emailAddress": "private@elsewhere.example"}}
		}),
		"an unknown partner's delivery": example(t, func(d map[string]any) {
			d["eventType"] = "Delivery"
			d["mail"].(map[string]any)["tags"].(map[string]any)["partner"] = []any{"P-01UNKNOWN"}
		}),
	} {
		t.Run(name, func(t *testing.T) { mustHandle(t, f, event, summary{Ignored: 1}) })
	}
	if s := stateOfMail(t, r); s != onboarding.MailStateSent || r.Record().Partner.Version != version {
		t.Errorf("%s", s)
	}
	if _, err := f.handle(t.Context(), json.RawMessage(`{"source":"aws.s3"}`)); !errors.Is(err, errSource) {
		t.Error(err)
	}
	if _, err := f.handle(t.Context(), json.RawMessage(`[]`)); err == nil {
		t.Error("a list is an event")
	}
}

func TestMailsToStaffThatDontArriveAreAnErrorForOperatorsNotThePartners(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	r := rig.New(t).Enrolled().Mailed(enrolledMail(onboarding.MailToStaff))
	event := at(t, r, func(d map[string]any) {
		d["bounce"].(map[string]any)["bouncedRecipients"] = []any{map[string]any{"emailAddress": "Reviewers@programme.example"}}
	})
	mustHandle(t, wired(r, &held{}), event, summary{Recorded: 1})
	if n := failures(t, r); n != 0 || !strings.Contains(log.String(), `"level":"ERROR"`) || strings.Contains(log.String(), "@") {
		t.Errorf("told %d times; %s", n, log.String())
	}
}

func TestFact9_AnAddressThatFailedIsFoundAlthoughNoEventCame(t *testing.T) {
	for name, c := range map[string]struct {
		entry suppression.Entry
		want  onboarding.MailState
	}{
		"it bounced since":         {suppression.Entry{Since: time.Now().Add(time.Hour)}, onboarding.MailStateBounced},
		"it was complained of":     {suppression.Entry{Since: time.Now().Add(time.Hour), Complaint: true}, onboarding.MailStateComplained},
		"it was suppressed before": {suppression.Entry{Since: time.Now().Add(-time.Hour)}, onboarding.MailStateSuppressed},
	} {
		t.Run(name, func(t *testing.T) {
			r := rig.New(t).Enrolled().Mailed(enrolledMail(contact))
			f := wired(r, &held{list: map[string]suppression.Entry{contact: c.entry}})
			mustHandle(t, f, json.RawMessage(`{}`), summary{}) // not a day old yet
			r.Pass(25 * time.Hour)
			mustHandle(t, f, json.RawMessage(`{}`), summary{Recorded: 1})
			mustHandle(t, f, json.RawMessage(`{}`), summary{})
			if s, n := stateOfMail(t, r), failures(t, r); s != c.want || n != 1 {
				t.Errorf("%s, told %d times", s, n)
			}
		})
	}
}

func TestAMailOfWhichNothingIsHeardIsLookedAfterThreeTimesAndThenUnknown(t *testing.T) {
	r := rig.New(t).Enrolled().Mailed(enrolledMail(contact))
	h := &held{}
	f, sent := wired(r, h), r.Now()
	for i, day := range []int{1, 3, 7} {
		r.Pass(sent.AddDate(0, 0, day).Sub(r.Now()) - time.Minute)
		mustHandle(t, f, json.RawMessage(`{}`), summary{})
		r.Pass(2 * time.Minute)
		mustHandle(t, f, json.RawMessage(`{}`), summary{Looked: 1})
		if h.asked != i+1 {
			t.Errorf("asked %d times", h.asked)
		}
	}
	if s := stateOfMail(t, r); s != onboarding.MailStateUnknown {
		t.Error(s)
	}
	r.Pass(1000 * time.Hour)
	mustHandle(t, f, json.RawMessage(`{}`), summary{})
	mustHandle(t, f, of(t, "Delivery", "delivery", `{"recipients":["ada@contoso.example"]}`), summary{Recorded: 1})
	if s := stateOfMail(t, r); s != onboarding.MailStateDelivered {
		t.Errorf("told late: %s", s)
	}
}

func TestTwoSweepsAtOnceTellThePartnerOnce(t *testing.T) {
	r := rig.New(t).Enrolled().Mailed(enrolledMail(contact))
	f := wired(r, &held{list: map[string]suppression.Entry{contact: {Since: r.Now().Add(time.Hour)}}})
	r.Pass(25 * time.Hour)
	var group sync.WaitGroup
	errs := make([]error, 3)
	for i := range errs {
		group.Go(func() { _, errs[i] = f.sweep(t.Context()) })
	}
	group.Wait()
	if n := failures(t, r); n != 1 || errors.Join(errs...) != nil {
		t.Errorf("told %d times, %v", n, errs)
	}
}

func TestWhatCouldNotBeAskedIsAskedByTheNextSweep(t *testing.T) {
	r := rig.New(t).Enrolled().Mailed(enrolledMail(contact))
	h := &held{fail: errors.New("too many requests")}
	f := wired(r, h)
	r.Pass(25 * time.Hour)
	mustHandle(t, f, json.RawMessage(`{}`), summary{Failed: 1})
	h.fail = nil
	mustHandle(t, f, json.RawMessage(`{}`), summary{Looked: 1})
}

// Each call of taking in a bounce fails once, before it was carried out or with
// its answer lost; the event comes again. The partner is told once.
func TestABounceTakesEffectOnceWhicheverCallFails(t *testing.T) {
	happy := rig.New(t).Enrolled().Mailed(enrolledMail(contact))
	happy.Network.Reset()
	mustHandle(t, wired(happy, &held{}), at(t, happy, nil), summary{Recorded: 1})
	calls := len(happy.Network.Calls())
	for call := range calls {
		for _, fault := range []rig.Fault{rig.Before, rig.Lost} {
			r := rig.New(t).Enrolled().Mailed(enrolledMail(contact))
			f, event := wired(r, &held{}), at(t, r, nil)
			r.Network.Reset()
			r.Network.Break(func(n int, _ string) rig.Fault {
				if n == call {
					return fault
				}
				return rig.None
			})
			_, err := f.handle(t.Context(), event)
			r.Network.Reset()
			if _, again := f.handle(t.Context(), event); again != nil {
				t.Errorf("call %d %s: %v, then %v", call, fault, err, again)
			}
			if s, n := stateOfMail(t, r), failures(t, r); s != onboarding.MailStateBounced || n != 1 {
				t.Errorf("call %d %s: %s, told %d times", call, fault, s, n)
			}
		}
	}
	if calls != 5 { // the mail, the partner, the command's read and transaction, the mail's state
		t.Errorf("only %d calls", calls)
	}
}

func TestV5_MendedAnAddressIsNotBrokenAgainByWhatWasSentBefore(t *testing.T) {
	r := rig.New(t).Enrolled().Mailed(enrolledMail(contact))
	f, event := wired(r, &held{}), at(t, r, nil)
	mustHandle(t, f, event, summary{Recorded: 1})
	r.Pass(time.Hour)
	p := r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.MendAddress(contact, s)
	})
	if slices.ContainsFunc(p.UsedAddresses(), func(u onboarding.UsedAddress) bool { return u.Broken() }) {
		t.Error("still broken")
	}
	mustHandle(t, f, event, summary{Recorded: 1})
	if n := failures(t, r); n != 1 || r.Record().Partner.MailAddress(contact).Broken() {
		t.Errorf("told %d times", n)
	}
}

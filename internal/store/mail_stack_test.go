//go:build stack

package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"pgregory.net/rapid"
)

func aMail(key string) SentMail {
	m := SentMail{MessageID: "m-1", DueAt: monday.Add(day)}
	m.Key, m.Template, m.To, m.State = key, onboarding.MailEnrolled, "ada@contoso.example", onboarding.MailStateSent
	m.SentAt, m.StateAt, m.Params = monday, monday, map[string]string{"companyName": "Contoso"}
	return m
}

// tellState is an event as its function takes it in: the state is raised, or kept for
// the mail that the outbox has yet to record.
func tellState(t testing.TB, s *Store, key string, state onboarding.MailState) {
	known, err := s.RecordMailState(t.Context(), "P-1", key, state, monday.Add(time.Hour))
	if err == nil && !known {
		err = s.RecordEarlyMailState(t.Context(), "P-1", key, state, monday.Add(time.Hour))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func mustMail(t testing.TB, s *Store, key string) SentMail {
	t.Helper()
	m, known, err := s.Mail(t.Context(), "P-1", key)
	if err != nil || !known {
		t.Fatalf("known %t, %v", known, err)
	}
	return m
}

// Any order, repetition or loss of what is told of a mail, before or after the
// outbox recorded it, once or twice, ends in one state: the highest told.
func TestV5_AMailsStateIsTheHighestThatWasTold(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		key := fmt.Sprintf("E%d-enrolled-00000001", n)
		set := rapid.SliceOfNDistinct(rapid.SampledFrom(onboarding.MailStates()), 0, 4, rapid.ID[onboarding.MailState]).Draw(rt, "told")
		highest := onboarding.MailStateSent
		for _, state := range set {
			if state.Rank() > highest.Rank() {
				highest = state
			}
		}
		steps := append(slices.Clone(set), set...)
		steps = append(steps, "record")
		if rapid.Bool().Draw(rt, "sent twice") {
			steps = append(steps, "record")
		}
		for _, step := range rapid.Permutation(steps).Draw(rt, "order") {
			if step != "record" {
				tellState(t, s, key, step)
			} else if err := s.RecordSent(t.Context(), "P-1", aMail(key)); err != nil {
				rt.Fatal(err)
			}
		}
		m := mustMail(t, s, key)
		if m.State != highest || m.Template != onboarding.MailEnrolled || m.To != "ada@contoso.example" || m.Params["companyName"] != "Contoso" || !m.SentAt.Equal(monday.Truncate(time.Millisecond)) {
			rt.Fatalf("%+v, want the state %s", m, highest)
		}
		if due := !m.DueAt.IsZero(); due == highest.Settled() {
			rt.Fatalf("%s is due: %t", m.State, due)
		}
	})
}

func TestOnlyMailsOfWhichNothingWasHeardAreDue(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	states := map[string]onboarding.MailState{"A-enrolled-00000001": "", "B-enrolled-00000001": onboarding.MailStateDelayed, "C-enrolled-00000001": onboarding.MailStateDelivered, "D-enrolled-00000001": onboarding.MailStateBounced}
	for key, state := range states {
		if err := s.RecordSent(t.Context(), "P-1", aMail(key)); err != nil {
			t.Fatal(err)
		}
		if state != "" {
			tellState(t, s, key, state)
		}
	}
	var due []string
	for _, d := range dueNow(t, s, DueMail, monday.Add(day)) {
		if d.PartnerID != "P-1" || d.Sequence != 0 {
			t.Errorf("%+v", d)
		}
		due = append(due, d.Mail)
	}
	if slices.Sort(due); !slices.Equal(due, []string{"A-enrolled-00000001", "B-enrolled-00000001"}) || len(dueNow(t, s, DueMail, monday.Add(day-time.Second))) != 0 {
		t.Errorf("due are %v", due)
	}
	t.Run("looked at by two sweeps at once, it counts one look", func(t *testing.T) {
		seen := mustMail(t, s, due[0])
		var group sync.WaitGroup
		errs := make([]error, 2)
		for i := range errs {
			group.Go(func() { errs[i] = s.LookAgain(t.Context(), "P-1", seen, monday.Add(3*day)) })
		}
		group.Wait()
		if m := mustMail(t, s, due[0]); m.Looks != 1 || !m.DueAt.Equal(monday.Add(3*day).Truncate(time.Millisecond)) || errors.Is(errs[0], ErrConflict) == errors.Is(errs[1], ErrConflict) {
			t.Errorf("%+v, %v", m, errs)
		}
	})
	t.Run("one whose fate is heard meanwhile isn't looked at again", func(t *testing.T) {
		seen := mustMail(t, s, due[1])
		tellState(t, s, due[1], onboarding.MailStateDelivered)
		if err := s.LookAgain(t.Context(), "P-1", seen, monday.Add(3*day)); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	})
}

func TestAnUnknownMailIsNotWritten(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	if known, err := s.RecordMailState(t.Context(), "P-1", "X-enrolled-00000001", onboarding.MailStateDelivered, monday); known || err != nil {
		t.Errorf("known %t, %v", known, err)
	}
	if _, known, err := s.Mail(t.Context(), "P-1", "X-enrolled-00000001"); known || err != nil {
		t.Errorf("known %t, %v", known, err)
	}
}

func TestMailsAreListedNewestFirstWithoutStaffsAndWithoutWhatOnlyAnEventKnows(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	mustEnrol(t, s, "P-1", "t-1")
	for _, key := range []string{"A-enrolled-00000001", "B-enrolled-00000001", "C-enrolled-00000001"} {
		m := aMail(key)
		if key[0] == 'B' {
			m.To = onboarding.MailToStaff
		}
		if err := s.RecordSent(t.Context(), "P-1", m); err != nil {
			t.Fatal(err)
		}
	}
	tellState(t, s, "Z-enrolled-00000001", onboarding.MailStateDelivered)
	for staffs, want := range map[bool][]string{false: {"C", "A"}, true: {"C", "B", "A"}} {
		var got []string
		for cursor := ""; ; {
			mails, next, err := s.Mails(t.Context(), "P-1", staffs, cursor, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range mails {
				got = append(got, m.Key[:1])
			}
			if cursor = next; next == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("staff %t: %v, want %v", staffs, got, want)
		}
	}
	for _, cursor := range []string{"EVENT#0000000001", "a/b", "ü"} {
		if _, _, err := s.Mails(t.Context(), "P-1", false, cursor, 2); onboarding.CodeOf(err) != onboarding.CodeInvalid {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
	t.Run("the timeline reads no mail", func(t *testing.T) {
		_, events, _, err := s.Timeline(t.Context(), "P-1", 0, 50)
		if err != nil || len(events) != 1 {
			t.Errorf("%d events, %v", len(events), err)
		}
	})
}

func TestARecordWhoseAnswerIsLostIsTheSame(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	f := &fault{operation: "UpdateItem", lose: 1}
	lossy := New(client(f), s.table)
	if err := lossy.RecordSent(t.Context(), "P-1", aMail("A-enrolled-00000001")); err != nil || f.lost.Load() != 1 {
		t.Fatalf("%v, lost %d", err, f.lost.Load())
	}
	f = &fault{operation: "UpdateItem", lose: 1}
	if known, err := New(client(f), s.table).RecordMailState(t.Context(), "P-1", "A-enrolled-00000001", onboarding.MailStateDelivered, monday); !known || err != nil {
		t.Errorf("known %t, %v", known, err)
	}
	if m := mustMail(t, s, "A-enrolled-00000001"); m.State != onboarding.MailStateDelivered {
		t.Errorf("%+v", m)
	}
}

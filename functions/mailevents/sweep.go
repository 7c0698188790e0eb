package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/mail/suppression"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

const (
	batch = 25
	spare = 10 * time.Second
)

// looks is how long after a mail was sent it is looked after, while nothing
// final is heard of it; after the last look its fate counts as unknown. The
// outbox asks for the first.
var looks = []time.Duration{24 * time.Hour, 3 * 24 * time.Hour, 7 * 24 * time.Hour}

// answers remembers the mail service's answers during one sweep.
type answers map[string]answer

type answer struct {
	entry suppression.Entry
	found bool
	err   error
}

// sweep looks after the mails of which nothing final was heard: an event may be
// lost, but an address that failed is on the mail service's list. Two sweeps at
// once ask twice and record once.
func (f function) sweep(ctx context.Context) (summary, error) {
	var sum summary
	asked, seen := answers{}, map[string]bool{}
	for {
		due, err := f.records.Due(ctx, store.DueMail, f.now(), batch)
		if err != nil {
			return sum, err
		}
		fresh := 0
		for _, d := range due {
			id := d.PartnerID + d.Mail
			if seen[id] {
				continue // the index is a moment behind, or it failed
			}
			seen[id] = true
			if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < spare {
				return sum, nil // the next sweep goes on
			}
			fresh++
			if err := f.look(ctx, d, asked, &sum); err != nil {
				sum.Failed++
				slog.ErrorContext(ctx, "a mail could not be looked after", "partnerId", d.PartnerID, "mail", d.Mail, "error", err)
			}
		}
		if fresh == 0 {
			slog.InfoContext(ctx, "swept", "recorded", sum.Recorded, "looked", sum.Looked, "failed", sum.Failed)
			return sum, nil
		}
	}
}

func (f function) look(ctx context.Context, d store.Due, asked answers, sum *summary) (err error) {
	defer func() {
		if p := recover(); p != nil { // one broken record must not stop the sweep
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	m, known, err := f.records.Mail(ctx, d.PartnerID, d.Mail)
	if err != nil || !known || m.State.Settled() {
		return err // its fate was heard of meanwhile
	}
	to := f.mailbox(m.To)
	a, ok := asked[to]
	if !ok {
		a.entry, a.found, a.err = f.list.Find(ctx, to)
		asked[to] = a
	}
	switch {
	case a.err != nil:
		return a.err
	case a.found:
		n := notice{PartnerID: d.PartnerID, Key: m.Key, Template: m.Template, State: stateOf(a.entry, m.SentAt), At: f.now().UTC(), SentAt: m.SentAt}
		if err := f.fail(ctx, d.PartnerID, m.To, n); err != nil {
			return err
		}
		sum.Recorded++
		_, err := f.records.RecordMailState(ctx, n.PartnerID, n.Key, n.State, n.At)
		return err
	}
	sum.Looked++
	if m.Looks+1 < len(looks) {
		err := f.records.LookAgain(ctx, d.PartnerID, m, m.SentAt.Add(looks[m.Looks+1]))
		if errors.Is(err, store.ErrConflict) {
			return nil // another sweep has looked, or an event came
		}
		return err
	}
	_, err = f.records.RecordMailState(ctx, d.PartnerID, m.Key, onboarding.MailStateUnknown, f.now().UTC())
	return err
}

// stateOf is what the list says of a mail: an address that was on it already
// when the mail was sent had it held back.
func stateOf(e suppression.Entry, sentAt time.Time) onboarding.MailState {
	switch {
	case e.Since.Before(sentAt):
		return onboarding.MailStateSuppressed
	case e.Complaint:
		return onboarding.MailStateComplained
	}
	return onboarding.MailStateBounced
}

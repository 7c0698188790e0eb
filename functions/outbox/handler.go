package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
	"github.com/partner-onboarding/partner-onboarding/internal/mail"
	"github.com/partner-onboarding/partner-onboarding/internal/mail/delivery"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

const (
	batch = 25               // events taken from each shard at a time
	lease = 2 * time.Minute  // for how long a claim holds; longer than the function may run
	spare = 10 * time.Second // left before the function's deadline when it stops taking events
	look  = 24 * time.Hour   // after which a mail is looked after when nothing was heard of it

	maxPause = time.Hour
)

type events interface {
	Due(ctx context.Context, kind store.DueKind, now time.Time, limit int) ([]store.Due, error)
	Claim(ctx context.Context, d store.Due, until time.Time) (store.StoredEvent, error)
	Settle(ctx context.Context, claimed store.StoredEvent, remaining []onboarding.Follow, dueAt time.Time) error
	Published(ctx context.Context, partnerID string, sequence int) (done bool, tries int, err error)
}

type sender interface {
	Send(ctx context.Context, m delivery.Message) (string, error)
}

// mails is what became of mails, as the table keeps it.
type mails interface {
	RecordSent(ctx context.Context, partnerID string, m store.SentMail) error
}

type suppressions interface {
	Lift(ctx context.Context, address string) error
}

type outbox struct {
	events    events
	mails     mails
	held      suppressions // what the mail service holds back
	partners  partners
	commands  *command.Runner
	signals   command.Signals
	sender    sender
	bus       publisher
	programme mail.Programme
	staff     string
	now       func() time.Time
}

// summary is what one sweep did.
type summary struct {
	Done  int `json:"done"`  // consequences
	Later int `json:"later"` // consequences that go on the next time
	Stuck int `json:"stuck"` // events tried too often
}

// sweep does what is due. Two sweeps at once share the work: each event is
// claimed by one of them. A consequence that was done but whose tick was lost
// is done again: a mail at most once more, a signal harmlessly.
func (o outbox) sweep(ctx context.Context) (summary, error) {
	var sum summary
	for {
		due, err := o.events.Due(ctx, store.DueOutbox, o.now(), batch)
		if err != nil {
			return sum, err
		}
		var taken []*work
		enough := false
		for _, d := range due {
			if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < spare {
				enough = true // the next sweep goes on
				break
			}
			e, err := o.events.Claim(ctx, d, o.now().Add(lease))
			if errors.Is(err, store.ErrConflict) {
				continue // another sweep has it, or it is done
			}
			if err != nil {
				slog.ErrorContext(ctx, "an event could not be taken", "partnerId", d.PartnerID, "sequence", d.Sequence, "error", err)
				continue
			}
			w := &work{event: e, wait: backoff(e.Attempts)}
			taken = append(taken, w)
			o.follow(ctx, w, &sum)
		}
		o.publish(ctx, taken, &sum)
		for _, w := range taken {
			o.settle(ctx, w, &sum)
		}
		if len(taken) == 0 || enough {
			return sum, nil
		}
	}
}

// work is a claimed event on its way through a sweep.
type work struct {
	event     store.StoredEvent
	remaining []onboarding.Follow // what goes on later
	wait      time.Duration       // until then
	publish   bool                // it is still to be published
	settled   bool
}

// later keeps a consequence for a later sweep.
func (w *work) later(ctx context.Context, f onboarding.Follow, err error, sum *summary) {
	slog.WarnContext(ctx, "a consequence goes on later", "partnerId", w.event.PartnerID, "eventId", w.event.ID, "attempts", w.event.Attempts, "cause", cause(err))
	sum.Later++
	w.remaining = append(w.remaining, f)
	if after, ok := delivery.RetryAfter(err); ok && after > w.wait {
		w.wait = after
	}
}

// follow does an event's consequences but for publishing it, which is done of
// several at once. An event without that is settled right away.
func (o outbox) follow(ctx context.Context, w *work, sum *summary) {
	for _, f := range w.event.Follow {
		if f.Publish != nil {
			w.publish = true
			continue
		}
		if err := o.do(ctx, w.event, f); err != nil {
			w.later(ctx, f, err, sum)
			continue
		}
		sum.Done++
	}
	if !w.publish {
		o.settle(ctx, w, sum)
	}
}

// settle keeps how far a claimed event got.
func (o outbox) settle(ctx context.Context, w *work, sum *summary) {
	if w.settled {
		return
	}
	w.settled = true
	e := w.event
	if len(w.remaining) > 0 && e.Attempts >= store.StuckAfter {
		sum.Stuck++
		slog.ErrorContext(ctx, "an event is stuck", "partnerId", e.PartnerID, "eventId", e.ID, "attempts", e.Attempts)
	}
	if err := o.events.Settle(ctx, e, w.remaining, o.now().Add(w.wait)); err != nil {
		slog.WarnContext(ctx, "an event could not be settled", "partnerId", e.PartnerID, "eventId", e.ID, "error", err)
	}
}

func (o outbox) do(ctx context.Context, e store.StoredEvent, f onboarding.Follow) (err error) {
	defer func() {
		if p := recover(); p != nil { // one broken event must not stop the sweep
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	switch {
	case f.Mail != nil:
		return o.mail(ctx, e, *f.Mail)
	case f.FinishWait != nil:
		return o.signals.Finish(ctx, *f.FinishWait)
	case f.StartRound != nil:
		return o.signals.Start(ctx, e.PartnerID, f.StartRound.Round)
	case f.StartReverification != nil:
		return o.signals.StartReverification(ctx, e.PartnerID, f.StartReverification.Change)
	case f.StartDirectBill != nil:
		return o.signals.StartDirectBill(ctx, e.PartnerID, f.StartDirectBill.Application, f.StartDirectBill.Run)
	case f.LiftSuppression != nil:
		return o.held.Lift(ctx, f.LiftSuppression.Address)
	case f.AskToJoin != nil:
		return o.askToJoin(ctx, e, *f.AskToJoin)
	}
	return nil
}

// mail sends a message and keeps that it was sent.
func (o outbox) mail(ctx context.Context, e store.StoredEvent, m onboarding.Mail) error {
	to := m.To
	if to == onboarding.MailToStaff {
		to = o.staff
	}
	if id, ok := onboarding.DistributorOf(to); ok {
		d, _ := directory.Find(id)
		if to = d.Email; to == "" { // it has left the directory: nobody is there to be told
			slog.WarnContext(ctx, "a distributor without an address wasn't told", "partnerId", e.PartnerID, "eventId", e.ID, "template", m.Template)
			return nil
		}
	}
	rendered, err := mail.Render(string(m.Template), m.Params, o.programme)
	if err != nil {
		return fmt.Errorf("render %s: %w", m.Template, err)
	}
	if m.Test {
		rendered = rendered.OfTest()
	}
	id, err := o.sender.Send(ctx, delivery.Message{
		Key: onboarding.MailKey(e.ID, m), Partner: e.PartnerID, Template: string(m.Template), To: to, Subject: rendered.Subject, Text: rendered.Text, HTML: rendered.HTML,
	})
	var permanent *delivery.PermanentError
	if errors.As(err, &permanent) && permanent.Reason == delivery.ReasonRecipient {
		slog.ErrorContext(ctx, "a mail's recipient was refused", "partnerId", e.PartnerID, "eventId", e.ID, "template", m.Template, "cause", cause(err))
		return o.refused(ctx, e, m)
	}
	if err != nil {
		return err
	}
	sent := o.sent(e, m, onboarding.MailStateSent)
	sent.MessageID = id
	if _, toDistributor := onboarding.DistributorOf(m.To); !toDistributor { // its address is ours to keep right: an event about it is an alarm
		sent.DueAt = sent.SentAt.Add(look)
	}
	if err := o.mails.RecordSent(ctx, e.PartnerID, sent); err != nil { // the mail is out: sending it again would not mend this
		slog.ErrorContext(ctx, "a sent mail could not be recorded", "partnerId", e.PartnerID, "eventId", e.ID, "template", m.Template, "error", err)
	}
	return nil
}

// refused keeps that the mail service refuses a recipient for good: the address
// doesn't work, and the partner is asked to mend it. Trying again can't help.
func (o outbox) refused(ctx context.Context, e store.StoredEvent, m onboarding.Mail) error {
	sent := o.sent(e, m, onboarding.MailStateBounced)
	if onboarding.OfPartner(m.To) {
		failure := onboarding.AddressFailure{Address: m.To, Reason: onboarding.AddressBounced, At: sent.SentAt, SentAt: sent.SentAt, Template: m.Template}
		_, err := o.commands.Run(ctx, command.Command{
			PartnerID: e.PartnerID, By: onboarding.Actor{Kind: onboarding.ActorSystem, Name: "Mail service"}, Authorize: onboarding.Known,
			Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
				return p.FailAddress(failure, s)
			},
		})
		if err != nil && onboarding.CodeOf(err) == "" {
			return err
		}
	}
	return o.mails.RecordSent(ctx, e.PartnerID, sent)
}

// sent is the record of a mail. What would send it again is kept, but not for
// mails to staff and distributors, and never an ownership link's secret.
func (o outbox) sent(e store.StoredEvent, m onboarding.Mail, state onboarding.MailState) store.SentMail {
	now := o.now().UTC()
	s := store.SentMail{SentMail: onboarding.SentMail{Key: onboarding.MailKey(e.ID, m), Template: m.Template, To: m.To, SentAt: now, State: state, StateAt: now}}
	if onboarding.OfPartner(m.To) && !m.Template.Secret() {
		s.Params = m.Params
	}
	return s
}

// cause is what the log may say of an error: SES's own texts may hold
// addresses, so of its errors only the kind and code are kept.
func cause(err error) string {
	var permanent *delivery.PermanentError
	var throttled *delivery.ThrottledError
	var transient *delivery.TransientError
	switch {
	case errors.As(err, &permanent):
		return "refused by the mail service: " + permanent.Code
	case errors.As(err, &throttled):
		return "the mail service's rate or quota is reached"
	case errors.As(err, &transient):
		return "the mail service gave no answer"
	}
	return err.Error()
}

// backoff is the pause before the next try: 30 seconds, doubling, an hour at
// most.
func backoff(attempts int) time.Duration {
	pause := 30 * time.Second
	for range attempts - 1 {
		if pause *= 2; pause >= maxPause {
			return maxPause
		}
	}
	return pause
}

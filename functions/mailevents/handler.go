package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
	"github.com/partner-onboarding/partner-onboarding/internal/mail/suppression"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

type records interface {
	Load(ctx context.Context, partnerID string, request store.Request, now time.Time) (store.Record, *store.Replay, error)
	Mail(ctx context.Context, partnerID, key string) (store.SentMail, bool, error)
	RecordMailState(ctx context.Context, partnerID, key string, state onboarding.MailState, at time.Time) (known bool, err error)
	RecordEarlyMailState(ctx context.Context, partnerID, key string, state onboarding.MailState, at time.Time) error
	Due(ctx context.Context, kind store.DueKind, now time.Time, limit int) ([]store.Due, error)
	LookAgain(ctx context.Context, partnerID string, seen store.SentMail, next time.Time) error
}

type list interface {
	Find(ctx context.Context, address string) (suppression.Entry, bool, error)
}

type function struct {
	records          records
	commands         *command.Runner
	list             list
	staff            string // staff's address
	configurationSet string // of our mails
	account          string // ours, "" when unknown
	now              func() time.Time
}

// summary is what an event or a sweep came to.
type summary struct {
	Recorded int `json:"recorded"`
	Ignored  int `json:"ignored"` // events of no mail of ours
	Looked   int `json:"looked"`  // mails looked after and nothing found
	Failed   int `json:"failed"`  // mails that the next sweep looks after again
}

var errSource = errors.New("mailevents: neither an event of the mail service nor the schedule's")

// handle tells an event of SES from the schedule's, which is empty.
func (f function) handle(ctx context.Context, event json.RawMessage) (any, error) {
	e, err := decode(event)
	if err != nil {
		return nil, fmt.Errorf("mailevents: %w", err)
	}
	switch e.Source {
	case "aws.ses":
		return f.record(ctx, e)
	case "":
		return f.sweep(ctx)
	}
	return nil, errSource
}

// record takes an event in. Everything it does can be done again: the event may
// come twice, or be repeated after a fault.
func (f function) record(ctx context.Context, e envelope) (summary, error) {
	if f.account != "" && e.Account != f.account {
		return ignored(ctx, "another account"), nil
	}
	n, cause := read(e, f.configurationSet, f.now().UTC())
	if cause != "" {
		return ignored(ctx, cause), nil
	}
	if n.State.Failure() == "" {
		known, err := f.records.RecordMailState(ctx, n.PartnerID, n.Key, n.State, n.At)
		if err != nil || known {
			return summary{Recorded: 1}, err
		}
		return f.early(ctx, n)
	}
	return f.failed(ctx, n)
}

func ignored(ctx context.Context, cause string) summary {
	slog.WarnContext(ctx, "a mail event was ignored", "ignored", 1, "cause", cause)
	return summary{Ignored: 1}
}

// early records an event that came before the outbox recorded the mail. A mail
// of a partner that doesn't exist is none of ours.
func (f function) early(ctx context.Context, n notice) (summary, error) {
	r, _, err := f.records.Load(ctx, n.PartnerID, store.Request{}, f.now())
	if err != nil {
		return summary{}, err
	}
	if !r.Partner.Enrolled() {
		return ignored(ctx, "an unknown partner"), nil
	}
	return summary{Recorded: 1}, f.records.RecordEarlyMailState(ctx, n.PartnerID, n.Key, n.State, n.At)
}

// failed takes in that a mail failed for good: first the partner learns of its
// address, then the mail's state rises. In between, the mail still counts as
// one to look after.
func (f function) failed(ctx context.Context, n notice) (summary, error) {
	m, known, err := f.records.Mail(ctx, n.PartnerID, n.Key)
	if err != nil {
		return summary{}, err
	}
	r, _, err := f.records.Load(ctx, n.PartnerID, store.Request{}, f.now())
	if err != nil {
		return summary{}, err
	}
	if !r.Partner.Enrolled() {
		return ignored(ctx, "an unknown partner"), nil
	}
	to, ok := f.recipientOf(n, m, r.Partner)
	if !ok {
		return ignored(ctx, "the recipient is not the mail's"), nil
	}
	if err := f.fail(ctx, n.PartnerID, to, n); err != nil {
		return summary{}, err
	}
	if known {
		_, err = f.records.RecordMailState(ctx, n.PartnerID, n.Key, n.State, n.At)
	} else {
		err = f.records.RecordEarlyMailState(ctx, n.PartnerID, n.Key, n.State, n.At)
	}
	return summary{Recorded: 1}, err
}

// recipientOf is whose address failed: the mail's own recipient, whom the event
// must name. An address that the recipient's server forwarded to is not ours.
// Of a mail that isn't recorded yet it is one that the partner uses, a
// distributor's or staff's.
func (f function) recipientOf(n notice, m store.SentMail, p onboarding.Partner) (string, bool) {
	names := func(address string) bool {
		return slices.ContainsFunc(n.Recipients, func(r string) bool { return strings.EqualFold(r, plain(address)) })
	}
	if m.To != "" {
		return m.To, names(f.mailbox(m.To))
	}
	for _, u := range p.UsedAddresses() {
		if names(u.Address) {
			return u.Address, true
		}
	}
	for _, r := range p.Relationships {
		if to := onboarding.MailToDistributor(r.DistributorID); names(f.mailbox(to)) {
			return to, true
		}
	}
	return onboarding.MailToStaff, names(f.staff)
}

// mailbox is the address that a recipient stands for.
func (f function) mailbox(to string) string {
	if to == onboarding.MailToStaff {
		return f.staff
	}
	if id, ok := onboarding.DistributorOf(to); ok {
		d, _ := directory.Find(id)
		return d.Email
	}
	return to
}

// fail tells the partner that an address failed. That it knows already is fine.
// Staff's own address and a
// distributor's are for operators to mend: an error in the log is an alarm.
func (f function) fail(ctx context.Context, partnerID, to string, n notice) error {
	if !onboarding.OfPartner(to) {
		slog.ErrorContext(ctx, "mails to staff or a distributor don't arrive", "to", to, "partnerId", partnerID, "template", n.Template, "reason", n.State.Failure())
		return nil
	}
	failure := onboarding.AddressFailure{Address: to, Reason: n.State.Failure(), At: n.At, SentAt: n.SentAt, Template: n.Template}
	_, err := f.commands.Run(ctx, command.Command{
		PartnerID: partnerID, By: onboarding.Actor{Kind: onboarding.ActorSystem, Name: "Mail service"}, Authorize: onboarding.Known,
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.FailAddress(failure, s)
		},
	})
	if onboarding.CodeOf(err) == onboarding.CodeAddressUnchanged {
		return nil
	}
	return err
}

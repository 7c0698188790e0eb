package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/mail/delivery"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// drawer keeps the records of sent mails.
type drawer struct {
	sync.Mutex
	kept []store.SentMail
	fail error
}

func (d *drawer) RecordSent(_ context.Context, _ string, m store.SentMail) error {
	d.Lock()
	defer d.Unlock()
	d.kept = append(d.kept, m)
	return d.fail
}

type noList struct{}

func (noList) Lift(context.Context, string) error { return nil }

// desk holds one partner.
type desk struct {
	sync.Mutex
	p      onboarding.Partner
	events []onboarding.Event
	fail   error
}

func deskOf(id string) *desk {
	return &desk{p: onboarding.Partner{ID: id, Version: 1, WorkEmail: "nobody@contoso.example"}}
}

func (d *desk) runner(now func() time.Time) *command.Runner {
	return &command.Runner{Records: d, Now: now}
}

func (d *desk) Load(context.Context, string, store.Request, time.Time) (store.Record, *store.Replay, error) {
	d.Lock()
	defer d.Unlock()
	return store.Record{Partner: d.p}, nil, d.fail
}

func (d *desk) LoadTenant(context.Context, string, store.Request, time.Time) (string, *store.Replay, error) {
	return "", nil, errors.New("not asked")
}

func (d *desk) Commit(_ context.Context, c store.Change) (store.Record, onboarding.Event, error) {
	d.Lock()
	defer d.Unlock()
	d.p, d.events = d.p.Apply(c.Event), append(d.events, c.Event)
	return store.Record{Partner: d.p}, c.Event, nil
}

func TestASentMailIsRecordedWithWhatSendsItAgainButNoSecretAndNothingOfStaff(t *testing.T) {
	link := onboarding.Follow{Mail: &onboarding.Mail{Template: onboarding.MailOwnershipLink, To: "erika@contoso.example",
		Params: map[string]string{"companyName": "Contoso", "partnerId": "P-1", "link": "P-1.secret", "expiresAt": "2026-03-05T09:00:00Z"}}}
	s, p, d := shelfWith(enrolled("ada@contoso.example"), link, escalated()), &post{}, &drawer{}
	o := newOutbox(t, s, p, signals{})
	o.mails = d
	mustSweep(t, o, summary{Done: 3})
	if len(d.kept) != 3 || len(p.sent) != 3 {
		t.Fatalf("%+v", d.kept)
	}
	for i, m := range d.kept {
		if m.Key != p.sent[i].Key || p.sent[i].Partner != "P-1" || !store.MailKey(m.Key) || m.MessageID != "id" || m.State != onboarding.MailStateSent || !m.SentAt.Equal(start) || !m.DueAt.Equal(start.Add(24*time.Hour)) {
			t.Errorf("%+v", m)
		}
		if hasParams := len(m.Params) > 0; hasParams != (m.Template == onboarding.MailEnrolled) {
			t.Errorf("%s keeps %v", m.Template, m.Params)
		}
	}
	if d.kept[2].To != onboarding.MailToStaff {
		t.Errorf("staff's mail is to %s", d.kept[2].To)
	}
}

func TestAMailThatIsOutIsNotSentAgainBecauseItsRecordFailed(t *testing.T) {
	s, p := shelfWith(enrolled("ada@contoso.example")), &post{}
	o := newOutbox(t, s, p, signals{})
	o.mails = &drawer{fail: errors.New("no answer")}
	mustSweep(t, o, summary{Done: 1})
	if len(p.sent) != 1 || len(s.stored[1].Follow) != 0 {
		t.Errorf("sent %d, %d left", len(p.sent), len(s.stored[1].Follow))
	}
}

func TestV5_AnAddressThatTheMailServiceRefusesIsRequiredToBeMended(t *testing.T) {
	refuse := func(delivery.Message) error {
		return &delivery.PermanentError{Reason: delivery.ReasonRecipient, Code: "MessageRejected", Err: errors.New("x")}
	}
	s, d, desk := shelfWith(enrolled("nobody@contoso.example")), &drawer{}, deskOf("P-1")
	s.put(2, escalated())
	o := newOutbox(t, s, &post{fail: refuse}, signals{})
	o.mails, o.commands = d, desk.runner(s.time)
	desk.fail = errors.New("no answer")
	mustSweep(t, o, summary{Done: 1, Later: 1}) // staff's is dropped, the partner's goes on until the partner knows
	desk.fail, s.now = nil, start.Add(time.Hour)
	mustSweep(t, o, summary{Done: 1})
	if len(desk.events) != 1 || !desk.p.MailAddress("nobody@contoso.example").Broken() {
		t.Errorf("%+v", desk.events)
	}
	if last := d.kept[len(d.kept)-1]; last.State != onboarding.MailStateBounced || !last.DueAt.IsZero() {
		t.Errorf("%+v", last)
	}
}

type lifting struct{ lifted []string }

func (l *lifting) Lift(_ context.Context, address string) error {
	l.lifted = append(l.lifted, address)
	if len(l.lifted) == 1 {
		return errors.New("too many requests")
	}
	return nil
}

func TestWhatIsHeldBackIsLiftedUntilItIsDone(t *testing.T) {
	s, l := shelfWith(onboarding.Follow{LiftSuppression: &onboarding.LiftSuppression{Address: "ada@contoso.example"}}), &lifting{}
	o := newOutbox(t, s, &post{}, signals{})
	o.held = l
	mustSweep(t, o, summary{Later: 1})
	s.now = start.Add(time.Hour)
	mustSweep(t, o, summary{Done: 1})
	if !slices.Equal(l.lifted, []string{"ada@contoso.example", "ada@contoso.example"}) {
		t.Error(l.lifted)
	}
}

package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// sweeper does once a second what the schedules do once a minute, and tells of
// the mails that come of it.
type sweeper struct {
	mu      sync.Mutex
	stack   *stack.Stack
	print   *printer
	partner string // mails of this one are told; "" before there is one
	told    int    // of the emulator's mails
	mails   []stack.Mail
	last    string // error of the newest sweep
}

// swept is what the outbox and reminder functions answer.
type swept struct {
	Done, Later, Stuck         int
	Escalated, Settled, Failed int
}

// every sweeps once a second until ctx ends.
func (s *sweeper) every(ctx context.Context, pause time.Duration) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			_, _ = s.once(ctx) // an error is kept, and told by whoever waits for what doesn't come
		}
	}
}

// once runs both functions one time and tells of the mails that were caught.
func (s *sweeper) once(ctx context.Context) (sum swept, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	whole := ctx
	ctx, cancel := context.WithTimeout(ctx, sweepDeadline)
	defer cancel()
	defer func() {
		text := ""
		if err != nil && whole.Err() == nil {
			text = err.Error()
			if text != s.last {
				s.print.Entry(entry{label: "note", style: red, text: "sweep: " + cut(text, 300)})
			}
		}
		s.last = text
	}()
	for _, function := range []string{"reminder", "outbox"} {
		text, err := s.stack.Invoke(ctx, function, struct{}{})
		if err != nil {
			return sum, err
		}
		if err := json.Unmarshal(text, &sum); err != nil {
			return sum, fmt.Errorf("%s answered %s: %w", function, text, err)
		}
	}
	return sum, s.tell(ctx)
}

func (s *sweeper) tell(ctx context.Context) error {
	if s.partner == "" {
		return nil
	}
	all, err := s.stack.Mails(ctx)
	if err != nil {
		return err
	}
	for _, m := range all[min(s.told, len(all)):] {
		if strings.Contains(m.Text, s.partner) {
			s.mails = append(s.mails, m)
			s.print.Mail(m, excerptOf(m))
		}
	}
	s.told = len(all)
	return nil
}

// start begins with mails that are sent from now on.
func (s *sweeper) start(ctx context.Context) error {
	all, err := s.stack.Mails(ctx)
	s.told = len(all)
	return err
}

// of says whose mails are told; those sent before are kept, untold.
func (s *sweeper) of(ctx context.Context, partner string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, err := s.stack.Mails(ctx)
	if err != nil {
		return err
	}
	for _, m := range all[:min(s.told, len(all))] {
		if strings.Contains(m.Text, partner) {
			s.mails = append(s.mails, m)
		}
	}
	s.partner = partner
	return nil
}

// caught are the partner's mails so far, newest first.
func (s *sweeper) caught() []stack.Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Clone(s.mails)
	slices.Reverse(list)
	return list
}

const (
	sweepDeadline  = 15 * time.Second // of one sweep, so that nothing waits behind one that hangs
	settleDeadline = 30 * time.Second
)

// settle sweeps until nothing is left to do, so that what follows from an act
// is told before the next act.
func (d *demo) settle(ctx context.Context, doing string) error {
	look := []string{d.command("go run ./local logs outbox"), d.command("go run ./local logs reminder")}
	return d.await(ctx, doing, "every mail and signal that follows to be sent (the outbox to be empty)", settleDeadline, look, func(ctx context.Context) (string, bool, error) {
		sum, err := d.sweep.once(ctx)
		if err != nil {
			return err.Error(), false, nil // the next sweep goes on
		}
		seen := fmt.Sprintf("outbox: %d done, %d to be tried later, %d stuck", sum.Done, sum.Later, sum.Stuck)
		return seen, sum.Done == 0 && sum.Later == 0 && sum.Escalated == 0, nil
	})
}

// awaitMail waits for a mail to an address that fits.
func (d *demo) awaitMail(ctx context.Context, doing, what, to string, fits func(stack.Mail) bool) (stack.Mail, error) {
	var found stack.Mail
	look := []string{d.command("go run ./local logs outbox"), d.stack.Endpoint + "/_ministack/ses/messages (every captured mail)"}
	err := d.await(ctx, doing, fmt.Sprintf("a mail to %s: %s", to, what), settleDeadline, look, func(ctx context.Context) (string, bool, error) {
		if _, err := d.sweep.once(ctx); err != nil {
			return err.Error(), false, nil
		}
		var seen []string
		for _, m := range d.sweep.caught() {
			if slices.ContainsFunc(m.To, func(a string) bool { return strings.EqualFold(a, to) }) && fits(m) {
				found = m
				return "", true, nil
			}
			seen = append(seen, fmt.Sprintf("to %s: %q", strings.Join(m.To, ", "), m.Subject))
		}
		return strings.Join(append([]string{"these mails"}, seen...), "\n            "), false, nil
	})
	return found, err
}

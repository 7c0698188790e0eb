package onboarding

import (
	"strconv"
	"strings"
	"time"
)

// A test partner is for the developers of front-ends: nothing about it is real.
// It is one from its enrolment on, forever, and only where the deployment
// allows it. Two things set it apart: its clock can be moved on, and some
// values that it is given decide its verification by themselves (magic.go).
// Everything else is done by the same rules as for any partner.

// maxAdvanceYears is how far one call moves a test clock.
const maxAdvanceYears = 1

// ClockMove is how a test partner's clock stands after an event, when the event
// moved it.
type ClockMove struct {
	Ahead  time.Duration `json:"ahead"`           // of the real clock
	Target time.Time     `json:"target,omitzero"` // of an advance that isn't finished
}

// Now is the partner's own time at a moment of the real clock. They are the
// same but for a test partner whose clock was moved on. Whatever the rules are
// asked about a partner is asked in its own time.
func (p Partner) Now(real time.Time) time.Time { return real.Add(p.ClockAhead) }

// Real is the moment of the real clock at which the partner's own clock shows a
// time: what sweeps and the outbox go by.
func (p Partner) Real(own time.Time) time.Time { return own.Add(-p.ClockAhead) }

// Advance says how far to move a test clock on. Exactly one member is given.
type Advance struct {
	To           time.Time
	By           string // ISO 8601, such as P3D or P1M2DT4H
	BusinessDays int    // to the end of that business day of the reviewing region
}

// TestClockAdvanced tells that a test partner's clock was moved on, and that
// everything due until then has happened.
type TestClockAdvanced struct {
	To time.Time `json:"to"`
}

// Type implements EventData.
func (TestClockAdvanced) Type() EventType { return "testClock.advanced" }

func (TestClockAdvanced) apply(*Partner, Event) {} // Apply itself moves the clock

// AdvanceTarget is where an advance of the clock ends. now is the partner's own
// time. While an earlier advance isn't finished its end is the answer, whatever
// is asked for: asking again for what was interrupted goes on with it and no
// further.
func (p Partner) AdvanceTarget(a Advance, days Calendar, now time.Time) (time.Time, error) {
	if err := p.mustBeTest(); err != nil {
		return time.Time{}, err
	}
	if p.ClockTarget.After(now) {
		return p.ClockTarget, nil
	}
	now = now.UTC().Truncate(time.Millisecond)
	target, faults := a.from(now, days)
	if len(faults) == 0 {
		switch pointer := a.pointer(); {
		case !target.After(now):
			faults = []Fault{{pointer, FaultNotAllowed, "A test clock only goes forward: choose a time after " + now.Format(time.RFC3339) + "."}}
		case target.After(now.AddDate(maxAdvanceYears, 0, 0)):
			faults = []Fault{{pointer, FaultNotAllowed, "Move the clock by a year at most, and again where more is needed."}}
		}
	}
	return target.UTC().Truncate(time.Millisecond), Invalid(faults)
}

func (a Advance) from(now time.Time, days Calendar) (time.Time, []Fault) {
	given := 0
	for _, is := range []bool{!a.To.IsZero(), a.By != "", a.BusinessDays != 0} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return now, []Fault{{"", FaultInvalid, "Give exactly one of advanceTo, advanceBy and businessDays."}}
	case !a.To.IsZero():
		return a.To, nil
	case a.By != "":
		target, ok := later(now, a.By)
		if !ok {
			return now, []Fault{{"/advanceBy", FaultInvalid, "Use an ISO 8601 duration such as P3D, P2W, P1M or PT4H."}}
		}
		return target, nil
	case a.BusinessDays < 0 || a.BusinessDays > 260:
		return now, []Fault{{"/businessDays", FaultNotAllowed, "Use 1 to 260 business days."}}
	}
	return days.After(now, a.BusinessDays), nil
}

func (a Advance) pointer() string {
	switch {
	case !a.To.IsZero():
		return "/advanceTo"
	case a.By != "":
		return "/advanceBy"
	}
	return "/businessDays"
}

var isoDuration = lazily(`^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?$`)

// later adds an ISO 8601 duration to a time, months and days by the calendar
// in UTC. ok is false when the text isn't one.
func later(from time.Time, duration string) (at time.Time, ok bool) {
	m := isoDuration().FindStringSubmatch(duration)
	if m == nil || duration == "P" || strings.HasSuffix(duration, "T") {
		return from, false
	}
	var n [8]int
	for i, text := range m[1:] {
		n[i], _ = strconv.Atoi(text) // "" is 0
	}
	at = from.UTC().AddDate(n[0], n[1], 7*n[2]+n[3])
	return at.Add(time.Duration(n[4])*time.Hour + time.Duration(n[5])*time.Minute + time.Duration(n[6])*time.Second), true
}

// AdvanceClock takes the next step of moving a test partner's clock on to a
// target that AdvanceTarget gave: what falls due first until then happens, at
// its own moment, and the clock stands there; with nothing left to happen it
// stands at the target, which the event TestClockAdvanced tells. So a clock is
// moved step by step, each one a command; broken off, it stands at the last
// thing that happened, and the next call goes on.
//
// The stamp's time is the partner's own, as it is for every command.
func (p Partner) AdvanceClock(target time.Time, s Stamp) (Event, error) {
	if err := p.mustBeTest(); err != nil {
		return Event{}, err
	}
	real := p.Real(s.at())
	if at, ok := p.NextDeadline(); ok && !at.After(target) {
		tick := Stamp{EventID: s.EventID, At: latest(at, s.at()), By: Deadline}
		e, err := p.Tick(tick)
		e.Clock = &ClockMove{Ahead: e.At.Sub(real), Target: target}
		return e, err
	}
	s.At = latest(target, s.at()) // real time, too, may have got there meanwhile
	e := p.event(s, TestClockAdvanced{To: target})
	e.Clock = &ClockMove{Ahead: e.At.Sub(real)}
	return e, nil
}

// Deadline is the actor of what time alone does.
var Deadline = Actor{Kind: ActorSystem, Name: "Deadline"}

func (p Partner) mustBeTest() error {
	if p.Test {
		return nil
	}
	return Refuse(CodeNotATestPartner, `This is a real partner: only the clock of a test partner can be moved. A company is enrolled as one with "test": true, where the programme allows it.`).At("/partners/" + p.ID)
}

// testAllowed refuses a test partner where the deployment has none.
func (c Enroll) testAllowed() error {
	if c.Test && !c.TestAllowed {
		return Refuse(CodeTestPartnersOff, `Test partners are switched off here, as they always are in production. Enrol without "test", or use a deployment for tests.`)
	}
	return nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

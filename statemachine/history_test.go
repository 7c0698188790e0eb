package statemachine_test

import (
	"regexp"
	"strconv"
	"testing"
)

const (
	year     = 365 * 24 * 3600 // an execution's longest life
	limit    = 25_000          // events of an execution's history
	target   = 1_000           // F7
	shortest = 14 * 24 * 3600  // what a loop must at least wait
)

// eventsOf is the most events that one visit to a state writes into the
// history: entering, exiting, and for a task every try. A failing state ends
// the execution, which is one more event.
func eventsOf(s state) int {
	events := 2 // entered, exited or failed
	if !s.task() {
		return events
	}
	tries := 1
	for _, r := range s.Retry {
		tries += r.MaxAttempts
	}
	perTry := 3 // scheduled, started, succeeded or failed
	if s.wait() || s.nested() {
		perTry = 4 // and submitted
	}
	return events + tries*perTry
}

func TestNoLoopRunsWithoutAWaitOfWeeks(t *testing.T) { // F7
	for _, name := range names {
		d := load(t, name)
		// Without the ways that only a timeout of weeks opens, no loop may be left.
		const entered, left = 1, 2
		mark := map[string]int{}
		var visit func(at string, path []string)
		visit = func(at string, path []string) {
			switch mark[at] {
			case entered:
				t.Errorf("%s: a loop without a long wait: %v → %s", name, path, at)
				return
			case left:
				return
			}
			mark[at] = entered
			for _, e := range d.edges(at) {
				if e.timeout && timeout(t, d.States[at]) >= shortest {
					continue
				}
				visit(e.to, append(path, at))
			}
			mark[at] = left
		}
		visit(d.StartAt, nil)
	}
}

// looks finds a condition that holds a number of times only: $looks counts up
// on its way.
var looks = regexp.MustCompile(`\$looks < (\d+)`)

// place is where an execution stands, for longest: the state, how long it may
// still wait, and how often it has looked again.
type place struct {
	at      string
	seconds int
	looks   int
}

// longest is the longest history that an execution can have from a place on,
// supposing that every task fails on every try but the last and every wait ends
// by its timeout where that leads on longest.
func longest(t *testing.T, d definition, from place, known map[place]int) int {
	if n, done := known[from]; done {
		return n
	}
	s := d.States[from.at]
	most := 1 // the execution's end
	for i, e := range d.edges(from.at) {
		to := place{e.to, from.seconds, from.looks}
		if e.timeout {
			if to.seconds -= timeout(t, s); to.seconds < 0 {
				continue // the year is over first
			}
		}
		if e.by == "Choice" {
			if m := looks.FindStringSubmatch(s.Choices[i].Condition); m != nil {
				if bound, _ := strconv.Atoi(m[1]); from.looks >= bound {
					continue
				}
				if s.Choices[i].Assign["looks"] != "{% $looks + 1 %}" {
					t.Fatalf("%s: nobody counts how often it looks again", from.at)
				}
				to.looks++
			}
		}
		most = max(most, longest(t, d, to, known))
	}
	known[from] = eventsOf(s) + most
	return known[from]
}

func TestTheLongestHistoryOfAYearStaysFarBelowTheLimit(t *testing.T) { // F7, reliability row 9
	for _, name := range names {
		d := load(t, name)
		events := 1 + longest(t, d, place{d.StartAt, year, 0}, map[place]int{})
		t.Logf("%s: at most %d events of %d in a year", name, events, limit)
		if events >= target {
			t.Errorf("%s: %d events, the target is below %d", name, events, target)
		}
	}
}

func TestAStraightThroughOnboardingTakesFewTransitions(t *testing.T) { // F6
	transitions := 0
	for _, name := range []string{"onboarding", "verification"} { // direct bill is beside it
		d := load(t, name)
		transitions += 2 // its start and end, should they be billed
		for at := d.StartAt; at != ""; transitions++ {
			s := d.States[at]
			switch {
			case name == "verification" && at == "Overdue":
				at = s.Default // decided in time
			case s.Type == "Choice":
				at = s.Choices[0].Next
			default:
				at = s.Next
			}
		}
	}
	t.Logf("%d transitions", transitions)
	if transitions > 20 {
		t.Errorf("%d transitions, the target is 20", transitions)
	}
}

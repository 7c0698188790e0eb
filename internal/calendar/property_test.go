package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var calendars = func() map[string]*Calendar {
	all := map[string]*Calendar{}
	for _, region := range Regions() {
		c, err := New(region, 0)
		if err != nil {
			panic(err)
		}
		all[region] = c
	}
	return all
}()

func drawCalendar(t *rapid.T) *Calendar {
	return calendars[rapid.SampledFrom(Regions()).Draw(t, "region")]
}

// drawMoment draws a moment of 2015 to 2055, to the second.
func drawMoment(t *rapid.T, label string) time.Time {
	const first, last = 1420070400, 2682374400
	return time.Unix(rapid.Int64Range(first, last).Draw(t, label), 0)
}

func drawDays(t *rapid.T, label string) int { return rapid.IntRange(0, 30).Draw(t, label) }

func TestV2AfterNeverEndsOnAWeekendOrHolidayAndIsAlwaysLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from, n := drawCalendar(t), drawMoment(t, "from"), drawDays(t, "n")
		got := c.After(from, n)
		if !c.IsBusinessDay(got) {
			t.Fatalf("After ends on %s, no business day", got.In(c.Location()))
		}
		if hour, minute, second := got.In(c.Location()).Clock(); hour != closingHour || minute != 0 || second != 0 {
			t.Fatalf("After ends at %s, not when the office closes", got.In(c.Location()))
		}
		if !got.After(from) {
			t.Fatalf("After = %s is not later than %s", got, from)
		}
	})
}

func TestV2AfterGrowsWithTimeAndDays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a, b, n := drawCalendar(t), drawMoment(t, "a"), drawMoment(t, "b"), drawDays(t, "n")
		if b.Before(a) {
			a, b = b, a
		}
		if c.After(b, n).Before(c.After(a, n)) {
			t.Fatalf("a later submission has an earlier deadline: %s for %s, %s for %s", c.After(b, n), b, c.After(a, n), a)
		}
		if !c.After(a, n+1).After(c.After(a, n)) {
			t.Fatalf("day %d is over at %s, day %d not later: %s", n, c.After(a, n), n+1, c.After(a, n+1))
		}
	})
}

func TestV2DaysAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from := drawCalendar(t), drawMoment(t, "from")
		m, n := drawDays(t, "m"), drawDays(t, "n")
		// The close of a day is received on the next one, hence one day fewer.
		if got, want := c.After(c.After(from, m), n), c.After(from, m+n+1); !got.Equal(want) {
			t.Fatalf("%d and then %d days end at %s, want %s", m, n, got, want)
		}
	})
}

func TestV2BetweenUndoesAfter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from, n := drawCalendar(t), drawMoment(t, "from"), drawDays(t, "n")
		end := c.After(from, n)
		if got := c.Between(from, end); got != n {
			t.Fatalf("%d days are over at %s, want %d", got, end, n)
		}
		if got := c.Between(from, end.Add(-time.Second)); got != max(n-1, 0) {
			t.Fatalf("%d days are over a second before %s, want %d", got, end, max(n-1, 0))
		}
	})
}

func TestV2NoBusinessDayIsLeftOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, from, n := drawCalendar(t), drawMoment(t, "from"), drawDays(t, "n")
		want := 0
		end := c.After(from, n)
		for day := c.After(from, 0).AddDate(0, 0, 1); !day.After(end.Add(2 * time.Hour)); day = day.AddDate(0, 0, 1) {
			if c.IsBusinessDay(day) {
				want++
			}
		}
		if want != n {
			t.Fatalf("%d business days lie between %s and %s, want %d", want, c.After(from, 0), end, n)
		}
	})
}

func TestV2ShortenedDaysFollowTheSameLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length := time.Duration(rapid.IntRange(1, 120).Draw(t, "seconds")) * time.Second
		c, err := New("DE", length)
		if err != nil {
			t.Fatal(err)
		}
		from, n := drawMoment(t, "from"), drawDays(t, "n")
		if got := c.Between(from, c.After(from, n)); got != n {
			t.Fatalf("Between undoes After: %d, want %d", got, n)
		}
		if got := c.After(c.After(from, n), 2); !got.Equal(c.After(from, n+2)) {
			t.Fatalf("days don't add up: %s", got)
		}
	})
}

func TestV3AShiftedDeadlineIsExactOverWeekendsHolidaysAndClockChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, opened, n := drawCalendar(t), drawMoment(t, "opened"), drawDays(t, "n")
		deadline := c.After(opened, n)
		stop := opened.Add(time.Duration(rapid.Int64Range(0, int64(20*24*time.Hour)).Draw(t, "stop")))
		resume := stop.Add(time.Duration(rapid.Int64Range(0, int64(60*24*time.Hour)).Draw(t, "resume")))
		shifted := c.Shift(deadline, stop, resume)
		// Count by hand: one business day more for each closing in between.
		closed := 0
		for at := stop.Truncate(time.Minute).Add(time.Minute); !at.After(resume); at = at.Add(time.Minute) {
			if hour, minute, _ := at.In(c.Location()).Clock(); hour == closingHour && minute == 0 && c.IsBusinessDay(at) {
				closed++
				at = at.Add(20 * time.Hour)
			}
		}
		want := deadline
		for range closed {
			for want = want.Add(24 * time.Hour); !c.IsBusinessDay(want); want = want.Add(24 * time.Hour) {
			}
		}
		if got, want := shifted.In(c.Location()).Format(time.DateOnly), want.In(c.Location()).Format(time.DateOnly); got != want || shifted.In(c.Location()).Hour() != closingHour {
			t.Fatalf("a stop from %s to %s (%d closings) moves %s to %s, want %s", stop, resume, closed, deadline, shifted, want)
		}
		between := stop.Add(resume.Sub(stop) / 2)
		if twice := c.Shift(c.Shift(deadline, stop, between), between, resume); !twice.Equal(shifted) {
			t.Fatalf("two stops in a row move it to %s, one to %s", twice, shifted)
		}
	})
}

func TestV3AStopWithinAnHourCostsNothingAndShortenedDaysMoveByTheTimeItself(t *testing.T) {
	c := calendars["US"]
	monday := time.Date(2026, time.March, 2, 15, 0, 0, 0, time.UTC)
	if d := c.After(monday, 5); !c.Shift(d, monday, monday.Add(time.Hour)).Equal(d) || !c.Shift(d, monday, monday.Add(-time.Hour)).Equal(d) {
		t.Error("the deadline moved")
	}
	short, err := New("US", 3*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if d := short.After(monday, 5); !short.Shift(d, monday, monday.Add(7*time.Second)).Equal(d.Add(7 * time.Second)) {
		t.Error("shortened days")
	}
}

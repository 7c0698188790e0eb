package calendar

import (
	"sync"
	"time"

	"github.com/rickar/cal/v2"
)

// rule is one holiday: it says on which day the holiday of a year is kept.
type rule = *cal.Holiday

// yearDays marks the holidays of one year by the day's number in the year.
type yearDays [367]bool

// holiday says whether a public holiday is kept on day.
func (c *Calendar) holiday(day date) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	days, ok := c.years[day.year]
	if !ok {
		days = observed(c.rules, day.year)
		c.years[day.year] = days
	}
	return days[day.noon().YearDay()]
}

// library guards github.com/rickar/cal: its default location is a variable, and
// at least one of its rules (Japan's vernal equinox) writes to itself while it
// is worked out.
var library sync.Mutex

// observed marks the days of a year on which holidays are kept. A holiday may
// be kept in the year before or after its own: New Year's Day on a Saturday is
// kept on 31 December in the United States. It looks at every rule and not at
// the library's IsHoliday, which stops at the first rule that names the day,
// even when that holiday is kept on another.
func observed(rules []rule, year int) *yearDays {
	library.Lock()
	defer library.Unlock()
	cal.DefaultLoc = time.UTC
	days := new(yearDays)
	for _, rule := range rules {
		for y := year - 1; y <= year+1; y++ {
			if _, kept := rule.Calc(y); !kept.IsZero() && kept.Year() == year {
				days[kept.YearDay()] = true
			}
		}
	}
	return days
}

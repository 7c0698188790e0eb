package calendar

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"
)

func mustNew(tb testing.TB, region string, length time.Duration) *Calendar {
	tb.Helper()
	c, err := New(region, length)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// local reads "2027-07-02 17:00" in the calendar's time zone.
func local(tb testing.TB, c *Calendar, s string) time.Time {
	tb.Helper()
	t, err := time.ParseInLocation("2006-01-02 15:04", s, c.Location())
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func TestV2AfterIsTheCloseOfTheNthBusinessDayAfterReceipt(t *testing.T) {
	for _, tc := range []struct {
		name, region, from string
		n                  int
		want               string
	}{
		{"a Monday morning", "US", "2027-03-01 10:00", 1, "2027-03-02 17:00"},
		{"three days stay within the week", "US", "2027-03-01 10:00", 3, "2027-03-04 17:00"},
		{"five days pass a weekend", "US", "2027-03-01 10:00", 5, "2027-03-08 17:00"},
		{"before the office opens", "US", "2027-03-01 00:00", 1, "2027-03-02 17:00"},
		{"the last minute of a Friday", "US", "2027-03-05 16:59", 1, "2027-03-08 17:00"},
		{"closing time is after hours", "US", "2027-03-05 17:00", 1, "2027-03-09 17:00"},
		{"a Saturday is received on Monday", "US", "2027-03-06 12:00", 1, "2027-03-09 17:00"},
		{"a Sunday is received on Monday", "US", "2027-03-07 23:59", 1, "2027-03-09 17:00"},
		{"a holiday is received on the day after", "US", "2026-11-26 10:00", 1, "2026-11-30 17:00"},
		{"a holiday in between is skipped", "US", "2026-11-25 10:00", 1, "2026-11-27 17:00"},
		{"day 0 is the day of receipt", "US", "2027-03-01 10:00", 0, "2027-03-01 17:00"},
		{"day 0 of a weekend is Monday", "US", "2027-03-06 10:00", 0, "2027-03-08 17:00"},
		{"negative counts as 0", "US", "2027-03-01 10:00", -2, "2027-03-01 17:00"},
		{"over the start of summer time", "US", "2027-03-12 10:00", 1, "2027-03-15 17:00"},
		{"over the end of summer time", "DE", "2026-10-23 10:00", 1, "2026-10-26 17:00"},
		{"over a leap day", "GB", "2028-02-28 10:00", 2, "2028-03-01 17:00"},
		{"the leap day itself", "GB", "2028-02-28 10:00", 1, "2028-02-29 17:00"},
		{"Christmas and the turn of the year", "GB", "2026-12-24 10:00", 5, "2027-01-05 17:00"},
		{"Golden Week", "JP", "2026-05-01 10:00", 1, "2026-05-07 17:00"},
		{"Carnival", "BR", "2027-02-08 10:00", 1, "2027-02-10 17:00"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := mustNew(t, tc.region, 0)
			got := c.After(local(t, c, tc.from), tc.n)
			if want := local(t, c, tc.want); !got.Equal(want) {
				t.Errorf("After(%s, %d) = %s, want %s", tc.from, tc.n, got.In(c.Location()), want)
			}
			if got.Location() != time.UTC {
				t.Errorf("the result is in %s, want UTC", got.Location())
			}
		})
	}
}

func TestV2DaysAreCountedInTheRegionsTimeZone(t *testing.T) {
	from := time.Date(2027, 3, 5, 21, 30, 0, 0, time.UTC) // Friday 16:30 in New York, Saturday 06:30 in Tokyo
	for region, want := range map[string]time.Time{
		"US": time.Date(2027, 3, 8, 22, 0, 0, 0, time.UTC),
		"JP": time.Date(2027, 3, 9, 8, 0, 0, 0, time.UTC),
	} {
		if got := mustNew(t, region, 0).After(from, 1); !got.Equal(want) {
			t.Errorf("%s: After(%s, 1) = %s, want %s", region, from, got, want)
		}
	}
}

// The dates are written out, not computed, so that a change in the library shows.
func TestV2PublicHolidaysOfTheReviewingRegionAreNoBusinessDays(t *testing.T) {
	for region, days := range map[string]string{
		"US": "2026-01-01 2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-10-12 2026-11-11 2026-11-26 2026-12-25 2027-07-05 2027-12-24 2027-12-31",
		"GB": "2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28 2027-12-27 2027-12-28",
		"DE": "2026-01-01 2026-04-03 2026-04-06 2026-05-01 2026-05-14 2026-05-25 2026-12-25 2028-10-03",
		"FR": "2026-01-01 2026-04-06 2026-05-01 2026-05-08 2026-05-14 2026-05-25 2026-07-14 2026-11-11 2026-12-25",
		"NL": "2026-01-01 2026-04-06 2026-04-27 2026-05-14 2026-05-25 2026-12-25",
		"BR": "2026-01-01 2026-02-17 2026-04-03 2026-04-21 2026-05-01 2026-06-04 2026-09-07 2026-10-12 2026-11-02 2026-11-20 2026-12-25",
		"JP": "2026-01-01 2026-01-12 2026-02-11 2026-02-23 2026-03-20 2026-04-29 2026-05-04 2026-05-05 2026-05-06 2026-07-20 2026-08-11 2026-09-21 2026-09-22 2026-09-23 2026-10-12 2026-11-03 2026-11-23",
		"AU": "2026-01-01 2026-01-26 2026-04-03 2026-04-06 2026-06-08 2026-10-05 2026-12-25 2026-12-28",
		"CA": "2026-07-01 2026-09-07 2026-09-30 2026-10-12 2026-12-25",
		"IE": "2026-02-02 2026-03-17 2026-06-01 2026-08-03 2026-10-26",
		"PL": "2026-12-24 2026-11-11",
	} {
		c := mustNew(t, region, 0)
		for _, day := range strings.Fields(days) {
			if c.IsBusinessDay(local(t, c, day+" 12:00")) {
				t.Errorf("%s: %s is a public holiday", region, day)
			}
		}
	}
}

func TestV2OrdinaryDaysAreBusinessDays(t *testing.T) {
	for region, days := range map[string]string{
		"US": "2026-01-02 2026-07-02 2026-07-06 2026-11-27 2026-12-24 2028-01-03",
		"GB": "2026-01-02 2026-12-24 2026-12-29 2026-12-31",
		"DE": "2026-01-02 2026-01-06 2026-10-05 2026-12-24",
		"BR": "2023-11-20 2026-11-19 2026-12-24",
		"JP": "2026-05-07 2026-09-24 2026-01-02",
		"PL": "2024-12-24",
	} {
		c := mustNew(t, region, 0)
		for _, day := range strings.Fields(days) {
			if !c.IsBusinessDay(local(t, c, day+" 12:00")) {
				t.Errorf("%s: %s is a business day", region, day)
			}
		}
	}
}

func TestV2EveryRegionLoadsAndHasANameAndHolidays(t *testing.T) {
	for _, region := range Regions() {
		c := mustNew(t, region, 0)
		if c.Name() == "" || c.IsBusinessDay(local(t, c, "2026-12-25 12:00")) == (region != "JP") {
			t.Errorf("%s: no name, or Christmas Day is not a holiday", region)
		}
		if c.IsBusinessDay(local(t, c, "2026-01-01 12:00")) {
			t.Errorf("%s: New Year's Day is a business day", region)
		}
	}
}

func TestV2ShortenedDaysLastTheirLengthAndSkipNothing(t *testing.T) {
	c := mustNew(t, "US", 4*time.Second)
	saturday := time.Date(2027, 7, 3, 23, 0, 0, 0, time.UTC)
	if got, want := c.After(saturday, 3), saturday.Add(12*time.Second); !got.Equal(want) {
		t.Errorf("After = %s, want %s", got, want)
	}
	if got := c.After(saturday, 0); !got.Equal(saturday) {
		t.Errorf("After(…, 0) = %s, want %s", got, saturday)
	}
	if got := c.Between(saturday, saturday.Add(13*time.Second)); got != 3 {
		t.Errorf("Between = %d, want 3", got)
	}
	if got, want := c.Name(), "United States (a business day lasts 4s)"; got != want {
		t.Errorf("Name = %q, want %q", got, want)
	}
	if !c.IsBusinessDay(saturday) {
		t.Error("with shortened days every day is a business day")
	}
}

func TestV2BetweenCountsTheDaysThatAreOver(t *testing.T) {
	c := mustNew(t, "US", 0)
	from := local(t, c, "2026-11-25 10:00") // the day before Thanksgiving
	for _, tc := range []struct {
		to   string
		want int
	}{
		{"2026-11-24 10:00", 0},
		{"2026-11-25 17:00", 0},
		{"2026-11-27 16:59", 0},
		{"2026-11-27 17:00", 1},
		{"2026-11-29 12:00", 1},
		{"2026-12-02 18:00", 4},
	} {
		if got := c.Between(from, local(t, c, tc.to)); got != tc.want {
			t.Errorf("Between(…, %s) = %d, want %d", tc.to, got, tc.want)
		}
	}
}

func TestV2AnUnknownRegionIsRefusedWithTheKnownOnes(t *testing.T) {
	for _, region := range []string{"", "XX", "us", "USA"} {
		_, err := New(region, 0)
		var unknown *UnknownRegionError
		if !errors.As(err, &unknown) || unknown.Region != region || !strings.Contains(err.Error(), "US") {
			t.Errorf("New(%q) = %v, want an UnknownRegionError that lists the known regions", region, err)
		}
	}
	if _, err := New("US", -time.Second); err == nil {
		t.Error("a negative length must be refused")
	}
}

func TestCalendarsMayBeUsedConcurrently(t *testing.T) {
	shared := mustNew(t, "JP", 0)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			own := mustNew(t, "JP", 0)
			from := time.Date(2020+i, 3, 1, 0, 0, 0, 0, time.UTC)
			if a, b := shared.After(from, 30), own.After(from, 30); !a.Equal(b) {
				t.Errorf("%s and %s", a, b)
			}
		})
	}
	wg.Wait()
}

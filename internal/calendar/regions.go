package calendar

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"
)

// reviewing is a region in which reviewers work.
type reviewing struct {
	code  string
	name  string // for people
	zone  string // IANA time zone of the reviewers' office
	rules func() []rule
}

// reviewingRegions is kept in the order of its codes. Holidays are those of the
// whole country; where they differ by state, those of the office's (Sydney),
// and England's for the United Kingdom.
var reviewingRegions = [...]reviewing{
	{"AT", "Austria", "Europe/Vienna", func() []rule { return at.Holidays }},
	{"AU", "Australia (New South Wales)", "Australia/Sydney", func() []rule { return au.HolidaysNSW }},
	{"BE", "Belgium", "Europe/Brussels", func() []rule { return be.Holidays }},
	{"BR", "Brazil", "America/Sao_Paulo", func() []rule { return append(slices.Clone(br.Holidays), blackAwareness()) }},
	{"CA", "Canada", "America/Toronto", func() []rule { return ca.Holidays }},
	{"DE", "Germany", "Europe/Berlin", func() []rule { return de.Holidays }},
	{"DK", "Denmark", "Europe/Copenhagen", func() []rule { return dk.Holidays }},
	{"ES", "Spain", "Europe/Madrid", func() []rule { return es.Holidays }},
	{"FR", "France", "Europe/Paris", func() []rule { return fr.Holidays }},
	{"GB", "United Kingdom (England)", "Europe/London", func() []rule { return gb.Holidays }},
	{"IE", "Ireland", "Europe/Dublin", func() []rule { return ie.Holidays }},
	{"IT", "Italy", "Europe/Rome", func() []rule { return it.Holidays }},
	{"JP", "Japan", "Asia/Tokyo", func() []rule { return jp.Holidays }},
	{"NL", "Netherlands", "Europe/Amsterdam", func() []rule { return nl.Holidays }},
	{"NO", "Norway", "Europe/Oslo", func() []rule { return no.Holidays }},
	{"PL", "Poland", "Europe/Warsaw", func() []rule { return append(slices.Clone(pl.Holidays), polishChristmasEve()) }},
	{"SE", "Sweden", "Europe/Stockholm", func() []rule { return se.Holidays }},
	{"US", "United States", "America/New_York", func() []rule { return us.Holidays }},
	{"ZA", "South Africa", "Africa/Johannesburg", func() []rule { return za.Holidays }},
}

// Regions lists the codes that New knows, in alphabetical order.
func Regions() []string {
	codes := make([]string, len(reviewingRegions))
	for i, r := range reviewingRegions {
		codes[i] = r.code
	}
	return codes
}

func lookup(code string) (reviewing, bool) {
	i, ok := slices.BinarySearchFunc(reviewingRegions[:], code, func(r reviewing, code string) int {
		return strings.Compare(r.code, code)
	})
	if !ok {
		return reviewing{}, false
	}
	return reviewingRegions[i], true
}

// UnknownRegionError says that there is no calendar for a reviewing region.
type UnknownRegionError struct{ Region string }

func (e *UnknownRegionError) Error() string {
	return fmt.Sprintf("calendar: no business calendar for the reviewing region %q; choose one of %s", e.Region, strings.Join(Regions(), ", "))
}

// Holidays that the library does not have yet.

// blackAwareness is Brazil's day of Zumbi and black awareness, a holiday of the
// whole country since law 14.759 of 21 December 2023.
func blackAwareness() rule {
	return &cal.Holiday{Name: "Dia Nacional de Zumbi e da Consciência Negra", Month: time.November, Day: 20, StartYear: 2024, Func: cal.CalcDayOfMonth}
}

// polishChristmasEve is a day off by law in Poland since 2025.
func polishChristmasEve() rule {
	return &cal.Holiday{Name: "Wigilia Bożego Narodzenia", Month: time.December, Day: 24, StartYear: 2025, Func: cal.CalcDayOfMonth}
}

package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/region"
)

// checkTimeline makes sure that every region has exactly one current version at
// any time from the first one on, and that at any time at most one older
// version still counts (A6): the versions of a region follow one another, each
// but the first says until when the one before it counts, and the next takes
// effect no earlier than that. The list is sorted by date.
func checkTimeline(list []source) error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	newest := map[string]source{}
	for _, s := range list {
		for _, id := range s.Regions {
			before, follows := newest[id]
			newest[id] = s
			switch {
			case !known(id):
				fail("version %s: there is no region %q", s.Version, id)
			case !follows && !s.Reaccept.IsZero():
				fail("version %s is the first one of %s: nothing is to be accepted again, so it has no reaccept-by", s.Version, id)
			case !follows && s.Effective.After(list[0].Effective):
				fail("version %s is the first one of %s: from %s to %s it has none", s.Version, id, day(list[0].Effective), day(s.Effective))
			case !follows:
			case s.Effective.Equal(before.Effective):
				fail("versions %s and %s both take effect in %s on %s", before.Version, s.Version, id, day(s.Effective))
			case s.Reaccept.IsZero():
				fail("version %s follows %s in %s: say with reaccept-by until when that one counts", s.Version, before.Version, id)
			case !s.Reaccept.After(s.Effective):
				fail("version %s: reaccept-by is no later than its first day", s.Version)
			case s.Effective.Before(before.Reaccept):
				fail("version %s takes effect in %s on %s, while the one before %s still counts, until %s", s.Version, id, day(s.Effective), before.Version, day(before.Reaccept))
			}
		}
	}
	return errors.Join(errs...)
}

func known(id string) bool {
	_, ok := region.Default().Region(id)
	return ok
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

package onboarding_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// calendarOf writes the dates of a story: kind, days since its beginning, and what
// is special.
func calendarOf(t *testing.T, s *story) string {
	t.Helper()
	dates, err := s.p.CaseDates(knowledge.Calendar, s.now)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, d := range dates {
		text := fmt.Sprintf("%s day %g", d.Kind, d.At.Sub(monday).Hours()/24)
		for word, is := range map[string]bool{" moving": d.Moving, " over": d.Over} {
			if is {
				text += word
			}
		}
		if d.ID == "" || d.Title == "" || d.Text == "" || d.Partner != (d.Kind == DateLinkExpires || d.Kind == DateDocumentsDue) {
			t.Errorf("%+v", d)
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func TestV2_TheDatesOfACaseAreThereFromTheFirstSecondAndMoveWithIt(t *testing.T) {
	s := begin(t).enrolled()
	_, err := s.p.CaseDates(knowledge.Calendar, s.now)
	wantCode(t, err, CodeNothingToVerify)
	want := func(when, dates string) {
		t.Helper()
		if got := calendarOf(t, s); got != dates {
			t.Errorf("%s: %s, want %s", when, got, dates)
		}
	}
	s.submitted()
	want("submitted", "earliestResult day 3, latestResult day 5, linkExpires day 3")
	s.wait(time.Hour).confirmed()
	want("confirmed", "earliestResult day 3, latestResult day 5, linkExpires day 3 over")
	s.wait(23 * time.Hour).asked(anyOf("bank_statement"))
	want("asked for documents", "earliestResult day 3 moving, latestResult day 5 moving, linkExpires day 3 over, documentsDue day 29")
	s.wait(2 * day)
	want("two days later", "earliestResult day 5 moving, latestResult day 7 moving, linkExpires day 3 over, documentsDue day 29")
	s.received("doc-1", upload("bank_statement"))
	if !s.p.Case.Request.CompletedAt.IsZero() {
		want("received", "earliestResult day 5, latestResult day 7, linkExpires day 3 over, documentsDue day 29 over")
	}
	s.rejected()
	if got := calendarOf(t, s); strings.Count(got, " over") != 4 || strings.Contains(got, "moving") {
		t.Errorf("decided: %s", got)
	}
	first, err := s.p.CaseDates(knowledge.Calendar, s.now)
	if err != nil {
		t.Fatal(err)
	}
	s.saved(contoso()).submitted()
	want("the next case, whose address is proven", "earliestResult day 6, latestResult day 8")
	if second, err := s.p.CaseDates(knowledge.Calendar, s.now); err != nil || second[0].ID == first[0].ID {
		t.Errorf("the next case has the dates of the last one: %s, %v", second[0].ID, err)
	}
}

func TestV2_InEveryReachableStateADateHasItsOwnNameAndAMomentAndIsOverOnceItMeansNothing(t *testing.T) {
	for _, s := range walk(t) {
		c := s.p.Case
		if c == nil {
			continue
		}
		dates, err := s.p.CaseDates(knowledge.Calendar, s.now)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, d := range dates {
			over := c.Decision != nil || d.Kind == DateLinkExpires && c.Check(CheckEmailOwnership).Status != CheckPending ||
				d.Kind == DateDocumentsDue && !c.Request.CompletedAt.IsZero()
			if seen[d.ID] || d.At.IsZero() || d.Over != over || d.Moving && d.Over {
				t.Fatalf("%+v in %s", d, s.key(land{}))
			}
			seen[d.ID] = true
		}
	}
}

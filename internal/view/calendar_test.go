package view_test

import (
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

func TestV2_ACalendarFileHoldsTheDatesAndWhereToLook(t *testing.T) {
	p := onboarding.Partner{ID: "P-1", Version: 7, CompanyName: "Contoso; Ltd", Case: &onboarding.Case{ID: "C-1"}}
	dates := []onboarding.CaseDate{
		{ID: "C-1-earliestResult", At: at, Title: "Earliest", Text: "Text.", Moving: true},
		{ID: "C-1-linkExpires", At: at.Add(time.Hour), Title: "Link", Text: "Text.", Partner: true},
		{ID: "C-1-documentsDue", At: at, Title: "Documents", Text: "Text.", Partner: true, Over: true},
	}
	file := strings.ReplaceAll(string(view.Calendar(p, dates, "https://portal.example", at)), "\r\n ", "")
	for text, n := range map[string]int{
		"UID:C-1-earliestResult@partner-onboarding\r\nSEQUENCE:7\r\n": 1, "DTSTART:20260302T080000Z": 2, "DTSTART:20260302T090000Z": 1,
		`SUMMARY:Contoso\; Ltd: Link`: 1, `DESCRIPTION:Text.\nCase C-1`: 3, "URL:https://portal.example/partners/P-1/verification": 3,
		"STATUS:TENTATIVE": 1, "STATUS:CONFIRMED": 1, "STATUS:CANCELLED": 1, "BEGIN:VALARM": 1, "TRIGGER:-PT86400S": 1,
	} {
		if got := strings.Count(file, text); got != n {
			t.Errorf("%q is there %d times, want %d", text, got, n)
		}
	}
	if t.Failed() {
		t.Log(file)
	}
}

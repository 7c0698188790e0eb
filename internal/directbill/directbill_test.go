package directbill

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func on(day string) time.Time {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return at
}

func TestX1_BothPublishedSetsAreThereWithSourceAndDate(t *testing.T) {
	for day, want := range map[string]struct {
		id      string
		revenue int64
		items   []string
	}{
		"2020-10-27": {"2020-10-27", 300000, []string{"tenure", "revenue", "supportPlan", "billingInfrastructure"}},
		"2025-09-30": {"2020-10-27", 300000, []string{"tenure", "revenue", "supportPlan", "billingInfrastructure"}},
		"2025-10-01": {"2025-10-01", 1000000, []string{"tenure", "revenue", "operationalAssessment", "supportPlan", "securityScore", "partnerDesignation", "directBillAgreement"}},
		"2026-11-24": {"2025-10-01", 1000000, []string{"tenure", "revenue", "operationalAssessment", "supportPlan", "securityScore", "partnerDesignation", "directBillAgreement"}},
	} {
		t.Run("X1 on "+day, func(t *testing.T) {
			s, ok := Table{}.InForce(on(day))
			var items []string
			for _, i := range s.Items {
				items = append(items, i.ID)
			}
			revenue, _ := s.Item("revenue")
			tenure, _ := s.Item("tenure")
			if !ok || s.ID != want.id || revenue.AtLeast != want.revenue || tenure.AtLeast != 12 || !slices.Equal(items, want.items) || len(s.Statements) == 0 {
				t.Errorf("%s: revenue %d, tenure %d, %v", s.ID, revenue.AtLeast, tenure.AtLeast, items)
			}
			if s.SourceURL == "" || s.SourceReadOn == "" || s.FiscalYear == "" {
				t.Errorf("no source: %+v", s)
			}
			if again, _ := (Table{}).Set(s.ID); again.Title != s.Title {
				t.Errorf("found as %+v", again)
			}
		})
	}
	if _, ok := (Table{}).InForce(on("2020-10-26")); ok {
		t.Error("before the first set nothing is required")
	}
	if _, ok := (Table{}).Set("moon"); ok {
		t.Error("a set that doesn't exist is found")
	}
}

const next = `{
  "id": "2027-07-01", "fiscalYear": "FY28", "title": "Next", "effectiveFrom": "2027-07-01",
  "source": {"title": "T", "url": "https://example.com", "readOn": "2027-05-01"},
  "items": [
    {"id": "tenure", "area": "business", "kind": "months", "atLeast": 24, "title": "T", "text": "T"},
    {"id": "revenue", "area": "business", "kind": "revenue", "atLeast": 2000000, "title": "T", "text": "T", "evidence": true}
  ],
  "retires": ["operationalAssessment", "supportPlan", "securityScore", "partnerDesignation", "directBillAgreement"],
  "declarations": [{"id": "firstLevelSupport", "area": "support", "text": "T"}]
}`

func TestX1_TheNextFiscalYearIsAddedByAFile(t *testing.T) {
	sets, err := Load(map[string][]byte{"2027-07-01.json": []byte(next)})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(sets); n != len(All())+1 || !sets[n-2].Until.Equal(on("2027-07-01")) || !sets[n-1].Until.IsZero() {
		t.Errorf("%d sets; the one before ends %s", n, sets[n-2].Until)
	}
	changes := sets[len(sets)-2].ChangesTo(sets[len(sets)-1])
	if !slices.Contains(changes, onboarding.DirectBillChange{Item: "tenure", Text: "T: 24 months instead of 12 months."}) {
		t.Errorf("%v", changes)
	}
}

func TestX1_EveryFaultOfAFileIsToldAtOnce(t *testing.T) {
	file := func(from ...string) string { return strings.NewReplacer(from...).Replace(next) }
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"no JSON":           {`{"id": 1}`, []string{"is not the JSON expected"}},
		"an unknown member": {file(`"title": "Next"`, `"titel": "Next"`), []string{"is not the JSON expected"}},
		"something behind":  {next + "{}", []string{"something follows"}},
		"a gap":             {file(`"effectiveFrom": "2027-07-01",`, `"effectiveFrom": "2027-07-01", "effectiveUntil": "2027-12-31",`), []string{"nothing would be in force from 2028-01-01"}},
		"an end first":      {file(`"effectiveFrom": "2027-07-01",`, `"effectiveFrom": "2027-07-01", "effectiveUntil": "2027-06-01",`), []string{"effectiveUntil is before"}},
		"a rename":          {file(`"id": "tenure"`, `"id": "time"`), []string{`item "tenure" of the set before is neither here`}},
		"another kind":      {file(`"kind": "months", "atLeast": 24`, `"kind": "confirmation"`), []string{`item "tenure" was of kind months`}},
		"retired and there": {file(`["operationalAssessment",`, `["revenue", "operationalAssessment",`), []string{`retires "revenue" and has it`}},
		"retired, unknown":  {file(`["operationalAssessment",`, `["moon", "operationalAssessment",`), []string{`retires "moon", which`}},
		"much at once": {file(`"FY28"`, `"28"`, `"2027-05-01"`, `"May"`, `"https://example.com"`, `"example.com"`, `"id": "tenure"`, `"id": "Tenure"`, `"area": "support"`, `"area": "moon"`, `"kind": "revenue", "atLeast": 2000000`, `"kind": "luck"`),
			[]string{"fiscalYear is", "source.readOn is", "source.url (https)", `item "Tenure": an id`, `declaration "firstLevelSupport": area`, `kind is "luck"`}},
		"odd items": {file(`"atLeast": 24, "title": "T"`, `"options": ["x"], "evidence": true, "title": ""`, `"text": "T"}]`, `"text": ""}]`), []string{"title or text", "atLeast belongs", "options belong", "there is no evidence", `declaration "firstLevelSupport" has no text`}},
		"twice":     {file(`"id": "revenue"`, `"id": "tenure"`), []string{`item "tenure" is there twice`}},
		"nothing":   {file(next, `{"id": "2027-07-01", "effectiveFrom": "2027-07-01"}`), []string{"0 items", "0 declarations", "title, source.title"}},
	} {
		t.Run("X1 "+name, func(t *testing.T) {
			_, err := Load(map[string][]byte{"2027-07-01.json": []byte(c.file)})
			if err == nil {
				t.Fatal("no fault")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in\n%v", want, err)
				}
			}
		})
	}
	for name, c := range map[string]struct{ file, name, want string }{
		"a gap between":      {file(`"effectiveFrom": "2027-07-01",`, `"effectiveFrom": "2019-01-01", "effectiveUntil": "2020-10-01",`, `"id": "2027-07-01"`, `"id": "2019-01-01"`), "2019-01-01.json", "a gap: nothing is in force from 2020-10-02 on"},
		"an overlap between": {file(`"effectiveFrom": "2027-07-01",`, `"effectiveFrom": "2019-01-01", "effectiveUntil": "2020-12-01",`, `"id": "2027-07-01"`, `"id": "2019-01-01"`), "2019-01-01.json", "an overlap: 2019-01-01 is in force as well"},
		"another name":       {next, "next.json", "id and file name must be the first day"},
	} {
		t.Run("X1 "+name, func(t *testing.T) {
			if _, err := Load(map[string][]byte{c.name: []byte(c.file)}); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("no %q in\n%v", c.want, err)
			}
		})
	}
}

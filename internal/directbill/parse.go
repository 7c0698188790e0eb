package directbill

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// file is the form of a file of sets/.
type file struct {
	ID             string   `json:"id"`
	FiscalYear     string   `json:"fiscalYear"`
	Title          string   `json:"title"`
	EffectiveFrom  string   `json:"effectiveFrom"`
	EffectiveUntil string   `json:"effectiveUntil"` // the last day; else it ends where the next begins
	Source         source   `json:"source"`
	Items          []item   `json:"items"`
	Retires        []string `json:"retires"`
	Declarations   []struct {
		ID   string `json:"id"`
		Area string `json:"area"`
		Text string `json:"text"`
	} `json:"declarations"`
}

type source struct {
	Title  string `json:"title"`
	URL    string `json:"url"`
	ReadOn string `json:"readOn"`
	Note   string `json:"note"`
}

type item struct {
	ID       string   `json:"id"`
	Area     string   `json:"area"`
	Kind     string   `json:"kind"`
	Title    string   `json:"title"`
	Text     string   `json:"text"`
	AtLeast  int64    `json:"atLeast"`
	Options  []string `json:"options"`
	Evidence bool     `json:"evidence"`
}

// areas are those of the published checklists.
var areas = []string{"business", "support", "billing", "operations", "compliance"}

var (
	idForm   = regexp.MustCompile(`^[a-z][A-Za-z0-9]{1,39}$`)
	yearForm = regexp.MustCompile(`^FY\d\d$`)
)

const day = 24 * time.Hour

// parse reads one file and lists what is wrong with it alone.
func parse(name string, text []byte) (onboarding.DirectBillSet, []error) {
	var f file
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return onboarding.DirectBillSet{}, []error{fmt.Errorf("%s: is not the JSON expected: %w", name, err)}
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return onboarding.DirectBillSet{}, []error{fmt.Errorf("%s: something follows the set", name)}
	}
	var faults []error
	bad := func(format string, a ...any) { faults = append(faults, fmt.Errorf(name+": "+format, a...)) }
	date := func(member, value string) time.Time {
		at, err := time.Parse(time.DateOnly, value)
		if err != nil {
			bad("%s is %q; write a day as YYYY-MM-DD", member, value)
		}
		return at
	}
	s := onboarding.DirectBillSet{
		ID: f.ID, FiscalYear: f.FiscalYear, Title: f.Title, From: date("effectiveFrom", f.EffectiveFrom), Retires: f.Retires,
		SourceTitle: f.Source.Title, SourceURL: f.Source.URL, SourceReadOn: f.Source.ReadOn, SourceNote: f.Source.Note,
	}
	if f.EffectiveUntil != "" {
		if s.Until = date("effectiveUntil", f.EffectiveUntil).Add(day); !s.Until.After(s.From) {
			bad("effectiveUntil is before effectiveFrom")
		}
	}
	if f.ID != f.EffectiveFrom || name != f.ID+".json" {
		bad("id and file name must be the first day: %q, %q", f.ID, f.EffectiveFrom)
	}
	if !yearForm.MatchString(f.FiscalYear) {
		bad("fiscalYear is %q; write it like FY26", f.FiscalYear)
	}
	if f.Title == "" || f.Source.Title == "" || !strings.HasPrefix(f.Source.URL, "https://") {
		bad("title, source.title or source.url (https) is missing")
	}
	date("source.readOn", f.Source.ReadOn)
	if len(f.Items) == 0 || len(f.Items) > 15 {
		bad("%d items; a set has 1 to 15", len(f.Items))
	}
	seen := map[string]bool{}
	id := func(where, id, area string) {
		switch {
		case !idForm.MatchString(id):
			bad("%s %q: an id is letters and digits and begins with a small one", where, id)
		case seen[id]:
			bad("%s %q is there twice", where, id)
		}
		seen[id] = true
		if !slices.Contains(areas, area) {
			bad("%s %q: area is %q; use one of %s", where, id, area, strings.Join(areas, ", "))
		}
	}
	for _, i := range f.Items {
		id("item", i.ID, i.Area)
		for _, fault := range i.faults() {
			bad("item %q: %s", i.ID, fault)
		}
		s.Items = append(s.Items, onboarding.DirectBillItem{
			ID: i.ID, Area: i.Area, Kind: onboarding.DirectBillKind(i.Kind), Title: i.Title, Text: i.Text, AtLeast: i.AtLeast, Options: i.Options, Evidence: i.Evidence,
		})
	}
	if len(f.Declarations) == 0 || len(f.Declarations) > 20 {
		bad("%d declarations; a set has 1 to 20", len(f.Declarations))
	}
	for _, d := range f.Declarations {
		if id("declaration", d.ID, d.Area); d.Text == "" {
			bad("declaration %q has no text", d.ID)
		}
		s.Statements = append(s.Statements, onboarding.DirectBillStatement(d))
	}
	return s, faults
}

// faults lists what is wrong with an item.
func (i item) faults() []string {
	var faults []string
	if i.Title == "" || i.Text == "" {
		faults = append(faults, "title or text is missing")
	}
	kind := onboarding.DirectBillKind(i.Kind)
	switch kind {
	case onboarding.DirectBillMonths, onboarding.DirectBillRevenue, onboarding.DirectBillChoice, onboarding.DirectBillConfirmation:
	default:
		return append(faults, fmt.Sprintf("kind is %q; use months, revenue, choice or confirmation", i.Kind))
	}
	if counted := kind == onboarding.DirectBillMonths || kind == onboarding.DirectBillRevenue; counted != (i.AtLeast > 0) {
		faults = append(faults, "atLeast belongs to months and revenue, and is more than nothing")
	}
	if (kind == onboarding.DirectBillChoice) != (len(i.Options) > 0) || slices.Contains(i.Options, "") {
		faults = append(faults, "options belong to a choice, each with a text")
	}
	if kind == onboarding.DirectBillMonths && i.Evidence {
		faults = append(faults, "months are computed: there is no evidence to ask for")
	}
	return faults
}

// together ends each set where the next begins, unless it says so itself, and
// lists what is wrong among sets in order: gaps, overlaps, and ids that aren't
// stable.
func together(sets []onboarding.DirectBillSet) []error {
	var faults []error
	bad := func(s onboarding.DirectBillSet, format string, a ...any) {
		faults = append(faults, fmt.Errorf("%s.json: "+format, append([]any{s.ID}, a...)...))
	}
	was := map[string]onboarding.DirectBillItem{} // of the set before
	kinds := map[string]onboarding.DirectBillKind{}
	for n, s := range sets {
		if n > 0 {
			switch before := sets[n-1]; {
			case before.Until.IsZero():
				sets[n-1].Until = s.From // it ends where the next begins
			case before.Until.Before(s.From):
				bad(s, "a gap: nothing is in force from %s on", before.Until.Format(time.DateOnly))
			case before.Until.After(s.From):
				bad(s, "an overlap: %s is in force as well", before.ID)
			}
		}
		if n == len(sets)-1 && !s.Until.IsZero() {
			bad(s, "effectiveUntil of the newest set: nothing would be in force from %s on", s.Until.Format(time.DateOnly))
		}
		for _, id := range s.Retires {
			if _, ok := was[id]; !ok {
				bad(s, "retires %q, which the set before doesn't have", id)
			}
			if _, ok := s.Item(id); ok {
				bad(s, "retires %q and has it", id)
			}
		}
		for id := range was {
			if _, ok := s.Item(id); !ok && !slices.Contains(s.Retires, id) {
				bad(s, "item %q of the set before is neither here nor in retires: ids are never renamed", id)
			}
		}
		was = map[string]onboarding.DirectBillItem{}
		for _, i := range s.Items {
			if kind, known := kinds[i.ID]; known && kind != i.Kind {
				bad(s, "item %q was of kind %s: another kind needs another id", i.ID, kind)
			}
			was[i.ID], kinds[i.ID] = i, i.Kind
		}
	}
	return faults
}

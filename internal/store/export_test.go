package store

import (
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// The package's own list of kinds is what an export is held against: a kind
// that is new must be exported, or left out with a reason.
func TestO3_EveryKindOfItemIsExportedOrLeftOutWithAReason(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "keys.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for line := range strings.Lines(file.Doc.Text()) {
		if row, ok := strings.CutPrefix(line, "\t"); ok {
			kinds = append(kinds, strings.TrimSpace(row[:len("relationship ")]))
		}
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	if known := slices.Sorted(maps.Keys(exportKinds)); !slices.Equal(kinds, known) {
		t.Errorf("kinds of items:        %q\nknown to the export: %q", kinds, known)
	}
	for kind, k := range exportKinds {
		if k.Not == "" {
			t.Errorf("%s: no reason for what is left out", kind)
		}
	}
}

// bookkeeping are the attributes that find, guard and order items, by which no
// item tells of a partner what its content doesn't.
var bookkeeping = map[string][]string{
	"":             {"pk", "sk", "duePk", "dueAt", "queuePk", "queueSk"},
	"partner":      {"version", "workflowRevision", "workflow", "hash", "partnerId", "companyName", "status", "since", "dueBy", "reviewer", "reviewerId"},
	"event":        {"salt", "follow", "public", "attempts", "commitment", "partnerId", "companyName", "status", "since"},
	"sent mail":    {"rank", "messageId", "expiresAt", "looks"},
	"direct bill":  {"partnerId", "companyName", "status", "since", "dueBy", "reviewer", "reviewerId"},
	"customer":     {"revision", "plan"},
	"location":     {"revision", "region", "name", "closed"},
	"acceptance":   {},
	"relationship": {},
}

func TestO3_EveryAttributeOfAPartnersItemsIsExportedOrBookkeeping(t *testing.T) {
	s := New(nil, "table")
	signed := onboarding.Partner{ID: "P-1", Acceptance: &onboarding.Acceptance{EventID: "e-1", Region: "eu", Version: "1", At: monday}}
	related := onboarding.Partner{ID: "P-1", Relationships: []onboarding.Relationship{{ID: "R-1", DistributorID: "D-1"}}}
	reviewer := onboarding.QueueEntry{Queue: "verification", Status: "x", Since: monday, By: monday, Reviewer: onboarding.Assignee{UserID: "u", Name: "n", Email: "e"}}
	told := tellAll(t, save("Contoso"), submit)
	partner, err := partnerItem(told.p, Workflow{}, told.hash)
	if err != nil {
		t.Fatal(err)
	}
	enter(partner, told.p, reviewer)
	entry := key(partnerPK("P-1"), directBillSK)
	enter(entry, told.p, reviewer)
	event := told.events[0]
	maps.Copy(event, stuck(told.p, 1, "FAILED", monday))
	mail := item{}
	for _, name := range mailNames {
		mail[name] = str("x")
	}
	closed := onboarding.Location{ID: "L-1", ClosedAt: monday.Add(time.Hour)}
	items := map[string]item{
		"partner": partner, "event": event, "direct bill": entry, "sent mail": mail, "location": locationItem("P-1", closed),
		"customer":     s.customer("P-1", onboarding.CustomerChange{Is: onboarding.PlannedCustomer{ID: "C-1", Plan: onboarding.PlanMove}}).Put.Item,
		"acceptance":   s.acceptances(onboarding.Partner{ID: "P-1"}, signed, onboarding.Event{Sequence: 1})[0].item.Put.Item,
		"relationship": s.resellers(onboarding.Partner{ID: "P-1"}, related)[0].item.Put.Item,
	}
	for kind, i := range items {
		for name := range i {
			exported, kept := slices.Contains(exportKinds[kind].Content, name), slices.Contains(bookkeeping[kind], name) || slices.Contains(bookkeeping[""], name)
			if exported == kept {
				t.Errorf("%s: %s is exported %t, bookkeeping %t", kind, name, exported, kept)
			}
		}
	}
	for kind := range exportKinds {
		if _, made := items[kind]; !made && !strings.Contains("uniqueness, same company, mail domain, on file, tries, import, batch, request, list, part, invitation", kind) {
			t.Errorf("%s has no item to look at", kind)
		}
	}
}

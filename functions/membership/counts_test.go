//go:build stack

package main

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

// shelf keeps files in memory.
type shelf struct {
	sync.Mutex
	files map[string][]byte
}

func (s *shelf) Get(_ context.Context, key string) ([]byte, bool, error) {
	s.Lock()
	defer s.Unlock()
	content, ok := s.files[key]
	return content, ok, nil
}

func (s *shelf) Put(_ context.Context, key string, content []byte) error {
	s.Lock()
	defer s.Unlock()
	s.files[key] = content
	return nil
}

func (s *shelf) List(_ context.Context, prefix string) (keys []string, err error) {
	s.Lock()
	defer s.Unlock()
	for key := range s.files {
		if strings.HasPrefix(key, prefix) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys, nil
}

func (s *shelf) Link(_ context.Context, key, _ string) (string, error) {
	return "https://imports.example/" + key, nil
}

func of(parts app.Parts, s *shelf) rig.Handler {
	f := function{parts.Store, s, parts.Now, knowledge()}
	return app.Step(f.router(), f.tasks())
}

func wired(parts app.Parts) rig.Handler { return of(parts, &shelf{files: map[string][]byte{}}) }

const anImport = "I-20261124T100000.000Z-1f2e3d4c"

func imported(t *testing.T) func(*rig.Rig) *rig.Rig {
	return func(r *rig.Rig) *rig.Rig {
		if err := r.Parts.Store.PutImport(t.Context(), store.Import{ID: anImport, File: "imports/a.csv", State: store.ImportDone, StartedAt: r.Now(), EndedAt: r.Now(), Rows: 1}); err != nil {
			t.Fatal(err)
		}
		return r
	}
}

func rows(t *testing.T) []rig.Row {
	t.Helper()
	return []rig.Row{
		rig.Read("listImports", imported(t), rig.Get(rig.Reviewer, "/imports")),
		rig.Read("getImport", imported(t), rig.Get(rig.Reviewer, "/imports/"+anImport)),
	}
}

func TestF3_AnOperationCostsWhatItMust(t *testing.T) { rig.CountCalls(t, "membership", wired, rows(t)) }

func TestTheExampleEventIsAnswered(t *testing.T) {
	r := rig.New(t)
	r.Example(wired(r.Parts), 200)
}

// conduct does what the workflow does: inspect, the rows in batches, finish.
func conduct(t *testing.T, r *rig.Rig, s *shelf, execution, file string, size int) map[string]any {
	t.Helper()
	h := of(r.Parts, s)
	task := func(changes map[string]any) any {
		out, err := r.Task(h, changes)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	p := task(map[string]any{"input": map[string]any{"file": file}, "execution": execution, "enteredAt": r.Now()}).(passage)
	if p.Outcome != "Read" {
		return map[string]any{"importId": p.ImportID}
	}
	var items []json.RawMessage
	for _, line := range strings.Split(strings.TrimSpace(string(s.files[p.RowsKey])), "\n") {
		items = append(items, json.RawMessage(line))
	}
	for some := range slices.Chunk(items, size) {
		input := any(map[string]any{"Items": some})
		if size == 1 {
			input = some[0] // an engine that doesn't batch
		}
		task(map[string]any{"task": "file", "input": input})
		task(map[string]any{"task": "file", "input": input}) // again: a retry whose first try had succeeded
	}
	return task(map[string]any{"task": "finish", "input": p}).(map[string]any)
}

const header = "partnerId,legalName,country,contactFirstName,contactLastName,contactEmail,contactPhone,authorizedAt,addressLine1,locality,postalCode,registrationNumber\n"

func line(id, name string) string {
	return id + "," + name + `,GB,Ada,Lund,ada@contoso.example,020 7946 0018,2019-06-03,1 Paddington Square,London,W2 1GG,01234567` + "\n"
}

func TestE5_AFileIsImportedAndMayBeImportedAgain(t *testing.T) {
	for _, size := range []int{1, 100} {
		r := rig.New(t)
		s := &shelf{files: map[string][]byte{}}
		h := of(r.Parts, s)
		import1 := func(execution, content string) (api.Import, string) {
			t.Helper()
			s.files["imports/a.csv"] = []byte(content)
			id := conduct(t, r, s, execution, "imports/a.csv", size)["importId"].(string)
			got := rig.Want[api.Import](r, h, 200, rig.Get(rig.Reviewer, "/imports/"+id))
			if got.ResultFile == nil || !strings.Contains(got.ResultFile.URL, id) {
				t.Errorf("%+v", got)
			}
			r.Pass(time.Minute)
			return got, string(s.files[resultKey(id)])
		}
		first := header + line("1", "Contoso Ltd") + line("2", "Fabrikam Ltd") + strings.Replace(line("3", "Bad Ltd"), "W2 1GG", "10115", 1) + line("1", "Contoso Ltd")
		got, result := import1("x-1", first)
		if got.State != api.ImportStateDone || got.Rows != 4 || got.Counts != (api.ImportCounts{Created: 2, Refused: 2}) {
			t.Errorf("%+v", got)
		}
		if lines := strings.Split(result, "\r\n"); len(lines) != 6 || lines[1] != "2,1,created," || !strings.HasPrefix(lines[3], "4,3,refused,postalCode") || !strings.HasPrefix(lines[4], "5,1,refused,partnerId (duplicate)") {
			t.Errorf("%q", lines)
		}
		m, err := r.Parts.Store.Membership(t.Context(), "1")
		if err != nil || m.Legal.LegalName != "Contoso Ltd" || m.Legal.PrimaryContact.Phone != "+442079460018" || m.Revision != 1 {
			t.Errorf("%+v, %v", m, err)
		}
		if got, _ := import1("x-2", first); got.Counts != (api.ImportCounts{Unchanged: 2, Refused: 2}) {
			t.Errorf("again: %+v", got.Counts)
		}
		if got, _ := import1("x-3", header+line("1", "Contoso Limited")+line("2", "Fabrikam Ltd")); got.Counts != (api.ImportCounts{Updated: 1, Unchanged: 1}) {
			t.Errorf("changed: %+v", got.Counts)
		}
		got, result = import1("x-4", "a,b\n1,2\n")
		if got.State != api.ImportStateRefused || got.Detail == "" || !strings.Contains(result, "Missing: partnerId") {
			t.Errorf("broken: %+v %s", got, result)
		}
		page := rig.Want[api.ImportPage](r, h, 200, rig.Get(rig.Reviewer, "/imports?limit=3"))
		if len(page.Items) != 3 || page.Items[0].ImportID != got.ImportID || page.Next == "" {
			t.Errorf("%+v", page)
		}
		if page = rig.Want[api.ImportPage](r, h, 200, rig.Get(rig.Reviewer, "/imports?limit=3&cursor="+page.Next)); len(page.Items) != 1 || page.Next != "" {
			t.Errorf("%+v", page)
		}
		rig.Want[api.Problem](r, h, 403, rig.Get(rig.Admin, "/imports"))
		rig.Want[api.Problem](r, h, 403, rig.Get(rig.Admin, "/imports/"+got.ImportID))
		rig.Want[api.Problem](r, h, 404, rig.Get(rig.Reviewer, "/imports/I-2"))
		rig.Want[api.Problem](r, h, 404, rig.Get(rig.Reviewer, "/imports/1"))
		rig.Want[api.Problem](r, h, 422, rig.Get(rig.Reviewer, "/imports?cursor=1"))
	}
}

func TestE5_OneBadRowAmongManyIsTold(t *testing.T) {
	r := rig.New(t)
	s := &shelf{files: map[string][]byte{}}
	var b strings.Builder
	b.WriteString(header)
	for n := range 300 {
		if n == 123 {
			b.WriteString(strings.Replace(line("bad", "Bad Ltd"), "ada@", "", 1))
			continue
		}
		b.WriteString(line("P"+strconv.Itoa(n), "Contoso Ltd"))
	}
	s.files["imports/a.csv"] = []byte(b.String())
	out := conduct(t, r, s, "x-1", "imports/a.csv", 100)
	got, err := r.Parts.Store.Import(t.Context(), out["importId"].(string))
	if err != nil || got.Rows != 300 || got.Counts.Refused+got.Counts.Created != 300 || got.Counts.Refused != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if result := string(s.files[resultKey(got.ID)]); strings.Count(result, "\r\n") != 301 || !strings.Contains(result, "125,bad,refused,contactEmail (invalid)") {
		t.Errorf("the result has %d lines", strings.Count(result, "\r\n"))
	}
}

func TestE5_RowsThatWereNotReachedAreTold(t *testing.T) {
	r := rig.New(t)
	s := &shelf{files: map[string][]byte{"imports/a.csv": []byte(header + line("1", "Contoso Ltd") + line("2", "Fabrikam Ltd"))}}
	h := of(r.Parts, s)
	if _, err := r.Task(h, map[string]any{"execution": "x-1", "enteredAt": r.Now()}); err == nil {
		t.Fatal("a file that isn't there was read")
	}
	p, err := r.Task(h, map[string]any{"execution": "x-1", "enteredAt": r.Now(), "input": map[string]any{"detail": map[string]any{"object": map[string]any{"key": "imports/a.csv"}}}})
	if err != nil {
		t.Fatal(err)
	}
	rowsOf := strings.Split(string(s.files[p.(passage).RowsKey]), "\n")
	if _, err := r.Task(h, map[string]any{"task": "file", "input": map[string]any{"Items": []any{json.RawMessage(rowsOf[0])}}}); err != nil {
		t.Fatal(err)
	}
	id := p.(passage).ImportID
	if got, _ := r.Parts.Store.Import(t.Context(), id); got.State != store.ImportRunning || got.Counts.Created != 1 {
		t.Errorf("while it runs: %+v", got)
	}
	if _, err := r.Task(h, map[string]any{"task": "finish", "input": p}); err != nil {
		t.Fatal(err)
	}
	if got, _ := r.Parts.Store.Import(t.Context(), id); got.State != store.ImportFailed || got.Counts.Created != 1 || got.Counts.Refused != 1 || !strings.Contains(string(s.files[resultKey(id)]), "3,2,refused,This row wasn't reached") {
		t.Errorf("%+v %s", got, s.files[resultKey(id)])
	}
	for _, input := range []any{"imports/a.csv", map[string]any{}, map[string]any{"file": "results/a.csv"}, map[string]any{"file": "imports/"}} {
		if _, err := r.Task(h, map[string]any{"input": input}); err == nil || !strings.Contains(err.Error(), "imports/") {
			t.Errorf("%v: %v", input, err)
		}
	}
}

package statemachine_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// table is what <name>.cases.json holds: the cases of a definition.
type table struct {
	Errors    map[string][]string
	Variables map[string]any
	Context   map[string]any
	Cases     []testCase
}

// testCase says what one state does with what it gets.
type testCase struct {
	State, Name string
	Input       json.RawMessage
	Variables   map[string]any
	Context     map[string]any

	// What the task answers (or what its wait is answered with), or the errors
	// that it ends with, each a case of its own: Tries is how often that came
	// before.
	Result json.RawMessage
	Errors any
	Tries  int

	// What must come of it.
	Status      string // SUCCEEDED, CAUGHT_ERROR, RETRIABLE or FAILED
	Next        string
	Arguments   json.RawMessage
	Output      json.RawMessage
	Assign      json.RawMessage
	Error       string
	CauseOfFail *string `json:"cause"`
}

func cases(t testing.TB, name string) table {
	t.Helper()
	file, err := os.Open(name + ".cases.json")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var all struct {
		Comment string
		table
	}
	decoder := json.NewDecoder(file)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&all); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return all.table
}

// errors are the names that a case is about.
func (c testCase) errors(t testing.TB, all table) []string {
	t.Helper()
	switch e := c.Errors.(type) {
	case nil:
		return nil
	case string:
		if list, there := all.Errors[strings.TrimPrefix(e, "@")]; there && strings.HasPrefix(e, "@") {
			return list
		}
	case []any:
		var list []string
		for _, name := range e {
			list = append(list, name.(string))
		}
		return list
	}
	t.Fatalf("%s, %s: no errors are called %v", c.State, c.Name, c.Errors)
	return nil
}

// Every state, every way out of it, every error that is retried or caught has a
// case, so that a change of the definition is a change of its table.
func TestEveryStateAndEveryWayOutOfItHasACase(t *testing.T) { // reliability row 7
	for _, machine := range names {
		d, all := load(t, machine), cases(t, machine)
		for _, c := range all.Cases {
			if _, there := d.States[c.State]; !there {
				t.Errorf("%s: a case for %s, which doesn't exist", machine, c.State)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(d.States)) {
			s := d.States[name]
			about := func(f func(c testCase) bool) bool {
				return slices.ContainsFunc(all.Cases, func(c testCase) bool { return c.State == name && f(c) })
			}
			if !about(func(testCase) bool { return true }) {
				t.Errorf("%s: no case for %s", machine, name)
			}
			for _, e := range d.edges(name) {
				if !about(func(c testCase) bool {
					return c.Next == e.to && strings.HasPrefix(e.by, "Catch") == (c.Status == "CAUGHT_ERROR")
				}) {
					t.Errorf("%s: no case for %s → %s by %s", machine, name, e.to, e.by)
				}
			}
			for _, r := range s.Retry {
				for _, failure := range r.ErrorEquals {
					with := func(status string, tries int) bool {
						return about(func(c testCase) bool {
							return c.Status == status && c.Tries == tries && slices.Contains(c.errors(t, all), failure)
						})
					}
					if !with("RETRIABLE", 0) || !with("RETRIABLE", r.MaxAttempts-1) || !with("CAUGHT_ERROR", r.MaxAttempts) {
						t.Errorf("%s: %s has no cases for the first and last try after %s, and for giving up", machine, name, failure)
					}
				}
			}
			for _, c := range s.Catch {
				for _, failure := range c.ErrorEquals {
					if failure != "States.ALL" && !about(func(k testCase) bool {
						return k.Status == "CAUGHT_ERROR" && k.Next == c.Next && slices.Contains(k.errors(t, all), failure)
					}) {
						t.Errorf("%s: no case for %s catching %s", machine, name, failure)
					}
				}
			}
		}
	}
}

package statemachine_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// definition is a state machine as its file tells it.
type definition struct {
	name          string
	QueryLanguage string
	StartAt       string
	States        map[string]state
}

type state struct {
	Type           string
	Resource       string
	Arguments      map[string]any
	TimeoutSeconds json.RawMessage
	Retry          []retrier
	Catch          []catcher
	Choices        []choice
	Default        string
	Next           string
	End            bool

	raw map[string]any
}

type retrier struct {
	ErrorEquals     []string
	IntervalSeconds float64
	MaxAttempts     int
	BackoffRate     float64
	MaxDelaySeconds float64
	JitterStrategy  string
}

type catcher struct {
	ErrorEquals []string
	Next        string
}

type choice struct {
	Condition string
	Assign    map[string]any
	Next      string
}

// names are the definitions of this folder: <name>.asl.json.
var names = []string{"onboarding", "verification", "directbill"}

func text(t testing.TB, name string) []byte {
	t.Helper()
	content, err := os.ReadFile(name + ".asl.json")
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func load(t testing.TB, name string) definition {
	t.Helper()
	d := definition{name: name}
	content := text(t, name)
	if err := json.Unmarshal(content, &d); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var raw struct{ States map[string]map[string]any }
	if err := json.Unmarshal(content, &raw); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for n, s := range d.States {
		s.raw = raw.States[n]
		d.States[n] = s
	}
	return d
}

// each runs f for every state of every definition, as a subtest of its name.
func each(t *testing.T, f func(t *testing.T, d definition, name string, s state)) {
	t.Helper()
	for _, machine := range names {
		d := load(t, machine)
		for _, name := range slices.Sorted(maps.Keys(d.States)) {
			t.Run(machine+"/"+name, func(t *testing.T) { f(t, d, name, d.States[name]) })
		}
	}
}

func (s state) task() bool   { return s.Type == "Task" }
func (s state) lambda() bool { return strings.HasPrefix(s.Resource, "arn:aws:states:::lambda:invoke") }
func (s state) wait() bool   { return strings.HasSuffix(s.Resource, ".waitForTaskToken") }
func (s state) nested() bool {
	return strings.HasPrefix(s.Resource, "arn:aws:states:::states:startExecution")
}

// payload is what a Lambda task sends.
func (s state) payload() map[string]any {
	p, _ := s.Arguments["Payload"].(map[string]any)
	return p
}

// edge is a way from one state to another.
type edge struct {
	from, to string
	by       string // "Next", "Default", "Choice" or "Catch <errors>"
	timeout  bool   // taken only after the state's TimeoutSeconds
}

// edges are the ways out of a state, in the order of the definition.
func (d definition) edges(name string) []edge {
	s := d.States[name]
	var out []edge
	for _, c := range s.Choices {
		out = append(out, edge{from: name, to: c.Next, by: "Choice"})
	}
	if s.Default != "" {
		out = append(out, edge{from: name, to: s.Default, by: "Default"})
	}
	for _, c := range s.Catch {
		out = append(out, edge{from: name, to: c.Next, by: "Catch " + strings.Join(c.ErrorEquals, ","), timeout: slices.Equal(c.ErrorEquals, []string{"States.Timeout"})})
	}
	if s.Next != "" {
		out = append(out, edge{from: name, to: s.Next, by: "Next"})
	}
	return out
}

// expressions visits every string below v with the path that leads there.
func expressions(v any, path string, visit func(path, text string)) {
	switch v := v.(type) {
	case string:
		visit(path, v)
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			expressions(v[key], path+"."+key, visit)
		}
	case []any:
		for _, item := range v {
			expressions(item, path, visit)
		}
	}
}

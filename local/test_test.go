package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// stream is what go test -json writes of such events.
func stream(t *testing.T, events ...event) string {
	t.Helper()
	var b strings.Builder
	for _, e := range events {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	return b.String()
}

func output(pkg, test, text string) event {
	return event{Action: "output", Package: pkg, Test: test, Output: text}
}

func ended(action, pkg, test string) event { return event{Action: action, Package: pkg, Test: test} }

func TestTheRunnerCountsTestsAndShowsWhatAPersonWantsToSee(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want string
		sum  tally
	}{
		"a passing test says nothing": {
			stream(t, output("p", "TestA", "chatter\n"), output("p", "TestA", "--- PASS: TestA\n"), ended("pass", "p", "TestA"), output("p", "", "PASS\n"), ended("pass", "p", "")),
			"ok    p 0.0 s\n", tally{passed: 1},
		},
		"V11 its figures are shown below its package": {
			stream(t, output("p", "TestA", "=== RUN TestA\n"), output("p", "TestA", "V11: 4711 states, 0 dead ends\n"), output("p", "TestA", "    a_test.go:3: V11: not at the beginning\n"),
				ended("pass", "p", "TestA"), output("q", "TestB", "V11: of another package\n"), ended("pass", "q", "TestB"), ended("pass", "p", ""), ended("pass", "q", "")),
			"ok    p 0.0 s\n      V11: 4711 states, 0 dead ends\nok    q 0.0 s\n      V11: of another package\n", tally{passed: 2},
		},
		"V11 figures that came in pieces, and of a whole package": {
			stream(t, output("p", "TestA", "V11: 47"), output("p", "TestA", "11 states\n"), ended("pass", "p", "TestA"), output("p", "", "V11: in all\n"), ended("pass", "p", "")),
			"ok    p 0.0 s\n      V11: 4711 states\n      V11: in all\n", tally{passed: 1},
		},
		"a failing test says everything, once": {
			stream(t, output("p", "TestA", "V11: 1 dead end\n"), output("p", "TestA", "broken\n"), ended("fail", "p", "TestA"), output("p", "", "FAIL\n"), ended("fail", "p", "")),
			"V11: 1 dead end\nbroken\nFAIL\n", tally{failed: 1},
		},
		"a skipped test says why": {
			stream(t, output("p", "TestA", "no tool\n"), ended("skip", "p", "TestA"), ended("pass", "p", "")),
			"no tool\nok    p 0.0 s\n", tally{skipped: 1},
		},
		"a package that doesn't build": {
			stream(t, event{Action: "build-output", ImportPath: "p", Output: "undefined: x\n"}, event{Action: "build-fail", ImportPath: "p"}, output("p", "", "FAIL p [build failed]\n"), ended("fail", "p", "")),
			"undefined: x\nFAIL p [build failed]\n", tally{failed: 1},
		},
		"a package without tests": {stream(t, output("p", "", "? p [no test files]\n"), ended("skip", "p", "")), "", tally{}},
		"a line that is no event": {"panic: out of memory\n", "panic: out of memory\n", tally{}},
	} {
		t.Run(name, func(t *testing.T) {
			var sum tally
			var out strings.Builder
			if err := sum.read(strings.NewReader(c.in), &out); err != nil {
				t.Fatal(err)
			}
			if out.String() != c.want || sum != c.sum {
				t.Errorf("%+v, shown as\n%s\nwant %+v\n%s", sum, out.String(), c.sum, c.want)
			}
		})
	}
}

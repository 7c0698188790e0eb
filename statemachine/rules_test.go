package statemachine_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// transient are the errors of a Lambda task that say nothing about the task:
// trying again may help. Lambda's documentation asks for the first five.
var transient = []string{
	"Lambda.ClientExecutionTimeoutException", "Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException",
	"Lambda.TooManyRequestsException",
	"Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError", // a function that timed out, ran out of memory or died
	"Conflict", "Internal", // what our functions say of the same kind
}

func TestEveryStateSpeaksJSONataAndNothingElse(t *testing.T) {
	// What a JSONPath state has and a JSONata state must not have.
	jsonPath := []string{"Parameters", "InputPath", "OutputPath", "ResultPath", "ResultSelector", "TimeoutSecondsPath", "HeartbeatSecondsPath", "SecondsPath", "TimestampPath", "ErrorPath", "CausePath", "ItemsPath"}
	for _, name := range names {
		if d := load(t, name); d.QueryLanguage != "JSONata" {
			t.Errorf("%s: QueryLanguage is %q", name, d.QueryLanguage)
		}
	}
	each(t, func(t *testing.T, _ definition, _ string, s state) {
		if language, given := s.raw["QueryLanguage"]; given && language != "JSONata" {
			t.Errorf("QueryLanguage is %v", language)
		}
		for _, field := range jsonPath {
			if _, given := s.raw[field]; given {
				t.Errorf("%s belongs to JSONPath", field)
			}
		}
		expressions(s.raw, "", func(path, text string) {
			if strings.Contains(text, "$.") || strings.HasSuffix(path, ".$") {
				t.Errorf("%s looks like JSONPath: %s", path, text)
			}
			if strings.HasPrefix(text, "{%") != strings.HasSuffix(text, "%}") {
				t.Errorf("%s is half an expression: %s", path, text)
			}
			if strings.Contains(text, "$eval") {
				t.Errorf("%s: Step Functions has no $eval", path)
			}
		})
	})
}

func TestEveryTaskRetriesWhatMayPassAndCatchesTheRest(t *testing.T) { // reliability row 7
	each(t, func(t *testing.T, _ definition, _ string, s state) {
		if !s.task() {
			return
		}
		if len(s.Retry) == 0 || len(s.Catch) == 0 {
			t.Fatalf("%d Retry, %d Catch", len(s.Retry), len(s.Catch))
		}
		var retried []string
		for _, r := range s.Retry {
			retried = append(retried, r.ErrorEquals...)
			if r.MaxAttempts < 3 || r.IntervalSeconds <= 0 || r.BackoffRate < 1.5 || r.MaxDelaySeconds == 0 || r.JitterStrategy != "FULL" {
				t.Errorf("retries want at least 3 tries, backing off with a cap and jitter: %+v", r)
			}
		}
		if s.lambda() {
			for _, name := range transient {
				if !slices.Contains(retried, name) {
					t.Errorf("%s isn't retried", name)
				}
			}
		}
		if slices.Contains(retried, "States.Timeout") != (s.lambda() && !s.wait()) {
			t.Errorf("a call that hangs is tried again, a wait that ends is not: %v", retried)
		}
		last := s.Catch[len(s.Catch)-1]
		if !slices.Equal(last.ErrorEquals, []string{"States.ALL"}) {
			t.Errorf("the last Catch takes %v, not States.ALL", last.ErrorEquals)
		}
	})
}

func TestEveryTaskHasALiteralTimeout(t *testing.T) {
	each(t, func(t *testing.T, _ definition, _ string, s state) {
		for _, field := range []string{"HeartbeatSeconds", "HeartbeatSecondsPath"} {
			if _, given := s.raw[field]; given {
				t.Errorf("%s: nobody sends heartbeats", field)
			}
		}
		if !s.task() {
			return
		}
		seconds := timeout(t, s)
		if !s.wait() && s.lambda() && (seconds < 30 || seconds > 120) {
			t.Errorf("a call that isn't a wait may take %d s", seconds)
		}
	})
}

// timeout is a task's TimeoutSeconds, which must be a plain number: a JSONata
// one isn't the same everywhere, and the record owns the deadlines.
func timeout(t testing.TB, s state) int {
	t.Helper()
	var seconds int
	if err := json.Unmarshal(s.TimeoutSeconds, &seconds); err != nil || seconds <= 0 {
		t.Fatalf("TimeoutSeconds is %s, not a number", s.TimeoutSeconds)
	}
	return seconds
}

func TestTheEndOfAWaitLooksAgainOrPauses(t *testing.T) { // reliability rows 1 and 7
	each(t, func(t *testing.T, d definition, name string, s state) {
		if !s.wait() && !s.nested() {
			return
		}
		if weeks := timeout(t, s) / (7 * 24 * 3600); weeks < 3 {
			t.Errorf("the guard ends after %d weeks: deadlines belong to the record", weeks)
		}
		i := slices.IndexFunc(s.Catch, func(c catcher) bool { return slices.Contains(c.ErrorEquals, "States.Timeout") })
		if i < 0 || len(s.Catch[i].ErrorEquals) != 1 {
			t.Fatalf("no Catch for States.Timeout alone")
		}
		next := d.States[s.Catch[i].Next]
		looksAgain := s.Catch[i].Next == name
		pauses := next.payload()["task"] == "pause"
		if !looksAgain && !pauses {
			t.Errorf("after the timeout comes %s, which neither looks again nor pauses", s.Catch[i].Next)
		}
	})
}

func TestEndsCarryTheirOutput(t *testing.T) {
	// A Succeed state's Output isn't applied everywhere: executions end with a Pass.
	each(t, func(t *testing.T, _ definition, _ string, s state) {
		switch s.Type {
		case "Task", "Choice", "Pass", "Fail":
		default:
			t.Errorf("unexpected type %s", s.Type)
		}
		if s.End && (s.Type != "Pass" || s.raw["Output"] == nil) {
			t.Errorf("an end is a Pass with Output, not %s", s.Type)
		}
		ways := len(s.Choices)
		for _, way := range []bool{s.Next != "", s.End, s.Default != "", s.Type == "Fail"} {
			if way {
				ways++
			}
		}
		if ways == 0 || (s.Type != "Choice" && ways != 1) {
			t.Errorf("%d ways out", ways)
		}
		if s.Type == "Choice" && s.Default == "" {
			t.Error("a Choice without Default can end in States.NoChoiceMatched")
		}
	})
}

func TestOnlyFunctionsTouchTheTable(t *testing.T) {
	allowed := regexp.MustCompile(`^arn:aws:states:::(lambda:invoke|lambda:invoke\.waitForTaskToken|states:startExecution\.sync:2)$`)
	each(t, func(t *testing.T, _ definition, _ string, s state) {
		if s.task() && !allowed.MatchString(s.Resource) {
			t.Errorf("calls %s", s.Resource)
		}
	})
}

func TestEveryStateIsReachedAndEveryWayLeadsSomewhere(t *testing.T) {
	for _, name := range names {
		d := load(t, name)
		seen := map[string]bool{}
		open := []string{d.StartAt}
		for len(open) > 0 {
			at := open[0]
			open = open[1:]
			if seen[at] {
				continue
			}
			seen[at] = true
			if _, exists := d.States[at]; !exists {
				t.Errorf("%s: there is no state %q", name, at)
				continue
			}
			for _, e := range d.edges(at) {
				open = append(open, e.to)
			}
		}
		for at := range d.States {
			if !seen[at] {
				t.Errorf("%s: nothing leads to %s", name, at)
			}
		}
	}
}

// The token opens the wait for whoever holds it: it goes to the function that
// keeps it and nowhere else.
func TestATokenGoesIntoThePayloadOfItsWaitOnly(t *testing.T) {
	each(t, func(t *testing.T, _ definition, _ string, s state) {
		found := 0
		expressions(s.raw, "", func(path, text string) {
			if !strings.Contains(text, "Token") || path == ".Resource" {
				return
			}
			if path != ".Arguments.Payload.taskToken" || text != "{% $states.context.Task.Token %}" {
				t.Errorf("%s = %s", path, text)
			}
			found++
		})
		if s.wait() != (found == 1) {
			t.Errorf("%d tokens", found)
		}
		// Nor is the whole context or the whole payload handed on.
		expressions(s.raw, "", func(path, text string) {
			if regexp.MustCompile(`\$states(\.context(\.Task)?)?\s*(%\}|[,)&])`).MatchString(text) {
				t.Errorf("%s hands on everything: %s", path, text)
			}
		})
	})
}

// A function tells a newer token from an older one by when the state was
// entered or redriven, and by the try (reliability row 6).
func TestAWaitSaysWhenItWasEnteredAndWhichTryItIs(t *testing.T) {
	each(t, func(t *testing.T, _ definition, _ string, s state) {
		if !s.wait() {
			return
		}
		p := s.payload()
		entered, _ := p["enteredAt"].(string)
		if !strings.Contains(entered, "$states.context.State.EnteredTime") || !strings.Contains(entered, "RedriveTime") {
			t.Errorf("enteredAt = %v", p["enteredAt"])
		}
		if p["attempt"] != "{% $states.context.State.RetryCount %}" {
			t.Errorf("attempt = %v", p["attempt"])
		}
		for _, field := range []string{"partnerId", "execution"} {
			if p[field] == nil {
				t.Errorf("%s is missing", field)
			}
		}
	})
}

// An execution that has gone on for a year is ended by Step Functions without
// asking. The guards of the straight path end earlier.
func TestTheGuardsOfOnePassEndWithinAYear(t *testing.T) {
	total := 0
	d := load(t, "onboarding")
	for at := d.StartAt; at != ""; {
		s := d.States[at]
		if s.task() {
			total += timeout(t, s)
		}
		switch {
		case s.Type == "Choice":
			at = s.Choices[0].Next
		default:
			at = s.Next
		}
	}
	if days := total / 86400; days > 365 {
		t.Errorf("%d days", days)
	}
}

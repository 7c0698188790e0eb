package workflow_test

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

// A state that is tried again gets a token of its own while the time of its
// entry stays the same (reliability row 6).
func TestTheTokenOfTheLastTryCountsWhicheverComesFirst(t *testing.T) {
	first, second, reentered := task("t-0", entered), task("t-1", entered), task("t-2", entered.Add(1))
	second.Attempt = 1
	for name, order := range map[string][]workflow.Task{
		"in order":                            {first, second},
		"the first comes late":                {second, first},
		"a later entry, in order":             {first, second, reentered},
		"a later entry, the others come late": {reentered, second, first},
	} {
		r := &records{record: waiting()}
		for _, task := range order {
			if err := (&workflow.Client{API: stepFunctions{}}).Await(t.Context(), r, onboarding.WaitAgreement, task); err != nil {
				t.Fatal(name, err)
			}
		}
		want := "t-1"
		if len(order) == 3 {
			want = "t-2"
		}
		if got := r.record.Workflow.Waits[onboarding.WaitAgreement].Token; got != want {
			t.Errorf("%s: %s is kept, want %s", name, got, want)
		}
	}
}

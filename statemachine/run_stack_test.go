//go:build stack

package statemachine_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var (
	straight        = []string{"Enroll", "Conducts", "AwaitBusinessInfo", "VerifyBusiness", "Verified", "AwaitAgreement", "AwaitDistributor", "Onboarded"}
	straightThrough = []string{"AwaitDecision", "Overdue", "Decided"} // the verification
)

func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s went\n%s, want\n%s", what, strings.Join(got, " "), strings.Join(want, " "))
	}
}

func onboarded(p *partner) map[string]any {
	return map[string]any{"partnerId": p.id, "outcome": "Onboarded"}
}

func TestTheWorkflowWaitsForEveryStep(t *testing.T) { // reliability row 4, and F6
	t.Parallel()
	m := copies(t)
	p := enrolled(t, m.Stack)
	execution := m.start(t, m.onboarding, map[string]any{"partnerId": p.id, "round": 1})
	p.waits(t, onboarding.WaitBusinessInfo)
	p.submit(t)
	p.waits(t, onboarding.WaitDecision)
	p.decide(t, onboarding.VerificationAuthorized)
	p.waits(t, onboarding.WaitAgreement)
	p.sign(t)
	p.waits(t, onboarding.WaitDistributor)
	p.chooseDistributor(t)
	m.ended(t, execution, onboarded(p))
	same(t, "the onboarding", m.way(t, execution), straight)
	same(t, "the verification", m.way(t, m.children(t)[0]), straightThrough)
	if transitions := len(straight) + len(straightThrough) + 4; transitions > 20 { // starts and ends included
		t.Errorf("%d transitions, the target is 20", transitions)
	}
	if waits := p.record(t).Workflow.Waits; len(waits) != 0 {
		t.Errorf("waits are left: %v", waits)
	}
}

func TestTheWorkflowThatComesLateFindsEveryStepDone(t *testing.T) { // reliability row 4: the other order
	t.Parallel()
	m := copies(t)
	p := enrolled(t, m.Stack)
	p.submit(t)
	p.decide(t, onboarding.VerificationAuthorized)
	p.sign(t)
	p.chooseDistributor(t)
	execution := m.start(t, m.onboarding, map[string]any{"partnerId": p.id})
	m.ended(t, execution, onboarded(p))
	same(t, "the onboarding", m.way(t, execution), straight)
	if waits := p.record(t).Workflow.Waits; len(waits) != 0 {
		t.Errorf("tokens were kept for nothing: %v", waits)
	}
}

func TestARejectedCompanysRoundEnds(t *testing.T) { // V4
	t.Parallel()
	m := copies(t)
	p := enrolled(t, m.Stack)
	execution := m.start(t, m.onboarding, map[string]any{"partnerId": p.id, "round": 1})
	p.waits(t, onboarding.WaitBusinessInfo)
	p.submit(t)
	p.waits(t, onboarding.WaitDecision)
	p.decide(t, onboarding.VerificationRejected)
	m.ended(t, execution, map[string]any{"partnerId": p.id, "outcome": "Rejected"})
}

func TestASignalThatIsLostIsMadeUpForByLookingAgain(t *testing.T) { // reliability rows 1 and 3
	t.Parallel()
	m := copies(t, within(3, "AwaitBusinessInfo"))
	p := enrolled(t, m.Stack)
	execution := m.start(t, m.onboarding, map[string]any{"partnerId": p.id, "round": 1})
	late := p.waits(t, onboarding.WaitBusinessInfo)
	p.silent = true
	p.submit(t)
	p.silent = false
	p.waits(t, onboarding.WaitDecision)
	want := []string{"Enroll", "Conducts", "AwaitBusinessInfo", "Pause", "StillPaused", "AwaitBusinessInfo", "VerifyBusiness"}
	same(t, "the onboarding", m.way(t, execution), want)
	if err := p.workflow.Finish(t.Context(), onboarding.FinishWait{Wait: onboarding.WaitBusinessInfo, Token: late, Outcome: onboarding.OutcomeSubmitted}); err != nil {
		t.Errorf("the outbox, which comes late, is refused: %v", err)
	}
	// From here on all is as if nothing had been lost.
	p.decide(t, onboarding.VerificationAuthorized)
	p.waits(t, onboarding.WaitAgreement)
	p.sign(t)
	p.waits(t, onboarding.WaitDistributor)
	p.chooseDistributor(t)
	m.ended(t, execution, onboarded(p))
	same(t, "the onboarding", m.way(t, execution), append(want, straight[4:]...))
}

func TestARoundInWhichNothingHappensPausesAndTheNextGoesOn(t *testing.T) { // reliability row 7, V9
	t.Parallel()
	m := copies(t, within(2, "AwaitAgreement"))
	p := enrolled(t, m.Stack)
	p.submit(t)
	p.decide(t, onboarding.VerificationAuthorized)
	first := m.start(t, m.onboarding, map[string]any{"partnerId": p.id, "round": 1})
	m.ended(t, first, map[string]any{"partnerId": p.id, "outcome": "Paused"})
	r := p.record(t)
	if !r.Partner.Idle || r.Partner.Round != 1 {
		t.Fatalf("the record doesn't know of the pause: idle %t, round %d", r.Partner.Idle, r.Partner.Round)
	}
	p.sign(t)
	if r = p.record(t); r.Partner.Idle || r.Partner.Round != 2 {
		t.Fatalf("the partner's command starts no round: idle %t, round %d", r.Partner.Idle, r.Partner.Round)
	}
	second := m.start(t, m.onboarding, map[string]any{"partnerId": p.id, "round": 2})
	p.waits(t, onboarding.WaitDistributor)
	p.chooseDistributor(t)
	m.ended(t, second, onboarded(p))
}

func TestADecisionAfterTheGuardFindsTheNewToken(t *testing.T) { // reliability rows 1 and 6
	t.Parallel()
	m := copies(t, within(2, "AwaitDecision"))
	p := enrolled(t, m.Stack)
	p.submit(t)
	execution := m.start(t, m.verification, map[string]any{"partnerId": p.id})
	first := p.waits(t, onboarding.WaitDecision)
	p.waits(t, onboarding.WaitDecision, first)
	p.decide(t, onboarding.VerificationAuthorized)
	m.ended(t, execution, map[string]any{"outcome": "Authorized"})
	way := m.way(t, execution)
	if len(way) < 4 || way[0] != "AwaitDecision" || way[1] != "AwaitDecision" || !slices.Equal(way[len(way)-2:], straightThrough[1:]) {
		t.Errorf("went %v", way)
	}
}

func TestAWaitAnsweredTwiceGoesOnOnce(t *testing.T) { // reliability row 2
	t.Parallel()
	m := copies(t)
	p := enrolled(t, m.Stack)
	execution := m.start(t, m.onboarding, map[string]any{"partnerId": p.id, "round": 1})
	token := p.waits(t, onboarding.WaitBusinessInfo)
	p.submit(t)
	for range 3 {
		if err := p.workflow.Finish(t.Context(), onboarding.FinishWait{Wait: onboarding.WaitBusinessInfo, Token: token, Outcome: onboarding.OutcomeSubmitted}); err != nil {
			t.Fatal(err)
		}
	}
	p.waits(t, onboarding.WaitDecision)
	same(t, "the onboarding", m.way(t, execution), straight[:4])
}

func TestAnOverdueCaseIsEscalatedAndTheWaitGoesOn(t *testing.T) { // V6
	t.Parallel()
	m := copies(t)
	p := enrolled(t, m.Stack)
	p.submit(t)
	execution := m.start(t, m.verification, map[string]any{"partnerId": p.id})
	p.waits(t, onboarding.WaitDecision)
	p.do(t, func(o onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		s.At = o.Case.Latest.Add(time.Second) // the deadline, met ahead of its time
		return o.Escalate(s)
	})
	p.waits(t, onboarding.WaitEscalatedDecision)
	p.decide(t, onboarding.VerificationAuthorized)
	m.ended(t, execution, map[string]any{"outcome": "Authorized"})
	same(t, "the verification", m.way(t, execution), []string{"AwaitDecision", "Overdue", "Escalate", "AwaitEscalatedDecision", "Decided"})
}

func TestADormantApplicationEndsItsExecution(t *testing.T) { // V9
	t.Parallel()
	m := copies(t)
	p := enrolled(t, m.Stack)
	execution := m.start(t, m.onboarding, map[string]any{"partnerId": p.id, "round": 1})
	token := p.waits(t, onboarding.WaitBusinessInfo)
	if err := p.workflow.Finish(t.Context(), onboarding.FinishWait{Wait: onboarding.WaitBusinessInfo, Token: token, Outcome: onboarding.OutcomeDormant}); err != nil {
		t.Fatal(err)
	}
	m.ended(t, execution, map[string]any{"partnerId": p.id, "outcome": "Paused"})
}

func TestASecondExecutionStepsAside(t *testing.T) { // reliability row 8, O1
	t.Parallel()
	m := copies(t)
	p := enrolled(t, m.Stack)
	first := m.start(t, m.onboarding, map[string]any{"partnerId": p.id, "round": 1})
	token := p.waits(t, onboarding.WaitBusinessInfo)
	byHand := m.start(t, m.onboarding, map[string]any{"partnerId": p.id})
	m.ended(t, byHand, map[string]any{"partnerId": p.id, "round": 1, "outcome": "AlreadyRunning", "execution": first})
	same(t, "the second", m.way(t, byHand), []string{"Enroll", "Conducts", "SteppedAside"})
	if now := p.record(t).Workflow; now.Execution != first || now.Waits[onboarding.WaitBusinessInfo].Token != token {
		t.Error("the second took something from the first")
	}
}

func TestInputThatCannotBeUsedFailsWithACauseThatAPersonCanRead(t *testing.T) { // O1
	t.Parallel()
	m := copies(t)
	for name, c := range map[string]struct {
		input       any
		error, says string
	}{
		"nothing":             {map[string]any{}, "Refused.workflow_input_invalid", `Give either "partnerId"`},
		"an unknown member":   {map[string]any{"partnerID": "P-1", "colour": "red"}, "Refused.workflow_input_invalid", "colour"},
		"an unknown partner":  {map[string]any{"partnerId": "P-NOBODY"}, "Refused.not_found", "P-NOBODY"},
		"half an enrolment":   {map[string]any{"enrollment": map[string]any{"tenantId": "t"}}, "Refused.invalid", "/enrollment/reason"},
		"something else":      {[]int{1, 2}, "Refused.workflow_input_invalid", "The input can't be read"},
		"a consumer's e-mail": {map[string]any{"enrollment": map[string]any{"tenantId": app.NewID("tenant-", time.Now()), "workAccount": "existing", "workEmail": "a@gmail.com", "companyName": "Contoso", "operator": "o", "reason": "r"}}, "Refused.invalid", "consumer_mail_domain"},
	} {
		t.Run(name, func(t *testing.T) {
			execution := m.start(t, m.onboarding, c.input)
			out := m.end(t, execution)
			if out.Status != types.ExecutionStatusFailed || aws.ToString(out.Error) != c.error || !strings.Contains(aws.ToString(out.Cause), c.says) || strings.HasPrefix(aws.ToString(out.Cause), "{") {
				t.Errorf("%s: %s: %s", out.Status, aws.ToString(out.Error), aws.ToString(out.Cause))
			}
			same(t, "it", m.way(t, execution), []string{"Enroll", "Refused"})
		})
	}
}

// The emulator takes no notice of a function's error in a wait, where AWS fails
// the task: here a verification fails in the call that isn't a wait.
func TestAVerificationThatFailsIsToldInItsOwnWords(t *testing.T) { // reliability row 7
	t.Parallel()
	m := copies(t, func(machine string, states map[string]map[string]any) {
		if machine == "verification" {
			states[""] = map[string]any{"StartAt": "Escalate"}
			states["Escalate"]["Arguments"].(map[string]any)["Payload"].(map[string]any)["partnerId"] = "P-NOBODY"
			states["AwaitEscalatedDecision"]["TimeoutSeconds"] = 1
		}
	})
	p := enrolled(t, m.Stack)
	p.submit(t)
	execution := m.start(t, m.onboarding, map[string]any{"partnerId": p.id})
	out := m.end(t, execution)
	if out.Status != types.ExecutionStatusFailed || aws.ToString(out.Error) != "Refused.not_found" || aws.ToString(out.Cause) == "" || strings.Contains(aws.ToString(out.Cause), "{") {
		t.Errorf("%s: %s: %s", out.Status, aws.ToString(out.Error), aws.ToString(out.Cause))
	}
	same(t, "the onboarding", m.way(t, execution), []string{"Enroll", "Conducts", "AwaitBusinessInfo", "VerifyBusiness", "NeedsOperator"})
	// The record is safe: another execution, with the definition mended, goes on.
	if p.record(t).Partner.Idle {
		t.Error("a failed execution isn't a pause")
	}
	mended := copies(t)
	again := mended.start(t, mended.onboarding, map[string]any{"partnerId": p.id})
	p.waits(t, onboarding.WaitDecision)
	p.decide(t, onboarding.VerificationRejected)
	mended.ended(t, again, map[string]any{"partnerId": p.id, "outcome": "Rejected"})
}

// failing makes a call fail with "Internal" for its first tries, and the pauses
// between the tries short.
func failing(name string, tries int) change {
	return func(_ string, states map[string]map[string]any) {
		s, there := states[name]
		if !there {
			return
		}
		payload := s["Arguments"].(map[string]any)["Payload"].(map[string]any)
		payload["enteredAt"] = fmt.Sprintf("{%% $states.context.State.RetryCount < %d ? 'no time at all' : $states.context.State.EnteredTime %%}", tries)
		for _, r := range s["Retry"].([]any) {
			r.(map[string]any)["IntervalSeconds"] = 0
		}
	}
}

func TestWhatFailsInsideIsTriedAgainAndGivenUpInTheEnd(t *testing.T) { // reliability row 7
	t.Parallel()
	tries := func(m machines, execution string) (failed int) {
		events, err := m.History(t.Context(), execution)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.TaskFailedEventDetails != nil && aws.ToString(e.TaskFailedEventDetails.Error) == "Internal" {
				failed++
			}
		}
		return failed
	}
	t.Run("the sixth retry succeeds", func(t *testing.T) {
		m := copies(t, failing("Enroll", 6))
		p := enrolled(t, m.Stack)
		execution := m.start(t, m.onboarding, map[string]any{"partnerId": p.id, "round": 1})
		p.waits(t, onboarding.WaitBusinessInfo)
		if n := tries(m, execution); n != 6 {
			t.Errorf("%d failures", n)
		}
	})
	t.Run("a seventh would be needed", func(t *testing.T) {
		m := copies(t, failing("Enroll", 7))
		p := enrolled(t, m.Stack)
		execution := m.start(t, m.onboarding, map[string]any{"partnerId": p.id, "round": 1})
		out := m.end(t, execution)
		if aws.ToString(out.Error) != "Internal" || !strings.Contains(aws.ToString(out.Cause), "log says what") || tries(m, execution) != 7 {
			t.Errorf("%s: %s after %d failures", aws.ToString(out.Error), aws.ToString(out.Cause), tries(m, execution))
		}
		same(t, "it", m.way(t, execution), []string{"Enroll", "NeedsOperator"})
		if r := p.record(t); r.Workflow.Execution != "" || r.Partner.Version != 1 {
			t.Errorf("something is half done: %+v", r.Workflow)
		}
	})
}

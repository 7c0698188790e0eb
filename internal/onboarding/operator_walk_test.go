package onboarding_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// gone is a reviewer who has left: nobody signs in as him any more.
var gone = Assignee{UserID: "u-gone", Name: "Gus Gone", Email: "gus@programme.example"}

func assignee(p Principal) Assignee { return Assignee{UserID: p.UserID, Email: p.Email} }

// ofOperators are the moves that only one land has.
var ofOperators = []string{"claim", "give to one who left", "take over", "release", "extend", "set aside", "resume", "fail", "redrive"}

// operated says that an operator's act shows in the open case.
func (s story) operated() bool {
	c := s.p.Case
	return c != nil && c.Decision == nil && (c.Claim != nil || c.SetAside != nil || len(c.Extensions) > 0)
}

// unlikely are moves that the walk leaves out to stay short: a stopped workflow
// and what operators do to a case have nothing to do with each other.
func (s story) unlikely(move string) bool {
	if move == "fail" {
		return s.operated()
	}
	return s.p.Failure != nil && move != "redrive" && slices.Contains(ofOperators, move) && move != "take over"
}

// operatorKey tells states apart by what operators did.
func (s story) operatorKey() string {
	key := fmt.Sprintf("failed %t;", s.p.Failure != nil)
	c := s.p.Case
	if !s.operated() {
		return key
	}
	key += fmt.Sprintf("extended %d;", len(c.Extensions))
	if c.Claim != nil {
		key += "of " + c.Claim.UserID + ";"
	}
	if c.SetAside != nil {
		key += fmt.Sprintf("aside %t;", s.now.Before(c.SetAside.LookAgain))
	}
	return key
}

func operatorMoves() []move {
	return []move{
		{"claim", RoleReviewer, func(s story) (Event, error) { return s.p.ClaimCase("Mine.", s.stamp(reviewer)) }},
		{"give to one who left", RoleReviewer, func(s story) (Event, error) { return s.p.ReassignCase(gone, "Yours.", s.stamp(reviewer)) }},
		{"take over", RoleReviewer, func(s story) (Event, error) {
			by := reviewer
			if c := s.p.Case; c != nil && c.Appeal != nil {
				by = otherReviewer
			}
			return s.p.ReassignCase(assignee(by), "Gus has left.", s.stamp(by))
		}},
		{"release", RoleReviewer, func(s story) (Event, error) { return s.p.ReleaseCase("Back.", s.stamp(reviewer)) }},
		{"extend", RoleReviewer, func(s story) (Event, error) {
			return s.p.ExtendCase(Extend{Days: 2, Reason: "We need more time.", Note: "Holidays."}, knowledge.Calendar, s.stamp(reviewer))
		}},
		{"set aside", RoleReviewer, func(s story) (Event, error) {
			return s.p.SetCaseAside(CannotComplete{Code: "registry_unavailable", Days: 2, Note: "Down."}, knowledge.Calendar, s.stamp(reviewer))
		}},
		{"resume", RoleReviewer, func(s story) (Event, error) { return s.p.ResumeCase("It is up.", s.stamp(reviewer)) }},
		{"fail", "", func(s story) (Event, error) {
			return s.p.RecordFailure(WorkflowFailed{Execution: fmt.Sprintf("arn:%d", s.p.Round), Status: "FAILED"}, true, s.system())
		}},
		{"redrive", RoleReviewer, func(s story) (Event, error) { return s.p.Redrive(s.p.Failure == nil, "Again.", s.stamp(reviewer)) }},
	}
}

func TestO2_NoClaimHoldsACaseUp(t *testing.T) {
	claimed, aside := 0, 0
	for _, s := range walk(t) {
		c := s.p.Case
		if c == nil || c.Decision != nil || !s.land.operators || s.p.Cases > 1 {
			continue
		}
		if c.Claim != nil {
			claimed++
			if c.Claim.UserID == gone.UserID && !slices.Contains(s.moves, "take over") {
				t.Errorf("a case of somebody who left can't be taken over: %s", s.key(s.land))
			}
		}
		if c.SetAside != nil {
			aside++
			if at, ok := s.p.NextDeadline(); !ok || at.After(c.SetAside.LookAgain) {
				t.Errorf("nothing puts a case back that was set aside: %s", s.key(s.land))
			}
		}
		if s.p.Failure != nil && !slices.Contains(s.moves, "redrive") {
			t.Errorf("a stopped workflow can't be started anew: %s", s.key(s.land))
		}
	}
	if claimed == 0 || aside == 0 {
		t.Errorf("%d states with a claim, %d set aside", claimed, aside)
	}
	for _, err := range refusalsOfTheWalk(t) {
		if CodeOf(err) == CodeCaseClaimed && !strings.Contains(err.Error(), gone.Email) && !strings.Contains(err.Error(), reviewer.Email) && !strings.Contains(err.Error(), otherReviewer.Email) {
			t.Errorf("%v doesn't say who has the case", err)
		}
	}
}

package onboarding_test

import (
	"fmt"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// aboutStanding are the moves that only one land has (A8).
var aboutStanding = []string{"announce a suspension", "suspend at once", "answer the suspension", "appeal the suspension", "uphold the suspension", "reinstate", "leave", "come back"}

// standingKey tells states apart by the partner's standing. How often it
// answered is the same to all rules but the last.
func (s story) standingKey() string {
	r := s.p.Programme
	key := fmt.Sprintf("%s;", s.p.ProgrammeStatus())
	if u := r.Suspension; u != nil {
		key += fmt.Sprintf("%s warned %d mended %t appealed %t", u.Code, u.Warned, !u.MendedAt.IsZero(), u.Appealed)
		if u.Answer != nil {
			key += fmt.Sprintf(" %s chased %t", u.Answer.Kind, u.Answer.Chased > 0)
		}
	}
	if c := s.p.Case; c != nil && c.Decision != nil {
		key += fmt.Sprintf(" settled %t;", r.Settled == c.Decision.Sequence)
	}
	return key
}

func standingMoves() []move {
	return []move{
		{"announce a suspension", RoleReviewer, func(s story) (Event, error) { return s.p.Suspend(announce("payment_default"), s.stamp(reviewer)) }},
		{"suspend at once", RoleReviewer, func(s story) (Event, error) {
			return s.p.Suspend(SuspendPartner{Code: "fraud_suspected", Text: "x", Note: "x", AtOnce: true}, s.stamp(reviewer))
		}},
		{"answer the suspension", RoleGlobalAdmin, func(s story) (Event, error) {
			if u := s.p.Programme.Suspension; u != nil && u.Answers > 1 {
				u := *u
				u.Answers, s.p.Programme.Suspension = 1, &u // a person is asked after ten
			}
			return s.p.AnswerSuspension(AnswerMended, "Done.", knowledge.Calendar, s.stamp(globalAdmin))
		}},
		{"appeal the suspension", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.AnswerSuspension(AnswerAppeal, "Wrong.", knowledge.Calendar, s.stamp(globalAdmin))
		}},
		{"uphold the suspension", RoleReviewer, func(s story) (Event, error) { return s.p.UpholdSuspension("No.", s.stamp(otherReviewer)) }},
		{"reinstate", RoleReviewer, func(s story) (Event, error) { return s.p.Reinstate("Fine.", s.stamp(otherReviewer)) }},
		{"leave", RoleGlobalAdmin, func(s story) (Event, error) { return s.p.Leave("", true, s.stamp(globalAdmin)) }},
		{"come back", RoleGlobalAdmin, func(s story) (Event, error) { return s.p.Return(s.stamp(globalAdmin)) }},
	}
}

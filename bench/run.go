package main

import (
	"context"
	"fmt"
)

// withDatabase measures what needs all functions at work.
func (b bench) withDatabase(ctx context.Context, r *report, warm bool) error {
	b.say("starting DynamoDB Local and the functions")
	s, err := b.startSystem(ctx)
	if err != nil {
		return err
	}
	defer s.stop()
	b.say("onboarding one company")
	o, err := s.measureOnboarding(ctx)
	if err != nil {
		return err
	}
	r.onboarding(o)
	if !warm {
		return nil
	}
	w, err := s.measureWarm(ctx, b)
	if err != nil {
		return err
	}
	r.warm(w)
	return nil
}

func (r *report) onboarding(o onboarding) {
	r.atMost("F4", "written by one onboarding", "≤ 200 WCU", fmt.Sprintf("%.1f WCU", o.Write), o.Write, 200)
	r.atMost("F4", "read by one onboarding", "≤ 80 RCU", fmt.Sprintf("%.1f RCU", o.Read), o.Read, 80)
	r.atMost("F6", "transitions of one onboarding", "≤ 20", fmt.Sprintf("%d, starts and ends included", o.Transitions), float64(o.Transitions), 20)
	r.detail("onboarding", o)
}

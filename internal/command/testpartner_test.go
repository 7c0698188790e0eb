package command_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// kept holds one partner in memory, and the answers that were kept.
type kept struct {
	p       onboarding.Partner
	events  []onboarding.Event
	answers map[string]store.Replay
	fail    int // the commit that fails, 0 for none
}

func (k *kept) runner() *command.Runner {
	return &command.Runner{Now: clock, Records: records{
		load: func(_ string, q store.Request) (store.Record, *store.Replay, error) {
			if replay, ok := k.answers[q.Hash]; ok {
				return store.Record{Partner: k.p}, &replay, nil
			}
			return store.Record{Partner: k.p}, nil, nil
		},
		commit: func(c store.Change) (onboarding.Event, error) {
			if k.fail--; k.fail == 0 {
				return c.Event, errors.New("boom")
			}
			k.p, k.events = k.p.Apply(c.Event), append(k.events, c.Event)
			if c.Request.Hash != "" {
				k.answers[c.Request.Hash] = store.Replay{BodyHash: c.Request.BodyHash, Answer: c.Answer}
			}
			return c.Event, nil
		},
	}}
}

func testPartner(t *testing.T) *kept {
	t.Helper()
	admin := onboarding.Principal{UserID: "u-1", Email: "ada@contoso.example", TenantID: "t-1", GlobalAdmin: true}
	e, err := onboarding.Partner{}.Enroll(onboarding.Enroll{PartnerID: "P-1", WorkAccount: onboarding.WorkAccountExisting, WorkEmail: admin.Email, CompanyName: "Contoso", Test: true, TestAllowed: true, By: admin},
		onboarding.Stamp{EventID: "e-1", At: now, By: admin.Actor()})
	if err != nil {
		t.Fatal(err)
	}
	return &kept{p: onboarding.Partner{}.Apply(e), answers: map[string]store.Replay{}}
}

// forward moves the clock on by a duration.
func (k *kept) forward(ctx context.Context, by string, request store.Request) (command.Result, command.Advanced, error) {
	var got command.Advanced
	result, err := k.runner().Advance(ctx, command.Advance{
		PartnerID: "P-1", By: onboarding.Actor{Kind: onboarding.ActorPartner, UserID: "u-1"}, Request: request, Authorize: allowed,
		Target: func(p onboarding.Partner, own time.Time) (time.Time, error) {
			return p.AdvanceTarget(onboarding.Advance{By: by}, nil, own)
		},
		Answer: func(a command.Advanced) (store.Answer, error) {
			got = a
			body, err := json.Marshal(len(a.Happened))
			return store.Answer{Status: 200, Body: body}, err
		},
	})
	return result, got, err
}

func TestV9_AnAdvanceIsOneCommandForEachThingThatHappensAndAnswersWithAll(t *testing.T) {
	k := testPartner(t)
	request := store.Request{Hash: "h", BodyHash: "b"}
	result, got, err := k.forward(t.Context(), "P40D", request)
	if err != nil || !got.Done || len(got.Happened) != 5 || len(k.events) != 5 || string(result.Answer.Body) != "5" || result.Replayed {
		t.Fatalf("%+v, %+v, %v", result, got, err)
	}
	if _, read := got.Happened[0].Data.(*onboarding.PartnerReminded); !read {
		t.Errorf("what happened is %T, not as it is read from the table", got.Happened[0].Data)
	}
	if own := k.p.Now(now); !own.Equal(now.AddDate(0, 0, 40)) || !got.Target.Equal(own) || got.Partner.Version != k.p.Version {
		t.Errorf("it is %s, the target was %s", own, got.Target)
	}
	again, _, err := k.forward(t.Context(), "P40D", request)
	if err != nil || !again.Replayed || string(again.Answer.Body) != "5" || len(k.events) != 5 {
		t.Errorf("the same request again: %+v, %v, %d events", again, err, len(k.events))
	}
}

func TestAnAdvanceThatBreaksOffIsFinishedByTheSameRequest(t *testing.T) {
	for fail := 1; fail <= 5; fail++ {
		k := testPartner(t)
		k.fail = fail
		request := store.Request{Hash: "h", BodyHash: "b"}
		if _, _, err := k.forward(t.Context(), "P40D", request); err == nil || len(k.events) != fail-1 || len(k.answers) != 0 {
			t.Fatalf("%d: %v, %d events, answers %v", fail, err, len(k.events), k.answers)
		}
		result, got, err := k.forward(t.Context(), "P40D", request)
		if err != nil || !got.Done || result.Replayed || len(k.events) != 5 || !k.p.Now(now).Equal(now.AddDate(0, 0, 40)) {
			t.Errorf("broken off at %d: %v, %d events, it is %s", fail, err, len(k.events), k.p.Now(now))
		}
	}
}

func TestAnAdvanceWithoutTimeSaysThatItIsNotDone(t *testing.T) {
	k := testPartner(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, got, err := k.forward(ctx, "P40D", store.Request{})
	if err != nil || got.Done || len(k.events) != 1 || got.Partner.ID != "P-1" || !got.Target.Equal(now.AddDate(0, 0, 40)) {
		t.Errorf("%+v, %v", got, err)
	}
	_, got, err = testPartner(t).forward(t.Context(), "P-1D", store.Request{})
	if onboarding.CodeOf(err) != onboarding.CodeInvalid {
		t.Errorf("%+v, %v", got, err)
	}
}

// magicSubmission is a command after which a magic value decides.
func magicSubmission(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
	d := onboarding.BusinessInfoSubmitted{CaseID: "C-1", Earliest: s.At.AddDate(0, 0, 3), DueSoon: s.At.AddDate(0, 0, 4), Latest: s.At.AddDate(0, 0, 5)}
	d.Info.Legal.LegalName = "Test Authorized"
	d.Info.Legal.PrimaryContact.Email = "ada@contoso.example"
	return onboarding.Event{ID: s.EventID, PartnerID: p.ID, Sequence: p.Version + 1, At: s.At, Actor: s.By, Data: d}, nil
}

func TestV4_WhatIsDueOfATestPartnerIsDoneRightAfterACommandAndOfARealOneByTheSweep(t *testing.T) {
	for _, test := range []bool{true, false} {
		k := testPartner(t)
		k.p.Test = test
		if _, err := k.runner().Run(t.Context(), command.Command{PartnerID: "P-1", Authorize: allowed, Decide: magicSubmission}); err != nil {
			t.Fatal(err)
		}
		var types []string
		for _, e := range k.events {
			types = append(types, string(e.Data.Type()))
		}
		want := "businessInfo.submitted"
		if test {
			want += " verification.ownershipConfirmed verification.decided"
		}
		if got := strings.Join(types, " "); got != want {
			t.Errorf("test %t: %s", test, got)
		}
	}
}

func TestWhatFailsRightAfterACommandOfATestPartnerIsLeftToTheSweep(t *testing.T) {
	k := testPartner(t)
	k.fail = 2
	if _, err := k.runner().Run(t.Context(), command.Command{PartnerID: "P-1", Authorize: allowed, Decide: magicSubmission}); err != nil || len(k.events) != 1 {
		t.Errorf("%v, %d events", err, len(k.events))
	}
	if at, ok := k.p.NextDeadline(); !ok || at.After(now) {
		t.Errorf("the sweep finds something due at %s", at)
	}
}

func TestACommandIsStampedWithThePartnersOwnTime(t *testing.T) {
	k := testPartner(t)
	k.p.ClockAhead = 48 * time.Hour
	if _, err := k.runner().Run(t.Context(), command.Command{PartnerID: "P-1", Authorize: allowed, Decide: pauseRound}); err != nil || !k.events[0].At.Equal(now.Add(48*time.Hour)) {
		t.Errorf("%v, at %s", err, k.events[0].At)
	}
}

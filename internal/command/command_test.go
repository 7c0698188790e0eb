package command_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// records answers by functions.
type records struct {
	load       func(partnerID string, request store.Request) (store.Record, *store.Replay, error)
	loadTenant func(tenantID string, request store.Request) (string, *store.Replay, error)
	commit     func(store.Change) (onboarding.Event, error)
}

func (r records) Load(_ context.Context, partnerID string, request store.Request, _ time.Time) (store.Record, *store.Replay, error) {
	return r.load(partnerID, request)
}

func (r records) LoadTenant(_ context.Context, tenantID string, request store.Request, _ time.Time) (string, *store.Replay, error) {
	return r.loadTenant(tenantID, request)
}

func (r records) Commit(_ context.Context, c store.Change) (store.Record, onboarding.Event, error) {
	e, err := r.commit(c)
	return store.Record{}, e, err
}

// signals answers by functions; one that isn't set must not be called.
type signals struct {
	finish func(onboarding.FinishWait) error
	start  func(partnerID string, round int) error
}

func (s signals) Finish(_ context.Context, f onboarding.FinishWait) error { return s.finish(f) }

func (s signals) Start(_ context.Context, partnerID string, round int) error {
	return s.start(partnerID, round)
}

func (s signals) StartReverification(_ context.Context, partnerID string, change int) error {
	return s.start("change of "+partnerID, change)
}

func (s signals) StartDirectBill(_ context.Context, partnerID string, application, run int) error {
	return s.start(fmt.Sprintf("application %d of %s", application, partnerID), run)
}

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

var partner = onboarding.Partner{ID: "P-1", Version: 3, TenantID: "t-1", WorkEmail: "ada@contoso.example", CompanyName: "Contoso", Round: 1}

func there(string, store.Request) (store.Record, *store.Replay, error) {
	return store.Record{Partner: partner}, nil, nil
}

func allowed(onboarding.Partner) error { return nil }

// pauseRound is a command that is always possible.
func pauseRound(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
	return p.Pause(p.Round, s)
}

func answer(onboarding.Partner, onboarding.Event) (store.Answer, error) {
	return store.Answer{Status: 200, Body: []byte(`{"n":1}`)}, nil
}

func TestACommandIsOneReadAndOneTransaction(t *testing.T) {
	var loads int
	var changes []store.Change
	r := command.Runner{Now: clock, Records: records{
		load: func(id string, request store.Request) (store.Record, *store.Replay, error) {
			loads++
			if id != "P-1" || request.Hash != "h" {
				t.Errorf("load %s %+v", id, request)
			}
			return there(id, request)
		},
		commit: func(c store.Change) (onboarding.Event, error) { changes = append(changes, c); return c.Event, nil },
	}}
	actor := onboarding.Actor{Kind: onboarding.ActorPartner, UserID: "u-1"}
	request := store.Request{Hash: "h", BodyHash: "b"}
	result, err := r.Run(t.Context(), command.Command{PartnerID: "P-1", By: actor, Request: request, Authorize: allowed, Decide: pauseRound, Answer: answer})
	if err != nil || loads != 1 || len(changes) != 1 {
		t.Fatalf("error %v, %d loads, %d changes", err, loads, len(changes))
	}
	c := changes[0]
	if c.Before.Partner.Version != 3 || c.Event.Sequence != 4 || !c.Event.At.Equal(now) || c.Event.Actor != actor || c.Event.ID == "" || c.Request != request || string(c.Answer.Body) != `{"n":1}` {
		t.Errorf("change %+v", c)
	}
	if result.Replayed || result.Answer.Status != 200 || !result.Partner.Idle || result.Partner.Version != 4 {
		t.Errorf("result %+v", result)
	}
}

func TestAConflictIsDecidedAgainFromAFreshReadAndTheTriesAreBounded(t *testing.T) {
	for name, row := range map[string]struct {
		conflicts int
		want      error
	}{"none": {0, nil}, "a few": {5, nil}, "always": {1 << 30, command.ErrBusy}} {
		t.Run(name, func(t *testing.T) {
			loads, decisions, tried := 0, 0, 0
			ids := map[string]bool{}
			r := command.Runner{Now: clock, Records: records{
				load: func(id string, q store.Request) (store.Record, *store.Replay, error) {
					loads++
					p := partner
					p.Version = loads
					return store.Record{Partner: p}, nil, nil
				},
				commit: func(c store.Change) (onboarding.Event, error) {
					tried++
					ids[c.Event.ID] = true
					if c.Before.Partner.Version != loads {
						t.Errorf("decided on version %d after read %d", c.Before.Partner.Version, loads)
					}
					if tried <= row.conflicts {
						return c.Event, store.ErrConflict
					}
					return c.Event, nil
				},
			}}
			_, err := r.Run(t.Context(), command.Command{PartnerID: "P-1", Authorize: allowed, Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
				decisions++
				return pauseRound(p, s)
			}})
			if !errors.Is(err, row.want) || loads != tried || decisions != tried || tried > 10 || len(ids) != tried {
				t.Errorf("error %v after %d reads, %d decisions, %d commits, %d event ids", err, loads, decisions, tried, len(ids))
			}
		})
	}
}

func TestAuthorizationIsAskedOnEveryTryAndBeforeAnythingElse(t *testing.T) {
	asked := 0
	refusal := onboarding.NotFound()
	r := command.Runner{Now: clock, Records: records{
		load:   there,
		commit: func(c store.Change) (onboarding.Event, error) { return c.Event, store.ErrConflict },
	}}
	_, err := r.Run(t.Context(), command.Command{PartnerID: "P-1", Decide: pauseRound, Authorize: func(onboarding.Partner) error {
		if asked++; asked == 2 { // the role went between two tries
			return refusal
		}
		return nil
	}})
	if !errors.Is(err, refusal) || asked != 2 {
		t.Errorf("error %v, asked %d times", err, asked)
	}
}

func TestAReplayAnswersTheSameAndDecidesNothing(t *testing.T) {
	kept := &store.Replay{BodyHash: "b", Answer: store.Answer{Status: 201, Body: []byte(`{"kept":true}`)}}
	r := command.Runner{Now: clock, Records: records{load: func(string, store.Request) (store.Record, *store.Replay, error) {
		return store.Record{Partner: partner}, kept, nil
	}}}
	result, err := r.Run(t.Context(), command.Command{PartnerID: "P-1", Request: store.Request{Hash: "h", BodyHash: "b"}, Authorize: allowed})
	if err != nil || !result.Replayed || !reflect.DeepEqual(result.Answer, kept.Answer) {
		t.Errorf("result %+v, error %v", result, err)
	}
	result, err = r.Run(t.Context(), command.Command{PartnerID: "P-1", Request: store.Request{Hash: "h", BodyHash: "other"}, Authorize: allowed})
	if !errors.Is(err, command.ErrKeyReused) || result.Answer.Status != 0 {
		t.Errorf("another body: %+v, error %v", result, err)
	}
}

func TestWhoLostTheRoleGetsNoKeptAnswer(t *testing.T) {
	for _, bodyHash := range []string{"b", "other"} {
		r := command.Runner{Now: clock, Records: records{load: func(string, store.Request) (store.Record, *store.Replay, error) {
			return store.Record{Partner: partner}, &store.Replay{BodyHash: "b", Answer: store.Answer{Status: 201}}, nil
		}}}
		result, err := r.Run(t.Context(), command.Command{PartnerID: "P-1", Request: store.Request{Hash: "h", BodyHash: bodyHash},
			Authorize: func(onboarding.Partner) error { return onboarding.RoleRequired(onboarding.ActionSign) }})
		if onboarding.CodeOf(err) != onboarding.CodeRoleRequired || result.Replayed || result.Answer.Status != 0 {
			t.Errorf("result %+v, error %v", result, err)
		}
	}
}

func TestARefusalWritesNothing(t *testing.T) {
	r := command.Runner{Now: clock, Records: records{load: there}} // a commit would panic
	for name, c := range map[string]command.Command{
		"of the rule": {Authorize: allowed, Decide: func(onboarding.Partner, onboarding.Stamp) (onboarding.Event, error) {
			return onboarding.Event{}, onboarding.NotFound()
		}},
		"of the answer": {Authorize: allowed, Decide: pauseRound, Answer: func(onboarding.Partner, onboarding.Event) (store.Answer, error) {
			return store.Answer{}, onboarding.NotFound()
		}},
		"of the role": {Authorize: func(onboarding.Partner) error { return onboarding.NotFound() }},
	} {
		if _, err := r.Run(t.Context(), c); onboarding.CodeOf(err) != onboarding.CodeNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnErrorOfTheDatabaseIsNotTriedAgain(t *testing.T) {
	boom := errors.New("boom")
	tried := 0
	r := command.Runner{Now: clock, Records: records{load: there, commit: func(c store.Change) (onboarding.Event, error) { tried++; return c.Event, boom }}}
	if _, err := r.Run(t.Context(), command.Command{Authorize: allowed, Decide: pauseRound}); !errors.Is(err, boom) || tried != 1 {
		t.Errorf("error %v after %d tries", err, tried)
	}
}

func TestTheCommandEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r := command.Runner{Now: clock, Records: records{load: there, commit: func(c store.Change) (onboarding.Event, error) { cancel(); return c.Event, store.ErrConflict }}}
	if _, err := r.Run(ctx, command.Command{Authorize: allowed, Decide: pauseRound}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestWhatFollowsIsSignalledAfterTheCommitAndAFailureIsLeftToTheOutbox(t *testing.T) {
	for name, failure := range map[string]error{"heard": nil, "not heard": errors.New("no connection")} {
		t.Run(name, func(t *testing.T) {
			var steps []string
			r := command.Runner{Now: clock,
				Records: records{load: there, commit: func(c store.Change) (onboarding.Event, error) {
					steps = append(steps, "commit")
					c.Event.Follow = []onboarding.Follow{
						{Mail: &onboarding.Mail{Template: onboarding.MailEnrolled}}, // never sent from here
						{FinishWait: &onboarding.FinishWait{Wait: onboarding.WaitAgreement, Token: "t", Outcome: onboarding.OutcomeAccepted}},
						{StartRound: &onboarding.StartRound{Round: 2}},
					}
					return c.Event, nil
				}},
				Signals: signals{
					finish: func(f onboarding.FinishWait) error { steps = append(steps, "finish "+f.Token); return failure },
					start: func(id string, round int) error {
						if id != "P-1" || round != 2 {
							t.Errorf("start %s %d", id, round)
						}
						steps = append(steps, "start")
						return failure
					},
				}}
			result, err := r.Run(t.Context(), command.Command{PartnerID: "P-1", Authorize: allowed, Decide: pauseRound, Answer: answer})
			if err != nil || result.Answer.Status != 200 || !slices.Equal(steps, []string{"commit", "finish t", "start"}) {
				t.Errorf("steps %v, result %+v, error %v", steps, result, err)
			}
		})
	}
}

func TestNothingIsSignalledOfAChangeThatFailed(t *testing.T) {
	r := command.Runner{Now: clock, Signals: signals{}, Records: records{load: there, commit: func(c store.Change) (onboarding.Event, error) {
		c.Event.Follow = []onboarding.Follow{{StartRound: &onboarding.StartRound{Round: 2}}}
		return c.Event, errors.New("boom")
	}}}
	if _, err := r.Run(t.Context(), command.Command{Authorize: allowed, Decide: pauseRound}); err == nil {
		t.Error("no error")
	}
}

// enrolment is the command that makes a partner.
func enrolment(id string) command.Command {
	return command.Command{
		Request: store.Request{Hash: "h", BodyHash: "b"}, Authorize: allowed, Answer: answer,
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.EnrollOnBehalf(onboarding.Enroll{PartnerID: id, WorkAccount: onboarding.WorkAccountExisting, WorkEmail: "ada@contoso.example", CompanyName: "Contoso", Reason: "x"}, "t-1", s)
		},
	}
}

func existing(p onboarding.Partner) (store.Answer, error) {
	return store.Answer{Status: 299, Body: []byte(`"` + p.ID + `"`)}, nil
}

func TestATenantsFirstCommandMakesItsPartner(t *testing.T) {
	var change store.Change
	r := command.Runner{Now: clock, Records: records{
		loadTenant: func(string, store.Request) (string, *store.Replay, error) { return "", nil, nil },
		commit:     func(c store.Change) (onboarding.Event, error) { change = c; return c.Event, nil },
	}}
	result, err := r.RunNew(t.Context(), "t-1", enrolment("P-1"), existing)
	if err != nil || result.Partner.ID != "P-1" || result.Answer.Status != 200 || change.Before.Partner.Version != 0 || change.Event.Sequence != 1 || change.Request.Hash != "h" {
		t.Errorf("result %+v, change %+v, error %v", result, change, err)
	}
}

func TestATenantThatHasAPartnerGetsTheSameOne(t *testing.T) { // E3
	r := command.Runner{Now: clock, Records: records{
		loadTenant: func(string, store.Request) (string, *store.Replay, error) { return "P-1", nil, nil },
		load:       there,
	}}
	result, err := r.RunNew(t.Context(), "t-1", enrolment("P-2"), existing)
	if err != nil || result.Answer.Status != 299 || string(result.Answer.Body) != `"P-1"` || result.Replayed {
		t.Errorf("result %+v, error %v", result, err)
	}
}

func TestOfTwoWhoEnrolAtOnceTheSecondGetsTheFirstsPartner(t *testing.T) { // E3
	taken := false
	r := command.Runner{Now: clock, Records: records{
		loadTenant: func(string, store.Request) (string, *store.Replay, error) {
			if taken {
				return "P-1", nil, nil
			}
			return "", nil, nil
		},
		load:   there,
		commit: func(c store.Change) (onboarding.Event, error) { taken = true; return c.Event, store.ErrTenantTaken },
	}}
	result, err := r.RunNew(t.Context(), "t-1", enrolment("P-2"), existing)
	if err != nil || string(result.Answer.Body) != `"P-1"` {
		t.Errorf("result %+v, error %v", result, err)
	}
}

func TestAnEnrolmentsReplayIsForThoseWhoStillMay(t *testing.T) {
	kept := &store.Replay{BodyHash: "b", Answer: store.Answer{Status: 201}}
	r := command.Runner{Now: clock, Records: records{
		loadTenant: func(string, store.Request) (string, *store.Replay, error) { return "P-1", kept, nil },
		load:       there,
	}}
	if result, err := r.RunNew(t.Context(), "t-1", enrolment("P-2"), existing); err != nil || !result.Replayed || result.Answer.Status != 201 {
		t.Errorf("result %+v, error %v", result, err)
	}
	other := enrolment("P-2")
	other.Request.BodyHash = "x"
	if _, err := r.RunNew(t.Context(), "t-1", other, existing); !errors.Is(err, command.ErrKeyReused) {
		t.Errorf("another body: %v", err)
	}
	other.Authorize = func(onboarding.Partner) error { return onboarding.RoleRequired(onboarding.ActionEnroll) }
	if _, err := r.RunNew(t.Context(), "t-1", other, existing); onboarding.CodeOf(err) != onboarding.CodeRoleRequired {
		t.Errorf("without the role: %v", err)
	}
}

// table is the guard alone: the version that a writer saw must still hold.
type table struct {
	sync.Mutex
	p onboarding.Partner
}

func TestManyAtOnceEachTakeEffectOrSayBusy(t *testing.T) {
	shared := &table{p: partner}
	r := command.Runner{Now: clock, Records: records{
		load: func(string, store.Request) (store.Record, *store.Replay, error) {
			shared.Lock()
			defer shared.Unlock()
			return store.Record{Partner: shared.p}, nil, nil
		},
		commit: func(c store.Change) (onboarding.Event, error) {
			shared.Lock()
			defer shared.Unlock()
			if shared.p.Version != c.Before.Partner.Version {
				return c.Event, store.ErrConflict
			}
			shared.p = shared.p.Apply(c.Event)
			return c.Event, nil
		},
	}}
	var done sync.WaitGroup
	results := make([]error, 16)
	for i := range results {
		done.Go(func() {
			_, results[i] = r.Run(t.Context(), command.Command{PartnerID: "P-1", Authorize: allowed, Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
				p.Idle = false // pause again and again
				return p.Pause(p.Round, s)
			}})
		})
	}
	done.Wait()
	succeeded := 0
	for _, err := range results {
		if err == nil {
			succeeded++
		} else if !errors.Is(err, command.ErrBusy) {
			t.Error(err)
		}
	}
	if shared.p.Version != partner.Version+succeeded || succeeded == 0 {
		t.Errorf("version %d after %d successes", shared.p.Version, succeeded)
	}
}

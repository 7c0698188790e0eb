package main

import (
	"context"
	"net/http"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// newest is among how many events the notes of a case are looked for.
const newest = 50

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET /partners/{partnerId}/verification/case", f.read)
	r.Handle("POST /partners/{partnerId}/verification/claim", f.claim)
	r.Handle("POST /partners/{partnerId}/verification/reassignment", f.reassign)
	r.Handle("POST /partners/{partnerId}/verification/release", f.release)
	r.Handle("POST /partners/{partnerId}/verification/extension", f.extend)
	r.Handle("POST /partners/{partnerId}/verification/set-aside", f.setAside)
	r.Handle("POST /partners/{partnerId}/verification/resumption", f.resume)
	r.Handle("POST /partners/{partnerId}/notes", f.note)
	r.Handle("POST /partners/{partnerId}/workflow/redrive", f.redrive)
	return r
}

// read answers a case as staff sees it: the partner and its newest events in
// one round trip, and the same company under other tenants (E8) with another for
// each of its keys.
func (f function) read(r *httpapi.Request) (store.Answer, error) {
	record, events, _, err := f.Store.Timeline(r.Context(), r.PartnerID(), 0, newest)
	if err != nil {
		return store.Answer{}, err
	}
	if err := onboarding.Authorize(r.By, onboarding.ActionViewInternal, record.Partner); err != nil {
		return store.Answer{}, err
	}
	list := make([]onboarding.Event, 0, len(events))
	for _, e := range events {
		list = append(list, e.Event)
	}
	v := view.StaffCase(record.Partner, known(record.Workflow), record.Partner.Now(f.Now()))
	v.Notes = view.StaffNotes(list)
	twins, err := f.Store.SameCompany(r.Context(), record.Partner)
	if err != nil {
		return store.Answer{}, err
	}
	v.SameCompany = view.SameCompany(twins)
	return httpapi.JSON(http.StatusOK, v)
}

// known is what may be shown of a workflow: no token.
func known(w store.Workflow) view.Workflow {
	v := view.Workflow{Execution: w.Execution, Waits: map[onboarding.WaitName]time.Time{}}
	for name, wait := range w.Waits {
		v.Waits[name] = wait.EnteredAt
	}
	return v
}

type decide func(onboarding.Partner, onboarding.Stamp) (onboarding.Event, error)

// act does something to the case and answers it. What is so already is answered
// as done.
func (f function) act(r *httpapi.Request, d decide) (store.Answer, error) {
	request, err := r.Idempotency()
	if err != nil {
		return store.Answer{}, err
	}
	var seen store.Record
	answer := func(p onboarding.Partner) (store.Answer, error) {
		return httpapi.JSON(http.StatusOK, view.StaffCase(p, known(seen.Workflow), p.Now(f.Now())))
	}
	result, err := f.Commands.Run(r.Context(), command.Command{
		PartnerID: r.PartnerID(), By: r.By.Actor(), Request: request, Decide: d,
		Authorize: func(p onboarding.Partner) error { return onboarding.Authorize(r.By, onboarding.ActionWorkCase, p) },
		Look:      func(_ context.Context, read store.Record) error { seen = read; return nil },
		Answer:    func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) { return answer(p) },
	})
	switch {
	case onboarding.CodeOf(err) == onboarding.CodeClaimHeld:
		return answer(seen.Partner)
	case result.Replayed:
		return httpapi.Replayed(result.Answer), err
	}
	return result.Answer, err
}

func (f function) claim(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.ReasonRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.act(r, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.ClaimCase(body.Reason, s)
	})
}

func (f function) reassign(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.ReassignmentRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	to := onboarding.Assignee{UserID: body.To.UserID, Name: body.To.Name, Email: body.To.Email}
	return f.act(r, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.ReassignCase(to, body.Reason, s)
	})
}

func (f function) release(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.ReasonRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.act(r, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.ReleaseCase(body.Reason, s)
	})
}

func (f function) extend(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.ExtensionRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	x := onboarding.Extend{Days: body.BusinessDays, Reason: body.PartnerReason, Note: body.Reason}
	return f.act(r, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.ExtendCase(x, f.calendar, s)
	})
}

func (f function) setAside(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.SetAsideRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	a := onboarding.CannotComplete{Code: onboarding.SetAsideCode(body.Code), Days: body.LookAgainIn, Note: body.Reason}
	return f.act(r, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.SetCaseAside(a, f.calendar, s)
	})
}

func (f function) resume(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.ReasonRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.act(r, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.ResumeCase(body.Reason, s)
	})
}

// note writes something down for staff alone (O3).
func (f function) note(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.NoteRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return r.Command(f.Commands, onboarding.ActionNote,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.Note(body.Note, s) },
		func(_ onboarding.Partner, e onboarding.Event) (store.Answer, error) {
			return httpapi.JSON(http.StatusOK, view.TimelineEvent(e, true))
		})
}

package main

import (
	"errors"
	"net/http"

	"github.com/oklog/ulid/v2"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// askToJoin takes down that somebody wants to be added (E8). Whether any partner
// is meant is looked up later, by the outbox: neither the answer nor the time it
// takes tells. What was asked already is answered the same.
func (f function) askToJoin(r *httpapi.Request) (store.Answer, error) {
	before, err := f.Store.Join(r.Context(), onboarding.JoinID(r.By.UserID))
	if err != nil {
		return store.Answer{}, err
	}
	after, event, err := before.AskAgain(r.By, app.NewSecret(), f.stamp(r.By.Actor()))
	if err == nil {
		err = f.Store.PutJoin(r.Context(), after, event)
	}
	if err != nil && !errors.Is(err, store.ErrConflict) && onboarding.CodeOf(err) != onboarding.CodeNothingChanged {
		return store.Answer{}, err
	}
	return httpapi.JSON(http.StatusAccepted, view.JoinAnswer(r.By))
}

func (f function) stamp(by onboarding.Actor) onboarding.Stamp {
	now := f.Now().UTC()
	return onboarding.Stamp{EventID: ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String(), At: now, By: by}
}

// showJoinLink shows what the link of an unproven address confirms. Looking
// changes nothing.
func (f function) showJoinLink(r *httpapi.Request) (store.Answer, error) {
	j, secret, err := f.join(r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.joinLink(j, secret)
}

func (f function) join(r *httpapi.Request) (j onboarding.Join, secret string, err error) {
	id, secret, ok := onboarding.SplitOwnershipToken(r.HTTP.PathValue("token"))
	if !ok {
		return j, "", onboarding.NotFound()
	}
	j, err = f.Store.Join(r.Context(), id)
	return j, secret, err
}

func (f function) joinLink(j onboarding.Join, secret string) (store.Answer, error) {
	state, err := j.LinkState(secret, f.stamp(onboarding.Actor{}).At)
	if err != nil {
		return store.Answer{}, err
	}
	return httpapi.JSON(http.StatusOK, view.JoinLink(j, state))
}

// proveMailbox confirms by the link's holder that the mailbox is the asker's
// (E8). Confirming twice is fine.
func (f function) proveMailbox(r *httpapi.Request) (store.Answer, error) {
	before, secret, err := f.join(r)
	if err != nil {
		return store.Answer{}, err
	}
	after, event, err := before.Prove(secret, f.stamp(onboarding.Actor{Kind: onboarding.ActorContact}))
	switch {
	case onboarding.CodeOf(err) == onboarding.CodeNothingChanged:
		return f.joinLink(before, secret)
	case err != nil:
		return store.Answer{}, err
	}
	if err := f.Store.PutJoin(r.Context(), after, event); err != nil {
		return store.Answer{}, err
	}
	return f.joinLink(after, secret)
}

// agree invites somebody who asked to be added (E8).
func (f function) agree(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.JoinAgreement](r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.change(r, onboarding.ActionAnswerJoin, http.StatusOK, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.AgreeToJoin(r.HTTP.PathValue("requestId"), onboarding.Invite{ID: app.NewID(app.InvitationPrefix, s.At), Secret: app.NewSecret(), Roles: view.GivenRoles(body.Roles), By: r.By}, s)
	})
}

// decline leaves somebody who asked to be added without an answer (E8).
func (f function) decline(r *httpapi.Request) (store.Answer, error) {
	return f.change(r, onboarding.ActionAnswerJoin, http.StatusOK, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.DeclineToJoin(r.HTTP.PathValue("requestId"), s)
	})
}

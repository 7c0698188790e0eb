package main

import (
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// invite invites a person by e-mail (A7).
func (f function) invite(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.InvitationRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	c := onboarding.Invite{Email: body.Email, Roles: view.GivenRoles(body.Roles), OtherDomain: body.OtherDomain, By: r.By}
	return r.Command(f.Commands, onboarding.ActionInviteUser,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			c.ID, c.Secret = app.NewID(app.InvitationPrefix, s.At), app.NewSecret()
			return p.Invite(c, s)
		},
		func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
			return f.users(r, http.StatusCreated, p)
		})
}

// resend voids an invitation's link and sends a new one (A7).
func (f function) resend(r *httpapi.Request) (store.Answer, error) {
	return f.change(r, onboarding.ActionInviteUser, http.StatusAccepted, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.ResendInvitation(r.HTTP.PathValue("invitationId"), app.NewSecret(), s)
	})
}

// revoke ends an invitation before it is accepted (A7).
func (f function) revoke(r *httpapi.Request) (store.Answer, error) {
	return f.change(r, onboarding.ActionInviteUser, http.StatusOK, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.RevokeInvitation(r.HTTP.PathValue("invitationId"), s)
	})
}

// recover invites a new Global Admin on staff's word (O3).
func (f function) recover(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.AdminRecoveryRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.change(r, onboarding.ActionRecoverAdmin, http.StatusAccepted, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.RecoverAdmin(onboarding.RecoverAdmin{ID: app.NewID(app.InvitationPrefix, s.At), Secret: app.NewSecret(), Email: body.Email, Reason: body.Reason}, s)
	})
}

// showInvitation shows what an invitation is for. Looking changes nothing (A7).
func (f function) showInvitation(r *httpapi.Request) (store.Answer, error) {
	partnerID, secret, ok := onboarding.SplitOwnershipToken(r.HTTP.PathValue("token"))
	if !ok {
		return store.Answer{}, onboarding.NotFound()
	}
	record, _, err := f.Store.Load(r.Context(), partnerID, store.Request{}, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	p := record.Partner
	i, err := p.InvitationBySecret(secret)
	if err != nil {
		return store.Answer{}, err
	}
	return httpapi.JSON(http.StatusOK, view.InvitationLink(p, i, p.Now(f.Now())))
}

// accept makes whoever is signed in a user of the partner (A7). The link names
// the partner and its secret opens it: no role is needed for it. Accepting twice
// is fine.
func (f function) accept(r *httpapi.Request) (store.Answer, error) {
	partnerID, secret, ok := onboarding.SplitOwnershipToken(r.HTTP.PathValue("token"))
	if !ok {
		return store.Answer{}, onboarding.NotFound()
	}
	request, err := r.Idempotency()
	if err != nil {
		return store.Answer{}, err
	}
	var seen onboarding.Partner
	member := func(p onboarding.Partner) (store.Answer, error) {
		return httpapi.JSON(http.StatusOK, view.Standing(p, r.By))
	}
	result, err := f.Commands.Run(r.Context(), command.Command{
		PartnerID: partnerID, By: r.By.Actor(), Request: request,
		Authorize: func(p onboarding.Partner) error {
			seen = p
			_, err := p.InvitationBySecret(secret)
			return err
		},
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.AcceptInvitation(secret, r.By, s)
		},
		Answer: func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) { return member(p) },
	})
	switch {
	case onboarding.CodeOf(err) == onboarding.CodeNothingChanged:
		return member(seen)
	case result.Replayed:
		return httpapi.Replayed(result.Answer), err
	}
	return result.Answer, err
}

package main

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// invite makes an invitation, and answers its link this once (D2).
func (f function) invite(r *httpapi.Request) (store.Answer, error) {
	if err := onboarding.AsDistributor(r.By, onboarding.ActionInviteReseller); err != nil {
		return store.Answer{}, err
	}
	var body api.ResellerInvitationRequest
	if r.HasBody() {
		var err error
		if body, err = httpapi.Decode[api.ResellerInvitationRequest](r); err != nil {
			return store.Answer{}, err
		}
	}
	d, known := directory.Find(r.By.DistributorID)
	if !known {
		return store.Answer{}, onboarding.RoleRequired(onboarding.ActionInviteReseller)
	}
	request, err := r.Idempotency()
	if err != nil {
		return store.Answer{}, err
	}
	now := f.Now().UTC()
	c := onboarding.InviteReseller{ID: app.NewID(app.InvitePrefix, now), Secret: app.NewSecret(), Message: body.Message, PartnerID: body.PartnerID, Domain: body.MailDomain}
	if request.Hash != "" { // the same request again names the same invitation
		c.ID = app.InvitePrefix + strings.ToUpper(request.Hash[:26])
	}
	i, err := d.InviteReseller(c, now)
	if err != nil {
		return store.Answer{}, err
	}
	within, err := f.Store.Count(r.Context(), onboarding.ResellerInvitationTry(d.ID, now))
	if err != nil {
		return store.Answer{}, err
	}
	if !within {
		return store.Answer{}, onboarding.InvitedTooOften()
	}
	stored, replayed, err := f.Store.PutInvitation(r.Context(), i, request.BodyHash)
	switch {
	case errors.Is(err, store.ErrConflict):
		return store.Answer{}, command.ErrKeyReused
	case err != nil:
		return store.Answer{}, err
	}
	out := view.ResellerInvitation(stored, now)
	if !replayed {
		out.Link = f.portal + i.Link(c.Secret)
	}
	answer, err := httpapi.JSONWith(http.StatusCreated, out, "Location", "/relationship-invitations")
	if replayed {
		answer = httpapi.Replayed(answer)
	}
	return answer, err
}

// invitations answers a page of a distributor's own invitations (D7).
func (f function) invitations(r *httpapi.Request) (store.Answer, error) {
	if err := onboarding.AsDistributor(r.By, onboarding.ActionInviteReseller); err != nil {
		return store.Answer{}, err
	}
	limit, err := r.Limit()
	if err != nil {
		return store.Answer{}, err
	}
	list, next, err := f.Store.Invitations(r.Context(), r.By.DistributorID, r.HTTP.URL.Query().Get("cursor"), limit)
	if err != nil {
		return store.Answer{}, err
	}
	now := f.Now()
	page := api.ResellerInvitationPage{Items: []api.ResellerInvitation{}, Next: next}
	for _, i := range list {
		page.Items = append(page.Items, view.ResellerInvitation(i, now))
	}
	return httpapi.JSON(http.StatusOK, page)
}

// cancelInvitation takes an invitation back (D7). Twice is fine.
func (f function) cancelInvitation(r *httpapi.Request) (store.Answer, error) {
	if err := onboarding.AsDistributor(r.By, onboarding.ActionInviteReseller); err != nil {
		return store.Answer{}, err
	}
	id, now := r.HTTP.PathValue("resellerInvitationId"), f.Now().UTC()
	i, err := f.Store.Invitation(r.Context(), id)
	if err != nil {
		return store.Answer{}, err
	}
	switch err := i.Cancel(r.By, now); {
	case onboarding.CodeOf(err) == onboarding.CodeNothingChanged:
	case err != nil:
		return store.Answer{}, err
	default:
		if err := f.Store.CancelInvitation(r.Context(), id, now); err != nil {
			return store.Answer{}, err
		}
		i.Ended, i.EndedAt = onboarding.ResellerInvitationCancelled, now
	}
	return httpapi.JSON(http.StatusOK, view.ResellerInvitation(i, now))
}

// invitation reads the one that a link's token opens, the zero value for none.
func (f function) invitation(ctx context.Context, token string) (i onboarding.ResellerInvitation, secret string, err error) {
	id, secret, ok := onboarding.SplitOwnershipToken(token)
	if !ok {
		return i, "", nil
	}
	i, err = f.Store.Invitation(ctx, id)
	return i, secret, err
}

// showInvitation answers whoever holds a link and is signed in, and notes the
// first look of somebody it could be for (D7).
func (f function) showInvitation(r *httpapi.Request) (store.Answer, error) {
	i, secret, err := f.invitation(r.Context(), r.HTTP.PathValue("token"))
	if err != nil {
		return store.Answer{}, err
	}
	if !i.Opens(secret) {
		return store.Answer{}, onboarding.NotFound()
	}
	now := f.Now().UTC()
	var p onboarding.Partner
	if r.By.Side() == onboarding.PartyPartner {
		if p, err = f.own(r); err != nil {
			return store.Answer{}, err
		}
		if i.OpenedAt.IsZero() && i.StatusAt(now) == onboarding.ResellerInvitationOpen {
			if err := f.Store.OpenInvitation(r.Context(), i.ID, now); err != nil {
				return store.Answer{}, err
			}
		}
	}
	return httpapi.JSON(http.StatusOK, view.ResellerInvitationLink(i, p, i.Look(r.By, p, now), now))
}

// own is the partner of the principal's company, the zero Partner when there is
// none that he is somebody of.
func (f function) own(r *httpapi.Request) (onboarding.Partner, error) {
	id, _, err := f.Store.LoadTenant(r.Context(), r.By.TenantID, store.Request{}, f.Now())
	if err != nil || id == "" {
		return onboarding.Partner{}, err
	}
	record, _, err := f.Store.Load(r.Context(), id, store.Request{}, f.Now())
	if err != nil || onboarding.Authorize(r.By, onboarding.ActionView, record.Partner) != nil {
		return onboarding.Partner{}, err
	}
	return record.Partner, nil
}

// useInvitation makes the distributor's request out of its invitation, by an
// agent of the company (D2). Twice is fine.
func (f function) useInvitation(r *httpapi.Request) (store.Answer, error) {
	request, err := r.Idempotency()
	if err != nil {
		return store.Answer{}, err
	}
	var invitation onboarding.ResellerInvitation
	var secret, id string
	var seen onboarding.Partner
	var again bool
	result, err := f.Commands.Run(r.Context(), command.Command{
		PartnerID: r.PartnerID(), By: r.By.Actor(), Request: request,
		Authorize: func(p onboarding.Partner) error {
			return onboarding.Authorize(r.By, onboarding.ActionUseInvitation, p)
		},
		Look: func(ctx context.Context, _ store.Record) (err error) {
			invitation, secret, err = f.invitation(ctx, r.HTTP.PathValue("token"))
			return err
		},
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			seen = p
			if _, known := p.Relationship(invitation.RelationshipID); invitation.AcceptedBy == p.ID && !known && !again {
				again = true // the partner was read a moment before somebody else used the invitation for it
				return onboarding.Event{}, store.ErrConflict
			}
			d, _ := directory.Find(invitation.DistributorID)
			return p.UseInvitation(invitation, d, secret, app.NewID(app.RelationshipPrefix, s.At), s)
		},
		Answer: func(p onboarding.Partner, e onboarding.Event) (store.Answer, error) {
			_, id = onboarding.UsedInvitation(e)
			return f.answer(r, http.StatusOK, p, id)
		},
	})
	switch {
	case onboarding.CodeOf(err) == onboarding.CodeNothingChanged:
		return f.answer(r, http.StatusOK, seen, invitation.RelationshipID)
	case result.Replayed:
		return httpapi.Replayed(result.Answer), err
	}
	return result.Answer, err
}

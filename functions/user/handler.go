package main

import (
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET /partners/{partnerId}/users", f.list)
	r.Handle("POST /partners/{partnerId}/users/{userId}/roles", f.giveRole)
	r.Handle("POST /partners/{partnerId}/users/{userId}/roles/withdrawal", f.takeRole)
	r.Handle("POST /partners/{partnerId}/users/{userId}/legal-authority", f.recordAuthority)
	r.Handle("POST /partners/{partnerId}/users/{userId}/removal", f.remove)
	r.Handle("POST /partners/{partnerId}/invitations", f.invite)
	r.Handle("POST /partners/{partnerId}/invitations/{invitationId}/resend", f.resend)
	r.Handle("POST /partners/{partnerId}/invitations/{invitationId}/revocation", f.revoke)
	r.HandlePublic("GET /invitation-links/{token}", f.showInvitation)
	r.Handle("POST /invitation-links/{token}", f.accept)
	r.Handle("POST /partners/{partnerId}/handover", f.handOver)
	r.Handle("POST /partners/{partnerId}/handover/acceptance", f.acceptHandover)
	r.Handle("POST /partners/{partnerId}/handover/decline", f.declineHandover)
	r.Handle("POST /partners/{partnerId}/handover/withdrawal", f.withdrawHandover)
	r.Handle("POST /partners/{partnerId}/admin-recovery", f.recover)
	r.Handle("POST /join-requests", f.askToJoin)
	r.HandlePublic("GET /join-links/{token}", f.showJoinLink)
	r.HandlePublic("POST /join-links/{token}", f.proveMailbox)
	r.Handle("POST /partners/{partnerId}/join-requests/{requestId}/agreement", f.agree)
	r.Handle("POST /partners/{partnerId}/join-requests/{requestId}/decline", f.decline)
	return r
}

// decide is a rule's answer to a command.
type decide = func(onboarding.Partner, onboarding.Stamp) (onboarding.Event, error)

// list answers who the partner's users are (A7).
func (f function) list(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionListUsers, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	return f.users(r, http.StatusOK, p)
}

func (f function) users(r *httpapi.Request, status int, p onboarding.Partner) (store.Answer, error) {
	list := view.Users(p, r.By, p.Now(f.Now()))
	if status == http.StatusCreated {
		return httpapi.JSONWith(status, list, "Location", p.UsersPath())
	}
	return httpapi.JSON(status, list)
}

// change carries out a command and answers with the users after it. What is so
// already is answered the same.
func (f function) change(r *httpapi.Request, action onboarding.Action, status int, decide decide) (store.Answer, error) {
	return f.answered(r, action, decide, func(p onboarding.Partner) (store.Answer, error) { return f.users(r, status, p) })
}

func (f function) answered(r *httpapi.Request, action onboarding.Action, decide decide, render func(onboarding.Partner) (store.Answer, error)) (store.Answer, error) {
	var seen onboarding.Partner
	answer, err := r.Command(f.Commands, action,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			seen = p
			return decide(p, s)
		},
		func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) { return render(p) })
	if onboarding.CodeOf(err) == onboarding.CodeNothingChanged {
		return render(seen)
	}
	return answer, err
}

// giveRole gives a user a role (A7).
func (f function) giveRole(r *httpapi.Request) (store.Answer, error) {
	c, err := roleRequest(r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.change(r, onboarding.ActionChangeRole, http.StatusOK, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.GiveRole(c, s) })
}

// takeRole takes a role from a user (A7).
func (f function) takeRole(r *httpapi.Request) (store.Answer, error) {
	c, err := roleRequest(r)
	if err != nil {
		return store.Answer{}, err
	}
	return f.change(r, onboarding.ActionChangeRole, http.StatusOK, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.TakeRole(c, s) })
}

func roleRequest(r *httpapi.Request) (onboarding.ChangeRole, error) {
	body, err := httpapi.Decode[api.RoleRequest](r)
	return onboarding.ChangeRole{UserID: r.HTTP.PathValue("userId"), Role: onboarding.Role(body.Role), Reason: body.Reason, By: r.By}, err
}

// recordAuthority records a user as a legal authority (A3).
func (f function) recordAuthority(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.LegalAuthorityRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	c := onboarding.RecordAuthority{UserID: r.HTTP.PathValue("userId"), By: r.By,
		Authority: onboarding.Authority{Document: body.Document, Date: body.Date, Note: body.Note, DocumentID: body.DocumentID}}
	return f.change(r, onboarding.ActionRecordAuthority, http.StatusOK, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.RecordAuthority(c, s)
	})
}

// remove removes a user, or lets one leave (A7).
func (f function) remove(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.RemovalRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	c := onboarding.RemoveUser{UserID: r.HTTP.PathValue("userId"), Reason: body.Reason, By: r.By}
	return f.change(r, onboarding.RemovalAction(r.By, c.UserID), http.StatusOK, func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.Remove(c, s) })
}

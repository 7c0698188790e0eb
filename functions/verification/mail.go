package main

import (
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

// resendMail sends a mail again to the address in use (V5). A mail that isn't
// there is the zero one, which the rules don't find.
func (f function) resendMail(r *httpapi.Request) (store.Answer, error) {
	var mail store.SentMail
	if key := r.HTTP.PathValue("mailKey"); store.MailKey(key) && store.MailKey(r.PartnerID()) {
		var err error
		if mail, _, err = f.Store.Mail(r.Context(), r.PartnerID(), key); err != nil {
			return store.Answer{}, err
		}
	}
	return r.Command(f.Commands, onboarding.ActionResendMail,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.ResendMail(mail.SentMail, s)
		},
		func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
			return httpapi.JSON(http.StatusAccepted, view.SentMail(p, mail.SentMail, p.Now(f.Now())))
		})
}

// mendAddress is the partner's word that an address works again.
func (f function) mendAddress(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.MendingRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return r.Command(f.Commands, onboarding.ActionMendAddress,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.MendAddress(body.Email, s)
		},
		func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
			return httpapi.JSON(http.StatusOK, view.MailAddressList(p))
		})
}

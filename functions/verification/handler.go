package main

import (
	"context"
	"net/http"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/ics"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET /partners/{partnerId}/verification", f.read)
	r.Handle("GET /partners/{partnerId}/verification/calendar", f.calendarFile)
	r.Handle("POST /partners/{partnerId}/verification/ownership-link", f.resend)
	r.Handle("POST /partners/{partnerId}/verification/decision", f.decide)
	r.Handle("POST /partners/{partnerId}/verification/appeal", f.appeal)
	r.Handle("POST /partners/{partnerId}/verification/support-request", f.askSupport)
	r.Handle("POST /partners/{partnerId}/test-clock", f.advanceClock)
	r.Handle("POST /partners/{partnerId}/verification/document-requests", f.requestDocuments)
	r.Handle("POST /partners/{partnerId}/verification/document-requests/reopening", f.reopenRequest)
	r.Handle("POST /partners/{partnerId}/mails/{mailKey}/resend", f.resendMail)
	r.Handle("POST /partners/{partnerId}/mail-addresses/mending", f.mendAddress)
	r.HandlePublic("GET /ownership-links/{token}", f.showLink)
	r.HandlePublic("POST /ownership-links/{token}", f.confirmLink)
	return r
}

func (f function) read(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionView, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	return httpapi.JSON(http.StatusOK, view.Verification(p, f.calendar, p.Now(f.Now())))
}

// calendarFile answers the case's dates as a file for calendar programs (V2).
func (f function) calendarFile(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionView, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	dates, err := p.CaseDates(f.calendar, p.Now(f.Now()))
	if err != nil {
		return store.Answer{}, err
	}
	if _, err := httpapi.Negotiate(r, "text/calendar"); err != nil {
		return store.Answer{}, err
	}
	return store.Answer{Status: http.StatusOK, Body: view.Calendar(p, dates, f.portal, p.Now(f.Now())), Headers: map[string]string{
		"Content-Type": ics.ContentType, "Content-Disposition": `attachment; filename="verification-` + p.Case.ID + `.ics"`,
	}}, nil
}

// answer renders the verification after a command.
func (f function) answer(status int) func(onboarding.Partner, onboarding.Event) (store.Answer, error) {
	return func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
		return httpapi.JSON(status, view.Verification(p, f.calendar, p.Now(f.Now())))
	}
}

// resend voids the present ownership link and sends a new one (V10).
func (f function) resend(r *httpapi.Request) (store.Answer, error) {
	return r.Command(f.Commands, onboarding.ActionResendLink,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.ResendOwnershipLink(app.NewSecret(), s)
		}, f.answer(http.StatusAccepted))
}

// decide is the reviewer's decision (V4).
func (f function) decide(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.DecisionRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	d := onboarding.Decide{Result: onboarding.VerificationStatus(body.Decision), Note: body.Reason, CaseID: body.CaseID}
	for _, code := range body.ReasonCodes {
		d.Reasons = append(d.Reasons, onboarding.ReasonCode(code))
	}
	return r.Command(f.Commands, onboarding.ActionDecide,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.Decide(d, s) },
		f.answer(http.StatusOK))
}

// appeal objects to a rejection; a different reviewer decides (V11).
func (f function) appeal(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.AppealRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return r.Command(f.Commands, onboarding.ActionAppeal,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.Appeal(body.Message, f.calendar, s)
		}, f.answer(http.StatusAccepted))
}

// askSupport opens a support request on an overdue case (V6).
func (f function) askSupport(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.SupportRequest](r)
	if err != nil {
		return store.Answer{}, err
	}
	return r.Command(f.Commands, onboarding.ActionAskSupport,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.RequestSupport(body.Message, s)
		}, f.answer(http.StatusAccepted))
}

// showLink shows what an ownership link is for. Looking changes nothing (V10).
func (f function) showLink(r *httpapi.Request) (store.Answer, error) {
	partnerID, secret, ok := onboarding.SplitOwnershipToken(r.HTTP.PathValue("token"))
	if !ok {
		return store.Answer{}, onboarding.NotFound()
	}
	record, _, err := f.Store.Load(r.Context(), partnerID, store.Request{}, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	return f.link(record.Partner, secret)
}

func (f function) link(p onboarding.Partner, secret string) (store.Answer, error) {
	state, err := p.OwnershipLink(secret, p.Now(f.Now()))
	if err != nil {
		return store.Answer{}, err
	}
	link := p.LinkOf(secret)
	return httpapi.JSON(http.StatusOK, api.OwnershipLink{
		CompanyName: p.LegalName(), EmailMasked: view.Masked(link.Address), ExpiresAt: view.Time(link.ExpiresAt), State: api.OwnershipLinkState(state), Test: p.Test,
	})
}

// confirmLink proves the address by the link's holder, who isn't signed in
// (V10). Confirming twice is fine.
func (f function) confirmLink(r *httpapi.Request) (store.Answer, error) {
	partnerID, secret, ok := onboarding.SplitOwnershipToken(r.HTTP.PathValue("token"))
	if !ok {
		return store.Answer{}, onboarding.NotFound()
	}
	var seen onboarding.Partner
	var onFile onboarding.Membership
	result, err := f.Commands.Run(r.Context(), command.Command{
		PartnerID: partnerID, By: onboarding.Actor{Kind: onboarding.ActorContact},
		Authorize: func(p onboarding.Partner) error {
			seen = p
			_, err := p.OwnershipLink(secret, p.Now(f.Now()))
			return err
		},
		Look: func(ctx context.Context, record store.Record) (err error) {
			if held := record.Partner.PendingMembership(); held != nil {
				onFile, err = f.Store.Membership(ctx, held.ID) // E5: as it is on file now
			}
			return err
		},
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.ConfirmLink(secret, onboarding.ExistingMembership{Record: onFile, CaseID: app.NewID(app.CasePrefix, s.At), Regions: region.Default(), Agreements: agreement.Table{}}, s)
		},
		Answer: func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) { return f.link(p, secret) },
	})
	if onboarding.CodeOf(err) == onboarding.CodeOwnershipConfirmed {
		return f.link(seen, secret)
	}
	return result.Answer, err
}

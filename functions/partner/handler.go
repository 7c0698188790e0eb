package main

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET /me", f.me)
	r.Handle("GET /partners", f.queue)
	r.Handle("GET /partners/{partnerId}", f.status)
	r.Handle("GET /partners/{partnerId}/requirements", f.requirements)
	r.Handle("GET /partners/{partnerId}/timeline", f.timeline)
	r.Handle("GET /partners/{partnerId}/events", f.events)
	r.Handle("GET /partners/{partnerId}/eligibility", f.eligibility)
	r.Handle("GET /partners/{partnerId}/legal-info", f.legalInfo)
	r.Handle("GET /partners/{partnerId}/mails", f.mails)
	r.Handle("GET /partners/{partnerId}/export", f.export)
	return r
}

// me answers who the principal is, which partner is his company's, and what he
// is to it: two reads, once there is one.
func (f function) me(r *httpapi.Request) (store.Answer, error) {
	me := api.Me{UserID: r.By.UserID, Email: r.By.Email, Roles: []api.Role{}, TenantID: r.By.TenantID, DistributorID: r.By.DistributorID}
	switch {
	case r.By.Staff:
		me.Roles = append(me.Roles, api.RoleReviewer)
	case r.By.DistributorID != "":
		me.Roles = append(me.Roles, api.RoleDistributor)
	default:
		me.Roles = append(me.Roles, api.RoleMember)
		if r.By.GlobalAdmin {
			me.Roles = append(me.Roles, api.RoleGlobalAdmin)
		}
		id, _, err := f.Store.LoadTenant(r.Context(), r.By.TenantID, store.Request{}, f.Now())
		if err != nil {
			return store.Answer{}, err
		}
		if id == "" {
			break
		}
		record, _, err := f.Store.Load(r.Context(), id, store.Request{}, f.Now())
		if err != nil {
			return store.Answer{}, err
		}
		if held := view.Standing(record.Partner, r.By); len(held.Roles) > 0 { // A7: who was removed has none, as if there were no partner
			me.PartnerID, me.Roles = id, held.Roles
		}
	}
	return httpapi.JSON(http.StatusOK, me)
}

// queue answers an operators' list (O2).
func (f function) queue(r *httpapi.Request) (store.Answer, error) {
	if !r.By.Staff {
		return store.Answer{}, onboarding.RoleRequired(onboarding.ActionViewInternal)
	}
	limit, err := r.Limit()
	if err != nil {
		return store.Answer{}, err
	}
	query := r.HTTP.URL.Query()
	queue := onboarding.Queue(query.Get("queue"))
	if !slices.Contains(onboarding.Queues(), queue) {
		return store.Answer{}, onboarding.Invalid([]onboarding.Fault{{Pointer: "/queue", Code: onboarding.FaultUnsupported, Message: "Name one of the documented queues."}})
	}
	test := query.Get("test") == "true"
	q := store.QueueQuery{Queue: queue, Cursor: query.Get("cursor"), Limit: limit, Tests: test, DueBy: onboarding.EndOfToday(f.calendar, f.Now())}
	switch query.Get("reviewer") {
	case "":
	case "me":
		q.Reviewer = r.By.UserID
	default:
		return store.Answer{}, onboarding.Invalid([]onboarding.Fault{{Pointer: "/reviewer", Code: onboarding.FaultUnsupported, Message: "Use me, or leave it out for the cases of all reviewers."}})
	}
	items, next, err := f.Store.Queue(r.Context(), q)
	if err != nil {
		return store.Answer{}, err
	}
	page := api.QueuePage{Items: []api.QueueItem{}, Next: next}
	for _, i := range items {
		page.Items = append(page.Items, api.QueueItem{PartnerID: i.PartnerID, CompanyName: i.CompanyName, Status: i.Status, Since: view.Time(i.Since), DueBy: view.Time(i.DueBy), Reviewer: i.Reviewer, ReviewerID: i.ReviewerID, Test: test})
	}
	return httpapi.JSON(http.StatusOK, page)
}

func (f function) status(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionView, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	return httpapi.JSONWith(http.StatusOK, view.Status(p, p.Now(f.Now())), "ETag", httpapi.ETag(p.Version))
}

func (f function) requirements(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionView, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	return httpapi.JSON(http.StatusOK, view.Requirements(p.Requirements(p.Now(f.Now()))))
}

// timeline answers a page of what happened, newest first (V8).
func (f function) timeline(r *httpapi.Request) (store.Answer, error) {
	limit, err := r.Limit()
	if err != nil {
		return store.Answer{}, err
	}
	before := 0
	if cursor := r.HTTP.URL.Query().Get("cursor"); cursor != "" {
		if before, err = strconv.Atoi(cursor); err != nil || before < 2 {
			return store.Answer{}, onboarding.Invalid([]onboarding.Fault{{Pointer: "/cursor", Code: onboarding.FaultInvalid, Message: "Use the cursor of the page before, unchanged."}})
		}
	}
	record, events, next, err := f.Store.Timeline(r.Context(), r.PartnerID(), before, min(limit, 99))
	if err != nil {
		return store.Answer{}, err
	}
	if err := onboarding.Authorize(r.By, onboarding.ActionView, record.Partner); err != nil {
		return store.Answer{}, err
	}
	page := api.Timeline{Items: []api.TimelineEvent{}, Test: record.Partner.Test}
	if next > 0 {
		page.Next = strconv.Itoa(next)
	}
	for _, e := range events {
		if onboarding.Internal(e.Data) && !r.By.Staff {
			continue // a note of staff: the page is shorter by it (O3)
		}
		page.Items = append(page.Items, view.TimelineEvent(e.Event, r.By.Staff))
	}
	return httpapi.JSON(http.StatusOK, page)
}

// eligibility answers whether the partner may transact (T1).
func (f function) eligibility(r *httpapi.Request) (store.Answer, error) {
	query := r.HTTP.URL.Query()
	var at time.Time
	if text := query.Get("at"); text != "" {
		var err error
		if at, err = time.Parse(time.RFC3339, text); err != nil {
			return store.Answer{}, onboarding.Invalid([]onboarding.Fault{{Pointer: "/at", Code: onboarding.FaultInvalid, Message: "Use a time such as 2026-11-24T12:00:00Z."}})
		}
	}
	p, at, err := f.partnerAt(r, at)
	if err != nil {
		return store.Answer{}, err
	}
	distributor := query.Get("distributorId")
	if r.By.DistributorID != "" { // a distributor learns about itself alone (D6)
		if distributor != "" && distributor != r.By.DistributorID {
			return store.Answer{}, onboarding.NotFound()
		}
		distributor = r.By.DistributorID
	}
	current, _ := agreement.Table{}.Current(p.Region, at)
	location, err := f.location(r, p, query.Get("locationId"))
	if err != nil {
		return store.Answer{}, err
	}
	answer := p.Eligibility(onboarding.EligibilityQuestion{DistributorID: distributor, Agreement: current, At: at, Location: location})
	answer.PartnerID = r.PartnerID()
	return httpapi.JSON(http.StatusOK, view.Eligibility(answer))
}

// location is the one of the partner that is asked about, the zero one when
// none is named.
func (f function) location(r *httpapi.Request, p onboarding.Partner, id string) (onboarding.Location, error) {
	switch id {
	case "":
		return onboarding.Location{}, nil
	case onboarding.LegalLocation:
		l, _ := p.LegalLocation()
		l.ID = onboarding.LegalLocation
		return l, nil
	}
	l, err := f.Store.Location(r.Context(), r.PartnerID(), id)
	if err == nil && l.ID == "" {
		err = onboarding.NotFound()
	}
	return l, err
}

// partnerAt is the path's partner as it was at a time (T3), as it is for a time
// to come and, when none is asked for, for now. It answers that time, too.
func (f function) partnerAt(r *httpapi.Request, at time.Time) (onboarding.Partner, time.Time, error) {
	now := f.Now()
	if at.IsZero() || !at.Before(now) {
		p, err := r.Partner(f.Store, onboarding.ActionViewEligibility, now)
		switch own := p.Now(now); {
		case err != nil || at.IsZero():
			return p, own, err
		case !at.Before(own):
			return p, at, nil
		} // else it is to come by the real clock, and past by a test partner's own
	}
	record, then, err := f.Store.LoadAt(r.Context(), r.PartnerID(), at)
	if err != nil {
		return onboarding.Partner{}, at, err
	}
	return then, at, onboarding.Authorize(r.By, onboarding.ActionViewEligibility, record.Partner)
}

// legalInfo answers the account settings' Legal info view, with its Program
// Info section (V8).
func (f function) legalInfo(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionView, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	status, since := p.Standing()
	info := api.LegalInfo{
		LegalProfile: view.LegalProfile(p.Info.Legal), MailAddresses: view.MailAddresses(p),
		Verification: api.VerificationSummary{Status: api.VerificationStatus(status), StatusClass: api.StatusClass(status.Class()), History: view.History(p)},
		ProgramInfo: api.ProgramInfo{
			Programme: f.programme, PartnerID: p.ID, EnrolledAt: view.Time(p.EnrolledAt), ProgrammeStatus: api.ProgrammeStatus(p.ProgrammeStatus()),
			PLAID: p.PLAID, Region: p.Region, Type: api.PartnerTypeIndirectReseller, Test: p.Test,
		},
	}
	info.Verification.DecidedAt, info.Verification.CarriedOver = view.Time(since), view.CarriedOver(p)
	now := p.Now(f.Now())
	current, _ := agreement.Table{}.Current(p.Region, now)
	agreed := p.AgreementStatus(current, now)
	info.ProgramInfo.Agreement = api.AgreementSummary{Status: api.AgreementStatus(agreed), StatusClass: api.StatusClass(agreed.Class()), Version: current.Version}
	if a := p.AcceptedAt(now); a != nil {
		info.ProgramInfo.Agreement.AcceptedAt, info.ProgramInfo.Agreement.Version = view.Time(a.At), a.Version
	}
	if agreed == onboarding.AgreementOutdated {
		info.ProgramInfo.Agreement.AcceptBy = view.Time(current.ReacceptBy)
	}
	return httpapi.JSON(http.StatusOK, info)
}

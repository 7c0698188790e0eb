package demo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// path is one below the partner.
func (d *demo) path(rest string) string { return "/partners/" + d.partner + rest }

// act carries out a request and tells about it.
func (d *demo) act(ctx context.Context, r request, out any, gist func(answer) []string) (answer, error) {
	a, err := d.call(ctx, r, out)
	if err != nil {
		return a, err
	}
	var lines []string
	if gist != nil {
		lines = gist(a)
	}
	d.print.Act(r.who, r.doing, r.method, r.path, a.status, a.took, lines...)
	return a, nil
}

// follow tells what follows from an act: mails, where the workflow is, and whose
// turn it is.
func (d *demo) follow(ctx context.Context, doing string, where ...string) error {
	if err := d.settle(ctx, doing); err != nil {
		return err
	}
	if err := d.awaitWorkflow(ctx, doing, where...); err != nil {
		return err
	}
	return d.turn(ctx)
}

// turn tells whose turn it is.
func (d *demo) turn(ctx context.Context) error {
	var r api.Requirements
	if _, err := d.call(ctx, request{who: d.admin, method: "GET", path: d.path("/requirements"), doing: "asks what is owed"}, &r); err != nil {
		return err
	}
	d.print.Turn(r, time.Now())
	return nil
}

func (d *demo) already(what string) {
	d.print.Entry(entry{label: "note", text: what + ": done in an earlier run, going on"})
}

func (d *demo) enroll(ctx context.Context) error {
	var e api.Enrollment
	_, err := d.act(ctx, request{
		who: d.admin, method: "POST", path: "/partners", doing: "enrols the company", want: []int{http.StatusCreated, http.StatusOK},
		body: api.EnrollmentRequest{WorkAccount: d.in.WorkAccount, WorkEmail: d.admin.email, CompanyName: d.in.Company, Test: d.in.TestPartner, Membership: d.claim()},
	}, &e, func(a answer) []string {
		said := fmt.Sprintf("%s is now partner %s, programme status %s", e.Partner.CompanyName, e.Partner.PartnerID, e.Partner.ProgrammeStatus)
		if a.status == http.StatusOK {
			said = fmt.Sprintf("the tenant had enrolled before: %s is partner %s, programme status %s", e.Partner.CompanyName, e.Partner.PartnerID, e.Partner.ProgrammeStatus)
		}
		carried := ""
		if m := e.Partner.Membership; m != nil {
			carried = fmt.Sprintf("existing Partner ID %s: %s; only what is still open is on the checklist", m.PartnerID, m.State)
		}
		items, minutes := 0, 0
		for _, s := range e.Checklist.Steps {
			items += len(s.Items)
			minutes += s.Minutes
		}
		lines := []string{said, fmt.Sprintf("checklist: %d things to have at hand, about %d minutes in all, besides the reviewers' days", items, minutes)}
		if carried != "" {
			lines = append(lines, carried)
		}
		return lines
	})
	if err != nil {
		return err
	}
	d.partner = e.Partner.PartnerID
	if err := d.sweep.of(ctx, d.partner); err != nil {
		return err
	}
	if e.Partner.Version > 1 {
		return d.whereItIs(ctx)
	}
	return d.follow(ctx, "the company has enrolled", "AwaitBusinessInfo")
}

// whereItIs tells of a company that an earlier run or a person left somewhere.
func (d *demo) whereItIs(ctx context.Context) error {
	all, err := executions(ctx, d.stack, d.partner)
	if err != nil {
		return err
	}
	d.tellWorkflow(all)
	return d.turn(ctx)
}

func (d *demo) businessInfo(ctx context.Context) error {
	var v api.BusinessInfoView
	if _, err := d.call(ctx, request{who: d.admin, method: "GET", path: d.path("/business-info"), doing: "reads the business information"}, &v); err != nil {
		return err
	}
	n, err := d.rejections(ctx)
	if err != nil {
		return err
	}
	d.decided = n
	if v.State != api.BusinessInfoStateDraft || d.decided > 0 {
		d.already("the business information is submitted")
		return nil
	}
	if d.existing != "" {
		return d.submitSupport(ctx)
	}
	return d.submit(ctx, "enters")
}

// rejections counts the verification cases that were rejected so far.
func (d *demo) rejections(ctx context.Context) (n int, err error) {
	events, err := d.timeline(ctx)
	for _, e := range events {
		if e.Type == "verification.decided" && strings.HasSuffix(e.Title, string(api.DecisionValueRejected)) {
			n++
		}
	}
	return n, err
}

// submit saves the information of this round as a draft and submits it.
func (d *demo) submit(ctx context.Context, verb string) error {
	round := min(d.decided, len(d.in.rounds)-1)
	info := d.in.rounds[round]
	var v api.BusinessInfoView
	read, err := d.call(ctx, request{who: d.admin, method: "GET", path: d.path("/business-info"), doing: "reads the business information"}, &v)
	if err != nil {
		return err
	}
	var saved api.BusinessInfoView
	if _, err := d.act(ctx, request{
		who: d.admin, method: "PUT", path: d.path("/business-info"), doing: verb + " the business and support information (a draft)",
		body: info, headers: []string{"If-Match", read.header.Get("ETag")}, round: round,
	}, &saved, func(answer) []string {
		var lines []string
		if round > 0 {
			lines = changes(d.in.rounds[round-1], info)
		}
		return append(lines, fmt.Sprintf("state %s, %s still to be mended before it can be submitted", saved.State, count(float64(len(saved.Remaining)), "thing", "things")))
	}); err != nil {
		return err
	}
	var opened api.Verification
	if _, err := d.act(ctx, request{
		who: d.admin, method: "POST", path: d.path("/business-info/submission"), doing: "submits it for verification", want: []int{http.StatusCreated}, round: round,
	}, &opened, func(answer) []string {
		return append([]string{fmt.Sprintf("case %s is open, status %s", opened.CaseID, opened.Status)}, checks(opened)...)
	}); err != nil {
		return err
	}
	if c, ok := clockOf(opened, d.day); ok {
		if round == 0 {
			d.print.ClockSet(c, d.reviewing)
		}
		d.print.Clock(c, time.Now())
	}
	return d.follow(ctx, "the business information was submitted", awaitDecision...)
}

func checks(v api.Verification) []string {
	var lines []string
	for _, c := range v.Checks {
		lines = append(lines, fmt.Sprintf("check %s: %s (%s)", c.Check, c.Status, c.Detail))
	}
	return lines
}

func (d *demo) agreement(ctx context.Context) error {
	var a api.Agreement
	if _, err := d.act(ctx, request{who: d.admin, method: "GET", path: d.path("/agreement"), doing: "opens the partner agreement"}, &a, func(answer) []string {
		return []string{fmt.Sprintf("%s, version %s, region %s: %s", a.Title, a.Version, a.Region, a.Status)}
	}); err != nil {
		return err
	}
	if a.Status == api.AgreementStatusAccepted {
		d.already("the agreement is accepted")
		return nil
	}
	pdf := slices.IndexFunc(a.Documents, func(doc api.AgreementDocument) bool { return doc.MediaType == api.DocumentMediaTypePDF })
	if pdf < 0 {
		return d.failure("opens the partner agreement", "a document of media type application/pdf", fmt.Sprintf("%d other documents", len(a.Documents)), nil, d.lookAt(d.path("/agreement"))...)
	}
	doc, sum := a.Documents[pdf], ""
	if _, err := d.act(ctx, request{
		who: d.admin, method: "GET", path: doc.Href, doing: "downloads it to read it", headers: []string{"Accept", string(doc.MediaType)},
	}, nil, func(got answer) []string {
		hash := sha256.Sum256(got.body)
		sum = hex.EncodeToString(hash[:])
		return []string{fmt.Sprintf("PDF, %d bytes, SHA-256 %s", len(got.body), sum)}
	}); err != nil {
		return err
	}
	if sum != doc.SHA256 {
		return d.failure("downloads the partner agreement", "SHA-256 "+doc.SHA256, sum, nil, d.lookAt(doc.Href)...)
	}
	var e api.AcceptanceEvidence
	if _, err := d.act(ctx, request{
		who: d.admin, method: "POST", path: d.path("/agreement/acceptance"), doing: "accepts it for the company", want: []int{http.StatusCreated},
		body: api.AcceptanceRequest{Version: a.Version, SHA256: sum, SignerName: d.in.Signer.Name, SignerTitle: d.in.Signer.Title, Consent: true},
	}, &e, func(answer) []string {
		return []string{
			fmt.Sprintf("signed by %s, %s, at %s; the company is Active in the programme", e.SignerName, e.SignerTitle, e.AcceptedAt.UTC().Format(time.RFC3339)),
			fmt.Sprintf("evidence kept: document hash, version, time, user %s, address %s, tenant %s", e.SignedBy, e.IPAddress, e.TenantID),
		}
	}); err != nil {
		return err
	}
	return d.follow(ctx, "the agreement was accepted", "AwaitDistributor")
}

func (d *demo) relationship(ctx context.Context) error {
	var list api.RelationshipList
	if _, err := d.call(ctx, request{who: d.admin, method: "GET", path: d.path("/relationships"), doing: "lists the relationships"}, &list); err != nil {
		return err
	}
	id := ""
	for _, r := range list.Items {
		switch {
		case r.Status == api.RelationshipStatusActive:
			d.already("a relationship with " + r.DistributorName + " is active")
			return nil
		case r.Status == api.RelationshipStatusRequested && r.DistributorID == d.in.Distributor.ID:
			id = r.RelationshipID
		}
	}
	var page api.DistributorPage
	if _, err := d.act(ctx, request{who: d.admin, method: "GET", path: "/distributors?partnerId=" + d.partner, doing: "looks for a distributor"}, &page, func(answer) []string {
		var names []string
		for _, x := range page.Items {
			if x.Choosable {
				names = append(names, x.Name+" ("+strings.Join(x.Services, ", ")+")")
			}
		}
		return []string{fmt.Sprintf("%d of %d serve the company's region: %s", len(names), len(page.Items), strings.Join(names, "; "))}
	}); err != nil {
		return err
	}
	var r api.Relationship
	if id == "" {
		if _, err := d.act(ctx, request{
			who: d.distributor, method: "POST", path: d.path("/relationships"), doing: "was given the Partner ID and sends a request", want: []int{http.StatusCreated},
			body: api.RelationshipRequest{Message: d.in.Distributor.Message},
		}, &r, func(answer) []string {
			return []string{fmt.Sprintf("request %s of %s: %s, open until %s", r.RelationshipID, r.DistributorName, r.Status, r.ExpiresAt.UTC().Format("2006-01-02 15:04Z"))}
		}); err != nil {
			return err
		}
		where := "AwaitDistributor"
		if len(list.Items) > 0 {
			where = "Onboarded" // another distributor's: the workflow had ended before
		}
		if err := d.follow(ctx, "the distributor sent a request", where); err != nil {
			return err
		}
		id = r.RelationshipID
	}
	if _, err := d.act(ctx, request{who: d.admin, method: "POST", path: d.path("/relationships/" + id + "/acceptance"), doing: "accepts " + d.distributorName()}, &r, func(answer) []string {
		return []string{fmt.Sprintf("relationship %s, location account %s linked", r.Status, r.PLAID)}
	}); err != nil {
		return err
	}
	return d.follow(ctx, "the distributor's request was accepted", "Onboarded")
}

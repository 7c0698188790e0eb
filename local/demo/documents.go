package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

const scanDeadline = 30 * time.Second

// documents plays what a reviewer asks for before he decides: the clock stands
// still until it is in (V3).
func (d *demo) documents(ctx context.Context, asked Documents) error {
	given, err := d.ask(ctx, asked)
	if err != nil {
		return err
	}
	if err := d.takeTime(ctx, asked.AfterBusinessDays); err != nil {
		return err
	}
	for i, u := range asked.Uploads {
		if slices.ContainsFunc(given, func(r api.DocumentReceipt) bool { return r.FileName == u.FileName }) {
			continue // in an earlier run
		}
		r, taken, err := d.give(ctx, u, given)
		if err != nil {
			return err
		}
		if taken {
			given = append(slices.DeleteFunc(given, func(old api.DocumentReceipt) bool { return old.FileName == u.Replaces }), r)
		}
		if i < len(asked.Uploads)-1 {
			if err := d.turn(ctx); err != nil {
				return err
			}
		}
	}
	if err := d.follow(ctx, "the documents are in", awaitDecision...); err != nil {
		return err
	}
	v, err := d.status(ctx)
	if err != nil {
		return err
	}
	if c, ok := clockOf(v, d.day); ok {
		d.print.Entry(entry{label: "clock", style: yellow, text: "the clock goes on, with new dates"})
		d.print.Clock(c, time.Now())
	}
	if err := d.scan(ctx, given); err != nil {
		return err
	}
	for _, r := range given {
		if err := d.open(ctx, r); err != nil {
			return err
		}
	}
	return d.tooLate(ctx, given[len(given)-1])
}

// ask lets the reviewer ask, unless an earlier run did. It returns what was
// received since.
func (d *demo) ask(ctx context.Context, asked Documents) ([]api.DocumentReceipt, error) {
	var list api.DocumentList
	if _, err := d.call(ctx, request{who: d.admin, method: "GET", path: d.path("/verification/documents"), doing: "lists the documents"}, &list); err != nil {
		return nil, err
	}
	if r := list.Request; r != nil && len(r.Groups) == len(asked.Groups) {
		d.already("the documents are asked for")
		return list.Documents, nil
	}
	var v api.Verification
	if _, err := d.act(ctx, request{
		who: d.reviewer, method: "POST", path: d.path("/verification/document-requests"), doing: "asks for documents", want: []int{http.StatusCreated},
		body: api.DocumentRequestInput{Groups: asked.Groups, Reason: asked.Reason},
	}, &v, func(answer) []string {
		lines := []string{fmt.Sprintf("status %s; kept for staff: %q", v.Status, asked.Reason)}
		for _, g := range asked.Groups {
			lines = append(lines, anyOf(g.AnyOf)+": "+g.Reason)
		}
		return lines
	}); err != nil {
		return nil, err
	}
	if _, err := d.awaitMail(ctx, "the mail about the documents", "one that says why each is asked for", d.contactEmail(), func(m stack.Mail) bool {
		text := unwrapped(m.Text)
		return !slices.ContainsFunc(asked.Groups, func(g api.DocumentGroupInput) bool { return !strings.Contains(text, unwrapped(g.Reason)) })
	}); err != nil {
		return nil, err
	}
	return nil, d.follow(ctx, "documents were asked for", awaitDecision...)
}

// unwrapped is a mail's text on one line, without the marks of a quotation.
func unwrapped(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll("\n"+text, "\n>", "\n")), " ")
}

// anyOf lists kinds of which one will do.
func anyOf(kinds []api.DocumentKind) string {
	var names []string
	for _, kind := range kinds {
		names = append(names, string(kind))
	}
	return strings.Join(names, " or ")
}

// takeTime shows that the promised days don't run out meanwhile.
func (d *demo) takeTime(ctx context.Context, days float64) error {
	text := "the clock stands still: the ball is with the company"
	if days > 0 {
		text += ", which takes " + count(days, "business day", "business days")
	}
	d.print.Entry(entry{label: "clock", style: yellow, text: text})
	sleep(ctx, time.Duration(days*float64(d.day)))
	return ctx.Err()
}

// give uploads a file and has its receipt. taken is false for one that is
// refused for its content, as the input means it to be.
func (d *demo) give(ctx context.Context, u Upload, before []api.DocumentReceipt) (r api.DocumentReceipt, taken bool, err error) {
	file, err := u.file(d.in.Company)
	if err != nil {
		return r, false, err
	}
	begin := api.DocumentUpload{Kind: u.Kind, FileName: u.FileName, ContentType: u.declared(), Size: len(file)}
	doing := fmt.Sprintf("wants to upload %q (%s)", u.FileName, u.Kind)
	for _, old := range before {
		if old.FileName == u.Replaces && u.Replaces != "" {
			begin.Replaces = old.DocumentID
			doing += fmt.Sprintf(" in the place of %q", u.Replaces)
		}
	}
	var place api.DocumentPlace
	if _, err := d.act(ctx, request{who: d.admin, method: "POST", path: d.path("/verification/documents"), doing: doing, want: []int{http.StatusCreated}, body: begin}, &place, func(answer) []string {
		return []string{fmt.Sprintf("place %s, for at most %d bytes of %s, until %s", place.DocumentID, place.MaxBytes, begin.ContentType, moment(place.ExpiresAt, time.Now()))}
	}); err != nil {
		return r, false, err
	}
	if err := d.upload(ctx, place, u.FileName, file); err != nil {
		return r, false, err
	}
	ask := request{who: d.admin, method: "POST", path: d.path("/verification/documents/" + place.DocumentID + "/receipt"), doing: "asks for the receipt", want: []int{http.StatusCreated, http.StatusOK}}
	if !u.taken() {
		return r, false, d.refused(ctx, ask, http.StatusUnprocessableEntity, u.fault())
	}
	if _, err := d.act(ctx, ask, &r, func(answer) []string {
		return []string{
			fmt.Sprintf("received: %q, %s, %d bytes, at %s", r.FileName, r.ContentType, r.Size, r.ReceivedAt.UTC().Format(time.RFC3339)),
			fmt.Sprintf("SHA-256 %s; scan %s; can be replaced: %t", r.SHA256, r.Scan, r.Replaceable),
		}
	}); err != nil {
		return r, false, err
	}
	if r.SHA256 != digest(file) {
		return r, false, d.failure(ask.doing, "SHA-256 "+digest(file), r.SHA256, nil, d.lookAt(ask.path)...)
	}
	return r, true, nil
}

// scan takes the part of the search for malware, which AWS does by itself, and
// waits until every document is found clean.
func (d *demo) scan(ctx context.Context, given []api.DocumentReceipt) error {
	n, err := d.stack.Scan(ctx, d.partner, stack.NoThreatsFound)
	if err != nil {
		return d.failure("the search for malware", "every document tagged as clean", err.Error(), err, d.lookAt("/verification/documents")...)
	}
	var list api.DocumentList
	path := d.path("/verification/documents")
	if err := d.await(ctx, "the search for malware", "every document Clean", scanDeadline, d.lookAt(path), func(ctx context.Context) (string, bool, error) {
		if _, err := d.call(ctx, request{who: d.admin, method: "GET", path: path, doing: "lists the documents"}, &list); err != nil {
			return "", false, err
		}
		clean := 0
		for _, r := range list.Documents {
			if r.Scan == api.DocumentScanClean {
				clean++
			}
		}
		return fmt.Sprintf("%d of %d Clean", clean, len(given)), clean == len(given), nil
	}); err != nil {
		return err
	}
	d.print.Entry(entry{label: "scan", style: green, text: fmt.Sprintf("no threats found in %s (GuardDuty does it on AWS; the demo plays its tags and events)", count(float64(n), "version", "versions"))})
	return nil
}

// open lets the reviewer read a document: as an attachment, and as it was
// received.
func (d *demo) open(ctx context.Context, r api.DocumentReceipt) error {
	var link api.DocumentLink
	if _, err := d.act(ctx, request{who: d.reviewer, method: "POST", path: d.path("/verification/documents/" + r.DocumentID + "/download"), doing: fmt.Sprintf("opens %q", r.FileName)}, &link, func(answer) []string {
		return []string{"a link until " + moment(link.ExpiresAt, time.Now())}
	}); err != nil {
		return err
	}
	// S3 answers with the disposition that is signed into the link; the emulator doesn't.
	signed, err := url.Parse(link.URL)
	if err != nil {
		return err
	}
	disposition := signed.Query().Get("response-content-disposition")
	file, err := d.download(ctx, d.reviewer, link, func(file []byte) []string {
		return []string{fmt.Sprintf("signed into the link: %s", disposition), fmt.Sprintf("%d bytes, SHA-256 as in the receipt: %t", len(file), digest(file) == r.SHA256)}
	})
	if err != nil {
		return err
	}
	if !strings.HasPrefix(disposition, "attachment") || digest(file) != r.SHA256 {
		return d.failure("the reviewer opens a document", "an attachment with SHA-256 "+r.SHA256, fmt.Sprintf("%q, SHA-256 %s", disposition, digest(file)), nil, d.lookAt("/verification/documents")...)
	}
	return nil
}

// tooLate lets the company try to replace a document that a reviewer has opened.
func (d *demo) tooLate(ctx context.Context, r api.DocumentReceipt) error {
	return d.refused(ctx, request{
		who: d.admin, method: "POST", path: d.path("/verification/documents"), doing: fmt.Sprintf("tries to replace %q after the reviewer has opened it", r.FileName),
		body: api.DocumentUpload{Kind: r.Kind, FileName: r.FileName, ContentType: r.ContentType, Size: r.Size, Replaces: r.DocumentID},
	}, http.StatusConflict, "document_under_review")
}

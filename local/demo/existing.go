package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/partner-onboarding/partner-onboarding/api"
)

const importDeadline = time.Minute

// importRecord puts the company on file, as an operator does: a file in the
// bucket, which the workflow imports.
func (d *demo) importRecord(ctx context.Context) error {
	l := d.in.BusinessInfo.LegalProfile
	now := time.Now()
	d.existing = fmt.Sprintf("%s-%d", d.in.Existing.PartnerID, now.UnixMilli())
	fields := map[string]string{
		"partnerId": d.existing, "legalName": l.LegalName, "tradingName": l.TradingName, "registrationNumber": l.RegistrationNumber, "country": l.Address.Country,
		"locality": l.Address.Locality, "dependentLocality": l.Address.DependentLocality, "subdivision": l.Address.Subdivision, "postalCode": l.Address.PostalCode, "sortingCode": l.Address.SortingCode,
		"contactFirstName": l.PrimaryContact.FirstName, "contactLastName": l.PrimaryContact.LastName, "contactEmail": l.PrimaryContact.Email, "contactPhone": l.PrimaryContact.Phone,
		"authorizedAt": d.in.Existing.AuthorizedAt,
	}
	for i, line := range l.Address.Lines {
		fields[fmt.Sprintf("addressLine%d", i+1)] = line
	}
	content, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	file := "imports/demo-" + d.existing + ".jsonl"
	if _, err := d.stack.S3().PutObject(ctx, &s3.PutObjectInput{Bucket: &d.stack.ImportsBucket, Key: &file, Body: strings.NewReader(string(content) + "\n")}); err != nil {
		return fmt.Errorf("put %s into the bucket: %w", file, err)
	}
	d.print.Entry(entry{label: "act", text: "Staff puts " + file + " into the bucket " + d.stack.ImportsBucket, more: []string{"its event starts the workflow that imports it, row by row"}})
	ctx, cancel := context.WithTimeout(ctx, importDeadline)
	defer cancel()
	for {
		var page api.ImportPage
		if _, err := d.call(ctx, request{who: d.reviewer, method: "GET", path: "/imports", doing: "looks at the imports"}, &page); err != nil {
			return err
		}
		for _, i := range page.Items {
			if i.File == file && !i.EndedAt.IsZero() {
				return d.imported(ctx, i.ImportID)
			}
		}
		select {
		case <-ctx.Done():
			return d.failure("imports the record", "an import of "+file+" that has ended", "none within a minute", ctx.Err(), d.lookAt("/imports")...)
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func (d *demo) imported(ctx context.Context, id string) error {
	var i api.Import
	_, err := d.act(ctx, request{who: d.reviewer, method: "GET", path: "/imports/" + id, doing: "looks at what came of the import"}, &i, func(answer) []string {
		return []string{fmt.Sprintf("%s: %s; %d created, %d updated, %d unchanged, %d refused", i.File, i.State, i.Counts.Created, i.Counts.Updated, i.Counts.Unchanged, i.Counts.Refused)}
	})
	if err == nil && i.Counts.Created != 1 {
		return d.failure("imports the record", "1 created", fmt.Sprintf("%+v", i.Counts), nil, d.lookAt("/imports/"+id)...)
	}
	return err
}

// claim is what the company enrols with, nil for one that is new to the programme.
func (d *demo) claim() *api.MembershipClaim {
	if d.existing == "" {
		return nil
	}
	l := d.in.BusinessInfo.LegalProfile
	return &api.MembershipClaim{PartnerID: d.existing, LegalName: l.LegalName, Country: l.Address.Country, PostalCode: l.Address.PostalCode, ContactEmail: l.PrimaryContact.Email}
}

// submitSupport gives the only thing that is still asked for.
func (d *demo) submitSupport(ctx context.Context) error {
	var v api.BusinessInfoView
	read, err := d.act(ctx, request{who: d.admin, method: "GET", path: d.path("/business-info"), doing: "reads what is on file and what is still asked for"}, &v, func(answer) []string {
		lines := []string{"carried over: " + v.BusinessInfo.LegalProfile.LegalName + ", " + v.BusinessInfo.LegalProfile.Address.Locality}
		for _, f := range v.Remaining {
			lines = append(lines, "still asked for: "+f.Pointer)
		}
		return lines
	})
	if err != nil {
		return err
	}
	if _, err := d.act(ctx, request{
		who: d.admin, method: "PUT", path: d.path("/business-info"), doing: "enters the support contact information alone",
		body: api.BusinessInfo{SupportProfile: d.in.BusinessInfo.SupportProfile}, headers: []string{"If-Match", read.header.Get("ETag")},
	}, &v, nil); err != nil {
		return err
	}
	var verification api.Verification
	if _, err := d.act(ctx, request{
		who: d.admin, method: "POST", path: d.path("/business-info/submission"), doing: "submits it", want: []int{http.StatusCreated},
	}, &verification, nil); err != nil {
		return err
	}
	return d.follow(ctx, "the support contact information was submitted", "AwaitAgreement")
}

// carriedOver tells that there is nothing to verify.
func (d *demo) carriedOver(v api.Verification) {
	var lines []string
	for _, h := range v.History {
		lines = append(lines, h.Title)
	}
	d.print.Entry(entry{label: "note", text: "Nothing has to be verified: the verification was carried over", more: append(lines, checks(v)...)})
}

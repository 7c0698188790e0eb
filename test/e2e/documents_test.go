//go:build stack

package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/go-pdf/fpdf"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

func aPDF(t *testing.T, text string) []byte {
	t.Helper()
	f := fpdf.New("P", "mm", "A4", "")
	f.AddPage()
	f.SetFont("Helvetica", "", 12)
	f.Cell(40, 10, text)
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func aPNG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func aJPEG(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 30, 20)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func digest(file []byte) string {
	sum := sha256.Sum256(file)
	return hex.EncodeToString(sum[:])
}

// begin asks for a place to upload a file to.
func (c *company) begin(kind, name, contentType string, size int, replaces ...string) api.DocumentPlace {
	c.Helper()
	body := map[string]any{"kind": kind, "fileName": name, "contentType": contentType, "size": size}
	if len(replaces) > 0 {
		body["replaces"] = replaces[0]
	}
	return as[api.DocumentPlace](c.call(c.admin, "POST", c.path("/verification/documents"), body).is(201))
}

// post uploads as a browser's form does and returns what storage answers: its
// code of an error, or "".
func (w *world) post(place api.DocumentPlace, file []byte, changes ...string) (status int, code string) {
	w.Helper()
	fields := maps.Clone(place.Upload.Fields)
	for i := 0; i+1 < len(changes); i += 2 {
		if fields[changes[i]] = changes[i+1]; changes[i+1] == "" {
			delete(fields, changes[i])
		}
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := form.WriteField(name, fields[name]); err != nil {
			w.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", "whatever")
	if err != nil {
		w.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		w.Fatal(err)
	}
	if err := form.Close(); err != nil {
		w.Fatal(err)
	}
	request, err := http.NewRequestWithContext(w.Context(), string(place.Upload.Method), place.Upload.URL, &body)
	if err != nil {
		w.Fatal(err)
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.Fatal(err)
	}
	_ = response.Body.Close()
	var problem struct{ Code string }
	if response.StatusCode >= 300 {
		if err := xml.Unmarshal(text, &problem); err != nil {
			w.Fatalf("%d: %s", response.StatusCode, text)
		}
	}
	return response.StatusCode, problem.Code
}

func (c *company) receipt(place api.DocumentPlace) answer {
	c.Helper()
	return c.call(c.admin, "POST", c.path("/verification/documents/"+place.DocumentID+"/receipt"), nil)
}

// give uploads a file and returns its receipt.
func (c *company) give(kind, name, contentType string, file []byte, replaces ...string) api.DocumentReceipt {
	c.Helper()
	place := c.begin(kind, name, contentType, len(file), replaces...)
	if status, code := c.post(place, file); status >= 300 {
		c.Fatalf("storage answers %d %s", status, code)
	}
	r := as[api.DocumentReceipt](c.receipt(place).is(201))
	if r.SHA256 != digest(file) || r.Size != len(file) || r.FileName != name || r.ContentType != contentType || r.DocumentID != place.DocumentID || time.Since(r.ReceivedAt) > time.Minute {
		c.Errorf("the receipt of %s: %+v", name, r)
	}
	return r
}

func (c *company) documents() api.DocumentList {
	c.Helper()
	return as[api.DocumentList](c.call(c.admin, "GET", c.path("/verification/documents"), nil).is(200))
}

func (c *company) download(user, documentID string) answer {
	c.Helper()
	return c.call(user, "POST", c.path("/verification/documents/"+documentID+"/download"), nil)
}

// fetch follows a link to a document.
func (w *world) fetch(link api.DocumentLink) (*http.Response, []byte) {
	w.Helper()
	request, err := http.NewRequestWithContext(w.Context(), http.MethodGet, link.URL, nil)
	if err != nil {
		w.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.Fatal(err)
	}
	file, err := io.ReadAll(response.Body)
	if err != nil {
		w.Fatal(err)
	}
	_ = response.Body.Close()
	return response, file
}

// versions counts what storage holds of the company, of one document with its id.
func (c *company) versions(documentID string) int {
	c.Helper()
	out, err := c.stack.S3().ListObjectVersions(c.Context(), &s3.ListObjectVersionsInput{Bucket: &c.stack.DocumentsBucket, Prefix: new("documents/" + c.id + "/" + documentID)})
	if err != nil {
		c.Fatal(err)
	}
	return len(out.Versions) + len(out.DeleteMarkers)
}

func (c *company) scan(result string) {
	c.Helper()
	if _, err := c.stack.Scan(c.Context(), c.id, result); err != nil {
		c.Fatal(err)
	}
}

func TestV3_DocumentsAreAskedForGivenReplacedAndReadByTheReviewer(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	c.confirm()
	request := map[string]any{"reason": "Not in the register.", "groups": []any{
		map[string]any{"anyOf": []any{"tax_certificate", "bank_statement"}, "reason": "The number can't be found."},
		map[string]any{"anyOf": []any{"proof_of_address"}, "reason": "The address is new."},
	}}
	v := as[api.Verification](c.call(reviewer, "POST", c.path("/verification/document-requests"), request).is(201))
	if v.Status != "DocumentsRequested" || v.Turn.Who != "partner" || len(v.DocumentRequest.Groups) != 2 || v.DocumentRequest.Status != "Open" {
		t.Errorf("%+v", v)
	}
	pdf, pic := aPDF(t, "A statement"), aPNG(t)
	statement := c.give("bank_statement", "Auszug für März.pdf", "application/pdf", pdf)
	if l := c.documents(); !l.Request.Groups[0].Met || l.Request.Groups[1].Met || l.Request.Status != "Open" || !l.Documents[0].Asked {
		t.Errorf("after the first: %+v", l)
	}
	lease := c.give("proof_of_address", "lease.png", "image/png", pic)
	v = as[api.Verification](c.call(c.admin, "GET", c.path("/verification"), nil).is(200))
	if v.Status != "UnderReview" || v.Turn.Who != "reviewer" || v.DocumentRequest.Status != "Complete" || v.Documents != 2 {
		t.Errorf("when all are in: %+v", v)
	}
	better := aPDF(t, "A better statement")
	replaced := c.give("bank_statement", "better.pdf", "application/pdf", better, statement.DocumentID)
	c.refused(refusal{by: reviewer, method: "POST", path: c.path("/verification/documents/" + replaced.DocumentID + "/download"), status: 409, code: "document_not_clean"})
	c.scan(stack.NoThreatsFound)
	link := as[api.DocumentLink](c.download(reviewer, replaced.DocumentID).is(200))
	response, file := c.fetch(link)
	if response.StatusCode != 200 || !bytes.Equal(file, better) || !strings.HasPrefix(response.Header.Get("Content-Disposition"), `attachment; filename="better.pdf"`) {
		t.Errorf("%d %v: %d bytes", response.StatusCode, response.Header, len(file))
	}
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/verification/documents"), status: 409, code: "document_under_review",
		body: map[string]any{"kind": "bank_statement", "fileName": "x.pdf", "contentType": "application/pdf", "size": 100, "replaces": replaced.DocumentID}})
	list := c.documents()
	if len(list.Documents) != 2 || list.Documents[0].DocumentID != lease.DocumentID || !list.Documents[0].Replaceable || list.Documents[1].Replaceable {
		t.Errorf("%+v", list.Documents)
	}
	c.decide("Authorized")
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/verification/documents"), status: 409, code: "verification_decided",
		body: map[string]any{"kind": "other", "fileName": "x.pdf", "contentType": "application/pdf", "size": 100}})
}

func TestV3_AFileSwappedAfterItsReceiptStaysWhatTheReceiptSays(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	file := aPDF(t, "The one")
	place := c.begin("other", "one.pdf", "application/pdf", len(file))
	c.post(place, file)
	first := as[api.DocumentReceipt](c.receipt(place).is(201))
	other := bytes.Replace(file, []byte("The one"), []byte("Another"), 1)
	if status, _ := c.post(place, other[:len(file)-1]); status >= 300 {
		t.Fatal(status)
	}
	if again := as[api.DocumentReceipt](c.receipt(place).is(200)); again.SHA256 != first.SHA256 {
		t.Errorf("%+v", again)
	}
	c.scan(stack.NoThreatsFound)
	for _, by := range []string{c.colleague, reviewer} {
		if _, got := c.fetch(as[api.DocumentLink](c.download(by, first.DocumentID).is(200))); digest(got) != first.SHA256 {
			t.Errorf("%s reads another file", by)
		}
	}
}

func TestV3_WrongHugeEmptyEncryptedAndDisguisedFilesAreRefusedAndNothingIsLeft(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	pdf, pic, photo := aPDF(t, "A page"), aPNG(t), aJPEG(t)
	locked, err := os.ReadFile("../../internal/document/testdata/encrypted-aes256-stream.pdf")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct {
		file       []byte
		name, kind string
		code       string
	}{
		{[]byte("MZ this is a program"), "x.pdf", "application/pdf", "file_type_not_allowed"},
		{pic, "x.pdf", "application/pdf", "file_type_mismatch"},
		{pdf, "x.jpg", "image/jpeg", "file_type_mismatch"},
		{locked, "x.pdf", "application/pdf", "file_encrypted"},
		{pdf[:len(pdf)/2], "x.pdf", "application/pdf", "file_damaged"},
		{photo[:len(photo)/2], "x.jpeg", "image/jpeg", "file_damaged"},
		{pic[:len(pic)-5], "x.png", "image/png", "file_damaged"},
	} {
		place := c.begin("other", bad.name, bad.kind, len(bad.file))
		if status, code := c.post(place, bad.file); status >= 300 {
			t.Fatalf("%s: storage answers %d %s", bad.code, status, code)
		}
		p := as[api.Problem](c.receipt(place).is(422))
		if p.Code != "invalid" || p.Errors[0].Code != bad.code {
			t.Errorf("%s: %+v", bad.code, p)
		}
		if n := c.versions(place.DocumentID); n != 0 {
			t.Errorf("%s: %d versions are left", bad.code, n)
		}
		c.receipt(place).is(409)
	}
	start := c.path("/verification/documents")
	for pointer, body := range map[string]map[string]any{
		"/size":        {"kind": "other", "fileName": "x.pdf", "contentType": "application/pdf", "size": 10<<20 + 1},
		"/contentType": {"kind": "other", "fileName": "x.pdf", "contentType": "text/html", "size": 10},
		"/fileName":    {"kind": "other", "fileName": "../x.pdf", "contentType": "application/pdf", "size": 10},
		"/kind":        {"kind": "diploma", "fileName": "x.pdf", "contentType": "application/pdf", "size": 10},
		"/replaces":    {"kind": "other", "fileName": "x.pdf", "contentType": "application/pdf", "size": 10, "replaces": "D-00000000000000000000000000"},
	} {
		if p := as[api.Problem](c.call(c.admin, "POST", start, body).is(422)); p.Errors[0].Pointer != pointer {
			t.Errorf("%s: %+v", pointer, p)
		}
	}
	if l := c.documents(); len(l.Documents) != 0 || l.Quota.Files == 0 {
		t.Errorf("%+v", l)
	}
}

func TestV3_StorageItselfRefusesWhatWasNotSigned(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	file := aPDF(t, "A page")
	place := c.begin("other", "x.pdf", "application/pdf", len(file))
	otherKey := strings.Replace(place.Upload.Fields["key"], place.DocumentID, "D-00000000000000000000000000", 1)
	type try struct {
		file    []byte
		changes []string
		code    string
	}
	tries := map[string]try{
		"more bytes":         {append(slices.Clone(file), ' '), nil, "EntityTooLarge"},
		"no bytes":           {nil, nil, "EntityTooSmall"},
		"another type":       {file, []string{"Content-Type", "text/html"}, "AccessDenied"},
		"another key":        {file, []string{"key", otherKey}, "AccessDenied"},
		"another kind":       {file, []string{"x-amz-meta-kind", "tax_certificate"}, "AccessDenied"},
		"another name":       {file, []string{"x-amz-meta-name", "y.pdf"}, "AccessDenied"},
		"a tag":              {file, []string{"tagging", "<Tagging><TagSet><Tag><Key>GuardDutyMalwareScanStatus</Key><Value>NO_THREATS_FOUND</Value></Tag></TagSet></Tagging>"}, "AccessDenied"},
		"another policy":     {file, []string{"policy", "eyJjb25kaXRpb25zIjpbXX0="}, "SignatureDoesNotMatch"},
		"a name left out":    {file, []string{"x-amz-meta-name", ""}, "AccessDenied"},
		"a signature absent": {file, []string{"X-Amz-Signature", "", "policy", ""}, "AccessDenied"},
	}
	if os.Getenv(stack.EnvEnforceIAM) == "true" { // only then does the emulator check it
		tries["another signature"] = try{file, []string{"X-Amz-Signature", strings.Repeat("0", 64)}, "SignatureDoesNotMatch"}
	}
	for name, try := range tries {
		if status, code := c.post(place, try.file, try.changes...); status < 400 {
			t.Errorf("%s: storage answers %d", name, status)
		} else if code != try.code {
			t.Logf("%s: storage answers %d %s, on AWS %s", name, status, code, try.code)
		}
	}
	if n := c.versions(""); n != 0 {
		t.Errorf("%d versions are left", n)
	}
	if status, code := c.post(place, file); status >= 300 {
		t.Errorf("the file itself: %d %s", status, code)
	}
}

func TestV11_AnUploadWhoseClientNeverAsksGetsItsReceiptToo(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	file := aPDF(t, "Left alone")
	place := c.begin("other", "alone.pdf", "application/pdf", len(file))
	c.post(place, file)
	c.until("the receipt", func() bool { return len(c.documents().Documents) == 1 })
	if d := c.documents().Documents[0]; d.SHA256 != digest(file) || d.FileName != "alone.pdf" || d.Kind != "other" {
		t.Errorf("%+v", d)
	}
	c.receipt(place).is(200)
}

func TestV3_InfectedDocumentsCountAsNotReceived(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	c.confirm()
	c.call(reviewer, "POST", c.path("/verification/document-requests"), map[string]any{"reason": "x is missing", "groups": []any{map[string]any{"anyOf": []any{"tax_certificate"}, "reason": "The number can't be found."}}}).is(201)
	r := c.give("tax_certificate", "bad.pdf", "application/pdf", aPDF(t, "Bad"))
	c.scan(stack.ThreatsFound)
	l := c.documents()
	if l.Request.Status != "Open" || l.Request.Groups[0].Met || l.Documents[0].Scan != "Infected" {
		t.Errorf("%+v", l)
	}
	for _, by := range []string{c.admin, reviewer} {
		c.refused(refusal{by: by, method: "POST", path: c.path("/verification/documents/" + r.DocumentID + "/download"), status: 409, code: "document_not_clean"})
	}
	c.give("tax_certificate", "good.jpg", "image/jpeg", aJPEG(t))
	if l = c.documents(); l.Request.Status != "Complete" {
		t.Errorf("%+v", l)
	}
}

func TestV3_AForeignPartnersDocumentsAreUnknown(t *testing.T) {
	w := newWorld(t)
	c, other := w.newCompany().submitted(), w.newCompany().submitted()
	r := c.give("other", "x.png", "image/png", aPNG(t))
	for _, path := range []string{"/" + r.DocumentID + "/receipt", "/" + r.DocumentID + "/download", ""} {
		other.refused(refusal{by: other.admin, method: "POST", path: c.path("/verification/documents" + path), body: map[string]any{"kind": "other", "fileName": "x.pdf", "contentType": "application/pdf", "size": 10}, status: 404, code: "not_found"})
	}
	other.refused(refusal{by: other.admin, method: "POST", path: other.path("/verification/documents/" + r.DocumentID + "/download"), status: 404, code: "not_found"}) // under the own partner
	other.refused(refusal{by: other.admin, method: "POST", path: other.path("/verification/documents/" + r.DocumentID + "/receipt"), status: 409, code: "document_not_uploaded"})
	if c.versions(r.DocumentID) != 1 {
		t.Error("the file is gone")
	}
}

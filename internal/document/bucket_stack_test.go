//go:build stack

package document

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// storage is a bucket of its own in the emulator's S3.
func storage(t *testing.T) (*Bucket, *s3.Client) {
	t.Helper()
	endpoint := "http://127.0.0.1:" + cmp.Or(os.Getenv("ONBOARDING_EMULATOR_PORT"), "4566")
	c := s3.New(s3.Options{Region: "us-east-1", BaseEndpoint: &endpoint, UsePathStyle: true, Credentials: credentials.NewStaticCredentialsProvider("local", "local", "")})
	name := "documents-" + strings.ToLower(rand.Text())
	if _, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		t.Fatalf("no S3 at %s: %v\nRun these tests with: go run ./local test", endpoint, err)
	}
	if _, err := c.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{Bucket: &name, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}}); err != nil {
		t.Fatal(err)
	}
	return &Bucket{Name: name, API: c, Signer: s3.NewPresignClient(c), Now: time.Now}, c
}

// post sends a form as a browser does.
func post(t *testing.T, form Form, file []byte, changes map[string]string) (status int, code string) {
	t.Helper()
	fields := maps.Clone(form.Fields)
	maps.Copy(fields, changes)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range fields {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "../../etc/passwd")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	response, err := http.Post(form.URL, w.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	var problem struct{ Code string }
	if response.StatusCode >= 300 {
		if err := xml.Unmarshal(text, &problem); err != nil {
			t.Fatalf("%d: %s", response.StatusCode, text)
		}
	}
	return response.StatusCode, problem.Code
}

// late signs what has expired already.
type late struct{ *s3.PresignClient }

func (l late) PresignPostObject(ctx context.Context, in *s3.PutObjectInput, options ...func(*s3.PresignPostOptions)) (*s3.PresignedPostRequest, error) {
	return l.PresignClient.PresignPostObject(ctx, in, append(options, func(o *s3.PresignPostOptions) { o.Expires = -time.Minute })...)
}

func TestV3_StorageRefusesWhatThePlaceWasNotSignedFor(t *testing.T) {
	b, c := storage(t)
	file := pdfFile(t, false)
	u := onboarding.Upload{Kind: "tax_certificate", FileName: "Söhne.pdf", ContentType: typePDF, Size: int64(len(file))}
	form, err := b.Offer(t.Context(), key, u)
	if err != nil {
		t.Fatal(err)
	}
	expired := *b
	expired.Signer = late{s3.NewPresignClient(c)}
	tooLate, err := expired.Offer(t.Context(), key, u)
	if err != nil {
		t.Fatal(err)
	}
	for name, try := range map[string]struct {
		form    Form
		file    []byte
		changes map[string]string
	}{
		"a byte too many": {form, append(bytes.Clone(file), ' '), nil},
		"no byte":         {form, nil, nil},
		"another type":    {form, file, map[string]string{"Content-Type": "text/html"}},
		"another key":     {form, file, map[string]string{"key": "documents/other"}},
		"another kind":    {form, file, map[string]string{"x-amz-meta-kind": "other"}},
		"another name":    {form, file, map[string]string{"x-amz-meta-name": "other.pdf"}},
		"another policy":  {form, file, map[string]string{"policy": "eyJjb25kaXRpb25zIjpbXX0="}},
		"too late":        {tooLate, file, nil},
	} {
		if status, code := post(t, try.form, try.file, try.changes); status < 400 {
			t.Errorf("%s: %d %s", name, status, code)
		}
	}
	if _, err := b.Inspect(t.Context(), key); !errors.Is(err, ErrNotUploaded) {
		t.Fatalf("something lies there: %v", err)
	}
	if status, code := post(t, form, file, nil); status >= 300 {
		t.Fatalf("the file itself: %d %s", status, code)
	}
	got, err := b.Inspect(t.Context(), key)
	if err != nil || got.SHA256 != sum(file) || got.Size != u.Size || got.Kind != u.Kind || got.FileName != u.FileName || got.ContentType != typePDF || got.VersionID == "" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestV3_TheVersionOfTheReceiptIsReadScannedAndKeptWhateverIsUploadedLater(t *testing.T) {
	b, c := storage(t)
	first := pngFile(t)
	form, err := b.Offer(t.Context(), key, onboarding.Upload{Kind: "other", FileName: "a \"b\".png", ContentType: typePNG, Size: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	post(t, form, first, nil)
	received, err := b.Inspect(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	post(t, form, append(bytes.Clone(first), "rest"...), nil)
	second, err := b.Inspect(t.Context(), key)
	if err != nil || second.VersionID == received.VersionID || second.SHA256 == received.SHA256 {
		t.Fatalf("%+v, %v", second, err)
	}
	tag := func(version, value string) {
		if _, err := c.PutObjectTagging(t.Context(), &s3.PutObjectTaggingInput{Bucket: &b.Name, Key: aws.String(key.String()), VersionId: &version, Tagging: &types.Tagging{TagSet: []types.Tag{{Key: new(scanTag), Value: &value}}}}); err != nil {
			t.Fatal(err)
		}
	}
	tag(second.VersionID, "THREATS_FOUND")
	if scan, err := b.Scan(t.Context(), key, received.VersionID); err != nil || scan != onboarding.ScanPending {
		t.Errorf("the first is %s, %v", scan, err)
	}
	tag(received.VersionID, "NO_THREATS_FOUND")
	if scan, err := b.Scan(t.Context(), key, received.VersionID); err != nil || scan != onboarding.ScanClean {
		t.Errorf("the first is %s, %v", scan, err)
	}
	link, _, err := b.Link(t.Context(), key, onboarding.Document{VersionID: received.VersionID, FileName: received.FileName, ContentType: typePNG})
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	file, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || sum(file) != received.SHA256 || response.Header.Get("Content-Disposition") != attachment(`a "b".png`) || response.Header.Get("Content-Type") != typePNG {
		t.Errorf("%d bytes, %v, %v", len(file), response.Header, err)
	}
	for _, version := range []string{second.VersionID, received.VersionID, received.VersionID} {
		if err := b.Delete(t.Context(), key, version); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Inspect(t.Context(), key); !errors.Is(err, ErrNotUploaded) {
		t.Errorf("something is left: %v", err)
	}
	if scan, err := b.Scan(t.Context(), key, received.VersionID); err != nil || scan != onboarding.ScanFailed {
		t.Errorf("what is gone is %s, %v", scan, err)
	}
}

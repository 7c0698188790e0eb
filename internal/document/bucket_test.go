package document

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var key = Key{"P-01K6ZT4M9V8Q2R7XW5N0B1CDEF", "D-01K6ZW7C2M4P6R8T0V1X3Z5B7D"}

// shelf is an S3 that holds at most one object.
type shelf struct {
	object *s3.GetObjectOutput
	tags   []types.Tag
	err    error
	asked  []string
}

func (s *shelf) GetObject(_ context.Context, in *s3.GetObjectInput, _ ...func(*s3.Options)) (*s3.GetObjectOutput, error) {
	s.asked = append(s.asked, "get "+*in.Bucket+" "+*in.Key)
	if s.err != nil {
		return nil, s.err
	}
	return s.object, nil
}

func (s *shelf) GetObjectTagging(_ context.Context, in *s3.GetObjectTaggingInput, _ ...func(*s3.Options)) (*s3.GetObjectTaggingOutput, error) {
	s.asked = append(s.asked, "tags "+*in.Key+" "+*in.VersionId)
	if s.err != nil {
		return nil, s.err
	}
	return &s3.GetObjectTaggingOutput{TagSet: s.tags}, nil
}

func (s *shelf) DeleteObject(_ context.Context, in *s3.DeleteObjectInput, _ ...func(*s3.Options)) (*s3.DeleteObjectOutput, error) {
	s.asked = append(s.asked, "delete "+*in.Key+" "+*in.VersionId)
	return &s3.DeleteObjectOutput{}, s.err
}

func bucket(api API) *Bucket {
	c := s3.New(s3.Options{Region: "eu-west-1", Credentials: credentials.NewStaticCredentialsProvider("AKID", "secret", "session")})
	return &Bucket{Name: "docs", API: api, Signer: s3.NewPresignClient(c), Now: time.Now}
}

func stored(file []byte, contentType string, metadata map[string]string) *s3.GetObjectOutput {
	return &s3.GetObjectOutput{Body: io.NopCloser(bytes.NewReader(file)), ContentType: &contentType, VersionId: new("v1"), Metadata: metadata}
}

func TestV3_APlaceToUploadToTakesOneFileOfOneTypeUnderOneKey(t *testing.T) {
	u := onboarding.Upload{Kind: "tax_certificate", FileName: "Zertifikat für Söhne.pdf", ContentType: "application/pdf", Size: 1234, Replaces: "D-01K6ZW7C2M4P6R8T0V1X3Z5B7E"}
	form, err := bucket(nil).Offer(t.Context(), key, u)
	if err != nil {
		t.Fatal(err)
	}
	if left := time.Until(form.ExpiresAt); left > 15*time.Minute || left < 14*time.Minute || form.MaxBytes != 1234 || form.URL != "https://docs.s3.eu-west-1.amazonaws.com" {
		t.Errorf("form %+v", form)
	}
	text, err := base64.StdEncoding.DecodeString(form.Fields["policy"])
	if err != nil {
		t.Fatal(err)
	}
	var policy struct {
		Expiration time.Time `json:"expiration"`
		Conditions []any     `json:"conditions"`
	}
	if err := json.Unmarshal(text, &policy); err != nil {
		t.Fatal(err)
	}
	if left := time.Until(policy.Expiration); left > 15*time.Minute || left < 14*time.Minute {
		t.Errorf("the policy is good for %s", left)
	}
	exact := map[string]string{}
	for _, c := range policy.Conditions {
		switch c := c.(type) {
		case []any:
			if len(c) != 3 || c[0] != "content-length-range" || c[1] != 1.0 || c[2] != 1234.0 {
				t.Errorf("condition %v", c)
			}
		case map[string]any:
			for name, value := range c {
				exact[name] = value.(string)
			}
		}
	}
	for name, want := range map[string]string{
		"Content-Disposition": attachment(u.FileName),
		"bucket":              "docs", "key": key.String(), "Content-Type": "application/pdf", "x-amz-meta-kind": "tax_certificate",
		"x-amz-meta-name": "Zertifikat%20f%C3%BCr%20S%C3%B6hne.pdf", "x-amz-meta-replaces": u.Replaces, "X-Amz-Security-Token": "session",
	} {
		if exact[name] != want || name != "bucket" && form.Fields[name] != want {
			t.Errorf("%s: the policy wants %q, the form has %q, want %q", name, exact[name], form.Fields[name], want)
		}
	}
	for name := range form.Fields { // S3 refuses a field that no condition names
		if exact[name] == "" && name != "policy" && name != "X-Amz-Signature" {
			t.Errorf("no condition names %s", name)
		}
	}
	if want := signature(form.Fields["policy"], "secret", form.Fields["X-Amz-Credential"]); form.Fields["X-Amz-Signature"] != want {
		t.Errorf("signed %s, want %s", form.Fields["X-Amz-Signature"], want)
	}
	u.Replaces = ""
	if form, err = bucket(nil).Offer(t.Context(), key, u); err != nil || slices.Contains(slices.Collect(maps.Keys(form.Fields)), "x-amz-meta-replaces") {
		t.Errorf("%v, %v", form.Fields, err)
	}
}

// signature signs a policy as S3 documents it (Signature Version 4).
func signature(policy, secret, credential string) string {
	key := []byte("AWS4" + secret)
	for _, part := range append(strings.Split(credential, "/")[1:], policy) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return hex.EncodeToString(key)
}

func TestV11_WhatLiesInStorageIsReadOnceAndDescribedByItsBytes(t *testing.T) {
	file := pdfFile(t, false)
	s := &shelf{object: stored(file, typePDF, map[string]string{"kind": "bank_statement", "name": "S%C3%B6hne.pdf", "replaces": "D-2"})}
	got, err := bucket(s).Inspect(t.Context(), key)
	if err != nil || got.ID != key.DocumentID || got.Kind != "bank_statement" || got.FileName != "Söhne.pdf" || got.Replaces != "D-2" || got.ContentType != typePDF || got.Size != int64(len(file)) || got.VersionID != "v1" {
		t.Errorf("%+v, %v", got, err)
	}
	if got.SHA256 != sum(file) || len(s.asked) != 1 {
		t.Errorf("SHA-256 %s after %v", got.SHA256, s.asked)
	}
	endless := &shelf{object: &s3.GetObjectOutput{Body: io.NopCloser(io.MultiReader(bytes.NewReader(file), zeros{})), ContentType: new(typePDF), VersionId: new("v2")}}
	var content *ContentError
	if _, err := bucket(endless).Inspect(t.Context(), key); !errors.As(err, &content) || content.Code != FaultTooLarge || content.VersionID != "v2" {
		t.Errorf("an endless one: %v", err)
	}
	for code, want := range map[string]error{"NoSuchKey": ErrNotUploaded, "AccessDenied": nil} {
		_, err := bucket(&shelf{err: &smithy.GenericAPIError{Code: code}}).Inspect(t.Context(), key)
		if err == nil || errors.Is(err, ErrNotUploaded) != (want != nil) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if _, err := bucket(&shelf{object: &s3.GetObjectOutput{Body: io.NopCloser(broken{}), ContentType: new(typePDF)}}).Inspect(t.Context(), key); err == nil || errors.As(err, &content) && content.Code == "" {
		t.Errorf("a broken connection: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("reset") }

func TestV3_ADownloadIsOfThePinnedVersionForAMinuteAndNeverShownInline(t *testing.T) {
	link, until, err := bucket(nil).Link(t.Context(), key, onboarding.Document{VersionID: "v 1", FileName: "a.pdf", ContentType: typePDF})
	if err != nil || time.Until(until) > time.Minute {
		t.Fatal(until, err)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Path != "/"+key.String() || q.Get("versionId") != "v 1" || q.Get("X-Amz-Expires") != "60" || !strings.HasPrefix(q.Get("response-content-disposition"), "attachment;") || q.Get("response-content-type") != typePDF {
		t.Errorf("%s", link)
	}
}

func TestV3_AScanIsWhatTheVersionsTagSays(t *testing.T) {
	for value, want := range map[string]onboarding.Scan{
		"NO_THREATS_FOUND": onboarding.ScanClean, "THREATS_FOUND": onboarding.ScanInfected, "UNSUPPORTED": onboarding.ScanFailed,
		"ACCESS_DENIED": onboarding.ScanFailed, "FAILED": onboarding.ScanFailed, "SOMETHING_NEW": onboarding.ScanPending,
	} {
		s := &shelf{tags: []types.Tag{{Key: new("other"), Value: new("NO_THREATS_FOUND")}, {Key: new(scanTag), Value: &value}}}
		if got, err := bucket(s).Scan(t.Context(), key, "v7"); err != nil || got != want || s.asked[0] != "tags "+key.String()+" v7" {
			t.Errorf("%s: %s, %v, %v", value, got, err, s.asked)
		}
	}
	if got, err := bucket(&shelf{}).Scan(t.Context(), key, "v7"); err != nil || got != onboarding.ScanPending {
		t.Errorf("no tag: %s, %v", got, err)
	}
	if got, err := bucket(&shelf{err: &smithy.GenericAPIError{Code: "NoSuchVersion"}}).Scan(t.Context(), key, "v7"); err != nil || got != onboarding.ScanFailed {
		t.Errorf("gone: %s, %v", got, err)
	}
	if _, err := bucket(&shelf{err: errors.New("reset")}).Scan(t.Context(), key, "v7"); err == nil {
		t.Error("no error")
	}
}

func TestAVersionIsDeletedForGoodAndTwiceIsFine(t *testing.T) {
	s := &shelf{}
	if err := bucket(s).Delete(t.Context(), key, "v9"); err != nil || s.asked[0] != "delete "+key.String()+" v9" {
		t.Errorf("%v, %v", err, s.asked)
	}
	if err := bucket(&shelf{err: &smithy.GenericAPIError{Code: "NoSuchVersion"}}).Delete(t.Context(), key, "v9"); err != nil {
		t.Error(err)
	}
	if err := bucket(&shelf{err: errors.New("reset")}).Delete(t.Context(), key, "v9"); err == nil {
		t.Error("no error")
	}
}

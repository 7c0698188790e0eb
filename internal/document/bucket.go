package document

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

const (
	uploadLife   = 15 * time.Minute // of a place to upload to
	downloadLife = time.Minute      // of a link to read

	scanTag = "GuardDutyMalwareScanStatus"

	metaKind, metaName, metaReplaces = "kind", "name", "replaces"
	metaPrefix                       = "x-amz-meta-"
)

// API is what is asked of S3; *s3.Client has it.
type API interface {
	GetObject(context.Context, *s3.GetObjectInput, ...func(*s3.Options)) (*s3.GetObjectOutput, error)
	GetObjectTagging(context.Context, *s3.GetObjectTaggingInput, ...func(*s3.Options)) (*s3.GetObjectTaggingOutput, error)
	DeleteObject(context.Context, *s3.DeleteObjectInput, ...func(*s3.Options)) (*s3.DeleteObjectOutput, error)
}

// Signer signs what others may ask of S3; *s3.PresignClient has it.
type Signer interface {
	PresignPostObject(context.Context, *s3.PutObjectInput, ...func(*s3.PresignPostOptions)) (*s3.PresignedPostRequest, error)
	PresignGetObject(context.Context, *s3.GetObjectInput, ...func(*s3.PresignOptions)) (*v4.PresignedHTTPRequest, error)
}

var (
	_ API    = (*s3.Client)(nil)
	_ Signer = (*s3.PresignClient)(nil)
)

// ErrNotUploaded says that nothing lies under a key.
var ErrNotUploaded = errors.New("document: nothing has been uploaded")

// Bucket holds the documents. It is safe for concurrent use.
type Bucket struct {
	Name   string
	API    API
	Signer Signer
	Now    func() time.Time
}

// Form is where and how to upload one file: a POST of multipart/form-data with
// these fields, and the file as the last one, called "file".
type Form struct {
	URL       string
	Fields    map[string]string
	ExpiresAt time.Time
	MaxBytes  int64
}

// Offer signs a place for one upload. Storage itself refuses another key, type
// or metadata, more bytes than were told, and what comes too late.
func (b *Bucket) Offer(ctx context.Context, k Key, u onboarding.Upload) (Form, error) {
	fields := map[string]string{
		"Content-Type":            u.ContentType,
		"Content-Disposition":     attachment(u.FileName), // whoever reads it, by whatever link, saves it
		metaPrefix + metaKind:     string(u.Kind),
		metaPrefix + metaName:     url.PathEscape(u.FileName),
		metaPrefix + metaReplaces: u.Replaces,
	}
	if u.Replaces == "" {
		delete(fields, metaPrefix+metaReplaces)
	}
	conditions := []any{[]any{"content-length-range", 1, u.Size}}
	for name, value := range fields {
		conditions = append(conditions, map[string]string{name: value})
	}
	expiresAt := b.Now().Add(uploadLife)
	signed, err := b.Signer.PresignPostObject(ctx, &s3.PutObjectInput{Bucket: &b.Name, Key: aws.String(k.String())}, func(o *s3.PresignPostOptions) {
		o.Expires, o.Conditions = uploadLife, conditions
	})
	if err != nil {
		return Form{}, fmt.Errorf("document: sign an upload: %w", err)
	}
	for name, value := range signed.Values {
		fields[name] = value
	}
	return Form{URL: signed.URL, Fields: fields, ExpiresAt: expiresAt, MaxBytes: u.Size}, nil
}

// Inspect reads what lies under a key, once, and says what it is: nothing of it
// is believed but the bytes. Errors are ErrNotUploaded, a *ContentError for a
// file that can't be taken, or storage's.
func (b *Bucket) Inspect(ctx context.Context, k Key) (onboarding.Received, error) {
	out, err := b.API.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Name, Key: aws.String(k.String())})
	if absent(err) {
		return onboarding.Received{}, ErrNotUploaded
	}
	if err != nil {
		return onboarding.Received{}, fmt.Errorf("document: read an upload: %w", err)
	}
	hash := sha256.New()
	file, err := io.ReadAll(io.TeeReader(io.LimitReader(out.Body, onboarding.MaxDocumentSize+1), hash))
	_ = out.Body.Close() // all that is wanted of it has been read
	if err != nil {
		return onboarding.Received{}, fmt.Errorf("document: read an upload: %w", err)
	}
	name, err := url.PathUnescape(out.Metadata[metaName])
	if err != nil {
		name = out.Metadata[metaName]
	}
	declared := aws.ToString(out.ContentType)
	received := onboarding.Received{
		Upload: onboarding.Upload{
			Kind: onboarding.DocumentKind(out.Metadata[metaKind]), FileName: name, ContentType: declared, Size: int64(len(file)), Replaces: out.Metadata[metaReplaces],
		},
		ID: k.DocumentID, SHA256: hex.EncodeToString(hash.Sum(nil)), VersionID: aws.ToString(out.VersionId),
	}
	if fault := examine(file, declared); fault != "" {
		return received, &ContentError{fault, received.VersionID}
	}
	return received, nil
}

// Link signs a link to read the pinned version of a document, which a browser
// saves and never shows.
func (b *Bucket) Link(ctx context.Context, k Key, d onboarding.Document) (url string, expiresAt time.Time, err error) {
	expiresAt = b.Now().Add(downloadLife)
	signed, err := b.Signer.PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &b.Name, Key: aws.String(k.String()), VersionId: version(d.VersionID),
		ResponseContentDisposition: aws.String(attachment(d.FileName)), ResponseContentType: &d.ContentType, ResponseCacheControl: aws.String("no-store"),
	}, s3.WithPresignExpires(downloadLife))
	if err != nil {
		return "", time.Time{}, fmt.Errorf("document: sign a download: %w", err)
	}
	return signed.URL, expiresAt, nil
}

// Scan asks what the search for malware found in a version of a document:
// ScanPending while it has not ended.
func (b *Bucket) Scan(ctx context.Context, k Key, versionID string) (onboarding.Scan, error) {
	out, err := b.API.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &b.Name, Key: aws.String(k.String()), VersionId: version(versionID)})
	if absent(err) {
		return onboarding.ScanFailed, nil // deleted past us: nobody can ever read it
	}
	if err != nil {
		return "", fmt.Errorf("document: ask for a scan: %w", err)
	}
	for _, tag := range out.TagSet {
		if aws.ToString(tag.Key) == scanTag {
			return scanned(aws.ToString(tag.Value)), nil
		}
	}
	return onboarding.ScanPending, nil
}

// scanned reads the tag's value. One that isn't known counts as not scanned.
func scanned(value string) onboarding.Scan {
	switch value {
	case "NO_THREATS_FOUND":
		return onboarding.ScanClean
	case "THREATS_FOUND":
		return onboarding.ScanInfected
	case "UNSUPPORTED", "ACCESS_DENIED", "FAILED":
		return onboarding.ScanFailed
	}
	return onboarding.ScanPending
}

// Delete removes a version for good. One that is gone already is fine.
func (b *Bucket) Delete(ctx context.Context, k Key, versionID string) error {
	_, err := b.API.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String(k.String()), VersionId: version(versionID)})
	if err != nil && !absent(err) {
		return fmt.Errorf("document: delete an upload: %w", err)
	}
	return nil
}

func version(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}

// absent says that S3 has no such object or version. Without the right to list
// the bucket S3 answers AccessDenied for what isn't there, so the function's
// role may list what lies below the prefix.
func absent(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	switch api.ErrorCode() {
	case "NoSuchKey", "NotFound", "NoSuchVersion", "MethodNotAllowed": // the last: the newest version is a delete marker
		return true
	}
	return false
}

// attachment is the header by which a browser saves a file under the partner's
// name for it (RFC 6266, RFC 5987): letters of other scripts in the second name,
// and nothing in either that ends the header or leaves the folder.
func attachment(name string) string {
	var plain, coded strings.Builder
	for _, r := range name {
		switch {
		case r < ' ' || r == 0x7f || strings.ContainsRune(`"\/:*?<>|%;`, r) || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfffd:
			plain.WriteByte('_')
			coded.WriteByte('_')
		case r < 0x7f:
			plain.WriteRune(r)
			coded.WriteString(attrChar(r))
		default:
			plain.WriteByte('_')
			for _, b := range []byte(string(r)) {
				fmt.Fprintf(&coded, "%%%02X", b)
			}
		}
	}
	return `attachment; filename="` + plain.String() + `"; filename*=UTF-8''` + coded.String()
}

// attrChar writes an ASCII character as RFC 5987 wants it.
func attrChar(r rune) string {
	if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("!#$&+-.^_`|~", r) {
		return string(r)
	}
	return fmt.Sprintf("%%%02X", r)
}

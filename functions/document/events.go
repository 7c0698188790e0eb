package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/document"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// notice is an event of EventBridge about a file in the bucket. It is only a
// reason to look: what it says of the file isn't believed.
type notice struct {
	kind    noticeKind
	key     document.Key
	version string // of the object, "" when it isn't said
}

type noticeKind string

const (
	uploaded noticeKind = "uploaded"
	scanned  noticeKind = "scanned"
)

// source is where events about documents come from.
type source struct{ bucket, account string }

// errForeign says that an event isn't about a document.
var errForeign = errors.New("document: an event that is not about a document")

// read takes an event apart. Whatever is not about a document of ours, in this
// account, gets errForeign.
func (s source) read(event []byte) (notice, error) {
	var e struct {
		Source     string `json:"source"`
		DetailType string `json:"detail-type"`
		Account    string `json:"account"`
		Detail     struct {
			Bucket struct {
				Name string `json:"name"`
			} `json:"bucket"`
			Object struct {
				Key       string `json:"key"`
				VersionID string `json:"version-id"`
			} `json:"object"`
			S3ObjectDetails struct {
				BucketName string `json:"bucketName"`
				ObjectKey  string `json:"objectKey"`
				VersionID  string `json:"versionId"`
			} `json:"s3ObjectDetails"`
		} `json:"detail"`
	}
	if err := json.Unmarshal(event, &e); err != nil {
		return notice{}, errForeign
	}
	var n notice
	var bucket, key string
	switch d := e.Detail; {
	case e.Source == "aws.s3" && e.DetailType == "Object Created":
		n.kind, bucket, key, n.version = uploaded, d.Bucket.Name, d.Object.Key, d.Object.VersionID
	case e.Source == "aws.guardduty" && e.DetailType == "GuardDuty Malware Protection Object Scan Result":
		n.kind, bucket, key, n.version = scanned, d.S3ObjectDetails.BucketName, d.S3ObjectDetails.ObjectKey, d.S3ObjectDetails.VersionID
	default:
		return notice{}, errForeign
	}
	var ok bool
	if n.key, ok = document.ParseKey(key); !ok || bucket != s.bucket || e.Account != s.account || len(n.version) > 1024 {
		return notice{}, errForeign
	}
	return n, nil
}

// handle answers API calls, batches of the queue of uploads, and events about
// scans.
func (f function) handle(ctx context.Context, event json.RawMessage) (any, error) {
	var shape struct {
		DetailType string `json:"detail-type"`
		Records    []struct {
			MessageID string `json:"messageId"`
			Body      string `json:"body"`
		} `json:"Records"`
	}
	if err := json.Unmarshal(event, &shape); err != nil {
		return nil, fmt.Errorf("document: an event that can't be read: %w", err)
	}
	switch {
	case shape.DetailType != "":
		return nil, f.hear(ctx, event)
	case len(shape.Records) > 0:
		var again events.SQSEventResponse
		for _, r := range shape.Records {
			if err := f.hear(ctx, []byte(r.Body)); err != nil {
				slog.WarnContext(ctx, "a message goes on later", "messageId", r.MessageID, "error", err)
				again.BatchItemFailures = append(again.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: r.MessageID})
			}
		}
		return again, nil
	}
	return app.Step(f.router(), nil)(ctx, event)
}

// hear does what an event is a reason for. Repeated, late or in another order
// it does no harm; one that is not about a document is counted and let go.
func (f function) hear(ctx context.Context, event []byte) error {
	n, err := f.source.read(event)
	if err != nil {
		slog.WarnContext(ctx, "a foreign event was let go", "foreign", 1)
		return nil
	}
	if n.kind == scanned {
		return f.scanEnded(ctx, n)
	}
	return f.take(ctx, n)
}

// take gives an upload its receipt when the client never asked for it, and
// removes a version that came to lie on one that is received: the receipt's is
// pinned. It comes some minutes after the upload, so it also asks for a scan
// whose end was not heard of.
func (f function) take(ctx context.Context, n notice) error {
	take := f.taking(ctx, n.key)
	_, err := f.Commands.Run(ctx, command.Command{
		PartnerID: n.key.PartnerID, By: onboarding.Actor{Kind: onboarding.ActorSystem, Name: "Storage"}, Authorize: onboarding.Known, Decide: take.decide,
	})
	pinned := ""
	if d, known := take.partner.Document(n.key.DocumentID); known {
		pinned = d.VersionID
		f.scanned(ctx, take.partner)
	} else if take.received != nil {
		pinned = take.received.VersionID
	}
	err = take.settle(ctx, err)
	if n.version != "" && pinned != "" && n.version != pinned {
		take.discard(ctx, n.version)
	}
	if code := onboarding.CodeOf(err); code != "" {
		slog.InfoContext(ctx, "an upload was not taken", "partnerId", n.key.PartnerID, "documentId", n.key.DocumentID, "code", code)
		return nil
	}
	return err
}

// scanEnded records the end of a scan of the pinned version.
func (f function) scanEnded(ctx context.Context, n notice) error {
	record, _, err := f.Store.Load(ctx, n.key.PartnerID, store.Request{}, f.Now())
	if err != nil {
		return err
	}
	d, ok := record.Partner.Document(n.key.DocumentID)
	if !ok || n.version != "" && n.version != d.VersionID {
		return nil // not received yet, or replaced: the receipt asks for the scan itself
	}
	if _, err = f.scan(ctx, n.key, d); errors.Is(err, errNothingNew) {
		return nil
	}
	return err
}

package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/document"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// taking is the receiving of one upload: storage is looked at once, however
// often the command is tried.
type taking struct {
	f        function
	ctx      context.Context
	key      document.Key
	partner  onboarding.Partner // as last seen
	received *onboarding.Received
}

func (f function) taking(ctx context.Context, key document.Key) *taking {
	return &taking{f: f, ctx: ctx, key: key}
}

func (t *taking) decide(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
	t.partner = p
	if _, known := p.Document(t.key.DocumentID); known {
		return p.ReceiveDocument(onboarding.Received{ID: t.key.DocumentID}, t.f.calendar, s)
	}
	if !t.key.Valid() {
		return onboarding.Event{}, onboarding.NotFound()
	}
	if t.received == nil {
		received, err := t.f.files.Inspect(t.ctx, t.key)
		if err != nil {
			return onboarding.Event{}, err
		}
		t.received = &received
	}
	return p.ReceiveDocument(*t.received, t.f.calendar, s)
}

// settle leaves nothing behind of an upload that was not taken, and says why as
// the partner is told.
func (t *taking) settle(ctx context.Context, err error) error {
	var content *document.ContentError
	switch {
	case errors.Is(err, document.ErrNotUploaded):
		return onboarding.Refuse(onboarding.CodeDocumentNotUploaded, "Nothing has arrived yet. Upload the file to the place you were given, then ask for the receipt; after 15 minutes begin again.").At(path(t.key.PartnerID))
	case errors.As(err, &content):
		t.discard(ctx, content.VersionID)
		return content.Refusal()
	case t.received != nil && onboarding.CodeOf(err) != "":
		t.discard(ctx, t.received.VersionID)
	}
	return err
}

func (t *taking) discard(ctx context.Context, versionID string) {
	if err := t.f.files.Delete(ctx, t.key, versionID); err != nil {
		slog.ErrorContext(ctx, "an upload that was not taken is left behind", "partnerId", t.key.PartnerID, "documentId", t.key.DocumentID, "error", err)
	}
}

// errNothingNew says that a scan has not ended, or is recorded already.
var errNothingNew = errors.New("document: the scan has nothing new")

// scan asks what the search for malware found in a document and records it. An
// event's word on it isn't taken: the state is asked of the stored version.
func (f function) scan(ctx context.Context, key document.Key, d onboarding.Document) (onboarding.Partner, error) {
	result, err := f.files.Scan(ctx, key, d.VersionID)
	if err != nil {
		return onboarding.Partner{}, err
	}
	if result == onboarding.ScanPending {
		return onboarding.Partner{}, errNothingNew
	}
	done, err := f.Commands.Run(ctx, command.Command{
		PartnerID: key.PartnerID, By: onboarding.Actor{Kind: onboarding.ActorSystem, Name: "Malware scan"}, Authorize: onboarding.Known,
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.RecordScan(key.DocumentID, result, f.calendar, s)
		},
	})
	if onboarding.CodeOf(err) != "" {
		return onboarding.Partner{}, errNothingNew // recorded, replaced or decided meanwhile
	}
	return done.Partner, err
}

// open records that a document is shown to somebody, when there is anything to
// record: a reviewer's first look (V3). A scan whose end was not heard of is
// asked for.
func (f function) open(ctx context.Context, key document.Key, by onboarding.Principal) (onboarding.Partner, error) {
	var seen onboarding.Partner
	look := command.Command{
		PartnerID: key.PartnerID, By: by.Actor(), Authorize: func(p onboarding.Partner) error { return onboarding.Authorize(by, onboarding.ActionReadDocument, p) },
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			seen = p
			return p.OpenDocument(key.DocumentID, s)
		},
	}
	done, err := f.Commands.Run(ctx, look)
	for _, d := range seen.AwaitedScans() {
		if d.ID != key.DocumentID {
			continue
		}
		if _, unknown := f.scan(ctx, key, d); unknown == nil {
			done, err = f.Commands.Run(ctx, look)
		} else if !errors.Is(unknown, errNothingNew) {
			return onboarding.Partner{}, unknown
		}
	}
	if onboarding.CodeOf(err) == onboarding.CodeDocumentOpened {
		return seen, nil
	}
	return done.Partner, err
}

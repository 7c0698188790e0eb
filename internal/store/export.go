package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Export is a part of what is stored of a partner, beside the partner itself.
type Export struct {
	Events      []StoredEvent
	Mails       []onboarding.SentMail // to the partner's side
	Customers   []onboarding.PlannedCustomer
	Acceptances []Acceptance
	Locations   []onboarding.Location
	Next        string // cursor of the part that follows, "" for the last
}

// exportPages is how many pages of the table make one part. A page is at most 1
// MB, so that a part stays below what a function may answer (6 MB), encoded.
const exportPages = 3

// Export reads a part of what is stored of a partner: its own partition, then
// its locations. cursor is "" for the first part, else the Next of the part
// before. A part is consistent in itself; what changes between two parts is in
// the later one, or in none when it was passed already.
func (s *Store) Export(ctx context.Context, partnerID, cursor string) (e Export, err error) {
	return s.export(ctx, partnerID, cursor, nil)
}

func (s *Store) export(ctx context.Context, partnerID, cursor string, limit *int32) (e Export, err error) {
	start, ok := exportCursor(partnerID, cursor)
	if !ok {
		return e, onboarding.Invalid([]onboarding.Fault{{Pointer: "/cursor", Code: onboarding.FaultInvalid, Message: "Use the cursor of the page before, unchanged."}})
	}
	pk := partnerPK(partnerID)
	if start != nil {
		pk = text(start, "pk")
	}
	for range exportPages {
		if len(start) == 1 { // the first page of a partition
			start = nil
		}
		in := &dynamodb.QueryInput{
			TableName: &s.table, ConsistentRead: aws.Bool(true), ExclusiveStartKey: start, Limit: limit,
			KeyConditionExpression: aws.String("pk = :pk"), ExpressionAttributeValues: item{":pk": str(pk)},
		}
		if pk == locationsPK(partnerID) { // beside them lie those that are being added
			in.KeyConditionExpression, in.ExpressionAttributeValues[":sk"] = aws.String("pk = :pk AND begins_with(sk, :sk)"), str(locationSK)
		}
		out, err := s.db.Query(ctx, in)
		if err != nil {
			return e, fmt.Errorf("store: export of %s: %w", partnerID, err)
		}
		for _, i := range out.Items {
			if err := e.add(i); err != nil {
				return e, err
			}
		}
		start = out.LastEvaluatedKey
		switch {
		case start != nil:
		case pk == locationsPK(partnerID):
			e.Next = ""
			return e, nil
		default:
			pk = locationsPK(partnerID)
			start = item{"pk": str(pk)}
		}
		e.Next = base64.RawURLEncoding.EncodeToString([]byte(pk[:1] + text(start, "sk")))
	}
	return e, nil
}

// exportCursor is the key after which a part begins; one without "sk" is the
// partition's beginning. The partition is always the partner's own.
func exportCursor(partnerID, cursor string) (start item, ok bool) {
	if cursor == "" {
		return nil, true
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) == 0 || len(raw) > 512 {
		return nil, false
	}
	sk := string(raw[1:])
	switch {
	case raw[0] == 'P' && sk != "":
		return key(partnerPK(partnerID), sk), true
	case raw[0] == 'L' && sk == "":
		return item{"pk": str(locationsPK(partnerID))}, true
	case raw[0] == 'L' && strings.HasPrefix(sk, locationSK):
		return key(locationsPK(partnerID), sk), true
	}
	return nil, false
}

// exportKinds says of every kind of item what becomes of it in an export: the
// attributes whose content is exported, or why none is.
var exportKinds = map[string]struct {
	Content []string // attributes
	Not     string   // why the others aren't, or none is
}{
	"partner":      {[]string{"document"}, "what remains guards and finds the item, and is the workflow's own"},
	"event":        {[]string{"id", "type", "at", "actor", "data", "clock", "round", "hash", "previous", "erasedBy"}, "what remains is the salt, a secret, what the outbox has still to do, and what other systems are told, which has a feed of its own"},
	"sent mail":    {[]string{"template", "to", "sentAt", "params", "state", "stateAt"}, "what remains finds the item and orders its states"},
	"direct bill":  {nil, "an entry in staff's queue: all of it is in the partner"},
	"customer":     {[]string{"customer"}, "what remains guards and finds the item"},
	"acceptance":   {[]string{"acceptance", "sequence"}, "what remains finds the item"},
	"relationship": {nil, "an entry in a distributor's list: all of it is in the partner and its events"},
	"invitation":   {nil, "a distributor's, and a link's hash; the request that came of it is in the partner"},
	"list":         {nil, "how far the adding of a list of locations is; what was asked for is in its event"},
	"part":         {nil, "locations that are being added: within minutes they are locations"},
	"location":     {[]string{"document"}, "what remains guards and finds the item"},
	"uniqueness":   {nil, "ids that are in the partner and its locations"},
	"same company": {nil, "keys made of a company's details, which tell of other companies"},
	"mail domain":  {nil, "which other partners have the domain is theirs; the partner has its own"},
	"on file":      {nil, "the programme's record of a membership; what was carried over is in the partner"},
	"tries":        {nil, "hashes with a count, gone within days"},
	"import":       {nil, "the programme's own"},
	"batch":        {nil, "the programme's own"},
	"request":      {nil, "answers kept for repeated requests by a hash that only the requester can make, gone after 24 hours"},
}

// add takes an item of the partner's partitions into the export. The partner
// itself is read by whoever asks.
func (e *Export) add(i item) (err error) {
	sk := text(i, "sk")
	switch kind, _, _ := strings.Cut(sk, "#"); kind + "#" {
	case eventSK:
		var event StoredEvent
		if event, err = storedEvent(i); err == nil {
			e.Events = append(e.Events, event)
		}
	case deliverySK:
		var m SentMail
		if m, err = sentMail(i); err == nil {
			if mail, ok := onboarding.ExportedMail(m.SentMail); ok {
				e.Mails = append(e.Mails, mail)
			}
		}
	case acceptanceSK:
		var a *Acceptance
		if a, err = acceptance(i); err == nil {
			e.Acceptances = append(e.Acceptances, *a)
		}
	case customerSK:
		if sk == directBillSK {
			return nil // an entry in a queue
		}
		var c onboarding.PlannedCustomer
		if c, err = plannedCustomer(i); err == nil {
			e.Customers = append(e.Customers, c)
		}
	case locationSK:
		var l onboarding.Location
		if l, err = locationOf(i); err == nil {
			e.Locations = append(e.Locations, l)
		}
	}
	return err
}

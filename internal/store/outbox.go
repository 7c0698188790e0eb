package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Unpublished says that the event is public and the bus hasn't taken it yet.
func (e StoredEvent) Unpublished() bool {
	return slices.ContainsFunc(e.Follow, func(f onboarding.Follow) bool { return f.Publish != nil })
}

// Published says whether the bus has taken a public event, and how often it was
// tried.
func (s *Store) Published(ctx context.Context, partnerID string, sequence int) (done bool, tries int, err error) {
	items, err := s.batchGet(ctx, []item{key(partnerPK(partnerID), eventKey(sequence))})
	if err != nil || len(items) == 0 {
		return false, 0, err
	}
	e, err := storedEvent(items[0])
	return err == nil && !e.Unpublished(), e.Attempts, err
}

// Claim takes an event's open consequences for the caller until a time: the
// event's due time moves there, so that another sweep leaves it alone and, if
// the caller dies, a later one takes it up. It fails with ErrConflict when the
// event isn't due any more or somebody else claimed it first.
func (s *Store) Claim(ctx context.Context, d Due, until time.Time) (StoredEvent, error) {
	out, err := s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: key(partnerPK(d.PartnerID), eventKey(d.Sequence)),
		UpdateExpression:          aws.String("SET dueAt = :until ADD attempts :one"),
		ConditionExpression:       aws.String("dueAt = :due AND attribute_exists(#f)"),
		ExpressionAttributeNames:  map[string]string{"#f": "follow"},
		ExpressionAttributeValues: item{":until": str(stamp(until)), ":due": str(stamp(d.At)), ":one": num(1)},
		ReturnValues:              types.ReturnValueAllNew,
	})
	var failed *types.ConditionalCheckFailedException
	var conflict *types.TransactionConflictException
	if errors.As(err, &failed) || errors.As(err, &conflict) {
		return StoredEvent{}, ErrConflict
	}
	if err != nil {
		return StoredEvent{}, fmt.Errorf("store: claim event %d of %s: %w", d.Sequence, d.PartnerID, err)
	}
	return storedEvent(out.Attributes)
}

// Settle records how far a claimed event's consequences got: remaining is what
// is still to do, at dueAt; with nothing remaining the event leaves the outbox,
// and with it go the secrets that its mails carried. One that was tried too
// often is listed among what is stuck until then. claimed is the event as Claim
// returned it. It fails with ErrConflict when the claim has been lost.
func (s *Store) Settle(ctx context.Context, claimed StoredEvent, remaining []onboarding.Follow, dueAt time.Time) error {
	in := &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: key(partnerPK(claimed.PartnerID), eventKey(claimed.Sequence)),
		ConditionExpression:       aws.String("dueAt = :claimed"),
		ExpressionAttributeValues: item{":claimed": str(stamp(claimed.DueAt))},
		ExpressionAttributeNames:  map[string]string{"#f": "follow"},
	}
	if len(remaining) == 0 {
		names, expression := removal(queueAttributes)
		maps.Copy(in.ExpressionAttributeNames, names)
		in.UpdateExpression = aws.String(expression + ", #f, duePk, dueAt")
	} else {
		follow, err := json.Marshal(remaining)
		if err != nil {
			return fmt.Errorf("store: encode what follows: %w", err)
		}
		in.UpdateExpression = aws.String("SET #f = :follow, dueAt = :due")
		in.ExpressionAttributeValues[":follow"], in.ExpressionAttributeValues[":due"] = str(string(follow)), str(stamp(dueAt))
		if claimed.Attempts >= StuckAfter {
			if err := s.listStuck(ctx, in, claimed); err != nil {
				return err
			}
		}
	}
	_, err := s.db.UpdateItem(ctx, in)
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return ErrConflict
	}
	if err != nil {
		return fmt.Errorf("store: settle event %d of %s: %w", claimed.Sequence, claimed.PartnerID, err)
	}
	return nil
}

// listStuck adds to the update of an event what lists it among what is stuck.
func (s *Store) listStuck(ctx context.Context, in *dynamodb.UpdateItemInput, e StoredEvent) error {
	r, _, err := s.Load(ctx, e.PartnerID, Request{}, e.At)
	if err != nil {
		return err
	}
	r.Partner.ID = e.PartnerID
	for name, value := range stuck(r.Partner, e.Sequence, StatusConsequencesFail, e.At) {
		in.ExpressionAttributeNames["#"+name], in.ExpressionAttributeValues[":"+name] = name, value
		*in.UpdateExpression += ", #" + name + " = :" + name
	}
	return nil
}

// Events reads all events of a partner in sequence, for the audit trail's
// verification and tests. Lists for people use Timeline.
func (s *Store) Events(ctx context.Context, partnerID string) ([]StoredEvent, error) {
	var events []StoredEvent
	var start item
	for {
		out, err := s.db.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.table, ConsistentRead: aws.Bool(true), ExclusiveStartKey: start,
			KeyConditionExpression:    aws.String("pk = :pk AND begins_with(sk, :event)"),
			ExpressionAttributeValues: item{":pk": str(partnerPK(partnerID)), ":event": str(eventSK)},
		})
		if err != nil {
			return nil, fmt.Errorf("store: events of %s: %w", partnerID, err)
		}
		for _, i := range out.Items {
			e, err := storedEvent(i)
			if err != nil {
				return nil, err
			}
			events = append(events, e)
		}
		if start = out.LastEvaluatedKey; start == nil {
			return events, nil
		}
	}
}

package store

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// Feed reads a partner and at most limit of its events after a sequence, oldest
// first. It is one round trip at the feed's end, where readers are mostly, and
// two before. more says that there are events after these.
func (s *Store) Feed(ctx context.Context, partnerID string, after, limit int) (r Record, events []StoredEvent, more bool, err error) {
	out, err := s.db.Query(ctx, &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(true), Limit: aws.Int32(int32(limit + 1)),
		KeyConditionExpression:    aws.String("pk = :pk AND sk BETWEEN :first AND :last"),
		ExpressionAttributeValues: item{":pk": str(partnerPK(partnerID)), ":first": str(eventKey(after + 1)), ":last": str(partnerSK)},
	})
	if err != nil {
		return r, nil, false, fmt.Errorf("store: feed: %w", err)
	}
	more = true
	for _, i := range out.Items {
		if text(i, "sk") == partnerSK { // it lies behind all events
			more = false
			if r, err = partnerRecord(i); err != nil {
				return r, nil, false, err
			}
			continue
		}
		if len(events) == limit {
			break
		}
		e, err := storedEvent(i)
		if err != nil {
			return r, nil, false, err
		}
		events = append(events, e)
	}
	if more {
		r, _, err = s.Load(ctx, partnerID, Request{}, parseStamp(""))
	}
	return r, events, more && r.Partner.Enrolled(), err
}

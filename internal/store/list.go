package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Timeline reads a partner and a page of its events, newest first, in one
// round trip. before is the sequence that the page ends before, 0 for the
// newest page; next is where the following page begins, 0 when there is none.
func (s *Store) Timeline(ctx context.Context, partnerID string, before, limit int) (r Record, events []StoredEvent, next int, err error) {
	var items []item
	if before == 0 {
		out, err := s.db.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.table, ConsistentRead: aws.Bool(true), ScanIndexForward: aws.Bool(false), Limit: aws.Int32(int32(limit + 1)),
			KeyConditionExpression:    aws.String("pk = :pk AND sk BETWEEN :first AND :last"),
			ExpressionAttributeValues: item{":pk": str(partnerPK(partnerID)), ":first": str(eventSK), ":last": str(partnerSK)},
		})
		if err != nil {
			return r, nil, 0, fmt.Errorf("store: timeline: %w", err)
		}
		items = out.Items
	} else {
		keys := []item{key(partnerPK(partnerID), partnerSK)}
		for n := before - 1; n > 0 && n >= before-limit; n-- {
			keys = append(keys, key(partnerPK(partnerID), eventKey(n)))
		}
		if items, err = s.batchGet(ctx, keys); err != nil {
			return r, nil, 0, err
		}
	}
	for _, i := range items {
		if text(i, "sk") == partnerSK {
			if r, err = partnerRecord(i); err != nil {
				return r, nil, 0, err
			}
			continue
		}
		e, err := storedEvent(i)
		if err != nil {
			return r, nil, 0, err
		}
		events = append(events, e)
	}
	newestFirst(events)
	if n := len(events); n > 0 && events[n-1].Sequence > 1 {
		next = events[n-1].Sequence
	}
	return r, events, next, nil
}

// LoadAt reads a partner as it is and as it was at a time, rebuilt from its
// events: the zero Partner when it hadn't enrolled by then. It is one query,
// over as many pages as the events fill.
func (s *Store) LoadAt(ctx context.Context, partnerID string, at time.Time) (now Record, then onboarding.Partner, err error) {
	var start item
	for {
		out, err := s.db.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.table, ConsistentRead: aws.Bool(true), ExclusiveStartKey: start,
			KeyConditionExpression:    aws.String("pk = :pk AND sk BETWEEN :first AND :last"),
			ExpressionAttributeValues: item{":pk": str(partnerPK(partnerID)), ":first": str(eventSK), ":last": str(partnerSK)},
		})
		if err != nil {
			return now, then, fmt.Errorf("store: history: %w", err)
		}
		for _, i := range out.Items {
			if text(i, "sk") == partnerSK {
				if now, err = partnerRecord(i); err != nil {
					return now, then, err
				}
				continue
			}
			e, err := storedEvent(i)
			if err != nil {
				return now, then, err
			}
			if !e.At.After(at) {
				then = then.Apply(e.Event)
			}
		}
		if start = out.LastEvaluatedKey; start == nil {
			return now, then, nil
		}
	}
}

func newestFirst(events []StoredEvent) {
	for i := 1; i < len(events); i++ {
		for j := i; j > 0 && events[j].Sequence > events[j-1].Sequence; j-- {
			events[j], events[j-1] = events[j-1], events[j]
		}
	}
}

// Due names an item that something must be done about.
type Due struct {
	PartnerID string
	Sequence  int    // of the event; 0 for a partner's deadline
	Mail      string // key of a sent mail
	List      string // id of a list of locations
	At        time.Time
}

// Due reads what of a kind is due at a time, oldest first, at most limit of
// each shard. It costs what is due, not what exists. The index may be a moment
// behind: whoever acts reads the item itself again.
func (s *Store) Due(ctx context.Context, kind DueKind, now time.Time, limit int) ([]Due, error) {
	var due []Due
	for shard := range Shards {
		out, err := s.db.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.table, IndexName: aws.String("due"), Limit: aws.Int32(int32(limit)),
			KeyConditionExpression:    aws.String("duePk = :kind AND dueAt <= :now"),
			ExpressionAttributeValues: item{":kind": str(shardPK(kind, shard)), ":now": str(stamp(now))},
		})
		if err != nil {
			return due, fmt.Errorf("store: due %s: %w", kind, err)
		}
		for _, i := range out.Items {
			d := Due{PartnerID: strings.TrimPrefix(text(i, "pk"), "PARTNER#"), At: parseStamp(text(i, "dueAt"))}
			if mail, ok := strings.CutPrefix(text(i, "sk"), deliverySK); ok {
				d.Mail = mail
			}
			if list, ok := strings.CutPrefix(text(i, "sk"), listSK); ok {
				d.PartnerID, d.List = strings.TrimPrefix(d.PartnerID, "LOCATIONS#"), list
			}
			d.Sequence, _ = strconv.Atoi(strings.TrimPrefix(text(i, "sk"), eventSK)) // 0 for a partner
			due = append(due, d)
		}
	}
	return due, nil
}

// Postpone moves a deadline that could not be met, or a list of locations that
// could not be added, to a later time, so that it stands in nobody's way
// meanwhile: a sweep reads only the head of each shard. The partner's next event
// sets its deadline anew. It fails with ErrConflict
// when the index was behind: the deadline had moved already.
func (s *Store) Postpone(ctx context.Context, d Due, until time.Time) error {
	late := key(partnerPK(d.PartnerID), partnerSK)
	if d.List != "" {
		late = listKey(d.PartnerID, d.List)
	}
	_, err := s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: late,
		UpdateExpression:          aws.String("SET dueAt = :until"),
		ConditionExpression:       aws.String("dueAt = :due"),
		ExpressionAttributeValues: item{":until": str(stamp(until)), ":due": str(stamp(d.At))},
	})
	var failed *types.ConditionalCheckFailedException
	var conflict *types.TransactionConflictException
	if errors.As(err, &failed) || errors.As(err, &conflict) {
		return ErrConflict
	}
	if err != nil {
		return fmt.Errorf("store: postpone the deadline of %s: %w", d.PartnerID, err)
	}
	return nil
}

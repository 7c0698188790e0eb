package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/chain"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// joinLifetime is how long somebody's wish to be added is kept (E8).
const joinLifetime = 30 * 24 * time.Hour

const joinSK = "JOIN"

// Join reads a wish to be added, the zero Join when there is none. It lies where
// a partner of its id would, so that the outbox does what follows from it, but
// no partner has such an id.
func (s *Store) Join(ctx context.Context, id string) (j onboarding.Join, err error) {
	items, err := s.batchGet(ctx, []item{key(partnerPK(id), joinSK)})
	if err != nil || len(items) == 0 {
		return j, err
	}
	if err := json.Unmarshal([]byte(text(items[0], "document")), &j); err != nil {
		return j, fmt.Errorf("store: decode %s: %w", id, err)
	}
	return j, nil
}

// PutJoin writes a wish to be added with its event, in one transaction. It fails
// with ErrConflict when somebody else wrote in between. Written twice, when the
// first answer was lost, it succeeds.
func (s *Store) PutJoin(ctx context.Context, after onboarding.Join, e onboarding.Event) error {
	document, err := json.Marshal(after)
	if err != nil {
		return fmt.Errorf("store: encode %s: %w", after.ID, err)
	}
	expires := num(int(e.At.Add(joinLifetime).Unix()))
	i := key(partnerPK(after.ID), joinSK)
	i["document"], i["version"], i["expiresAt"] = str(string(document)), num(e.Sequence), expires
	put := &types.Put{TableName: &s.table, Item: i, ConditionExpression: aws.String("attribute_not_exists(pk) OR version < :next"), ExpressionAttributeValues: item{":next": num(e.Sequence)}}
	salt, err := chain.NewSalt(s.random)
	if err != nil {
		return fmt.Errorf("store: salt: %w", err)
	}
	event, _, err := eventItem(salt, "", e, e.At)
	if err != nil {
		return err
	}
	event["expiresAt"] = expires
	_, err = s.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{{Put: put}, s.newPut(event)}})
	var cancelled *types.TransactionCanceledException
	var busy *types.TransactionInProgressException
	switch {
	case err == nil:
		return nil
	case errors.As(err, &busy):
		return ErrConflict
	case errors.As(err, &cancelled):
		for n, r := range cancelled.CancellationReasons {
			if n == 1 && text(r.Item, "id") == e.ID {
				return nil
			}
		}
		for _, r := range cancelled.CancellationReasons {
			if code := aws.ToString(r.Code); code == "ConditionalCheckFailed" || code == "TransactionConflict" {
				return ErrConflict
			}
		}
	}
	return fmt.Errorf("store: join: %w", err)
}

package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Count counts one try of something by itself, without a transaction, and says
// whether it was within its limit. What is beyond isn't counted.
func (s *Store) Count(ctx context.Context, t onboarding.Try) (within bool, err error) {
	_, err = s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: key(tryPK(t.Key), trySK),
		UpdateExpression:          aws.String("ADD tries :one SET expiresAt = :until"),
		ConditionExpression:       aws.String("attribute_not_exists(tries) OR tries < :max"),
		ExpressionAttributeValues: item{":one": num(1), ":max": num(t.Max), ":until": num(int(t.Until.Unix()))},
	})
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("store: count %s: %w", t.Key, err)
	}
	return true, nil
}

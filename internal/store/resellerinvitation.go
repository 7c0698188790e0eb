package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

const (
	invitationSK       = "INVITATION"
	invitationLifetime = 90 * 24 * time.Hour // after it has expired
)

func invitationKey(id string) item { return key("INVITATION#"+id, invitationSK) }

func invitationsPK(distributorID string) string { return "QUEUE#invitations#" + distributorID }

// PutInvitation writes a distributor's invitation (D2). The same request again
// replaces it, and so its link, as long as nothing was done with it: the answer
// to the first may have been lost, and only there was the link. When something
// was, it answers what is there, with replayed; ErrConflict is another request's.
func (s *Store) PutInvitation(ctx context.Context, i onboarding.ResellerInvitation, bodyHash string) (stored onboarding.ResellerInvitation, replayed bool, err error) {
	document, err := json.Marshal(i)
	if err != nil {
		return i, false, fmt.Errorf("store: encode %s: %w", i.ID, err)
	}
	_, err = s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: invitationKey(i.ID),
		UpdateExpression:    aws.String("SET document = :d, bodyHash = :b, expiresAt = :e, queuePk = :q, queueSk = :s"),
		ConditionExpression: aws.String("attribute_not_exists(pk) OR bodyHash = :b AND attribute_not_exists(openedAt) AND attribute_not_exists(outcome)"),
		ExpressionAttributeValues: item{
			":d": str(string(document)), ":b": str(bodyHash), ":e": num(int(i.ExpiresAt.Add(invitationLifetime).Unix())),
			":q": str(invitationsPK(i.DistributorID)), ":s": str(stamp(i.CreatedAt) + "#" + i.ID),
		},
	})
	var failed *types.ConditionalCheckFailedException
	if !errors.As(err, &failed) {
		if err != nil {
			return i, false, fmt.Errorf("store: invitation %s: %w", i.ID, err)
		}
		return i, false, nil
	}
	items, err := s.batchGet(ctx, []item{invitationKey(i.ID)})
	if err != nil {
		return i, false, err
	}
	if len(items) == 0 || text(items[0], "bodyHash") != bodyHash {
		return i, false, ErrConflict
	}
	stored, err = invitationOf(items[0])
	return stored, true, err
}

// Invitation reads a distributor's invitation; the zero value is one that
// doesn't exist.
func (s *Store) Invitation(ctx context.Context, id string) (onboarding.ResellerInvitation, error) {
	items, err := s.batchGet(ctx, []item{invitationKey(id)})
	if err != nil || len(items) == 0 {
		return onboarding.ResellerInvitation{}, err
	}
	return invitationOf(items[0])
}

func invitationOf(i item) (out onboarding.ResellerInvitation, err error) {
	if err := json.Unmarshal([]byte(text(i, "document")), &out); err != nil {
		return out, fmt.Errorf("store: decode %s: %w", text(i, "pk"), err)
	}
	out.OpenedAt, out.EndedAt = parseStamp(text(i, "openedAt")), parseStamp(text(i, "outcomeAt"))
	out.Ended, out.AcceptedBy, out.RelationshipID = onboarding.ResellerInvitationStatus(text(i, "outcome")), text(i, "acceptedBy"), text(i, "relationshipId")
	return out, nil
}

// Invitations reads a page of a distributor's invitations, the newest first.
func (s *Store) Invitations(ctx context.Context, distributorID, cursor string, limit int) (list []onboarding.ResellerInvitation, next string, err error) {
	partition := str(invitationsPK(distributorID))
	var start item
	if cursor != "" {
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		at, id, ok := strings.Cut(string(raw), "#")
		if err != nil || !ok || at == "" || id == "" {
			return nil, "", onboarding.Invalid([]onboarding.Fault{{Pointer: "/cursor", Code: onboarding.FaultInvalid, Message: "Use the cursor of the page before, unchanged."}})
		}
		start = invitationKey(id)
		start["queuePk"], start["queueSk"] = partition, str(string(raw))
	}
	out, err := s.db.Query(ctx, &dynamodb.QueryInput{
		TableName: &s.table, IndexName: aws.String("queue"), Limit: aws.Int32(int32(limit)), ExclusiveStartKey: start, ScanIndexForward: aws.Bool(false),
		KeyConditionExpression: aws.String("queuePk = :q"), ExpressionAttributeValues: item{":q": partition},
	})
	if err != nil {
		return nil, "", fmt.Errorf("store: invitations of %s: %w", distributorID, err)
	}
	if last := text(out.LastEvaluatedKey, "queueSk"); last != "" {
		next = base64.RawURLEncoding.EncodeToString([]byte(last))
	}
	if len(out.Items) == 0 {
		return nil, next, nil
	}
	keys := make([]item, len(out.Items))
	for n, i := range out.Items {
		keys[n] = key(text(i, "pk"), text(i, "sk"))
	}
	items, err := s.batchGet(ctx, keys)
	if err != nil {
		return nil, "", err
	}
	found := map[string]onboarding.ResellerInvitation{}
	for _, i := range items {
		if found[text(i, "pk")], err = invitationOf(i); err != nil {
			return nil, "", err
		}
	}
	for _, i := range out.Items {
		if one, ok := found[text(i, "pk")]; ok { // else it has expired, and the index is a moment behind
			list = append(list, one)
		}
	}
	return list, next, nil
}

// OpenInvitation notes when an invitation's link was first looked at (D7). A
// later look, or one at an invitation that has ended, changes nothing.
func (s *Store) OpenInvitation(ctx context.Context, id string, now time.Time) error {
	err := s.changeInvitation(ctx, id, "SET openedAt = :at", "attribute_exists(pk) AND attribute_not_exists(openedAt) AND attribute_not_exists(outcome)", item{":at": str(stamp(now))})
	if errors.Is(err, ErrConflict) {
		return nil
	}
	return err
}

// CancelInvitation takes an invitation back (D7). ErrConflict is that it has
// ended in between: read it again.
func (s *Store) CancelInvitation(ctx context.Context, id string, now time.Time) error {
	return s.changeInvitation(ctx, id, "SET outcome = :o, outcomeAt = :at", "attribute_exists(pk) AND attribute_not_exists(outcome)",
		item{":o": str(string(onboarding.ResellerInvitationCancelled)), ":at": str(stamp(now))})
}

func (s *Store) changeInvitation(ctx context.Context, id, update, condition string, values item) error {
	_, err := s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: invitationKey(id), UpdateExpression: &update, ConditionExpression: &condition, ExpressionAttributeValues: values,
	})
	var failed *types.ConditionalCheckFailedException
	var conflict *types.TransactionConflictException
	switch {
	case errors.As(err, &failed), errors.As(err, &conflict):
		return ErrConflict
	case err != nil:
		return fmt.Errorf("store: invitation %s: %w", id, err)
	}
	return nil
}

// useInvitation uses an invitation up in the transaction of the request that it
// became. When somebody was quicker, it is read again and says so.
func (s *Store) useInvitation(after onboarding.Partner, e onboarding.Event) []write {
	id, relationshipID := onboarding.UsedInvitation(e)
	if id == "" {
		return nil
	}
	return []write{{item: types.TransactWriteItem{Update: &types.Update{
		TableName: &s.table, Key: invitationKey(id),
		UpdateExpression:    aws.String("SET outcome = :o, outcomeAt = :at, acceptedBy = :p, relationshipId = :r"),
		ConditionExpression: aws.String("attribute_exists(pk) AND attribute_not_exists(outcome)"),
		ExpressionAttributeValues: item{
			":o": str(string(onboarding.ResellerInvitationAccepted)), ":at": str(stamp(after.Real(e.At))), ":p": str(after.ID), ":r": str(relationshipID),
		},
	}}}}
}

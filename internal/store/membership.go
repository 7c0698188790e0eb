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

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

const (
	membershipSK = "MEMBERSHIP"
	trySK        = "TRY"
)

// membershipPK is the key of a record. An id longer than any on file finds none.
func membershipPK(id string) string {
	id = onboarding.FoldMembershipID(id)
	return "MEMBERSHIP#" + id[:min(len(id), 200)]
}

func tryPK(key string) string { return "TRY#" + key }

// LoadEnrolment is LoadTenant that also reads the record on file under an
// existing Partner ID (E5), in the same round trip. A record that is linked to a
// partner is none, like one that doesn't exist.
func (s *Store) LoadEnrolment(ctx context.Context, tenantID, membershipID string, request Request, now time.Time) (partnerID string, m onboarding.Membership, replay *Replay, err error) {
	keys := []item{key(tenantPK(tenantID), uniqueSK), key(membershipPK(membershipID), membershipSK)}
	if request.Hash != "" {
		keys = append(keys, key(requestPK(request.Hash), requestSK))
	}
	items, err := s.batchGet(ctx, keys)
	if err != nil {
		return "", m, nil, err
	}
	for _, i := range items {
		switch text(i, "sk") {
		case uniqueSK:
			partnerID = text(i, "partnerId")
		case membershipSK:
			m, err = unlinked(i)
		case requestSK:
			replay, err = replayOf(i, now)
		}
		if err != nil {
			return "", m, nil, err
		}
	}
	return partnerID, m, replay, nil
}

// Membership reads the record on file under an existing Partner ID: the zero
// value when there is none, or when it is linked to a partner already.
func (s *Store) Membership(ctx context.Context, id string) (onboarding.Membership, error) {
	items, err := s.batchGet(ctx, []item{key(membershipPK(id), membershipSK)})
	if err != nil || len(items) == 0 {
		return onboarding.Membership{}, err
	}
	return unlinked(items[0])
}

func unlinked(i item) (m onboarding.Membership, err error) {
	if text(i, "linkedTo") != "" {
		return m, nil
	}
	if err := json.Unmarshal([]byte(text(i, "document")), &m); err != nil {
		return m, fmt.Errorf("store: decode %s: %w", text(i, "pk"), err)
	}
	m.Revision = number(i, "revision")
	return m, nil
}

// membership links a record on file to the partner that it was carried over to,
// once and only as it was when it confirmed the claim (E5).
func (s *Store) membership(before, after onboarding.Partner, e onboarding.Event) []write {
	id, linked := after.LinkedMembership()
	if _, was := before.LinkedMembership(); was || !linked {
		return nil
	}
	update := &types.Update{
		TableName: &s.table, Key: key(membershipPK(id), membershipSK),
		UpdateExpression:          aws.String("SET linkedTo = :partner"),
		ConditionExpression:       aws.String("attribute_not_exists(linkedTo) AND revision = :revision"),
		ExpressionAttributeValues: item{":partner": str(after.ID), ":revision": num(after.Membership.Revision)},
	}
	taken := onboarding.MembershipUnconfirmed()
	taken.Tries = onboarding.TriesOf(e)
	return []write{{types.TransactWriteItem{Update: update}, taken}}
}

// tries counts what an event's claim of a membership counts towards (E5).
func (s *Store) tries(e onboarding.Event) []write { return s.count(onboarding.TriesOf(e)) }

func (s *Store) count(tries []onboarding.Try) []write {
	writes := make([]write, 0, len(tries))
	for _, t := range tries {
		update := &types.Update{
			TableName: &s.table, Key: key(tryPK(t.Key), trySK),
			UpdateExpression:          aws.String("ADD tries :one SET expiresAt = :until"),
			ConditionExpression:       aws.String("attribute_not_exists(tries) OR tries < :max"),
			ExpressionAttributeValues: item{":one": num(1), ":max": num(t.Max), ":until": num(int(t.Until.Unix()))},
		}
		writes = append(writes, write{types.TransactWriteItem{Update: update}, onboarding.MembershipTriesLimited(t.Until)})
	}
	return writes
}

// CountTries counts tries that came to nothing, before that is told. When one of
// them was one too many nothing is counted, and the refusal that says so is
// returned. ErrConflict is others counting at the same time: count again.
func (s *Store) CountTries(ctx context.Context, tries []onboarding.Try) error {
	writes := s.count(tries)
	items := make([]types.TransactWriteItem, len(writes))
	for i, w := range writes {
		items[i] = w.item
	}
	_, err := s.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		conflict := false
		for i, r := range cancelled.CancellationReasons {
			switch aws.ToString(r.Code) {
			case "ConditionalCheckFailed":
				return writes[i].taken
			case "TransactionConflict":
				conflict = true
			}
		}
		if conflict {
			return ErrConflict
		}
	}
	if err != nil {
		return fmt.Errorf("store: count tries: %w", err)
	}
	return nil
}

// Filed is what came of filing a record.
type Filed string

// What can come of it.
const (
	FiledCreated   Filed = "Created"
	FiledUpdated   Filed = "Updated"
	FiledUnchanged Filed = "Unchanged"
	FiledLinked    Filed = "Linked" // refused: a partner was linked to the record as it was
)

// FileMembership puts a record on file, or brings the one under its id up to
// date (E5); source names what it comes from. It is safe to repeat: the same
// content again changes nothing, and the same source is told again what it did.
// One that is linked to a partner stays as it was carried over.
func (s *Store) FileMembership(ctx context.Context, m onboarding.Membership, source string) (Filed, error) {
	m.Revision = 0
	document, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("store: encode the record of %s: %w", m.ID, err)
	}
	out, err := s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: key(membershipPK(m.ID), membershipSK),
		UpdateExpression:                    aws.String("SET document = :document, #s = :source ADD revision :one"),
		ConditionExpression:                 aws.String("attribute_not_exists(linkedTo) AND (attribute_not_exists(document) OR document <> :document)"),
		ExpressionAttributeNames:            map[string]string{"#s": "source"},
		ExpressionAttributeValues:           item{":document": str(string(document)), ":source": str(source), ":one": num(1)},
		ReturnValues:                        types.ReturnValueUpdatedNew,
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	})
	var failed *types.ConditionalCheckFailedException
	switch {
	case err == nil:
		return filed(out.Attributes), nil
	case !errors.As(err, &failed):
		return "", fmt.Errorf("store: record of %s: %w", m.ID, err)
	case text(failed.Item, "document") != string(document):
		return FiledLinked, nil
	case text(failed.Item, "source") == source:
		return filed(failed.Item), nil // our own first try had succeeded and its answer was lost
	}
	return FiledUnchanged, nil
}

func filed(i item) Filed {
	if number(i, "revision") == 1 {
		return FiledCreated
	}
	return FiledUpdated
}

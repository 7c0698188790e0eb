package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// relationshipSK begins the sort key of a distributor's entry of a relationship.
// It sorts after the partner.
const relationshipSK = "RELATIONSHIP#"

// resellers are the entries in distributors' lists (D6): one for each
// relationship that the partner's record remembers, written when the request is
// made and never again. How the relationship stands is read from the partner, so
// that a list is never behind what the partner itself is told, and costs no write
// when a request is accepted, declined, ended or expires.
func (s *Store) resellers(before, after onboarding.Partner) (writes []write) {
	for _, r := range after.Relationships {
		if _, known := before.Relationship(r.ID); known {
			continue
		}
		i := key(partnerPK(after.ID), relationshipSK+r.ID)
		i["queuePk"], i["queueSk"] = str(queuePK(onboarding.ResellersOf(r.DistributorID, after.Test))), str(resellerSK(r.RequestedAt, after.ID, r.ID))
		writes = append(writes, write{item: s.newPut(i)})
	}
	for _, r := range before.Relationships {
		if _, still := after.Relationship(r.ID); !still {
			names, expression := removal([]string{"queuePk", "queueSk"})
			writes = append(writes, write{item: types.TransactWriteItem{Update: &types.Update{
				TableName: &s.table, Key: key(partnerPK(after.ID), relationshipSK+r.ID), UpdateExpression: &expression, ExpressionAttributeNames: names,
			}}})
		}
	}
	return writes
}

func resellerSK(at time.Time, partnerID, relationshipID string) string {
	return stamp(at) + "#" + partnerID + "#" + relationshipID
}

// Reseller is an entry of a distributor's list.
type Reseller struct {
	Partner      onboarding.Partner
	Relationship onboarding.Relationship
}

// ResellerQuery asks for a page of a distributor's list, the newest first.
type ResellerQuery struct {
	DistributorID string
	Cursor        string    // "" for the first page, else what the page before returned
	Limit         int       // entries read for the page
	After         time.Time // only requests made after it; zero for all
	Tests         bool      // the list of test partners
}

// Resellers reads a page of a distributor's list: the entries, then the partners
// as they are.
func (s *Store) Resellers(ctx context.Context, q ResellerQuery) (list []Reseller, next string, err error) {
	partition := str(queuePK(onboarding.ResellersOf(q.DistributorID, q.Tests)))
	start, ok := resellerCursor(q.Cursor, partition)
	if !ok {
		return nil, "", onboarding.Invalid([]onboarding.Fault{{Pointer: "/cursor", Code: onboarding.FaultInvalid, Message: "Use the cursor of the page before, unchanged."}})
	}
	out, err := s.db.Query(ctx, &dynamodb.QueryInput{
		TableName: &s.table, IndexName: aws.String("queue"), Limit: aws.Int32(int32(q.Limit)), ExclusiveStartKey: start, ScanIndexForward: aws.Bool(false),
		KeyConditionExpression:    aws.String("queuePk = :q AND queueSk > :after"),
		ExpressionAttributeValues: item{":q": partition, ":after": str(stamp(q.After))},
	})
	if err != nil {
		return nil, "", fmt.Errorf("store: resellers of %s: %w", q.DistributorID, err)
	}
	if last := text(out.LastEvaluatedKey, "queueSk"); last != "" {
		next = base64.RawURLEncoding.EncodeToString([]byte(last))
	}
	if len(out.Items) == 0 {
		return nil, next, nil
	}
	var keys []item
	seen := map[string]bool{}
	for _, i := range out.Items {
		if pk := text(i, "pk"); !seen[pk] {
			seen[pk] = true
			keys = append(keys, key(pk, partnerSK))
		}
	}
	items, err := s.batchGet(ctx, keys)
	if err != nil {
		return nil, "", err
	}
	partners := map[string]onboarding.Partner{}
	for _, i := range items {
		r, err := partnerRecord(i)
		if err != nil {
			return nil, "", err
		}
		partners[text(i, "pk")] = r.Partner
	}
	for _, i := range out.Items {
		p := partners[text(i, "pk")]
		if r, ok := p.Relationship(strings.TrimPrefix(text(i, "sk"), relationshipSK)); ok { // else forgotten, and the index is a moment behind
			list = append(list, Reseller{p, r})
		}
	}
	return list, next, nil
}

// resellerCursor finds the entry after which a page begins.
func resellerCursor(cursor string, partition types.AttributeValue) (start item, ok bool) {
	if cursor == "" {
		return nil, true
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.Split(string(raw), "#")
	if err != nil || len(parts) != 3 || slices.Contains(parts, "") {
		return nil, false
	}
	start = key(partnerPK(parts[1]), relationshipSK+parts[2])
	start["queuePk"], start["queueSk"] = partition, str(string(raw))
	return start, true
}

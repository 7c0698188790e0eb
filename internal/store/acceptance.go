package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/chain"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// acceptanceSK begins the sort key of an acceptance of the agreement, which ends
// with its event's id. It sorts before the events.
const acceptanceSK = "ACCEPTANCE#"

func acceptanceKey(partnerID, eventID string) item {
	return key(partnerPK(partnerID), acceptanceSK+eventID)
}

// signedPK is where the acceptances are found whose partners are to be told when
// a version takes the place of the accepted one.
func signedPK(region, version string) string { return "SIGNED#" + region + "#" + version }

// Acceptance is one acceptance of the agreement, as it lies in the table.
type Acceptance struct {
	onboarding.Acceptance
	Sequence int // of its event
}

// acceptances keeps each acceptance as an item of its own, so that every one
// ever given can be listed (A6), and keeps the newest in the index of what is
// due for as long as its partner awaits a version that follows: whoever must be
// told of a new one is found without reading all partners.
func (s *Store) acceptances(before, after onboarding.Partner, e onboarding.Event) []write {
	was, is := before.NewestAcceptance(), after.NewestAcceptance()
	if is == nil {
		return nil
	}
	var writes []write
	given := was == nil || was.EventID != is.EventID
	if given {
		i := acceptanceKey(after.ID, is.EventID)
		content, err := json.Marshal(is)
		if err != nil {
			panic(fmt.Sprintf("store: encode the acceptance %s: %v", is.EventID, err)) // texts and times: can't fail
		}
		i["acceptance"], i["sequence"] = str(string(content)), num(e.Sequence)
		if after.AwaitsRenewal() {
			i["duePk"], i["dueAt"] = str(signedPK(is.Region, is.Version)), str(stamp(is.At))
		}
		writes = append(writes, write{item: types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: i}}})
	}
	switch awaited := was != nil && before.AwaitsRenewal(); {
	case given && awaited:
		writes = append(writes, s.renewal(after.ID, *was, false))
	case !given && awaited != after.AwaitsRenewal():
		writes = append(writes, s.renewal(after.ID, *is, !awaited))
	}
	return writes
}

// renewal puts an acceptance among those that await a version that follows, or
// takes it out.
func (s *Store) renewal(partnerID string, a onboarding.Acceptance, awaits bool) write {
	u := &types.Update{TableName: &s.table, Key: acceptanceKey(partnerID, a.EventID)}
	if awaits {
		u.UpdateExpression = aws.String("SET duePk = :pk, dueAt = :at")
		u.ExpressionAttributeValues = item{":pk": str(signedPK(a.Region, a.Version)), ":at": str(stamp(a.At))}
	} else {
		u.UpdateExpression = aws.String("REMOVE duePk, dueAt")
	}
	return write{item: types.TransactWriteItem{Update: u}}
}

// Signed names the partners that have accepted a version in a region and
// haven't been told of the one that follows it, those who signed first first.
// It costs what it finds. The index may be a moment behind.
func (s *Store) Signed(ctx context.Context, region, version string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var start item
		for {
			out, err := s.db.Query(ctx, &dynamodb.QueryInput{
				TableName: &s.table, IndexName: aws.String("due"), Limit: aws.Int32(maxBatch), ExclusiveStartKey: start,
				KeyConditionExpression: aws.String("duePk = :signed"), ExpressionAttributeValues: item{":signed": str(signedPK(region, version))},
			})
			if err != nil {
				yield("", fmt.Errorf("store: who signed %s in %s: %w", version, region, err))
				return
			}
			for _, i := range out.Items {
				if !yield(text(i, "pk")[len("PARTNER#"):], nil) {
					return
				}
			}
			if start = out.LastEvaluatedKey; start == nil {
				return
			}
		}
	}
}

// Acceptances lists every acceptance of the agreement that a partner ever gave,
// the newest first (A6).
func (s *Store) Acceptances(ctx context.Context, partnerID string) ([]Acceptance, error) {
	var list []Acceptance
	var start item
	for {
		out, err := s.db.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.table, ConsistentRead: aws.Bool(true), ExclusiveStartKey: start,
			KeyConditionExpression:    aws.String("pk = :pk AND begins_with(sk, :sk)"),
			ExpressionAttributeValues: item{":pk": str(partnerPK(partnerID)), ":sk": str(acceptanceSK)},
		})
		if err != nil {
			return nil, fmt.Errorf("store: acceptances: %w", err)
		}
		for _, i := range out.Items {
			a, err := acceptance(i)
			if err != nil {
				return nil, err
			}
			list = append(list, *a)
		}
		if start = out.LastEvaluatedKey; start == nil {
			slices.SortFunc(list, func(a, b Acceptance) int { return cmp.Compare(b.Sequence, a.Sequence) })
			return list, nil
		}
	}
}

// LoadAcceptance reads a partner and one of its acceptances, in one round trip;
// nil when it gave no such one.
func (s *Store) LoadAcceptance(ctx context.Context, partnerID, eventID string) (r Record, a *Acceptance, err error) {
	items, err := s.batchGet(ctx, []item{key(partnerPK(partnerID), partnerSK), acceptanceKey(partnerID, eventID)})
	if err != nil {
		return r, nil, err
	}
	for _, i := range items {
		if text(i, "sk") == partnerSK {
			if r, err = partnerRecord(i); err != nil {
				return r, nil, err
			}
			continue
		}
		if a, err = acceptance(i); err != nil {
			return r, nil, err
		}
	}
	return r, a, nil
}

func acceptance(i item) (*Acceptance, error) {
	a := &Acceptance{Sequence: number(i, "sequence")}
	if err := json.Unmarshal([]byte(text(i, "acceptance")), &a.Acceptance); err != nil {
		return nil, fmt.Errorf("store: decode %s: %w", text(i, "sk"), err)
	}
	return a, nil
}

// ChainTo reads a partner's chain of events up to one of them, which alone
// comes with its content.
func (s *Store) ChainTo(ctx context.Context, partnerID string, sequence int) ([]chain.Event, error) {
	var events []chain.Event
	var start item
	for {
		out, err := s.db.Query(ctx, &dynamodb.QueryInput{
			TableName: &s.table, ConsistentRead: aws.Bool(true), ExclusiveStartKey: start,
			KeyConditionExpression:    aws.String("pk = :pk AND sk BETWEEN :first AND :last"),
			ExpressionAttributeValues: item{":pk": str(partnerPK(partnerID)), ":first": str(eventKey(1)), ":last": str(eventKey(sequence))},
		})
		if err != nil {
			return nil, fmt.Errorf("store: chain: %w", err)
		}
		for _, i := range out.Items {
			stored, err := storedEvent(i)
			if err != nil {
				return nil, err
			}
			e := stored.Chained()
			if e.Sequence != sequence {
				e = chain.Event{Link: e.Link}
			}
			events = append(events, e)
		}
		if start = out.LastEvaluatedKey; start == nil {
			return events, nil
		}
	}
}

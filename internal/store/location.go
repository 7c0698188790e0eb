package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Locations lie in a partition of their own, not the partner's: there are
// thousands, a page of the timeline must not meet them, and adding many must not
// slow down the partner's reads.
func locationsPK(partnerID string) string { return "LOCATIONS#" + partnerID }

const locationSK = "LOCATION#"

func locationKey(partnerID, id string) item { return key(locationsPK(partnerID), locationSK+id) }

// addressPK claims an address for one location of a partner (L5).
func addressPK(partnerID, addressKey string) string {
	return "UNIQUE#LOCATION#" + partnerID + "#" + addressKey
}

func locationItem(partnerID string, l onboarding.Location) item {
	document, _ := json.Marshal(l) // can't fail: the event that holds it was encoded before
	i := locationKey(partnerID, l.ID)
	i["document"], i["revision"], i["region"], i["name"] = str(string(document)), num(l.Revision), str(l.Region), str(searchable(l.Name))
	if !l.ClosedAt.IsZero() {
		i["closed"] = str(stamp(l.ClosedAt)) // the list leaves it out
	}
	return i
}

// searchable is how a location's name is looked for.
func searchable(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

func locationOf(i item) (onboarding.Location, error) {
	var l onboarding.Location
	if err := json.Unmarshal([]byte(text(i, "document")), &l); err != nil {
		return l, fmt.Errorf("store: decode %s: %w", text(i, "sk"), err)
	}
	return l, nil
}

// locations are the writes of an event about one location: the location's own
// item, and the claim on its address (L5).
func (s *Store) locations(p onboarding.Partner, e onboarding.Event) []write {
	switch d := e.Data.(type) {
	case onboarding.LocationAdded:
		return []write{{item: s.newPut(locationItem(p.ID, d.Location))}, s.claimAddress(p, d.Location)}
	case onboarding.LocationChanged:
		writes := []write{s.replaceLocation(p.ID, d.Location)}
		if was := d.Was.AddressKey(); was != d.Location.AddressKey() {
			writes = append(writes, s.claimAddress(p, d.Location), s.freeAddress(p.ID, was))
		}
		return writes
	case onboarding.LocationEnded:
		return []write{s.replaceLocation(p.ID, d.Location), s.freeAddress(p.ID, d.Location.AddressKey())}
	}
	return nil
}

func (s *Store) claimAddress(p onboarding.Partner, l onboarding.Location) write {
	unique := key(addressPK(p.ID, l.AddressKey()), uniqueSK)
	unique["partnerId"], unique["locationId"] = str(p.ID), str(l.ID)
	return write{s.newPut(unique), p.LocationExists()}
}

func (s *Store) freeAddress(partnerID, addressKey string) write {
	return write{item: types.TransactWriteItem{Delete: &types.Delete{TableName: &s.table, Key: key(addressPK(partnerID, addressKey), uniqueSK)}}}
}

// replaceLocation writes a location over its revision before.
func (s *Store) replaceLocation(partnerID string, l onboarding.Location) write {
	return write{item: types.TransactWriteItem{Put: &types.Put{
		TableName: &s.table, Item: locationItem(partnerID, l), ConditionExpression: aws.String("revision = :r"), ExpressionAttributeValues: item{":r": num(l.Revision - 1)},
	}}}
}

// Location reads a location of a partner, the zero one when there is none of
// this id.
func (s *Store) Location(ctx context.Context, partnerID, id string) (onboarding.Location, error) {
	items, err := s.batchGet(ctx, []item{locationKey(partnerID, id)})
	if err != nil || len(items) == 0 {
		return onboarding.Location{}, err
	}
	return locationOf(items[0])
}

// LocationQuery asks for a page of a partner's locations.
type LocationQuery struct {
	Region string // "" for all
	Name   string // what the name begins with, in any case; "" for all
	After  string // id that the page before ended with, "" for the first page
	Limit  int
	Closed bool // those that were closed, too
}

// searched is how many locations are read for one page when not all of them
// are asked for. Such a page may be short of its limit and not the last.
const searched = 1000

// Locations reads a page of a partner's locations in the order in which they
// were added; next is empty after the last. It is one round trip.
func (s *Store) Locations(ctx context.Context, partnerID string, q LocationQuery) (list []onboarding.Location, next string, err error) {
	in := &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(true), Limit: aws.Int32(int32(q.Limit + 1)),
		KeyConditionExpression:    aws.String("pk = :pk AND begins_with(sk, :sk)"),
		ExpressionAttributeValues: item{":pk": str(locationsPK(partnerID)), ":sk": str(locationSK)},
	}
	if q.After != "" {
		in.ExclusiveStartKey = locationKey(partnerID, q.After)
	}
	var filter []string
	if !q.Closed {
		filter = append(filter, "attribute_not_exists(closed)")
	}
	if q.Region != "" {
		filter = append(filter, "#region = :region")
		in.ExpressionAttributeNames = map[string]string{"#region": "region"}
		in.ExpressionAttributeValues[":region"] = str(q.Region)
	}
	if name := searchable(q.Name); name != "" {
		filter = append(filter, "begins_with(#name, :name)")
		if in.ExpressionAttributeNames == nil {
			in.ExpressionAttributeNames = map[string]string{}
		}
		in.ExpressionAttributeNames["#name"] = "name"
		in.ExpressionAttributeValues[":name"] = str(name)
	}
	if len(filter) > 0 {
		in.Limit, in.FilterExpression = aws.Int32(searched), aws.String(strings.Join(filter, " AND "))
	}
	out, err := s.db.Query(ctx, in)
	if err != nil {
		return nil, "", fmt.Errorf("store: locations: %w", err)
	}
	for _, i := range out.Items {
		if len(list) == q.Limit {
			return list, list[q.Limit-1].ID, nil
		}
		l, err := locationOf(i)
		if err != nil {
			return nil, "", err
		}
		list = append(list, l)
	}
	return list, strings.TrimPrefix(text(out.LastEvaluatedKey, "sk"), locationSK), nil
}

// Finds says whether a location is one that the query asks for.
func (q LocationQuery) Finds(l onboarding.Location) bool {
	return (q.Region == "" || q.Region == l.Region) && strings.HasPrefix(searchable(l.Name), searchable(q.Name))
}

package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// A list of locations lies beside the locations until all of them are there:
// one item that says how far it is, and the locations themselves in a few parts.
// Each part is gone with the last of its locations.
const (
	listSK  = "LIST#"
	partSK  = "PART#"
	maxPart = 280 << 10 // bytes of JSON, which gzip never makes much longer: an item holds 400 KB

	// MostAdded is how many listed locations one transaction adds: two items
	// each, the list's own, and a part that has ended, of the hundred it takes.
	MostAdded = 48

	// listLease is how long a list is left to whoever has begun to add it.
	listLease = time.Minute
)

func listKey(partnerID, id string) item { return key(locationsPK(partnerID), listSK+id) }

// partKey is of the part that begins with a location, counted from 0.
func partKey(partnerID, id string, start int) item {
	return key(locationsPK(partnerID), fmt.Sprintf("%s%s#%06d", partSK, id, start))
}

// ListedLocations is a list of locations with how far it is.
type ListedLocations struct {
	onboarding.LocationList
	PartnerID string
	Done      int       // locations that are there
	AddedAt   time.Time // when the last of them was; zero before
}

// locationList are the writes of an event about a list of locations. locations
// are those that it asks for.
func (s *Store) locationList(p onboarding.Partner, e onboarding.Event, locations []onboarding.Location) ([]write, error) {
	switch d := e.Data.(type) {
	case onboarding.LocationsRequested:
		document, err := json.Marshal(d.List)
		if err != nil {
			return nil, fmt.Errorf("store: encode the list %s: %w", d.List.ID, err)
		}
		i := listKey(p.ID, d.List.ID)
		i["document"], i["done"] = str(string(document)), num(0)
		i["duePk"], i["dueAt"] = str(duePK(DueLocations, p.ID)), str(stamp(p.Real(e.At).Add(listLease)))
		parts, err := parted(p.ID, d.List.ID, locations)
		if err != nil {
			return nil, err
		}
		writes := []write{{item: s.newPut(i)}}
		for _, part := range parts {
			writes = append(writes, write{item: s.newPut(part)})
		}
		return writes, nil
	case onboarding.LocationsAdded:
		return []write{{item: types.TransactWriteItem{Update: &types.Update{
			TableName: &s.table, Key: listKey(p.ID, d.List.ID),
			UpdateExpression:          aws.String("SET addedAt = :at REMOVE duePk, dueAt"),
			ConditionExpression:       aws.String("done = :all"),
			ExpressionAttributeValues: item{":at": str(stamp(e.At)), ":all": num(d.List.Locations)},
		}}}}, nil
	}
	return nil, nil
}

// parted packs locations into items, in their order.
func parted(partnerID, id string, locations []onboarding.Location) (parts []item, err error) {
	var text []byte
	start := 0
	flush := func(next int) error {
		if len(text) == 0 {
			return nil
		}
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(append(text, ']')); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		part := partKey(partnerID, id, start)
		part["locations"] = &types.AttributeValueMemberB{Value: packed.Bytes()}
		parts, text, start = append(parts, part), nil, next
		return nil
	}
	for n, l := range locations {
		document, err := json.Marshal(l)
		if err != nil {
			return nil, fmt.Errorf("store: encode the location %s: %w", l.ID, err)
		}
		if len(text)+len(document) > maxPart {
			if err := flush(n); err != nil {
				return nil, fmt.Errorf("store: pack the list %s: %w", id, err)
			}
		}
		separator := byte(',')
		if len(text) == 0 {
			separator = '['
		}
		text = append(append(text, separator), document...)
	}
	if err := flush(len(locations)); err != nil {
		return nil, fmt.Errorf("store: pack the list %s: %w", id, err)
	}
	return parts, nil
}

func unpacked(i item) (list []onboarding.Location, err error) {
	packed, _ := i["locations"].(*types.AttributeValueMemberB)
	if packed == nil {
		return nil, fmt.Errorf("store: %s holds no locations", text(i, "sk"))
	}
	r, err := gzip.NewReader(bytes.NewReader(packed.Value))
	if err == nil {
		var raw []byte
		if raw, err = io.ReadAll(r); err == nil {
			err = json.Unmarshal(raw, &list)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("store: unpack %s: %w", text(i, "sk"), err)
	}
	return list, nil
}

// LocationList reads a list of locations of a partner, the zero one when there
// is none of this id.
func (s *Store) LocationList(ctx context.Context, partnerID, id string) (ListedLocations, error) {
	items, err := s.batchGet(ctx, []item{listKey(partnerID, id)})
	if err != nil || len(items) == 0 {
		return ListedLocations{}, err
	}
	l := ListedLocations{PartnerID: partnerID, Done: number(items[0], "done"), AddedAt: parseStamp(text(items[0], "addedAt"))}
	if err := json.Unmarshal([]byte(text(items[0], "document")), &l.LocationList); err != nil {
		return l, fmt.Errorf("store: decode the list %s: %w", id, err)
	}
	return l, nil
}

// Unadded reads those locations of a list that come next, which are as many as
// are left of one part, and names the part.
func (s *Store) Unadded(ctx context.Context, l ListedLocations) (next []onboarding.Location, part string, err error) {
	out, err := s.db.Query(ctx, &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(true), ScanIndexForward: aws.Bool(false), Limit: aws.Int32(1),
		KeyConditionExpression: aws.String("pk = :pk AND sk BETWEEN :first AND :done"),
		ExpressionAttributeValues: item{
			":pk": str(locationsPK(l.PartnerID)), ":first": partKey(l.PartnerID, l.ID, 0)["sk"], ":done": partKey(l.PartnerID, l.ID, l.Done)["sk"],
		},
	})
	if err != nil {
		return nil, "", fmt.Errorf("store: the list %s: %w", l.ID, err)
	}
	if len(out.Items) == 0 {
		return nil, "", ErrConflict // somebody else has added them meanwhile
	}
	sk := text(out.Items[0], "sk")
	start, err := strconv.Atoi(sk[len(sk)-6:])
	if err != nil {
		return nil, "", fmt.Errorf("store: the list %s has a part %s: %w", l.ID, sk, err)
	}
	all, err := unpacked(out.Items[0])
	if err != nil {
		return nil, "", err
	}
	if l.Done-start >= len(all) {
		return nil, "", ErrConflict
	}
	return all[l.Done-start:], sk, nil
}

// errAddressTaken can't be: while a list is being added nothing else touches
// the partner's locations.
var errAddressTaken = errors.New("store: a location or its address is there already")

// AddListed adds the next locations of a list, at most MostAdded, in one
// transaction which succeeds once: whoever comes second, or repeats it, fails
// with ErrConflict. ended names the part whose last locations they are, "" when
// it goes on. The list is left to the caller for another while.
func (s *Store) AddListed(ctx context.Context, l ListedLocations, next []onboarding.Location, ended string, now time.Time) (ListedLocations, error) {
	if len(next) == 0 || len(next) > MostAdded {
		return l, fmt.Errorf("store: %d locations at once", len(next))
	}
	items := []types.TransactWriteItem{{Update: &types.Update{
		TableName: &s.table, Key: listKey(l.PartnerID, l.ID),
		UpdateExpression:          aws.String("SET done = :next, dueAt = :lease"),
		ConditionExpression:       aws.String("done = :done"),
		ExpressionAttributeValues: item{":done": num(l.Done), ":next": num(l.Done + len(next)), ":lease": str(stamp(now.Add(listLease)))},
	}}}
	for _, location := range next {
		unique := key(addressPK(l.PartnerID, location.AddressKey()), uniqueSK)
		unique["partnerId"], unique["locationId"] = str(l.PartnerID), str(location.ID)
		items = append(items, s.newPut(locationItem(l.PartnerID, location)), s.newPut(unique))
	}
	if ended != "" {
		items = append(items, types.TransactWriteItem{Delete: &types.Delete{TableName: &s.table, Key: key(locationsPK(l.PartnerID), ended)}})
	}
	_, err := s.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	if err == nil {
		l.Done += len(next)
		return l, nil
	}
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		for n, r := range cancelled.CancellationReasons {
			if n > 0 && aws.ToString(r.Code) == "ConditionalCheckFailed" && aws.ToString(cancelled.CancellationReasons[0].Code) == "None" {
				return l, fmt.Errorf("the list %s: %w", l.ID, errAddressTaken)
			}
		}
	}
	return l, refusedCommit(err, make([]write, len(items)))
}

// LeaveList says that the caller stops adding a list: the next sweep goes on
// with it at once. It fails with ErrConflict when somebody else does already.
func (s *Store) LeaveList(ctx context.Context, l ListedLocations, now time.Time) error {
	_, err := s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: listKey(l.PartnerID, l.ID),
		UpdateExpression:          aws.String("SET dueAt = :now"),
		ConditionExpression:       aws.String("done = :done AND attribute_exists(duePk)"),
		ExpressionAttributeValues: item{":now": str(stamp(now)), ":done": num(l.Done)},
	})
	var failed *types.ConditionalCheckFailedException
	var conflict *types.TransactionConflictException
	if errors.As(err, &failed) || errors.As(err, &conflict) {
		return ErrConflict
	}
	if err != nil {
		return fmt.Errorf("store: leave the list %s: %w", l.ID, err)
	}
	return nil
}

// TakenAddresses are the ids of the partner's locations at some addresses, by
// address key.
func (s *Store) TakenAddresses(ctx context.Context, partnerID string, addressKeys []string) (map[string]string, error) {
	taken, keys := map[string]string{}, []item(nil)
	for _, k := range addressKeys {
		if _, seen := taken[k]; !seen {
			taken[k], keys = "", append(keys, key(addressPK(partnerID, k), uniqueSK))
		}
	}
	if len(keys) == 0 {
		return taken, nil
	}
	items, err := s.batchGet(ctx, keys)
	if err != nil {
		return nil, err
	}
	for _, i := range items {
		taken[text(i, "pk")[len(addressPK(partnerID, "")):]] = text(i, "locationId")
	}
	return taken, nil
}

package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Direct bill lists a partner in its own queue by an item of its own, because
// the partner's may stand in another at the same time, and keeps each customer
// of the transition plan as one: a plan may have thousands.
const (
	directBillSK = "DIRECTBILL"
	customerSK   = "DIRECTBILL#"
)

// directBill are the items that an event of direct bill makes, changes or removes.
func (s *Store) directBill(before, after onboarding.Partner, e onboarding.Event) []write {
	writes := s.directBillQueue(before, after)
	planned, ok := e.Data.(onboarding.DirectBillCustomersPlanned)
	if !ok {
		return writes
	}
	for _, c := range planned.Changes {
		writes = append(writes, write{item: s.customer(after.ID, c)})
	}
	return writes
}

// directBillQueue lists the partner, or takes it out, when its entry changes.
func (s *Store) directBillQueue(before, after onboarding.Partner) []write {
	was, listed := before.DirectBillQueued()
	is, lists := after.DirectBillQueued()
	entry := key(partnerPK(after.ID), directBillSK)
	switch {
	case listed && !lists:
		return []write{{item: types.TransactWriteItem{Delete: &types.Delete{TableName: &s.table, Key: entry}}}}
	case !lists || listed && reflect.DeepEqual(was, is) && before.LegalName() == after.LegalName():
		return nil
	}
	enter(entry, after, is)
	return []write{{item: types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: entry}}}}
}

// customer writes or removes a customer of the plan, unless it isn't what the
// command had read.
func (s *Store) customer(partnerID string, c onboarding.CustomerChange) types.TransactWriteItem {
	at := key(partnerPK(partnerID), customerSK+c.Is.ID)
	revision := item{":r": num(c.Was.Revision)}
	if c.Is.Plan == onboarding.PlanRemove {
		return types.TransactWriteItem{Delete: &types.Delete{TableName: &s.table, Key: at, ConditionExpression: aws.String("revision = :r"), ExpressionAttributeValues: revision}}
	}
	document, err := json.Marshal(c.Is)
	if err != nil {
		panic(err) // texts and times always encode
	}
	at["customer"], at["revision"], at["plan"] = str(string(document)), num(c.Is.Revision), str(string(c.Is.Plan))
	if c.Was.ID == "" {
		return types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: at, ConditionExpression: aws.String("attribute_not_exists(pk)")}}
	}
	return types.TransactWriteItem{Put: &types.Put{TableName: &s.table, Item: at, ConditionExpression: aws.String("revision = :r"), ExpressionAttributeValues: revision}}
}

func plannedCustomer(i item) (onboarding.PlannedCustomer, error) {
	var c onboarding.PlannedCustomer
	if err := json.Unmarshal([]byte(text(i, "customer")), &c); err != nil {
		return c, fmt.Errorf("store: customer %s: %w", text(i, "sk"), err)
	}
	return c, nil
}

// PlannedCustomers reads those of some customers that the partner's transition
// plan has, by id.
func (s *Store) PlannedCustomers(ctx context.Context, partnerID string, ids []string) (map[string]onboarding.PlannedCustomer, error) {
	var keys []item
	seen := map[string]bool{}
	for _, id := range ids {
		if id != "" && !seen[id] {
			keys, seen[id] = append(keys, key(partnerPK(partnerID), customerSK+id)), true
		}
	}
	found := map[string]onboarding.PlannedCustomer{}
	if len(keys) == 0 {
		return found, nil
	}
	items, err := s.batchGet(ctx, keys)
	if err != nil {
		return nil, err
	}
	for _, i := range items {
		c, err := plannedCustomer(i)
		if err != nil {
			return nil, err
		}
		found[c.ID] = c
	}
	return found, nil
}

// PlanPage reads a page of the transition plan, by customer id. plan chooses
// those of one kind, "" all; a page costs what it reads, so a filtered one may
// hold fewer.
func (s *Store) PlanPage(ctx context.Context, partnerID string, plan onboarding.CustomerPlan, cursor string, limit int) (list []onboarding.PlannedCustomer, next string, err error) {
	in := &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(true), Limit: aws.Int32(int32(limit)),
		KeyConditionExpression:    aws.String("pk = :pk AND begins_with(sk, :customers)"),
		ExpressionAttributeValues: item{":pk": str(partnerPK(partnerID)), ":customers": str(customerSK)},
	}
	if plan != "" {
		in.FilterExpression, in.ExpressionAttributeNames = aws.String("#plan = :plan"), map[string]string{"#plan": "plan"}
		in.ExpressionAttributeValues[":plan"] = str(string(plan))
	}
	if cursor != "" {
		raw, err := base64.RawURLEncoding.DecodeString(cursor)
		if err != nil || len(raw) == 0 {
			return nil, "", onboarding.Invalid([]onboarding.Fault{{Pointer: "/cursor", Code: onboarding.FaultInvalid, Message: "Use the cursor of the page before, unchanged."}})
		}
		in.ExclusiveStartKey = key(partnerPK(partnerID), customerSK+string(raw))
	}
	out, err := s.db.Query(ctx, in)
	if err != nil {
		return nil, "", fmt.Errorf("store: transition plan: %w", err)
	}
	for _, i := range out.Items {
		c, err := plannedCustomer(i)
		if err != nil {
			return nil, "", err
		}
		list = append(list, c)
	}
	if last := text(out.LastEvaluatedKey, "sk"); last != "" {
		next = base64.RawURLEncoding.EncodeToString([]byte(strings.TrimPrefix(last, customerSK)))
	}
	return list, next, nil
}

package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// StuckAfter is the number of tries after which an event that still has
// something to follow is listed among what is stuck. It is tried on all the
// same.
const StuckAfter = 12

// StatusConsequencesFail is the status of such an event in the list.
const StatusConsequencesFail = "ConsequencesFail"

// QueueItem is an entry of an operators' list.
type QueueItem struct {
	PartnerID   string
	CompanyName string
	Status      string
	Since       time.Time
	DueBy       time.Time
	Reviewer    string // who has claimed the case, by name or address
	ReviewerID  string
}

// QueueQuery asks for a page of an operators' list.
type QueueQuery struct {
	Queue    onboarding.Queue
	Cursor   string    // "" for the first page, else what the page before returned
	Limit    int       // entries read for the page; a filtered one may hold fewer
	DueBy    time.Time // of dueToday: the end of the business day
	Reviewer string    // user id: only what that reviewer has claimed; "" for all
	Tests    bool      // the list of test partners, who never stand among the real ones
}

// partitions are where a queue's entries lie. What is due today is the
// beginning of other queues: it has no entries of its own.
func (q QueueQuery) partitions() []onboarding.Queue {
	list := []onboarding.Queue{q.Queue}
	if q.Queue == onboarding.QueueDueToday {
		list = []onboarding.Queue{onboarding.QueueAppeals, onboarding.QueueVerification, onboarding.QueueDirectBill}
	}
	for i := range list {
		if q.Tests {
			list[i] = list[i].OfTests()
		}
	}
	return list
}

// end is the sort key before which the page ends, "" for none.
func (q QueueQuery) end() string {
	if q.Queue == onboarding.QueueDueToday {
		return stamp(q.DueBy.Add(time.Millisecond))
	}
	return ""
}

// Queue reads a page of an operators' list, what is due first first. A page
// costs what it reads, however long the list is. The index may be a moment
// behind the partner.
func (s *Store) Queue(ctx context.Context, q QueueQuery) (items []QueueItem, next string, err error) {
	partitions := q.partitions()
	at, start, ok := decodeCursor(q)
	if !ok {
		return nil, "", onboarding.Invalid([]onboarding.Fault{{Pointer: "/cursor", Code: onboarding.FaultInvalid, Message: "Use the cursor of the page before, unchanged."}})
	}
	for ; at < len(partitions); at++ {
		page, last, err := s.queuePage(ctx, q, partitions[at], start, q.Limit-len(items))
		if err != nil {
			return nil, "", err
		}
		items, start = append(items, page...), nil
		if last != "" {
			return items, encodeCursor(partitions[at], last), nil
		}
		if len(items) >= q.Limit && at+1 < len(partitions) {
			return items, encodeCursor(partitions[at+1], ""), nil
		}
	}
	return items, "", nil
}

func (s *Store) queuePage(ctx context.Context, q QueueQuery, partition onboarding.Queue, start item, limit int) (items []QueueItem, last string, err error) {
	in := &dynamodb.QueryInput{
		TableName: &s.table, IndexName: aws.String("queue"), Limit: aws.Int32(int32(limit)), ExclusiveStartKey: start,
		KeyConditionExpression:    aws.String("queuePk = :q"),
		ExpressionAttributeValues: item{":q": str(queuePK(partition))},
	}
	if end := q.end(); end != "" {
		in.KeyConditionExpression = aws.String("queuePk = :q AND queueSk < :end")
		in.ExpressionAttributeValues[":end"] = str(end)
	}
	if q.Reviewer != "" {
		in.FilterExpression = aws.String("reviewerId = :reviewer")
		in.ExpressionAttributeValues[":reviewer"] = str(q.Reviewer)
	}
	out, err := s.db.Query(ctx, in)
	if err != nil {
		return nil, "", fmt.Errorf("store: queue %s: %w", partition, err)
	}
	for _, i := range out.Items {
		items = append(items, QueueItem{
			PartnerID: text(i, "partnerId"), CompanyName: text(i, "companyName"), Status: text(i, "status"),
			Since: parseStamp(text(i, "since")), DueBy: parseStamp(text(i, "dueBy")), Reviewer: text(i, "reviewer"), ReviewerID: text(i, "reviewerId"),
		})
	}
	return items, text(out.LastEvaluatedKey, "queueSk"), nil
}

// An entry's sort key is its date, the partner and, for an entry that is an
// event, its sequence: "2026-03-09T22:00:00.000Z#P-1" or "…#P-1#12".

func queueSK(at time.Time, partnerID string, sequence int) string {
	sk := stamp(at) + "#" + partnerID
	if sequence > 0 {
		sk += "#" + strconv.Itoa(sequence)
	}
	return sk
}

func encodeCursor(partition onboarding.Queue, sk string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(string(partition) + "|" + sk))
}

// decodeCursor finds where a page begins: in which of the queue's partitions,
// and after which key there.
func decodeCursor(q QueueQuery) (partition int, start item, ok bool) {
	if q.Cursor == "" {
		return 0, nil, true
	}
	raw, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err != nil {
		return 0, nil, false
	}
	name, sk, found := strings.Cut(string(raw), "|")
	if partition = slices.Index(q.partitions(), onboarding.Queue(name)); !found || partition < 0 {
		return 0, nil, false
	}
	if sk == "" {
		return partition, nil, partition > 0
	}
	parts := strings.Split(sk, "#")
	if len(parts) < 2 || len(parts) > 3 || parts[0] == "" || parts[1] == "" || q.end() != "" && sk >= q.end() {
		return 0, nil, false
	}
	start = key(partnerPK(parts[1]), partnerSK)
	if q := onboarding.Queue(name); q == onboarding.QueueDirectBill || q == onboarding.QueueDirectBill.OfTests() {
		start = key(partnerPK(parts[1]), directBillSK)
	}
	if len(parts) == 3 {
		sequence, err := strconv.Atoi(parts[2])
		if err != nil || sequence < 1 {
			return 0, nil, false
		}
		start = key(partnerPK(parts[1]), eventKey(sequence))
	}
	start["queuePk"], start["queueSk"] = str(queuePK(onboarding.Queue(name))), str(sk)
	return partition, start, true
}

// queueAttributes are those that list an item; none is ever an empty text.
var queueAttributes = []string{"queuePk", "queueSk", "partnerId", "companyName", "status", "since", "dueBy", "reviewer", "reviewerId"}

// enqueue lists the partner's item.
func enqueue(i item, p onboarding.Partner) {
	if entry, ok := p.Queued(); ok {
		enter(i, p, entry)
	}
}

// enter lists an item of the partner by an entry.
func enter(i item, p onboarding.Partner, entry onboarding.QueueEntry) {
	order := entry.Since
	if !entry.By.IsZero() {
		order = entry.By
		i["dueBy"] = str(stamp(entry.By))
	}
	i["queuePk"], i["queueSk"] = str(queuePK(entry.Queue)), str(queueSK(order, p.ID, 0))
	i["partnerId"], i["companyName"], i["status"], i["since"] = str(p.ID), str(p.LegalName()), str(entry.Status), str(stamp(entry.Since))
	if r := entry.Reviewer; r.UserID != "" {
		i["reviewer"], i["reviewerId"] = str(r.String()), str(r.UserID)
	}
}

// stuck is how an event's item is listed among what is stuck.
func stuck(p onboarding.Partner, sequence int, status string, since time.Time) item {
	queue := onboarding.QueueStuck
	if p.Test {
		queue = queue.OfTests()
	}
	return item{
		"queuePk": str(queuePK(queue)), "queueSk": str(queueSK(since, p.ID, sequence)),
		"partnerId": str(p.ID), "companyName": str(p.LegalName()), "status": str(status), "since": str(stamp(since)),
	}
}

// unstick takes an event's item out of the list of what is stuck.
func (s *Store) unstick(partnerID string, sequence int) types.TransactWriteItem {
	names, expression := removal(queueAttributes)
	return types.TransactWriteItem{Update: &types.Update{
		TableName: &s.table, Key: key(partnerPK(partnerID), eventKey(sequence)),
		UpdateExpression: aws.String(expression), ExpressionAttributeNames: names, ConditionExpression: aws.String("attribute_exists(pk)"),
	}}
}

// removal is the expression that removes attributes.
func removal(attributes []string) (names map[string]string, expression string) {
	names = map[string]string{}
	var list []string
	for _, a := range attributes {
		names["#"+a], list = a, append(list, "#"+a)
	}
	return names, "REMOVE " + strings.Join(list, ", ")
}

package store

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/chain"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// DynamoDB is what the store calls of service/dynamodb.
type DynamoDB interface {
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	BatchGetItem(context.Context, *dynamodb.BatchGetItemInput, ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error)
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

// Store reads and writes the one table. It is safe for concurrent use.
type Store struct {
	db     DynamoDB
	table  string
	random io.Reader // of the events' salts
}

// New makes a store over a table.
func New(db DynamoDB, table string) *Store {
	return &Store{db: db, table: table, random: rand.Reader}
}

var (
	// ErrConflict says that somebody else wrote in between: read again and
	// decide again.
	ErrConflict = errors.New("store: somebody else changed this in between")
	// ErrTenantTaken says that the tenant has a partner already (E3).
	ErrTenantTaken = errors.New("store: the tenant has a partner already")

	errTooBusy = errors.New("store: read: the table is too busy")
)

// Request identifies a request that may be repeated. The key's hash includes
// the principal and the operation, so that nobody meets another's answer.
type Request struct {
	Hash     string // of principal, method, path and Idempotency-Key; "" for a request that carries no key
	BodyHash string
}

// Answer is what was answered to a request, kept so that a repetition gets the
// same.
type Answer struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    json.RawMessage   `json:"body,omitempty"`
}

// Replay is a request met again.
type Replay struct {
	BodyHash string
	Answer   Answer
}

const (
	requestLifetime = 24 * time.Hour
	maxBatch        = 100 // keys that DynamoDB takes in one BatchGetItem
)

// Load reads a partner and, when the request carries a key, the answer given
// to it before: one round trip, strongly consistent. A partner that doesn't
// exist is the zero Record, not an error: whether that is "not found" is for
// the caller to say. now decides whether a kept answer has expired.
func (s *Store) Load(ctx context.Context, partnerID string, request Request, now time.Time) (Record, *Replay, error) {
	return s.load(ctx, key(partnerPK(partnerID), partnerSK), request, now)
}

func (s *Store) load(ctx context.Context, first item, request Request, now time.Time) (Record, *Replay, error) {
	keys := []item{first}
	if request.Hash != "" {
		keys = append(keys, key(requestPK(request.Hash), requestSK))
	}
	items, err := s.batchGet(ctx, keys)
	if err != nil {
		return Record{}, nil, err
	}
	var record Record
	var replay *Replay
	for _, i := range items {
		switch text(i, "sk") {
		case requestSK:
			if replay, err = replayOf(i, now); err != nil {
				return Record{}, nil, err
			}
		case partnerSK:
			if record, err = partnerRecord(i); err != nil {
				return Record{}, nil, err
			}
		case uniqueSK:
			record.Partner.ID = text(i, "partnerId")
		}
	}
	return record, replay, nil
}

// LoadTenant reads which partner a tenant has, "" for none, and the answer
// given to the request before.
func (s *Store) LoadTenant(ctx context.Context, tenantID string, request Request, now time.Time) (partnerID string, replay *Replay, err error) {
	r, replay, err := s.load(ctx, key(tenantPK(tenantID), uniqueSK), request, now)
	return r.Partner.ID, replay, err
}

func replayOf(i item, now time.Time) (*Replay, error) {
	if int64(number(i, "expiresAt")) <= now.Unix() {
		return nil, nil // expired: the table's own clean-up may come days later
	}
	replay := &Replay{BodyHash: text(i, "bodyHash")}
	if err := json.Unmarshal([]byte(text(i, "answer")), &replay.Answer); err != nil {
		return nil, fmt.Errorf("store: decode a kept answer: %w", err)
	}
	return replay, nil
}

// batchGet reads a few items at once; with a single key it is a GetItem.
func (s *Store) batchGet(ctx context.Context, keys []item) ([]item, error) {
	if len(keys) == 1 {
		out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: keys[0], ConsistentRead: aws.Bool(true)})
		if err != nil {
			return nil, fmt.Errorf("store: read: %w", err)
		}
		if out.Item == nil {
			return nil, nil
		}
		return []item{out.Item}, nil
	}
	var items []item
	for some := range slices.Chunk(keys, maxBatch) {
		pending := map[string]types.KeysAndAttributes{s.table: {Keys: some, ConsistentRead: aws.Bool(true)}}
		for try := 0; len(pending) > 0; try++ {
			if try == 5 {
				return nil, errTooBusy
			}
			out, err := s.db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: pending})
			if err != nil {
				return nil, fmt.Errorf("store: read: %w", err)
			}
			items = append(items, out.Responses[s.table]...)
			pending = out.UnprocessedKeys
		}
	}
	return items, nil
}

// Change is what a command does to a partner.
type Change struct {
	Before  Record
	Event   onboarding.Event
	Request Request // with Answer, when the request carried a key
	Answer  Answer

	Locations []onboarding.Location // of the list that the event asks for, too many to be part of it (L1)
}

// Commit writes a change in one transaction and returns the record after it.
// What must follow is in the event: the rules' own consequences, and the end of
// every open wait that the change satisfies. A first event also claims its
// tenant.
//
// Errors: ErrConflict, ErrTenantTaken (E3), or the database's. A transaction
// whose answer was lost is recognised by its event's id: committing the same
// change again then succeeds.
func (s *Store) Commit(ctx context.Context, c Change) (Record, onboarding.Event, error) {
	after := Record{Partner: c.Before.Partner.Apply(c.Event), Workflow: c.Before.Workflow}
	after.Workflow.Waits = map[onboarding.WaitName]Wait{}
	for name, wait := range c.Before.Workflow.Waits {
		if outcome, done := after.Partner.OutcomeOf(name); done {
			c.Event.Follow = append(c.Event.Follow, onboarding.Follow{FinishWait: &onboarding.FinishWait{Wait: name, Token: wait.Token, Outcome: outcome}})
			continue
		}
		after.Workflow.Waits[name] = wait
	}
	if c.Event.Public != nil {
		c.Event.Follow = append(c.Event.Follow, onboarding.Follow{Publish: &onboarding.Publish{}})
	}
	salt, err := chain.NewSalt(s.random)
	if err != nil {
		return Record{}, c.Event, err
	}
	event, hash, err := eventItem(salt, c.Before.hash, c.Event, after.Partner.Real(c.Event.At))
	if err != nil {
		return Record{}, c.Event, err
	}
	after.hash = hash
	if f := after.Partner.Failure; f != nil && f.Sequence == c.Event.Sequence {
		maps.Copy(event, stuck(after.Partner, f.Sequence, f.Status, f.At))
	}
	partner, err := partnerItem(after.Partner, after.Workflow, hash)
	if err != nil {
		return Record{}, c.Event, err
	}
	writes := []write{{item: s.guardedPut(partner, c.Before)}, {item: s.newPut(event)}}
	writes = append(writes, s.projections(c.Before.Partner, after.Partner, c.Event)...)
	list, err := s.locationList(after.Partner, c.Event, c.Locations)
	if err != nil {
		return Record{}, c.Event, err
	}
	writes = append(writes, list...)
	if f := c.Before.Partner.Failure; f != nil && (after.Partner.Failure == nil || after.Partner.Failure.Sequence != f.Sequence) {
		writes = append(writes, write{item: s.unstick(after.Partner.ID, f.Sequence)})
	}
	if c.Request.Hash != "" {
		real := after.Partner.Real(c.Event.At) // what a client may repeat is no business of the partner's clock
		request, err := requestItem(c, real)
		if err != nil {
			return Record{}, c.Event, err
		}
		writes = append(writes, write{item: s.requestPut(request, real)})
	}
	items := make([]types.TransactWriteItem, len(writes))
	for i, w := range writes {
		items[i] = w.item
	}
	_, err = s.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	if err == nil {
		return after, c.Event, nil
	}
	if stored, ours := written(err, c.Event.ID); ours {
		after.hash = text(stored, "hash") // of the first try, which had another salt
		return after, c.Event, nil
	}
	return after, c.Event, refusedCommit(err, writes)
}

// written finds the event that a refused transaction met, when it is the one
// that it was to write: our own first try had succeeded and its answer was lost.
func written(err error, id string) (stored item, ours bool) {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) || len(cancelled.CancellationReasons) < 2 {
		return nil, false
	}
	stored = cancelled.CancellationReasons[1].Item
	return stored, text(stored, "id") == id
}

func requestItem(c Change, real time.Time) (item, error) {
	answer, err := json.Marshal(c.Answer)
	if err != nil {
		return nil, fmt.Errorf("store: encode the answer: %w", err)
	}
	i := key(requestPK(c.Request.Hash), requestSK)
	i["bodyHash"], i["answer"] = str(c.Request.BodyHash), str(string(answer))
	i["expiresAt"] = num(int(real.Add(requestLifetime).Unix()))
	return i, nil
}

func (s *Store) guardedPut(i item, before Record) types.TransactWriteItem {
	put := &types.Put{TableName: &s.table, Item: i}
	if before.Partner.Version == 0 {
		put.ConditionExpression = aws.String("attribute_not_exists(pk)")
	} else {
		put.ConditionExpression = aws.String("version = :v AND workflowRevision = :w")
		put.ExpressionAttributeValues = item{":v": num(before.Partner.Version), ":w": num(before.Workflow.Revision)}
	}
	return types.TransactWriteItem{Put: put}
}

// newPut writes an item that must not exist; when it does, the refusal carries
// what is there.
func (s *Store) newPut(i item) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &s.table, Item: i, ConditionExpression: aws.String("attribute_not_exists(pk)"),
		ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}}
}

func (s *Store) requestPut(i item, now time.Time) types.TransactWriteItem {
	put := s.newPut(i)
	put.Put.ConditionExpression = aws.String("attribute_not_exists(pk) OR expiresAt <= :now")
	put.Put.ExpressionAttributeValues = item{":now": num(int(now.Unix()))}
	return put
}

// refusedCommit translates a refused transaction. The reasons come in the
// order of its writes: partner, event, then the others.
func refusedCommit(err error, writes []write) error {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		var busy *types.TransactionInProgressException
		if errors.As(err, &busy) {
			return ErrConflict
		}
		return fmt.Errorf("store: commit: %w", err)
	}
	reasons := cancelled.CancellationReasons
	for i, r := range reasons[:min(len(reasons), len(writes))] {
		if taken := writes[i].taken; taken != nil && aws.ToString(r.Code) == "ConditionalCheckFailed" {
			return taken
		}
	}
	for _, r := range reasons {
		switch code := aws.ToString(r.Code); code {
		case "ConditionalCheckFailed", "TransactionConflict":
			return ErrConflict
		case "None", "":
		default:
			return fmt.Errorf("store: commit refused: %s: %w", code, err)
		}
	}
	return fmt.Errorf("store: commit: %w", err)
}

// SetWorkflow changes what the table knows of the partner's executions without
// touching the partner itself. It fails with ErrConflict when anything of the
// partner changed since it was read. Writing the same twice is harmless.
func (s *Store) SetWorkflow(ctx context.Context, before Record, next Workflow) error {
	workflow, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("store: encode workflow of %s: %w", before.Partner.ID, err)
	}
	_, err = s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: key(partnerPK(before.Partner.ID), partnerSK),
		UpdateExpression:          aws.String("SET workflow = :workflow, workflowRevision = :next"),
		ConditionExpression:       aws.String("version = :v AND workflowRevision = :w"),
		ExpressionAttributeValues: item{":workflow": str(string(workflow)), ":next": num(before.Workflow.Revision + 1), ":v": num(before.Partner.Version), ":w": num(before.Workflow.Revision)},
	})
	var failed *types.ConditionalCheckFailedException
	var conflict *types.TransactionConflictException
	if errors.As(err, &failed) || errors.As(err, &conflict) {
		return ErrConflict
	}
	if err != nil {
		return fmt.Errorf("store: workflow of %s: %w", before.Partner.ID, err)
	}
	return nil
}

// Unavailable says that the database could not answer for the time being:
// throttled, overloaded or out of reach. Nothing was written, or what was
// written will be recognised when the command is repeated.
func Unavailable(err error) bool {
	var throughput *types.ProvisionedThroughputExceededException
	var limit *types.RequestLimitExceeded
	var inside *types.InternalServerError
	var throttled *types.ThrottlingException
	var late interface{ Timeout() bool }
	var unreachable interface{ ConnectionError() bool }
	var cancelled *types.TransactionCanceledException
	return errors.Is(err, errTooBusy) || errors.As(err, &throughput) || errors.As(err, &limit) || errors.As(err, &inside) || errors.As(err, &throttled) ||
		(errors.As(err, &late) && late.Timeout()) || (errors.As(err, &unreachable) && unreachable.ConnectionError()) ||
		(errors.As(err, &cancelled) && slices.ContainsFunc(cancelled.CancellationReasons, overloaded))
}

// overloaded says that an item's partition couldn't take the write.
func overloaded(r types.CancellationReason) bool {
	switch aws.ToString(r.Code) {
	case "ThrottlingError", "ProvisionedThroughputExceeded":
		return true
	}
	return false
}

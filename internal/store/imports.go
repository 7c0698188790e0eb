package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/filing"
)

const (
	importsPK      = "IMPORTS"
	importLifetime = 400 * 24 * time.Hour
	batchLifetime  = 30 * 24 * time.Hour
)

// ImportState is where an import stands.
type ImportState string

// The states of an import.
const (
	ImportRunning ImportState = "Running"
	ImportDone    ImportState = "Done"
	ImportRefused ImportState = "Refused" // the file can't be read; nothing was filed
	ImportFailed  ImportState = "Failed"  // some rows weren't reached: upload the file again
)

// Import is one run over a file of records.
type Import struct {
	ID        string        `json:"id"`
	File      string        `json:"file"`
	State     ImportState   `json:"state"`
	Text      string        `json:"text,omitzero"` // what is wrong, for a person
	StartedAt time.Time     `json:"startedAt"`
	EndedAt   time.Time     `json:"endedAt,omitzero"`
	Rows      int           `json:"rows"`
	Counts    filing.Counts `json:"-"` // so far
}

// PutImport writes an import. While it runs its counts are those of CountBatch;
// with its end they are the ones given.
func (s *Store) PutImport(ctx context.Context, i Import) error {
	document, err := json.Marshal(i)
	if err != nil {
		return fmt.Errorf("store: encode import %s: %w", i.ID, err)
	}
	in := &dynamodb.UpdateItemInput{
		TableName: &s.table, Key: key(importsPK, i.ID), UpdateExpression: aws.String("SET document = :d, expiresAt = :e"),
		ExpressionAttributeValues: item{":d": str(string(document)), ":e": num(int(i.StartedAt.Add(importLifetime).Unix()))},
	}
	if i.State != ImportRunning {
		in.UpdateExpression = aws.String("SET document = :d, expiresAt = :e, created = :c, updated = :u, unchanged = :n, refused = :r")
		for name, n := range map[string]int{":c": i.Counts.Created, ":u": i.Counts.Updated, ":n": i.Counts.Unchanged, ":r": i.Counts.Refused} {
			in.ExpressionAttributeValues[name] = num(n)
		}
	}
	if _, err := s.db.UpdateItem(ctx, in); err != nil {
		return fmt.Errorf("store: import %s: %w", i.ID, err)
	}
	return nil
}

// CountBatch counts what came of a batch of rows, once however often it is
// repeated. ErrConflict is others counting at the same time.
func (s *Store) CountBatch(ctx context.Context, importID string, firstRow int, c filing.Counts, now time.Time) error {
	batch := key("IMPORT#"+importID, "BATCH#"+strconv.Itoa(firstRow))
	batch["expiresAt"] = num(int(now.Add(batchLifetime).Unix()))
	add := &types.Update{
		TableName: &s.table, Key: key(importsPK, importID), UpdateExpression: aws.String("ADD created :c, updated :u, unchanged :n, refused :r"),
		ExpressionAttributeValues: item{":c": num(c.Created), ":u": num(c.Updated), ":n": num(c.Unchanged), ":r": num(c.Refused)},
	}
	_, err := s.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{s.newPut(batch), {Update: add}}})
	var cancelled *types.TransactionCanceledException
	if errors.As(err, &cancelled) {
		if len(cancelled.CancellationReasons) > 0 && aws.ToString(cancelled.CancellationReasons[0].Code) == "ConditionalCheckFailed" {
			return nil // counted before
		}
		return ErrConflict
	}
	if err != nil {
		return fmt.Errorf("store: count a batch of %s: %w", importID, err)
	}
	return nil
}

// Import reads an import; the zero value is one that doesn't exist.
func (s *Store) Import(ctx context.Context, id string) (Import, error) {
	items, err := s.batchGet(ctx, []item{key(importsPK, id)})
	if err != nil || len(items) == 0 {
		return Import{}, err
	}
	return importOf(items[0])
}

// Imports reads a page of the imports, the newest first; before is the last of
// the page before, "" for the first.
func (s *Store) Imports(ctx context.Context, before string, limit int) (list []Import, more bool, err error) {
	in := &dynamodb.QueryInput{
		TableName: &s.table, KeyConditionExpression: aws.String("pk = :p"), ExpressionAttributeValues: item{":p": str(importsPK)},
		ScanIndexForward: aws.Bool(false), Limit: aws.Int32(int32(limit)),
	}
	if before != "" {
		in.ExclusiveStartKey = key(importsPK, before)
	}
	out, err := s.db.Query(ctx, in)
	if err != nil {
		return nil, false, fmt.Errorf("store: imports: %w", err)
	}
	for _, i := range out.Items {
		one, err := importOf(i)
		if err != nil {
			return nil, false, err
		}
		list = append(list, one)
	}
	return list, out.LastEvaluatedKey != nil, nil
}

func importOf(i item) (out Import, err error) {
	if err := json.Unmarshal([]byte(text(i, "document")), &out); err != nil {
		return out, fmt.Errorf("store: decode import %s: %w", text(i, "sk"), err)
	}
	out.Counts = filing.Counts{Created: number(i, "created"), Updated: number(i, "updated"), Unchanged: number(i, "unchanged"), Refused: number(i, "refused")}
	return out, nil
}

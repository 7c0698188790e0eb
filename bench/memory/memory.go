// Package memory answers the store's calls of DynamoDB from memory and keeps the
// time that took, so that what remains of a request's time is our own code's.
// It knows the calls of reading and changing one partner, and no conditions: it
// is for measuring, not for testing.
package memory

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

type item = map[string]types.AttributeValue

// Table is a table in memory. It is for one goroutine.
type Table struct {
	items map[string]item
	spent time.Duration
}

var _ store.DynamoDB = (*Table)(nil)

// New makes an empty table.
func New() *Table { return &Table{items: map[string]item{}} }

func key(i item) string {
	pk, _ := i["pk"].(*types.AttributeValueMemberS)
	sk, _ := i["sk"].(*types.AttributeValueMemberS)
	return pk.Value + " " + sk.Value
}

func (t *Table) since(start time.Time) { t.spent += time.Since(start) }

// GetItem implements store.DynamoDB.
func (t *Table) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	defer t.since(time.Now())
	return &dynamodb.GetItemOutput{Item: t.items[key(in.Key)]}, nil
}

// BatchGetItem implements store.DynamoDB.
func (t *Table) BatchGetItem(_ context.Context, in *dynamodb.BatchGetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	defer t.since(time.Now())
	out := &dynamodb.BatchGetItemOutput{Responses: map[string][]item{}}
	for table, asked := range in.RequestItems {
		for _, k := range asked.Keys {
			if i := t.items[key(k)]; i != nil {
				out.Responses[table] = append(out.Responses[table], i)
			}
		}
	}
	return out, nil
}

// TransactWriteItems implements store.DynamoDB.
func (t *Table) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	defer t.since(time.Now())
	for _, write := range in.TransactItems {
		if write.Put != nil {
			t.items[key(write.Put.Item)] = write.Put.Item
		}
	}
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

var errUnknown = errors.New("memory: this call is not known here")

// Query implements store.DynamoDB.
func (t *Table) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	return nil, errUnknown
}

// UpdateItem implements store.DynamoDB.
func (t *Table) UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	return nil, errUnknown
}

// Benchmark is what Run needs of a *testing.B.
type Benchmark interface {
	Loop() bool
	ReportMetric(n float64, unit string)
	Fatal(args ...any)
}

// P50 is the unit under which Run reports a request's time without its calls of
// DynamoDB, the middle of all.
const P50 = "p50-ns/request"

// Run carries out requests and reports what they take beside their calls of the
// table.
func (t *Table) Run(b Benchmark, request func() error) {
	var times []time.Duration
	for b.Loop() {
		t.spent = 0
		start := time.Now()
		if err := request(); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(start)-t.spent)
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2]), P50)
}

//go:build stack

package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"gopkg.in/yaml.v3"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// These tests run against DynamoDB Local, each on a table of its own that is
// made from the template's definition:
//
//	go run ./local test ./internal/store
//
// or, with one that runs already, DYNAMODB_ENDPOINT=http://127.0.0.1:8000.

func endpoint() string {
	if url := os.Getenv("DYNAMODB_ENDPOINT"); url != "" {
		return url
	}
	if port := os.Getenv("ONBOARDING_DATABASE_PORT"); port != "" {
		return "http://127.0.0.1:" + port
	}
	return "http://127.0.0.1:8000"
}

// client speaks to DynamoDB Local through a transport, http.DefaultTransport
// unless another is given.
func client(transport http.RoundTripper, options ...func(*dynamodb.Options)) *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(endpoint()), Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""), HTTPClient: &http.Client{Transport: transport},
	}, options...)
}

func withoutRetries(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }

// newTable makes a table of the template's definition and drops it at the
// test's end.
func newTable(t *testing.T) string {
	t.Helper()
	definition := tableOfTemplate(t)
	name := "store-test-" + rand.Text()
	definition.TableName = &name
	db := client(nil)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if _, err := db.CreateTable(ctx, definition); err != nil {
		t.Fatalf("no table in DynamoDB Local at %s: %v\nRun these tests with: go run ./local test ./internal/store", endpoint(), err)
	}
	t.Cleanup(func() {
		if _, err := db.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
			t.Error(err)
		}
	})
	return name
}

// tableOfTemplate reads what template.yaml says about the table.
func tableOfTemplate(t *testing.T) *dynamodb.CreateTableInput {
	t.Helper()
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	type keySchema []struct {
		AttributeName string `yaml:"AttributeName"`
		KeyType       string `yaml:"KeyType"`
	}
	var template struct {
		Resources struct {
			Table struct {
				Properties struct {
					AttributeDefinitions []struct {
						AttributeName string `yaml:"AttributeName"`
						AttributeType string `yaml:"AttributeType"`
					} `yaml:"AttributeDefinitions"`
					KeySchema              keySchema `yaml:"KeySchema"`
					GlobalSecondaryIndexes []struct {
						IndexName  string    `yaml:"IndexName"`
						KeySchema  keySchema `yaml:"KeySchema"`
						Projection struct {
							ProjectionType   string   `yaml:"ProjectionType"`
							NonKeyAttributes []string `yaml:"NonKeyAttributes"`
						} `yaml:"Projection"`
					} `yaml:"GlobalSecondaryIndexes"`
				} `yaml:"Properties"`
			} `yaml:"Table"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &template); err != nil {
		t.Fatal(err)
	}
	table := template.Resources.Table.Properties
	keys := func(schema keySchema) (list []types.KeySchemaElement) {
		for _, k := range schema {
			list = append(list, types.KeySchemaElement{AttributeName: &k.AttributeName, KeyType: types.KeyType(k.KeyType)})
		}
		return list
	}
	in := &dynamodb.CreateTableInput{BillingMode: types.BillingModePayPerRequest, KeySchema: keys(table.KeySchema)}
	for _, a := range table.AttributeDefinitions {
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: &a.AttributeName, AttributeType: types.ScalarAttributeType(a.AttributeType)})
	}
	for _, g := range table.GlobalSecondaryIndexes {
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: &g.IndexName, KeySchema: keys(g.KeySchema), Projection: &types.Projection{ProjectionType: types.ProjectionType(g.Projection.ProjectionType), NonKeyAttributes: g.Projection.NonKeyAttributes},
		})
	}
	if len(in.KeySchema) != 2 || len(in.GlobalSecondaryIndexes) == 0 {
		t.Fatalf("template.yaml defines the table as %+v", in)
	}
	return in
}

// newStore is a store on a table of its own.
func newStore(t *testing.T) *Store {
	t.Helper()
	return New(client(nil), newTable(t))
}

// fault is a transport in which calls of one operation fail. The n-th call is
// carried out, and its answer lost.
type fault struct {
	operation string // "TransactWriteItems"
	lose      int64  // which call, from 1
	calls     atomic.Int64
	lost      atomic.Int64
}

var errLost = errors.New("the answer was lost")

func (f *fault) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || !strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+f.operation) || f.calls.Add(1) != f.lose {
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the call that should lose its answer failed: %d %s: %w", response.StatusCode, bytes.TrimSpace(body), errLost)
	}
	f.lost.Add(1)
	return nil, errLost
}

// mustCommit carries out commands one after the other and returns the record.
func mustCommit(t *testing.T, s *Store, r Record, commands ...command) Record {
	t.Helper()
	for _, c := range commands {
		r, _ = mustCommitAt(t, s, r, monday.Add(time.Duration(r.Partner.Version)*time.Hour), c)
	}
	return r
}

func mustCommitAt(t *testing.T, s *Store, r Record, at time.Time, c command) (Record, onboarding.Event) {
	t.Helper()
	e, err := c(r.Partner, stampOf("e-"+rand.Text(), at, admin(r.Partner.TenantID)))
	if err != nil {
		t.Fatal(err)
	}
	r, e, err = s.Commit(t.Context(), Change{Before: r, Event: e})
	if err != nil {
		t.Fatal(err)
	}
	return r, e
}

// mustEnrol makes a partner of a tenant.
func mustEnrol(t *testing.T, s *Store, partnerID, tenant string, commands ...command) Record {
	t.Helper()
	r, _, err := s.Commit(t.Context(), Change{Event: enrol(t, partnerID, tenant, "e-"+rand.Text(), monday)})
	if err != nil {
		t.Fatal(err)
	}
	return mustCommit(t, s, r, commands...)
}

func mustLoad(t *testing.T, s *Store, partnerID string) Record {
	t.Helper()
	r, _, err := s.Load(t.Context(), partnerID, Request{}, monday)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

package rig

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"gopkg.in/yaml.v3"

	"github.com/partner-onboarding/partner-onboarding/test/contract"
)

// endpoint is where DynamoDB Local answers: go run ./local test says it.
func endpoint() string {
	if port := os.Getenv("ONBOARDING_DATABASE_PORT"); port != "" {
		return "http://127.0.0.1:" + port
	}
	return "http://127.0.0.1:8000"
}

// newTable makes a table as the template defines it and drops it at the end.
func newTable(t testing.TB) string {
	t.Helper()
	in, err := definition()
	if err != nil {
		t.Fatal(err)
	}
	name := "rig-" + rand.Text()
	created := *in
	created.TableName = &name
	db := dynamodb.New(dynamodb.Options{Region: "us-east-1", BaseEndpoint: aws.String(endpoint()), Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""), Retryer: aws.NopRetryer{}})
	if _, err := db.CreateTable(t.Context(), &created); err != nil {
		t.Fatalf("no table in DynamoDB Local at %s: %v\nRun these tests with: go run ./local test", endpoint(), err)
	}
	t.Cleanup(func() {
		if _, err := db.DeleteTable(context.Background(), &dynamodb.DeleteTableInput{TableName: &name}); err != nil {
			t.Error(err)
		}
	})
	return name
}

type keySchema []struct {
	AttributeName string `yaml:"AttributeName"`
	KeyType       string `yaml:"KeyType"`
}

func (s keySchema) keys() (list []types.KeySchemaElement) {
	for _, k := range s {
		list = append(list, types.KeySchemaElement{AttributeName: aws.String(k.AttributeName), KeyType: types.KeyType(k.KeyType)})
	}
	return list
}

var definition = sync.OnceValues(func() (*dynamodb.CreateTableInput, error) {
	root, err := contract.Root()
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(root, "template.yaml"))
	if err != nil {
		return nil, err
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
		return nil, err
	}
	table := template.Resources.Table.Properties
	in := &dynamodb.CreateTableInput{BillingMode: types.BillingModePayPerRequest, KeySchema: table.KeySchema.keys()}
	for _, a := range table.AttributeDefinitions {
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: aws.String(a.AttributeName), AttributeType: types.ScalarAttributeType(a.AttributeType)})
	}
	for _, g := range table.GlobalSecondaryIndexes {
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(g.IndexName), KeySchema: g.KeySchema.keys(),
			Projection: &types.Projection{ProjectionType: types.ProjectionType(g.Projection.ProjectionType), NonKeyAttributes: g.Projection.NonKeyAttributes},
		})
	}
	return in, nil
})

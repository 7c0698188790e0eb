package stack

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"gopkg.in/yaml.v3"
)

// createTable makes in DynamoDB Local the table that the deployment made in the
// emulator, so that the template stays its only definition. A table of another
// shape is made anew: it held nothing but local data.
func (s *Stack) createTable(ctx context.Context, p Place) error {
	emulated, err := dynamodb.NewFromConfig(s.config()).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(s.Table)})
	if err != nil {
		return fmt.Errorf("read the table that the template made: %w", err)
	}
	want := definition(emulated.Table)
	db := s.DynamoDB()
	there, err := db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(s.Table)})
	var missing *types.ResourceNotFoundException
	switch {
	case err == nil && reflect.DeepEqual(definition(there.Table), want):
		return nil
	case err == nil:
		if _, err := db.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: aws.String(s.Table)}); err != nil {
			return err
		}
	case !errors.As(err, &missing):
		return err
	}
	if _, err := db.CreateTable(ctx, want); err != nil {
		return fmt.Errorf("create the table in DynamoDB Local: %w", err)
	}
	if err := dynamodb.NewTableExistsWaiter(db, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 100 * time.Millisecond }).
		Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String(s.Table)}, 30*time.Second); err != nil {
		return err
	}
	attribute, err := timeToLive(filepath.Join(p.Root, "template.yaml"))
	if err != nil {
		return err
	}
	_, err = db.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{TableName: aws.String(s.Table),
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(attribute), Enabled: aws.Bool(true)}})
	return err
}

// definition is what makes a table like the one described.
func definition(t *types.TableDescription) *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{
		TableName:            t.TableName,
		AttributeDefinitions: t.AttributeDefinitions,
		KeySchema:            t.KeySchema,
		BillingMode:          types.BillingModePayPerRequest,
	}
	for _, index := range t.GlobalSecondaryIndexes {
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: index.IndexName, KeySchema: index.KeySchema, Projection: index.Projection,
		})
	}
	return in
}

// timeToLive reads from the template which attribute says when an item goes: the emulator forgets it.
func timeToLive(template string) (string, error) {
	text, err := os.ReadFile(template)
	if err != nil {
		return "", err
	}
	var t struct {
		Resources struct {
			Table struct {
				Properties struct {
					TimeToLiveSpecification struct {
						AttributeName string `yaml:"AttributeName"`
					} `yaml:"TimeToLiveSpecification"`
				} `yaml:"Properties"`
			} `yaml:"Table"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &t); err != nil {
		return "", err
	}
	name := t.Resources.Table.Properties.TimeToLiveSpecification.AttributeName
	if name == "" {
		return "", errors.New("the template's table has no TimeToLiveSpecification")
	}
	return name, nil
}

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"gopkg.in/yaml.v3"

	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

const table = "bench"

// database is a DynamoDB Local of the bench's own, with the template's table.
type database struct {
	cmd      *exec.Cmd
	endpoint string
	client   *dynamodb.Client
}

func startDatabase(ctx context.Context, place stack.Place) (*database, error) {
	tools, err := stack.Setup(ctx, place, stack.NewProgress(os.Stderr))
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	d := &database{endpoint: fmt.Sprintf("http://127.0.0.1:%d", port)}
	d.cmd = exec.Command(tools.Java, "-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb", "-port", strconv.Itoa(port))
	d.cmd.Dir = tools.Database
	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start DynamoDB Local: %w", err)
	}
	d.client = dynamodb.New(dynamodb.Options{
		Region: "us-east-1", BaseEndpoint: &d.endpoint, Credentials: credentials.NewStaticCredentialsProvider("bench", "bench", ""),
	})
	if err := d.createTable(ctx, filepath.Join(place.Root, "template.yaml")); err != nil {
		d.stop()
		return nil, err
	}
	return d, nil
}

func (d *database) stop() {
	_ = d.cmd.Process.Kill()
	_ = d.cmd.Wait()
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// definition is what template.yaml says of the table.
type definition struct {
	AttributeDefinitions []struct {
		Name string `yaml:"AttributeName"`
		Type string `yaml:"AttributeType"`
	} `yaml:"AttributeDefinitions"`
	KeySchema []keyPart `yaml:"KeySchema"`
	Indexes   []struct {
		Name       string    `yaml:"IndexName"`
		KeySchema  []keyPart `yaml:"KeySchema"`
		Projection struct {
			Type       string   `yaml:"ProjectionType"`
			Attributes []string `yaml:"NonKeyAttributes"`
		} `yaml:"Projection"`
	} `yaml:"GlobalSecondaryIndexes"`
}

type keyPart struct {
	Name string `yaml:"AttributeName"`
	Type string `yaml:"KeyType"`
}

func schema(parts []keyPart) []types.KeySchemaElement {
	var list []types.KeySchemaElement
	for _, p := range parts {
		list = append(list, types.KeySchemaElement{AttributeName: aws.String(p.Name), KeyType: types.KeyType(p.Type)})
	}
	return list
}

// createTable makes the template's table as soon as the database answers.
func (d *database) createTable(ctx context.Context, template string) error {
	text, err := os.ReadFile(template)
	if err != nil {
		return err
	}
	var whole struct {
		Resources struct {
			Table struct {
				Properties definition `yaml:"Properties"`
			} `yaml:"Table"`
		} `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(text, &whole); err != nil {
		return err
	}
	def := whole.Resources.Table.Properties
	in := &dynamodb.CreateTableInput{TableName: aws.String(table), KeySchema: schema(def.KeySchema), BillingMode: types.BillingModePayPerRequest}
	for _, a := range def.AttributeDefinitions {
		in.AttributeDefinitions = append(in.AttributeDefinitions, types.AttributeDefinition{AttributeName: aws.String(a.Name), AttributeType: types.ScalarAttributeType(a.Type)})
	}
	for _, i := range def.Indexes {
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(i.Name), KeySchema: schema(i.KeySchema),
			Projection: &types.Projection{ProjectionType: types.ProjectionType(i.Projection.Type), NonKeyAttributes: i.Projection.Attributes},
		})
	}
	deadline := time.Now().Add(time.Minute)
	for {
		_, err := d.client.CreateTable(ctx, in)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			return errors.Join(ctx.Err(), err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

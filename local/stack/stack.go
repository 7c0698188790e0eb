package stack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/partner-onboarding/partner-onboarding/internal/awsjson"
)

const (
	region    = "us-east-1"
	accessKey = "local" // the emulator asks for credentials and believes any
	account   = "000000000000"
)

// Stack is a running local stack: where it answers and what its parts are
// called. Its methods may be called from several goroutines.
type Stack struct {
	APIURL                   string            `json:"apiUrl"` // without a slash at the end; paths of api/openapi.yaml follow
	APIID                    string            `json:"apiId"`
	Endpoint                 string            `json:"endpoint"` // the emulator of AWS
	DynamoDBEndpoint         string            `json:"dynamodbEndpoint"`
	Region                   string            `json:"region"`
	Table                    string            `json:"table"`
	DocumentsBucket          string            `json:"documentsBucket"`
	ImportsBucket            string            `json:"importsBucket"`
	ImportStateMachine       string            `json:"importStateMachine"`
	UserPool                 string            `json:"userPool"`
	DirectoryClient          string            `json:"directoryClient"` // app client of directory users
	SignUpClient             string            `json:"signUpClient"`    // app client of everyone else
	OnboardingStateMachine   string            `json:"onboardingStateMachine"`
	VerificationStateMachine string            `json:"verificationStateMachine"`
	DirectBillStateMachine   string            `json:"directBillStateMachine"`
	EventBus                 string            `json:"eventBus"`
	EventQueue               string            `json:"eventQueue"` // of every public event
	Functions                map[string]string `json:"functions"`  // folder below functions/ to function name
	Parameters               map[string]string `json:"parameters"` // those of the template that differ from their defaults

	tokens sync.Map // email to token
}

// Load finds the running stack that the environment names.
func Load() (*Stack, error) {
	p, err := Here()
	if err != nil {
		return nil, err
	}
	return LoadFrom(p)
}

// LoadFrom finds the running stack at p.
func LoadFrom(p Place) (*Stack, error) {
	var s Stack
	if err := readJSON(p.file("stack.json"), &s); err != nil || !Running(p) {
		return nil, fmt.Errorf("the local stack %q does not run: start it with `go run ./local up`", p.Name)
	}
	return &s, nil
}

func (s *Stack) config() aws.Config {
	return aws.Config{
		Region:       s.Region,
		BaseEndpoint: aws.String(s.Endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider(accessKey, accessKey, ""),
	}
}

// DynamoDB speaks to the database that the functions use.
func (s *Stack) DynamoDB() *dynamodb.Client {
	config := s.config()
	config.BaseEndpoint = aws.String(s.DynamoDBEndpoint)
	return dynamodb.NewFromConfig(config)
}

// StepFunctions speaks to the workflows.
func (s *Stack) StepFunctions() *sfn.Client { return sfn.NewFromConfig(s.config()) }

// Cognito speaks to the user pool.
func (s *Stack) Cognito() *cognitoidentityprovider.Client {
	return cognitoidentityprovider.NewFromConfig(s.config())
}

// Lambda speaks to the functions.
func (s *Stack) Lambda() *lambda.Client { return lambda.NewFromConfig(s.config()) }

// Plain makes single calls of services whose client isn't linked here.
func (s *Stack) Plain() *awsjson.Client {
	return &awsjson.Client{Region: s.Region, Credentials: s.config().Credentials, HTTP: http.DefaultClient}
}

// Invoke calls the function of a folder, such as "outbox", with an event that
// is sent as JSON, and returns its answer. A function's error is an error here.
func (s *Stack) Invoke(ctx context.Context, folder string, event any) ([]byte, error) {
	name, found := s.Functions[folder]
	if !found {
		return nil, fmt.Errorf("there is no function %q", folder)
	}
	payload, err := json.Marshal(event)
	if err != nil {
		return nil, err
	}
	out, err := s.Lambda().Invoke(ctx, &lambda.InvokeInput{
		FunctionName: aws.String(name), Qualifier: aws.String("live"), Payload: payload,
	})
	if err != nil {
		return nil, fmt.Errorf("invoke %s: %w", folder, err)
	}
	if out.FunctionError != nil {
		return nil, fmt.Errorf("%s failed: %s", folder, out.Payload)
	}
	return out.Payload, nil
}

// History is the whole history of an execution, oldest event first.
func (s *Stack) History(ctx context.Context, executionARN string) ([]types.HistoryEvent, error) {
	var all []types.HistoryEvent
	pages := sfn.NewGetExecutionHistoryPaginator(s.StepFunctions(), &sfn.GetExecutionHistoryInput{ExecutionArn: aws.String(executionARN)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Events...)
	}
	return all, nil
}

// Mail is one that the emulator's SES took.
type Mail struct {
	From, Subject, Text, HTML string
	To                        []string
	Sent                      time.Time
}

// Mails are all that were sent since the stack started, oldest first.
func (s *Stack) Mails(ctx context.Context) ([]Mail, error) {
	status, body, err := s.get(ctx, s.Endpoint+"/_ministack/ses/messages")
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, fmt.Errorf("the emulator's mails: %d %s", status, body)
	}
	var caught struct {
		Messages map[string][]struct {
			Source, Subject, BodyText, BodyHTML string
			To                                  []string
			Timestamp                           any
		}
	}
	if err := json.Unmarshal(body, &caught); err != nil {
		return nil, fmt.Errorf("the emulator's mails: %w", err)
	}
	var mails []Mail
	for _, account := range caught.Messages {
		for _, m := range account {
			mails = append(mails, Mail{From: m.Source, To: m.To, Subject: m.Subject, Text: m.BodyText, HTML: m.BodyHTML, Sent: moment(m.Timestamp)})
		}
	}
	return mails, nil
}

func moment(v any) time.Time {
	switch v := v.(type) {
	case float64:
		return time.UnixMilli(int64(v * 1000)).UTC()
	case string:
		if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// Call sends a request to the API as a user of the seeded ones or of AddUser's,
// or without sign-in when user is "". A body other than nil is sent as JSON,
// headers are pairs of name and value.
func (s *Stack) Call(ctx context.Context, user, method, path string, body any, headers ...string) (*http.Response, []byte, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, nil, err
		}
		content = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, s.APIURL+path, content)
	if err != nil {
		return nil, nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if user != "" {
		token, err := s.Token(ctx, user)
		if err != nil {
			return nil, nil, err
		}
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if len(headers)%2 != 0 {
		return nil, nil, errors.New("headers are pairs of name and value")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return do(req)
}

func (s *Stack) get(ctx context.Context, url string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	res, body, err := do(req)
	if err != nil {
		return 0, nil, err
	}
	return res.StatusCode, body, nil
}

func do(req *http.Request) (*http.Response, []byte, error) {
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(res.Body)
	if closing := res.Body.Close(); err == nil {
		err = closing
	}
	return res, body, err
}

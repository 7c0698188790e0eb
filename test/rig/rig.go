// Package rig carries a function's own code in a test: a table of its own in
// DynamoDB Local, a Step Functions that only takes notes, a clock, and a
// network in which calls are counted and can be made to fail. Answers are held
// against the contract.
package rig

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
	"github.com/partner-onboarding/partner-onboarding/test/contract"
)

// Rig is a function's surroundings.
type Rig struct {
	Parts   app.Parts
	Network *Network

	t   testing.TB
	now time.Time
	mu  sync.Mutex
}

// New makes surroundings for one test. It needs DynamoDB Local.
func New(t testing.TB) *Rig {
	t.Helper()
	r := &Rig{t: t, Network: newNetwork(), now: time.Now().UTC().Truncate(time.Second)}
	client := &http.Client{Transport: r.Network}
	keys := credentials.NewStaticCredentialsProvider("local", "local", "")
	db := dynamodb.New(dynamodb.Options{Region: "us-east-1", BaseEndpoint: aws.String(endpoint()), Credentials: keys, HTTPClient: client, Retryer: aws.NopRetryer{}})
	machines := sfn.New(sfn.Options{Region: "us-east-1", BaseEndpoint: aws.String("http://stepfunctions.invalid"), Credentials: keys, HTTPClient: client, Retryer: aws.NopRetryer{}})
	r.Parts = app.Parts{
		Store:    store.New(db, newTable(t)),
		Workflow: &workflow.Client{API: machines, Onboarding: "arn:aws:states:us-east-1:000000000000:stateMachine:onboarding", Verification: "arn:aws:states:us-east-1:000000000000:stateMachine:verification", DirectBill: "arn:aws:states:us-east-1:000000000000:stateMachine:directbill"},
		Now:      r.Now,
	}
	r.Parts.Commands = &command.Runner{Records: r.Parts.Store, Signals: r.Parts.Workflow, Now: r.Now}
	r.Network.Reset()
	return r
}

// Now is the rig's clock; it stands still.
func (r *Rig) Now() time.Time { r.mu.Lock(); defer r.mu.Unlock(); return r.now }

// Pass lets time pass.
func (r *Rig) Pass(d time.Duration) { r.mu.Lock(); defer r.mu.Unlock(); r.now = r.now.Add(d) }

// Handler is a function's entry.
type Handler func(context.Context, json.RawMessage) (any, error)

// Caller is who calls, as claims of the ID token; nil is nobody.
type Caller map[string]any

// The callers of the tests.
var (
	Admin       = Caller{"sub": "u-admin", "email": "ada@contoso.example", "tenant_id": "t-contoso", "tenant_domain": "contoso.example", "global_admin": "true"}
	Colleague   = Caller{"sub": "u-colleague", "email": "bob@contoso.example", "tenant_id": "t-contoso", "tenant_domain": "contoso.example"}
	Foreigner   = Caller{"sub": "u-foreigner", "email": "eve@fabrikam.example", "tenant_id": "t-fabrikam", "tenant_domain": "fabrikam.example", "global_admin": "true"}
	Founder     = Caller{"sub": "u-founder", "email": "sam@newco.example", "email_verified": "true"} // signed up without a directory
	Reviewer    = Caller{"sub": "u-reviewer", "email": "rae@programme.example", "cognito:groups": "staff"}
	Distributor = Caller{"sub": "u-distributor", "email": "dan@northwind.example", "cognito:groups": "distributors", "distributor_id": "DIST-NORTHWIND"}
)

// Call is an API call.
type Call struct {
	By           Caller
	Method, Path string // with a query
	Body         any    // sent as JSON; a string is sent as it is
	Headers      map[string]string
}

// Event makes the event of a call out of the function's example, event.json.
func (r *Rig) Event(c Call) json.RawMessage {
	r.t.Helper()
	text, err := os.ReadFile("event.json")
	if err != nil {
		r.t.Fatal(err)
	}
	var e events.APIGatewayProxyRequest
	if err := json.Unmarshal(text, &e); err != nil {
		r.t.Fatal(err)
	}
	path, query, _ := strings.Cut(c.Path, "?")
	e.HTTPMethod, e.Path, e.Resource, e.Body = c.Method, path, path, ""
	e.PathParameters, e.QueryStringParameters, e.MultiValueQueryStringParameters = nil, nil, nil
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			if e.QueryStringParameters == nil {
				e.QueryStringParameters = map[string]string{}
			}
			e.QueryStringParameters[name] = value
		}
	}
	e.Headers, e.MultiValueHeaders = maps.Clone(c.Headers), nil
	if e.Headers == nil {
		e.Headers = map[string]string{}
	}
	if c.Body != nil {
		e.Headers["content-type"] = "application/json"
		if text, ok := c.Body.(string); ok {
			e.Body = text
		} else {
			body, err := json.Marshal(c.Body)
			if err != nil {
				r.t.Fatal(err)
			}
			e.Body = string(body)
		}
	}
	e.RequestContext.Authorizer = nil
	if c.By != nil {
		claims := maps.Clone(c.By)
		claims["token_use"] = "id"
		e.RequestContext.Authorizer = map[string]any{"claims": map[string]any(claims)}
	}
	event, err := json.Marshal(e)
	if err != nil {
		r.t.Fatal(err)
	}
	return event
}

// Do sends a call to a function and returns the answer, which the contract must
// document.
func (r *Rig) Do(h Handler, c Call) (status int, header http.Header, body []byte) {
	r.t.Helper()
	out, err := h(r.t.Context(), r.Event(c))
	if err != nil {
		r.t.Fatalf("%s %s: %v", c.Method, c.Path, err)
	}
	response, ok := out.(events.APIGatewayProxyResponse)
	if !ok {
		r.t.Fatalf("%s %s: answered with a %T", c.Method, c.Path, out)
	}
	header = http.Header{}
	for name, values := range response.MultiValueHeaders {
		header[http.CanonicalHeaderKey(name)] = values
	}
	if err := contract.Check(c.Method, c.Path, response.StatusCode, header, []byte(response.Body)); err != nil {
		r.t.Error(err)
	}
	return response.StatusCode, header, []byte(response.Body)
}

// Want sends a call that must be answered with a status, and decodes the answer
// into a T.
func Want[T any](r *Rig, h Handler, status int, c Call) T {
	r.t.Helper()
	got, _, body := r.Do(h, c)
	if got != status {
		r.t.Fatalf("%s %s: %d, want %d: %s", c.Method, c.Path, got, status, body)
	}
	var v T
	if err := json.Unmarshal(body, &v); err != nil {
		r.t.Fatal(err)
	}
	return v
}

// Count is what a call to an operation may cost.
type Count struct {
	Reads        int // GetItem, BatchGetItem or Query
	Transactions int
	Signals      int // calls of Step Functions
	Updates      int // UpdateItem: a count of how often is asked, or a fact that a read leaves
}

// Cost is what was called since the network's last Reset.
func (r *Rig) Cost() Count {
	var c Count
	for _, name := range r.Network.Calls() {
		switch service, operation, _ := strings.Cut(name, "."); {
		case service == "AWSStepFunctions":
			c.Signals++
		case operation == "TransactWriteItems":
			c.Transactions++
		case operation == "GetItem" || operation == "BatchGetItem" || operation == "Query":
			c.Reads++
		case operation == "UpdateItem":
			c.Updates++
		default:
			r.t.Errorf("an operation costs a %s", name)
		}
	}
	return c
}

// Example sends the function's example event.json as it is, which must be
// answered with a status.
func (r *Rig) Example(h Handler, status int) {
	r.t.Helper()
	text, err := os.ReadFile("event.json")
	if err != nil {
		r.t.Fatal(err)
	}
	out, err := h(r.t.Context(), text)
	if err != nil {
		r.t.Fatal(err)
	}
	if response, ok := out.(events.APIGatewayProxyResponse); !ok || response.StatusCode != status {
		r.t.Errorf("event.json is answered with %+v", out)
	}
}

// Task sends a task of the workflow to a function: the example event-task.json,
// with changes.
func (r *Rig) Task(h Handler, changes map[string]any) (any, error) {
	r.t.Helper()
	text, err := os.ReadFile("event-task.json")
	if err != nil {
		r.t.Fatal(err)
	}
	var task map[string]any
	if err := json.Unmarshal(text, &task); err != nil {
		r.t.Fatal(err)
	}
	maps.Copy(task, changes)
	event, err := json.Marshal(task)
	if err != nil {
		r.t.Fatal(err)
	}
	return h(r.t.Context(), event)
}

// Waiting brings a partner to a state in which the workflow waits by the
// example event-task.json.
func Waiting(function func(app.Parts) Handler, state func(*Rig) *Rig) func(*Rig) *Rig {
	return func(r *Rig) *Rig {
		state(r)
		if _, err := r.Task(function(r.Parts), nil); err != nil {
			r.t.Fatal(err)
		}
		return r
	}
}

// BreakEveryCall repeats each row's command with each of its calls of AWS
// failing in each way, and the client then repeating the request with its
// Idempotency-Key. However it went, the command took effect once, its events
// are in order, and what must follow is with the event or was signalled.
func BreakEveryCall(t *testing.T, function func(app.Parts) Handler, rows []Row) {
	t.Helper()
	for _, row := range rows {
		if row.Cost.Transactions == 0 {
			continue
		}
		for call := range row.Cost.Reads + row.Cost.Transactions + row.Cost.Signals {
			for _, fault := range []Fault{Before, Lost} {
				t.Run(row.Operation+" call "+strconv.Itoa(call)+" "+string(fault), func(t *testing.T) {
					breakCall(t, function, row, call, fault)
				})
			}
		}
	}
}

func breakCall(t *testing.T, function func(app.Parts) Handler, row Row, call int, fault Fault) {
	r := New(t)
	row.State(r)
	h := function(r.Parts)
	c := row.Call
	c.Headers = maps.Clone(c.Headers)
	if c.Headers == nil {
		c.Headers = map[string]string{}
	}
	c.Headers["Idempotency-Key"] = "a key"
	before := r.Record().Partner.Version
	r.Network.Reset()
	r.Network.Break(func(n int, _ string) Fault {
		if n == call {
			return fault
		}
		return None
	})
	signalled := call >= row.Cost.Reads+row.Cost.Transactions
	status, header, body := r.Do(h, c)
	if signalled != (status == row.Status) || !signalled && (status != http.StatusServiceUnavailable || header.Get("Retry-After") == "") {
		t.Errorf("answered %d %v: %s", status, header, body)
	}
	r.Network.Reset()
	status, header, again := r.Do(h, c)
	guarded := c.Method == http.MethodPut && fault == Lost && call >= row.Cost.Reads // If-Match names what was read before
	if status != row.Status && !(guarded && status == http.StatusPreconditionFailed) {
		t.Fatalf("repeated: %d: %s", status, again)
	}
	if replayed := header.Get("Idempotent-Replayed") == "true"; replayed && signalled && !bytes.Equal(body, again) {
		t.Errorf("repeated: %s\nfirst:    %s", again, body)
	}
	id := PartnerID
	if before == 0 { // the command made the partner
		id, _, _ = r.Parts.Store.LoadTenant(t.Context(), "t-contoso", store.Request{}, r.Now())
	}
	events, err := r.Parts.Store.Events(t.Context(), id)
	if err != nil || len(events) != before+1 {
		t.Errorf("%d events after %d: %v", len(events), before, err)
	}
	if err := store.VerifyChain(events); err != nil {
		t.Error(err)
	}
}

// Get is a call that reads.
func Get(by Caller, path string) Call { return Call{By: by, Method: http.MethodGet, Path: path} }

// Post is a call that changes something.
func Post(by Caller, path string, body any) Call {
	return Call{By: by, Method: http.MethodPost, Path: path, Body: body}
}

// Row is an operation with a call to it and what that costs.
type Row struct {
	Operation string
	Status    int
	State     func(*Rig) *Rig // what must be there
	Call      Call
	Cost      Count
}

// Free is the row of a read that needs no table.
func Free(operation string, c Call) Row {
	return Row{Operation: operation, Status: http.StatusOK, State: func(r *Rig) *Rig { return r }, Call: c}
}

// Read is the row of a read: one round trip.
func Read(operation string, state func(*Rig) *Rig, c Call) Row {
	return Row{Operation: operation, Status: http.StatusOK, State: state, Call: c, Cost: Count{Reads: 1}}
}

// Command is the row of a command: one read, one transaction, and so many
// signals to Step Functions.
func Command(operation string, status, signals int, state func(*Rig) *Rig, c Call) Row {
	return Row{Operation: operation, Status: status, State: state, Call: c, Cost: Count{Reads: 1, Transactions: 1, Signals: signals}}
}

// CountCalls measures each row on a table of its own, and fails when the rows
// aren't the operations of the contract's tag.
func CountCalls(t *testing.T, tag string, function func(app.Parts) Handler, rows []Row) {
	t.Helper()
	operations, err := contract.Operations(tag)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range operations {
		if !slices.ContainsFunc(rows, func(r Row) bool { return r.Operation == o.ID }) {
			t.Errorf("%s has no row", o.ID)
		}
	}
	for _, row := range rows {
		t.Run(row.Operation, func(t *testing.T) {
			r := New(t)
			h := function(r.Parts)
			c := row.Call
			row.State(r)
			if o, ok := contract.Find(c.Method, c.Path); !ok || o.ID != row.Operation {
				t.Fatalf("%s %s is the operation %q", c.Method, c.Path, o.ID)
			}
			r.Network.Reset()
			status, _, body := r.Do(h, c)
			if cost := r.Cost(); status != row.Status || cost != row.Cost {
				t.Errorf("%d, costs %+v; want %d, %+v: %s", status, cost, row.Status, row.Cost, body)
			}
			t.Logf("%-28s %d  %s", row.Operation, status, strings.Join(r.Network.Calls(), " + "))
		})
	}
}

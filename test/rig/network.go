package rig

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Network is the transport under the clients of AWS. Calls of DynamoDB go to
// DynamoDB Local; calls of Step Functions are noted and answered here.
type Network struct {
	mu      sync.Mutex
	calls   []string
	signals []Signal
	fault   func(n int, operation string) Fault
	states  map[string]string // of executions: status by ARN, RUNNING by default
}

// Signal is what Step Functions was told.
type Signal struct {
	Operation string // StartExecution, SendTaskSuccess, DescribeExecution
	Input     map[string]string
}

// Fault is what happens to a call.
type Fault string

// The faults.
const (
	None   Fault = ""
	Before Fault = "fails before it is carried out"
	Lost   Fault = "is carried out and its answer lost"
)

// ErrNetwork is how a call fails by a fault.
var ErrNetwork = errors.New("rig: the connection broke")

// direct opens a connection for each call, so that none is broken by another's
// cancellation.
var direct = &http.Transport{DisableKeepAlives: true}

func newNetwork() *Network { return &Network{states: map[string]string{}} }

// Reset forgets what was called and ends the faults.
func (n *Network) Reset() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.calls, n.signals, n.fault = nil, nil, nil
}

// Calls lists the calls since Reset: "DynamoDB_20120810.GetItem" as "DynamoDB.GetItem".
func (n *Network) Calls() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.calls...)
}

// Signals lists what Step Functions was told since Reset.
func (n *Network) Signals() []Signal {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]Signal(nil), n.signals...)
}

// Break makes calls fail: fault is asked with each call's number since Reset,
// from 0.
func (n *Network) Break(fault func(call int, operation string) Fault) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.fault = fault
}

// SetExecution sets the status of an execution, as DescribeExecution answers it.
func (n *Network) SetExecution(arn, status string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.states[arn] = status
}

// RoundTrip implements http.RoundTripper.
func (n *Network) RoundTrip(q *http.Request) (*http.Response, error) {
	target, operation, _ := strings.Cut(q.Header.Get("X-Amz-Target"), ".")
	service, _, _ := strings.Cut(target, "_")
	n.mu.Lock()
	number, fault := len(n.calls), None
	n.calls = append(n.calls, service+"."+operation)
	if n.fault != nil {
		fault = n.fault(number, operation)
	}
	n.mu.Unlock()
	if fault == Before {
		return nil, ErrNetwork
	}
	response, err := n.carry(service, operation, q)
	if fault == Lost && err == nil {
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		return nil, ErrNetwork
	}
	return response, err
}

// toTable sends a call to DynamoDB Local and reads the whole answer. A read whose
// connection broke for no reason of the test's is sent again, as the SDK would.
func toTable(operation string, q *http.Request) (*http.Response, error) {
	sent, err := io.ReadAll(q.Body)
	if err != nil {
		return nil, err
	}
	for try := 0; ; try++ {
		again := q.Clone(q.Context())
		again.Body = io.NopCloser(bytes.NewReader(sent))
		response, err := direct.RoundTrip(again)
		if err == nil {
			var body []byte
			body, err = io.ReadAll(response.Body)
			_ = response.Body.Close()
			response.Body = io.NopCloser(bytes.NewReader(body))
		}
		reads := operation == "GetItem" || operation == "BatchGetItem" || operation == "Query"
		if err == nil {
			return response, nil
		}
		if !reads || try == 2 || q.Context().Err() != nil {
			return nil, err
		}
	}
}

func (n *Network) carry(service, operation string, q *http.Request) (*http.Response, error) {
	if service != "AWSStepFunctions" {
		return toTable(operation, q)
	}
	var all map[string]any
	if err := json.NewDecoder(q.Body).Decode(&all); err != nil {
		return nil, err
	}
	input := map[string]string{}
	for name, value := range all {
		if text, ok := value.(string); ok {
			input[name] = text
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.signals = append(n.signals, Signal{operation, input})
	answer := map[string]any{}
	switch operation {
	case "StartExecution":
		answer["executionArn"], answer["startDate"] = "arn:aws:states:us-east-1:000000000000:execution:onboarding:"+input["name"], 1.0
	case "DescribeExecution":
		status := n.states[input["executionArn"]]
		if status == "" {
			status = "RUNNING"
		}
		answer["status"], answer["executionArn"], answer["stateMachineArn"], answer["startDate"] = status, input["executionArn"], "arn", 1.0
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(bytes.NewReader(body)), Request: q, ProtoMajor: 1, ProtoMinor: 1,
	}, nil
}

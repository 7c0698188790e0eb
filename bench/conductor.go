package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

const onboardingARN = "arn:aws:states:us-east-1:000000000000:stateMachine:bench-onboarding"

// conductor stands for Step Functions and SES: it walks the real definitions,
// asking the functions that their tasks name, and keeps the mails. It knows of
// the language what a straight-through onboarding needs.
type conductor struct {
	endpoint string
	server   *http.Server
	ask      func(ctx context.Context, function string, event, out any) error

	machines map[string]machine
	mu       sync.Mutex
	tokens   map[string]chan map[string]any // of waits that may be answered
	kept     map[string]bool                // of those: the function has kept the token
	started  map[string]bool                // names of executions
	mails    []string
	states   []string // entered, over all executions
	ended    chan error
}

type machine struct {
	StartAt string
	States  map[string]struct {
		Type, Resource, Default, Next string
		End                           bool
		Arguments                     struct {
			FunctionName string
			Payload      map[string]any
		}
		Choices []struct{ Condition, Next string }
	}
}

func startConductor(root string, ask func(ctx context.Context, function string, event, out any) error) (*conductor, error) {
	c := &conductor{ask: ask, machines: map[string]machine{}, tokens: map[string]chan map[string]any{}, kept: map[string]bool{}, started: map[string]bool{}, ended: make(chan error, 1)}
	for _, name := range []string{"onboarding", "verification"} {
		var m machine
		if err := readJSON(filepath.Join(root, "statemachine", name+".asl.json"), &m); err != nil {
			return nil, err
		}
		c.machines[name] = m
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c.endpoint = "http://" + listener.Addr().String()
	c.server = &http.Server{Handler: c, ReadHeaderTimeout: time.Minute}
	go func() { _ = c.server.Serve(listener) }()
	return c, nil
}

func (c *conductor) stop() { _ = c.server.Close() }

func (c *conductor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, operation, isJSON := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	if !isJSON { // SES
		values, _ := url.ParseQuery(string(body))
		c.mu.Lock()
		c.mails = append(c.mails, values.Get("Message.Body.Text.Data"))
		c.mu.Unlock()
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, `<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult><MessageId>m</MessageId></SendEmailResult></SendEmailResponse>`)
		return
	}
	var in struct{ Name, Input, TaskToken, Output string }
	_ = json.Unmarshal(body, &in)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	switch operation {
	case "StartExecution":
		c.mu.Lock()
		again := c.started[in.Name]
		c.started[in.Name] = true
		c.mu.Unlock()
		if again {
			w.Header().Set("X-Amzn-Errortype", "ExecutionAlreadyExists")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"__type":"ExecutionAlreadyExists"}`)
			return
		}
		go func() {
			_, err := c.conduct(context.Background(), "onboarding", "arn:execution:"+in.Name, json.RawMessage(in.Input))
			c.ended <- err
		}()
		_, _ = fmt.Fprintf(w, `{"executionArn":"arn:execution:%s","startDate":1.0}`, in.Name)
	case "SendTaskSuccess":
		c.mu.Lock()
		waiting := c.tokens[in.TaskToken]
		delete(c.tokens, in.TaskToken)
		delete(c.kept, in.TaskToken)
		c.mu.Unlock()
		if waiting == nil {
			w.Header().Set("X-Amzn-Errortype", "TaskTimedOut")
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, `{"__type":"TaskTimedOut"}`)
			return
		}
		var out map[string]any
		_ = json.Unmarshal([]byte(in.Output), &out)
		waiting <- out
		_, _ = io.WriteString(w, `{}`)
	default:
		http.Error(w, operation, http.StatusNotImplemented)
	}
}

var (
	functionForm = regexp.MustCompile(`^\$\{(\w+)Function\}$`)
	outcomeForm  = regexp.MustCompile(`\$states\.input\.outcome = '(\w+)'`)
)

// conduct walks an execution to its end and returns its output.
func (c *conductor) conduct(ctx context.Context, name, arn string, input json.RawMessage) (output map[string]any, err error) {
	m := c.machines[name]
	known := map[string]any{"execution": arn, "input": input}
	if name == "verification" {
		var in map[string]any
		_ = json.Unmarshal(input, &in)
		known["partnerId"] = in["partnerId"]
	}
	for at := m.StartAt; ; {
		s, there := m.States[at]
		if !there {
			return nil, fmt.Errorf("%s has no state %q", name, at)
		}
		c.mu.Lock()
		c.states = append(c.states, name+"/"+at)
		c.mu.Unlock()
		switch s.Type {
		case "Choice":
			next := s.Default
			for _, way := range s.Choices {
				if want := outcomeForm.FindStringSubmatch(way.Condition); want != nil && want[1] == output["outcome"] {
					next = way.Next
					break
				}
			}
			at = next
			continue
		case "Fail":
			return nil, fmt.Errorf("%s ended in %s", name, at)
		case "Task":
			if strings.Contains(s.Resource, "startExecution") {
				child, err := json.Marshal(map[string]any{"partnerId": known["partnerId"]})
				if err != nil {
					return nil, err
				}
				if output, err = c.conduct(ctx, "verification", arn+"-verification", child); err != nil {
					return nil, err
				}
			} else if output, err = c.task(ctx, s.Resource, s.Arguments.FunctionName, s.Arguments.Payload, known); err != nil {
				return nil, fmt.Errorf("%s/%s: %w", name, at, err)
			}
			for _, variable := range []string{"partnerId", "round"} {
				if value, given := output[variable]; given {
					known[variable] = value
				}
			}
		}
		if s.End {
			return output, nil
		}
		at = s.Next
	}
}

// task asks a function, and for a wait stays until its token is answered.
func (c *conductor) task(ctx context.Context, resource, function string, arguments, known map[string]any) (map[string]any, error) {
	m := functionForm.FindStringSubmatch(function)
	if m == nil {
		return nil, fmt.Errorf("%s is no function", function)
	}
	waits := strings.HasSuffix(resource, ".waitForTaskToken")
	token, answered := fmt.Sprintf("token-%d", time.Now().UnixNano()), make(chan map[string]any, 1)
	payload := map[string]any{}
	for name, value := range arguments {
		switch name {
		case "task":
			payload[name] = value
		case "taskToken":
			payload[name] = token
		case "enteredAt":
			payload[name] = time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
		case "attempt":
			payload[name] = 0
		default:
			payload[name] = known[name]
		}
	}
	if waits {
		c.mu.Lock()
		c.tokens[token] = answered
		c.mu.Unlock()
	}
	var out map[string]any
	if err := c.ask(ctx, strings.ToLower(m[1]), payload, &out); err != nil || !waits {
		return out, err
	}
	c.mu.Lock()
	if c.tokens[token] != nil {
		c.kept[token] = true
	}
	c.mu.Unlock()
	select {
	case out = <-answered:
		return out, nil
	case <-time.After(time.Minute):
		return nil, fmt.Errorf("nobody answered the wait of %s", function)
	}
}

// waiting says whether an execution waits for somebody.
func (c *conductor) waiting() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.kept) > 0
}

// mail returns the text of the newest mail that holds a word.
func (c *conductor) mail(word string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := len(c.mails) - 1; i >= 0; i-- {
		if strings.Contains(c.mails[i], word) {
			return c.mails[i]
		}
	}
	return ""
}

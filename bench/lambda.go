package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	runtimePath = "/2018-06-01/runtime/"
	functionARN = "arn:aws:lambda:us-east-1:000000000000:function:bench"
	allowance   = 20 * time.Second // of one invocation
)

// function is a running bootstrap and the Lambda Runtime API that it speaks to,
// as it has them in Lambda. It handles one event at a time.
type function struct {
	name  string
	cmd   *exec.Cmd
	log   *bytes.Buffer
	api   *http.Server
	ready chan time.Time // the first time that it asks for an event
	once  sync.Once
	next  chan *invocation
	ended chan struct{}

	busy    sync.Mutex
	mu      sync.Mutex
	current *invocation
	count   int
}

type invocation struct {
	id     string
	event  []byte
	sent   time.Time
	answer chan answer
}

// answer is what a function made of an event.
type answer struct {
	body   []byte
	took   time.Duration // from handing over the event to the answer's arrival
	failed bool
}

// launch starts a bootstrap and returns when it asks for its first event, with
// the time that took from before the process was made.
func launch(ctx context.Context, name, bootstrap string, env []string) (*function, time.Duration, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, 0, err
	}
	f := &function{name: name, log: &bytes.Buffer{}, ready: make(chan time.Time, 1), next: make(chan *invocation), ended: make(chan struct{})}
	f.api = &http.Server{Handler: http.HandlerFunc(f.serve), ReadHeaderTimeout: time.Minute}
	go func() { _ = f.api.Serve(listener) }()
	f.cmd = exec.Command(bootstrap)
	f.cmd.Env = append([]string{
		"AWS_LAMBDA_RUNTIME_API=" + listener.Addr().String(), "AWS_LAMBDA_FUNCTION_NAME=" + name, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
		"AWS_LAMBDA_FUNCTION_VERSION=1", "_HANDLER=bootstrap", "PATH=/usr/bin:/bin",
	}, env...)
	f.cmd.Stdout, f.cmd.Stderr = f.log, f.log
	start := time.Now()
	if err := f.cmd.Start(); err != nil {
		_ = f.api.Close()
		return nil, 0, err
	}
	go func() { _ = f.cmd.Wait(); close(f.ended) }()
	select {
	case at := <-f.ready:
		return f, at.Sub(start), nil
	case <-f.ended:
		err = fmt.Errorf("%s ended before it asked for an event:\n%s", name, f.log)
	case <-time.After(allowance):
		err = fmt.Errorf("%s asked for no event:\n%s", name, f.log)
	case <-ctx.Done():
		err = ctx.Err()
	}
	f.stop()
	return nil, 0, err
}

// stop ends the process.
func (f *function) stop() {
	_ = f.cmd.Process.Kill()
	<-f.ended
	_ = f.api.Close()
}

func (f *function) serve(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	path := strings.TrimPrefix(r.URL.Path, runtimePath)
	switch {
	case path == "invocation/next":
		f.once.Do(func() { f.ready <- now })
		select {
		case i := <-f.next:
			h := w.Header()
			h.Set("Lambda-Runtime-Aws-Request-Id", i.id)
			h.Set("Lambda-Runtime-Invoked-Function-Arn", functionARN)
			h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(allowance).UnixMilli(), 10))
			h.Set("Content-Type", "application/json")
			i.sent = time.Now()
			_, _ = w.Write(i.event)
		case <-r.Context().Done():
		}
	case strings.HasSuffix(path, "/response"), strings.HasSuffix(path, "/error"):
		body, err := io.ReadAll(r.Body)
		f.mu.Lock()
		i := f.current
		f.current = nil
		f.mu.Unlock()
		w.WriteHeader(http.StatusAccepted)
		if i != nil {
			i.answer <- answer{body: body, took: now.Sub(i.sent), failed: err != nil || strings.HasSuffix(path, "/error")}
		}
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// invoke hands an event to the function and waits for its answer.
func (f *function) invoke(ctx context.Context, event []byte) (answer, error) {
	f.busy.Lock()
	defer f.busy.Unlock()
	f.count++
	i := &invocation{id: fmt.Sprintf("%s-%d", f.name, f.count), event: event, answer: make(chan answer, 1)}
	f.mu.Lock()
	f.current = i
	f.mu.Unlock()
	select {
	case f.next <- i:
	case <-f.ended:
		return answer{}, fmt.Errorf("%s has ended:\n%s", f.name, f.log)
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
	select {
	case a := <-i.answer:
		if a.failed {
			return a, fmt.Errorf("%s failed: %s", f.name, a.body)
		}
		return a, nil
	case <-f.ended:
		return answer{}, fmt.Errorf("%s has ended:\n%s", f.name, f.log)
	case <-ctx.Done():
		return answer{}, ctx.Err()
	}
}

// call hands an event to the function as JSON and decodes its answer.
func (f *function) call(ctx context.Context, event, out any) error {
	text, err := json.Marshal(event)
	if err != nil {
		return err
	}
	a, err := f.invoke(ctx, text)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(a.body, out)
}

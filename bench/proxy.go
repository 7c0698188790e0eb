package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// call is one call of the database.
type call struct {
	Operation  string
	Read       float64 // capacity units, indexes included
	Write      float64
	took       time.Duration // in the database
	statusCode int
}

// proxy stands between the functions and the database: it asks for the consumed
// capacity with every call, and adds up what it cost and how long it took.
type proxy struct {
	endpoint string
	target   string
	count    bool // ask for the capacity, which makes a call a little slower
	server   *http.Server
	client   *http.Client

	mu    sync.Mutex
	calls []call
}

func startProxy(target string) (*proxy, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &proxy{endpoint: "http://" + listener.Addr().String(), target: target, count: true,
		client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16, DisableCompression: true}}}
	p.server = &http.Server{Handler: p, ReadHeaderTimeout: time.Minute}
	go func() { _ = p.server.Serve(listener) }()
	return p, nil
}

func (p *proxy) stop() { _ = p.server.Close() }

// take returns the calls since it was asked last.
func (p *proxy) take() []call {
	p.mu.Lock()
	defer p.mu.Unlock()
	calls := p.calls
	p.calls = nil
	return calls
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	if p.count {
		body = askingForCapacity(body)
	}
	req, err := http.NewRequestWithContext(r.Context(), r.Method, p.target+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	req.Header = r.Header.Clone()
	req.Header.Set("Content-Length", strconv.Itoa(len(body)))
	res, err := p.client.Do(req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	c := call{Operation: operation, statusCode: res.StatusCode}
	if p.count {
		c.Read, c.Write = consumed(operation, answer)
	}
	for name, values := range res.Header {
		if p.count && strings.EqualFold(name, "X-Amz-Crc32") {
			continue
		}
		w.Header()[name] = values
	}
	c.took = time.Since(start)
	p.mu.Lock()
	p.calls = append(p.calls, c)
	p.mu.Unlock()
	w.WriteHeader(res.StatusCode)
	_, _ = w.Write(answer)
}

// askingForCapacity adds ReturnConsumedCapacity to a request's body. The
// database of this machine doesn't check the signature.
func askingForCapacity(body []byte) []byte {
	rest, isObject := bytes.CutPrefix(bytes.TrimSpace(body), []byte("{"))
	if !isObject {
		return body
	}
	comma := ","
	if bytes.HasPrefix(bytes.TrimSpace(rest), []byte("}")) {
		comma = ""
	}
	return append([]byte(`{"ReturnConsumedCapacity":"INDEXES"`+comma), rest...)
}

// consumed reads the capacity units of an answer: one table's or a list.
func consumed(operation string, answer []byte) (read, write float64) {
	type capacity struct{ CapacityUnits, ReadCapacityUnits, WriteCapacityUnits float64 }
	var out struct{ ConsumedCapacity json.RawMessage }
	if json.Unmarshal(answer, &out) != nil || out.ConsumedCapacity == nil {
		return 0, 0
	}
	var list []capacity
	if json.Unmarshal(out.ConsumedCapacity, &list) != nil {
		var one capacity
		if json.Unmarshal(out.ConsumedCapacity, &one) != nil {
			return 0, 0
		}
		list = []capacity{one}
	}
	for _, c := range list {
		switch {
		case operation == "GetItem" || operation == "BatchGetItem" || operation == "Query":
			read += c.CapacityUnits
		default:
			write += c.CapacityUnits
		}
	}
	if operation == "Query" {
		read = max(read, 0.5) // AWS asks for as much when nothing is found; here that is free
	}
	return read, write
}

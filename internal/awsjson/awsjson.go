// Package awsjson makes single calls of AWS services that speak JSON (AWS JSON
// 1.0 and 1.1). A function that needs one operation of a service doesn't link
// the service's whole client for it: that would weigh megabytes at each cold
// start. Nothing is tried again here: whoever calls knows what a repetition does.
package awsjson

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const maxAnswer = 1 << 20

// Client calls the services of a region. It is safe for concurrent use.
type Client struct {
	Region      string
	Credentials aws.CredentialsProvider
	HTTP        interface {
		Do(*http.Request) (*http.Response, error)
	}
}

// Operation is an operation of a service.
type Operation struct {
	Service  string // as it is signed: events, kms
	Endpoint string // "" for AWS's own
	Target   string // of the header X-Amz-Target
	Version  string // of the protocol: 1.0 or 1.1
}

// Error is what a service answered instead.
type Error struct {
	Operation string
	Status    int
	Code      string // stable; the text beside it isn't kept, because it may hold anything
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("awsjson: %s: %d %s", e.Operation, e.Status, e.Code)
}

// Call makes one call.
func (c *Client) Call(ctx context.Context, o Operation, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("awsjson: %s: %w", o.Target, err)
	}
	endpoint := o.Endpoint
	if endpoint == "" {
		endpoint = "https://" + o.Service + "." + c.Region + "." + domain(c.Region) + "/"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("awsjson: %s: %w", o.Target, err)
	}
	request.Header.Set("Content-Type", "application/x-amz-json-"+o.Version)
	request.Header.Set("X-Amz-Target", o.Target)
	credentials, err := c.Credentials.Retrieve(ctx)
	if err != nil {
		return fmt.Errorf("awsjson: credentials: %w", err)
	}
	sum := sha256.Sum256(body)
	if err := v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(sum[:]), o.Service, c.Region, time.Now()); err != nil {
		return fmt.Errorf("awsjson: sign: %w", err)
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return fmt.Errorf("awsjson: %s: %w", o.Target, err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("awsjson: %s: %w", o.Target, err)
	}
	if response.StatusCode != http.StatusOK {
		var fault struct {
			Type string `json:"__type"`
		}
		_ = json.Unmarshal(text, &fault) // else the status says enough
		return &Error{o.Target, response.StatusCode, fault.Type[strings.LastIndexByte(fault.Type, '#')+1:]}
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("awsjson: %s: the answer: %w", o.Target, err)
	}
	return nil
}

func domain(region string) string {
	if strings.HasPrefix(region, "cn-") {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

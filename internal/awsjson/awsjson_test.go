package awsjson

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

func TestACallIsSignedForItsServiceAndItsErrorHasACodeAndNoText(t *testing.T) {
	status, body := 200, `{"Value":"x"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, _ := io.ReadAll(r.Body)
		if auth := r.Header.Get("Authorization"); !strings.Contains(auth, "/us-east-1/events/aws4_request") || r.Header.Get("X-Amz-Target") != "AWSEvents.PutEvents" ||
			r.Header.Get("Content-Type") != "application/x-amz-json-1.1" || string(sent) != `{"A":1}` {
			t.Errorf("%v %s", r.Header, sent)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	defer server.Close()
	c := &Client{Region: "us-east-1", Credentials: aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider("id", "secret", "")), HTTP: server.Client()}
	o := Operation{Service: "events", Endpoint: server.URL, Target: "AWSEvents.PutEvents", Version: "1.1"}
	var out struct{ Value string }
	if err := c.Call(t.Context(), o, map[string]int{"A": 1}, &out); err != nil || out.Value != "x" {
		t.Fatalf("%+v, %v", out, err)
	}
	status, body = 400, `{"__type":"com.amazonaws#ThrottlingException","message":"about ada@contoso.example"}`
	var refused *Error
	if err := c.Call(t.Context(), o, map[string]int{"A": 1}, &out); !errors.As(err, &refused) || refused.Code != "ThrottlingException" || strings.Contains(err.Error(), "ada") {
		t.Errorf("%v", err)
	}
	status, body = 200, `<html>`
	if err := c.Call(t.Context(), o, map[string]int{"A": 1}, &out); err == nil {
		t.Error("an answer that is no JSON is taken")
	}
	server.Close()
	if err := c.Call(t.Context(), o, map[string]int{"A": 1}, &out); err == nil {
		t.Error("no answer is taken")
	}
	if domain("cn-north-1") != "amazonaws.com.cn" || domain("eu-west-1") != "amazonaws.com" {
		t.Error("AWS's own endpoints")
	}
}

package httpapi

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// call sends an event of API Gateway through a router.
func call(t *testing.T, r *Router, method, path, body string, headers map[string]string, change ...func(*events.APIGatewayProxyRequest)) (events.APIGatewayProxyResponse, api.Problem) {
	t.Helper()
	e := events.APIGatewayProxyRequest{HTTPMethod: method, Path: path, Body: body, Headers: headers, RequestContext: claims(nil)}
	e.RequestContext.RequestID = "r-1"
	for _, c := range change {
		c(&e)
	}
	response, err := r.ServeEvent(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	var p api.Problem
	if response.StatusCode >= 400 {
		if err := json.Unmarshal([]byte(response.Body), &p); err != nil {
			t.Fatalf("%s %s: %d is no problem document: %v: %q", method, path, response.StatusCode, err, response.Body)
		}
		if p.Status != response.StatusCode || p.RequestID != "r-1" || header(response, "Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: %+v, headers %v", method, path, p, response.MultiValueHeaders)
		}
	}
	if header(response, "Cache-Control") != "no-store" || header(response, "X-Content-Type-Options") != "nosniff" {
		t.Errorf("%s %s: headers %v", method, path, response.MultiValueHeaders)
	}
	return response, p
}

func header(r events.APIGatewayProxyResponse, name string) string {
	return strings.Join(r.MultiValueHeaders[name], ",")
}

func ok(*Request) (store.Answer, error) { return JSON(http.StatusOK, map[string]string{}) }

func routerWith(h Handler) *Router {
	r := NewRouter()
	r.Handle("GET /partners/{partnerId}", h)
	r.Handle("POST /partners/{partnerId}/x", h)
	r.Handle("PUT /partners/{partnerId}/x", h)
	r.HandlePublic("GET /links/{token}", h)
	return r
}

func TestAnUnknownRouteIsA404AndAnotherMethodA405(t *testing.T) {
	r := routerWith(ok)
	for _, c := range []struct {
		method, path string
		status       int
		code         onboarding.Code
		allow        string
	}{
		{"GET", "/partners/P-1", 200, "", ""},
		{"GET", "/", 404, onboarding.CodeNotFound, ""},
		{"GET", "/partners", 404, onboarding.CodeNotFound, ""},
		{"GET", "/partners/P-1/y", 404, onboarding.CodeNotFound, ""},
		{"DELETE", "/nothing", 404, onboarding.CodeNotFound, ""},
		{"DELETE", "/partners/P-1", 405, codeMethodNotAllowed, "GET"},
		{"POST", "/partners/P-1", 405, codeMethodNotAllowed, "GET"},
		{"GET", "/partners/P-1/x", 405, codeMethodNotAllowed, "POST, PUT"},
		{"POST", "/links/abc", 405, codeMethodNotAllowed, "GET"},
	} {
		response, p := call(t, r, c.method, c.path, "", nil)
		if response.StatusCode != c.status || p.Code != string(c.code) || header(response, "Allow") != c.allow {
			t.Errorf("%s %s: %d %s, Allow %q", c.method, c.path, response.StatusCode, p.Code, header(response, "Allow"))
		}
	}
}

func TestThePatternsAreThoseThatWereAdded(t *testing.T) {
	want := []string{"GET /partners/{partnerId}", "POST /partners/{partnerId}/x", "PUT /partners/{partnerId}/x", "GET /links/{token}"}
	if got := routerWith(ok).Patterns(); !slices.Equal(got, want) {
		t.Errorf("patterns %v", got)
	}
}

func TestOnlyAPublicRouteServesSomebodyWhoIsNotSignedIn(t *testing.T) {
	var by []onboarding.Principal
	r := routerWith(func(q *Request) (store.Answer, error) { by = append(by, q.By); return ok(q) })
	anonymous := func(e *events.APIGatewayProxyRequest) { e.RequestContext.Authorizer = nil }
	if response, p := call(t, r, "GET", "/partners/P-1", "", nil, anonymous); response.StatusCode != 401 || p.Code != string(codeUnauthenticated) || len(by) != 0 {
		t.Errorf("%d %s, handled %d times", response.StatusCode, p.Code, len(by))
	}
	call(t, r, "GET", "/links/abc", "", nil, anonymous)
	call(t, r, "GET", "/links/abc", "", nil) // a token sent to a public route isn't looked at
	call(t, r, "GET", "/partners/P-1", "", nil)
	if len(by) != 3 || by[0] != (onboarding.Principal{}) || by[1] != (onboarding.Principal{}) || by[2].UserID != "u-1" {
		t.Errorf("principals %+v", by)
	}
}

func TestAPanicIsAnsweredWithAFixedTextAndItsStackStaysInTheLog(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	r := routerWith(func(*Request) (store.Answer, error) { panic("secret in " + "goroutine 1") })
	response, p := call(t, r, "GET", "/partners/P-1", "", nil)
	if response.StatusCode != 500 || p.Code != string(codeInternal) || strings.Contains(response.Body, "secret") || strings.Contains(response.Body, "goroutine") || strings.Contains(response.Body, ".go:") {
		t.Errorf("%d %s", response.StatusCode, response.Body)
	}
	if !strings.Contains(log.String(), "router_test.go") || !strings.Contains(log.String(), `"requestId":"r-1"`) {
		t.Errorf("log %s", log.String())
	}
	for line := range strings.Lines(log.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("a log line that is no JSON: %s", line)
		}
	}
}

func TestAnErrorIsAnsweredWithoutWhatTheHandlerMadeButTheETagOfA412(t *testing.T) {
	var failure error
	r := routerWith(func(*Request) (store.Answer, error) {
		return store.Answer{Status: 200, Headers: map[string]string{"ETag": `"7"`, "X-Other": "1"}, Body: []byte(`{"secret":1}`)}, failure
	})
	for _, c := range []struct {
		err    error
		status int
		etag   string
	}{
		{onboarding.Refuse(onboarding.CodeStaleVersion, "Read again."), 412, `"7"`},
		{onboarding.NotFound(), 404, ""},
		{errors.New("x"), 500, ""},
	} {
		failure = c.err
		response, _ := call(t, r, "GET", "/partners/P-1", "", nil)
		if response.StatusCode != c.status || header(response, "Etag") != c.etag || header(response, "X-Other") != "" || strings.Contains(response.Body, "secret") {
			t.Errorf("%v: %d, headers %v, body %s", c.err, response.StatusCode, response.MultiValueHeaders, response.Body)
		}
	}
}

func TestABodyBeyondTheLimitIsReadNoFurtherAndABinaryOneDecoded(t *testing.T) {
	var got int
	r := routerWith(func(q *Request) (store.Answer, error) { got = len(q.body); return ok(q) })
	call(t, r, "POST", "/partners/P-1/x", strings.Repeat("x", 4*maxBody), nil)
	if got != maxBody+1 {
		t.Errorf("%d bytes read", got)
	}
	call(t, r, "POST", "/partners/P-1/x", base64.StdEncoding.EncodeToString([]byte("hello")), nil, func(e *events.APIGatewayProxyRequest) { e.IsBase64Encoded = true })
	if got != 5 {
		t.Errorf("%d bytes of the decoded body", got)
	}
}

func TestIfMatchNamesTheRevisionSeen(t *testing.T) {
	for tag, want := range map[string]int{`"0"`: 0, `"7"`: 7, `"007"`: -1, `7`: -1, `W/"7"`: -1, `*`: -1, `"-1"`: -1, `"x"`: -1, `"7", "8"`: -1} {
		q := bodyRequest("", "")
		q.HTTP.Header.Set("If-Match", tag)
		if got, err := q.IfMatch(); err != nil || got != want {
			t.Errorf("%s: %d, %v; want %d", tag, got, err, want)
		}
	}
	if _, err := bodyRequest("", "").IfMatch(); onboarding.CodeOf(err) != codeIfMatchRequired {
		t.Errorf("without the header: %v", err)
	}
	for revision := range 12 {
		q := bodyRequest("", "")
		q.HTTP.Header.Set("If-Match", ETag(revision))
		if got, err := q.IfMatch(); got != revision || err != nil {
			t.Errorf("the tag of %d is read as %d, %v", revision, got, err)
		}
	}
}

func TestAnIdempotencyKeyCountsForOnePrincipalMethodPathAndBodyAlone(t *testing.T) {
	identity := func(user, method, path, key, body string) store.Request {
		q, err := http.NewRequest(method, path, nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Idempotency-Key", key)
		r, err := (&Request{HTTP: q, By: onboarding.Principal{UserID: user}, body: []byte(body)}).Idempotency()
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	first := identity("u-1", "POST", "/partners/P-1/x", "k", "{}")
	if again := identity("u-1", "POST", "/partners/P-1/x", "k", "{}"); again != first || len(first.Hash) != 64 || len(first.BodyHash) != 64 {
		t.Errorf("the same request is %v, then %v", first, again)
	}
	for name, other := range map[string]store.Request{
		"user":      identity("u-2", "POST", "/partners/P-1/x", "k", "{}"),
		"partner":   identity("u-1", "POST", "/partners/P-2/x", "k", "{}"),
		"operation": identity("u-1", "POST", "/partners/P-1/y", "k", "{}"),
		"key":       identity("u-1", "POST", "/partners/P-1/x", "K", "{}"),
		"a user and key that only together read the same": identity("u-1\x00POST", "POST", "/partners/P-1/x", "k", "{}"),
	} {
		if other.Hash == first.Hash {
			t.Errorf("another %s has the same hash", name)
		}
	}
	if other := identity("u-1", "POST", "/partners/P-1/x", "k", "{ }"); other.Hash != first.Hash || other.BodyHash == first.BodyHash {
		t.Errorf("another body: %v, first %v", other, first)
	}

	if put := identity("u-1", "PUT", "/partners/P-1/x", "k", "{}"); put != (store.Request{}) {
		t.Errorf("a PUT takes a key: %v", put)
	}
	q := bodyRequest("{}", "")
	if r, err := q.Idempotency(); r != (store.Request{}) || err != nil {
		t.Errorf("without a key: %v, %v", r, err)
	}
	q.HTTP.Header.Set("Idempotency-Key", strings.Repeat("k", 129))
	if _, err := q.Idempotency(); faultsOf(t, err)["/Idempotency-Key"] != onboarding.FaultTooLong {
		t.Errorf("a key of 129 characters: %v", err)
	}
}

func TestNegotiationTakesTheBestOfWhatTheClientAccepts(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                 "text/html",
		"*/*":                              "text/html",
		"application/pdf":                  "application/pdf",
		"text/html":                        "text/html",
		"application/*":                    "application/pdf",
		"text/html;q=0.5, application/pdf": "application/pdf",
		"application/pdf;q=0.5,*/*;q=0.8":  "text/html",
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "text/html",
		"APPLICATION/PDF":            "application/pdf",
		"application/json":           "",
		"text/html;q=0":              "",
		"text/html;q=x":              "",
		";;;":                        "",
		"nonsense, application/pdf ": "application/pdf",
	} {
		q := bodyRequest("", "")
		if accept != "" {
			q.HTTP.Header.Set("Accept", accept)
		}
		got, err := Negotiate(q, "text/html", "application/pdf")
		if got != want || (onboarding.CodeOf(err) == codeNotAcceptable) != (want == "") {
			t.Errorf("%q: %q, %v; want %q", accept, got, err, want)
		}
	}
}

func TestAPageHasOneToAHundredEntries(t *testing.T) {
	for query, want := range map[string]int{"": 25, "limit=1": 1, "limit=100": 100, "limit=0": 0, "limit=101": 0, "limit=-1": 0, "limit=ten": 0, "limit=1e1": 0, "limit=99999999999999999999": 0} {
		q := bodyRequest("", "")
		q.HTTP.URL.RawQuery = query
		got, err := q.Limit()
		if got != want || (err != nil) != (want == 0) {
			t.Errorf("%s: %d, %v", query, got, err)
		}
		if err != nil && faultsOf(t, err)["/limit"] != onboarding.FaultInvalid {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func TestAReplayIsMarkedWithoutTouchingTheKeptAnswer(t *testing.T) {
	kept := store.Answer{Status: 201, Headers: map[string]string{"Location": "/x"}, Body: []byte(`{}`)}
	got := Replayed(kept)
	if got.Headers["Idempotent-Replayed"] != "true" || got.Headers["Location"] != "/x" || got.Status != 201 || len(kept.Headers) != 1 {
		t.Errorf("%+v from %+v", got, kept)
	}
}

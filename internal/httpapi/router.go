package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/awslabs/aws-lambda-go-api-proxy/core"
	"github.com/awslabs/aws-lambda-go-api-proxy/httpadapter"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// Request is an API call.
type Request struct {
	HTTP      *http.Request
	By        onboarding.Principal // the zero Principal on a public route
	RequestID string

	body  []byte
	limit int // of the body, when it is more than usual
}

// Context is the call's context.
func (r *Request) Context() context.Context { return r.HTTP.Context() }

// PartnerID is the {partnerId} of the path.
func (r *Request) PartnerID() string { return r.HTTP.PathValue("partnerId") }

// HasBody says whether the call carries a body.
func (r *Request) HasBody() bool { return len(r.body) > 0 }

// Handler answers a call. An error becomes a problem document.
type Handler func(*Request) (store.Answer, error)

// Router dispatches the API calls of one function.
type Router struct {
	mux      *http.ServeMux
	patterns []string
	adapter  *httpadapter.HandlerAdapter
}

// NewRouter makes a router without routes.
func NewRouter() *Router {
	r := &Router{mux: http.NewServeMux()}
	r.mux.HandleFunc("/", r.noRoute)
	r.adapter = httpadapter.New(r.mux)
	return r
}

// noRoute answers what no route takes: 405 when the path takes another method,
// else 404.
func (r *Router) noRoute(w http.ResponseWriter, q *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut} {
		if _, pattern := r.mux.Handler(&http.Request{Method: method, URL: q.URL, Host: q.Host}); pattern != "/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		write(w, problemOf(q.Context(), onboarding.NotFound(), requestID(q), q.URL.Path))
		return
	}
	answer := problemOf(q.Context(), onboarding.Refuse(codeMethodNotAllowed, "This can be asked with "+strings.Join(allowed, " and ")+"."), requestID(q), q.URL.Path)
	answer.Headers["Allow"] = strings.Join(allowed, ", ")
	write(w, answer)
}

// Patterns lists the routes, "GET /partners/{partnerId}", for the test that
// holds them against the contract.
func (r *Router) Patterns() []string { return r.patterns }

// Handle adds a route for signed-in principals.
func (r *Router) Handle(pattern string, h Handler) { r.route(pattern, true, maxBody, h) }

// HandleLarge adds such a route whose body may be larger than is usual.
func (r *Router) HandleLarge(pattern string, limit int, h Handler) {
	r.route(pattern, true, limit, h)
}

// HandlePublic adds a route that needs no sign-in.
func (r *Router) HandlePublic(pattern string, h Handler) { r.route(pattern, false, maxBody, h) }

func (r *Router) route(pattern string, signedIn bool, limit int, h Handler) {
	r.patterns = append(r.patterns, pattern)
	r.mux.HandleFunc(pattern, func(w http.ResponseWriter, q *http.Request) {
		id := requestID(q)
		answer, err := serve(q, id, signedIn, limit, h)
		if err != nil {
			etag := answer.Headers["ETag"]
			answer = problemOf(q.Context(), err, id, q.URL.Path)
			if etag != "" && answer.Status == http.StatusPreconditionFailed {
				answer.Headers["ETag"] = etag
			}
		}
		write(w, answer)
	})
}

func serve(q *http.Request, id string, signedIn bool, limit int, h Handler) (answer store.Answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.ErrorContext(q.Context(), "panic", "panic", fmt.Sprint(p), "stack", string(debug.Stack()), "requestId", id)
			err = fmt.Errorf("panic in %s", q.Pattern)
		}
	}()
	r := &Request{HTTP: q, RequestID: id, limit: limit}
	gateway, _ := core.GetAPIGatewayContextFromContext(q.Context())
	by, ok := principalOf(gateway)
	if signedIn && !ok {
		return answer, onboarding.Refuse(codeUnauthenticated, "Sign in and send the ID token: Authorization: Bearer <token>.")
	}
	if signedIn {
		r.By = by
	}
	if r.body, err = io.ReadAll(io.LimitReader(q.Body, int64(limit)+1)); err != nil {
		return answer, onboarding.Refuse(codeMalformedBody, "The body could not be read.")
	}
	return h(r)
}

func requestID(q *http.Request) string {
	gateway, _ := core.GetAPIGatewayContextFromContext(q.Context())
	return gateway.RequestID
}

func write(w http.ResponseWriter, a store.Answer) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	for name, value := range a.Headers {
		h.Set(name, value)
	}
	w.WriteHeader(a.Status)
	if _, err := w.Write(a.Body); err != nil {
		slog.Warn("an answer could not be written", "error", err)
	}
}

// ServeEvent answers an API Gateway event.
func (r *Router) ServeEvent(ctx context.Context, event events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	return r.adapter.ProxyWithContext(ctx, event)
}

// JSON makes an answer with a JSON body.
func JSON(status int, body any) (store.Answer, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return store.Answer{}, fmt.Errorf("httpapi: encode the answer: %w", err)
	}
	return store.Answer{Status: status, Headers: map[string]string{}, Body: raw}, nil
}

// JSONWith makes an answer with a JSON body and headers, given as name, value,
// name, value.
func JSONWith(status int, body any, headers ...string) (store.Answer, error) {
	a, err := JSON(status, body)
	for i := 0; err == nil && i+1 < len(headers); i += 2 {
		a.Headers[headers[i]] = headers[i+1]
	}
	return a, err
}

// Idempotency is the request's identity by its Idempotency-Key, for this
// principal, method and path alone; without the header it has none. Only a POST
// takes one: a PUT is guarded by If-Match.
func (r *Request) Idempotency() (store.Request, error) {
	key := r.HTTP.Header.Get("Idempotency-Key")
	if key == "" || r.HTTP.Method != http.MethodPost {
		return store.Request{}, nil
	}
	if len(key) > 128 {
		return store.Request{}, onboarding.Invalid([]onboarding.Fault{{Pointer: "/Idempotency-Key", Code: onboarding.FaultTooLong, Message: "Use a key of at most 128 characters."}})
	}
	who := sha256.Sum256([]byte(strings.Join([]string{r.By.UserID, r.HTTP.Method, r.HTTP.URL.Path, key}, "\x00")))
	body := sha256.Sum256(r.body)
	return store.Request{Hash: hex.EncodeToString(who[:]), BodyHash: hex.EncodeToString(body[:])}, nil
}

// ETag writes a revision as an entity tag.
func ETag(revision int) string { return `"` + strconv.Itoa(revision) + `"` }

// IfMatch reads the revision that the caller saw from the If-Match header.
func (r *Request) IfMatch() (int, error) {
	tag := r.HTTP.Header.Get("If-Match")
	if tag == "" {
		return 0, onboarding.Refuse(codeIfMatchRequired, "Send If-Match with the ETag you read, so that nobody's change is overwritten.")
	}
	revision, err := strconv.Atoi(strings.Trim(tag, `"`))
	if err != nil || revision < 0 || tag != ETag(revision) {
		return -1, nil // no revision ever: stale
	}
	return revision, nil
}

// Limit reads the page size from the query: 1 to 100, 25 when absent.
func (r *Request) Limit() (int, error) {
	text := r.HTTP.URL.Query().Get("limit")
	if text == "" {
		return 25, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 100 {
		return 0, onboarding.Invalid([]onboarding.Fault{{Pointer: "/limit", Code: onboarding.FaultInvalid, Message: "Ask for 1 to 100 entries."}})
	}
	return n, nil
}

// Replayed marks an answer that was given before.
func Replayed(a store.Answer) store.Answer {
	headers := map[string]string{"Idempotent-Replayed": "true"}
	for k, v := range a.Headers {
		headers[k] = v
	}
	a.Headers = headers
	return a
}

// Negotiate chooses the media type to answer with from the Accept header: the
// first offer when the client takes anything. Offers are listed best first. An
// Accept that names none of them is refused with 406.
func Negotiate(r *Request, offers ...string) (string, error) {
	accept := r.HTTP.Header.Get("Accept")
	if accept == "" {
		return offers[0], nil
	}
	best, quality := "", 0.0
	for _, part := range strings.Split(accept, ",") {
		media, params, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		q := 1.0
		if text, given := params["q"]; given {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		for _, offer := range offers {
			kind, _, _ := strings.Cut(offer, "/")
			if (media == offer || media == kind+"/*" || media == "*/*") && q > quality {
				best, quality = offer, q
			}
		}
	}
	if best == "" {
		return "", onboarding.Refuse(codeNotAcceptable, "This is available as "+strings.Join(offers, " and ")+": ask for one of them with Accept.")
	}
	return best, nil
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// principal is who makes an API call: the claims of the ID token.
type principal map[string]any

var (
	adminUser       = principal{"sub": "u-admin", "email": "sofia.reyes@contoso.example", "name": "Sofia Reyes", "token_use": "id", "tenant_id": "t-contoso", "tenant_domain": "contoso.example", "global_admin": "true"}
	reviewerUser    = principal{"sub": "u-reviewer", "email": "reviewer@programme.example", "token_use": "id", "cognito:groups": "staff"}
	distributorUser = principal{"sub": "u-distributor", "email": "sales@northwind.example", "token_use": "id", "cognito:groups": "distributors", "distributor_id": "DIST-NORTHWIND"}
)

// apiCall is an API Gateway event.
func apiCall(by principal, method, path string, body any, headers ...string) map[string]any {
	h := map[string]string{"Accept": "application/json", "Content-Type": "application/json", "Host": "api.example", "User-Agent": "bench", "X-Forwarded-For": "192.0.2.7"}
	for i := 0; i+1 < len(headers); i += 2 {
		h[headers[i]] = headers[i+1]
	}
	many := map[string][]string{}
	for name, value := range h {
		many[name] = []string{value}
	}
	gateway := map[string]any{
		"requestId": "bench", "stage": "v1", "httpMethod": method, "path": "/v1" + path, "resourcePath": path, "apiId": "bench", "accountId": "000000000000",
		"identity": map[string]any{"sourceIp": "192.0.2.7", "userAgent": "bench"},
	}
	if by != nil {
		gateway["authorizer"] = map[string]any{"claims": by}
	}
	event := map[string]any{"resource": path, "path": path, "httpMethod": method, "headers": h, "multiValueHeaders": many, "requestContext": gateway, "isBase64Encoded": false}
	if body != nil {
		text, _ := json.Marshal(body)
		event["body"] = string(text)
	}
	return event
}

type apiAnswer struct {
	StatusCode        int
	Headers           map[string]string
	MultiValueHeaders map[string][]string
	Body              string
}

func (a apiAnswer) header(name string) string {
	for key, values := range a.MultiValueHeaders {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return a.Headers[name]
}

// system is every function, the database behind the proxy, and the conductor.
type system struct {
	functions map[string]*function
	database  *database
	proxy     *proxy
	conductor *conductor
	partner   string
	etag      string
}

func (b bench) startSystem(ctx context.Context) (s *system, err error) {
	s = &system{functions: map[string]*function{}}
	defer func() {
		if err != nil {
			s.stop()
		}
	}()
	if s.database, err = startDatabase(ctx, b.place); err != nil {
		return s, err
	}
	if s.proxy, err = startProxy(s.database.endpoint); err != nil {
		return s, err
	}
	if s.conductor, err = startConductor(b.place.Root, func(ctx context.Context, name string, event, out any) error {
		return s.functions[name].call(ctx, event, out)
	}); err != nil {
		return s, err
	}
	env := environment(map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": s.proxy.endpoint, "AWS_ENDPOINT_URL_SFN": s.conductor.endpoint, "AWS_ENDPOINT_URL_SES": s.conductor.endpoint})
	for _, name := range append([]string{floor, peerName}, b.functions...) {
		if s.functions[name], _, err = launch(ctx, name, filepath.Join(b.bin, name), env); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *system) stop() {
	for _, f := range s.functions {
		if f != nil {
			f.stop()
		}
	}
	if s.conductor != nil {
		s.conductor.stop()
	}
	if s.proxy != nil {
		s.proxy.stop()
	}
	if s.database != nil {
		s.database.stop()
	}
}

// do makes an API call of the partner; its answer must be a success.
func (s *system) do(ctx context.Context, function string, by principal, method, path string, body, out any, headers ...string) error {
	var a apiAnswer
	path = strings.ReplaceAll(path, "{id}", s.partner)
	if err := s.functions[function].call(ctx, apiCall(by, method, path, body, headers...), &a); err != nil {
		return err
	}
	if a.StatusCode < http.StatusOK || a.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %d %s\n%s", method, path, a.StatusCode, a.Body, s.functions[function].log)
	}
	s.etag = a.header("ETag")
	if out == nil {
		return nil
	}
	return json.Unmarshal([]byte(a.Body), out)
}

// settle does what the minutes after a command do: the outbox's sweep, and the
// workflow arriving at its next wait.
func (s *system) settle(ctx context.Context) error {
	deadline := time.Now().Add(20 * time.Second)
	for !s.conductor.waiting() {
		select {
		case err := <-s.conductor.ended:
			s.conductor.ended <- err
			if err != nil {
				return fmt.Errorf("the workflow failed: %w", err)
			}
			return s.functions["outbox"].call(ctx, map[string]any{}, nil)
		case <-time.After(5 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			return errors.New("the workflow doesn't arrive at its next wait")
		}
	}
	return s.functions["outbox"].call(ctx, map[string]any{}, nil)
}

var ownershipLink = regexp.MustCompile(`/ownership-links/(\S+)`)

// onboard takes a company from enrolment to its first distributor, with the
// calls that a front-end makes on the way.
func (s *system) onboard(ctx context.Context) error {
	var enrolled api.Enrollment
	var agreement api.Agreement
	var relationship api.Relationship
	info := api.BusinessInfo{
		LegalProfile: api.LegalProfile{
			LegalName: "Contoso Ltd", RegistrationNumber: "01234567",
			Address:        api.Address{Country: "GB", Lines: []string{"1 Paddington Square", "Floor 5"}, Locality: "London", PostalCode: "W2 1GG"},
			PrimaryContact: api.Contact{FirstName: "Ada", LastName: "Lund", Email: "ada.lund@contoso.example", Phone: "020 7946 0018"},
		},
		SupportProfile: api.SupportProfile{Email: "help@contoso.example", Website: "https://www.contoso.com"},
	}
	status := func() error { return s.do(ctx, "partner", adminUser, "GET", "/partners/{id}", nil, nil) }
	steps := []func() error{
		func() error {
			err := s.do(ctx, "enrollment", adminUser, "POST", "/partners", api.EnrollmentRequest{WorkAccount: "existing", WorkEmail: "sofia.reyes@contoso.example", CompanyName: "Contoso Ltd"}, &enrolled, "Idempotency-Key", "k-1")
			s.partner = enrolled.Partner.PartnerID
			return err
		},
		func() error {
			return s.do(ctx, "businessinfo", adminUser, "GET", "/partners/{id}/business-info", nil, nil)
		},
		func() error {
			return s.do(ctx, "businessinfo", adminUser, "PUT", "/partners/{id}/business-info", info, nil, "If-Match", s.etag)
		},
		func() error {
			return s.do(ctx, "businessinfo", adminUser, "POST", "/partners/{id}/business-info/submission", nil, nil, "Idempotency-Key", "k-2")
		},
		func() error {
			link := ownershipLink.FindStringSubmatch(s.conductor.mail("/ownership-links/"))
			if link == nil {
				return errors.New("no mail with the ownership link came")
			}
			if err := s.do(ctx, "verification", nil, "GET", "/ownership-links/"+link[1], nil, nil); err != nil {
				return err
			}
			return s.do(ctx, "verification", nil, "POST", "/ownership-links/"+link[1], nil, nil)
		},
		func() error {
			return s.do(ctx, "verification", reviewerUser, "POST", "/partners/{id}/verification/decision", api.DecisionRequest{Decision: "Authorized", Reason: "As in the register."}, nil)
		},
		func() error {
			return s.do(ctx, "agreement", adminUser, "GET", "/partners/{id}/agreement", nil, &agreement)
		},
		func() error {
			return s.do(ctx, "agreement", adminUser, "POST", "/partners/{id}/agreement/acceptance", api.AcceptanceRequest{
				Version: agreement.Version, SHA256: agreement.Documents[0].SHA256, SignerName: "Sofia Reyes", SignerTitle: "Managing Director", Consent: true,
			}, nil, "Idempotency-Key", "k-3")
		},
		func() error {
			return s.do(ctx, "distributor", distributorUser, "POST", "/partners/{id}/relationships", map[string]any{"message": "Welcome!"}, &relationship)
		},
		func() error {
			return s.do(ctx, "distributor", adminUser, "POST", "/partners/{id}/relationships/"+relationship.RelationshipID+"/acceptance", nil, nil)
		},
	}
	for n, step := range steps {
		err := step()
		if err == nil {
			err = s.settle(ctx)
		}
		if err == nil && n != 1 && n != 6 { // the front-end shows the status after each act
			etag := s.etag
			err = status()
			s.etag = etag
		}
		if err != nil {
			return fmt.Errorf("step %d: %w", n+1, err)
		}
	}
	select {
	case err := <-s.conductor.ended:
		return err
	case <-time.After(20 * time.Second):
		return errors.New("the workflow doesn't end")
	}
}

// cost is that of all calls of one operation.
type cost struct {
	Calls int
	Units float64
}

// onboarding is what one onboarding costs.
type onboarding struct {
	Read, Write float64 // capacity units
	Calls       int     // of the database
	ByOperation map[string]cost
	Transitions int // states entered, and each execution's start and end
	States      []string
	Mails       int
}

func (s *system) measureOnboarding(ctx context.Context) (onboarding, error) {
	s.proxy.take()
	if err := s.onboard(ctx); err != nil {
		return onboarding{}, err
	}
	o := onboarding{ByOperation: map[string]cost{}, States: s.conductor.states, Mails: len(s.conductor.mails)}
	for _, c := range s.proxy.take() {
		o.Calls++
		o.Read += c.Read
		o.Write += c.Write
		sum := o.ByOperation[c.Operation]
		o.ByOperation[c.Operation] = cost{sum.Calls + 1, sum.Units + c.Read + c.Write}
	}
	executions := map[string]bool{}
	for _, state := range o.States {
		name, _, _ := strings.Cut(state, "/")
		executions[name] = true
	}
	o.Transitions = len(o.States) + 2*len(executions)
	return o, nil
}

//go:build stack

package e2e

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/test/contract"
)

// refusal is a request that must be refused, and how.
type refusal struct {
	by, method, path string
	body             any // raw when a string
	headers          []string

	status int
	code   string
	faults map[string]string // code by pointer
	actors []api.Role
	where  string
}

// raw sends a body as it is.
func (w *world) raw(user, method, path, body string, headers ...string) answer {
	w.Helper()
	request, err := http.NewRequestWithContext(w.Context(), method, w.stack.APIURL+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if user != "" {
		token, err := w.stack.Token(w.Context(), user)
		if err != nil {
			w.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			request.Header.Del(headers[i])
		} else {
			request.Header.Set(headers[i], headers[i+1])
		}
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		w.Fatal(err)
	}
	text, err := io.ReadAll(response.Body)
	if err != nil {
		w.Fatal(err)
	}
	if err := response.Body.Close(); err != nil {
		w.Fatal(err)
	}
	a := answer{w, method + " " + path + " as " + user, response.StatusCode, response.Header, text}
	if err := contract.Check(method, path, a.status, a.header, a.body); err != nil {
		w.Errorf("%s: %v", a.what, err)
	}
	return a
}

// refused sends a request that must be refused and must change nothing.
func (c *company) refused(r refusal) answer {
	c.Helper()
	var a answer
	c.unchanged(func() {
		if text, ok := r.body.(string); ok {
			a = c.raw(r.by, r.method, r.path, text, r.headers...)
		} else {
			a = c.call(r.by, r.method, r.path, r.body, r.headers...)
		}
	})
	if media := a.header.Get("Content-Type"); media != "application/problem+json" {
		c.Fatalf("%s: %d, %s: %s", a.what, a.status, media, a.body)
	}
	p := as[api.Problem](a)
	faults := map[string]string{}
	for _, f := range p.Errors {
		faults[f.Pointer] = f.Code
	}
	if a.status != r.status || p.Code != r.code || !maps.Equal(faults, r.faults) {
		c.Errorf("%s: %d %s %v\nwant %d %s %v\n%s", a.what, a.status, p.Code, faults, r.status, r.code, r.faults, a.body)
	}
	if r.actors != nil && !slices.Equal(p.Actors, r.actors) {
		c.Errorf("%s: actors %v, want %v", a.what, p.Actors, r.actors)
	}
	if r.where != "" && p.Where != r.where {
		c.Errorf("%s: mended at %q, want %q", a.what, p.Where, r.where)
	}
	_, known := contract.Find(r.method, r.path)
	gateways := a.status == 401 || !known // the gateway's own answer has no text
	if p.RequestID == "" || p.Detail == "" && !gateways || a.header.Get("Cache-Control") != "no-store" {
		c.Errorf("%s: %+v, headers %v", a.what, p, a.header)
	}
	if bytes.Contains(a.body, []byte("arn:")) || bytes.Contains(a.body, []byte("amazonaws")) || bytes.Contains(a.body, []byte("goroutine")) {
		c.Errorf("%s: the insides show: %s", a.what, a.body)
	}
	return a
}

// each refuses a table of requests, all at once.
func (c *company) each(t *testing.T, rows map[string]refusal) {
	t.Helper()
	t.Run("refused", func(t *testing.T) {
		for name, row := range rows {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				own := *c
				own.world = &world{t, c.stack}
				own.refused(row)
			})
		}
	})
}

func TestAWrongEnrolmentIsRefusedAndMakesNothing(t *testing.T) { // E2, E4
	c := newWorld(t).newCompany()
	with := func(changes ...any) map[string]any {
		body := c.enrolment()
		for i := 0; i+1 < len(changes); i += 2 {
			if body[changes[i].(string)] = changes[i+1]; changes[i+1] == nil {
				delete(body, changes[i].(string))
			}
		}
		return body
	}
	post := func(by string, body any, status int, code string, faults map[string]string, headers ...string) refusal {
		return refusal{by: by, method: "POST", path: "/partners", body: body, status: status, code: code, faults: faults, headers: headers}
	}
	unknown, wrong := "unknown_field", "wrong_type"
	rows := map[string]refusal{
		"malformed JSON":               post(c.admin, `{"workAccount":`, 400, "malformed_body", nil),
		"two documents":                post(c.admin, `{}{}`, 400, "malformed_body", nil),
		"an empty body":                post(c.admin, ``, 400, "malformed_body", nil),
		"not JSON":                     post(c.admin, `workAccount=existing`, 415, "unsupported_media_type", nil, "Content-Type", "application/x-www-form-urlencoded"),
		"no media type":                post(c.admin, `{}`, 415, "unsupported_media_type", nil, "Content-Type", ""),
		"too large":                    post(c.admin, `{"companyName":"`+strings.Repeat("x", 70<<10)+`"}`, 413, "body_too_large", nil),
		"nested very deep":             post(c.admin, strings.Repeat("[", 60<<10), 400, "malformed_body", nil),
		"a list":                       post(c.admin, `[]`, 422, "invalid", map[string]string{"": wrong}),
		"nothing in it":                post(c.admin, `{}`, 422, "invalid", map[string]string{"/workAccount": "required", "/workEmail": "required", "/companyName": "required"}),
		"unknown and read-only":        post(c.admin, with("partnerId", "P-1", "status", "Active", "version", 7, "roles", []any{"GlobalAdmin"}, "verification", map[string]any{}, "regionId", "x"), 422, "invalid", map[string]string{"/partnerId": unknown, "/status": unknown, "/version": unknown, "/roles": unknown, "/verification": unknown, "/regionId": unknown}),
		"wrong types":                  post(c.admin, with("workAccount", true, "workEmail", 1, "companyName", []any{"x"}), 422, "invalid", map[string]string{"/workAccount": wrong, "/workEmail": wrong, "/companyName": wrong}),
		"every value wrong":            post(c.admin, with("workAccount", "old", "workEmail", "ada", "companyName", " "), 422, "invalid", map[string]string{"/workAccount": "unsupported", "/workEmail": "invalid", "/companyName": "required"}),
		"a consumer's mail (E4)":       post(c.admin, with("workEmail", "ada@gmail.com"), 422, "invalid", map[string]string{"/workEmail": "consumer_mail_domain"}),
		"a name too long":              post(c.admin, with("companyName", strings.Repeat("x", 201)), 422, "invalid", map[string]string{"/companyName": "too_long"}),
		"a name of two lines":          post(c.admin, with("companyName", "Contoso\r\nBcc: eve@evil.example"), 422, "invalid", map[string]string{"/companyName": "invalid"}),
		"a directory called new":       post(c.admin, with("workAccount", "new"), 422, "invalid", map[string]string{"/workAccount": "not_allowed"}),
		"a key that is too long":       post(c.admin, with(), 422, "invalid", map[string]string{"/Idempotency-Key": "too_long"}, "Idempotency-Key", strings.Repeat("k", 129)),
		"a colleague (E2)":             {by: c.colleague, method: "POST", path: "/partners", body: with(), status: 403, code: "role_required", actors: []api.Role{api.RoleGlobalAdmin}},
		"a colleague, as new (E2)":     post(c.colleague, with("workAccount", "new"), 403, "role_required", nil),
		"a reviewer (E2)":              post(reviewer, with(), 403, "role_required", nil),
		"a distributor (E2)":           post(northwind, with(), 403, "role_required", nil),
		"nobody":                       post("", with(), 401, "unauthenticated", nil),
		"a token that is none":         post("", with(), 401, "unauthenticated", nil, "Authorization", "Bearer eyJhbGciOiJub25lIn0.e30."),
		"a route that is none":         {by: c.admin, method: "GET", path: "/nothing/here", status: 404, code: "not_found"},
		"a method that is none":        {by: c.admin, method: "DELETE", path: "/partners", status: 404, code: "not_found"},
		"a query out of bounds":        {by: reviewer, method: "GET", path: "/partners?queue=verification&limit=101", status: 422, code: "invalid", faults: map[string]string{"/limit": "invalid"}},
		"a queue that is none":         {by: reviewer, method: "GET", path: "/partners?queue=all", status: 422, code: "invalid", faults: map[string]string{"/queue": "unsupported"}},
		"a cursor of somebody's own":   {by: reviewer, method: "GET", path: "/partners?queue=verification&cursor=abc", status: 422, code: "invalid", faults: map[string]string{"/cursor": "invalid"}},
		"a country that is none":       {by: c.admin, method: "GET", path: "/countries/XX", status: 404, code: "not_found"},
		"the queue for a partner (O2)": {by: c.admin, method: "GET", path: "/partners?queue=verification", status: 403, code: "role_required", actors: []api.Role{api.RoleReviewer}},
	}
	c.each(t, rows)
	if id := c.partnerOfTenant(); id != "" {
		t.Errorf("a refused request enrolled %s", id)
	}
}

func TestWrongBusinessInformationIsRefusedAndChangesNothing(t *testing.T) { // B1, B2, B5
	c := newWorld(t).newCompany().drafted()
	tag := c.call(c.admin, "GET", c.path("/business-info"), nil).is(200).header.Get("ETag")
	put := func(by string, body any, status int, code string, faults map[string]string, headers ...string) refusal {
		if headers == nil {
			headers = []string{"If-Match", tag}
		}
		return refusal{by: by, method: "PUT", path: c.path("/business-info"), body: body, status: status, code: code, faults: faults, headers: headers}
	}
	unknown, wrong := "unknown_field", "wrong_type"
	c.each(t, map[string]refusal{
		"malformed JSON":        put(c.admin, `{"legalProfile":{]}`, 400, "malformed_body", nil, "If-Match", tag),
		"too large":             put(c.admin, `{"legalProfile":{"legalName":"`+strings.Repeat("x", 70<<10)+`"}}`, 413, "body_too_large", nil, "If-Match", tag),
		"unknown and read-only": put(c.admin, c.info("/state", "Frozen", "/verification", map[string]any{"status": "Authorized"}, "/legalProfile/verified", true, "/legalProfile/address/region", "x", "/supportProfile/fax", "1"), 422, "invalid", map[string]string{"/state": unknown, "/verification": unknown, "/legalProfile/verified": unknown, "/legalProfile/address/region": unknown, "/supportProfile/fax": unknown}),
		"every type wrong": put(c.admin, map[string]any{"legalProfile": map[string]any{"legalName": 1, "tradingName": true, "registrationNumber": []any{}, "address": map[string]any{"country": 7, "lines": "1 High Street", "locality": nil, "postalCode": map[string]any{}}, "primaryContact": "Ada"}, "supportProfile": []any{}}, 422, "invalid",
			map[string]string{"/legalProfile/legalName": wrong, "/legalProfile/tradingName": wrong, "/legalProfile/registrationNumber": wrong, "/legalProfile/address/country": wrong, "/legalProfile/address/lines": wrong, "/legalProfile/address/locality": wrong, "/legalProfile/address/postalCode": wrong, "/legalProfile/primaryContact": wrong, "/supportProfile": wrong}),
		"every text too long": put(c.admin, c.info("/legalProfile/legalName", strings.Repeat("x", 201), "/legalProfile/primaryContact/firstName", strings.Repeat("x", 101), "/legalProfile/address/postalCode", strings.Repeat("1", 21), "/supportProfile/website", "https://"+strings.Repeat("x", 500)), 422, "invalid",
			map[string]string{"/legalProfile/legalName": "too_long", "/legalProfile/primaryContact/firstName": "too_long", "/legalProfile/address/postalCode": "too_long", "/supportProfile/website": "too_long"}),
		"a name that is a link":        put(c.admin, c.info("/legalProfile/primaryContact/firstName", "https://evil.example/click"), 422, "invalid", map[string]string{"/legalProfile/primaryContact/firstName": "looks_like_link"}),
		"no If-Match":                  put(c.admin, c.info(), 428, "if_match_required", nil, "If-Match", ""),
		"a colleague (B3)":             {by: c.colleague, method: "PUT", path: c.path("/business-info"), body: c.info(), headers: []string{"If-Match", tag}, status: 403, code: "role_required", actors: []api.Role{api.RoleGlobalAdmin, api.RoleAdminAgent}},
		"a colleague's submit (B3)":    {by: c.colleague, method: "POST", path: c.path("/business-info/submission"), status: 403, code: "role_required", actors: []api.Role{api.RoleGlobalAdmin, api.RoleAdminAgent}},
		"a reviewer (B3)":              put(reviewer, c.info(), 403, "role_required", nil),
		"deciding without a case":      {by: reviewer, method: "POST", path: c.path("/verification/decision"), body: map[string]any{"decision": "Authorized", "reason": "x"}, status: 409, code: "verification_not_open", where: c.path("/business-info")},
		"signing before authorized":    {by: c.admin, method: "POST", path: c.path("/agreement/acceptance"), body: c.acceptance(), status: 409, code: "verification_not_authorized", where: c.path("/verification")},
		"a resend without a case":      {by: c.admin, method: "POST", path: c.path("/verification/ownership-link"), status: 409, code: "verification_not_open"},
		"evidence of what is unsigned": {by: c.admin, method: "GET", path: c.path("/agreement/acceptance"), status: 404, code: "not_found"},
		"a document as a picture":      {by: c.admin, method: "GET", path: c.path("/agreement/document"), headers: []string{"Accept", "image/png"}, status: 406, code: "not_acceptable"},
		"a page of nothing":            {by: c.admin, method: "GET", path: c.path("/timeline?limit=0"), status: 422, code: "invalid", faults: map[string]string{"/limit": "invalid"}},
		"a cursor of somebody's own":   {by: c.admin, method: "GET", path: c.path("/timeline?cursor=abc"), status: 422, code: "invalid", faults: map[string]string{"/cursor": "invalid"}},
		"a time that is none":          {by: c.admin, method: "GET", path: c.path("/eligibility?at=yesterday"), status: 422, code: "invalid", faults: map[string]string{"/at": "invalid"}},
	})
	for _, stale := range []string{`"99"`, `"0"`, `W/` + tag, `*`, `nonsense`} {
		if a := c.refused(put(c.admin, c.info(), 412, "stale_version", nil, "If-Match", stale)); a.header.Get("ETag") != tag {
			t.Errorf("If-Match %s: the current tag is %s, got %s", stale, tag, a.header.Get("ETag"))
		}
	}
}

func TestADraftIsSubmittedOnlyWhenEverythingIsRightAndAllFaultsAreListedAtOnce(t *testing.T) { // B1, B2, B5
	c := newWorld(t).newCompany().enrol()
	submit := refusal{by: c.admin, method: "POST", path: c.path("/business-info/submission"), status: 409, code: "business_info_missing", where: c.path("/business-info")}
	c.refused(submit)
	submit.status, submit.code, submit.where = 422, "invalid", ""
	for name, row := range map[string]struct {
		info   map[string]any
		faults map[string]string
	}{
		"nothing entered": {map[string]any{}, map[string]string{
			"/legalProfile/legalName": "required", "/legalProfile/address/country": "required", "/legalProfile/primaryContact/firstName": "required", "/legalProfile/primaryContact/lastName": "required",
			"/legalProfile/primaryContact/email": "required", "/supportProfile/email": "required"}},
		"every value wrong": {c.info("/legalProfile/legalName", "", "/legalProfile/registrationNumber", "1", "/legalProfile/address/lines", []any{"PO Box 7"}, "/legalProfile/address/postalCode", "12345", "/legalProfile/primaryContact/email", "ada", "/legalProfile/primaryContact/phone", "+1 425 555 0100", "/supportProfile/email", "help@", "/supportProfile/website", "http://169.254.169.254/latest"), map[string]string{
			"/legalProfile/legalName": "required", "/legalProfile/registrationNumber": "invalid", "/legalProfile/address/lines/0": "po_box", "/legalProfile/address/postalCode": "invalid",
			"/legalProfile/primaryContact/email": "invalid", "/legalProfile/primaryContact/phone": "phone_country", "/supportProfile/email": "invalid", "/supportProfile/website": "invalid"}},
		"a PO box (B1)":             {c.info("/legalProfile/address/lines", []any{"P.O. Box 123"}), map[string]string{"/legalProfile/address/lines/0": "po_box"}},
		"another country's phone":   {c.info("/legalProfile/primaryContact/phone", "+49 30 901820"), map[string]string{"/legalProfile/primaryContact/phone": "phone_country"}},
		"a country of no region":    {c.info("/legalProfile/address/country", "XX"), map[string]string{"/legalProfile/address/country": "unsupported"}},
		"a website on the own host": {c.info("/supportProfile/website", "https://localhost/"), map[string]string{"/supportProfile/website": "invalid"}},
	} {
		c.save(row.info)
		v := as[api.BusinessInfoView](c.call(c.admin, "GET", c.path("/business-info"), nil).is(200))
		remaining := map[string]string{}
		for _, f := range v.Remaining {
			remaining[f.Pointer] = f.Code
		}
		if !reflect.DeepEqual(remaining, row.faults) { // what is still wrong is told before submitting
			t.Errorf("%s: remaining %v", name, remaining)
		}
		submit.faults = row.faults
		c.refused(submit)
	}
	c.save(c.info())
	c.submit()
	submit.status, submit.code, submit.faults = 409, "already_submitted", nil
	c.refused(submit)
	tag := c.call(c.admin, "GET", c.path("/business-info"), nil).is(200).header.Get("ETag")
	c.refused(refusal{by: c.admin, method: "PUT", path: c.path("/business-info"), body: c.info(), headers: []string{"If-Match", tag}, status: 409, code: "already_submitted"})
}

func TestAnIdempotencyKeyIsForOneIntention(t *testing.T) {
	c := newWorld(t).newCompany()
	first := c.call(c.admin, "POST", "/partners", c.enrolment(), "Idempotency-Key", "k-1").is(201)
	c.id = as[api.Enrollment](first).Partner.PartnerID
	c.unchanged(func() {
		again := c.call(c.admin, "POST", "/partners", c.enrolment(), "Idempotency-Key", "k-1").is(201)
		if again.header.Get("Idempotent-Replayed") != "true" || first.header.Get("Idempotent-Replayed") != "" || !bytes.Equal(first.body, again.body) || again.header.Get("Location") != first.header.Get("Location") {
			t.Errorf("replayed %v %s\nfirst %v %s", again.header, again.body, first.header, first.body)
		}
	})
	other := c.enrolment()
	other["companyName"] = "Another"
	c.refused(refusal{by: c.admin, method: "POST", path: "/partners", body: other, headers: []string{"Idempotency-Key", "k-1"}, status: 422, code: "idempotency_key_reused"})
	c.refused(refusal{by: c.colleague, method: "POST", path: "/partners", body: c.enrolment(), headers: []string{"Idempotency-Key", "k-1"}, status: 403, code: "role_required"})
	if same := c.call(c.admin, "POST", "/partners", c.enrolment(), "Idempotency-Key", "k-2").is(200); same.header.Get("Idempotent-Replayed") != "" {
		t.Error("another key was replayed")
	}

	// Another principal's key is another key, even for the same partner and operation.
	c.save(c.info())
	submission := c.path("/business-info/submission")
	made := c.call(c.admin, "POST", submission, nil, "Idempotency-Key", "k-3").is(201)
	c.unchanged(func() {
		if again := c.call(c.admin, "POST", submission, nil, "Idempotency-Key", "k-3").is(201); !bytes.Equal(made.body, again.body) || again.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("replayed %s", again.body)
		}
	})
	c.refused(refusal{by: c.colleague, method: "POST", path: submission, headers: []string{"Idempotency-Key", "k-3"}, status: 403, code: "role_required"})
	foreigner := (&world{t, c.stack}).newCompany()
	c.refused(refusal{by: foreigner.admin, method: "POST", path: submission, headers: []string{"Idempotency-Key", "k-3"}, status: 404, code: "not_found"})
	mine := foreigner.call(foreigner.admin, "POST", "/partners", foreigner.enrolment(), "Idempotency-Key", "k-1").is(201)
	if as[api.Enrollment](mine).Partner.PartnerID == c.id {
		t.Error("a foreigner's key found another's answer")
	}
}

func TestALinkIsForOneAddressOfOneCaseAndWorksOnce(t *testing.T) { // V10
	c := newWorld(t).newCompany().submitted()
	link := c.link()
	if shown := as[api.OwnershipLink](c.call("", "GET", link, nil).is(200)); shown.State != api.OwnershipLinkStateOpen || strings.Contains(shown.EmailMasked, "ada@") {
		t.Errorf("shown %+v", shown)
	}
	for _, wrong := range []string{
		link[:len(link)-1] + "!", link + "x", link[:len(link)-4], "/ownership-links/" + c.id + ".0123456789012345678901234567890123456789012",
		"/ownership-links/P-00000000000000000000000000." + link[strings.Index(link, ".")+1:], "/ownership-links/0123456789012345", "/ownership-links/.................",
	} {
		for _, method := range []string{"GET", "POST"} {
			c.refused(refusal{method: method, path: wrong, status: 404, code: "not_found"})
		}
	}
	other := (&world{t, c.stack}).newCompany().submitted()
	_, secret, _ := strings.Cut(link, ".")
	c.refused(refusal{method: "POST", path: "/ownership-links/" + other.id + "." + secret, status: 404, code: "not_found"}) // another's case
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/verification/ownership-link"), status: 429, code: "resend_limited"})
	c.refused(refusal{by: reviewer, method: "POST", path: c.path("/verification/decision"), body: map[string]any{"decision": "Authorized", "reason": "x"}, status: 409, code: "email_ownership_pending"})

	c.call("", "POST", link, nil).is(200)
	c.unchanged(func() {
		for _, method := range []string{"POST", "POST", "GET"} { // once; again is no error
			if again := as[api.OwnershipLink](c.call("", method, link, nil).is(200)); again.State != api.OwnershipLinkStateConfirmed {
				t.Errorf("%s again: %+v", method, again)
			}
		}
	})
	c.refused(refusal{by: c.admin, method: "POST", path: c.path("/verification/ownership-link"), status: 409, code: "email_ownership_confirmed"})

	decide := func(by string, body map[string]any, status int, code string, faults map[string]string) {
		t.Helper()
		c.refused(refusal{by: by, method: "POST", path: c.path("/verification/decision"), body: body, status: status, code: code, faults: faults})
	}
	decide(reviewer, map[string]any{}, 422, "invalid", map[string]string{"/decision": "required", "/reason": "required"})
	decide(reviewer, map[string]any{"decision": "Maybe", "reason": "x"}, 422, "invalid", map[string]string{"/decision": "unsupported"})
	decide(reviewer, map[string]any{"decision": "Rejected", "reason": "x"}, 422, "invalid", map[string]string{"/reasonCodes": "required"}) // V11
	decide(reviewer, map[string]any{"decision": "Rejected", "reason": "x", "reasonCodes": []any{"because", "legal_name_mismatch", "legal_name_mismatch"}}, 422, "invalid", map[string]string{"/reasonCodes/0": "unsupported", "/reasonCodes/2": "not_allowed"})
	decide(reviewer, map[string]any{"decision": "Authorized", "reason": "x", "reasonCodes": []any{"legal_name_mismatch"}}, 422, "invalid", map[string]string{"/reasonCodes": "not_allowed"})
	decide(c.admin, map[string]any{"decision": "Authorized", "reason": "x"}, 403, "role_required", nil)
	c.decide("Rejected", "legal_name_mismatch")
	decide(reviewer, map[string]any{"decision": "Authorized", "reason": "x"}, 409, "verification_decided", nil)

	// The rejected case's link proves nothing of the next one, with another contact.
	c.save(c.info("/legalProfile/primaryContact/email", "grace@"+c.domain))
	c.submit()
	c.refused(refusal{method: "POST", path: link, status: 404, code: "not_found"})
}

func TestOnlyWhoMaySignsTheCurrentAgreementInTime(t *testing.T) { // A1, A2, A3, A5
	c := newWorld(t).newCompany().authorized()
	body := c.acceptance()
	with := func(changes ...any) map[string]any {
		other := maps.Clone(body)
		for i := 0; i+1 < len(changes); i += 2 {
			other[changes[i].(string)] = changes[i+1]
		}
		return other
	}
	sign := func(by string, body any, status int, code string, faults map[string]string) refusal {
		return refusal{by: by, method: "POST", path: c.path("/agreement/acceptance"), body: body, status: status, code: code, faults: faults}
	}
	request := c.requested(northwind)
	signers := []api.Role{api.RoleGlobalAdmin, api.RoleLegalAuthority}
	colleague, staff, distributor := sign(c.colleague, body, 403, "role_required", nil), sign(reviewer, body, 403, "role_required", nil), sign(northwind, body, 403, "role_required", nil)
	colleague.actors, staff.actors, distributor.actors = signers, signers, signers
	c.each(t, map[string]refusal{
		"a stale hash (A2)":                 {by: c.admin, method: "POST", path: c.path("/agreement/acceptance"), body: with("sha256", strings.Repeat("0", 64)), status: 409, code: "agreement_version_stale", where: c.path("/agreement")},
		"a stale version (A2)":              {by: c.admin, method: "POST", path: c.path("/agreement/acceptance"), body: with("version", "2019-01"), status: 409, code: "agreement_version_stale"},
		"no consent (A2)":                   sign(c.admin, with("consent", false), 422, "invalid", map[string]string{"/consent": "must_be_true"}),
		"everything wrong":                  sign(c.admin, map[string]any{}, 422, "invalid", map[string]string{"/version": "required", "/sha256": "required", "/signerName": "required", "/signerTitle": "required", "/consent": "must_be_true"}),
		"consent as a text":                 sign(c.admin, with("consent", "true"), 422, "invalid", map[string]string{"/consent": "wrong_type"}),
		"evidence of one's own":             sign(c.admin, with("ipAddress", "192.0.2.1", "acceptedAt", "2020-01-01T00:00:00Z"), 422, "invalid", map[string]string{"/ipAddress": "unknown_field", "/acceptedAt": "unknown_field"}),
		"a colleague (A3)":                  colleague,
		"staff (A3)":                        staff,
		"the distributor (A3)":              distributor,
		"accepting before agreement (A5)":   {by: c.admin, method: "POST", path: request + "/acceptance", status: 409, code: "agreement_not_accepted", where: c.path("/agreement"), actors: signers},
		"a request of another region (D5)":  {by: adventure, method: "POST", path: c.path("/relationships"), body: map[string]any{}, status: 409, code: "region_not_served"},
		"a second request (D2)":             {by: northwind, method: "POST", path: c.path("/relationships"), body: map[string]any{}, status: 409, code: "relationship_exists"},
		"a partner asking itself (D2)":      {by: c.admin, method: "POST", path: c.path("/relationships"), body: map[string]any{}, status: 403, code: "role_required", actors: []api.Role{api.RoleDistributor}},
		"the distributor answering itself":  {by: northwind, method: "POST", path: request + "/acceptance", status: 403, code: "role_required", actors: []api.Role{api.RoleGlobalAdmin, api.RoleAdminAgent}},
		"another distributor looking (D6)":  {by: adventure, method: "GET", path: c.path("/eligibility"), status: 404, code: "not_found"},
		"the distributor asking of another": {by: northwind, method: "GET", path: c.path("/eligibility?distributorId=DIST-ADVENTURE"), status: 404, code: "not_found"},
		"ending what isn't active":          {by: c.admin, method: "POST", path: request + "/termination", body: map[string]any{"reason": "x"}, status: 409, code: "relationship_closed"},
		"a relationship that is none":       {by: c.admin, method: "POST", path: c.path("/relationships/R-0/acceptance"), status: 404, code: "not_found"},
	})
	c.sign()
	c.refused(sign(c.admin, body, 409, "agreement_already_accepted", nil))
	c.call(c.admin, "POST", request+"/acceptance", nil).is(200)
	c.refused(refusal{by: c.admin, method: "POST", path: request + "/acceptance", status: 409, code: "relationship_closed"})
	c.refused(refusal{by: c.admin, method: "POST", path: request + "/decline", status: 409, code: "relationship_closed"})
	c.refused(refusal{by: northwind, method: "POST", path: c.path("/relationships"), body: map[string]any{}, status: 409, code: "relationship_exists"})
	c.refused(refusal{by: c.admin, method: "POST", path: request + "/termination", body: map[string]any{}, status: 422, code: "invalid", faults: map[string]string{"/reason": "required"}})
	c.refused(refusal{by: c.colleague, method: "POST", path: request + "/termination", body: map[string]any{"reason": "x"}, status: 403, code: "role_required"})

	c.call(northwind, "POST", request+"/termination", map[string]any{"reason": "We moved."}).is(200) // D4
	if e := as[api.Eligibility](c.call(c.admin, "GET", c.path("/eligibility"), nil).is(200)); e.Eligible {
		t.Error("eligible without a distributor (D4)")
	}
	c.refused(refusal{by: c.admin, method: "POST", path: request + "/termination", body: map[string]any{"reason": "x"}, status: 409, code: "relationship_closed"})
}

func TestAnAttributeThatAUserWroteHimselfGivesNothing(t *testing.T) { // API2
	w := newWorld(t)
	victim := w.newCompany().enrol()
	c := w.newCompany()
	c.admin = "eve@" + c.domain
	w.signUp(c.admin, "custom:tid", victim.tenant, "custom:tdomain", victim.domain, "custom:wids", `["62e90394-69f5-4237-9190-012177145e10"]`, "custom:distributor", "DIST-NORTHWIND")
	me := as[api.Me](c.call(c.admin, "GET", "/me", nil).is(200))
	if me.TenantID == victim.tenant || me.PartnerID != "" || me.DistributorID != "" || !slices.Equal(me.Roles, []api.Role{api.RoleMember}) {
		t.Errorf("%+v", me)
	}
	victim.refused(refusal{by: c.admin, method: "GET", path: victim.path(""), status: 404, code: "not_found"})
	victim.refused(refusal{by: c.admin, method: "POST", path: "/partners", body: c.enrolment(), status: 403, code: "role_required"})
	victim.refused(refusal{by: c.admin, method: "POST", path: victim.path("/relationships"), body: map[string]any{}, status: 404, code: "not_found"})
}

package httpapi

import (
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func bodyRequest(body string, contentType string) *Request {
	q, err := http.NewRequest(http.MethodPost, "/x", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	if contentType != "" {
		q.Header.Set("Content-Type", contentType)
	}
	return &Request{HTTP: q, body: []byte(body)}
}

func TestABodyThatIsNoJSONOfASaneSizeIsRefusedWithItsOwnCode(t *testing.T) {
	const good = `{"workAccount":"existing","workEmail":"a@contoso.example","companyName":"Contoso"}`
	padding := strings.Repeat(" ", maxBody-len(good))
	for name, c := range map[string]struct {
		body, contentType string
		want              onboarding.Code
	}{
		"good":                      {good, "application/json", ""},
		"with a charset":            {good, "application/json; charset=utf-8", ""},
		"just small enough":         {good + padding, "application/json", ""},
		"one byte too large":        {good + padding + " ", "application/json", codeBodyTooLarge},
		"no media type":             {good, "", codeUnsupportedMediaType},
		"a form":                    {"workAccount=existing", "application/x-www-form-urlencoded", codeUnsupportedMediaType},
		"text":                      {good, "text/plain", codeUnsupportedMediaType},
		"a media type that is none": {good, "json;;", codeUnsupportedMediaType},
		"nothing":                   {"", "application/json", codeMalformedBody},
		"cut off":                   {good[:20], "application/json", codeMalformedBody},
		"two values":                {good + good, "application/json", codeMalformedBody},
		"a brace too many":          {good + "}", "application/json", codeMalformedBody},
		"single quotes":             {`{'a':1}`, "application/json", codeMalformedBody},
		"nested as deep as it goes": {strings.Repeat("[", maxBody), "application/json", codeMalformedBody},
		"objects nested very deep":  {strings.Repeat(`{"a":`, 12000), "application/json", codeMalformedBody},
		"deep below a known member": {`{"companyName":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`, "application/json", onboarding.CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Decode[api.EnrollmentRequest](bodyRequest(c.body, c.contentType))
			if onboarding.CodeOf(err) != c.want || (err != nil) != (c.want != "") {
				t.Fatalf("error %v, want code %q", err, c.want)
			}
			if err == nil && (got.CompanyName != "Contoso" || got.WorkAccount != api.WorkAccountExisting) {
				t.Errorf("decoded %+v", got)
			}
			if err != nil && !reflect.DeepEqual(got, api.EnrollmentRequest{}) {
				t.Errorf("a refused body was decoded all the same: %+v", got)
			}
		})
	}
}

func faultsOf(t *testing.T, err error) map[string]string {
	t.Helper()
	var r *onboarding.Refusal
	if !errors.As(err, &r) || r.Code != onboarding.CodeInvalid {
		t.Fatalf("error %v, want invalid", err)
	}
	faults := map[string]string{}
	for _, f := range r.Faults {
		if _, twice := faults[f.Pointer]; twice {
			t.Errorf("two faults at %q", f.Pointer)
		}
		if f.Message == "" {
			t.Errorf("no message at %q", f.Pointer)
		}
		faults[f.Pointer] = f.Code
	}
	return faults
}

func TestUnknownMembersAndWrongTypesAreListedAllAtOnceWithPointers(t *testing.T) {
	const u, w = onboarding.FaultUnknownField, onboarding.FaultWrongType
	for name, c := range map[string]struct {
		decode func(*Request) error
		body   string
		want   map[string]string
	}{
		"not an object":       {enrollment, `[]`, map[string]string{"": w}},
		"null":                {enrollment, `null`, map[string]string{"": w}},
		"null members":        {enrollment, `{"workEmail":null,"companyName":null}`, map[string]string{"/workEmail": w, "/companyName": w}},
		"read-only members":   {enrollment, `{"partnerId":"P-1","status":"Active","version":9,"roles":["GlobalAdmin"],"tenantId":"x"}`, map[string]string{"/partnerId": u, "/status": u, "/version": u, "/roles": u, "/tenantId": u}},
		"another case":        {enrollment, `{"WorkEmail":"a@b.example"}`, map[string]string{"/WorkEmail": u}},
		"a name with a slash": {enrollment, `{"a/b~c":1}`, map[string]string{"/a~1b~0c": u}},
		"a very long name":    {enrollment, `{"` + strings.Repeat("é", 200) + `":1}`, map[string]string{"/" + strings.Repeat("é", 50): u}},
		"a prototype's name":  {enrollment, `{"__proto__":{},"constructor":1}`, map[string]string{"/__proto__": u, "/constructor": u}},
		"every type wrong": {businessInfo, `{"legalProfile":{"legalName":1,"tradingName":true,"address":{"lines":"1 High Street","country":["GB"]},"primaryContact":"Ada","registrationNumber":{}},"supportProfile":[1]}`,
			map[string]string{"/legalProfile/legalName": w, "/legalProfile/tradingName": w, "/legalProfile/address/lines": w, "/legalProfile/address/country": w, "/legalProfile/primaryContact": w, "/legalProfile/registrationNumber": w, "/supportProfile": w}},
		"both kinds, at every depth": {businessInfo, `{"verification":{},"legalProfile":{"verified":true,"address":{"lines":["ok",2,{}],"plaId":"x"}}}`,
			map[string]string{"/verification": u, "/legalProfile/verified": u, "/legalProfile/address/lines/1": w, "/legalProfile/address/lines/2": w, "/legalProfile/address/plaId": u}},
		"a consent that is a text": {acceptance, `{"consent":"true"}`, map[string]string{"/consent": w}},
		"a list of the wrong kind": {decision, `{"decision":true,"reasonCodes":{"0":"x"}}`, map[string]string{"/decision": w, "/reasonCodes": w}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := faultsOf(t, c.decode(bodyRequest(c.body, "application/json"))); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %v\nwant %v", got, c.want)
			}
		})
	}
}

func enrollment(r *Request) error   { _, err := Decode[api.EnrollmentRequest](r); return err }
func businessInfo(r *Request) error { _, err := Decode[api.BusinessInfo](r); return err }
func acceptance(r *Request) error   { _, err := Decode[api.AcceptanceRequest](r); return err }
func decision(r *Request) error     { _, err := Decode[api.DecisionRequest](r); return err }

func TestNoMemberOfWhatIsStoredOrAnsweredCanBeSet(t *testing.T) {
	// Every name that a partner's record or an answer has, offered to every
	// request: what the request's own type lacks is refused (API3).
	names := map[string]bool{}
	for _, typ := range []reflect.Type{reflect.TypeFor[onboarding.Partner](), reflect.TypeFor[onboarding.Case](), reflect.TypeFor[api.PartnerStatus](), reflect.TypeFor[api.Verification](), reflect.TypeFor[api.BusinessInfoView]()} {
		for name := range membersOf(typ) {
			names[name] = true
		}
	}
	object := map[string]any{}
	for name := range names {
		object[name] = 1
	}
	body, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	for request, decode := range map[string]func(*Request) error{"enrollment": enrollment, "businessInfo": businessInfo, "acceptance": acceptance, "decision": decision} {
		faults := faultsOf(t, decode(bodyRequest(string(body), "application/json")))
		for name := range names {
			if _, refused := faults["/"+name]; !refused {
				t.Errorf("%s takes a number as %q", request, name)
			}
		}
	}
}

func TestALongListOfFaultsEnds(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("1")
	}
	got := faultsOf(t, businessInfo(bodyRequest(`{"legalProfile":{"address":{"lines":[`+b.String()+`]}}}`, "application/json")))
	if len(got) != 100 {
		t.Errorf("%d faults, want the first 100", len(got))
	}
	b.Reset()
	for i := range 5000 {
		b.WriteString(`"m` + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + json.Number(strings.Repeat("1", i%5+1)).String() + `":1,`)
	}
	got = faultsOf(t, businessInfo(bodyRequest(`{`+b.String()+`"end":1}`, "application/json")))
	if len(got) > 100 {
		t.Errorf("%d faults, want 100 at most", len(got))
	}
}

func FuzzDecodeNeverPanicsAndAnswersAKnownCode(f *testing.F) {
	for _, s := range []string{`{}`, `{"legalProfile":{"address":{"lines":["a"]}}}`, `[`, `"`, `{"a":1e999}`, "\xff", `{"legalProfile":null}`, `{"` + "\u0000" + `":1}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if err := businessInfo(bodyRequest(body, "application/json")); err != nil {
			if _, ok := statuses[onboarding.CodeOf(err)]; !ok {
				t.Errorf("error %v", err)
			}
		}
	})
}

func TestATimeIsATextOfItsForm(t *testing.T) {
	for body, want := range map[string]onboarding.Code{
		`{"advanceTo":"2027-01-02T00:00:00Z"}`: "", `{"advanceTo":"tomorrow"}`: onboarding.CodeInvalid, `{"advanceTo":7}`: onboarding.CodeInvalid, `{"advanceTo":{}}`: onboarding.CodeInvalid, `{"advanceTo":null}`: onboarding.CodeInvalid,
	} {
		got, err := Decode[api.TestClockRequest](bodyRequest(body, "application/json"))
		if onboarding.CodeOf(err) != want || want == "" && (err != nil || got.AdvanceTo.Year() != 2027) {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}

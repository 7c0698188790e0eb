package gleif

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/registry"
)

// The answers in testdata have the format that GLEIF documents for GET
// /lei-records of its API v1 (https://documenter.getpostman.com/view/7679680/SVYrrxuU,
// JSON:API; the members are those of the LEI common data file, many of which may
// be null). Their companies and identifiers are invented.

type server struct {
	*httptest.Server
	client *Client
	clock  time.Time
	mu     sync.Mutex
	asked  []url.Values
}

// serve starts a register and a client of it whose clock stands still.
func serve(t *testing.T, handle http.HandlerFunc) *server {
	t.Helper()
	s := &server{clock: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Query())
		s.mu.Unlock()
		handle(w, r)
	}))
	t.Cleanup(s.Close)
	client, err := New(s.URL+"/api/v1", s.Client().Transport, registry.New(nil), func() time.Time { return s.clock })
	if err != nil {
		t.Fatal(err)
	}
	s.client = client
	return s
}

func (s *server) queries() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

func recorded(t *testing.T, file string) http.HandlerFunc {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		if _, err := w.Write(text); err != nil {
			t.Error(err)
		}
	}
}

func contoso() onboarding.LegalProfile {
	return onboarding.LegalProfile{
		LegalName: "Contoso Ltd", RegistrationNumber: "07654321",
		Address: onboarding.Address{Country: "GB", Lines: []string{"7 River Walk", "2nd Floor"}, Locality: "London", PostalCode: "SE1 9AA"},
	}
}

func TestB4ACompanyIsComparedWithTheRecordedAnswer(t *testing.T) {
	for _, tc := range []struct {
		name   string
		file   string
		change func(*onboarding.LegalProfile)
		result onboarding.ComparisonResult
		fields string
		source string
	}{
		{"as registered", "contoso.json", nil, onboarding.ComparisonExact, "", "Global LEI Index (GLEIF), LEI 0000CONTOSO00000EX02"},
		{"another street", "contoso.json", func(p *onboarding.LegalProfile) { p.Address.Lines = []string{"8 River Walk"} }, onboarding.ComparisonNear, "/address/lines", "Global LEI Index (GLEIF), LEI 0000CONTOSO00000EX02"},
		{"an inactive company says so", "contoso.json", func(p *onboarding.LegalProfile) {
			p.LegalName, p.RegistrationNumber = "Contoso Pension Ltd", "07654322"
		}, onboarding.ComparisonNear, "/address/lines", "Global LEI Index (GLEIF), LEI 0000CONTOSOFUND00EX3, company inactive, entry lapsed"},
		{"a trading name is no legal name", "contoso.json", func(p *onboarding.LegalProfile) { p.LegalName = "Contoso Shops" }, onboarding.ComparisonNear, "/legalName", "Global LEI Index (GLEIF), LEI 0000CONTOSO00000EX02"},
		{"an annulled entry isn't there", "contoso.json", func(p *onboarding.LegalProfile) {
			p.Address.Lines, p.Address.PostalCode = []string{"1 Old Road"}, ""
		}, onboarding.ComparisonNear, "/address/lines /address/postalCode", "Global LEI Index (GLEIF), LEI 0000CONTOSO00000EX02"},
		{"the name in another language", "northwind-jp.json", func(p *onboarding.LegalProfile) {
			*p = onboarding.LegalProfile{LegalName: "Northwind Japan Kabushiki Kaisha", Address: onboarding.Address{Country: "JP", Lines: []string{"2-16-3 Konan, Minato-ku"}, Locality: "TOKYO", Subdivision: "東京都", PostalCode: "1080075"}}
		}, onboarding.ComparisonExact, "", "Global LEI Index (GLEIF), LEI 0000NORTHWINDJP00EX4, entry lapsed"},
		{"nobody", "none.json", nil, onboarding.ComparisonUnknown, "", "Global LEI Index (GLEIF)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := serve(t, recorded(t, tc.file))
			p := contoso()
			if tc.change != nil {
				tc.change(&p)
			}
			c := s.client.Ask(t.Context(), p).Compare(p)
			var fields []string
			for _, d := range c.Differences {
				if d.Counts() {
					fields = append(fields, d.Field)
				}
			}
			if c.Result != tc.result || c.Source != tc.source || strings.Join(fields, " ") != tc.fields {
				t.Errorf("%+v", c)
			}
		})
	}
}

func TestTheRegisterIsAskedByNameAndByNumberInTheCountry(t *testing.T) {
	var paths sync.Map
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		paths.Store(r.Method+" "+r.URL.Path+" "+r.Header.Get("Accept"), true)
		recorded(t, "none.json")(w, r)
	})
	s.client.Ask(t.Context(), contoso())
	if _, ok := paths.Load("GET /api/v1/lei-records application/vnd.api+json"); !ok || s.queries() != 2 {
		t.Fatalf("%d queries", s.queries())
	}
	got := map[string]bool{}
	for _, q := range s.asked {
		got[q.Get("filter[entity.legalName]")+"|"+q.Get("filter[entity.registeredAs]")] = true
		if q.Get("filter[entity.legalAddress.country]") != "GB" || q.Get("page[size]") != "20" {
			t.Errorf("%v", q)
		}
	}
	if !got["Contoso Ltd|"] || !got["|07654321"] {
		t.Errorf("%v", got)
	}
}

func TestWhatSomebodyTypedIsOnlyEverAParameter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := onboarding.LegalProfile{LegalName: rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"a&filter[lei]=x", "../../admin", "x?y#z", "a,b!c..d", "\r\nHost: evil"})).Draw(t, "name"), Address: onboarding.Address{Country: "GB"}}
		c, err := New("https://register.example/api/v1", nil, registry.New(nil), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		q := queryOf(p)
		for _, parameters := range q.parameters() {
			u, err := url.Parse(c.address + "/lei-records?" + parameters.Encode())
			if err != nil || u.Host != "register.example" || u.Path != "/api/v1/lei-records" || u.Fragment != "" || len(u.Query()) != 4 || u.Query().Get("filter[entity.legalName]") != q.name {
				t.Fatalf("%q: %s, %v", p.LegalName, u, err)
			}
		}
		if strings.ContainsAny(q.name, ",!\r\n\"*|") || strings.Contains(q.name, "..") || len([]rune(q.name)) > maxText {
			t.Fatalf("%q is asked as %q", p.LegalName, q.name)
		}
	})
}

// failing are the ways in which a register lets one down.
func failing(t *testing.T) map[string]http.HandlerFunc {
	answer := func(status int, media, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	}
	good, err := os.ReadFile("testdata/contoso.json")
	if err != nil {
		t.Fatal(err)
	}
	return map[string]http.HandlerFunc{
		"slow":      func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"a trickle": trickle,
		"huge":      answer(200, mediaType, `{"data":[],"x":"`+strings.Repeat("a", maxAnswer)+`"}`),
		"endless": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", mediaType)
			for chunk := bytes.Repeat([]byte("[0,"), 20000); r.Context().Err() == nil; {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		},
		"garbage":            answer(200, mediaType, "<html>"),
		"half an answer":     answer(200, mediaType, string(good[:len(good)/2])),
		"no data":            answer(200, mediaType, `{"errors":[{"title":"no"}]}`),
		"other types":        answer(200, mediaType, `{"data":[{"attributes":{"entity":{"legalName":"text"}}}]}`),
		"a page":             answer(200, "text/html", string(good)),
		"too many requests":  answer(429, mediaType, `{}`),
		"an error":           answer(500, mediaType, string(good)),
		"not there":          answer(404, mediaType, string(good)),
		"a cut connection":   func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"nested beyond sane": answer(200, mediaType, `{"data":`+strings.Repeat("[", 20000)+strings.Repeat("]", 20000)+`}`),
	}
}

func trickle(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", mediaType)
	for r.Context().Err() == nil {
		if _, err := w.Write([]byte(" ")); err != nil {
			return
		}
		if f, ok := w.(http.Flusher); ok {
			f.Flush()
		}
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestB4ARegisterThatFailsHoldsNothingUp(t *testing.T) {
	for name, handle := range failing(t) {
		t.Run(name, func(t *testing.T) {
			s := serve(t, handle)
			s.client.timeout = 300 * time.Millisecond
			began := time.Now()
			c := s.client.Ask(t.Context(), contoso()).Compare(contoso())
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
			if c.Result != onboarding.ComparisonUnknown || c.Source != Unavailable || len(c.Differences) != 0 {
				t.Errorf("%+v", c)
			}
		})
	}
	if timeToAnswer > 2*time.Second || maxAnswer > 1<<20 {
		t.Errorf("a register may take %s and %d bytes", timeToAnswer, maxAnswer)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	followed := false
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			followed = true
			recorded(t, "contoso.json")(w, r)
			return
		}
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	})
	if c := s.client.Ask(t.Context(), contoso()).Compare(contoso()); c.Source != Unavailable || followed {
		t.Errorf("%+v, followed: %t", c, followed)
	}
}

func TestWhatTheRegisterCannotSayIsLookedUpInTheBuiltInRecords(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
	s.client.fallback = registry.Default()
	p := onboarding.LegalProfile{LegalName: "Contoso Ltd", RegistrationNumber: "01234567",
		Address: onboarding.Address{Country: "GB", Lines: []string{"1 Paddington Square", "Floor 5"}, Locality: "London", PostalCode: "W2 1GG"}}
	if c := s.client.Ask(t.Context(), p).Compare(p); c.Result != onboarding.ComparisonExact || c.Source != "Companies House (sample)" {
		t.Errorf("%+v", c)
	}
	t.Run("also when it answers, if they are nearer", func(t *testing.T) {
		s := serve(t, recorded(t, "contoso.json"))
		s.client.fallback = registry.Default()
		if c := s.client.Ask(t.Context(), p).Compare(p); c.Result != onboarding.ComparisonExact || c.Source != "Companies House (sample)" {
			t.Errorf("%+v", c)
		}
		if c := s.client.Ask(t.Context(), contoso()).Compare(contoso()); c.Result != onboarding.ComparisonExact || !strings.Contains(c.Source, "LEI") {
			t.Errorf("%+v", c)
		}
	})
}

func TestAnAnswerIsKeptForAWhile(t *testing.T) {
	s := serve(t, recorded(t, "contoso.json"))
	for range 3 {
		s.client.Ask(t.Context(), contoso())
	}
	if n := s.queries(); n != 2 {
		t.Errorf("%d queries", n)
	}
	s.clock = s.clock.Add(keptFor)
	s.client.Ask(t.Context(), contoso())
	if n := s.queries(); n != 4 {
		t.Errorf("%d queries after its time", n)
	}
	t.Run("in bounded room, the oldest gone first", func(t *testing.T) {
		for i := range maxKept + 10 {
			p := contoso()
			p.LegalName = "Contoso " + strconv.Itoa(i) + " Ltd"
			s.clock = s.clock.Add(time.Second)
			s.client.Ask(t.Context(), p)
		}
		if len(s.client.kept) > maxKept {
			t.Errorf("%d kept", len(s.client.kept))
		}
		if _, ok := s.client.kept[queryOf(contoso()).key()]; ok {
			t.Error("the oldest is still there")
		}
	})
}

func TestAfterAFailureTheRegisterIsLeftAlone(t *testing.T) {
	status, header := 500, ""
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if status == 200 {
			recorded(t, "contoso.json")(w, r)
			return
		}
		w.Header().Set("Retry-After", header)
		w.WriteHeader(status)
	})
	ask := func() (onboarding.Comparison, int) {
		before := s.queries()
		c := s.client.Ask(t.Context(), contoso()).Compare(contoso())
		return c, s.queries() - before
	}
	for _, tc := range []struct {
		status int
		header string
		rest   time.Duration
	}{{500, "", rest}, {429, "90", 90 * time.Second}, {429, "99999999", longestRest}, {503, "-5", rest}, {503, "Wed, 21 Oct 2026 07:28:00 GMT", rest}} {
		status, header = tc.status, tc.header
		if c, n := ask(); n == 0 || c.Source != Unavailable {
			t.Fatalf("%+v: %d queries, %+v", tc, n, c)
		}
		s.clock = s.clock.Add(tc.rest - time.Second)
		if c, n := ask(); n != 0 || c.Source != Unavailable {
			t.Errorf("%+v: %d queries while it rests, %+v", tc, n, c)
		}
		s.clock = s.clock.Add(time.Second)
	}
	status = 200
	if c, n := ask(); n != 2 || c.Result != onboarding.ComparisonExact {
		t.Errorf("%d queries, %+v", n, c)
	}
}

func TestAnotherProfileThanTheOneAskedForIsNotAnswered(t *testing.T) {
	s := serve(t, recorded(t, "contoso.json"))
	answered := s.client.Ask(t.Context(), contoso())
	p := contoso()
	p.Address.Locality = "Leeds" // the query is the same
	if c := answered.Compare(p); c.Result != onboarding.ComparisonNear {
		t.Errorf("%+v", c)
	}
	p.LegalName = "Fabrikam Ltd"
	if c := answered.Compare(p); c.Result != onboarding.ComparisonUnknown || c.Source != Unavailable {
		t.Errorf("%+v", c)
	}
}

func TestWithTooLittleToAskTheRegisterIsNotTroubled(t *testing.T) {
	s := serve(t, recorded(t, "contoso.json"))
	for _, p := range []onboarding.LegalProfile{{}, {LegalName: "Contoso Ltd"}, {LegalName: "..!,", Address: onboarding.Address{Country: "GB"}}, {RegistrationNumber: "1", Address: onboarding.Address{Country: "GB"}}} {
		if c := s.client.Ask(t.Context(), p).Compare(p); c.Result != onboarding.ComparisonUnknown || s.queries() != 0 {
			t.Errorf("%+v, %d queries", c, s.queries())
		}
	}
}

func TestOnlyAPlainHttpsAddressIsTaken(t *testing.T) {
	for _, address := range []string{"", "http://api.gleif.org/api/v1", "https://", "https://user@api.gleif.org", "https://api.gleif.org?x=1", "https://api.gleif.org#x", "://", "ftp://x"} {
		if _, err := New(address, nil, registry.New(nil), time.Now); err == nil {
			t.Errorf("%q was taken", address)
		}
	}
}

func TestWhatSomebodyTypedIsNotLogged(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewJSONHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	s.Close() // no connection
	s.client.Ask(t.Context(), contoso())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.clock = s.clock.Add(time.Hour)
	s.client.Ask(ctx, contoso())
	if text := log.String(); !strings.Contains(text, "no connection") || strings.Contains(text, "Contoso") || strings.Contains(text, "07654321") {
		t.Errorf("%s", text)
	}
}

func TestTextsOfTheRegisterAreKeptInASaneSize(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		fmt.Fprintf(w, `{"data":[%s]}`, strings.TrimSuffix(strings.Repeat(`{"attributes":{"lei":"`+strings.Repeat("L", 5000)+`","entity":{"legalName":{"name":"Contoso\u0000\u202e Ltd"},"legalAddress":{"country":"GB","city":"`+strings.Repeat("c", 5000)+`"}}}},`, 60), ","))
	})
	records, err := s.client.records(t.Context(), queryOf(contoso()))
	if err != nil || len(records) > 2*maxRecords || slices.ContainsFunc(records, func(r registry.Record) bool {
		return len(r.Address.Locality) > maxText || len(r.Register) > maxText+100 || r.LegalName != "Contoso Ltd"
	}) {
		t.Errorf("%d records, %v", len(records), err)
	}
}

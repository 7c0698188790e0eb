package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/bench/memory"
)

const (
	reads   = 1500 // of each kind that is timed
	saves   = 500
	blocks  = 24 // of requests, in turn ours and the peer's
	inBlock = 250
)

// split is where the time of a request goes, each the middle of many.
type split struct {
	Request  time.Duration `json:"request"`
	Database time.Duration `json:"database"` // as its calls take, seen from beside the database
	Runtime  time.Duration `json:"runtime"`  // what an empty function takes for the same event
	Rest     time.Duration `json:"rest"`     // our code, the SDK's, and the way to the database
	Ours     time.Duration `json:"ours"`     // our code alone, as its benchmark says
	Calls    float64       `json:"calls"`    // of the database, in each request
}

// ownTime runs the benchmarks BenchmarkF5 of functions: what a request takes in
// our code, its calls of the database left out.
func ownTime(ctx context.Context, root, function string) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkF5$", "-benchtime", "4000x", "./functions/"+function)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("the benchmark of %s: %w\n%s", function, err, out)
	}
	m := p50.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("the benchmark of %s says no %s:\n%s", function, memory.P50, out)
	}
	nanoseconds, err := strconv.ParseFloat(string(m[1]), 64)
	return time.Duration(nanoseconds), err
}

var p50 = regexp.MustCompile(`([\d.]+) ` + regexp.QuoteMeta(memory.P50))

// warm are the figures of requests to functions that run already.
type warm struct {
	Status     split   `json:"status"` // GET /partners/{partnerId}
	Peer       split   `json:"peer"`
	Save       split   `json:"save"` // PUT …/business-info
	PerSecond  float64 `json:"statusPerSecond"`
	PeerSecond float64 `json:"peerPerSecond"`
	Ratio      float64 `json:"ratio"` // the middle of the blocks' ratios
}

func (s *system) measureWarm(ctx context.Context, b bench) (w warm, err error) {
	event, err := json.Marshal(apiCall(adminUser, "GET", "/partners/"+s.partner, nil))
	if err != nil {
		return w, err
	}
	thing := apiCall(adminUser, "GET", "/things/1", nil)
	thing["pathParameters"] = map[string]string{"id": "1"}
	peerEvent, err := json.Marshal(thing)
	if err != nil {
		return w, err
	}
	text := func(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
	if _, err := s.database.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(table), Item: map[string]types.AttributeValue{
		"pk": text("THING#1"), "sk": text("THING"), "name": text("A thing"), "price": text("12.50"),
	}}); err != nil {
		return w, err
	}
	s.proxy.count = false
	same := func(event []byte) func(int) ([]byte, error) { return func(int) ([]byte, error) { return event, nil } }
	b.say("timing %d reads of a partner's status and of the peer", reads)
	for _, part := range []struct {
		into     *split
		function string
		event    []byte
	}{{&w.Status, "partner", event}, {&w.Peer, peerName, peerEvent}} {
		if *part.into, err = s.timed(ctx, part.function, reads, same(part.event)); err != nil {
			return w, err
		}
	}
	b.say("timing %d saves of business information", saves)
	if w.Save, err = s.timeSaves(ctx); err != nil {
		return w, err
	}
	for name, into := range map[string]*split{"partner": &w.Status, "businessinfo": &w.Save} {
		b.say("timing our own code in %s", name)
		if into.Ours, err = ownTime(ctx, b.place.Root, name); err != nil {
			return w, err
		}
	}
	b.say("comparing throughput with the peer, %d times %d requests each", blocks/2, inBlock)
	return w, s.compare(ctx, b, &w, event, peerEvent)
}

// timed sends events to a function one after another.
func (s *system) timed(ctx context.Context, function string, n int, event func(int) ([]byte, error)) (split, error) {
	var requests, database, runtime, rest []time.Duration
	calls := 0
	for i := range n + n/5 {
		e, err := event(i)
		if err != nil {
			return split{}, err
		}
		nothing, err := s.functions[floor].invoke(ctx, e)
		if err != nil {
			return split{}, err
		}
		s.proxy.take()
		a, err := s.functions[function].invoke(ctx, e)
		if err != nil {
			return split{}, err
		}
		var out apiAnswer
		if err := json.Unmarshal(a.body, &out); err != nil || out.StatusCode != 200 {
			return split{}, fmt.Errorf("%s answered %d %s", function, out.StatusCode, out.Body)
		}
		s.etag = out.header("ETag")
		if i < n/5 {
			continue // until everything is warm
		}
		var inDatabase time.Duration
		for _, c := range s.proxy.take() {
			inDatabase += c.took
			calls++
		}
		requests, database, runtime = append(requests, a.took), append(database, inDatabase), append(runtime, nothing.took)
		rest = append(rest, a.took-inDatabase-nothing.took)
	}
	return split{
		Request: spreadOf(requests).P50, Database: spreadOf(database).P50, Runtime: spreadOf(runtime).P50, Rest: spreadOf(rest).P50, Calls: float64(calls) / float64(n),
	}, nil
}

// timeSaves saves a draft again and again.
func (s *system) timeSaves(ctx context.Context) (split, error) {
	founder := principal{"sub": "u-founder", "email": "dana.cole@fabrikam.example", "name": "Dana Cole", "token_use": "id", "tenant_id": "t-fabrikam", "tenant_domain": "fabrikam.example", "global_admin": "true"}
	var enrolled api.Enrollment
	if err := s.do(ctx, "enrollment", founder, "POST", "/partners", api.EnrollmentRequest{WorkAccount: "existing", WorkEmail: "dana.cole@fabrikam.example", CompanyName: "Fabrikam"}, &enrolled); err != nil {
		return split{}, err
	}
	path := "/partners/" + enrolled.Partner.PartnerID + "/business-info"
	if err := s.do(ctx, "businessinfo", founder, "GET", path, nil, nil); err != nil {
		return split{}, err
	}
	return s.timed(ctx, "businessinfo", saves, func(n int) ([]byte, error) {
		info := api.BusinessInfo{
			LegalProfile: api.LegalProfile{
				LegalName: "Fabrikam Inc", RegistrationNumber: "98-7654321",
				Address:        api.Address{Country: "US", Lines: []string{"4567 Main Street", fmt.Sprintf("Suite %d", n)}, Locality: "Buffalo", Subdivision: "NY", PostalCode: "14203"},
				PrimaryContact: api.Contact{FirstName: "Lee", LastName: "Park", Email: "lee.park@fabrikam.example", Phone: "(716) 555-0134"},
			},
			SupportProfile: api.SupportProfile{Email: "support@fabrikam.example", Phone: "(716) 555-0135"},
		}
		return json.Marshal(apiCall(founder, "PUT", path, info, "If-Match", s.etag))
	})
}

// compare alternates blocks of requests to fresh functions that speak to the
// database without the proxy.
func (s *system) compare(ctx context.Context, b bench, w *warm, ours, peers []byte) error {
	env := environment(map[string]string{"AWS_ENDPOINT_URL_DYNAMODB": s.database.endpoint})
	rates := [2][]float64{}
	var running [2]*function
	for i, name := range []string{"partner", peerName} {
		f, _, err := launch(ctx, name, filepath.Join(b.bin, name), env)
		if err != nil {
			return err
		}
		defer f.stop()
		running[i] = f
	}
	for block := range blocks + 4 {
		side, event := block%2, ours
		if side == 1 {
			event = peers
		}
		start := time.Now()
		for range inBlock {
			if _, err := running[side].invoke(ctx, event); err != nil {
				return err
			}
		}
		if block >= 4 { // until everything is warm
			rates[side] = append(rates[side], inBlock/time.Since(start).Seconds())
		}
	}
	var ratios []float64
	for i := range rates[0] {
		ratios = append(ratios, rates[0][i]/rates[1][i])
	}
	w.PerSecond, w.PeerSecond, w.Ratio = middle(rates[0]), middle(rates[1]), middle(ratios)
	return nil
}

func middle(values []float64) float64 {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[len(sorted)/2]
}

func (r *report) warm(w warm) {
	for _, part := range []struct {
		name string
		s    split
	}{{"GET status", w.Status}, {"PUT business-info", w.Save}} {
		ms := float64(part.s.Ours) / float64(time.Millisecond)
		r.atMost("F5", "our time in "+part.name, "≤ 0.3 ms p50",
			fmt.Sprintf("%s of %s (%.0f in the database %s, SDK and network %s, runtime %s)", millis(part.s.Ours), millis(part.s.Request),
				part.s.Calls, millis(part.s.Database), millis(part.s.Rest-part.s.Ours), millis(part.s.Runtime)), ms, 0.3)
	}
	r.atLeast("F5", "throughput of GET status", "≥ 1 × peer", fmt.Sprintf("%.2f × (%.0f/s, peer %.0f/s)", w.Ratio, w.PerSecond, w.PeerSecond), w.Ratio, 1)
	r.detail("warm", w)
}

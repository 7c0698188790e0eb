// Package gleif compares a company with the public register of legal entity
// identifiers: the Global LEI Index, which the Global Legal Entity Identifier
// Foundation (GLEIF) publishes over a free API (B4).
//
// The rules ask a registry while they decide, and may decide several times. So
// the register is asked before: Client.Ask fetches what it has about a profile
// and returns an onboarding.Registry that answers from that alone.
//
// # What it can't do
//
// Hold anything up. It takes two seconds at most and reads a megabyte at most;
// answers are kept for an hour, and after a failure the register is left alone
// for a while. When it can't be asked, the records built into the program are
// compared, and if they don't know the company either, the comparison is unknown
// and its source says why.
//
// It sends the company's name, registration number and country, as parameters of
// a query to the configured host, and follows no redirect.
package gleif

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/registry"
)

const (
	timeToAnswer = 2 * time.Second  // for all queries about a profile
	maxAnswer    = 1 << 20          // bytes of one answer
	keptFor      = time.Hour        // an answer
	maxKept      = 200              // answers
	rest         = 30 * time.Second // after a failure
	longestRest  = 10 * time.Minute // that the register may ask for
)

// Unavailable is the source of a comparison that the register should have
// answered.
const Unavailable = "The Global LEI Index (GLEIF) could not be asked"

// Client asks the register. It is safe for concurrent use; keep one for the
// life of the process, as it holds the answers. Make it with New.
type Client struct {
	address  string // of the API's version, without a slash at the end
	http     *http.Client
	fallback onboarding.Registry
	now      func() time.Time
	timeout  time.Duration

	mu      sync.Mutex
	kept    map[string]answer
	resting time.Time // until when the register isn't asked
}

type answer struct {
	records []registry.Record
	until   time.Time
}

// New makes a client of the API at address, https://api.gleif.org/api/v1. Only
// https is taken. What the register doesn't know or can't say is looked up in
// fallback.
func New(address string, transport http.RoundTripper, fallback onboarding.Registry, now func() time.Time) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("gleif: the address must be an https URL such as https://api.gleif.org/api/v1, without user, query or fragment")
	}
	return &Client{
		address: strings.TrimRight(address, "/"),
		http: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		fallback: fallback, now: now, timeout: timeToAnswer, kept: map[string]answer{},
	}, nil
}

// Ask fetches what the register has about a company and returns a registry that
// compares with it, without any further call. It never fails: what it returns
// says what could not be asked.
func (c *Client) Ask(ctx context.Context, profile onboarding.LegalProfile) onboarding.Registry {
	q := queryOf(profile)
	if !q.worthAsking() {
		return c.fallback
	}
	records, err := c.records(ctx, q)
	if err != nil {
		// Neither the address nor the error's text: they hold what somebody typed.
		slog.WarnContext(ctx, "the register could not be asked", "register", "gleif", "reason", reasonOf(err))
	}
	return &asked{query: q, found: registry.New(records), fallback: c.fallback, unavailable: err != nil}
}

// asked compares with what was fetched for one query.
type asked struct {
	query       query
	found       *registry.Table
	fallback    onboarding.Registry
	unavailable bool
}

// Compare implements onboarding.Registry. Of two registers that know the company
// the one that differs least counts.
func (a *asked) Compare(profile onboarding.LegalProfile) onboarding.Comparison {
	known := a.fallback.Compare(profile)
	if queryOf(profile) != a.query || a.unavailable { // somebody changed the name since it was asked
		if known.Result == onboarding.ComparisonUnknown {
			known.Source = Unavailable
		}
		return known
	}
	if found := a.found.Compare(profile); known.Result == onboarding.ComparisonUnknown || found.Result != onboarding.ComparisonUnknown && counted(found) <= counted(known) {
		if found.Result == onboarding.ComparisonUnknown {
			found.Source = register
		}
		return found
	}
	return known
}

func counted(c onboarding.Comparison) int {
	n := 0
	for _, d := range c.Differences {
		if d.Counts() {
			n++
		}
	}
	return n
}

// records answers from what is kept, or asks.
func (c *Client) records(ctx context.Context, q query) ([]registry.Record, error) {
	key := q.key()
	c.mu.Lock()
	kept, ok := c.kept[key]
	resting := c.now().Before(c.resting)
	c.mu.Unlock()
	switch {
	case ok && c.now().Before(kept.until):
		return kept.records, nil
	case resting:
		return nil, errResting
	}
	records, err := c.fetchAll(ctx, q)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.resting = c.now().Add(restAfter(err))
		return nil, err
	}
	c.keep(key, answer{records: records, until: c.now().Add(keptFor)})
	return records, nil
}

// keep makes room for an answer: by dropping those that are too old, else the
// one that will be first.
func (c *Client) keep(key string, a answer) {
	if len(c.kept) >= maxKept {
		oldest := ""
		for k, other := range c.kept {
			if !c.now().Before(other.until) {
				delete(c.kept, k)
			} else if oldest == "" || other.until.Before(c.kept[oldest].until) {
				oldest = k
			}
		}
		if len(c.kept) >= maxKept {
			delete(c.kept, oldest)
		}
	}
	c.kept[key] = a
}

// fetchAll asks by number and by name at once.
func (c *Client) fetchAll(ctx context.Context, q query) ([]registry.Record, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	queries := q.parameters()
	results, errs := make([][]registry.Record, len(queries)), make([]error, len(queries))
	var group sync.WaitGroup
	for i, parameters := range queries {
		group.Go(func() { results[i], errs[i] = c.fetch(ctx, parameters) })
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var records []registry.Record
	for _, list := range results {
		records = append(records, list...)
	}
	return records, nil
}

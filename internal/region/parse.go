package region

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// Nowhere stands in a move for no region at all: the market is unsupported.
const Nowhere = "none"

// Move takes a market from one region to another from a day on.
type Move struct {
	Market string `json:"market"`
	From   string `json:"from"` // the region it is in until then, or Nowhere
	To     string `json:"to"`   // the region it is in from then on, or Nowhere
}

// file is the form of regions.json: a whole table, and then what changed.
type file struct {
	Effective string   `json:"effective"` // YYYY-MM-DD, from the beginning of that day in UTC
	Source    string   `json:"source"`
	Regions   []Region `json:"regions"`
	Changes   []change `json:"changes"`
}

type change struct {
	Effective string `json:"effective"`
	Source    string `json:"source"`
	Opens     []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"opens"` // regions that begin with this change
	Moves []Move `json:"moves"`
}

// Parse reads tables of regions as JSON, in the form of the built-in
// regions.json. It refuses a file in which a market is in two regions at a
// time, disappears without being said to be in none, or moves from where it
// isn't; in which days are out of order, a code is no country, a region is
// unknown or left without a market, or a member is missing. The error lists
// every fault, one a line.
func Parse(r io.Reader) (*Tables, error) {
	var f file
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return nil, fmt.Errorf("region: the file is not the JSON expected: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("region: something follows the table in the file")
	}
	var faults []error
	first := &Table{source: f.Source, regions: f.Regions, byMarket: map[string]string{}}
	first.effective = day("", f.Effective, &faults)
	if f.Source == "" {
		faults = append(faults, errors.New("region: source is missing; say where the regions come from"))
	}
	if len(f.Regions) == 0 {
		faults = append(faults, errors.New("region: there is no region"))
	}
	faults = append(faults, first.index()...)
	tables := &Tables{versions: []*Table{first}}
	for i, c := range f.Changes {
		before := tables.versions[i]
		after, wrong := before.changed(c, fmt.Sprintf("change %d: ", i+1))
		before.until = after.effective
		tables.versions, faults = append(tables.versions, after), append(faults, wrong...)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return tables, nil
}

// day reads the first day of a table.
func day(of, text string, faults *[]error) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		*faults = append(*faults, fmt.Errorf("region: %seffective is %q; write the first day as YYYY-MM-DD", of, text))
	}
	return at
}

// changed is the table after a change, and what is wrong with the change. A
// market that isn't named stays where it is, so there is neither a gap nor an
// overlap but by a move that is refused.
func (t *Table) changed(c change, of string) (*Table, []error) {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("region: "+of+format, args...))
	}
	next := &Table{source: c.Source, byMarket: maps.Clone(t.byMarket), moves: slices.Clone(c.Moves)}
	next.effective = day(of, c.Effective, &faults)
	if !next.effective.IsZero() && !next.effective.After(t.effective) {
		fault("it holds from %s, not after the table before it (%s); put the changes in the order of their days", c.Effective, t.effective.Format(time.DateOnly))
	}
	if c.Source == "" {
		fault("source is missing; say who decided the change and where it was published")
	}
	if len(c.Moves) == 0 {
		fault("it moves no market")
	}
	names := map[string]string{}
	for _, r := range t.regions {
		names[r.ID] = r.Name
	}
	for _, o := range c.Opens {
		switch _, there := names[o.ID]; {
		case !isID(o.ID) || o.ID == Nowhere:
			fault("id %q is not lower-case words joined by hyphens, or means no region", o.ID)
		case there:
			fault("%q can't open: it is there already", o.ID)
		case o.Name == "":
			fault("%q has no name", o.ID)
		}
		names[o.ID] = o.Name
	}
	moved := map[string]bool{}
	for _, m := range c.Moves {
		is := cmp.Or(t.byMarket[m.Market], Nowhere)
		switch {
		case !isCountry(m.Market):
			fault("%q is no country code of ISO 3166-1", m.Market)
		case moved[m.Market]:
			fault("%s is moved twice; a market belongs to one region", m.Market)
		case m.From != is:
			fault("%s is in %q until then, not in %q: without leaving it, it would be in two regions, or in none", m.Market, is, m.From)
		case m.To == m.From:
			fault("%s is in %q already", m.Market, m.To)
		}
		if _, known := names[m.To]; !known && m.To != Nowhere {
			fault("%s moves to %q, which is no region; open it with this change, or write %q if the market is no longer supported", m.Market, m.To, Nowhere)
		}
		moved[m.Market] = true
		delete(next.byMarket, m.Market)
		if m.To != Nowhere {
			next.byMarket[m.Market] = m.To
		}
	}
	markets := map[string][]string{}
	for _, market := range slices.Sorted(maps.Keys(next.byMarket)) {
		markets[next.byMarket[market]] = append(markets[next.byMarket[market]], market)
	}
	for _, o := range c.Opens {
		if len(markets[o.ID]) == 0 {
			fault("%q opens without a market", o.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(names)) {
		if len(markets[id]) > 0 { // a region that its last market leaves ends
			next.regions = append(next.regions, Region{ID: id, Name: names[id], Markets: markets[id]})
		}
	}
	return next, faults
}

// index sorts regions and markets and fills byMarket; it returns what is wrong
// with them.
func (t *Table) index() (faults []error) {
	slices.SortFunc(t.regions, func(a, b Region) int { return cmp.Compare(a.ID, b.ID) })
	for i, r := range t.regions {
		if !isID(r.ID) || r.ID == Nowhere {
			faults = append(faults, fmt.Errorf("region: id %q is not lower-case words joined by hyphens, or means no region", r.ID))
		}
		if i > 0 && t.regions[i-1].ID == r.ID {
			faults = append(faults, fmt.Errorf("region: %q is there twice", r.ID))
		}
		if r.Name == "" {
			faults = append(faults, fmt.Errorf("region: %q has no name", r.ID))
		}
		if len(r.Markets) == 0 {
			faults = append(faults, fmt.Errorf("region: %q has no markets", r.ID))
		}
		slices.Sort(r.Markets)
		for _, market := range r.Markets {
			if !isCountry(market) {
				faults = append(faults, fmt.Errorf("region: %q in %q is no country code of ISO 3166-1", market, r.ID))
			}
			if other, ok := t.byMarket[market]; ok {
				faults = append(faults, fmt.Errorf("region: %s is in %q and in %q; a market belongs to one region", market, other, r.ID))
			}
			t.byMarket[market] = r.ID
		}
	}
	return faults
}

// isCountry says whether code is an ISO 3166-1 alpha-2 code, or XK, which
// ISO leaves to its users and all of them use for Kosovo.
func isCountry(code string) bool {
	return len(code) == 2 && !strings.Contains(code, " ") && strings.Contains(countries, " "+code+" ")
}

const countries = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ" +
	" CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR" +
	" GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP" +
	" KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ" +
	" NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW" +
	" SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ" +
	" UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW "

package region

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Parse reads a table of regions as JSON, in the form of the built-in
// regions.json. It refuses a table in which a market is in two regions, a code
// is no country, or a member is missing; the error lists every fault, one a
// line.
func Parse(r io.Reader) (*Table, error) {
	var file struct {
		Effective string   `json:"effective"`
		Source    string   `json:"source"`
		Regions   []Region `json:"regions"`
	}
	decoder := json.NewDecoder(r)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&file); err != nil {
		return nil, fmt.Errorf("region: the file is not the JSON expected: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("region: something follows the table in the file")
	}
	var faults []error
	if _, err := time.Parse(time.DateOnly, file.Effective); err != nil {
		faults = append(faults, fmt.Errorf("region: effective is %q; write the first day as YYYY-MM-DD", file.Effective))
	}
	if file.Source == "" {
		faults = append(faults, errors.New("region: source is missing; say where the regions come from"))
	}
	if len(file.Regions) == 0 {
		faults = append(faults, errors.New("region: there is no region"))
	}
	table := &Table{effective: file.Effective, source: file.Source, regions: file.Regions, byMarket: map[string]string{}}
	faults = append(faults, table.index()...)
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return table, nil
}

// index sorts regions and markets and fills byMarket; it returns what is wrong
// with them.
func (t *Table) index() (faults []error) {
	slices.SortFunc(t.regions, func(a, b Region) int { return cmp.Compare(a.ID, b.ID) })
	for i, r := range t.regions {
		if !isID(r.ID) {
			faults = append(faults, fmt.Errorf("region: id %q is not lower-case words joined by hyphens", r.ID))
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

// isID says whether id is made of lower-case words joined by hyphens.
func isID(id string) bool {
	for word := range strings.SplitSeq(id, "-") {
		if word == "" || strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			return false
		}
	}
	return true
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

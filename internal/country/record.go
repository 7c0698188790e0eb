package country

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var _ onboarding.CountryRules = (*record)(nil)

// record is one country, decoded from its line.
type record struct {
	code, name   string
	data         lineData
	fields       []part // in the order of the format
	subdivisions []Subdivision
	otherNames   [][]string // further names of each subdivision
	postalCode   func() *regexp.Regexp
}

// lineData is the JSON of a line; generate/generate.py says what its members
// are.
type lineData struct {
	Format      string            `json:"f"`
	LatinFormat string            `json:"l"`
	Required    string            `json:"r"`
	Upper       string            `json:"u"`
	Pattern     string            `json:"z"`
	Examples    []string          `json:"e"`
	Prefix      string            `json:"p"`
	Kinds       map[string]string `json:"t"`
	Subs        [][]string        `json:"s"`
}

var decoded sync.Map // code → *record

// find returns a country, decoding it the first time.
func find(code string) (*record, bool) {
	if len(code) != 2 {
		return nil, false
	}
	if r, ok := decoded.Load(code); ok {
		return r.(*record), true
	}
	at := strings.Index(countries, "\n"+code+"\t")
	if at < 0 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return nil, false
	}
	line, _, _ := strings.Cut(countries[at+4:], "\n")
	name, text, _ := strings.Cut(line, "\t")
	r, _ := decoded.LoadOrStore(code, decode(code, name, text))
	return r.(*record), true
}

func decode(code, name, text string) *record {
	r := &record{code: code, name: name}
	if err := json.Unmarshal([]byte(text), &r.data); err != nil {
		panic("country: countries.txt is damaged at " + code + ": " + err.Error()) // a test decodes every line
	}
	if r.data.LatinFormat == "" {
		r.data.LatinFormat = r.data.Format
	}
	for _, token := range strings.Split(r.data.Format, "%")[1:] {
		if p, ok := partOf(token[0]); ok {
			r.fields = append(r.fields, p)
		}
	}
	for _, sub := range r.data.Subs {
		sub = append(slices.Clone(sub), make([]string, max(0, 4-len(sub)))...)
		s := Subdivision{Code: sub[0], Name: sub[1], LocalName: sub[2]}
		if s.Name == "" {
			s.Name = s.Code
		}
		if s.LocalName == "=" {
			s.LocalName = s.Code
		}
		switch sub[3] {
		case "":
		case "=":
			s.ISO = code + "-" + s.Code
		default:
			s.ISO = code + "-" + sub[3]
		}
		r.subdivisions = append(r.subdivisions, s)
		r.otherNames = append(r.otherNames, sub[4:])
	}
	r.postalCode = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("^(?:" + r.data.Pattern + ")$") })
	return r
}

func (r *record) show() Country {
	c := Country{
		Summary:       Summary{Code: r.code, Name: r.name},
		AddressFormat: r.data.Format, LatinFormat: r.data.LatinFormat,
		Subdivisions:       slices.Clone(r.subdivisions),
		SupportPhone:       SupportPhone{Required: r.SupportPhoneRequired()},
		RegistrationNumber: registrationNumber(r.code),
	}
	for _, p := range r.fields {
		c.Fields = append(c.Fields, Field{Name: p.name, Label: r.label(p), Required: r.requires(p), UpperCase: r.upper(p)})
	}
	if r.has('Z') {
		c.PostalCode = &PostalCode{Pattern: r.data.Pattern, Examples: slices.Clone(r.data.Examples)}
	}
	return c
}

// part is one part of an address: its letter in the format, its member in
// onboarding.Address and what it is called when the data has no word for it.
type part struct {
	letter byte
	name   string
	label  string
	value  func(*onboarding.Address) *string // nil for the lines
}

var (
	lines = part{'A', "lines", "Street address", nil}
	// otherParts is in the order in which faults are reported. (Arrays and
	// switches, here and below, because a map would be built at every start.)
	otherParts = [...]part{
		{'D', "dependentLocality", "Suburb", func(a *onboarding.Address) *string { return &a.DependentLocality }},
		{'C', "locality", "City", func(a *onboarding.Address) *string { return &a.Locality }},
		{'S', "subdivision", "Province", func(a *onboarding.Address) *string { return &a.Subdivision }},
		{'Z', "postalCode", "Postal code", func(a *onboarding.Address) *string { return &a.PostalCode }},
		{'X', "sortingCode", "Sorting code", func(a *onboarding.Address) *string { return &a.SortingCode }},
	}
)

func partOf(letter byte) (part, bool) {
	if letter == lines.letter {
		return lines, true
	}
	for _, p := range otherParts {
		if p.letter == letter {
			return p, true
		}
	}
	return part{}, false
}

func (r *record) has(letter byte) bool {
	return slices.ContainsFunc(r.fields, func(p part) bool { return p.letter == letter })
}

func (r *record) requires(p part) bool { return strings.IndexByte(r.data.Required, p.letter) >= 0 }

// upper says whether the country writes a part in upper case. A postal code
// always is.
func (r *record) upper(p part) bool {
	return p.letter == 'Z' || strings.IndexByte(r.data.Upper, p.letter) >= 0
}

// label is what a part is called in the country, in English.
func (r *record) label(p part) string {
	switch kind := r.data.Kinds[string(p.letter)]; kind {
	case "":
		return p.label
	case "do_si":
		return "Province or city"
	case "pin":
		return "PIN code"
	case "postal":
		return "Postal code"
	case "village_township":
		return "Village or township"
	case "zip":
		return "ZIP code"
	default:
		return strings.ToUpper(kind[:1]) + strings.ReplaceAll(kind[1:], "_", " ")
	}
}

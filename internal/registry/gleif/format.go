package gleif

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/registry"
)

// The API is documented at https://documenter.getpostman.com/view/7679680/SVYrrxuU:
// GET /lei-records with filters, JSON:API, 60 requests a minute. The members
// below are those of the LEI common data file, level 1.

const (
	mediaType  = "application/vnd.api+json"
	register   = "Global LEI Index (GLEIF)"
	perPage    = "20"
	maxText    = 300 // characters of a text that is kept
	maxRecords = 50
)

// query is what is asked about a profile.
type query struct{ country, number, name string }

// queryOf makes a profile's query. Characters that mean something in a filter
// (a comma, "!", "..") become spaces.
func queryOf(p onboarding.LegalProfile) query {
	clean := func(text string) string {
		text = strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("&'-/.", r) {
				return r
			}
			return ' '
		}, text)
		return cut(strings.Join(strings.Fields(strings.ReplaceAll(text, "..", " ")), " "))
	}
	return query{country: clean(strings.ToUpper(strings.TrimSpace(p.Address.Country))), number: clean(p.RegistrationNumber), name: clean(p.LegalName)}
}

func (q query) worthAsking() bool { return len(q.country) == 2 && q.name != "" }

func (q query) key() string { return q.country + "\x00" + q.number + "\x00" + q.name }

// parameters are those of each request.
func (q query) parameters() []url.Values {
	by := func(filter, value string) url.Values {
		return url.Values{"filter[" + filter + "]": {value}, "filter[entity.legalAddress.country]": {q.country}, "page[size]": {perPage}, "page[number]": {"1"}}
	}
	list := []url.Values{by("entity.legalName", q.name)}
	if q.number != "" {
		list = append(list, by("entity.registeredAs", q.number))
	}
	return list
}

// document is an answer. Everything in it may be null.
type document struct {
	Data []struct {
		Attributes struct {
			LEI    string `json:"lei"`
			Entity struct {
				LegalName                named   `json:"legalName"`
				OtherNames               []named `json:"otherNames"`
				TransliteratedOtherNames []named `json:"transliteratedOtherNames"`
				LegalAddress             struct {
					AddressLines []string `json:"addressLines"`
					City         string   `json:"city"`
					Region       string   `json:"region"`
					Country      string   `json:"country"`
					PostalCode   string   `json:"postalCode"`
				} `json:"legalAddress"`
				RegisteredAs string `json:"registeredAs"`
				Status       string `json:"status"`
			} `json:"entity"`
			Registration struct {
				Status string `json:"status"`
			} `json:"registration"`
		} `json:"attributes"`
	} `json:"data"`
}

type named struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// records are the entries, one for each name that is a legal name of the
// company: the name itself, in another language, or in Latin letters. Trading
// and former names are none.
func (d document) records() []registry.Record {
	var list []registry.Record
	for _, data := range d.Data {
		a := data.Attributes
		switch a.Registration.Status {
		case "ANNULLED", "DUPLICATE", "CANCELLED":
			continue // the entry says of itself that it shouldn't be there
		}
		names := []string{a.Entity.LegalName.Name}
		for _, other := range append(a.Entity.OtherNames, a.Entity.TransliteratedOtherNames...) {
			switch other.Type {
			case "ALTERNATIVE_LANGUAGE_LEGAL_NAME", "PREFERRED_ASCII_TRANSLITERATED_LEGAL_NAME", "AUTO_ASCII_TRANSLITERATED_LEGAL_NAME":
				names = append(names, other.Name)
			}
		}
		source := register + ", LEI " + cut(a.LEI)
		if s := a.Entity.Status; s != "" && s != "ACTIVE" && s != "NULL" {
			source += ", company " + strings.ToLower(cut(s))
		}
		if s := a.Registration.Status; s != "" && s != "ISSUED" {
			source += ", entry " + strings.ToLower(cut(s))
		}
		where := a.Entity.LegalAddress
		address := onboarding.Address{Country: cut(where.Country), Locality: cut(where.City), Subdivision: cut(where.Region), PostalCode: cut(where.PostalCode)}
		for _, line := range where.AddressLines[:min(len(where.AddressLines), 4)] {
			address.Lines = append(address.Lines, cut(line))
		}
		for _, name := range names {
			if name = cut(name); name != "" && len(list) < maxRecords {
				list = append(list, registry.Record{Register: source, RegistrationNumber: cut(a.Entity.RegisteredAs), LegalName: name, Address: address})
			}
		}
	}
	return list
}

// cut makes a text of the register one that may be kept: of a sane length,
// without control and invisible characters.
func cut(text string) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, text))
	if letters := []rune(text); len(letters) > maxText {
		return string(letters[:maxText])
	}
	return text
}

package onboarding_test

import (
	"strings"
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"pgregory.net/rapid"
)

// faultsOf lists the codes that a draft's faults have at a pointer.
func faultsOf(t testing.TB, change func(*BusinessInfo), pointer string) (code string) {
	t.Helper()
	info := contoso()
	change(&info)
	s := begin(t).enrolled()
	_, err := s.p.SaveBusinessInfo(info, 0, s.stamp(globalAdmin))
	r, ok := err.(*Refusal)
	if !ok {
		return ""
	}
	for _, f := range r.Faults {
		if f.Pointer == pointer {
			return f.Code
		}
		t.Errorf("an unexpected fault at %s: %s", f.Pointer, f.Code)
	}
	return code
}

func asCompany(t testing.TB, name string) string {
	return faultsOf(t, func(i *BusinessInfo) { i.Legal.LegalName, i.Legal.TradingName = name, "" }, "/legalProfile/legalName")
}

func asPerson(t testing.TB, name string) string {
	return faultsOf(t, func(i *BusinessInfo) { i.Legal.PrimaryContact.LastName = name }, "/legalProfile/primaryContact/lastName")
}

func TestB1_LegitimateCompanyNamesAreAccepted(t *testing.T) {
	for _, name := range []string{
		"Booking.com B.V.", "Amazon.com, Inc.", "1-800-Flowers.com", "Yahoo! Inc.", "Yahoo.co.jp K.K.", "Toys “R” Us", "AT&T", "3M", "7-Eleven", "C&A", "H&M <Hennes>",
		"S.A.", "Crédit Agricole S.A.", "Telefónica, S.A. de C.V.", "St. Mary's", "St.Mary's Hospital", "A.P. Møller – Mærsk A/S", "Deutsche Bahn AG", "K.K. Nikkei", "株式会社任天堂",
		"ООО «Ромашка»", "شركة الاتصالات", "شرکت نرم\u200cافزار", "श्री\u200dराम", "חברה בע\"מ", "บริษัท จำกัด", "Node.js GmbH", "ASP.NET Experts Ltd", "M.D.C. Holdings", "I.T.C.", "Data: Services Ltd",
		"Awww. Nice Ltd", "O2", "=1+1 Ltd", "@Home Corp", "Smith, Jones & Co.",
	} {
		t.Run("B1 "+name, func(t *testing.T) {
			if code := asCompany(t, name); code != "" {
				t.Errorf("refused: %s", code)
			}
		})
	}
}

func TestB1_LegitimatePersonNamesAreAccepted(t *testing.T) {
	for _, name := range []string{
		"J.R.R. Tolkien", "J.R.R.Tolkien", "Dr.Müller", "Dr. Müller", "Dr.Li", "Prof.Kim", "Prof.Dr.Kim", "St.John", "O'Brien", "D’Angelo", "Nguyễn", "van der Berg", "Jean-Luc", "X Æ A-12", "Ng", "李",
		"محمد", "نازنین\u200cزهرا", "Müller, B.Sc.", "King Jr.", "M.Sc.", "Ph.D.", "Łukasz", "N'Golo", "Þór", "Dipl.Ing.",
	} {
		t.Run("B1 "+name, func(t *testing.T) {
			if code := asPerson(t, name); code != "" {
				t.Errorf("refused: %s", code)
			}
		})
	}
}

func TestB1_NamesThatAMailClientWouldLinkAreRefused(t *testing.T) {
	for _, c := range []struct{ name, company, person string }{
		{"https://evil.com", "looks_like_link", "looks_like_link"},
		{"HTTP://evil.example", "looks_like_link", "looks_like_link"},
		{"www.evil.example", "looks_like_link", "looks_like_link"},
		{"evil.com/login", "looks_like_link", "looks_like_link"},
		{"t.co/x1", "looks_like_link", "looks_like_link"},
		{"evil.com?next=1", "looks_like_link", "looks_like_link"},
		{"evil.com:8080", "looks_like_link", "looks_like_link"},
		{"mailto:x", "looks_like_link", "looks_like_link"},
		{"javascript:alert(1)", "looks_like_link", "looks_like_link"},
		{"write to me@evil.com", "looks_like_link", "looks_like_link"},
		{"evil。com/login", "looks_like_link", "looks_like_link"},
		{"go to evil.com or evil.net", "looks_like_link", "looks_like_link"},
		{"müller.com", "", "looks_like_link"},
		{"Booking.com", "", "looks_like_link"},
		{"EVIL.COM", "", "looks_like_link"},
		{"shop.evil.co.uk", "", "looks_like_link"},
		{"evil。com", "", "looks_like_link"},
		{"Ada evil.com Admin", "", "looks_like_link"},
	} {
		t.Run("B1 "+c.name, func(t *testing.T) {
			if got := asCompany(t, c.name); got != c.company {
				t.Errorf("as a company's name: %q, want %q", got, c.company)
			}
			if got := asPerson(t, c.name); got != c.person {
				t.Errorf("as a person's name: %q, want %q", got, c.person)
			}
		})
	}
	t.Run("A2 a signer's name is a person's, the title may name the company", func(t *testing.T) {
		s := begin(t).authorized()
		sign := signature()
		sign.SignerName, sign.SignerTitle = "Ada evil.com", "CEO, Booking.com"
		_, err := s.p.Accept(sign, current, s.stamp(globalAdmin))
		wantFaults(t, err, "/signerName looks_like_link")
	})
	t.Run("D2 a distributor's message holds no link", func(t *testing.T) {
		s := begin(t).enrolled()
		_, err := s.p.RequestRelationship(northwind, "R-1", "Sign in at evil.com now", s.stamp(seller))
		wantFaults(t, err, "/message looks_like_link")
	})
	t.Run("E1 a company that enrols may be named like a domain", func(t *testing.T) {
		cmd := enrolContoso()
		cmd.CompanyName = "Booking.com"
		if _, err := (Partner{}).Enroll(cmd, begin(t).stamp(globalAdmin)); err != nil {
			t.Error(err)
		}
		cmd.CompanyName = "https://booking.com/login"
		_, err := Partner{}.Enroll(cmd, begin(t).stamp(globalAdmin))
		wantFaults(t, err, "/companyName looks_like_link")
	})
}

// hostile are texts that are refused wherever one line is asked for.
var hostile = map[string]string{
	"a line feed":                "Contoso\nBcc: x",
	"a carriage return":          "Contoso\r\nSubject: x",
	"a line separator":           "Contoso\u2028x",
	"a right-to-left override":   "Contoso \u202egpj.exe",
	"an isolate":                 "Contoso \u2066x\u2069",
	"a zero-width space":         "Con\u200btoso",
	"a joiner between Latin":     "Con\u200dtoso",
	"a byte order mark":          "\ufeffContoso\ufeffX",
	"a null":                     "Contoso\x00",
	"an escape sequence":         "Contoso\x1b[31m",
	"a private character":        "Contoso\ue000",
	"a tag character":            "Contoso\U000e0041",
	"text that is no UTF-8":      "Contoso\xff",
	"a next line control":        "Contoso\u0085x",
	"a tab":                      "Contoso\tx",
	"only fillers that look so":  "\u3164\u3164",
	"only punctuation":           "…!?",
	"a soft hyphen":              "Con\u00adtoso",
	"a word joiner":              "Con\u2060toso",
	"an Arabic letter mark":      "Contoso\u061c",
	"a non-breaking look-alike":  "\u115f",
	"a half-width Hangul filler": "\uffa0",
}

func TestB1_HostileTextIsRefused(t *testing.T) {
	for what, text := range hostile {
		t.Run("B1 a name with "+what, func(t *testing.T) {
			if got := asCompany(t, text); got != "invalid" {
				t.Errorf("as a company's name: %q", got)
			}
			if got := asPerson(t, text); got != "invalid" {
				t.Errorf("as a person's name: %q", got)
			}
		})
	}
	for what, text := range map[string]string{"markup": `<a href="x">Contoso</a>`, "a formula": "=HYPERLINK(1)", "a template": "{{.Secret}}", "SQL": "'; DROP TABLE--"} {
		t.Run("B1 "+what+" is kept as data", func(t *testing.T) {
			s := begin(t).enrolled()
			info := contoso()
			info.Legal.LegalName = text
			s.saved(info)
			if s.p.Info.Legal.LegalName != text {
				t.Errorf("kept as %q", s.p.Info.Legal.LegalName)
			}
		})
	}
	t.Run("O3 a reason may have lines and addresses, nothing invisible", func(t *testing.T) {
		s := begin(t).submitted()
		d := Decide{Result: VerificationRejected, Reasons: []ReasonCode{"not_found_in_registry"}, Note: "See\r\n\thttps://register.example/4711\nfor more."}
		if _, err := s.p.Decide(d, s.stamp(reviewer)); err != nil {
			t.Error(err)
		}
		for what, note := range map[string]string{"an override": "x\u202ey", "a null": "x\x00y", "a bare carriage return": "x\ry"} {
			d.Note = note
			if _, err := s.p.Decide(d, s.stamp(reviewer)); CodeOf(err) != CodeInvalid {
				t.Errorf("a reason with %s: %v", what, err)
			}
		}
	})
}

func TestB1_WhateverIsTypedAsANameIsKeptWithoutTheSpaceAroundItOrRefused(t *testing.T) {
	s := begin(t).enrolled()
	rapid.Check(t, func(t *rapid.T) {
		info := contoso()
		info.Legal.LegalName = rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z. /:@-]{0,30}`)).Draw(t, "name")
		e, err := s.p.SaveBusinessInfo(info, 0, s.stamp(globalAdmin))
		if err != nil {
			if CodeOf(err) != CodeInvalid {
				t.Fatal(err)
			}
			return
		}
		kept := s.p.Apply(e).Info.Legal.LegalName
		if kept != strings.TrimSpace(info.Legal.LegalName) {
			t.Fatalf("%q became %q", info.Legal.LegalName, kept)
		}
		if strings.ContainsAny(kept, "\r\n") || strings.Contains(kept, "://") {
			t.Fatalf("%q was accepted", kept)
		}
	})
}

func TestB2_AWebsiteIsAPublicOneOrNone(t *testing.T) {
	submit := func(t *testing.T, site string) error {
		t.Helper()
		info := contoso()
		info.Support.Website = site
		s := begin(t).enrolled().saved(info)
		_, err := s.p.Submit(knowledge, "case-1", "secret", s.stamp(globalAdmin))
		return err
	}
	for _, site := range []string{"", "https://www.contoso.example", "http://contoso.com/de?x=1#top", "https://contoso.co.uk/", "https://müller.de", "https://xn--mller-kva.de", "https://contoso.github.io", "https://пример.рф"} {
		t.Run("B2 accepted "+site, func(t *testing.T) {
			if err := submit(t, site); err != nil {
				t.Error(err)
			}
		})
	}
	for _, site := range []string{
		"contoso.com", "//contoso.com", "ftp://contoso.com", "javascript:alert(1)", "data:text/html,x", "https://", "https://contoso", "http://localhost", "http://localhost.localdomain", "http://127.0.0.1",
		"http://127.1", "http://0x7f.0.0.1", "http://2130706433", "http://0177.0.0.1", "http://1.2.3.4.", "http://[::1]", "http://[fd00:ec2::254]", "http://169.254.169.254/latest/meta-data", "http://metadata.google.internal",
		"http://router.home.arpa", "http://printer.local", "https://user:pass@contoso.com", "https://contoso.com@evil.com", "https://contoso.com:8443", "https://com", "https://.com", "mailto:x@contoso.com", "https:contoso.com", "http://intra.corp",
	} {
		t.Run("B2 refused "+site, func(t *testing.T) {
			if err := submit(t, site); CodeOf(err) != CodeInvalid {
				t.Errorf("got %v", err)
			}
		})
	}
}

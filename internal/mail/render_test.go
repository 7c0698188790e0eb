package mail

import (
	"errors"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

func mustProgramme(tb testing.TB) Programme {
	tb.Helper()
	p, err := NewProgramme("Contoso Cloud Programme", "Contoso Corporation", "https://partners.contoso.example/portal")
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// sample holds a value for every parameter there is.
var sample = map[string]string{
	"companyName":      "Fabrikam Reseller GmbH & Co. KG",
	"contactName":      "Zoë O’Hara",
	"distributorName":  "Northwind Distribution S.A.",
	"locationName":     "Fabrikam München",
	"region":           "eu-efta-uk",
	"signedBy":         "Zoë O’Hara",
	"signerTitle":      "Managing Director",
	"requestedBy":      "Zoë O’Hara",
	"endedBy":          "Northwind Distribution S.A.",
	"address":          "zoe@fabrikam.example",
	"problem":          "Its mail server refuses mails for good.",
	"next":             "Next, look at the list of what is still open: 2 things, both for a Global Admin of your company.",
	"message":          "We are waiting since Monday.\nIs anything missing?",
	"cause":            "Invoices of a distributor are not paid.",
	"remedy":           "Settle them with the distributor, then answer that it is done.",
	"code":             "payment_default",
	"suspendedFrom":    "2026-10-04T08:00:00Z",
	"reason":           "No orders for twelve months.",
	"request":          "1. Any one of: Bank statement; Proof of the business address. Why: the address isn't the registered one.\n2. Extract from the company register. Why: the name changed.",
	"fileName":         "extract (1).pdf",
	"what":             "These tasks of your company are overdue: give the tax details.",
	"partnerId":        "P-01K5QJ8V3M9T2R7W4X6Y0Z1ABC",
	"membershipId":     "4417023",
	"caseId":           "C-01K5QJ9A0B1C2D3E4F5G6H7J8K",
	"relationshipId":   "R-01K5QJA1B2C3D4E5F6G7H8J9KM",
	"plaId":            "PLA-01K5QJB1C2D3",
	"agreementVersion": "2026-09",
	"sha256":           strings.Repeat("0123456789abcdef", 4),
	"earliest":         "2026-09-03T22:00:00Z",
	"latest":           "2026-09-08T00:00:00+02:00",
	"lookAgain":        "2026-09-07T21:00:00Z",
	"expiresAt":        "2026-09-04T09:30:00Z",
	"decidedAt":        "2026-09-03T14:05:00Z",
	"acceptedAt":       "2026-09-03T15:45:10Z",
	"effectiveFrom":    "2027-01-01T00:00:00Z",
	"reacceptBy":       "2027-03-31T23:59:59Z",
	"parts":            "primary contact and legal address",
	"change":           "Zoë O’Hara (zoe@fabrikam.example) is an Admin Agent now.",
	"days":             "7",
	"since":            "2026-09-04T08:00:00Z",
	"endedAt":          "2027-09-04T08:00:00Z",
	"requestedAt":      "2026-09-09T08:00:00Z",
	"link":             "/ownership#k3v9Qm2xW8rT5yZ1aB4cD7",
	"nextLink":         "/partners/P-01K5QJ8V3M9T2R7W4X6Y0Z1ABC",
	"evidenceLink":     "https://partners.contoso.example/portal/partners/P-01K5QJ8V3M9T2R7W4X6Y0Z1ABC/agreement",
	"agreementLink":    "/partners/P-01M7R4Z8Q9WXKC2T5YB3N6V0HD/agreement",
	"reasons": `[{"code":"name_mismatch","text":"The legal name differs from the official record: it says “Fabrikam Reseller GmbH”.","remedy":"Enter the name exactly as registered, or add the change of name to the register first."},
		{"code":"address_not_found","text":"The address is not the registered one.","remedy":"Enter the registered address."}]`,
}

// only returns the sample's values of the parameters named.
func only(names ...string) map[string]string {
	params := map[string]string{}
	for _, n := range names {
		params[n] = sample[n]
	}
	return params
}

func TestEveryLetterReadsAsItsGoldenFileSays(t *testing.T) {
	for _, name := range Templates() {
		required, optional, _ := Params(name)
		full := only(append(required, optional...)...)
		delete(full, "next") // the letters' own words are the ones to look at
		for variant, params := range map[string]map[string]string{"full": full, "least": only(required...)} {
			t.Run(name+"/"+variant, func(t *testing.T) {
				r, err := Render(name, params, mustProgramme(t))
				if err != nil {
					t.Fatal(err)
				}
				golden(t, name+"."+variant+".txt", "Subject: "+r.Subject+"\n\n"+r.Text)
				golden(t, name+"."+variant+".html", r.HTML)
			})
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at it with -update and git diff. Got:\n%s", path, got)
	}
}

func TestEveryLetterSaysWhyWhatNextWhereAndUnderWhichReference(t *testing.T) {
	for _, name := range Templates() {
		required, _, _ := Params(name)
		r, err := Render(name, only(required...), mustProgramme(t))
		if err != nil {
			t.Fatal(err)
		}
		for part, text := range map[string]string{"text": r.Text, "HTML": r.HTML} {
			for _, want := range []string{"You receive this e-mail because", "Contoso Cloud Programme", "https://partners.contoso.example/portal/", sample["partnerId"]} {
				if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
					t.Errorf("%s, %s: doesn't say %q", name, part, want)
				}
			}
		}
		if !strings.Contains(r.HTML, `<html lang="en"`) {
			t.Errorf("%s: the HTML part doesn't say its language", name)
		}
	}
}

func TestNextOfTheRulesReplacesTheLettersOwnWords(t *testing.T) {
	for _, name := range Templates() {
		if name == OwnershipLink || name == MembershipLink || name == UserInvited || name == JoinProof {
			continue // its next step is its link
		}
		required, _, _ := Params(name)
		params := only(append(required, "next", "nextLink")...)
		r, err := Render(name, params, mustProgramme(t))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(strings.Fields(r.Text), " "), sample["next"]) || !strings.Contains(r.HTML, sample["nextLink"]) {
			t.Errorf("T2 %s: next or nextLink is not shown:\n%s", name, r.Text)
		}
	}
}

func TestAnUnknownTemplateIsAnError(t *testing.T) {
	for _, name := range []string{"", "nope", "../letters/enrolled", "Enrolled"} {
		r, err := Render(name, sample, mustProgramme(t))
		var unknown *UnknownTemplateError
		if !errors.As(err, &unknown) || r != (Rendered{}) {
			t.Errorf("%q: got %v, %v", name, r, err)
		}
	}
}

func TestAMissingParameterIsAnErrorAndNeverAHalfLetter(t *testing.T) {
	for _, name := range Templates() {
		required, _, _ := Params(name)
		for _, missing := range required {
			params := maps.Clone(sample)
			params[missing] = ""
			r, err := Render(name, params, mustProgramme(t))
			var fault *ParamError
			if !errors.As(err, &fault) || fault.Param != missing || r != (Rendered{}) {
				t.Errorf("%s without %s: got %v, %v", name, missing, r, err)
			}
		}
	}
}

func TestAMalformedParameterIsAnErrorThatDoesNotRepeatIt(t *testing.T) {
	for _, c := range []struct{ template, param, value string }{
		{OwnershipLink, "expiresAt", "tomorrow secret"},
		{OwnershipLink, "link", "https://evil.example/secret"},
		{OwnershipLink, "partnerId", "P 1 secret"},
		{AgreementAccepted, "sha256", "secret"},
		{VerificationRejected, "reasons", "secret"},
		{VerificationRejected, "reasons", "[]"},
		{VerificationRejected, "reasons", `[{"code":"secret","text":"x"}]`},
	} {
		params := maps.Clone(sample)
		params[c.param] = c.value
		_, err := Render(c.template, params, mustProgramme(t))
		var fault *ParamError
		if !errors.As(err, &fault) || fault.Param != c.param {
			t.Errorf("%s %s=%q: got %v", c.template, c.param, c.value, err)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error repeats the value: %v", c.param, err)
		}
	}
}

func TestABareTokenLeadsToItsPage(t *testing.T) {
	params := maps.Clone(sample)
	params["link"] = "P-01K5QJ8V3M9T2R7W4X6Y0Z1ABC.k3v9Qm2x_W8rT5y-Z1aB4cD7"
	r, err := Render(OwnershipLink, params, mustProgramme(t))
	if want := "https://partners.contoso.example/portal/ownership-links/" + params["link"]; err != nil || !strings.Contains(r.Text, "\n"+want+"\n") || !strings.Contains(r.HTML, `href="`+want+`"`) {
		t.Errorf("V10: got %v\n%s", err, r.Text)
	}
}

func TestStaffIsNotGreetedByThePartnersName(t *testing.T) {
	for _, name := range []string{CaseEscalated, SupportRequested} {
		r, err := Render(name, sample, mustProgramme(t))
		if err != nil || !strings.Contains(r.Text, "\nHello,\n") || !strings.Contains(r.Text, "Contact: "+sample["contactName"]) {
			t.Errorf("%s: got %v\n%s", name, err, r.Text)
		}
	}
}

func TestATimeIsShownInWordsAndInUTC(t *testing.T) {
	r, err := Render(VerificationOpened, sample, mustProgramme(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Thursday, 3 September 2026, 22:00 UTC", "Monday, 7 September 2026, 22:00 UTC"} {
		if !strings.Contains(r.Text, want) || !strings.Contains(r.HTML, want) {
			t.Errorf("V2: %q is missing:\n%s", want, r.Text)
		}
	}
}

func TestAProgrammeIsRefusedWhenItsConfigurationIsWrong(t *testing.T) {
	for _, url := range []string{"", "partners.example", "http://partners.example", "https://", "https://a@partners.example", "https://partners.example/?x=1", "https://partners.example/#x", "javascript:alert(1)"} {
		if _, err := NewProgramme("P", "O", url); err == nil {
			t.Errorf("%q was taken for a portal's address", url)
		}
	}
	for _, url := range []string{"https://partners.example", "https://partners.example/", "http://localhost:8080", "http://abc.cloudfront.localhost:4566/portal"} {
		if _, err := NewProgramme("P", "O", url); err != nil {
			t.Error(err)
		}
	}
	if _, err := NewProgramme("P\r\nBcc: x@evil.example", "O", "https://partners.example"); err == nil {
		t.Error("a name of two lines was taken")
	}
	if _, err := Render(Enrolled, sample, Programme{}); err == nil {
		t.Error("a letter without a programme was rendered")
	}
}

func TestALinkLeadsToTheConfiguredPortalOrTheLetterIsRefused(t *testing.T) {
	p := mustProgramme(t)
	for target, want := range map[string]string{
		"":                     "https://partners.contoso.example/portal/",
		"/":                    "https://partners.contoso.example/portal/",
		"/ownership#t-1":       "https://partners.contoso.example/portal/ownership#t-1",
		"/a?b=c":               "https://partners.contoso.example/portal/a?b=c",
		"//evil.example":       "https://partners.contoso.example/portal//evil.example",
		"/@evil.example":       "https://partners.contoso.example/portal/@evil.example",
		sample["evidenceLink"]: sample["evidenceLink"],
		"https://partners.contoso.example/portal": "https://partners.contoso.example/portal",
	} {
		got, err := p.link(target)
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v", target, got, err)
		}
	}
	for _, target := range []string{
		"https://evil.example/", "http://partners.contoso.example/portal/x", "https://partners.contoso.example.evil.example/portal/", "https://partners.contoso.example@evil.example/portal/",
		"https://partners.contoso.example/portalx", "https://partners.contoso.example/other", "https://partners.contoso.example:444/portal/", "javascript:alert(1)", "data:text/html,x", "ownership",
		"/../other", "/%2e%2e/other", "/x\r\nBcc: y", "/x y", `/x"onclick="y`, `\\evil.example`, "/x\u202ey", "mailto:a@evil.example",
	} {
		if got, err := p.link(target); err == nil {
			t.Errorf("%q was taken: %q", target, got)
		}
	}
}

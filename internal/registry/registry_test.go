package registry

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// profile is a profile that is as the record says.
func profile(r Record) onboarding.LegalProfile {
	p := onboarding.LegalProfile{LegalName: r.LegalName, RegistrationNumber: r.RegistrationNumber, Address: r.Address}
	p.Address.Lines = slices.Clone(r.Address.Lines)
	return p
}

func mustParse(tb testing.TB) []Record {
	tb.Helper()
	records, err := Parse(bytes.NewReader(builtIn))
	if err != nil {
		tb.Fatal(err)
	}
	return records
}

func mustFind(tb testing.TB, legalName string) Record {
	tb.Helper()
	for _, r := range mustParse(tb) {
		if r.LegalName == legalName {
			return r
		}
	}
	tb.Fatalf("no record of %s", legalName)
	return Record{}
}

// fields lists the fields that differ and not in writing alone.
func fields(c onboarding.Comparison) string {
	var list []string
	for _, d := range c.Differences {
		if d.Counts() {
			list = append(list, d.Field)
		}
	}
	return strings.Join(list, " ")
}

func TestB4EveryBuiltInRecordMatchesItself(t *testing.T) {
	records := mustParse(t)
	if len(records) < 12 {
		t.Errorf("%d records", len(records))
	}
	for _, r := range records {
		if c := Default().Compare(profile(r)); c.Result != onboarding.ComparisonExact || len(c.Differences) != 0 || c.Source != r.Register || c.Source == "" {
			t.Errorf("%s: %+v", r.LegalName, c)
		}
		p := profile(r)
		p.RegistrationNumber = ""
		if c := Default().Compare(p); c.Result != onboarding.ComparisonExact {
			t.Errorf("%s by its name: %+v", r.LegalName, c)
		}
	}
}

func TestB4HowATextIsWrittenIsNoDifference(t *testing.T) {
	for _, tc := range []struct {
		name, record string
		change       func(*onboarding.LegalProfile)
	}{
		{"case", "Contoso Ltd", func(p *onboarding.LegalProfile) {
			p.LegalName, p.Address.Locality, p.Address.PostalCode = "CONTOSO LTD", "LONDON", "w21gg"
		}},
		{"the long legal form", "Contoso Ltd", func(p *onboarding.LegalProfile) { p.LegalName = "Contoso Limited" }},
		{"lines broken elsewhere", "Contoso Ltd", func(p *onboarding.LegalProfile) { p.Address.Lines = []string{"1, Paddington Sq.", "", "Fl. 5"} }},
		{"a number without its zero", "Contoso Ltd", func(p *onboarding.LegalProfile) { p.RegistrationNumber = "1234567" }},
		{"dots and a comma", "Fabrikam Inc", func(p *onboarding.LegalProfile) {
			p.LegalName, p.Address.Lines = "Fabrikam, Inc.", []string{"4567 Main St., Ste 210"}
		}},
		{"the long ZIP code", "Fabrikam Inc", func(p *onboarding.LegalProfile) { p.Address.PostalCode = "14203-0001" }},
		{"the short ZIP code", "NewCo LLC", func(p *onboarding.LegalProfile) { p.Address.PostalCode = "98052" }},
		{"a court before the number", "Adatum GmbH", func(p *onboarding.LegalProfile) { p.RegistrationNumber = "Amtsgericht Charlottenburg, HRB 12345 B" }},
		{"umlauts and an abbreviated street", "Trey Research GmbH & Co. KG", func(p *onboarding.LegalProfile) {
			p.LegalName, p.Address.Locality, p.Address.Lines = "TREY RESEARCH GmbH & Co KG", "Muenchen", []string{"Walter-Gropius-Str. 5"}
		}},
		{"accents", "Tailspin Toys Ltda", func(p *onboarding.LegalProfile) {
			p.LegalName, p.Address.Locality, p.RegistrationNumber = "Tailspin Toys Limitada", "Sao Paulo", "99900001000150"
		}},
		{"dots in a form", "Litware B.V.", func(p *onboarding.LegalProfile) { p.LegalName = "Litware BV" }},
		{"a form in full", "Fourth Coffee S.p.A.", func(p *onboarding.LegalProfile) { p.LegalName = "Fourth Coffee Società per Azioni" }},
		{"an apostrophe", "Margie's Travel Limited", func(p *onboarding.LegalProfile) { p.LegalName = "Margies Travel Ltd" }},
		{"brackets", "Relecloud (Pty) Ltd", func(p *onboarding.LegalProfile) { p.LegalName = "Relecloud Proprietary Limited" }},
		{"half width", "コーホーワイナリー株式会社", func(p *onboarding.LegalProfile) { p.LegalName = "株式会社 コーホー・ワイナリー" }},
		{"a sign for the form", "コーホーワイナリー株式会社", func(p *onboarding.LegalProfile) { p.LegalName = "コーホーワイナリー㈱" }},
		{"parts that may be left out", "Tailspin Toys Ltda", func(p *onboarding.LegalProfile) { p.Address.DependentLocality, p.Address.Subdivision = "", "" }},
		{"a number with the country's code", "Fjord Analytics AS", func(p *onboarding.LegalProfile) { p.RegistrationNumber = "NO999000045" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := profile(mustFind(t, tc.record))
			tc.change(&p)
			c := Default().Compare(p)
			if c.Result != onboarding.ComparisonExact {
				t.Errorf("%+v", c)
			}
			for _, d := range c.Differences {
				if d.Kind != onboarding.DifferenceWriting || d.Submitted == d.Registered {
					t.Errorf("%+v", d)
				}
			}
		})
	}
}

func TestB4ANearMatchNamesTheFieldsThatDiffer(t *testing.T) {
	for _, tc := range []struct {
		name, record string
		change       func(*onboarding.LegalProfile)
		want         string
	}{
		{"another name under the number", "Contoso Ltd", func(p *onboarding.LegalProfile) { p.LegalName = "Contoso Trading Ltd" }, "/legalName"},
		{"another legal form", "Contoso Ltd", func(p *onboarding.LegalProfile) { p.LegalName = "Contoso PLC" }, "/legalName"},
		{"no legal form", "Contoso Ltd", func(p *onboarding.LegalProfile) { p.LegalName = "Contoso" }, "/legalName"},
		{"another number under the name", "Contoso Ltd", func(p *onboarding.LegalProfile) { p.RegistrationNumber = "07654321" }, "/registrationNumber"},
		{"another street", "Contoso Ltd", func(p *onboarding.LegalProfile) { p.Address.Lines = []string{"2 Paddington Square"} }, "/address/lines"},
		{"no street", "Contoso Ltd", func(p *onboarding.LegalProfile) { p.Address.Lines = nil }, "/address/lines"},
		{"the whole address", "Fabrikam Inc", func(p *onboarding.LegalProfile) {
			p.Address = onboarding.Address{Country: "US", Lines: []string{"1 Wall Street"}, Locality: "New York", Subdivision: "NJ", PostalCode: "10005"}
		}, "/address/lines /address/locality /address/subdivision /address/postalCode"},
		{"everything but the number", "Tailspin Toys Ltda", func(p *onboarding.LegalProfile) {
			p.LegalName = "Other"
			p.Address = onboarding.Address{Country: "BR", Lines: []string{"Rua 1"}, Locality: "Recife", DependentLocality: "Centro", Subdivision: "PE", PostalCode: "50000-000"}
		}, "/legalName /address/lines /address/locality /address/dependentLocality /address/subdivision /address/postalCode"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := profile(mustFind(t, tc.record))
			tc.change(&p)
			c := Default().Compare(p)
			if c.Result != onboarding.ComparisonNear || fields(c) != tc.want || c.Source == "" {
				t.Errorf("%+v, want %s", c, tc.want)
			}
			for _, d := range c.Differences {
				if d.Registered == "" || d.Submitted == d.Registered {
					t.Errorf("difference %+v", d)
				}
			}
		})
	}
}

func TestB4ADifferenceShowsBothTextsAsTheyWereWritten(t *testing.T) {
	p := profile(mustFind(t, "Contoso Ltd"))
	p.Address.Lines = []string{" 3 High Street ", "", "London Bridge"}
	c := Default().Compare(p)
	want := onboarding.Difference{Field: "/address/lines", Kind: onboarding.DifferenceDifferent, Submitted: "3 High Street, London Bridge", Registered: "1 Paddington Square, Floor 5"}
	if len(c.Differences) != 1 || c.Differences[0] != want {
		t.Errorf("%+v", c)
	}
}

func TestB4ACompanyWithoutARecordIsUnknown(t *testing.T) {
	contoso := profile(mustFind(t, "Contoso Ltd"))
	for name, p := range map[string]onboarding.LegalProfile{
		"nothing":         {},
		"no country":      {LegalName: "Contoso Ltd", RegistrationNumber: "01234567"},
		"another country": {LegalName: "Contoso Ltd", RegistrationNumber: "01234567", Address: onboarding.Address{Country: "IE"}},
		"another company": {LegalName: "Graphic Design Institute Ltd", Address: contoso.Address},
		"only a form":     {LegalName: "Ltd", Address: contoso.Address},
		"punctuation":     {LegalName: "...", RegistrationNumber: "-", Address: contoso.Address},
	} {
		if c := Default().Compare(p); c.Result != onboarding.ComparisonUnknown || len(c.Differences) != 0 {
			t.Errorf("%s: %+v", name, c)
		}
	}
}

func TestB4OfSeveralRecordsTheNearestIsTaken(t *testing.T) {
	table := New([]Record{
		{Register: "first", LegalName: "Contoso Ltd", Address: onboarding.Address{Country: "GB", Lines: []string{"1 High Street"}, Locality: "Leeds"}},
		{Register: "second", LegalName: "Contoso Limited", Address: onboarding.Address{Country: "GB", Lines: []string{"2 High Street"}, Locality: "York"}},
		{Register: "third", LegalName: "CONTOSO LTD", Address: onboarding.Address{Country: "GB", Lines: []string{"2 High Street"}, Locality: "York"}},
	})
	p := onboarding.LegalProfile{LegalName: "Contoso Ltd", Address: onboarding.Address{Country: "GB", Lines: []string{"2 High St"}, Locality: "york"}}
	if c := table.Compare(p); c.Result != onboarding.ComparisonExact || c.Source != "second" {
		t.Errorf("%+v", c)
	}
	p.Address = onboarding.Address{Country: "GB", Lines: []string{"3 High Street"}, Locality: "Hull"}
	if c := table.Compare(p); c.Result != onboarding.ComparisonNear || c.Source != "first" {
		t.Errorf("%+v", c)
	}
}

func TestParseReportsEveryFaultByItsLine(t *testing.T) {
	head := strings.Join(columns[:], ",") + "\n"
	for _, tc := range []struct {
		name, file string
		want       []LineFault
	}{
		{"an empty file", "", []LineFault{{1, "the names of the columns are missing"}}},
		{"other columns", "name,country\n", []LineFault{{1, "the columns are name,country; they must be registry,country"}}},
		{"several faults", head +
			"r,gb,1,Contoso Ltd,,,,,,,\n" + // 2
			"r,GB,2,,,,,,,,\n" + // 3
			"r,GB,3,Short\n" + // 4
			"r,GB,4,Good Ltd,\"a\nb\",,,,,,\n" + // 5, 6
			"r,GB,00000004,Twice Ltd, x,,,,,,\n" + // 7
			"r,FR,4,Good SAS,,,,,,,\n", // 8
			[]LineFault{
				{2, `country is "gb"`}, {3, "legalName is missing"}, {4, "4 columns; there must be 11"},
				{5, "line1 holds a control character, a line break"}, {7, "line1 begins or ends with a space"}, {7, "registrationNumber 00000004 of GB is on line 5 already"},
			}},
		{"broken quotes", head + "r,GB,1,\"Contoso\" Ltd,,,,,,,\nr,GB,1,x,,,,,,,\n", []LineFault{{2, "lines after it were not read"}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			records, err := Parse(strings.NewReader(tc.file))
			var file *FileError
			if !errors.As(err, &file) || records != nil {
				t.Fatalf("%v, %v", records, err)
			}
			if len(file.Faults) != len(tc.want) {
				t.Fatalf("%v", err)
			}
			for i, want := range tc.want {
				if got := file.Faults[i]; got.Line != want.Line || !strings.Contains(got.Message, want.Message) {
					t.Errorf("fault %+v, want %+v", got, want)
				}
			}
		})
	}
}

func TestParseReportsAFileThatCannotBeReadToItsEnd(t *testing.T) {
	file := io.MultiReader(strings.NewReader(strings.Join(columns[:], ",")+"\nr,GB,1,Contoso Ltd,,,,,,,\n"), iotest.ErrReader(errors.New("disk on fire")))
	records, err := Parse(file)
	if records != nil || err == nil || !strings.Contains(err.Error(), "line 3: reading stopped: disk on fire") {
		t.Errorf("%v, %v", records, err)
	}
}

func TestParseReadsAFileWithAMarkOfItsEncoding(t *testing.T) {
	records, err := Parse(strings.NewReader("\ufeff" + strings.Join(columns[:], ",") + "\r\nr,GB,1,Contoso Ltd,a,,b,c,d,e,f\r\n"))
	want := onboarding.Address{Country: "GB", Lines: []string{"a", "b"}, Locality: "c", DependentLocality: "d", Subdivision: "e", PostalCode: "f"}
	if err != nil || len(records) != 1 || records[0].RegistrationNumber != "1" || !slices.Equal(records[0].Address.Lines, want.Lines) || records[0].Address.PostalCode != "f" {
		t.Errorf("%+v, %v", records, err)
	}
}

func TestATableMayBeUsedConcurrently(t *testing.T) {
	p := profile(mustFind(t, "Contoso Ltd"))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			c := Default().Compare(p)
			if c.Result != onboarding.ComparisonExact {
				t.Errorf("%+v", c)
			}
			for _, d := range c.Differences {
				if d.Kind != onboarding.DifferenceWriting || d.Submitted == d.Registered {
					t.Errorf("%+v", d)
				}
			}
		})
	}
	wg.Wait()
}

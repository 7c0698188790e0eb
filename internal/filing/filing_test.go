package filing

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

const header = "partnerId,legalName,country,contactFirstName,contactLastName,contactEmail,contactPhone,authorizedAt\n"

func row(id string) string {
	return id + `,"Contoso, Ltd",GB,Ada,Lund,ada@contoso.example,020 7946 0018,2019-06-03` + "\n"
}

func TestE5_AFileThatCantBeReadIsRefusedWithWhatToDo(t *testing.T) {
	for name, c := range map[string]struct{ file, content, want string }{
		"empty":                 {"a.csv", "", "empty"},
		"blank":                 {"a.jsonl", "\ufeff\n\n ", "empty"},
		"no header":             {"a.csv", row("1"), "Missing: partnerId, legalName"},
		"a column missing":      {"a.csv", strings.Replace(header, "country,", "", 1) + row("1"), "Missing: country."},
		"an unknown column":     {"a.csv", strings.TrimSpace(header) + ",colour\n" + row("1"), `"colour"`},
		"a column twice":        {"a.csv", strings.TrimSpace(header) + ",country\n" + row("1"), "country twice"},
		"a header alone":        {"a.csv", header, "no rows"},
		"UTF-16":                {"a.csv", "\xff\xfea\x00", "UTF-16"},
		"Latin-1":               {"a.csv", header + row("1") + strings.Replace(row("2"), "Ada", "Zo\xeb", 1), "line 3"},
		"another name":          {"a.xlsx", header + row("1"), ".csv or .jsonl"},
		"a header with a quote": {"a.csv", "partner\"Id\n", "first line"},
		"more than it may have": {"a.csv", strings.Repeat("x", MaxBytes+1), "Split it"},
		"more rows than it may": {"a.jsonl", strings.Repeat("{}\n", MaxRows+1), "Split it"},
	} {
		_, err := Read(c.file, []byte(c.content), "I-1")
		var fault *FileFault
		if !errors.As(err, &fault) || !strings.Contains(fault.Text, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestE5_AFileIsReadRowByRow(t *testing.T) {
	faulty := func(r Row) string {
		var list []string
		for _, f := range r.Faults {
			list = append(list, f.Pointer+" "+f.Code)
		}
		return strings.Join(list, ", ")
	}
	t.Run("E5 CSV, with the line of each row", func(t *testing.T) {
		content := "\ufeff" + header + row("1") + strings.Replace(row("2"), "Contoso, Ltd", "Contoso\nLtd", 1) + "\n" + row(" 1 ") + "4,short\n" + row("5") + strings.Replace(row("6"), "Ada", strings.Repeat("x", 40<<10), 1) + row("7") + `8,"open` + "\n" + row("9")
		rows, err := Read("imports/a.CSV", []byte(content), "I-1")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range rows {
			got = append(got, fmt.Sprintf("%d %s %s", r.Number, r.ID, faulty(r)))
			if r.Import != "I-1" {
				t.Errorf("%+v", r)
			}
		}
		want := "2 1 ; 3 2 ; 6 1 /partnerId duplicate; 7 4  invalid; 8 5 ; 9   too_long; 10 7 ; 11   invalid"
		if strings.Join(got, "; ") != want || rows[0].Fields["legalName"] != "Contoso, Ltd" || !strings.Contains(rows[2].Faults[0].Message, "Row 2") {
			t.Errorf("%s\nwant %s", strings.Join(got, "; "), want)
		}
	})
	t.Run("E5 CSV as a spreadsheet writes it where a comma is in numbers", func(t *testing.T) {
		rows, err := Read("a.csv", []byte(strings.ReplaceAll(header, ",", ";")+"1;Contoso;GB;Ada;Lund;ada@contoso.example;1;2019-06-03\r\n"), "I-1")
		if err != nil || len(rows) != 1 || rows[0].Fields["authorizedAt"] != "2019-06-03" || len(rows[0].Faults) > 0 {
			t.Errorf("%+v, %v", rows, err)
		}
	})
	t.Run("E5 JSON Lines", func(t *testing.T) {
		rows, err := Read("a.jsonl", []byte(`{"partnerId": 4417023, "legalName": "Contoso", "tenantId": null}`+"\n\n[1]\n{\n"+`{"partnerId": "2", "colour": "red", "country": ["GB"]}`+"\n{} {}\n\""+strings.Repeat("x", 40<<10)+"\""), "I-1")
		if err != nil || len(rows) != 6 {
			t.Fatalf("%+v, %v", rows, err)
		}
		for i, want := range []string{"", " invalid", " invalid", "/colour unknown_field, /country wrong_type", " invalid", " too_long"} {
			if got := faulty(rows[i]); got != want {
				t.Errorf("line %d: %q, want %q", rows[i].Number, got, want)
			}
		}
		if rows[0].ID != "4417023" || rows[1].Number != 3 {
			t.Errorf("%+v", rows[0])
		}
	})
}

func TestE5_TheResultFileHasALineForEachRowAndNoFormula(t *testing.T) {
	got := string(WriteResults([]Outcome{
		{Row: 2, ID: "1", Result: Created},
		{Row: 3, ID: "=HYPERLINK(1)", Result: Refused, Faults: []onboarding.Fault{{Pointer: "/partnerId", Code: "invalid", Message: "Use letters."}, {Code: "too_long", Message: "Too, long."}}},
		{Result: Refused, Faults: []onboarding.Fault{{Message: "-1 is no file."}}},
	}))
	want := "row,partnerId,result,faults\r\n2,1,created,\r\n3,'=HYPERLINK(1),refused,\"partnerId (invalid): Use letters. | Too, long.\"\r\n,,refused,'-1 is no file.\r\n"
	if got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	var c Counts
	for _, r := range []Result{Created, Updated, Updated, Unchanged, Refused} {
		c.Add(r)
	}
	if c != (Counts{1, 2, 1, 1}) {
		t.Errorf("%+v", c)
	}
}

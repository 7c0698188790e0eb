package registry

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// columns is the first line of a file of records.
var columns = [...]string{
	"registry", "country", "registrationNumber", "legalName", "line1", "line2", "line3", "locality", "dependentLocality", "subdivision", "postalCode",
}

// FileError lists everything that is wrong with a file of records.
type FileError struct{ Faults []LineFault }

// LineFault is what is wrong with one line of a file.
type LineFault struct {
	Line    int // from 1
	Message string
}

func (e *FileError) Error() string {
	var b strings.Builder
	b.WriteString("registry: the file of records has faults:")
	for _, f := range e.Faults {
		fmt.Fprintf(&b, "\nline %d: %s", f.Line, f.Message)
	}
	return b.String()
}

// Parse reads records from a CSV file in UTF-8 whose first line names the
// columns, as records.csv does. A country is an ISO 3166-1 alpha-2 code; a
// subdivision is written as the country writes it in addresses. Country and
// legalName must be filled, and a registration number is there once in a
// country.
//
// A faulty file gives a *FileError with every fault and no records.
func Parse(r io.Reader) ([]Record, error) {
	p := parser{csv: csv.NewReader(r), numbers: map[string]int{}, last: 1}
	p.csv.FieldsPerRecord = -1
	if !p.header() {
		return nil, &FileError{p.faults}
	}
	for p.next() {
	}
	if len(p.faults) > 0 {
		return nil, &FileError{p.faults}
	}
	return p.records, nil
}

type parser struct {
	csv     *csv.Reader
	records []Record
	faults  []LineFault
	numbers map[string]int // line of each registration number
	last    int            // line read last
}

func (p *parser) fault(line int, format string, args ...any) {
	p.faults = append(p.faults, LineFault{Line: line, Message: fmt.Sprintf(format, args...)})
}

// header reads the first line; false when nothing after it can be understood.
func (p *parser) header() bool {
	fields, err := p.csv.Read()
	if err != nil {
		p.fault(1, "the names of the columns are missing: %s", strings.Join(columns[:], ","))
		return false
	}
	fields[0] = strings.TrimPrefix(fields[0], "\ufeff")
	if !slices.Equal(fields, columns[:]) {
		p.fault(1, "the columns are %s; they must be %s", strings.Join(fields, ","), strings.Join(columns[:], ","))
		return false
	}
	return true
}

// next reads one record; false at the end of what can be read.
func (p *parser) next() bool {
	fields, err := p.csv.Read()
	if errors.Is(err, io.EOF) {
		return false
	}
	if syntax := new(csv.ParseError); errors.As(err, &syntax) {
		p.fault(syntax.Line, "%v; lines after it were not read", syntax.Err)
		return false
	}
	if err != nil {
		p.fault(p.last+1, "reading stopped: %v", err)
		return false
	}
	line, _ := p.csv.FieldPos(0)
	p.last = line
	if len(fields) != len(columns) {
		p.fault(line, "%d columns; there must be %d", len(fields), len(columns))
		return true
	}
	p.judge(line, fields)
	record := Record{
		Register: fields[0], RegistrationNumber: fields[2], LegalName: fields[3],
		Address: onboarding.Address{
			Country: fields[1], Locality: fields[7], DependentLocality: fields[8], Subdivision: fields[9], PostalCode: fields[10],
		},
	}
	for _, text := range fields[4:7] {
		if text != "" {
			record.Address.Lines = append(record.Address.Lines, text)
		}
	}
	p.records = append(p.records, record)
	return true
}

func (p *parser) judge(line int, fields []string) {
	for i, text := range fields {
		switch {
		case strings.TrimSpace(text) != text:
			p.fault(line, "%s begins or ends with a space", columns[i])
		case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }):
			p.fault(line, "%s holds a control character, a line break or no UTF-8", columns[i])
		}
	}
	country, number := fields[1], fields[2]
	if len(country) != 2 || strings.Trim(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		p.fault(line, "country is %q; write its two-letter code in capitals", country)
	}
	if parseName(country, fields[3], plain).base == "" {
		p.fault(line, "legalName is missing")
	}
	if key := compactNumber(country, number); key != "" {
		if first, ok := p.numbers[country+key]; ok && country != "DE" { // each German court counts for itself
			p.fault(line, "registrationNumber %s of %s is on line %d already", number, country, first)
		} else {
			p.numbers[country+key] = line
		}
	}
}

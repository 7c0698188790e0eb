// Package filing reads operators' files of existing memberships, CSV or JSON
// Lines, into rows that can be filed one by one, and writes what came of each.
// What is wrong with a row is told with the row; only a file that can't be read
// as such is refused whole.
package filing

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Limits of a file.
const (
	MaxBytes = 64 << 20
	MaxRows  = 200_000
	maxRow   = 32 << 10 // bytes of a row
)

// faultDuplicate is the code of a row whose Partner ID came before in the file.
const faultDuplicate = "duplicate"

// Row is a row of a file.
type Row struct {
	Import string             `json:"import"` // the import's id
	Number int                `json:"row"`    // the line on which it begins, as an editor counts
	ID     string             `json:"id,omitzero"`
	Fields map[string]string  `json:"fields,omitempty"`
	Faults []onboarding.Fault `json:"faults,omitempty"` // with them it isn't filed
}

// FileFault says why a file can't be read at all, for a person.
type FileFault struct{ Text string }

func (f *FileFault) Error() string { return "filing: " + f.Text }

func unreadable(format string, args ...any) error { return &FileFault{fmt.Sprintf(format, args...)} }

// Read reads a file's rows; its name says what it is. The error is a *FileFault.
func Read(name string, content []byte, importID string) ([]Row, error) {
	switch {
	case len(content) > MaxBytes:
		return nil, unreadable("The file is larger than %d megabytes. Split it.", MaxBytes>>20)
	case bytes.HasPrefix(content, []byte{0xff, 0xfe}), bytes.HasPrefix(content, []byte{0xfe, 0xff}):
		return nil, unreadable("The file is UTF-16. Save it as UTF-8.")
	case !utf8.Valid(content):
		return nil, unreadable("The file isn't UTF-8: line %d has other characters. Save it as UTF-8.", badLine(content))
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if len(bytes.TrimSpace(content)) == 0 {
		return nil, unreadable("The file is empty.")
	}
	var rows []Row
	var err error
	switch strings.ToLower(path.Ext(name)) {
	case ".csv":
		rows, err = readCSV(content)
	case ".jsonl", ".ndjson":
		rows = readLines(content)
	default:
		return nil, unreadable("The file's name must end in .csv or .jsonl.")
	}
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0:
		return nil, unreadable("The file has a header and no rows.")
	case len(rows) > MaxRows:
		return nil, unreadable("The file has more than %d rows. Split it.", MaxRows)
	}
	tellDuplicates(rows)
	for i := range rows {
		rows[i].Import = importID
	}
	return rows, nil
}

func badLine(content []byte) int {
	for n, line := range bytes.Split(content, []byte("\n")) {
		if !utf8.Valid(line) {
			return n + 1
		}
	}
	return 0
}

func tellDuplicates(rows []Row) {
	first := map[string]int{}
	for i, r := range rows {
		id := onboarding.FoldMembershipID(r.ID)
		if id == "" {
			continue
		}
		if n, again := first[id]; again {
			rows[i].Faults = append(rows[i].Faults, onboarding.Fault{Pointer: "/partnerId", Code: faultDuplicate, Message: fmt.Sprintf("Row %d of this file has the same Partner ID. Keep one of the two.", n)})
			continue
		}
		first[id] = r.Number
	}
}

func columns() (required, all []string) {
	required, optional := onboarding.RecordColumns()
	return required, slices.Concat(required, optional)
}

func readCSV(content []byte) ([]Row, error) {
	r := csv.NewReader(bytes.NewReader(content))
	r.FieldsPerRecord = -1
	line, _, _ := strings.Cut(string(content), "\n")
	for _, other := range []rune{';', '\t'} {
		if strings.ContainsRune(line, other) && !strings.ContainsRune(line, ',') {
			r.Comma = other
		}
	}
	header, err := r.Read()
	if err != nil {
		return nil, unreadable("The first line can't be read: %v.", cause(err))
	}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	if err := checkHeader(header); err != nil {
		return nil, err
	}
	var rows []Row
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			rows = append(rows, Row{Number: parse.StartLine, Faults: []onboarding.Fault{{Code: onboarding.FaultInvalid,
				Message: fmt.Sprintf("The row that begins on line %d can't be read: %v. A quotation mark within a field is written twice; one that isn't closed takes what follows with it.", parse.StartLine, parse.Err)}}})
			continue
		}
		if err != nil {
			return nil, unreadable("The file can't be read: %v.", err)
		}
		number, _ := r.FieldPos(0)
		rows = append(rows, ofFields(number, header, fields))
	}
}

func cause(err error) error {
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return parse.Err
	}
	return err
}

func checkHeader(header []string) error {
	required, all := columns()
	var missing, unknown []string
	for _, c := range required {
		if !slices.Contains(header, c) {
			missing = append(missing, c)
		}
	}
	for i, c := range header {
		if !slices.Contains(all, c) {
			unknown = append(unknown, fmt.Sprintf("%.40q", c))
		} else if slices.Index(header, c) != i {
			return unreadable("The header has the column %s twice.", c)
		}
	}
	switch {
	case len(missing) > 0:
		return unreadable("The first line must name the columns, separated by commas. Missing: %s.", strings.Join(missing, ", "))
	case len(unknown) > 0:
		return unreadable("The header has columns that aren't known: %s. Known are: %s.", strings.Join(unknown[:min(len(unknown), 10)], ", "), strings.Join(all, ", "))
	}
	return nil
}

func ofFields(number int, header, fields []string) Row {
	row := Row{Number: number, Fields: map[string]string{}}
	size := 0
	for i, text := range fields {
		size += len(text)
		if i < len(header) {
			if header[i] == "partnerId" {
				row.ID = strings.TrimSpace(text)
			}
			if text != "" {
				row.Fields[header[i]] = text
			}
		}
	}
	switch {
	case size > maxRow:
		row = tooLong(number)
	case len(fields) != len(header):
		row.Faults = append(row.Faults, onboarding.Fault{Code: onboarding.FaultInvalid, Message: fmt.Sprintf("The row has %d fields, the header %d. A field that holds a comma is written in quotation marks.", len(fields), len(header))})
	}
	return row
}

func tooLong(number int) Row {
	return Row{Number: number, Faults: []onboarding.Fault{{Code: onboarding.FaultTooLong, Message: fmt.Sprintf("The row is longer than %d kilobytes.", maxRow>>10)}}}
}

func readLines(content []byte) []Row {
	var rows []Row
	for n, line := range bytes.Split(content, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		if len(line) > maxRow {
			rows = append(rows, tooLong(n+1))
			continue
		}
		rows = append(rows, ofLine(n+1, line))
	}
	return rows
}

func ofLine(number int, line []byte) Row {
	row := Row{Number: number, Fields: map[string]string{}}
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil || object == nil || decoder.More() {
		row.Faults = []onboarding.Fault{{Code: onboarding.FaultInvalid, Message: "The line isn't one JSON object."}}
		return row
	}
	_, all := columns()
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.Contains(all, name) {
			row.Faults = append(row.Faults, onboarding.Fault{Pointer: fmt.Sprintf("/%.40s", name), Code: onboarding.FaultUnknownField, Message: "There is no such member."})
			continue
		}
		switch v := object[name].(type) {
		case nil:
		case string:
			row.Fields[name] = v
		case json.Number:
			row.Fields[name] = v.String()
		default:
			row.Faults = append(row.Faults, onboarding.Fault{Pointer: "/" + name, Code: onboarding.FaultWrongType, Message: "Write this as a text."})
		}
	}
	row.ID = strings.TrimSpace(row.Fields["partnerId"])
	return row
}

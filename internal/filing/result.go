package filing

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Result is what came of a row.
type Result string

// The results.
const (
	Created   Result = "created"
	Updated   Result = "updated"
	Unchanged Result = "unchanged"
	Refused   Result = "refused"
)

// Outcome is a line of the result file.
type Outcome struct {
	Row    int                `json:"row"`
	ID     string             `json:"id,omitzero"`
	Result Result             `json:"result"`
	Faults []onboarding.Fault `json:"faults,omitempty"`
}

// Counts are how many rows came to what.
type Counts struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Refused   int `json:"refused"`
}

// Add counts an outcome.
func (c *Counts) Add(r Result) {
	switch r {
	case Created:
		c.Created++
	case Updated:
		c.Updated++
	case Unchanged:
		c.Unchanged++
	case Refused:
		c.Refused++
	}
}

// WriteResults writes the result file: one line a row, and a column that says
// what is wrong. A text that a spreadsheet would take for a formula is written
// with an apostrophe before it.
func WriteResults(outcomes []Outcome) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write([]string{"row", "partnerId", "result", "faults"}) // a buffer takes everything
	for _, o := range outcomes {
		row := ""
		if o.Row > 0 {
			row = strconv.Itoa(o.Row)
		}
		_ = w.Write([]string{row, harmless(o.ID), string(o.Result), harmless(told(o.Faults))})
	}
	w.Flush()
	return b.Bytes()
}

func told(faults []onboarding.Fault) string {
	var list []string
	for _, f := range faults {
		text := f.Message
		if column := strings.TrimPrefix(f.Pointer, "/"); column != "" {
			text = column + " (" + f.Code + "): " + f.Message
		}
		list = append(list, text)
	}
	return strings.Join(list, " | ")
}

func harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

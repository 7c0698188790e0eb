package onboarding

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// DirectBillKind says how an item of the requirements for direct bill is
// answered.
type DirectBillKind string

// Kinds of items (X1).
const (
	DirectBillMonths       DirectBillKind = "months"       // computed from the record, never asked
	DirectBillRevenue      DirectBillKind = "revenue"      // an amount in whole USD of twelve months
	DirectBillChoice       DirectBillKind = "choice"       // one of the options
	DirectBillConfirmation DirectBillKind = "confirmation" // met or not
)

// DirectBillItem is one thing that is required.
type DirectBillItem struct {
	ID       string
	Area     string
	Kind     DirectBillKind
	Title    string
	Text     string
	AtLeast  int64    // of months or revenue
	Options  []string // of a choice
	Evidence bool     // an answer must name evidence
}

// DirectBillStatement is what a company declares of its readiness (X3).
type DirectBillStatement struct {
	ID   string
	Area string
	Text string
}

// DirectBillSet is what is required of an application that is submitted while
// the set is in force (X1).
type DirectBillSet struct {
	ID           string
	FiscalYear   string // the first in which it is in force
	Title        string
	From         time.Time
	Until        time.Time // the first moment at which it is in force no more; zero for the newest
	SourceTitle  string
	SourceURL    string
	SourceReadOn string
	SourceNote   string
	Items        []DirectBillItem
	Retires      []string // items of the set before that are required no more
	Statements   []DirectBillStatement
}

// DirectBillSets finds requirements (X1). The built-in implementation is
// package directbill.
type DirectBillSets interface {
	// InForce is the set in force at a time; false before the first.
	InForce(at time.Time) (DirectBillSet, bool)
	// Set finds one by its id, in force or not.
	Set(id string) (DirectBillSet, bool)
}

// Item finds an item of the set.
func (s DirectBillSet) Item(id string) (DirectBillItem, bool) {
	i := slices.IndexFunc(s.Items, func(i DirectBillItem) bool { return i.ID == id })
	if i < 0 {
		return DirectBillItem{}, false
	}
	return s.Items[i], true
}

// Statement finds a statement of the set.
func (s DirectBillSet) Statement(id string) (DirectBillStatement, bool) {
	i := slices.IndexFunc(s.Statements, func(d DirectBillStatement) bool { return d.ID == id })
	if i < 0 {
		return DirectBillStatement{}, false
	}
	return s.Statements[i], true
}

// DirectBillChange is one difference between two sets, for people.
type DirectBillChange struct {
	Item string // of an item or a statement
	Text string
}

// ChangesTo lists what another set asks that this one doesn't, and the other
// way round.
func (s DirectBillSet) ChangesTo(next DirectBillSet) []DirectBillChange {
	var changes []DirectBillChange
	add := func(id, text string) { changes = append(changes, DirectBillChange{id, text}) }
	for _, is := range next.Items {
		was, ok := s.Item(is.ID)
		switch {
		case !ok:
			add(is.ID, "New: "+is.Title+".")
		case was.AtLeast != is.AtLeast:
			add(is.ID, is.Title+": "+amount(is.Kind, is.AtLeast)+" instead of "+amount(was.Kind, was.AtLeast)+".")
		case !slices.Equal(was.Options, is.Options):
			add(is.ID, is.Title+": "+strings.Join(is.Options, ", ")+" instead of "+strings.Join(was.Options, ", ")+".")
		case was.Title != is.Title || was.Text != is.Text || was.Evidence != is.Evidence:
			add(is.ID, "Reworded: "+is.Title+".")
		}
	}
	for _, was := range s.Items {
		if _, ok := next.Item(was.ID); !ok {
			add(was.ID, "Required no more: "+was.Title+".")
		}
	}
	for _, is := range next.Statements {
		switch was, ok := s.Statement(is.ID); {
		case !ok:
			add(is.ID, "New to declare: "+is.Text)
		case was.Text != is.Text:
			add(is.ID, "To declare anew: "+is.Text)
		}
	}
	for _, was := range s.Statements {
		if _, ok := next.Statement(was.ID); !ok {
			add(was.ID, "Declared no more: "+was.Text)
		}
	}
	return changes
}

func amount(kind DirectBillKind, n int64) string {
	if kind != DirectBillRevenue {
		return strconv.FormatInt(n, 10) + " months"
	}
	return "USD " + thousands(n)
}

// thousands writes a number with commas: 1000000 → "1,000,000".
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

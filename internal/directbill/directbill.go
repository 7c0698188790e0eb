// Package directbill is what is required of a company that applies for direct
// bill (X1), as data by fiscal year: one file of sets/ for each set, with its
// dates and its source.
//
// The next fiscal year's requirements are added by a file and nothing else:
//
//  1. write sets/<first day>.json in the form of the newest one, which ends where
//     this one begins;
//  2. list in retires what is required no more: every other item keeps its id;
//  3. run go run ./internal/directbill/check, which tells every fault at once.
//
// A file can be checked before it is dropped there: name it after the command.
package directbill

import (
	"embed"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

//go:embed sets/*.json
var files embed.FS

// All lists the sets, the oldest first. Callers must not change the list.
var All = sync.OnceValue(func() []onboarding.DirectBillSet {
	sets, err := Load(nil)
	if err != nil {
		panic("directbill: sets/ is faulty: " + err.Error()) // a test keeps it whole
	}
	return sets
})

// Load reads the built-in sets and further files, by name; of two with the same
// name the further one counts. The error lists every fault, one a line.
func Load(further map[string][]byte) ([]onboarding.DirectBillSet, error) {
	entries, err := files.ReadDir("sets")
	if err != nil {
		return nil, err
	}
	all := map[string][]byte{}
	for _, e := range entries {
		if all[e.Name()], err = files.ReadFile("sets/" + e.Name()); err != nil {
			return nil, err
		}
	}
	for name, text := range further {
		all[name] = text
	}
	var sets []onboarding.DirectBillSet
	var faults []error
	for name, text := range all {
		set, bad := parse(name, text)
		sets, faults = append(sets, set), append(faults, bad...)
	}
	if len(faults) == 0 {
		slices.SortFunc(sets, func(a, b onboarding.DirectBillSet) int { return a.From.Compare(b.From) })
		faults = together(sets)
	}
	slices.SortFunc(faults, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return sets, errors.Join(faults...)
}

// Table gives the rules the sets of this package.
type Table struct{}

var _ onboarding.DirectBillSets = Table{}

// InForce implements onboarding.DirectBillSets.
func (Table) InForce(at time.Time) (onboarding.DirectBillSet, bool) {
	for _, s := range slices.Backward(All()) {
		if !at.Before(s.From) {
			return s, true
		}
	}
	return onboarding.DirectBillSet{}, false
}

// Set implements onboarding.DirectBillSets.
func (Table) Set(id string) (onboarding.DirectBillSet, bool) {
	i := slices.IndexFunc(All(), func(s onboarding.DirectBillSet) bool { return s.ID == id })
	if i < 0 {
		return onboarding.DirectBillSet{}, false
	}
	return All()[i], true
}

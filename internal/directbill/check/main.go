// Command check says whether the requirements for direct bill are whole, with
// the files named after it taken for dropped into internal/directbill/sets. It
// prints every fault at once and ends with 1 when there is one.
//
//	go run ./internal/directbill/check [2027-10-01.json …]
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/directbill"
)

func main() { os.Exit(check(os.Args[1:], os.Stdout)) }

func check(names []string, out io.Writer) int {
	further := map[string][]byte{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(out, err)
			return 1
		}
		further[filepath.Base(name)] = text
	}
	sets, err := directbill.Load(further)
	if err != nil {
		fmt.Fprintln(out, err)
		return 1
	}
	for n, s := range sets {
		until := "on"
		if !s.Until.IsZero() {
			until = "to " + s.Until.AddDate(0, 0, -1).Format(time.DateOnly)
		}
		fmt.Fprintf(out, "%s  from %s %s: %d items, %d declarations\n", s.FiscalYear, s.From.Format(time.DateOnly), until, len(s.Items), len(s.Statements))
		if n > 0 {
			for _, c := range sets[n-1].ChangesTo(s) {
				fmt.Fprintf(out, "      %s\n", c.Text)
			}
		}
	}
	return 0
}

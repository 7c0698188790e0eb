// Command check judges a file of regions before it is put in the place of the
// built-in one, and tells what it changes from when on.
//
//	go run ./internal/region/check [file]
//
// Without a file it judges internal/region/regions.json.
package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/region"
)

func main() {
	path := "internal/region/regions.json"
	if len(os.Args) > 1 {
		path = os.Args[1]
	}
	if err := check(path, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(path string, out io.Writer) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	tables, err := region.Parse(f)
	if err != nil {
		return err
	}
	for _, t := range tables.All() {
		markets := 0
		for _, r := range t.All() {
			markets += len(r.Markets)
		}
		until := "on"
		if !t.Until().IsZero() {
			until = "until " + t.Until().Format(time.DateOnly)
		}
		fmt.Fprintf(out, "from %s %s: %d regions, %d markets. %s\n", t.Effective().Format(time.DateOnly), until, len(t.All()), markets, t.Source())
		for _, m := range t.Moves() {
			fmt.Fprintf(out, "  %s: %s -> %s\n", m.Market, cmp.Or(m.From, region.Nowhere), cmp.Or(m.To, region.Nowhere))
		}
	}
	return nil
}

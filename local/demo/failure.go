package demo

import (
	"fmt"
	"strings"
)

// Failure is a demo that went another way than it should: what was being done,
// what was expected, what was seen instead, and where to look.
type Failure struct {
	Doing, Expected, Seen string
	Look                  []string // commands and files
	Cause                 error    // when there was one
}

func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "The demo stopped: %s\n  expected  %s\n  seen      %s", f.Doing, f.Expected, f.Seen)
	for i, look := range f.Look {
		label := "look at   "
		if i > 0 {
			label = "          "
		}
		b.WriteString("\n  " + label + look)
	}
	return b.String()
}

func (f *Failure) Unwrap() error { return f.Cause }

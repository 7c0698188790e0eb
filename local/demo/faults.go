package demo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing wrong with an input file.
type Fault struct {
	Line    int    // in the file, 0 when there is none
	Pointer string // JSON pointer to the member
	Message string
}

// FaultyInput refuses an input file.
type FaultyInput struct {
	File   string
	Faults []Fault
}

func (e *FaultyInput) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s can't be used, and nothing was started:", e.File)
	for _, f := range e.Faults {
		b.WriteString("\n  " + f.String())
	}
	return b.String()
}

func (f Fault) String() string {
	text := f.Message
	if f.Pointer != "" {
		text = f.Pointer + ": " + text
	}
	if f.Line > 0 {
		text = fmt.Sprintf("line %d, %s", f.Line, text)
	}
	return text
}

func faulty(file string, faults []Fault) *FaultyInput {
	slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Compare(a.Line, b.Line) })
	return &FaultyInput{File: file, Faults: slices.CompactFunc(faults, func(a, b Fault) bool { return a.Pointer == b.Pointer && a.Line == b.Line })}
}

// pointer appends to a JSON pointer.
func pointer(base string, steps ...any) string {
	for _, step := range steps {
		base += "/" + fmt.Sprint(step)
	}
	return base
}

func nearest(lines map[string]int, at string) int {
	for at != "" {
		if line, ok := lines[at]; ok {
			return line
		}
		at = at[:strings.LastIndexByte(at, '/')]
	}
	return 0
}

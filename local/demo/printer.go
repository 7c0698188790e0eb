package demo

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// printer writes what happens, one block at a time: several goroutines may
// print, and no block is torn apart. What it writes reads the same in a log;
// colour is added for a terminal only.
type printer struct {
	mu     sync.Mutex
	out    io.Writer
	colour bool
	since  func() time.Duration // since the demo began
}

// newPrinter prints to out, in colour when out is a terminal that wants it.
func newPrinter(out io.Writer, since func() time.Duration) *printer {
	return &printer{out: out, colour: wantsColour(out, os.Getenv), since: since}
}

// wantsColour follows no-color.org: NO_COLOR, when set to anything, forbids it.
func wantsColour(out io.Writer, getenv func(string) string) bool {
	f, ok := out.(*os.File)
	if !ok || getenv("NO_COLOR") != "" || getenv("TERM") == "" || getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// style is how a piece of text is shown on a terminal.
type style string

const (
	unstyled style = ""
	bold     style = "1"
	dim      style = "2"
	red      style = "31"
	green    style = "32"
	yellow   style = "33"
	cyan     style = "36"
)

func (p *printer) paint(s style, text string) string {
	if !p.colour || s == unstyled || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}

// The columns: the time, what kind of line it is, and the text.
const (
	stampWidth = 9
	labelWidth = 10
	textWidth  = 110 // of the third column; long words such as URLs may go over it
)

func (p *printer) write(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = io.WriteString(p.out, text)
}

// Line writes text as it is.
func (p *printer) Line(text string) { p.write(text + "\n") }

// Heading begins a part of the demo.
func (p *printer) Heading(text string) {
	rule := strings.Repeat("-", max(stampWidth+labelWidth+textWidth-30-utf8.RuneCountInString(text), 3))
	p.write("\n" + p.paint(bold, "-- "+text+" ") + p.paint(dim, rule) + "\n")
}

// entry is one block: its first line carries the time and the kind of line.
type entry struct {
	label string
	style style // of the label
	text  string
	call  string   // below it: a request and its answer, on one line however long
	more  []string // below, in the same column
	quote []string // below that, lines of somebody else's text, as they are
}

// Entry writes a block.
func (p *printer) Entry(e entry) {
	var b strings.Builder
	stamp := fmt.Sprintf("%6.1f s ", p.since().Seconds())
	label := fmt.Sprintf("%-*s", labelWidth, e.label)
	b.WriteString(p.paint(dim, stamp) + p.paint(e.style, label))
	indent := strings.Repeat(" ", stampWidth+labelWidth)
	lines := wrap(e.text, textWidth)
	if e.call != "" {
		lines = append(lines, "  "+e.call)
	}
	lines = append(lines, wrapAll(e.more, textWidth)...)
	for _, line := range e.quote {
		lines = append(lines, strings.TrimRight("  | "+line, " "))
	}
	for i, line := range lines {
		if i > 0 {
			b.WriteString(indent)
		}
		b.WriteString(line + "\n")
	}
	p.write(b.String())
}

func wrapAll(texts []string, width int) []string {
	var lines []string
	for _, text := range texts {
		lines = append(lines, wrap(text, width)...)
	}
	return lines
}

// wrap breaks a line between words; what follows the first line is indented
// like it, and by two more.
func wrap(text string, width int) []string {
	lead := text[:len(text)-len(strings.TrimLeft(text, " "))]
	var lines []string
	line := lead
	for _, word := range strings.Fields(text) {
		switch {
		case strings.TrimSpace(line) == "":
			line += word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
			lines = append(lines, line)
			line = lead + "  " + word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}

// Table writes rows in columns, without a time.
func (p *printer) Table(rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		line.WriteString("  ")
		for i, cell := range row {
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)+2))
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	p.write(b.String())
}

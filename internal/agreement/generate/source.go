package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// source is a parsed file of versions/: header lines ("key: value"), an empty
// line, then paragraphs, each on one line and apart by empty lines:
//
//	## 1. Title    a section; an annex has a letter for its number
//	1.1 Text       a clause of it, then perhaps items, a line each: (a) Text
//
// What stands before the first section is the preamble. Numbers are written
// out, since people cite them, and must follow on one another. A version that
// extends another has the other's text before its own.
type source struct {
	Version   string
	Extends   string
	Title     string
	Language  string
	Effective time.Time
	// Reaccept ends the grace (A6): until then an acceptance of the version
	// before counts in each of the regions. Zero for a region's first version.
	Reaccept time.Time
	Regions  []string
	Notice   string // shown before the text, "" for none
	Preamble []string
	Sections []section
}

type section struct {
	Number  string
	Title   string
	Clauses []clause
}

type clause struct {
	Number string
	Text   string
	Items  []item
}

type item struct {
	Letter string
	Text   string
}

var (
	versionForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}(-[a-z0-9]+)*$`)
	sectionForm = regexp.MustCompile(`^## ([0-9]+|[A-Z])\. (.+)$`)
	clauseForm  = regexp.MustCompile(`^([0-9]+|[A-Z])\.([0-9]+) (.+)$`)
	itemForm    = regexp.MustCompile(`^\(([a-z])\) (.+)$`)
)

func parseSource(text string) (source, error) {
	header, body, _ := strings.Cut(strings.TrimSpace(text), "\n\n")
	s, err := parseHeader(header)
	if err != nil {
		return s, err
	}
	for _, p := range strings.Split(body, "\n\n") {
		if err := s.add(strings.TrimSpace(p)); err != nil {
			return s, err
		}
	}
	if len(s.Sections) == 0 {
		return s, fmt.Errorf("no section")
	}
	return s, nil
}

func parseHeader(header string) (source, error) {
	var s source
	for _, line := range strings.Split(header, "\n") {
		key, value, ok := strings.Cut(line, ": ")
		if !ok {
			return s, fmt.Errorf("header line %q: want key: value", line)
		}
		var err error
		switch key {
		case "version":
			s.Version = value
		case "extends":
			s.Extends = value
		case "title":
			s.Title = value
		case "language":
			s.Language = value
		case "effective":
			s.Effective, err = time.Parse(time.DateOnly, value)
		case "regions":
			s.Regions = strings.Split(value, ", ")
		case "notice":
			s.Notice = value
		case "reaccept-by":
			if s.Reaccept, err = time.Parse(time.DateOnly, value); err == nil {
				s.Reaccept = s.Reaccept.AddDate(0, 0, 1).Add(-time.Second) // the day's last second, in UTC
			}
		default:
			err = fmt.Errorf("unknown header")
		}
		if err != nil {
			return s, fmt.Errorf("header %s: %w", key, err)
		}
	}
	if !versionForm.MatchString(s.Version) || s.Title == "" || s.Language == "" || s.Effective.IsZero() || len(s.Regions) == 0 {
		return s, fmt.Errorf("want the headers version (like 2026-09 or 2026-09-eu), title, language, effective and regions")
	}
	return s, nil
}

func (s *source) add(p string) error {
	if m := sectionForm.FindStringSubmatch(p); m != nil {
		if n := len(s.Sections); n > 0 && !follows(s.Sections[n-1].Number, m[1]) {
			return fmt.Errorf("section %s follows section %s", m[1], s.Sections[n-1].Number)
		}
		s.Sections = append(s.Sections, section{Number: m[1], Title: m[2]})
		return nil
	}
	if len(s.Sections) == 0 {
		s.Preamble = append(s.Preamble, p)
		return nil
	}
	lines := strings.Split(p, "\n")
	m := clauseForm.FindStringSubmatch(lines[0])
	last := &s.Sections[len(s.Sections)-1]
	if want := fmt.Sprintf("%s.%d", last.Number, len(last.Clauses)+1); m == nil || m[1]+"."+m[2] != want {
		return fmt.Errorf("want clause %s, got %q", want, lines[0])
	}
	c := clause{Number: m[1] + "." + m[2], Text: m[3]}
	for i, line := range lines[1:] {
		m := itemForm.FindStringSubmatch(line)
		if m == nil || m[1] != string(rune('a'+i)) {
			return fmt.Errorf("clause %s: want item (%c), got %q", c.Number, 'a'+i, line)
		}
		c.Items = append(c.Items, item{m[1], m[2]})
	}
	last.Clauses = append(last.Clauses, c)
	return nil
}

// follows says whether section b may stand after section a: the next number,
// the next letter, or the first annex after the last number.
func follows(a, b string) bool {
	if b == "A" {
		return a[0] <= '9'
	}
	if a[0] >= 'A' {
		return len(b) == 1 && b[0] == a[0]+1
	}
	return fmt.Sprint(atoi(a)+1) == b
}

func atoi(s string) int {
	n := 0
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}

// extend puts the text of the version that is extended before the own one.
func (s *source) extend(base source) error {
	if base.Extends != "" {
		return fmt.Errorf("version %s: %s extends another itself", s.Version, base.Version)
	}
	if !follows(base.Sections[len(base.Sections)-1].Number, s.Sections[0].Number) {
		return fmt.Errorf("version %s: section %s does not follow the last one of %s", s.Version, s.Sections[0].Number, base.Version)
	}
	s.Preamble = append(append([]string{}, base.Preamble...), s.Preamble...)
	s.Sections = append(append([]section{}, base.Sections...), s.Sections...)
	return nil
}

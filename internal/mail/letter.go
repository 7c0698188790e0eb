package mail

import (
	"embed"
	"fmt"
	"strings"
	"sync"
)

//go:embed letters/*.txt
var letterFiles embed.FS

// letter is a parsed file of letters/.
//
// The file begins with the header lines Subject, Heading and Why (the last
// completes "You receive this e-mail because …"). Blocks follow, apart by
// empty lines:
//
//	a paragraph            with {{.parameter}}; dropped when nothing is left of it
//	- Label: {{.value}}    facts, one a line; a fact without a value is dropped
//	[Label](linkParam)     the button; dropped when the link isn't given
//	> messageParam         a quotation of what somebody typed
//	!reasons               the list of reasons
//
// The file is taken apart before any value is put in, and every piece is
// filled in alone: no value can pass for structure.
type letter struct {
	subject, heading, why piece
	blocks                []block
}

type block struct {
	kind  blockKind
	param string // of a button, a quotation
	label string // of a button
	text  piece  // of a paragraph
	facts []fact
}

type blockKind int

const (
	blockParagraph blockKind = iota
	blockFacts
	blockButton
	blockQuote
	blockReasons
)

type fact struct {
	label string
	value piece
}

var (
	buttonForm = compiled(`^\[([^\]]+)\]\((\w+)\)$`)
	factForm   = compiled(`^- ([^:]+): (.+)$`)
	quoteForm  = compiled(`^> (\w+)$`)
)

var cache sync.Map // template name → letter; letters are parsed when first used

func loadLetter(name string) (letter, error) {
	if l, ok := cache.Load(name); ok {
		return l.(letter), nil
	}
	file, err := letterFiles.ReadFile("letters/" + name + ".txt")
	if err != nil {
		return letter{}, &UnknownTemplateError{Template: name}
	}
	l, err := parseLetter(string(file))
	if err != nil {
		return letter{}, fmt.Errorf("mail: letter %s: %w", name, err)
	}
	cache.Store(name, l)
	return l, nil
}

func parseLetter(file string) (letter, error) {
	var l letter
	header, body, _ := strings.Cut(strings.TrimSpace(file), "\n\n")
	for _, line := range strings.Split(header, "\n") {
		key, value, _ := strings.Cut(line, ": ")
		t, err := parsePiece(value)
		if err != nil {
			return l, err
		}
		switch key {
		case "Subject":
			l.subject = t
		case "Heading":
			l.heading = t
		case "Why":
			l.why = t
		default:
			return l, fmt.Errorf("unknown header %q", key)
		}
	}
	if l.subject == nil || l.heading == nil || l.why == nil {
		return l, fmt.Errorf("a header is missing")
	}
	for _, text := range strings.Split(body, "\n\n") {
		b, err := parseBlock(strings.TrimSpace(text))
		if err != nil {
			return l, err
		}
		l.blocks = append(l.blocks, b)
	}
	return l, nil
}

func parseBlock(text string) (block, error) {
	switch {
	case text == "!reasons":
		return block{kind: blockReasons}, nil
	case strings.HasPrefix(text, "["):
		m := buttonForm().FindStringSubmatch(text)
		if m == nil || kinds[m[2]] != kindLink && kinds[m[2]] != kindToken {
			return block{}, fmt.Errorf("malformed button %q", text)
		}
		return block{kind: blockButton, label: m[1], param: m[2]}, nil
	case strings.HasPrefix(text, ">"):
		m := quoteForm().FindStringSubmatch(text)
		if m == nil || kinds[m[1]] != kindMessage {
			return block{}, fmt.Errorf("malformed quotation %q", text)
		}
		return block{kind: blockQuote, param: m[1]}, nil
	case strings.HasPrefix(text, "- "):
		b := block{kind: blockFacts}
		for _, line := range strings.Split(text, "\n") {
			m := factForm().FindStringSubmatch(line)
			if m == nil {
				return b, fmt.Errorf("malformed fact %q", line)
			}
			value, err := parsePiece(m[2])
			if err != nil {
				return b, err
			}
			b.facts = append(b.facts, fact{label: m[1], value: value})
		}
		return b, nil
	}
	t, err := parsePiece(strings.ReplaceAll(text, "\n", " "))
	return block{kind: blockParagraph, text: t}, err
}

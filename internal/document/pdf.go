package document

import (
	"bytes"
	"regexp"
	"strconv"
)

const (
	pdfTail      = 2048 // bytes at the end in which a file says where its cross-references are
	pdfRevisions = 100  // of one file, followed back at most
)

// examinePDF says whether a PDF has an end and is not encrypted. It reads the
// trailers, from the newest to the oldest: a reader needs the password when
// they name an /Encrypt dictionary. Where a trailer isn't where the file says,
// which readers mend by searching, any sign of encryption counts.
func examinePDF(file []byte) string {
	tail := max(0, len(file)-pdfTail)
	at := bytes.LastIndex(file[tail:], []byte("startxref"))
	if at < 0 {
		return FaultDamaged
	}
	next, ok := number(file[tail+at+len("startxref"):])
	for seen := map[int]bool{}; ok && !seen[next] && len(seen) < pdfRevisions; {
		seen[next] = true
		entries, found := trailerAt(file, next)
		if !found {
			return examineLoosely(file)
		}
		if _, encrypted := entries["Encrypt"]; encrypted {
			return FaultEncrypted
		}
		next, ok = number(entries["Prev"])
	}
	return ""
}

var (
	encryptName = regexp.MustCompile(`/Encrypt[\x00\t\n\f\r ]*(\d+[\x00\t\n\f\r ]+\d+[\x00\t\n\f\r ]+R|<<)`)
	objectHead  = regexp.MustCompile(`^[\x00\t\n\f\r ]*\d+[\x00\t\n\f\r ]+\d+[\x00\t\n\f\r ]+obj`)
)

func examineLoosely(file []byte) string {
	switch {
	case encryptName.Match(file):
		return FaultEncrypted
	case !bytes.Contains(file, []byte("trailer")) && !bytes.Contains(file, []byte("/XRef")):
		return FaultDamaged
	}
	return ""
}

// trailerAt reads the dictionary of the cross-references that begin at an
// offset: a table's trailer, or the head of a stream.
func trailerAt(file []byte, offset int) (map[string][]byte, bool) {
	if offset < 0 || offset >= len(file) {
		return nil, false
	}
	rest := bytes.TrimLeft(file[offset:], pdfSpace)
	if after, table := bytes.CutPrefix(rest, []byte("xref")); table {
		at := bytes.Index(after, []byte("trailer"))
		if at < 0 {
			return nil, false
		}
		return dictionary(after[at+len("trailer"):])
	}
	head := objectHead.Find(rest)
	if head == nil {
		return nil, false
	}
	return dictionary(rest[len(head):])
}

const pdfSpace = "\x00\t\n\f\r "

// number reads a whole number at the beginning.
func number(text []byte) (int, bool) {
	text = bytes.TrimLeft(text, pdfSpace)
	end := 0
	for end < len(text) && end < 12 && '0' <= text[end] && text[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(string(text[:end]))
	return n, err == nil
}

// dictionary reads the entries of a dictionary: the text of each value by its
// name. Dictionaries inside it are skipped.
func dictionary(text []byte) (map[string][]byte, bool) {
	text, ok := bytes.CutPrefix(bytes.TrimLeft(text, pdfSpace), []byte("<<"))
	if !ok {
		return nil, false
	}
	entries := map[string][]byte{}
	for {
		text = skipSpace(text)
		if bytes.HasPrefix(text, []byte(">>")) {
			return entries, true
		}
		if len(text) == 0 || text[0] != '/' {
			return nil, false
		}
		end := 1 + regular(text[1:])
		name := pdfName(text[1:end])
		value := skipSpace(text[end:])
		text = value
		for { // a value is one token, or several as in "5 0 R"
			size := token(text)
			if size <= 0 {
				return nil, false
			}
			text = skipSpace(text[size:])
			if len(text) == 0 {
				return nil, false
			}
			if text[0] == '/' || bytes.HasPrefix(text, []byte(">>")) {
				break
			}
		}
		entries[name] = value[:len(value)-len(text)]
	}
}

// pdfName resolves the #xx in a name, under which another name can hide.
func pdfName(raw []byte) string {
	var name []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) {
			if b, err := strconv.ParseUint(string(raw[i+1:i+3]), 16, 8); err == nil {
				name = append(name, byte(b))
				i += 2
				continue
			}
		}
		name = append(name, raw[i])
	}
	return string(name)
}

// skipSpace skips blanks and comments.
func skipSpace(text []byte) []byte {
	for {
		text = bytes.TrimLeft(text, pdfSpace)
		if len(text) == 0 || text[0] != '%' {
			return text
		}
		end := bytes.IndexAny(text, "\r\n")
		if end < 0 {
			return nil
		}
		text = text[end:]
	}
}

// regular is the length of the run of regular characters at the beginning.
func regular(text []byte) int {
	if end := bytes.IndexAny(text, pdfSpace+"()<>[]{}/%"); end >= 0 {
		return end
	}
	return len(text)
}

// token is the length of the value at the beginning, 0 when it has no end. Two
// values that stand for one, such as the parts of a reference, are two tokens.
func token(text []byte) int {
	switch {
	case len(text) == 0:
		return 0
	case text[0] == '(':
		return parenthesised(text)
	case bytes.HasPrefix(text, []byte("<<")), text[0] == '[':
		return nested(text)
	case text[0] == '<':
		return bytes.IndexByte(text, '>') + 1
	case text[0] == '/':
		return 1 + regular(text[1:])
	}
	return regular(text)
}

// parenthesised is the length of a text in parentheses.
func parenthesised(text []byte) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}

// nested is the length of an array or a dictionary with all in it.
func nested(text []byte) int {
	depth := 0
	for i := 0; i < len(text); {
		switch {
		case bytes.HasPrefix(text[i:], []byte("<<")):
			depth, i = depth+1, i+2
		case bytes.HasPrefix(text[i:], []byte(">>")):
			depth, i = depth-1, i+2
		case text[i] == '[':
			depth, i = depth+1, i+1
		case text[i] == ']':
			depth, i = depth-1, i+1
		case text[i] == '(', text[i] == '<':
			size := token(text[i:])
			if size <= 0 {
				return 0
			}
			i += size
		case text[i] == '%':
			i = len(text) - len(skipSpace(text[i:]))
		default:
			i++
		}
		if depth == 0 {
			return i
		}
	}
	return 0
}

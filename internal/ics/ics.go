// Package ics writes dates as a calendar file (iCalendar, RFC 5545) that calendar
// programs import.
//
// It writes the little that dates need, and every text so that it stays a text:
// escaped, without control characters, folded by octets and never within a
// character, lines ended as the format asks.
package ics

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ContentType is the media type of what Write writes.
const ContentType = "text/calendar; charset=utf-8; method=PUBLISH"

// Event is a moment in a calendar.
type Event struct {
	UID         string // names the event for ever: importing it again moves the one that is there
	Sequence    int    // never smaller than before
	At          time.Time
	Summary     string
	Description string
	URL         string
	Status      Status
	Remind      time.Duration // how long before to remind, 0 for not
}

// Status says how sure an event is.
type Status string

// The statuses of an event.
const (
	Confirmed Status = "CONFIRMED"
	Tentative Status = "TENTATIVE" // it may move
	Cancelled Status = "CANCELLED" // calendar programs take it out
)

// maxLine is how many octets a line may have, without its end.
const maxLine = 75

// Write writes a calendar. product names the program that makes it; now is when.
// A calendar needs at least one event.
func Write(product string, now time.Time, events []Event) []byte {
	var w writer
	w.line("BEGIN", "VCALENDAR")
	w.line("VERSION", "2.0")
	w.line("PRODID", text("-//"+product+"//EN"))
	w.line("CALSCALE", "GREGORIAN")
	w.line("METHOD", "PUBLISH")
	for _, e := range events {
		w.line("BEGIN", "VEVENT")
		w.line("UID", text(e.UID))
		w.line("SEQUENCE", strconv.Itoa(e.Sequence))
		w.line("DTSTAMP", moment(now))
		w.line("DTSTART", moment(e.At))
		w.line("SUMMARY", text(e.Summary))
		w.line("DESCRIPTION", text(e.Description))
		w.line("URL", plain(e.URL))
		w.line("STATUS", string(e.Status))
		w.line("TRANSP", "TRANSPARENT") // nobody is busy
		if e.Remind > 0 && e.Status != Cancelled {
			w.line("BEGIN", "VALARM")
			w.line("ACTION", "DISPLAY")
			w.line("DESCRIPTION", text(e.Summary))
			w.line("TRIGGER", "-PT"+strconv.Itoa(int(e.Remind/time.Second))+"S")
			w.line("END", "VALARM")
		}
		w.line("END", "VEVENT")
	}
	w.line("END", "VCALENDAR")
	return []byte(w.b.String())
}

type writer struct{ b strings.Builder }

// line writes a property, folded: a line that goes on begins with a space.
func (w *writer) line(name, value string) {
	if value == "" {
		return
	}
	rest, room := name+":"+value, maxLine
	for len(rest) > room {
		at := room
		for !utf8.RuneStart(rest[at]) {
			at--
		}
		w.b.WriteString(rest[:at])
		w.b.WriteString("\r\n ")
		rest, room = rest[at:], maxLine-1
	}
	w.b.WriteString(rest)
	w.b.WriteString("\r\n")
}

func moment(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// text is a value of the type TEXT.
func text(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return plain(strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(s))
}

// plain drops what could end a line or can't be shown.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
}

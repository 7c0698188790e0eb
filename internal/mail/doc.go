// Package mail writes the programme's e-mails: it turns a template's name and
// its parameters into a subject, a text part and an HTML part.
//
// A letter is a file in letters/: a few header lines and plain paragraphs.
// Two layouts turn it into text and HTML, so a letter says the same in both
// and holds no markup that a value could break. Every letter says why it was
// sent, what to do next, by when and where, and under which reference.
//
// Parameters are hostile until proven otherwise: names and messages are typed
// by people the programme doesn't know yet, and end up in mails that carry the
// programme's signature. They stay data: one line, cut to length, without
// control, bidirectional or invisible characters, and written so that a mail
// client makes no link of them. Links lead to the configured portal, or the
// letter is refused. There are no half letters: an unknown template or a
// missing or malformed parameter is an error.
//
// The package does no I/O and knows no mail service; package delivery sends
// what it writes.
package mail

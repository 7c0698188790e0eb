package mail

import (
	"embed"
	"fmt"
	htmltemplate "html/template"
	"strings"
	"sync"
	texttemplate "text/template"
	"unicode/utf8"
)

// Rendered is a letter ready to be sent.
type Rendered struct {
	Subject string // one line
	Text    string
	HTML    string
}

//go:embed layout/layout.html layout/layout.txt
var layoutFiles embed.FS

var htmlLayout = sync.OnceValues(func() (*htmltemplate.Template, error) {
	return htmltemplate.ParseFS(layoutFiles, "layout/layout.html")
})

var textLayout = sync.OnceValues(func() (*texttemplate.Template, error) {
	return texttemplate.New("layout.txt").Funcs(texttemplate.FuncMap{"wrap": wrap, "underline": underline}).ParseFS(layoutFiles, "layout/layout.txt")
})

// view is what the layouts show.
type view struct {
	Subject   string
	Heading   string
	Greeting  string
	Blocks    []shown
	Why       string
	Programme string
	Owner     string
	Portal    string
	Reference []reference
}

// shown is a block with its values; one member is set.
type shown struct {
	Paragraph string
	Facts     []reference
	Button    *button
	Quote     []string
	Reasons   []reason
}

type button struct{ Label, URL string }

type reference struct{ Label, Value string }

// Render writes the letter of a template. Params says which parameters it
// needs. The errors are *UnknownTemplateError and *ParamError; with either
// nothing is rendered, and trying again gives the same.
func Render(template string, params map[string]string, programme Programme) (Rendered, error) {
	if programme.portal == nil {
		return Rendered{}, fmt.Errorf("mail: the programme is not configured")
	}
	v, err := read(template, params, programme)
	if err != nil {
		return Rendered{}, err
	}
	l, err := loadLetter(template)
	if err != nil {
		return Rendered{}, err
	}
	w, err := l.view(v, programme)
	if definitions[template].staff {
		w.Greeting = "Hello,"
	}
	if err != nil {
		return Rendered{}, fmt.Errorf("mail: letter %s: %w", template, err)
	}
	return w.render(template)
}

func (l letter) view(v values, programme Programme) (view, error) {
	for _, data := range []map[string]string{v.body, v.subject} {
		data["programme"], data["owner"] = programme.name, programme.owner
	}
	w := view{Programme: programme.name, Owner: programme.owner, Portal: programme.portal.String() + "/", Greeting: "Hello,"}
	if name := v.body["contactName"]; name != "" {
		w.Greeting = "Hello " + name + ","
	}
	var err error
	if w.Subject, err = fill(l.subject, v.subject); err != nil {
		return w, err
	}
	if w.Heading, err = fill(l.heading, v.body); err != nil {
		return w, err
	}
	if w.Why, err = fill(l.why, v.body); err != nil {
		return w, err
	}
	for _, b := range l.blocks {
		s, keep, err := b.show(v)
		if err != nil {
			return w, err
		}
		if keep {
			w.Blocks = append(w.Blocks, s)
		}
	}
	for _, r := range []reference{{"Partner", v.body["partnerId"]}, {"Case", v.body["caseId"]}, {"Request", v.body["relationshipId"]}} {
		if r.Value != "" {
			w.Reference = append(w.Reference, r)
		}
	}
	return w, nil
}

func (b block) show(v values) (s shown, keep bool, err error) {
	switch b.kind {
	case blockFacts:
		for _, f := range b.facts {
			value, err := fill(f.value, v.body)
			if err != nil {
				return s, false, err
			}
			if value != "" {
				s.Facts = append(s.Facts, reference{f.label, value})
			}
		}
		return s, len(s.Facts) > 0, nil
	case blockButton:
		s.Button = &button{Label: b.label, URL: v.body[b.param]}
		return s, s.Button.URL != "", nil
	case blockQuote:
		s.Quote = v.quotes[b.param]
		return s, len(s.Quote) > 0, nil
	case blockReasons:
		s.Reasons = v.reasons
		return s, len(s.Reasons) > 0, nil
	}
	s.Paragraph, err = fill(b.text, v.body)
	return s, s.Paragraph != "", err
}

func (w view) render(template string) (Rendered, error) {
	html, err := htmlLayout()
	if err != nil {
		return Rendered{}, fmt.Errorf("mail: HTML layout: %w", err)
	}
	text, err := textLayout()
	if err != nil {
		return Rendered{}, fmt.Errorf("mail: text layout: %w", err)
	}
	var h, t strings.Builder
	if err := html.Execute(&h, w); err != nil {
		return Rendered{}, fmt.Errorf("mail: HTML of %s: %w", template, err)
	}
	if err := text.Execute(&t, w); err != nil {
		return Rendered{}, fmt.Errorf("mail: text of %s: %w", template, err)
	}
	return Rendered{Subject: w.Subject, Text: strings.TrimSpace(t.String()) + "\n", HTML: h.String()}, nil
}

const textWidth = 72

// wrap breaks a paragraph into lines; first stands before the first line,
// rest before the others.
func wrap(first, rest, s string) string {
	var b strings.Builder
	b.WriteString(first)
	column := utf8.RuneCountInString(first)
	for i, word := range strings.Fields(s) {
		width := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+width > textWidth:
			b.WriteString("\n" + rest)
			column = utf8.RuneCountInString(rest)
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += width
	}
	return b.String()
}

func underline(s string) string {
	return strings.Repeat("=", min(utf8.RuneCountInString(s), textWidth))
}

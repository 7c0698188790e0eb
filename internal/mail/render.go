package mail

import (
	"fmt"
)

// Rendered is a letter ready to be sent.
type Rendered struct {
	Subject string // one line
	Text    string
	HTML    string
}

// OfTest is the letter of a test partner: its subject says so, before anybody
// takes it for a real one.
func (r Rendered) OfTest() Rendered {
	r.Subject = "[Test] " + r.Subject
	return r
}

// view is what the layouts show.
type view struct {
	Subject   string
	Heading   string
	Greeting  string
	Blocks    []shown
	Why       string
	Programme string
	Owner     string
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
	return Rendered{Subject: w.Subject, Text: w.text(), HTML: w.html()}, nil
}

func (l letter) view(v values, programme Programme) (view, error) {
	for _, data := range []map[string]string{v.body, v.subject} {
		data["programme"], data["owner"] = programme.name, programme.owner
	}
	w := view{Programme: programme.name, Owner: programme.owner, Greeting: "Hello,"}
	if name := v.body["contactName"]; name != "" {
		w.Greeting = "Hello " + name + ","
	}
	var err error
	if w.Subject, err = l.subject.fill(v.subject); err != nil {
		return w, err
	}
	if w.Heading, err = l.heading.fill(v.body); err != nil {
		return w, err
	}
	if w.Why, err = l.why.fill(v.body); err != nil {
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
			value, err := f.value.fill(v.body)
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
	s.Paragraph, err = b.text.fill(v.body)
	return s, s.Paragraph != "", err
}

// why ends every letter.
func (w view) why() string {
	return "You receive this e-mail because " + w.Why + " It was written by a machine for " + w.Owner + "; nobody reads answers to it."
}

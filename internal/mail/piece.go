package mail

import (
	"fmt"
	"strings"
)

// piece is a bit of a letter with places for parameters. It knows two forms,
// those of text/template:
//
//	{{.name}}                                   the parameter
//	{{with .name}}… {{.}} …{{else}}…{{end}}     the first part when it is given, else the second
//
// The real text/template (and html/template with it) looks methods up by name
// while running, for which the linker must keep every method of every AWS
// client in the program: the function that sends mails would be half as large
// again.
type piece []part

// part is a text, or a parameter (with no branches), or a choice.
type part struct {
	text   string
	param  string
	given  piece
	absent piece
	choice bool
}

var actionForm = compiled(`\{\{(?:with )?\.?\w*\}\}`)

// parsePiece reads a piece; parameters that no template has are an error.
func parsePiece(text string) (piece, error) {
	var whole piece
	var choice *part
	target := &whole // where parts go: the whole, or a branch of the choice
	for text != "" {
		at := actionForm().FindStringIndex(text)
		if at == nil {
			at = []int{len(text), len(text)}
		}
		if at[0] > 0 {
			if strings.Contains(text[:at[0]], "{{") {
				return nil, fmt.Errorf("%q is not understood", text[:at[0]])
			}
			*target = append(*target, part{text: text[:at[0]]})
		}
		action := strings.TrimSuffix(strings.TrimPrefix(text[at[0]:at[1]], "{{"), "}}")
		text = text[at[1]:]
		name, isWith := strings.CutPrefix(action, "with ")
		name, isParam := strings.CutPrefix(name, ".")
		switch {
		case action == "":
		case isWith && isParam && known(name) && choice == nil:
			choice = &part{param: name, choice: true}
			target = &choice.given
		case action == "." && choice != nil && target == &choice.given:
			*target = append(*target, part{param: choice.param})
		case isParam && !isWith && known(name):
			*target = append(*target, part{param: name})
		case action == "else" && choice != nil && target == &choice.given:
			target = &choice.absent
		case action == "end" && choice != nil:
			whole = append(whole, *choice)
			choice, target = nil, &whole
		default:
			return nil, fmt.Errorf("{{%s}} makes no sense here", action)
		}
	}
	if choice != nil {
		return nil, fmt.Errorf("{{with .%s}} has no end", choice.param)
	}
	return whole, nil
}

func known(param string) bool {
	_, ok := kinds[param]
	return ok || param == "programme" || param == "owner"
}

// fill puts the values in. A parameter that the template does not take is an
// error: the letter would have a hole for ever.
func (p piece) fill(data map[string]string) (string, error) {
	text, err := p.join(data)
	return strings.TrimSpace(text), err
}

func (p piece) join(data map[string]string) (string, error) {
	var b strings.Builder
	for _, part := range p {
		if part.param == "" {
			b.WriteString(part.text)
			continue
		}
		value, ok := data[part.param]
		if !ok {
			return "", fmt.Errorf("the template has no parameter %s", part.param)
		}
		if part.choice {
			branch := part.absent
			if value != "" {
				branch = part.given
			}
			var err error
			if value, err = branch.join(data); err != nil {
				return "", err
			}
		}
		b.WriteString(value)
	}
	return b.String(), nil
}

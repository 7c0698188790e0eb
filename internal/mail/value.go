package mail

import (
	"encoding/json"
	"fmt"
	"time"
)

// UnknownTemplateError says that no letter has this name.
type UnknownTemplateError struct{ Template string }

func (e *UnknownTemplateError) Error() string {
	return fmt.Sprintf("mail: unknown template %q", e.Template)
}

// ParamError says which parameter of a template is missing or malformed. It
// never holds the parameter's value, which may be a secret link.
type ParamError struct {
	Template string
	Param    string
	Problem  string
}

func (e *ParamError) Error() string {
	return fmt.Sprintf("mail: template %s: parameter %s %s", e.Template, e.Param, e.Problem)
}

// values are a letter's parameters, checked and made fit for mail.
type values struct {
	body    map[string]string // every parameter of the template; "" when not given
	subject map[string]string // the same, names cut shorter
	quotes  map[string][]string
	reasons []reason
}

// reason is one cause of a rejection with what mends it (V11).
type reason struct {
	Code   string `json:"code"`
	Text   string `json:"text"`
	Remedy string `json:"remedy"`
}

const maxReasons = 20

var (
	idForm     = compiled(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$`)
	tokenForm  = compiled(`^[A-Za-z0-9._~-]+$`)
	sha256Form = compiled(`^[0-9a-f]{64}$`)
)

// read checks the parameters of a template. Parameters the template does not
// know are not looked at.
func read(template string, params map[string]string, programme Programme) (values, error) {
	v := values{body: map[string]string{}, subject: map[string]string{}, quotes: map[string][]string{}}
	required, optional, ok := Params(template)
	if !ok {
		return v, &UnknownTemplateError{Template: template}
	}
	for _, name := range optional {
		if err := v.set(name, params[name], programme); err != "" {
			return v, &ParamError{template, name, err}
		}
	}
	for _, name := range required {
		if params[name] == "" {
			return v, &ParamError{template, name, "is missing"}
		}
		if err := v.set(name, params[name], programme); err != "" {
			return v, &ParamError{template, name, err}
		}
	}
	return v, nil
}

// set reads one parameter and returns what is wrong with it, or "".
func (v *values) set(name, raw string, programme Programme) (problem string) {
	v.body[name] = ""
	if raw == "" && kinds[name] != kindLink {
		v.subject[name] = ""
		return ""
	}
	switch kinds[name] {
	case kindName:
		v.body[name], v.subject[name] = oneLine(raw, maxName), oneLine(raw, maxSubjectName)
		return ""
	case kindText:
		v.body[name] = oneLine(raw, maxText)
	case kindMessage:
		v.quotes[name] = lines(raw)
		v.body[name] = "given"
	case kindID:
		if !idForm().MatchString(raw) {
			return "is not an id"
		}
		v.body[name] = raw
	case kindSHA256:
		if !sha256Form().MatchString(raw) {
			return "is not a SHA-256 in hexadecimal"
		}
		v.body[name] = raw
	case kindTime:
		t, err := time.Parse(time.RFC3339, raw)
		if err != nil {
			return "is not a time in RFC 3339"
		}
		v.body[name] = t.UTC().Format("Monday, 2 January 2006, 15:04 UTC")
	case kindLink, kindToken:
		if kinds[name] == kindToken && tokenForm().MatchString(raw) {
			raw = "/ownership-links/" + raw
		}
		if raw == "" && name != "nextLink" {
			return ""
		}
		url, err := programme.link(raw)
		if err != nil {
			return err.Error()
		}
		v.body[name] = url
	case kindReasons:
		return v.setReasons(raw)
	}
	v.subject[name] = v.body[name]
	return ""
}

func (v *values) setReasons(raw string) (problem string) {
	if err := json.Unmarshal([]byte(raw), &v.reasons); err != nil {
		return "is not a JSON list of reasons"
	}
	if len(v.reasons) == 0 || len(v.reasons) > maxReasons {
		return "must list one to 20 reasons"
	}
	for i, r := range v.reasons {
		if r.Code == "" || r.Text == "" || r.Remedy == "" {
			return "has a reason without code, text or remedy"
		}
		v.reasons[i] = reason{Code: oneLine(r.Code, maxSubjectName), Text: oneLine(r.Text, maxText), Remedy: oneLine(r.Remedy, maxText)}
	}
	return ""
}

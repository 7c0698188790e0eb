package mail

import (
	"maps"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

// corpus is what somebody might type as a name.
var corpus = []string{
	`<a href="https://evil.example">Win</a>`,
	`</p></td></table><h1>Your account is closed</h1>`,
	`<img src=x onerror=alert(1)>`,
	`" onmouseover="alert(1)`,
	`{{.link}} {{template "block"}} {{define "x"}}`,
	"Contoso\r\nBcc: all@evil.example",
	"Contoso\nContent-Type: text/html\n\n<h1>x</h1>",
	"evil.example/login",
	"http://evil.example",
	"HTTPS://EVIL.EXAMPLE",
	"hxxps:evil.example/x",
	"www.evil.example",
	"www.e",
	"Log in at evil.example now",
	"evil。example/login",
	"evil．example",
	"evil.\u200bexample",
	"evil\u2060.example",
	"пример.рф",
	"xn--e1afmkfd.xn--p1ai",
	"192.0.2.7/login",
	"admin@evil.example",
	"mailto:admin@evil.example",
	"javascript:alert(1)",
	"data:text/html;base64,PHNjcmlwdD4=",
	`\\evil.example\share`,
	`\\evil\share`,
	"tel:+15550100",
	"=cmd|' /C calc'!A0",
	"+1-555-0100",
	"Contoso \u202egpj.exe",
	"\u2066\u2067\u2068Contoso\u200f\u061c",
	"Con\u200bto\u00adso\ufeff",
	"\u3164\u115f\u2800",
	"\x00\x07\x1b[31mContoso",
	"Contoso\u2028Bcc: x\u2029y\u0085z",
	"\xff\xfe\xf0\x28\x8c\x28",
	"Z" + strings.Repeat("\u0335", 500) + "algo",
	"[Contoso](https://evil.example)",
	"<https://evil.example>",
	"&#60;a href=&#34;//evil&#46;example&#34;&#62;",
	"> quoted\n- Partner ID: P-EVIL\n!reasons\n[Pay](link)",
	strings.Repeat("A", 1<<20),
	strings.Repeat("evil.example ", 1<<12),
	strings.Repeat("\u202e", 1<<16),
}

// address is what a mail client makes a link of: another reading than the
// one the package defuses with, and a broader one.
var address = regexp.MustCompile(`(?i)(\b[a-z][a-z0-9+-]*:[^\s\d,.:;]|\bwww[.。．｡․﹒]\S|[\pL\pN][\pL\pM\pN-]*[.。．｡․﹒][\pL\pM\pN-]{2,}|\S[@＠﹫][^\s,.:;]|\\\\)`)

// typed lists the parameters that hold what people typed.
func typed() []string {
	var names []string
	for name, k := range kinds {
		if k == kindName || k == kindText || k == kindMessage {
			names = append(names, name)
		}
	}
	return names
}

func TestHostileTextStaysDataInEveryLetter(t *testing.T) {
	for _, name := range Templates() {
		for i, hostile := range corpus {
			checkHostile(t, name, i, hostile)
		}
	}
}

func TestAnyTextStaysDataInEveryLetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom(Templates()).Draw(t, "template")
		parts := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(corpus[:len(corpus)-3]), rapid.String(), rapid.StringMatching(`[a-z0-9.:@/\\ ]{0,20}`)), 1, 4).Draw(t, "parts")
		checkHostile(t, name, -1, strings.Join(parts, ""))
	})
}

// checkHostile renders a letter with hostile text wherever people type, and
// with harmless text, and compares the two.
func checkHostile(t interface{ Errorf(string, ...any) }, template string, row int, hostile string) {
	programme, err := NewProgramme("Contoso Cloud Programme", "Contoso Corporation", "https://partners.contoso.example/portal")
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	if hostile == "" {
		return
	}
	params, harmless := maps.Clone(sample), maps.Clone(sample)
	for _, name := range typed() {
		params[name], harmless[name] = hostile, "Harmless"
	}
	r, err := Render(template, params, programme)
	h, errHarmless := Render(template, harmless, programme)
	if err != nil || errHarmless != nil {
		t.Errorf("%s, row %d: %v, %v", template, row, err, errHarmless)
		return
	}
	if got, want := skeleton(r.HTML), skeleton(h.HTML); got != want {
		t.Errorf("%s, row %d: the HTML's elements changed:\n%s\nwant\n%s", template, row, got, want)
	}
	if strings.Count(r.Subject, "\n") > 0 || utf8.RuneCountInString(r.Subject) > 300 {
		t.Errorf("%s, row %d: subject %q", template, row, r.Subject)
	}
	if len(r.Text) > 64<<10 || len(r.HTML) > 128<<10 {
		t.Errorf("%s, row %d: %d bytes of text, %d of HTML", template, row, len(r.Text), len(r.HTML))
	}
	for part, s := range map[string]string{"subject": r.Subject, "text": r.Text, "HTML": visibleText(r.HTML)} {
		if !utf8.ValidString(s) {
			t.Errorf("%s, row %d, %s: not UTF-8", template, row, part)
		}
		if c := strings.IndexFunc(s, func(r rune) bool {
			return r != '\n' && r != '\u2068' && r != '\u2069' && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp))
		}); c >= 0 {
			t.Errorf("%s, row %d, %s: holds %+q", template, row, part, s[c:min(c+8, len(s))])
		}
		own := strings.NewReplacer("https://partners.contoso.example/", "", "\u2068", "", "\u2069", "").Replace(s)
		if found := address.FindString(own); found != "" {
			t.Errorf("%s, row %d, %s: a mail client would make a link of %q", template, row, part, found)
		}
	}
}

// skeleton lists a document's elements and the places its links lead to.
func skeleton(document string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(document))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			if tag.Data == "br" {
				continue // a quotation has as many as the text has lines
			}
			b.WriteString(tag.Data)
			for _, a := range tag.Attr {
				b.WriteString(" " + a.Key + "=" + a.Val)
			}
			b.WriteByte('\n')
		}
	}
}

// visibleText is what a reader of the HTML part sees.
func visibleText(document string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(document))
	style := false
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.StartTagToken:
			name, _ := z.TagName()
			style = string(name) == "style"
			b.WriteByte(' ')
		case html.EndTagToken:
			style = false
		case html.TextToken:
			if !style {
				b.WriteString(html.UnescapeString(string(z.Raw())))
			}
		}
	}
}

func TestOneLineWritesNamesAsTheyAreUnlessAClientWouldMakeALinkOfThem(t *testing.T) {
	for in, want := range map[string]string{
		"Fabrikam S.A. & Söhne (Zürich) Nr. 5": "Fabrikam S.A. & Söhne (Zürich) Nr. 5",
		"株式会社コントソ":                             "株式会社コントソ",
		"Smith, Jones & Co.":                   "Smith, Jones & Co.",
		"3:16 Holding":                         "3:16 Holding",
		"=cmd|' /C calc'!A0":                   "=cmd|' /C calc'!A0",
		"  Contoso \t\r\n Ltd ":                "Contoso Ltd",
		"evil.example/login":                   "evil. example/login",
		"http://www.evil.example":              "http: //www. evil. example",
		"a@b.example":                          "a @b. example",
		"javascript:alert(1)":                  "javascript: alert(1)",
		"Contoso \u202egpj.exe":                "Contoso gpj. exe",
		"حلول السحاب":                          "\u2068حلول السحاب\u2069",
		"\u202e\u200b":                         unreadable,
		"\xff":                                 unreadable,
		strings.Repeat("é", 300):               strings.Repeat("é", maxName) + "…",
	} {
		if got := oneLine(in, maxName); got != want {
			t.Errorf("%.40q: got %q, want %q", in, got, want)
		}
	}
}

func TestAMessageKeepsItsLinesAndIsBounded(t *testing.T) {
	got := lines("One\r\n\r\n  two \u202e\rwww.evil.example")
	if strings.Join(got, "|") != "One|two|www. evil. example" {
		t.Errorf("got %q", got)
	}
	if got := lines(strings.Repeat("x\n", 1000)); len(got) != maxLines+1 || got[maxLines] != "…" {
		t.Errorf("got %d lines", len(got))
	}
	if got := lines(strings.Repeat("x", 1<<20)); len(got) != 1 || utf8.RuneCountInString(got[0]) != maxMessage+1 {
		t.Errorf("got %d lines", len(got))
	}
}

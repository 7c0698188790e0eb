package mail

import (
	"html"
	"strings"
)

// markup is HTML that stands in this file. A value that comes from elsewhere
// is a string, and the compiler takes no string for markup.
type markup string

// page collects HTML.
type page struct{ b strings.Builder }

// put writes markup with each {} replaced by a value, escaped for an element's
// text or a double-quoted attribute. The only attribute that values go to is
// href, and the only values that go there are links of the portal.
func (p *page) put(m markup, values ...string) {
	rest := string(m)
	for _, v := range values {
		before, after, ok := strings.Cut(rest, "{}")
		if !ok {
			panic("mail: more values than places in " + string(m))
		}
		p.b.WriteString(before)
		p.b.WriteString(html.EscapeString(v))
		rest = after
	}
	if strings.Contains(rest, "{}") {
		panic("mail: more places than values in " + string(m))
	}
	p.b.WriteString(rest)
}

const pageTop markup = `<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>{}</title>
<style>
:root { color-scheme: light dark; }
@media (prefers-color-scheme: dark) {
  .page, .page h1, .page p, .page td, .page li { color: #f2f2f2 !important; }
  .page .soft, .page .soft p { color: #b8b8b8 !important; }
  .page .url { color: #8ab8ff !important; }
}
</style>
</head>
<body style="margin:0;padding:0;">
<table role="presentation" class="page" width="100%" cellspacing="0" cellpadding="0" border="0" style="font-family:'Segoe UI',-apple-system,BlinkMacSystemFont,Roboto,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;">
<tr><td align="center" style="padding:24px 16px;">
<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0" style="max-width:600px;text-align:left;">
<tr><td class="soft" style="padding:0 0 12px;border-bottom:2px solid #0b5cad;color:#5c5c5c;font-size:14px;">{}</td></tr>
<tr><td style="padding:24px 0 8px;color:#1f1f1f;overflow-wrap:anywhere;word-break:break-word;">
<h1 style="margin:0 0 16px;font-size:24px;line-height:1.25;font-weight:600;color:#1f1f1f;">{}</h1>
<p style="margin:0 0 16px;">{}</p>
`

const pageEnd markup = `<p style="margin:0;">{}</p>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`

// html lays the letter out as a page of tables with inline styles, which is
// what mail clients understand. It needs no images and stays readable when a
// client turns colours around.
func (w view) html() string {
	var p page
	p.put(pageTop, w.Subject, w.Programme, w.Heading, w.Greeting)
	for _, s := range w.Blocks {
		p.block(s)
	}
	p.put(`</td></tr>
<tr><td class="soft" style="padding:16px 0 0;border-top:1px solid #8f8f8f;color:#5c5c5c;font-size:13px;overflow-wrap:anywhere;word-break:break-word;">
<p style="margin:0 0 8px;">`)
	for i, r := range w.Reference {
		if i > 0 {
			p.put(` &middot; `)
		}
		p.put(`{} <strong style="font-weight:600;">{}</strong>`, r.Label, r.Value)
	}
	p.put("</p>\n")
	p.put(pageEnd, w.why())
	return p.b.String()
}

func (p *page) block(s shown) {
	switch {
	case s.Facts != nil:
		p.put(`<table role="presentation" width="100%" cellspacing="0" cellpadding="0" border="0" style="margin:0 0 16px;border-left:4px solid #8f8f8f;">` + "\n")
		for _, f := range s.Facts {
			p.put(`<tr><td style="padding:2px 0 2px 12px;"><span class="soft" style="color:#5c5c5c;font-size:14px;">{}</span><br><strong style="font-weight:600;">{}</strong></td></tr>`+"\n", f.Label, f.Value)
		}
		p.put("</table>\n")
	case s.Button != nil:
		p.put(`<table role="presentation" cellspacing="0" cellpadding="0" border="0" style="margin:8px 0 8px;"><tr><td bgcolor="#0b5cad" style="border-radius:4px;background-color:#0b5cad;"><a href="{}" style="display:inline-block;padding:12px 20px;color:#ffffff;font-weight:600;text-decoration:none;border:1px solid #0b5cad;border-radius:4px;">{}</a></td></tr></table>
<p class="soft" style="margin:0 0 16px;color:#5c5c5c;font-size:13px;">Or copy this address into your browser:<br><a class="url" href="{}" style="color:#0b5cad;overflow-wrap:anywhere;word-break:break-all;">{}</a></p>
`, s.Button.URL, s.Button.Label, s.Button.URL, s.Button.URL)
	case s.Quote != nil:
		p.put(`<blockquote style="margin:0 0 16px;padding:2px 0 2px 12px;border-left:4px solid #8f8f8f;">`)
		for i, line := range s.Quote {
			if i > 0 {
				p.put("<br>")
			}
			p.put("{}", line)
		}
		p.put("</blockquote>\n")
	case s.Reasons != nil:
		p.put(`<ul style="margin:0 0 16px;padding:0 0 0 20px;">` + "\n")
		for _, r := range s.Reasons {
			p.put(`<li style="margin:0 0 12px;">{}<br><strong style="font-weight:600;">What to do:</strong> {}<br><span class="soft" style="color:#5c5c5c;font-size:13px;">Reason code: {}</span></li>`+"\n", r.Text, r.Remedy, r.Code)
		}
		p.put("</ul>\n")
	default:
		p.put(`<p style="margin:0 0 16px;">{}</p>`+"\n", s.Paragraph)
	}
}

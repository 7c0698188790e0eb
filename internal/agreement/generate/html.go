package main

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

var page = template.Must(template.New("page").Parse(pageHTML))

// contentSecurityPolicy allows the page's one style sheet and nothing else.
func contentSecurityPolicy() string {
	sum := sha256.Sum256([]byte(pageCSS))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"
}

// renderHTML writes a version as one page that loads nothing.
func renderHTML(s source, regions []string) ([]byte, error) {
	var b bytes.Buffer
	err := page.Execute(&b, map[string]any{
		"Source":  s,
		"Regions": strings.Join(regions, "; "),
		"Date":    s.Effective.Format("2 January 2006"),
		"Day":     s.Effective.Format("2006-01-02"),
		"CSS":     template.CSS(pageCSS), // the file beside this one
		"Policy":  contentSecurityPolicy(),
	})
	if err != nil {
		return nil, err
	}
	if !strings.Contains(b.String(), "<style>"+pageCSS+"</style>") {
		return nil, fmt.Errorf("the style sheet was changed on the way, and its digest is not the one the policy names")
	}
	return b.Bytes(), nil
}

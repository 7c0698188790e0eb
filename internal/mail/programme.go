package mail

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// Programme is who writes: it comes from configuration alone.
type Programme struct {
	name   string
	owner  string
	portal *url.URL
}

// NewProgramme checks the configured values: the programme's name, its owner's,
// and the portal's address, to which every link in every letter leads. The
// address must be https, or http on this machine (localhost), without user,
// query or fragment.
func NewProgramme(name, owner, portalURL string) (Programme, error) {
	for what, text := range map[string]string{"programme name": name, "programme owner": owner} {
		if text == "" || len(text) > 100 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return Programme{}, fmt.Errorf("mail: %s %q: want 1 to 100 printable characters", what, text)
		}
	}
	portal, err := url.Parse(strings.TrimSuffix(portalURL, "/"))
	if err != nil {
		return Programme{}, fmt.Errorf("mail: portal address: %w", err)
	}
	local := portal.Hostname() == "localhost" || strings.HasSuffix(portal.Hostname(), ".localhost") || portal.Hostname() == "127.0.0.1"
	if portal.Scheme != "https" && (portal.Scheme != "http" || !local) {
		return Programme{}, fmt.Errorf("mail: portal address %q: want https, or http on localhost", portalURL)
	}
	if portal.Host == "" || portal.User != nil || portal.RawQuery != "" || portal.Fragment != "" {
		return Programme{}, fmt.Errorf("mail: portal address %q: want scheme, host and perhaps a path, nothing else", portalURL)
	}
	return Programme{name: name, owner: owner, portal: portal}, nil
}

// Name is the programme's name.
func (p Programme) Name() string { return p.name }

var errNotPortal = errors.New("leads away from the portal")

// link returns the absolute URL of a page of the portal. It takes a path
// ("/tasks") or a whole URL and refuses whatever isn't below the configured
// address. "" is the start page.
func (p Programme) link(target string) (string, error) {
	base := p.portal.String()
	if target == "" {
		return base + "/", nil
	}
	if strings.ContainsFunc(target, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\\<>\"`{}|^", r) }) {
		return "", errors.New("has characters that don't belong in a URL")
	}
	if strings.HasPrefix(target, "/") {
		target = base + target
	}
	u, err := url.Parse(target)
	if err != nil {
		return "", errors.New("is not a URL")
	}
	if u.Scheme != p.portal.Scheme || u.Host != p.portal.Host || u.User != nil {
		return "", errNotPortal
	}
	for _, segment := range strings.Split(u.Path, "/") {
		if segment == ".." || segment == "." {
			return "", errNotPortal
		}
	}
	if u.Path != p.portal.Path && !strings.HasPrefix(u.Path, p.portal.Path+"/") {
		return "", errNotPortal
	}
	return u.String(), nil
}

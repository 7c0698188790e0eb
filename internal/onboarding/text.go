package onboarding

import (
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
)

const (
	maxName  = 200
	maxEmail = 254
)

// textFaults judges a name-like text: required or not, its length, and that it
// is nothing but text. Names end up in mails under the programme's signature,
// so one that a mail client would turn into a link is refused.
func textFaults(pointer, text string, required bool, max int) []Fault {
	text = strings.TrimSpace(text)
	switch {
	case text == "" && required:
		return []Fault{{pointer, FaultRequired, "Enter this."}}
	case text == "":
		return nil
	case utf8.RuneCountInString(text) > max:
		return []Fault{{pointer, FaultTooLong, "Shorten this: it is too long."}}
	case !plain(text):
		return []Fault{{pointer, FaultInvalid, "Remove line breaks and invisible or control characters."}}
	case looksLikeLink(text):
		return []Fault{{pointer, FaultLooksLikeURL, "Enter the name alone, without a web address."}}
	}
	return nil
}

// plain says that text has no control, formatting or unassigned characters:
// no line break, no bidirectional override, no zero-width character.
func plain(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	for _, r := range text {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || r == '\u2028' || r == '\u2029' {
			return false
		}
	}
	return true
}

var bareHost = regexp.MustCompile(`(?i)\b[a-z0-9-]+(\.[a-z0-9-]+)*\.([a-z]{2,})(/|\b)`)

// looksLikeLink says that a mail client may make a link of the text. A dot
// alone is fine ("S.A.", "St. Mary"); a dot before a known top-level domain
// with a name of three letters or more before it is not.
func looksLikeLink(text string) bool {
	lower := strings.ToLower(text)
	if strings.Contains(lower, "://") || strings.Contains(lower, "www.") {
		return true
	}
	for _, host := range bareHost.FindAllString(lower, -1) {
		host = strings.TrimSuffix(host, "/")
		suffix, icann := publicsuffix.PublicSuffix(host)
		if icann && suffix != host && len(host)-len(suffix)-1 >= 3 {
			return true
		}
	}
	return false
}

// emailFaults judges an e-mail address.
func emailFaults(pointer, address string, required bool) []Fault {
	if strings.TrimSpace(address) == "" {
		if required {
			return []Fault{{pointer, FaultRequired, "Enter an e-mail address."}}
		}
		return nil
	}
	if _, ok := emailDomain(address); !ok {
		return []Fault{{pointer, FaultInvalid, "Enter an e-mail address such as name@company.example."}}
	}
	return nil
}

// emailDomain returns the lower-case domain of a plain address, false when the
// address is not one (a display name, a comment, an IP literal are not).
func emailDomain(address string) (string, bool) {
	if len(address) > maxEmail || !plain(address) {
		return "", false
	}
	parsed, err := addressOnly(address)
	if err != nil || parsed != address {
		return "", false
	}
	at := strings.LastIndexByte(address, '@')
	domain := strings.ToLower(address[at+1:])
	if !strings.Contains(domain, ".") || strings.HasPrefix(domain, "[") {
		return "", false
	}
	return domain, true
}

func addressOnly(address string) (string, error) {
	a, err := mail.ParseAddress(address)
	if err != nil {
		return "", err
	}
	return a.Address, nil
}

// registrable returns the part of a host that is registered with a registry:
// its public suffix and one label ("shop.contoso.co.uk" → "contoso.co.uk").
func registrable(host string) (string, bool) {
	domain, err := publicsuffix.EffectiveTLDPlusOne(strings.TrimSuffix(strings.ToLower(host), "."))
	return domain, err == nil
}

// reasonFault judges a reason that staff or a distributor must give (O3).
func reasonFault(pointer, reason string) []Fault {
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return []Fault{{pointer, FaultRequired, "Say why: the reason is kept in the partner's audit trail."}}
	case utf8.RuneCountInString(reason) > maxReasonLength:
		return []Fault{{pointer, FaultTooLong, "Shorten this to 2,000 characters."}}
	}
	return nil
}

// consumerDomains are mail services for private persons; an address of one is
// not a work e-mail (E4).
var consumerDomains = map[string]bool{
	"gmail.com": true, "googlemail.com": true, "outlook.com": true, "hotmail.com": true, "hotmail.co.uk": true, "live.com": true, "msn.com": true,
	"yahoo.com": true, "yahoo.co.uk": true, "yahoo.de": true, "yahoo.fr": true, "yahoo.co.jp": true, "ymail.com": true, "aol.com": true,
	"icloud.com": true, "me.com": true, "mac.com": true, "proton.me": true, "protonmail.com": true, "gmx.de": true, "gmx.net": true, "gmx.com": true, "gmx.at": true, "gmx.ch": true,
	"web.de": true, "t-online.de": true, "freenet.de": true, "mail.ru": true, "yandex.ru": true, "yandex.com": true, "qq.com": true, "163.com": true, "126.com": true, "sina.com": true,
	"naver.com": true, "daum.net": true, "hanmail.net": true, "orange.fr": true, "wanadoo.fr": true, "free.fr": true, "laposte.net": true, "libero.it": true, "virgilio.it": true,
	"uol.com.br": true, "bol.com.br": true, "terra.com.br": true, "rediffmail.com": true, "btinternet.com": true, "sky.com": true, "comcast.net": true, "verizon.net": true, "att.net": true,
	"zoho.com": true, "mail.com": true, "tutanota.com": true, "fastmail.com": true, "hey.com": true, "bigpond.com": true, "shaw.ca": true, "rogers.com": true,
}

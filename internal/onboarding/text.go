package onboarding

import (
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/publicsuffix"
)

const (
	maxName  = 200
	maxEmail = 254
)

// textFaults judges a person's name or a short message: required or not, its
// length, and that it is nothing but text. It ends up in mails under the
// programme's signature, so one that a mail client would turn into a link is
// refused.
func textFaults(pointer, text string, required bool, max int) []Fault {
	return lineFaults(pointer, text, required, max, func(text string) bool { return isLink(text) || bareDomains(text) > 0 })
}

// companyFaults judges the name of a company or a title at one in the same
// way, but for names like "Booking.com B.V.": one bare domain is part of the
// name. Mails defuse it. A web address is refused all the same.
func companyFaults(pointer, text string, required bool, max int) []Fault {
	return lineFaults(pointer, text, required, max, func(text string) bool { return isLink(text) || bareDomains(text) > 1 })
}

func lineFaults(pointer, text string, required bool, max int, linked func(string) bool) []Fault {
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
	case !readable(text):
		return []Fault{{pointer, FaultInvalid, "Use letters or digits."}}
	case linked(text):
		return []Fault{{pointer, FaultLooksLikeURL, "Enter this without a web or mail address."}}
	}
	return nil
}

// plain says that text has no control, formatting or private characters: no
// line break, no bidirectional override, no zero-width character but the two
// joiners within a word of a script that is written with them.
func plain(text string) bool {
	if !utf8.ValidString(text) {
		return false
	}
	before := ' '
	for _, r := range text {
		joiner := (r == '\u200c' || r == '\u200d') && unicode.In(before, joined...)
		if !joiner && (unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Co) || r == '\u2028' || r == '\u2029') {
			return false
		}
		before = r
	}
	return true
}

// joined are the scripts whose spelling needs the zero-width joiners.
var joined = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil,
	unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar,
}

// readable says that text has a letter or digit that can be seen: Unicode
// counts some fillers as letters.
func readable(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool {
		return (unicode.IsLetter(r) || unicode.IsNumber(r)) && !strings.ContainsRune("\u115f\u1160\u3164\uffa0", r)
	})
}

// Compiled when first needed: most functions judge no text, and a function's
// start waits for what is compiled here.
var (
	webAddress = lazily(`(?i)://|\bwww\.[\pL\pN]|\b(?:mailto|javascript|data|tel):\S|[^\s@]@[\pL\pN-]+\.\pL`)
	hostName   = lazily(`(?i)[\pL\pN-]+(?:\.[\pL\pN-]+)*\.[a-z]{2,}`)
	otherDots  = strings.NewReplacer("。", ".", "．", ".", "｡", ".", "․", ".", "﹒", ".") // what clients take for the dot of a host name
)

func lazily(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}

// host is a host name found in a text, and what follows it.
type host struct {
	label string // the one that is registered, below the public suffix
	rest  string
}

// hosts lists the host names of a text that end in a known top-level domain.
func hosts(text string) []host {
	text = strings.ToLower(otherDots.Replace(text))
	var found []host
	for _, at := range hostName().FindAllStringIndex(text, -1) {
		rest := text[at[1]:]
		next, _ := utf8.DecodeRuneInString(rest)
		if rest != "" && (unicode.IsLetter(next) || unicode.IsDigit(next) || next == '-') {
			continue // "Dr.Müller": no top-level domain ends within a word
		}
		if domain, ok := icannDomain(text[at[0]:at[1]]); ok {
			label, _, _ := strings.Cut(domain, ".")
			found = append(found, host{label, rest})
		}
	}
	return found
}

// isLink says that the text holds a web or mail address: a scheme, "www.", an
// address with an @, or a host name that a path, query or port follows.
func isLink(text string) bool {
	return webAddress().MatchString(otherDots.Replace(text)) || slices.ContainsFunc(hosts(text), func(h host) bool {
		return len(h.rest) > 1 && strings.ContainsRune("/?#:", rune(h.rest[0])) && h.rest[1] != ' '
	})
}

// bareDomains counts what a mail client may make a link of although nothing
// but a dot says so. A dot alone is fine ("S.A.", "St. Mary", "J.R.R. Tolkien"),
// and so is one between a title and a name that happens to be a top-level
// domain ("Prof.Kim"); a dot before a known top-level domain with a label of
// three letters or more before it is not.
func bareDomains(text string) int {
	count := 0
	for _, h := range hosts(text) {
		if utf8.RuneCountInString(h.label) >= 3 && !titles[h.label] {
			count++
		}
	}
	return count
}

// icannDomain returns the registered domain of a host name, false when it ends
// in no public top-level domain or is nothing but one.
func icannDomain(name string) (string, bool) {
	if suffix, icann := publicsuffix.PublicSuffix(name); !icann || suffix == name {
		return "", false
	}
	return registrable(name)
}

// titles stand before a name, now and then with no space between.
var titles = map[string]bool{"prof": true, "dipl": true, "mag": true, "ing": true, "med": true, "phil": true, "jur": true, "mrs": true, "rev": true, "hon": true, "sir": true, "lic": true, "arq": true, "eng": true, "drs": true}

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

// reasonFault judges a reason that somebody must give (O3). It may have several
// lines, and an address as evidence; nothing invisible.
func reasonFault(pointer, reason string) []Fault {
	reason = strings.TrimSpace(reason)
	switch {
	case reason == "":
		return []Fault{{pointer, FaultRequired, "Say why: the reason is kept in the partner's audit trail."}}
	case utf8.RuneCountInString(reason) > maxReasonLength:
		return []Fault{{pointer, FaultTooLong, "Shorten this to 2,000 characters."}}
	case !plain(lineBreaks.Replace(reason)):
		return []Fault{{pointer, FaultInvalid, "Remove invisible and control characters; line breaks are fine."}}
	}
	return nil
}

var lineBreaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\t", " ")

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

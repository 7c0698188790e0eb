package onboarding

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Knowledge is what the commands of step 2 ask of the world, as values that
// answer at once: no network, no clock.
type Knowledge struct {
	Countries Countries
	Phones    Phones
	Regions   Regions
	Registry  Registry
	Calendar  Calendar
	Companies Companies // E8; nil: none is the same as another

	// TenantDomain is the mail domain that the submitter's directory has
	// verified, "" when unknown. It counts for a company that staff enrolled,
	// of whose directory nothing was known then.
	TenantDomain string
}

// BusinessInfoSaved tells that a draft was saved (B5).
type BusinessInfoSaved struct {
	Info BusinessInfo `json:"info"`
}

// Type implements EventData.
func (BusinessInfoSaved) Type() EventType { return "businessInfo.saved" }

func (d BusinessInfoSaved) apply(p *Partner, e Event) { p.Info, p.InfoRevision = d.Info, e.Sequence }

// BusinessInfoSubmitted tells that the details were submitted and a
// verification case opened (V1).
type BusinessInfoSubmitted struct {
	Info          BusinessInfo `json:"info"` // normalised: phones in E.164
	Region        string       `json:"region"`
	CaseID        string       `json:"caseId"`
	Earliest      time.Time    `json:"earliest"`
	DueSoon       time.Time    `json:"dueSoon,omitzero"` // when reviewers are reminded (V9)
	Latest        time.Time    `json:"latest"`
	Calendar      string       `json:"calendar"`
	Comparison    Comparison   `json:"comparison"`
	Employment    CheckStatus  `json:"employment"`
	LinkHash      string       `json:"linkHash"`
	LinkExpiresAt time.Time    `json:"linkExpiresAt"`

	Request *DocumentRequest `json:"request,omitempty"` // V10: what data alone didn't show
	Company []string         `json:"company,omitempty"` // E8: by which keys it is the same as another
}

// Type implements EventData.
func (BusinessInfoSubmitted) Type() EventType { return "businessInfo.submitted" }

func (d BusinessInfoSubmitted) apply(p *Partner, e Event) {
	p.Info, p.InfoRevision = d.Info, e.Sequence
	p.SubmittedAt, p.Region, p.Company = e.At, d.Region, d.Company
	if p.PendingMembership() != nil {
		p.Membership = nil // the company went on without it
	}
	p.Cases++
	p.Case = d.open(p, e)
	if !p.proven(d.Info.Legal.PrimaryContact.Email) {
		p.Proven = Proven{}
	}
}

// Editable says whether the legal profile can be edited now: it can until it
// is submitted, and again once a case ended in a rejection (V4).
func (p Partner) Editable() bool { return p.SubmittedAt.IsZero() }

// SaveBusinessInfo keeps a draft (B5): incomplete is fine, but what is there
// must be text of a sane size. revision is the one the author saw, the ETag's
// number; another one in force is refused with CodeStaleVersion.
func (p Partner) SaveBusinessInfo(info BusinessInfo, revision int, s Stamp) (Event, error) {
	if !p.Editable() {
		return Event{}, p.frozen()
	}
	if revision != p.InfoRevision {
		return Event{}, staleInfo().At(p.path("business-info"))
	}
	info = trimmed(info)
	var carried []Fault
	if p.asksSupportOnly() {
		info, carried = p.carriedDetails(info)
	}
	if err := Invalid(append(draftFaults(info), carried...)); err != nil {
		return Event{}, err
	}
	return p.progress(s, BusinessInfoSaved{Info: info}), nil
}

func (p Partner) frozen() *Refusal {
	if p.Authorized() {
		return Refuse(CodeFrozen, "These details are verified and in force, so they can't be edited here: ask for a change of them.").By(MayDo(ActionChangeInfo)...).At(p.path("business-info/change"))
	}
	return Refuse(CodeAlreadySubmitted, "These details are being verified. They can be edited again if the verification ends in a rejection; a primary contact that was mistyped can be corrected now.").At(p.path("business-info/change"))
}

func (p Partner) path(rest string) string { return "/partners/" + p.ID + "/" + rest }

// Remaining lists what Submit would still refuse of the draft, with the same
// faults (B5).
func (p Partner) Remaining(k Knowledge, now time.Time) []Fault {
	_, faults := p.complete(p.Info, k, now)
	if p.asksSupportOnly() {
		return ofSupport(faults)
	}
	return faults
}

// Preview compares the draft with the official registry, before anything is
// submitted (B4). ok is false while there is too little to compare, and once
// the case holds the comparison that counts.
func (p Partner) Preview(k Knowledge) (c Comparison, ok bool) {
	l := trimmed(p.Info).Legal
	if !p.Editable() || p.asksSupportOnly() || l.LegalName == "" || l.Address.Country == "" {
		return Comparison{}, false
	}
	return k.Registry.Compare(l), true
}

// Submit checks everything at once and opens a verification case (B5, V1).
// caseID names the case; secret is the one-time ownership link's random part
// (V10), of which only a hash is kept in the partner.
func (p Partner) Submit(k Knowledge, caseID, secret string, s Stamp) (Event, error) {
	if !p.Editable() {
		return Event{}, p.frozen()
	}
	if p.InfoRevision == 0 {
		return Event{}, Refuse(CodeNoBusinessInfo, "There is no business information yet. Save it first, then submit it.").At(p.path("business-info"))
	}
	if p.asksSupportOnly() {
		return p.submitSupport(k, s)
	}
	info, faults := p.complete(p.Info, k, s.at())
	if err := Invalid(faults); err != nil {
		return Event{}, err
	}
	region, _ := p.regionOf(info.Legal.Address.Country, k.Regions, s.at())
	d := BusinessInfoSubmitted{
		Info: info, Region: region, CaseID: caseID,
		Earliest: k.Calendar.After(s.at(), minBusinessDays).UTC(), Latest: k.Calendar.After(s.at(), maxBusinessDays).UTC(), Calendar: k.Calendar.Name(),
		DueSoon:    k.Calendar.After(s.at(), dueSoonDays).UTC(),
		Comparison: k.Registry.Compare(info.Legal),
		Employment: p.employment(info, k.TenantDomain),
		LinkHash:   HashSecret(secret), LinkExpiresAt: s.at().Add(linkValidity),
		Company: k.companyKeys(info.Legal),
	}
	opened := p
	opened.Info = info
	var more []Follow
	d.Employment, d.Request = p.askedOnSubmission(info, d.Employment, k.Calendar, s.at())
	if d.Request != nil {
		ask := opened.mailParams()
		ask["caseId"], ask["request"], ask["expiresAt"] = caseID, Case{Request: d.Request}.requestText(), d.Request.ExpiresAt.Format(time.RFC3339)
		to := p.WorkEmail
		if p.proven(info.Legal.PrimaryContact.Email) {
			to = info.Legal.PrimaryContact.Email
		}
		more = append(more, send(MailDocumentsRequested, to, ask))
	}
	params := opened.mailParams()
	params["caseId"] = caseID
	params["earliest"], params["latest"] = d.Earliest.UTC().Format(time.RFC3339), d.Latest.UTC().Format(time.RFC3339)
	contact := info.Legal.PrimaryContact
	if p.proven(contact.Email) {
		params["contactName"] = contact.Name()
		return p.progress(s, d, append(more, send(MailVerificationOpened, contact.Email, params))...), nil // nothing to confirm
	}
	params["contactName"] = ""
	return p.progress(s, d, append([]Follow{opened.sendLink(contact, caseID, secret, d.LinkExpiresAt), send(MailVerificationOpened, p.WorkEmail, params)}, more...)...), nil
}

// mailParams are the parameters that every mail to the partner has.
func (p Partner) mailParams() map[string]string {
	return map[string]string{"companyName": p.LegalName(), "contactName": p.ContactName(), "partnerId": p.ID}
}

// employment judges by data alone whether the primary contact works at the
// company: his mail domain is the tenant's verified one, or that of the
// company's website (V10). Otherwise a reviewer looks.
func (p Partner) employment(info BusinessInfo, tenantDomain string) CheckStatus {
	domain, _ := emailDomain(info.Legal.PrimaryContact.Email)
	if consumerDomains[domain] {
		return CheckNeedsReview
	}
	verified := p.TenantDomain
	if verified == "" {
		verified = strings.ToLower(tenantDomain)
	}
	if verified != "" && domain == verified {
		return CheckPassed
	}
	if site, err := url.Parse(info.Support.Website); err == nil && site.Host != "" {
		own, ok1 := registrable(domain)
		sites, ok2 := registrable(site.Hostname())
		if ok1 && ok2 && own == sites {
			return CheckPassed
		}
	}
	return CheckNeedsReview
}

func trimmed(info BusinessInfo) BusinessInfo {
	l, s := &info.Legal, &info.Support
	for _, f := range []*string{
		&l.LegalName, &l.TradingName, &l.RegistrationNumber, &l.PrimaryContact.FirstName, &l.PrimaryContact.LastName, &l.PrimaryContact.Email, &l.PrimaryContact.Phone,
		&l.Address.Country, &l.Address.Locality, &l.Address.DependentLocality, &l.Address.Subdivision, &l.Address.PostalCode, &l.Address.SortingCode,
		&s.Email, &s.Phone, &s.Website,
	} {
		*f = strings.TrimSpace(*f)
	}
	l.Address.Country = strings.ToUpper(l.Address.Country)
	l.Address.Lines = slices.Clone(l.Address.Lines)
	for i := range l.Address.Lines {
		l.Address.Lines[i] = strings.TrimSpace(l.Address.Lines[i])
	}
	for n := len(l.Address.Lines); n > 0 && l.Address.Lines[n-1] == ""; n-- {
		l.Address.Lines = l.Address.Lines[:n-1]
	}
	if len(l.Address.Lines) == 0 {
		l.Address.Lines = nil // as it is read back from the table
	}
	return info
}

// draftFaults judges only what a draft must keep to: text of a sane size.
func draftFaults(info BusinessInfo) []Fault {
	l := info.Legal
	faults := companyFaults("/legalProfile/legalName", l.LegalName, false, maxName)
	faults = append(faults, companyFaults("/legalProfile/tradingName", l.TradingName, false, maxName)...)
	for _, f := range []struct {
		pointer, text string
		max           int
	}{
		{"/legalProfile/registrationNumber", l.RegistrationNumber, 50},
		{"/legalProfile/primaryContact/firstName", l.PrimaryContact.FirstName, 100},
		{"/legalProfile/primaryContact/lastName", l.PrimaryContact.LastName, 100},
	} {
		faults = append(faults, textFaults(f.pointer, f.text, false, f.max)...)
	}
	for _, f := range []struct {
		pointer, text string
		max           int
	}{
		{"/legalProfile/primaryContact/email", l.PrimaryContact.Email, maxEmail},
		{"/legalProfile/primaryContact/phone", l.PrimaryContact.Phone, 50},
		{"/legalProfile/address/country", l.Address.Country, 2},
		{"/legalProfile/address/locality", l.Address.Locality, 100},
		{"/legalProfile/address/dependentLocality", l.Address.DependentLocality, 100},
		{"/legalProfile/address/subdivision", l.Address.Subdivision, 100},
		{"/legalProfile/address/postalCode", l.Address.PostalCode, 20},
		{"/legalProfile/address/sortingCode", l.Address.SortingCode, 20},
		{"/supportProfile/email", info.Support.Email, maxEmail},
		{"/supportProfile/phone", info.Support.Phone, 50},
		{"/supportProfile/website", info.Support.Website, 500},
	} {
		if len([]rune(f.text)) > f.max {
			faults = append(faults, Fault{f.pointer, FaultTooLong, "Shorten this: it is too long."})
		} else if !plain(f.text) {
			faults = append(faults, Fault{f.pointer, FaultInvalid, "Remove line breaks and invisible or control characters."})
		}
	}
	if len(l.Address.Lines) > 3 {
		faults = append(faults, Fault{"/legalProfile/address/lines", FaultTooLong, "Use at most three address lines."})
	}
	for _, line := range l.Address.Lines {
		if len([]rune(line)) > 100 || !plain(line) {
			faults = append(faults, Fault{"/legalProfile/address/lines", FaultInvalid, "Use at most 100 plain characters in an address line."})
			break
		}
	}
	return faults
}

// complete returns the information as it will be kept once submitted, and
// everything that stands against submitting it (B1, B2, B5).
func (p Partner) complete(info BusinessInfo, k Knowledge, now time.Time) (BusinessInfo, []Fault) {
	info = trimmed(info)
	l, s := &info.Legal, &info.Support
	faults := draftFaults(info)
	for _, f := range []struct{ pointer, text string }{
		{"/legalProfile/legalName", l.LegalName},
		{"/legalProfile/primaryContact/firstName", l.PrimaryContact.FirstName},
		{"/legalProfile/primaryContact/lastName", l.PrimaryContact.LastName},
	} {
		if f.text == "" {
			faults = append(faults, Fault{f.pointer, FaultRequired, "Enter this."})
		}
	}
	faults = append(faults, emailFaults("/legalProfile/primaryContact/email", l.PrimaryContact.Email, true)...)
	faults = append(faults, emailFaults("/supportProfile/email", s.Email, true)...)
	faults = append(faults, websiteFaults("/supportProfile/website", s.Website)...)

	country := l.Address.Country
	rules, known := k.Countries.Rules(country)
	switch {
	case country == "":
		faults = append(faults, Fault{"/legalProfile/address/country", FaultRequired, "Choose the country of the registered address."})
	case !known:
		faults = append(faults, Fault{"/legalProfile/address/country", FaultUnsupported, "Use a two-letter country code (ISO 3166-1)."})
	default:
		if _, ok := p.regionOf(country, k.Regions, now); !ok {
			faults = append(faults, Fault{"/legalProfile/address/country", FaultUnsupported, "The programme has no region for this country yet."})
		}
		for _, f := range rules.AddressFaults(l.Address) {
			f.Pointer = "/legalProfile/address" + f.Pointer
			faults = append(faults, f)
		}
		if f, ok := rules.RegistrationNumberFault(l.RegistrationNumber); !ok {
			f.Pointer = "/legalProfile/registrationNumber"
			faults = append(faults, f)
		}
		l.Address = rules.NormalizeAddress(l.Address)
		l.PrimaryContact.Phone, faults = phone("/legalProfile/primaryContact/phone", l.PrimaryContact.Phone, country, true, k.Phones, faults)
		s.Phone, faults = phone("/supportProfile/phone", s.Phone, country, rules.SupportPhoneRequired(), k.Phones, faults)
	}
	return info, onePerPointer(faults)
}

func phone(pointer, number, country string, required bool, phones Phones, faults []Fault) (string, []Fault) {
	if number == "" {
		if required {
			faults = append(faults, Fault{pointer, FaultRequired, "Enter a phone number."})
		}
		return "", faults
	}
	e164, fault, ok := phones.Normalize(number, country)
	if !ok {
		fault.Pointer = pointer
		return number, append(faults, fault)
	}
	return e164, faults
}

// onePerPointer keeps the first fault of each field.
func onePerPointer(faults []Fault) []Fault {
	seen := map[string]bool{}
	return slices.DeleteFunc(faults, func(f Fault) bool {
		again := seen[f.Pointer]
		seen[f.Pointer] = true
		return again
	})
}

// websiteFaults judges the shape of a website's address. The site is never
// fetched; what can't be a public site is refused all the same.
func websiteFaults(pointer, text string) []Fault {
	if text == "" {
		return nil
	}
	bad := []Fault{{pointer, FaultInvalid, "Enter the public address of the company's website, such as https://www.contoso.com."}}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || u.Port() != "" || u.Opaque != "" {
		return bad
	}
	if !publicHost(u.Hostname()) {
		return bad
	}
	return nil
}

// publicHost says that a host name can be one of the public internet: below a
// top-level domain of letters that isn't set aside for private networks. Every
// spelling of an IP address fails: "127.1" and "0x7f.0.0.1" are some too.
func publicHost(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if _, ok := registrable(host); !ok || net.ParseIP(host) != nil {
		return false
	}
	top := host[strings.LastIndexByte(host, '.')+1:]
	letters := strings.HasPrefix(top, "xn--") || !strings.ContainsFunc(top, func(r rune) bool { return !unicode.IsLetter(r) })
	return letters && !privateTops[top] && !strings.HasSuffix(host, ".home.arpa")
}

// privateTops are top-level domains of private networks (RFC 6762, 8375, and
// ICANN's "internal").
var privateTops = map[string]bool{"local": true, "localhost": true, "localdomain": true, "internal": true, "intranet": true, "private": true, "corp": true, "home": true, "lan": true}

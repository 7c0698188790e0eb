package onboarding

import "slices"

// Companies says by which keys a company is the same as another (E8): the
// country with its registration number, and with its legal name as names are
// compared. The built-in implementation is package registry.
type Companies interface {
	CompanyKeys(LegalProfile) []string
}

// companyKeys are the keys of details that were submitted, none when nothing is
// known of companies.
func (k Knowledge) companyKeys(l LegalProfile) []string {
	if k.Companies == nil {
		return nil
	}
	return k.Companies.CompanyKeys(l)
}

// CompanyKeys are the keys by which reviewers find the same company under
// another tenant (E8): of the details that were submitted last and, while a
// change of them is verified, of what is proposed, too.
func (p Partner) CompanyKeys() []string {
	keys := slices.Clone(p.Company)
	if c := p.OpenChange(); c != nil {
		for _, k := range c.Company {
			if !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// ProvenDomains are the mail domains that somebody has shown to be the
// company's: its directory's, the confirmed contact's, and that of the website a
// reviewer saw. Who has an address there may ask to be added (E8). The work
// e-mail doesn't count: anybody can type one.
func (p Partner) ProvenDomains() []string {
	q := p
	q.WorkDomain = ""
	return q.MailDomains()
}

// Twin is another partner that is the same company, by its registration number
// ("NUMBER"), its legal name ("NAME"), or both (E8). Reviewers see it beside the
// case; to the company nobody says anything.
type Twin struct {
	Partner Partner
	By      []string
}

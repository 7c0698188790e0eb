package country

// SupportPhoneRequired implements onboarding.CountryRules. A support phone is
// optional (B2) but in the countries whose law makes a seller give customers a
// phone number; there the programme asks for it from the start:
//
//   - India: Consumer Protection (E-Commerce) Rules, 2020, rule 4(2).
//   - Japan: Act on Specified Commercial Transactions, article 11, and its
//     ordinance, article 23.
//   - Korea: Act on Consumer Protection in Electronic Commerce, article 10.
func (r *record) SupportPhoneRequired() bool {
	switch r.code {
	case "IN", "JP", "KR":
		return true
	}
	return false
}

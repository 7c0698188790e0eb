package country

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// maxNumber is how long a registration number may be where its form isn't known.
const maxNumber = 50

// RegistrationNumber says how companies of a country are numbered (B1).
type RegistrationNumber struct {
	Asked    bool   `json:"asked"` // false where no company can be registered
	Required bool   `json:"required"`
	Name     string `json:"name"`              // "Company number"
	Pattern  string `json:"pattern,omitempty"` // regular expression for the whole number, in any case; "" for any text
	Example  string `json:"example,omitempty"`

	check func(compact string) bool // of letters and digits in upper case; nil when there are no check digits
}

// registrationNumber is the rule of a country. A number is required where every
// business has one of that kind, so that nobody can be shut out by it; where
// only some have (sole traders have none) it is optional.
func registrationNumber(country string) RegistrationNumber {
	switch country {
	case "AQ", "BV", "GS", "HM", "IO", "TF", "UM": // nobody lives there but staff
		return RegistrationNumber{Name: "Company registration number"}
	case "AU": // Australian Business Register, "Format of the ABN"
		return RegistrationNumber{true, true, "Australian Business Number (ABN)", `\d{2} ?\d{3} ?\d{3} ?\d{3}`, "51 824 753 556", isABN}
	case "BE": // Crossroads Bank for Enterprises: ten digits, the last two are 97 minus the rest's remainder
		return RegistrationNumber{true, true, "Enterprise number", `(?:BE ?)?[01]\d{3}\.?\d{3}\.?\d{3}`, "0403.019.261", isEnterpriseNumber}
	case "BR": // Receita Federal: IN RFB 2.229/2024, with letters since July 2026
		return RegistrationNumber{true, true, "CNPJ", `[0-9A-Z]{2}\.?[0-9A-Z]{3}\.?[0-9A-Z]{3}/?[0-9A-Z]{4}-?\d{2}`, "11.222.333/0001-81", isCNPJ}
	case "CA": // Canada Revenue Agency: the nine digits of the Business Number; the Luhn check
		return RegistrationNumber{true, false, "Business Number (BN)", `\d{3} ?\d{3} ?\d{3}`, "123456782", isLuhn}
	case "CH": // Federal Statistical Office, "Die UID"; every enterprise has one
		return RegistrationNumber{true, true, "Enterprise identification number (UID)", `CHE-?\d{3}\.?\d{3}\.?\d{3}`, "CHE-123.456.788", isUID}
	case "DE": // Handelsregisterverordnung, section 13; only merchants are entered
		return RegistrationNumber{true, false, "Commercial register number (Handelsregisternummer)",
			`(?:[\p{L} \(\)\.\-]{2,50},? )?(?:HRA|HRB|GnR|GsR|PR|VR) ?\d{1,6}(?: ?[A-Z]{1,3})?`, "Amtsgericht München HRB 12345", nil}
	case "DK": // Erhvervsstyrelsen: CVR numbers have eight digits
		return RegistrationNumber{true, true, "CVR number", `\d{2} ?\d{2} ?\d{2} ?\d{2}`, "13585628", nil}
	case "ES": // Orden EHA/451/2008 for companies; Real Decreto 1553/2005 for persons
		return RegistrationNumber{true, true, "NIF", `[A-HJNP-SUVW]-?\d{7}-?[0-9A-J]|[XYZ]?-?\d{7,8}-?[A-Z]`, "A58818501", isNIF}
	case "FI": // Patent and Registration Office: Y-tunnus, seven digits and a check digit
		return RegistrationNumber{true, true, "Business ID (Y-tunnus)", `\d{7}-?\d`, "0112038-9", isBusinessID}
	case "FR": // Code de commerce, article R123-221; INSEE: nine digits, the Luhn check
		return RegistrationNumber{true, true, "SIREN", `\d{3} ?\d{3} ?\d{3}`, "732 829 320", isLuhn}
	case "GB": // Companies House, "Company number prefixes": eight characters
		return RegistrationNumber{true, true, "Company number", `\d{8}|[A-Z]{2}\d{6}|R\d{7}|(?:IP|SP|RS)[0-9A-Z]{6}`, "01234567", nil}
	case "IE": // Companies Registration Office; sole traders have none
		return RegistrationNumber{true, false, "Company number (CRO)", `\d{1,7}`, "123456", nil}
	case "IN": // Ministry of Corporate Affairs: CIN of a company, LLPIN of a partnership
		return RegistrationNumber{true, false, "CIN or LLPIN", `[LU]\d{5}[A-Z]{2}\d{4}[A-Z]{3}\d{6}|[A-Z]{3}-?\d{4}`, "U72200MH2009PTC123456", nil}
	case "IT": // Agenzia delle Entrate: Partita IVA, eleven digits, the Luhn check
		return RegistrationNumber{true, true, "Partita IVA", `(?:IT ?)?\d{11}`, "00743110157", isPartitaIVA}
	case "JP": // National Tax Agency: thirteen digits, the first is the check digit
		return RegistrationNumber{true, true, "Corporate number (Hojin Bango)", `\d-?\d{4}-?\d{4}-?\d{4}`, "7000012050002", isCorporateNumber}
	case "NL": // Kamer van Koophandel: eight digits; every business is entered
		return RegistrationNumber{true, true, "KVK number", `\d{8}`, "12345678", nil}
	case "NO": // Enhetsregisteret: nine digits, weighted check digit
		return RegistrationNumber{true, true, "Organisation number", `(?:NO ?)?\d{3} ?\d{3} ?\d{3}`, "974 760 673", isOrganisationNumber}
	case "SE": // Bolagsverket and Skatteverket: ten digits, the Luhn check
		return RegistrationNumber{true, true, "Organisation number", `\d{6}-?\d{4}`, "202100-5489", isLuhn}
	case "US": // Internal Revenue Service: Employer Identification Number
		return RegistrationNumber{true, false, "Employer Identification Number (EIN)", `\d{2}-?\d{7}`, "12-3456789", nil}
	}
	return RegistrationNumber{Asked: true, Name: "Company registration number"}
}

// RegistrationNumberFault implements onboarding.CountryRules (B1). The fault's
// pointer is "".
func (r *record) RegistrationNumberFault(number string) (fault onboarding.Fault, ok bool) {
	rule := registrationNumber(r.code)
	typed := oneSpace(number)
	switch {
	case typed == "" && !rule.Required, !rule.Asked && readable(number):
		return onboarding.Fault{}, true
	case typed == "":
		return rule.fault(onboarding.FaultRequired, "Enter the "+rule.Name+".")
	case !readable(number):
		return rule.fault(onboarding.FaultInvalid, "Remove line breaks and invisible characters.")
	case utf8.RuneCountInString(number) > maxNumber:
		return rule.fault(onboarding.FaultTooLong, fmt.Sprintf("Shorten this to %d characters.", maxNumber))
	case rule.Pattern == "":
		return onboarding.Fault{}, true
	case !pattern(`^(?i:` + rule.Pattern + `)$`).MatchString(typed):
		return rule.fault(onboarding.FaultInvalid, "This doesn't have the form of a "+rule.Name+" ("+r.name+").")
	case rule.check != nil && !rule.check(compact(typed)):
		return rule.fault(onboarding.FaultInvalid, "This is not a valid "+rule.Name+": its check digit is wrong, so a digit is mistyped.")
	}
	return onboarding.Fault{}, true
}

func (n RegistrationNumber) fault(code, message string) (onboarding.Fault, bool) {
	if n.Example != "" {
		message += " It looks like " + n.Example + "."
	}
	return onboarding.Fault{Code: code, Message: message}, false
}

// compact keeps the letters and digits of a number, in upper case.
func compact(number string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z':
			return r
		}
		return -1
	}, strings.ToUpper(number))
}

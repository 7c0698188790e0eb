package phone

import "github.com/nyaruka/phonenumbers"

// plans lists the countries whose numbers are numbers of country too, the one
// in which a national number is read first. It is empty for a country without
// telephone numbers.
func plans(country string) []string {
	if related, ok := sharedPlan(country); ok {
		return related
	}
	if phonenumbers.GetCountryCodeForRegion(country) == 0 {
		return nil
	}
	return []string{country}
}

// sharedPlan names the numbering plans that one authority runs for several
// territories, and the hosts of territories that have none of their own.
// Countries that merely share a calling code (+1, +7) are not here: the library
// tells their numbers apart, and so do their authorities.
func sharedPlan(country string) (regions []string, ok bool) {
	switch country {
	case "GB":
		return []string{"GB", "GG", "IM", "JE"}, true
	case "GG":
		return []string{"GG", "GB", "IM", "JE"}, true
	case "IM":
		return []string{"IM", "GB", "GG", "JE"}, true
	case "JE":
		return []string{"JE", "GB", "GG", "IM"}, true
	case "AU", "HM":
		return []string{"AU", "CC", "CX"}, true
	case "CC":
		return []string{"CC", "AU", "CX"}, true
	case "CX":
		return []string{"CX", "AU", "CC"}, true
	case "NO", "BV":
		return []string{"NO", "SJ"}, true
	case "SJ":
		return []string{"SJ", "NO"}, true
	case "FI":
		return []string{"FI", "AX"}, true
	case "AX":
		return []string{"AX", "FI"}, true
	case "IT":
		return []string{"IT", "VA"}, true
	case "VA":
		return []string{"VA", "IT"}, true
	case "MA":
		return []string{"MA", "EH"}, true
	case "EH":
		return []string{"EH", "MA"}, true
	case "RE":
		return []string{"RE", "YT"}, true
	case "YT":
		return []string{"YT", "RE"}, true
	case "TF":
		return []string{"RE", "FR"}, true
	case "GP":
		return []string{"GP", "BL", "MF"}, true
	case "BL":
		return []string{"BL", "GP", "MF"}, true
	case "MF":
		return []string{"MF", "GP", "BL"}, true
	case "CW":
		return []string{"CW", "BQ"}, true
	case "BQ":
		return []string{"BQ", "CW"}, true
	case "SH":
		return []string{"SH", "AC", "TA"}, true
	case "GS":
		return []string{"FK"}, true
	case "PN":
		return []string{"NZ"}, true
	case "UM":
		return []string{"US"}, true
	}
	return nil, false
}

package country

import "strings"

// Each function here takes a number of the right form: letters and digits only.

// value is what a digit counts, and a letter in a CNPJ: its ASCII code less 48.
func value(c byte) int { return int(c) - '0' }

// weighted multiplies each character with its weight and adds up.
func weighted(number string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += w * value(number[i])
	}
	return sum
}

// isLuhn checks the digits of a number by Luhn's formula.
func isLuhn(number string) bool {
	sum := 0
	for i := range len(number) {
		d := value(number[len(number)-1-i])
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// isPartitaIVA checks an Italian VAT number.
func isPartitaIVA(number string) bool {
	number = strings.TrimPrefix(number, "IT")
	return number != "00000000000" && isLuhn(number)
}

// isCNPJ checks the two check digits of a Brazilian CNPJ, with or without
// letters.
func isCNPJ(number string) bool {
	weights := []int{6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2}
	for n := 12; n <= 13; n++ {
		digit := 11 - weighted(number, weights[13-n:]...)%11
		if digit > 9 {
			digit = 0
		}
		if value(number[n]) != digit {
			return false
		}
	}
	return strings.Trim(number, number[:1]) != "" // all the same digit passes the sums
}

// isUID checks a Swiss UID.
func isUID(number string) bool {
	digits := strings.TrimPrefix(number, "CHE")
	return (11-weighted(digits, 5, 4, 3, 2, 7, 6, 5, 4)%11)%11 == value(digits[8])
}

// isOrganisationNumber checks a Norwegian organisation number.
func isOrganisationNumber(number string) bool {
	digits := strings.TrimPrefix(number, "NO")
	return (11-weighted(digits, 3, 2, 7, 6, 5, 4, 3, 2)%11)%11 == value(digits[8])
}

// isBusinessID checks a Finnish Y-tunnus.
func isBusinessID(number string) bool {
	return (11-weighted(number, 7, 9, 10, 5, 8, 4, 2)%11)%11 == value(number[7])
}

// isEnterpriseNumber checks a Belgian enterprise number.
func isEnterpriseNumber(number string) bool {
	digits := strings.TrimPrefix(number, "BE")
	return 97-decimal(digits[:8])%97 == decimal(digits[8:])
}

// isCorporateNumber checks a Japanese corporate number.
func isCorporateNumber(number string) bool {
	sum := weighted(number[1:], 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1)
	return 9-sum%9 == value(number[0])
}

// isABN checks an Australian Business Number.
func isABN(number string) bool {
	return (weighted(number, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)-10)%89 == 0
}

// isNIF checks a Spanish tax number: of a company, or of a person with a DNI or
// NIE.
func isNIF(number string) bool {
	const letters = "TRWAGMYFPDXBNJZSQVHLCKE"
	first, last := number[0], number[len(number)-1]
	if at := strings.IndexByte("XYZ", first); at >= 0 {
		return len(number) == 9 && letters[(at*10000000+decimal(number[1:8]))%23] == last
	}
	if first >= '0' && first <= '9' {
		return len(number) == 9 && letters[decimal(number[:8])%23] == last
	}
	sum := 0
	for i, d := range []byte(number[1:8]) {
		v := value(d)
		if i%2 == 0 {
			v *= 2
		}
		sum += v/10 + v%10
	}
	control := (10 - sum%10) % 10
	return last == byte('0'+control) || last == "JABCDEFGHI"[control]
}

func decimal(digits string) int {
	n := 0
	for i := range len(digits) {
		n = 10*n + value(digits[i])
	}
	return n
}

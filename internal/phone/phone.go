// Package phone checks telephone numbers and writes them in E.164.
//
// People write a number as they dial it: nationally, with a trunk zero in
// brackets, with an international prefix. The programme stores one form, E.164
// ("+442079460018"), and accepts only a number of the country that the company
// is in (B2). Both need the numbering plans of the world, which
// github.com/nyaruka/phonenumbers carries; Numbers is a thin, strict layer over
// it.
//
// Strict, because the library looks for a number in any text: from
// "030 901820 home" it makes a longer German number out of the letters, and
// from one with an extension an E.164 number that has lost it. Here such input
// is refused with a word on how to write it.
//
// # Which country a number is of
//
// The library decides, also among the countries that share a calling code: a
// number of Toronto is Canadian although it begins like one of New York, and a
// toll-free 800 number counts for every country in which it can be dialled.
// Territories whose telephones are run as part of another country's are not
// told apart from it: a company in Guernsey may have a number of the United
// Kingdom, and the other way round.
//
// # What it costs
//
// The library decodes its tables when the process starts: about 5.8 MB of
// binary and 6 ms or more of start. Link this package only into a function
// that checks phones.
package phone

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var _ onboarding.Phones = Numbers{}

// maxLength is how many characters a number may be written with. E.164 has at
// most 15 digits.
const maxLength = 40

// Numbers checks telephone numbers (B2). The zero value is ready and safe for
// concurrent use.
type Numbers struct{}

// Normalize returns a number in E.164. The number may be written nationally, as
// dialled in the country (ISO 3166-1 alpha-2), or internationally. When it is
// no valid number the fault's code is FaultInvalid; when it is one of another
// country, FaultPhoneCountry. The pointer is "".
//
// Without a country, or for one that has no telephone numbers of its own, any
// valid number is accepted that is written internationally.
//
// Normalizing a result again gives the same.
func (Numbers) Normalize(number, country string) (e164 string, fault onboarding.Fault, ok bool) {
	if message := misspelt(number); message != "" {
		return invalid(message)
	}
	parsed, err := phonenumbers.Parse(number, defaultRegion(country))
	if err != nil || parsed.GetExtension() != "" {
		return invalid(howToWrite(country))
	}
	homes := plans(country)
	if len(homes) == 0 && phonenumbers.IsValidNumber(parsed) || validIn(parsed, homes) {
		return phonenumbers.Format(parsed, phonenumbers.E164), onboarding.Fault{}, true
	}
	if !phonenumbers.IsValidNumber(parsed) {
		return invalid(howToWrite(country))
	}
	message := fmt.Sprintf("This is not a phone number of %s. %s", country, howToWrite(country))
	if region := phonenumbers.GetRegionCodeForNumber(parsed); len(region) == 2 { // "001" for numbers of no country
		message = fmt.Sprintf("This is a phone number of %s, not of %s. %s", region, country, howToWrite(country))
	}
	return "", onboarding.Fault{Code: onboarding.FaultPhoneCountry, Message: message}, false
}

// Example is a number of a country as it is written internationally, for a form
// to show; "" when there is none.
func (Numbers) Example(country string) string {
	for _, region := range plans(country) {
		if number := phonenumbers.GetExampleNumber(region); number != nil {
			return phonenumbers.Format(number, phonenumbers.INTERNATIONAL)
		}
	}
	return ""
}

func invalid(message string) (string, onboarding.Fault, bool) {
	return "", onboarding.Fault{Code: onboarding.FaultInvalid, Message: message}, false
}

func howToWrite(country string) string {
	example := Numbers{}.Example(country)
	if example == "" {
		return "Enter a valid phone number with its country code, starting with +."
	}
	return fmt.Sprintf("Enter a valid phone number of %s, for example %s.", country, example)
}

// misspelt says what to do about a number that isn't written as one, "" when
// it is.
func misspelt(number string) string {
	switch {
	case strings.TrimSpace(number) == "":
		return "Enter a phone number."
	case utf8.RuneCountInString(number) > maxLength:
		return fmt.Sprintf("Enter the phone number with at most %d characters.", maxLength)
	}
	digits, plus := 0, false
	for _, r := range number {
		switch {
		case unicode.IsDigit(r):
			digits++
		case r == '+' || r == '\uff0b':
			if digits > 0 || plus {
				return "Write + only once, before the country code."
			}
			plus = true
		case !isSeparator(r):
			return "Write the phone number with digits only, without letters or an extension."
		}
	}
	if digits == 0 {
		return "Enter a phone number."
	}
	return ""
}

// isSeparator says whether r may stand between the digits of a number.
func isSeparator(r rune) bool {
	return strings.ContainsRune(" -()./\u00a0\u00b7\u2009\u2010\u2011\u2012\u2013\u202f\u3000\uff08\uff09\uff0d", r)
}

// defaultRegion is the region as in which a nationally written number is read.
func defaultRegion(country string) string {
	if homes := plans(country); len(homes) > 0 {
		return homes[0]
	}
	return phonenumbers.UNKNOWN_REGION
}

func validIn(number *phonenumbers.PhoneNumber, regions []string) bool {
	return slices.ContainsFunc(regions, func(region string) bool {
		return phonenumbers.IsValidNumberForRegion(number, region)
	})
}

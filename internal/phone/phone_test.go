package phone

import (
	"strings"
	"sync"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestB2ANumberIsStoredInE164HoweverItIsWritten(t *testing.T) {
	for _, tc := range []struct{ name, number, country, want string }{
		{"nationally with brackets", "(425) 555-0100", "US", "+14255550100"},
		{"nationally with the trunk prefix", "1-425-555-0100", "US", "+14255550100"},
		{"internationally", "+1 425 555 0100", "US", "+14255550100"},
		{"with the prefix dialled abroad", "011 44 20 7946 0018", "GB", ""},
		{"with the prefix dialled abroad from there", "0049 30 901820", "DE", "+4930901820"},
		{"with a trunk zero in brackets", "+44 (0)20 7946 0018", "GB", "+442079460018"},
		{"nationally with a trunk zero", "020 7946 0018", "GB", "+442079460018"},
		{"with a zero that belongs to the number", "06 6988 2345", "IT", "+390669882345"},
		{"with dots", "01.23.45.67.89", "FR", "+33123456789"},
		{"with slashes", "030/901820", "DE", "+4930901820"},
		{"with no-break spaces and dashes", "+33\u00a01\u00a023–45–67–89", "FR", "+33123456789"},
		{"with full-width digits", "\uff10\uff13\uff0d\uff13\uff12\uff11\uff10\uff0d\uff10\uff10\uff10\uff10", "JP", "+81332100000"},
		{"a mobile number", "11 96123-4567", "BR", "+5511961234567"},
		{"surrounded by spaces", "  +55 11 96123-4567 ", "BR", "+5511961234567"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, fault, ok := Numbers{}.Normalize(tc.number, tc.country)
			if ok != (tc.want != "") || got != tc.want {
				t.Errorf("Normalize(%q, %s) = %q, %+v, %v, want %q", tc.number, tc.country, got, fault, ok, tc.want)
			}
		})
	}
}

func TestB2ANumberOfAnotherCountryIsRefused(t *testing.T) {
	for _, tc := range []struct{ name, number, country, owner string }{
		{"another calling code", "+33 1 23 45 67 89", "DE", "FR"},
		{"Canada for the United States", "+1 416 555 0199", "US", "CA"},
		{"Canada written nationally", "416 555 0199", "US", "CA"},
		{"the United States for Canada", "(425) 555-0100", "CA", "US"},
		{"Puerto Rico for the United States", "+1 787 555 0100", "US", "PR"},
		{"Kazakhstan for Russia", "+7 727 234 5678", "RU", "KZ"},
		{"the United Kingdom for Ireland", "+44 20 7946 0018", "IE", "GB"},
		{"a number of no country", "+800 1234 5678", "DE", "not a phone number of DE"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, fault, ok := Numbers{}.Normalize(tc.number, tc.country)
			if ok || got != "" || fault.Code != onboarding.FaultPhoneCountry || fault.Pointer != "" {
				t.Fatalf("Normalize(%q, %s) = %q, %+v, %v", tc.number, tc.country, got, fault, ok)
			}
			if !strings.Contains(fault.Message, tc.owner) || !strings.Contains(fault.Message, "for example +") {
				t.Errorf("the message doesn't name the country or an example: %s", fault.Message)
			}
		})
	}
}

func TestB2TerritoriesOfOneNumberingPlanAreNotToldApart(t *testing.T) {
	for _, tc := range []struct{ number, country, want string }{
		{"+44 1534 510510", "GB", "+441534510510"},
		{"+44 20 7946 0018", "JE", "+442079460018"},
		{"01534 510510", "JE", "+441534510510"},
		{"+44 7911 123456", "IM", "+447911123456"},
		{"+39 06 698 12345", "IT", "+390669812345"},
		{"+47 22 12 34 56", "SJ", "+4722123456"},
		{"(425) 555-0100", "UM", "+14255550100"},
		{"+1 800 642 7676", "CA", "+18006427676"}, // toll-free in both
	} {
		if got, fault, ok := (Numbers{}).Normalize(tc.number, tc.country); !ok || got != tc.want {
			t.Errorf("Normalize(%q, %s) = %q, %+v, want %q", tc.number, tc.country, got, fault, tc.want)
		}
	}
}

func TestB2WhatIsNoNumberIsRefused(t *testing.T) {
	for _, tc := range []struct{ name, number, country, message string }{
		{"nothing", "", "US", "Enter a phone number."},
		{"spaces", "   ", "US", "Enter a phone number."},
		{"punctuation", "--", "US", "Enter a phone number."},
		{"words", "call me", "US", "digits only"},
		{"a number with a word", "030 901820 home", "DE", "digits only"},
		{"a vanity number", "1-800-MICROSOFT", "US", "digits only"},
		{"an extension", "+44 20 7946 0018 ext. 12", "GB", "without letters or an extension"},
		{"an extension by #", "+44 20 7946 0018#12", "GB", "digits only"},
		{"two numbers", "+49 30 901820 / +49 30 901821", "DE", "only once"},
		{"a line break", "030\n901820", "DE", "digits only"},
		{"too long to be read", strings.Repeat("1", 41), "US", "at most 40"},
		{"too few digits", "123", "US", "for example +1"},
		{"too many digits", "+1 425 555 0100 99", "US", "for example +1"},
		{"an emergency number", "112", "DE", "for example +49"},
		{"an unknown calling code", "+999 1234567", "DE", "for example +49"},
		{"nationally without a country", "030 901820", "", "starting with +"},
		{"an impossible area code", "(025) 555-0100", "US", "for example +1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, fault, ok := Numbers{}.Normalize(tc.number, tc.country)
			if ok || got != "" || fault.Code != onboarding.FaultInvalid || fault.Pointer != "" {
				t.Fatalf("Normalize = %q, %+v, %v", got, fault, ok)
			}
			if !strings.Contains(fault.Message, tc.message) {
				t.Errorf("message %q, want it to say %q", fault.Message, tc.message)
			}
		})
	}
}

func TestB2WithoutACountryAnyInternationalNumberIsAccepted(t *testing.T) {
	for _, country := range []string{"", "AQ", "ZZ"} {
		if got, fault, ok := (Numbers{}).Normalize("+49 30 901820", country); !ok || got != "+4930901820" {
			t.Errorf("Normalize(…, %q) = %q, %+v", country, got, fault)
		}
	}
}

func TestB2NumbersMayBeCheckedConcurrently(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for _, country := range []string{"US", "DE", "GB", "BR", "JP"} {
				if _, fault, ok := (Numbers{}).Normalize(Numbers{}.Example(country), country); !ok {
					t.Errorf("%s: %+v", country, fault)
				}
			}
		})
	}
	wg.Wait()
}

var regions = func() (codes []string) {
	for code := range phonenumbers.GetSupportedRegions() {
		codes = append(codes, code)
	}
	return codes
}()

func TestB2EveryCountrysExampleIsANumberOfThatCountry(t *testing.T) {
	for _, country := range regions {
		example := Numbers{}.Example(country)
		if _, fault, ok := (Numbers{}).Normalize(example, country); !ok {
			t.Errorf("%s: %q: %+v", country, example, fault)
		}
	}
}

func TestB2NormalizeKeepsAValidNumberAndRefusesItElsewhere(t *testing.T) {
	styles := []phonenumbers.PhoneNumberFormat{phonenumbers.E164, phonenumbers.INTERNATIONAL, phonenumbers.NATIONAL}
	rapid.Check(t, func(t *rapid.T) {
		country := rapid.SampledFrom(regions).Draw(t, "country")
		number := phonenumbers.GetExampleNumber(country)
		want := phonenumbers.Format(number, phonenumbers.E164)
		style := rapid.SampledFrom(styles).Draw(t, "style")
		if got, fault, ok := (Numbers{}).Normalize(phonenumbers.Format(number, style), country); !ok || got != want {
			t.Fatalf("%s: %q is %q, %+v, want %q", country, phonenumbers.Format(number, style), got, fault, want)
		}
		if again, _, ok := (Numbers{}).Normalize(want, country); !ok || again != want {
			t.Fatalf("normalizing %q again gives %q", want, again)
		}
		other := rapid.SampledFrom(regions).Draw(t, "other")
		if phonenumbers.GetCountryCodeForRegion(other) != phonenumbers.GetCountryCodeForRegion(country) {
			if _, fault, ok := (Numbers{}).Normalize(want, other); ok || fault.Code != onboarding.FaultPhoneCountry {
				t.Fatalf("%q of %s was taken for one of %s: %+v", want, country, other, fault)
			}
		}
	})
}

func TestB2WhateverIsTypedTheAnswerIsANumberOrAFault(t *testing.T) {
	typed := rapid.OneOf(rapid.String(), rapid.StringMatching(`[+0-9 ()./-]{0,24}`), rapid.StringMatching(`\+[0-9]{5,16}`))
	country := rapid.OneOf(rapid.SampledFrom(regions), rapid.StringN(0, 3, 6))
	rapid.Check(t, func(t *rapid.T) {
		number, country := typed.Draw(t, "number"), country.Draw(t, "country")
		got, fault, ok := Numbers{}.Normalize(number, country)
		if !ok {
			if got != "" || fault.Message == "" || fault.Code != onboarding.FaultInvalid && fault.Code != onboarding.FaultPhoneCountry {
				t.Fatalf("refused with %q, %+v", got, fault)
			}
			return
		}
		if len(got) < 6 || len(got) > 18 || got[0] != '+' || strings.Trim(got[1:], "0123456789") != "" {
			t.Fatalf("%q is no E.164", got)
		}
		if again, _, ok := (Numbers{}).Normalize(got, country); !ok || again != got {
			t.Fatalf("normalizing %q again gives %q", got, again)
		}
	})
}

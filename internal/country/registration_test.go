package country

import (
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestB1AValidRegistrationNumberIsAcceptedHoweverItIsWritten(t *testing.T) {
	for country, numbers := range map[string][]string{
		"AU": {"51 824 753 556", "51824753556"},
		"BE": {"0403.019.261", "0403019261", "BE 0403.019.261"},
		"BR": {"11.222.333/0001-81", "11222333000181", "12.ABC.345/01DE-35", "12abc34501de35"},
		"CA": {"123456782", "123 456 782", ""},
		"CH": {"CHE-123.456.788", "CHE123456788", "che-123.456.788"},
		"DE": {"HRB 12345", "HRB12345", "Amtsgericht München HRB 12345", "Amtsgericht Charlottenburg (Berlin), HRB 12345 B", "hra 5", ""},
		"DK": {"13585628", "13 58 56 28"},
		"ES": {"A58818501", "A-58818501", "12345678Z", "X1234567L"},
		"FI": {"0112038-9", "01120389"},
		"FR": {"732 829 320", "732829320"},
		"GB": {"01234567", "SC123456", "OC301234", "IP12345R", " 01234567 "},
		"IE": {"123456", ""},
		"IN": {"U72200MH2009PTC123456", "AAB-1234", ""},
		"IT": {"00743110157", "IT00743110157"},
		"JP": {"7000012050002", "5835678256246"},
		"NL": {"12345678"},
		"NO": {"974 760 673", "NO974760673"},
		"SE": {"202100-5489", "2021005489"},
		"US": {"12-3456789", "123456789", ""},
		"AE": {"", "CN-1234567", "any text/1"},
		"AQ": {"", "x"},
	} {
		for _, number := range numbers {
			if fault, ok := mustRules(t, country).RegistrationNumberFault(number); !ok {
				t.Errorf("%s: %q: %+v", country, number, fault)
			}
		}
	}
}

func TestB1AnInvalidRegistrationNumberIsRefusedWithAnExample(t *testing.T) {
	for country, numbers := range map[string][]string{
		"AU": {"51 824 753 557", "5182475355"},
		"BE": {"0403.019.262", "403019261"},
		"BR": {"11.222.333/0001-82", "11.222.333/0001-8", "11111111111111", "12.ABC.345/01DE-36"},
		"CA": {"123456789"},
		"CH": {"CHE-123.456.789", "123.456.788"},
		"DE": {"12345", "HRB", "HRB 1234567"},
		"DK": {"1358562"},
		"ES": {"A58818502", "12345678A", "X1234567X", "1234567A", "58818501"},
		"FI": {"0112038-8"},
		"FR": {"732 829 321", "73282932000074"},
		"GB": {"1234567", "S1234567", "ABCDEFGH"},
		"IN": {"U72200MH2009PTC12345"},
		"IT": {"00743110158", "00000000000"},
		"JP": {"8000012050002", "700001205000"},
		"NL": {"1234567"},
		"NO": {"974 760 674"},
		"SE": {"202100-5488"},
		"US": {"12345678", "none"},
	} {
		for _, number := range numbers {
			fault, ok := mustRules(t, country).RegistrationNumberFault(number)
			if ok || fault.Code != onboarding.FaultInvalid || fault.Pointer != "" || !strings.Contains(fault.Message, "It looks like ") {
				t.Errorf("%s: %q: %+v, %v", country, number, fault, ok)
			}
		}
	}
}

func TestB1AMissingOrUnreadableRegistrationNumber(t *testing.T) {
	for _, tc := range []struct{ country, number, want string }{
		{"GB", "", onboarding.FaultRequired},
		{"FR", "  ", onboarding.FaultRequired},
		{"BR", "", onboarding.FaultRequired},
		{"AE", "a\nb", onboarding.FaultInvalid},
		{"AE", strings.Repeat("1", 51), onboarding.FaultTooLong},
		{"AQ", "a\x00b", onboarding.FaultInvalid},
		{"GB", strings.Repeat("1", 51), onboarding.FaultTooLong},
	} {
		if fault, ok := mustRules(t, tc.country).RegistrationNumberFault(tc.number); ok || fault.Code != tc.want {
			t.Errorf("%s: %q: %+v, %v", tc.country, tc.number, fault, ok)
		}
	}
}

func TestB6EveryExampleOfARegistrationNumberIsValid(t *testing.T) {
	for _, s := range (Table{}).All() {
		rule := mustLookup(t, s.Code).RegistrationNumber
		if rule.Name == "" || rule.Required && (!rule.Asked || rule.Example == "") || (rule.Pattern == "") != (rule.Example == "") {
			t.Errorf("%s: %+v", s.Code, rule)
		}
		if fault, ok := mustRules(t, s.Code).RegistrationNumberFault(rule.Example); !ok {
			t.Errorf("%s: %q: %+v", s.Code, rule.Example, fault)
		}
	}
}

func TestB2ASupportPhoneIsRequiredWhereTheLawSaysSo(t *testing.T) {
	for country, want := range map[string]bool{"JP": true, "KR": true, "IN": true, "US": false, "GB": false, "DE": false} {
		if got := mustRules(t, country).SupportPhoneRequired(); got != want {
			t.Errorf("%s: %v", country, got)
		}
	}
}

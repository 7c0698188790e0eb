package registry

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestB4ADifferenceSaysHowAFieldDiffers(t *testing.T) {
	type kinder = func(in, mine, theirs string) onboarding.DifferenceKind
	for _, tc := range []struct {
		what         string
		kind         kinder
		in           string
		mine, theirs string
		want         onboarding.DifferenceKind
	}{
		{"name", nameKind, "GB", "CONTOSO LTD.", "Contoso Limited", onboarding.DifferenceWriting},
		{"name", nameKind, "GB", "Contoso Cyfyngedig", "Contoso Limited", onboarding.DifferenceWriting},
		{"name", nameKind, "DE", "Mueller und Soehne G.m.b.H.", "Müller & Söhne Gesellschaft mit beschränkter Haftung", onboarding.DifferenceWriting},
		{"name", nameKind, "DE", "Muller + Sohne GmbH", "Müller & Söhne GmbH", onboarding.DifferenceWriting},
		{"name", nameKind, "DE", "Contoso UG", "Contoso UG (haftungsbeschränkt)", onboarding.DifferenceWriting},
		{"name", nameKind, "DE", "Contoso GmbH und Co. KG", "Contoso GmbH & Co. KG", onboarding.DifferenceWriting},
		{"name", nameKind, "DE", "Contoso Kommanditgesellschaft auf Aktien", "Contoso KGaA", onboarding.DifferenceWriting},
		{"name", nameKind, "FR", "Dupont et Fils S.A.R.L.", "DUPONT & FILS Société à responsabilité limitée", onboarding.DifferenceWriting},
		{"name", nameKind, "LU", "Contoso S.à r.l.", "Contoso SARL", onboarding.DifferenceWriting},
		{"name", nameKind, "IT", "Rossi e Figli SPA", "Rossi & Figli S.p.A.", onboarding.DifferenceWriting},
		{"name", nameKind, "ES", "Contoso Sociedad Anónima", "Contoso, S.A.", onboarding.DifferenceWriting},
		{"name", nameKind, "MX", "Contoso S. de R.L. de C.V.", "CONTOSO, S DE RL DE CV", onboarding.DifferenceWriting},
		{"name", nameKind, "MX", "Contoso Sociedad Anónima de Capital Variable", "Contoso SA de CV", onboarding.DifferenceWriting},
		{"name", nameKind, "JP", "Contoso Kabushiki Kaisha", "Contoso K.K.", onboarding.DifferenceWriting},
		{"name", nameKind, "JP", "Contoso K.K.", "Contoso株式会社", onboarding.DifferenceWriting},
		{"name", nameKind, "PL", "Contoso Spółka z ograniczoną odpowiedzialnością", "Contoso Sp. z o.o.", onboarding.DifferenceWriting},
		{"name", nameKind, "SE", "Wide World AB", "WideWorld Aktiebolag", onboarding.DifferenceWriting},

		{"name", nameKind, "GB", "Contoso", "Contoso Limited", onboarding.DifferenceLegalForm},
		{"name", nameKind, "GB", "Contoso PLC", "Contoso Limited", onboarding.DifferenceLegalForm},
		{"name", nameKind, "DE", "Contoso UG", "Contoso GmbH", onboarding.DifferenceLegalForm},
		{"name", nameKind, "DE", "Neu GmbH", "Neue GmbH", onboarding.DifferenceSpelling},
		{"name", nameKind, "DE", "Muller GmbH", "Mueller GmbH", onboarding.DifferenceSpelling},
		{"name", nameKind, "GB", "Contosso Ltd", "Contoso Ltd", onboarding.DifferenceSpelling},
		{"name", nameKind, "GB", "Cnotoso Ltd", "Contoso Ltd", onboarding.DifferenceSpelling},
		{"name", nameKind, "GB", "Studio 54 Ltd", "Studio 55 Ltd", onboarding.DifferenceDifferent},
		{"name", nameKind, "GB", "Contoso Intl Ltd", "Contoso International Ltd", onboarding.DifferenceAbbreviation},
		{"name", nameKind, "GB", "CIT Ltd", "Contoso International Trading Ltd", onboarding.DifferenceAbbreviation},
		{"name", nameKind, "GB", "Trading Contoso Ltd", "Contoso Trading Ltd", onboarding.DifferenceOrder},
		{"name", nameKind, "GB", "Contoso Ltd", "Contoso Trading Ltd", onboarding.DifferenceIncomplete},
		{"name", nameKind, "GB", "Contoso Trading Ltd", "Contoso Ltd", onboarding.DifferenceAdditional},
		{"name", nameKind, "GB", "Fabrikam Ltd", "Contoso Ltd", onboarding.DifferenceDifferent},
		{"name", nameKind, "GB", " ", "Contoso Ltd", onboarding.DifferenceMissing},
		{"name", nameKind, "RU", "ООО Май", "ООО Маи", onboarding.DifferenceDifferent},

		{"street", streetKind, "GB", "1 Paddington Sq., Fl. 5", "1 Paddington Square, Floor 5", onboarding.DifferenceWriting},
		{"street", streetKind, "US", "350 5th Ave", "350 5 Avenue", onboarding.DifferenceWriting},
		{"street", streetKind, "GB", "12B High St", "12 b High Street", onboarding.DifferenceWriting},
		{"street", streetKind, "FR", "39 q. du Président Roosevelt", "39 quai du Président Roosevelt", onboarding.DifferenceAbbreviation},
		{"street", streetKind, "FR", "16 bd des Italiens", "16 Boulevard des Italiens", onboarding.DifferenceWriting},
		{"street", streetKind, "ES", "Avda. Castellana 95", "Avenida Castellana 95", onboarding.DifferenceWriting},
		{"street", streetKind, "NL", "Kerkstr. 5", "Kerkstraat 5", onboarding.DifferenceWriting},
		{"street", streetKind, "GB", "Flat 11, 2 High Street", "Flat 1, 12 High Street", onboarding.DifferenceDifferent},
		{"street", streetKind, "GB", "1 Hihg Street", "1 High Street", onboarding.DifferenceSpelling},
		{"street", streetKind, "GB", "2 High Street", "1 High Street", onboarding.DifferenceDifferent},
		{"street", streetKind, "GB", "1 Paddington Square", "1 Paddington Square, Floor 5", onboarding.DifferenceIncomplete},
		{"street", streetKind, "DE", "5 Hauptstraße", "Hauptstr. 5", onboarding.DifferenceOrder},

		{"place", placeKind, "GB", "St. Albans", "Saint Albans", onboarding.DifferenceWriting},
		{"place", placeKind, "DE", "Frankfurt", "Frankfurt am Main", onboarding.DifferenceIncomplete},
		{"place", placeKind, "DE", "Muenchen", "München", onboarding.DifferenceWriting},
		{"place", placeKind, "DE", "Munchen", "München", onboarding.DifferenceWriting},
		{"place", placeKind, "DK", "Aarhus", "Århus", onboarding.DifferenceWriting},

		{"subdivision", subdivisionKind, "US", "New York", "NY", onboarding.DifferenceWriting},
		{"subdivision", subdivisionKind, "US", "US-NY", "New York", onboarding.DifferenceWriting},
		{"subdivision", subdivisionKind, "US", "NJ", "NY", onboarding.DifferenceDifferent},
		{"subdivision", subdivisionKind, "IE", "Dublin", "Co. Dublin", onboarding.DifferenceWriting},

		{"postal code", postalCodeKind, "GB", "w21gg", "W2 1GG", onboarding.DifferenceWriting},
		{"postal code", postalCodeKind, "US", "98052", "98052-6399", onboarding.DifferenceWriting},
		{"postal code", postalCodeKind, "US", "98052-1111", "98052-6399", onboarding.DifferenceDifferent},
		{"postal code", postalCodeKind, "DE", "10116", "10117", onboarding.DifferenceSpelling},
		{"postal code", postalCodeKind, "DE", "80331", "10117", onboarding.DifferenceDifferent},
	} {
		if got := tc.kind(tc.in, tc.mine, tc.theirs); got != tc.want {
			t.Errorf("%s in %s: %q is %s beside %q, want %s", tc.what, tc.in, tc.mine, got, tc.theirs, tc.want)
		}
	}
}

func TestB4ARegistrationNumberWithASlipIsTold(t *testing.T) {
	p := profile(mustFind(t, "Contoso Ltd"))
	p.RegistrationNumber = "01234576"
	c := Default().Compare(p)
	if len(c.Differences) != 1 || c.Differences[0].Kind != onboarding.DifferenceSpelling || c.Result != onboarding.ComparisonNear {
		t.Errorf("%+v", c)
	}
}

func TestB4ANameThatIsNearlyTheRegisteredOneIsFoundAtItsPostalCode(t *testing.T) {
	for name, want := range map[string]onboarding.DifferenceKind{
		"Contosso Ltd": onboarding.DifferenceSpelling, "Contoso Trading Ltd": onboarding.DifferenceAdditional, "Northwind Ltd": "",
	} {
		p := profile(mustFind(t, "Contoso Ltd"))
		p.LegalName, p.RegistrationNumber = name, ""
		c := Default().Compare(p)
		if want == "" {
			if c.Result != onboarding.ComparisonUnknown {
				t.Errorf("%s: %+v", name, c)
			}
			continue
		}
		if c.Result != onboarding.ComparisonNear || len(c.Differences) != 1 || c.Differences[0].Kind != want {
			t.Errorf("%s: %+v", name, c)
		}
		p.Address.PostalCode = "EH3 9BE"
		if c := Default().Compare(p); c.Result != onboarding.ComparisonUnknown {
			t.Errorf("%s elsewhere: %+v", name, c)
		}
	}
}

func TestB4ANumberOfAnotherCompanyDoesNotHideTheRecordOfTheName(t *testing.T) {
	p := profile(mustFind(t, "Contoso Ltd"))
	p.RegistrationNumber = "SC123456" // Consolidated Messenger's
	if c := Default().Compare(p); fields(c) != "/registrationNumber" {
		t.Errorf("%+v", c)
	}
}

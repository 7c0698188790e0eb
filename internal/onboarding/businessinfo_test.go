package onboarding_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// submitting saves the changed details of Contoso and submits them.
func submitting(t *testing.T, change func(*BusinessInfo)) (Partner, error) {
	t.Helper()
	info := contoso()
	change(&info)
	s := begin(t).enrolled().saved(info)
	e, err := s.p.Submit(knowledge, "case-1", "secret-1", s.stamp(globalAdmin))
	if err != nil {
		return s.p, err
	}
	return s.p.Apply(e), nil
}

func TestB1_TheLegalProfileIsAskedForByTheCountrysRules(t *testing.T) {
	const legal = "/legalProfile"
	for _, c := range []struct {
		name   string
		change func(*LegalProfile)
		faults []string
	}{
		{"B1 all that is required is missing", func(l *LegalProfile) { *l = LegalProfile{} }, []string{
			legal + "/legalName required", legal + "/address/country required", legal + "/primaryContact/firstName required", legal + "/primaryContact/lastName required", legal + "/primaryContact/email required"}},
		{"B1 the country's own required fields are missing", func(l *LegalProfile) { l.Address = Address{Country: "DE"}; l.RegistrationNumber = "" }, []string{
			legal + "/address/lines required", legal + "/address/postalCode required", legal + "/registrationNumber required"}},
		{"B1 a country without registration numbers asks for none", func(l *LegalProfile) {
			l.Address.Country, l.RegistrationNumber, l.PrimaryContact.Phone = "US", "", "+1 425 555 0100"
		}, nil},
		{"B1 a post office box is refused", func(l *LegalProfile) { l.Address.Lines = []string{"PO Box 7"} }, []string{legal + "/address/lines po_box"}},
		{"B1 a country that isn't one is refused", func(l *LegalProfile) { l.Address.Country = "ZZ" }, []string{legal + "/address/country unsupported"}},
		{"B1 a country in no region is refused", func(l *LegalProfile) { l.Address.Country, l.PrimaryContact.Phone = "AQ", "0123" }, []string{legal + "/address/country unsupported"}},
		{"B1 the country may be written small", func(l *LegalProfile) { l.Address.Country = " de " }, nil},
		{"B1 the trading name is optional", func(l *LegalProfile) { l.TradingName = "" }, nil},
		{"B1 the primary contact needs a phone", func(l *LegalProfile) { l.PrimaryContact.Phone = " " }, []string{legal + "/primaryContact/phone required"}},
		{"B1 the primary contact's address must be one", func(l *LegalProfile) { l.PrimaryContact.Email = "erika" }, []string{legal + "/primaryContact/email invalid"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := submitting(t, func(i *BusinessInfo) { c.change(&i.Legal) })
			if c.faults == nil {
				if err != nil {
					t.Error(err)
				}
				return
			}
			wantFaults(t, err, c.faults...)
		})
	}
}

func TestB2_SupportDetailsAreCheckedAndPhonesKeptInE164(t *testing.T) {
	t.Run("B2 phones written nationally are kept in E.164", func(t *testing.T) {
		p, err := submitting(t, func(i *BusinessInfo) { i.Support.Phone = "030 7654321" })
		if err != nil || p.Info.Legal.PrimaryContact.Phone != "+49301234567" || p.Info.Support.Phone != "+49307654321" {
			t.Errorf("%q, %q, %v", p.Info.Legal.PrimaryContact.Phone, p.Info.Support.Phone, err)
		}
	})
	t.Run("B2 a phone of another country is refused", func(t *testing.T) {
		_, err := submitting(t, func(i *BusinessInfo) { i.Support.Phone = "+81 3 1234" })
		wantFaults(t, err, "/supportProfile/phone phone_country")
	})
	t.Run("B2 what is no number is refused", func(t *testing.T) {
		_, err := submitting(t, func(i *BusinessInfo) { i.Legal.PrimaryContact.Phone = "call me" })
		wantFaults(t, err, "/legalProfile/primaryContact/phone invalid")
	})
	t.Run("B2 the support e-mail is required", func(t *testing.T) {
		_, err := submitting(t, func(i *BusinessInfo) { i.Support = SupportProfile{} })
		wantFaults(t, err, "/supportProfile/email required")
	})
	t.Run("B2 the support phone is required where the country says so", func(t *testing.T) {
		japan := func(i *BusinessInfo) { i.Legal.Address.Country, i.Legal.PrimaryContact.Phone = "JP", "03 1234" }
		_, err := submitting(t, japan)
		wantFaults(t, err, "/supportProfile/phone required")
		if _, err := submitting(t, func(i *BusinessInfo) { japan(i); i.Support.Phone = "03 4321" }); err != nil {
			t.Error(err)
		}
	})
}

func TestB3_OnlyAnAdminAgentOrGlobalAdminEntersBusinessInformation(t *testing.T) {
	s := begin(t).accepted() // the signer is an Admin Agent from now on
	agent := globalAdmin
	agent.GlobalAdmin = false
	for _, c := range []struct {
		name string
		by   Principal
		code Code
	}{
		{"B3 a Global Admin may", globalAdmin, ""},
		{"B3 an Admin Agent may", agent, ""},
		{"B3 a colleague without a role may not", colleague, CodeRoleRequired},
		{"B3 a reviewer may not", reviewer, CodeRoleRequired},
		{"B3 another tenant's admin learns nothing", stranger, CodeNotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, action := range []Action{ActionSaveBusinessInfo, ActionSubmit} {
				if code := CodeOf(Authorize(c.by, action, s.p)); code != c.code {
					t.Errorf("%s: %q, want %q", action, code, c.code)
				}
			}
		})
	}
}

func TestB4_TheRegistrysWordNeverBlocks(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*BusinessInfo)
		result ComparisonResult
		fields []string
	}{
		{"B4 a match", func(*BusinessInfo) {}, ComparisonExact, nil},
		{"B4 a near match lists what differs", func(i *BusinessInfo) { i.Legal.Address.PostalCode = "10117" }, ComparisonNear, []string{"/address/postalCode"}},
		{"B4 an unknown company", func(i *BusinessInfo) { i.Legal.LegalName = "Nobody Knows GmbH" }, ComparisonUnknown, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := submitting(t, c.change)
			if err != nil {
				t.Fatal(err)
			}
			var fields []string
			for _, d := range p.Case.Comparison.Differences {
				fields = append(fields, d.Field)
			}
			if p.Case.Comparison.Result != c.result || !slices.Equal(fields, c.fields) || p.Authorized() {
				t.Errorf("the reviewer sees %+v", p.Case.Comparison)
			}
		})
	}
	t.Run("B4 what is compared is what is kept", func(t *testing.T) {
		p, err := submitting(t, func(i *BusinessInfo) { i.Legal.LegalName = "  Contoso GmbH " })
		if err != nil || p.Case.Comparison.Result != ComparisonExact {
			t.Errorf("%+v, %v", p.Case, err)
		}
	})
}

func TestB5_ADraftIsKeptAndASubmissionChecksEverything(t *testing.T) {
	t.Run("B5 an empty draft is fine", func(t *testing.T) {
		s := begin(t).enrolled().saved(BusinessInfo{})
		if s.p.InfoRevision != 2 || !s.p.Editable() || len(mails(last(s))) != 0 {
			t.Errorf("revision %d, editable %t, mails %v", s.p.InfoRevision, s.p.Editable(), mails(last(s)))
		}
	})
	t.Run("B5 a draft is replaced as a whole", func(t *testing.T) {
		s := begin(t).enrolled().saved(contoso()).saved(BusinessInfo{Support: SupportProfile{Email: "x"}})
		if want := (BusinessInfo{Support: SupportProfile{Email: "x"}}); !reflect.DeepEqual(s.p.Info, want) {
			t.Errorf("kept %+v", s.p.Info)
		}
	})
	t.Run("B5 a draft's texts have a sane size", func(t *testing.T) {
		s := begin(t).enrolled()
		long := strings.Repeat("é", 501)
		_, err := s.p.SaveBusinessInfo(BusinessInfo{
			Legal: LegalProfile{LegalName: long, TradingName: long, RegistrationNumber: long,
				Address:        Address{Country: "DEU", Lines: []string{"1", "2", "3", "4"}, Locality: long, DependentLocality: long, Subdivision: long, PostalCode: long, SortingCode: long},
				PrimaryContact: Contact{FirstName: long, LastName: long, Email: long, Phone: long}},
			Support: SupportProfile{Email: long, Phone: long, Website: long},
		}, 0, s.stamp(globalAdmin))
		wantFaults(t, err, "/legalProfile/legalName too_long", "/legalProfile/tradingName too_long", "/legalProfile/registrationNumber too_long", "/legalProfile/address/country too_long", "/legalProfile/address/lines too_long",
			"/legalProfile/address/locality too_long", "/legalProfile/address/dependentLocality too_long", "/legalProfile/address/subdivision too_long", "/legalProfile/address/postalCode too_long", "/legalProfile/address/sortingCode too_long",
			"/legalProfile/primaryContact/firstName too_long", "/legalProfile/primaryContact/lastName too_long", "/legalProfile/primaryContact/email too_long", "/legalProfile/primaryContact/phone too_long",
			"/supportProfile/email too_long", "/supportProfile/phone too_long", "/supportProfile/website too_long")
		_, err = s.p.SaveBusinessInfo(BusinessInfo{Legal: LegalProfile{Address: Address{Lines: []string{strings.Repeat("x", 101), "a\nb"}}}, Support: SupportProfile{Phone: "1\n2"}}, 0, s.stamp(globalAdmin))
		wantFaults(t, err, "/legalProfile/address/lines invalid", "/supportProfile/phone invalid")
	})
	t.Run("B5 saving over a newer draft is refused", func(t *testing.T) {
		s := begin(t).enrolled().saved(contoso())
		for _, revision := range []int{0, 1, 3} {
			_, err := s.p.SaveBusinessInfo(contoso(), revision, s.stamp(globalAdmin))
			wantCode(t, err, CodeStaleVersion)
		}
	})
	t.Run("B5 nothing can't be submitted", func(t *testing.T) {
		s := begin(t).enrolled()
		_, err := s.p.Submit(knowledge, "case-1", "secret", s.stamp(globalAdmin))
		wantCode(t, err, CodeNoBusinessInfo)
	})
	t.Run("B5 one fault a field, the same ones that Remaining lists", func(t *testing.T) {
		info := contoso()
		info.Legal.LegalName, info.Legal.Address.PostalCode, info.Legal.PrimaryContact.Phone, info.Support.Email, info.Support.Website = "", "", "x", "x", "x"
		s := begin(t).enrolled().saved(info)
		_, err := s.p.Submit(knowledge, "case-1", "secret", s.stamp(globalAdmin))
		wantFaults(t, err, "/legalProfile/legalName required", "/legalProfile/address/postalCode required", "/legalProfile/primaryContact/phone invalid", "/supportProfile/email invalid", "/supportProfile/website invalid")
		if r, ok := err.(*Refusal); !ok || !reflect.DeepEqual(r.Faults, s.p.Remaining(knowledge, s.now)) {
			t.Errorf("Remaining lists %v", s.p.Remaining(knowledge, s.now))
		}
	})
	t.Run("B5 submitted details are frozen until a rejection", func(t *testing.T) {
		s := begin(t).submitted()
		_, err := s.p.SaveBusinessInfo(contoso(), s.p.InfoRevision, s.stamp(globalAdmin))
		wantCode(t, err, CodeAlreadySubmitted)
		_, err = s.p.Submit(knowledge, "case-2", "secret", s.stamp(globalAdmin))
		wantCode(t, err, CodeAlreadySubmitted)
		s.confirmed().authorized()
		_, err = s.p.SaveBusinessInfo(contoso(), s.p.InfoRevision, s.stamp(globalAdmin))
		wantCode(t, err, CodeFrozen)
	})
	t.Run("B5 the author's slice stays his own", func(t *testing.T) {
		info := contoso()
		info.Legal.Address.Lines = []string{" Chausseestr. 1 ", "", ""}
		s := begin(t).enrolled().saved(info)
		if got := s.p.Info.Legal.Address.Lines; !slices.Equal(got, []string{"Chausseestr. 1"}) || info.Legal.Address.Lines[0] != " Chausseestr. 1 " {
			t.Errorf("kept %q, the author has %q", got, info.Legal.Address.Lines)
		}
	})
}

func TestB4_TheComparisonCanBeSeenBeforeSubmitting(t *testing.T) {
	s := begin(t).enrolled()
	if _, ok := s.p.Preview(knowledge); ok {
		t.Error("an empty draft was compared")
	}
	s.saved(contoso())
	preview, ok := s.p.Preview(knowledge)
	if !ok || preview.Result != knowledge.Registry.Compare(s.p.Info.Legal).Result {
		t.Errorf("%+v, %t", preview, ok)
	}
	s.submitted()
	if _, ok := s.p.Preview(knowledge); ok {
		t.Error("a submitted profile is still previewed: the case holds what counts")
	}
	if s.p.Case.Comparison.Result != preview.Result {
		t.Errorf("the case says %s, the preview said %s", s.p.Case.Comparison.Result, preview.Result)
	}
}

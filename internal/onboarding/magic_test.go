package onboarding_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// outcome follows a magic value to where it leads, with what a developer does
// on the way.
func outcome(t *testing.T, m MagicValue) *story {
	t.Helper()
	s := testPartner(t)
	if m.Field == "an address in use" {
		info := contoso()
		info.Legal.LegalName, info.Legal.PrimaryContact.Email = "Test Overdue", strings.TrimSuffix(m.Value, "…")+"contoso.example"
		s.saved(info).submitted().settled()
		address := s.p.Case.Link.Address
		if turn := s.p.Turn(s.now); !s.p.MailAddress(address).Broken() || s.p.Verification() != VerificationPending || turn.Code != "email_address_broken" {
			t.Fatalf("%+v, turn %+v", s.p.MailAddress(address), turn)
		}
		s.wait(time.Hour).tell(s.p.MendAddress(address, s.stamp(globalAdmin))).settled()
		s.advanced(s.p.Case.Latest)
		return s
	}
	if m.Field == "/message of an appeal" {
		s.named("Test Rejected legal_name_mismatch").settled()
		s.tell(s.p.Appeal(m.Value+", please.", knowledge.Calendar, s.stamp(globalAdmin))).settled()
		return s
	}
	s.named(m.Value).settled()
	if strings.Contains(m.What, "document") {
		if s.p.Verification() != VerificationDocumentsRequested {
			t.Fatalf("%q asks for nothing: %s", m.Value, s.p.Verification())
		}
		s.received("doc-1", upload("registration_extract")).settled()
		if s.p.Case.Decision != nil {
			t.Fatal("decided before the document was found clean")
		}
		s.scanned("doc-1", ScanClean).settled()
	}
	if strings.Contains(m.Value, "Cannot") {
		if s.p.Case.SetAside == nil || s.p.Turn(s.now).Who != PartyReviewer {
			t.Fatalf("%q: %+v", m.Value, s.p.Turn(s.now))
		}
		s.advanced(s.p.Case.Earliest)
	}
	if strings.Contains(m.Value, "Overdue") {
		if s.p.Verification() != VerificationUnderReview || s.p.Turn(s.now).Who != PartyReviewer {
			t.Fatalf("%q: %s", m.Value, s.p.Verification())
		}
		s.advanced(s.p.Case.Latest)
	}
	return s
}

func TestV4_EachMagicValueReachesItsOutcome(t *testing.T) {
	seen := map[VerificationStatus]int{}
	for _, m := range MagicValues() {
		t.Run(m.Value, func(t *testing.T) {
			s := outcome(t, m)
			v := s.p.Verification()
			seen[v]++
			switch {
			case strings.Contains(m.Value, "Rejected"):
				if v != VerificationRejected || s.p.Turn(s.p.Now(s.now)).Who != PartyPartner {
					t.Fatalf("%s, %+v", v, s.p.Turn(s.now))
				}
				if _, code, named := strings.Cut(m.Value, "Test Rejected "); named && string(s.p.Case.Decision.Reasons[0]) != code {
					t.Errorf("rejected with %v", s.p.Case.Decision.Reasons)
				}
				if s.p.CanAppeal() {
					s.tell(s.p.Appeal("The register is wrong.", knowledge.Calendar, s.stamp(globalAdmin))).settled()
					if s.p.Verification() != VerificationAuthorized || s.p.Case.Decision.By == s.p.Case.Appeal.Against.By {
						t.Errorf("V11: the appeal ends %s, decided by %s after %s", s.p.Verification(), s.p.Case.Decision.By, s.p.Case.Appeal.Against.By)
					}
				}
			case strings.HasSuffix(m.Value, "Authorized"), strings.Contains(m.Value, "Cannot"):
				if v != VerificationAuthorized {
					t.Fatal(v)
				}
				s.onboarded()
			default:
				if v != VerificationOverdue {
					t.Fatal(v)
				}
				s.tell(s.p.RequestSupport("Where is it?", s.stamp(globalAdmin)))
				s.tell(s.p.Decide(Decide{Result: VerificationAuthorized, Note: "Fine."}, s.stamp(reviewer))) // by a person
			}
			for _, e := range s.events {
				if d, ok := e.Data.(VerificationDecided); ok && e.Actor.Kind == ActorSystem && (e.Actor.Name != "Test mode" || !strings.HasPrefix(d.Note, "Test mode")) {
					t.Errorf("decided by %+v: %s", e.Actor, d.Note)
				}
			}
		})
	}
	for _, v := range []VerificationStatus{VerificationAuthorized, VerificationRejected, VerificationOverdue} {
		if seen[v] == 0 {
			t.Errorf("no magic value leads to %s", v)
		}
	}
}

func TestV4_MagicValuesAreReadWithoutRegardToCaseAndSpacing(t *testing.T) {
	for name, want := range map[string]VerificationStatus{
		"  test   AUTHORIZED ":           VerificationAuthorized,
		"Test rejected Address_Mismatch": VerificationRejected,
		"Test Rejected something":        VerificationPending, // no reason of that name: a name like any other
		"Test Authorized Ltd":            VerificationPending,
	} {
		if got := testPartner(t).named(name).settled().p.Verification(); got != want {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
	}
}

func TestO2_ACaseThatAPersonHasClaimedIsLeftToThatPerson(t *testing.T) {
	for _, name := range []string{"Test Overdue Authorized", "Test Documents Authorized", "Test Cannot Complete"} {
		s := testPartner(t).named(name).settled()
		s.tell(s.p.ClaimCase("I take it.", s.stamp(reviewer))).settled()
		s.advanced(s.p.Now(s.now).AddDate(0, 3, 0))
		if s.p.Case.Decision != nil {
			t.Errorf("%s: decided over the reviewer's head", name)
		}
		s.tell(s.p.Decide(Decide{Result: VerificationAuthorized, Note: "Fine."}, s.stamp(reviewer)))
	}
}

func TestV7_AChangeOfATestPartnerIsDecidedByTheLegalNameThatItProposes(t *testing.T) {
	s := testPartner(t).named("Test Authorized").settled()
	rename := func(name string) func(*BusinessInfo) {
		return func(i *BusinessInfo) { *i = s.p.Info; i.Legal.LegalName = name }
	}
	s.changed(rename("Test Rejected legal_name_mismatch")).settled()
	if d := s.p.Case.Decision; d == nil || d.Result != VerificationRejected || s.p.Info.Legal.LegalName != "Test Authorized" || !s.p.Authorized() {
		t.Fatalf("%+v, in force is %q", d, s.p.Info.Legal.LegalName)
	}
	s.changed(func(i *BusinessInfo) { *i = s.p.Info; i.Legal.Address.Lines = []string{"Unter den Linden 1"} }).settled()
	if s.p.Info.Legal.Address.Lines[0] != "Unter den Linden 1" {
		t.Errorf("the address %v: %+v", s.p.Info.Legal.Address, s.p.Case.Decision)
	}
	s.changed(func(i *BusinessInfo) { *i = s.p.Info; i.Legal.PrimaryContact.Email = "emil@contoso.example" }).settled()
	if s.p.Info.Legal.PrimaryContact.Email != "emil@contoso.example" {
		t.Errorf("the contact %+v: %+v", s.p.Info.Legal.PrimaryContact, s.p.Case)
	}
}

func TestV4_OfARealPartnerMagicValuesAreNamesLikeAnyOther(t *testing.T) {
	for _, m := range MagicValues() {
		s := begin(t).enrolled().named(m.Value)
		at, ok := s.p.NextDeadline()
		if s.p.Verification() != VerificationPending || !ok || !at.After(s.now) || s.p.Case.Request != nil {
			t.Errorf("%q: %s, something is due at %s", m.Value, s.p.Verification(), at)
		}
		_, err := s.p.Tick(s.system())
		wantCode(t, err, CodeNothingDue)
	}
	info := contoso()
	info.Legal.PrimaryContact.Email = "bounce@contoso.example"
	if s := begin(t).enrolled().saved(info).submitted().settled(); len(s.p.MailAddresses) != 0 {
		t.Errorf("a real address failed by its name: %+v", s.p.MailAddresses)
	}
}

func TestTheGuideListsEveryMagicValue(t *testing.T) {
	guide, err := os.ReadFile("../../docs/testing.md")
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	table.WriteString("| where | value | what happens |\n| --- | --- | --- |\n")
	for _, m := range MagicValues() {
		fmt.Fprintf(&table, "| `%s` | `%s` | %s |\n", m.Field, m.Value, m.What)
	}
	if !strings.Contains(string(guide), table.String()) {
		t.Errorf("docs/testing.md doesn't hold this table:\n%s", table.String())
	}
}

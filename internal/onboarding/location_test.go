package onboarding_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func berlin() Address {
	return Address{Country: "DE", Lines: []string{"Unter den Linden 1"}, Locality: "Berlin", PostalCode: "10117"}
}

func tokyo() Address {
	return Address{Country: "JP", Lines: []string{"1-1-2 Otemachi"}, Subdivision: "Tokyo", PostalCode: "100-0004"}
}

// eastern serves the region that northwind doesn't.
var eastern = Distributor{ID: "D-EAST", Name: "Eastern", Regions: []string{"asia"}}

// located adds a location; what keeps addresses apart is the table's.
func (s *story) located(name string, a Address) Location {
	s.t.Helper()
	s.tell(s.p.AddLocation(fmt.Sprintf("L-%d", len(s.events)), name, a, knowledge, s.stamp(globalAdmin)))
	return last(s).Data.(LocationAdded).Location
}

// gate asks whether the company may transact at a location.
func (s *story) gate(l Location, distributor string) Eligibility {
	return s.p.Eligibility(EligibilityQuestion{DistributorID: distributor, Agreement: current, At: s.now, Location: l})
}

func TestL1_AnActivePartnerAddsALocationOfItsRegionAndTransactsThereAtOnce(t *testing.T) {
	s := begin(t).onboarded()
	before := s.p
	l := s.located(" Contoso  Berlin ", berlin())
	if l.Region != "europe" || l.Revision != 1 || l.AddedAt != s.now || s.p.Locations["europe"] != 1 || len(mails(last(s))) != 0 {
		t.Errorf("%+v, counts %v, mails %v", l, s.p.Locations, mails(last(s)))
	}
	if e := s.gate(l, ""); !e.Eligible || e.LocationID != l.ID || e.DistributorID != "D-NORTH" || len(e.Checks) != 9 {
		t.Errorf("%+v", e)
	}
	if _, needs := s.p.Needs(l, current, s.now); needs {
		t.Error("something is needed")
	}
	after := s.p
	after.Locations, after.Version, after.LastPublic, after.ActedAt = before.Locations, before.Version, before.LastPublic, before.ActedAt
	if was, is := fmt.Sprintf("%+v", before), fmt.Sprintf("%+v", after); was != is {
		t.Errorf("more has changed:\n%s\n%s", was, is)
	}
}

func TestL2_ALocationInANewRegionIsAllowedAndNeedsADistributorThatServesIt(t *testing.T) {
	s := begin(t).onboarded()
	round := s.p.Round
	l := s.located("Contoso Tokyo", tokyo())
	t.Run("L2 it is added without an authorization, and the contact is told what is needed there", func(t *testing.T) {
		if l.Region != "asia" || s.p.Round != round || s.p.Cases != 1 || !s.p.Onboarded() || !slices.Equal(mails(last(s)), []string{"locationRegion erika@contoso.example"}) {
			t.Errorf("%+v, mails %v", l, mails(last(s)))
		}
		if s.located("Contoso Osaka", Address{Country: "JP", Lines: []string{"2-2 Umeda"}}); len(mails(last(s))) != 0 {
			t.Error("the second location of the region is told of as if it were new")
		}
	})
	t.Run("L2 it can't be transacted there through a distributor of the legal region, and the answer says what is needed", func(t *testing.T) {
		for _, distributor := range []string{"", "D-NORTH"} {
			if e := s.gate(l, distributor); e.Eligible || !slices.Equal(unmet(e), []string{"region_not_served"}) {
				t.Errorf("%q: unmet %v", distributor, unmet(e))
			}
		}
		if e := s.p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now}); !e.Eligible {
			t.Errorf("at the legal address: unmet %v", unmet(e))
		}
		needs, ok := s.p.Needs(l, current, s.now)
		if !ok || needs.Code != "region_not_served" || needs.Who != PartyPartner || needs.Where != "/distributors" || !strings.Contains(needs.Text, "region asia") || !strings.Contains(needs.Text, "P-1") {
			t.Errorf("%+v", needs)
		}
	})
	t.Run("L2 a distributor that serves it can be chosen, asks, and is accepted", func(t *testing.T) {
		if ok, _, because := s.p.CanChoose(eastern); !ok {
			t.Error(because)
		}
		s.requested(eastern)
		if needs, _ := s.p.Needs(l, current, s.now); needs.Code != "request_not_accepted" || !strings.Contains(needs.Where, "relationships") {
			t.Errorf("%+v", needs)
		}
		s.tell(s.p.AcceptRelationship(s.newest(), current, "PLA-2", s.stamp(globalAdmin)))
		if e := s.gate(l, ""); !e.Eligible || e.DistributorID != eastern.ID {
			t.Errorf("unmet %v through %s", unmet(e), e.DistributorID)
		}
		if e := s.p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now}); !e.Eligible || e.DistributorID != "D-NORTH" {
			t.Errorf("at the legal address: unmet %v through %s", unmet(e), e.DistributorID)
		}
		if s.gate(l, "D-NORTH").Eligible || s.p.Eligibility(EligibilityQuestion{DistributorID: eastern.ID, Agreement: current, At: s.now}).Eligible {
			t.Error("a distributor serves where it doesn't")
		}
	})
	t.Run("L4 the partner location account is the one there was", func(t *testing.T) {
		if r, _ := s.p.Relationship(s.newest()); r.PLAID != "PLA-1" || s.p.PLAID != "PLA-1" {
			t.Errorf("%s of %s", r.PLAID, s.p.PLAID)
		}
	})
	t.Run("L2 with its last location the region is closed to new distributors", func(t *testing.T) {
		for _, l := range []Location{l, {ID: "L-2", Region: "asia", Revision: 1}} {
			s.tell(s.p.CloseLocation(l, s.stamp(globalAdmin)))
		}
		if ok, _, _ := s.p.CanChoose(eastern); ok || len(s.p.Locations) != 0 {
			t.Errorf("it can still be chosen; %v", s.p.Locations)
		}
	})
}

func size(p Partner) int {
	text, _ := json.Marshal(p)
	return len(text)
}

func TestL3_HoweverManyLocationsThereAreNothingIsReassessed(t *testing.T) {
	s := begin(t).onboarded()
	cases, verified, documentSize := s.p.Cases, *s.p.Verified, size(s.p)
	for n := range 1000 {
		s.located(fmt.Sprintf("Shop %d", n), Address{Country: "DE", Lines: []string{fmt.Sprintf("Hauptstraße %d", n)}, PostalCode: "10115"})
	}
	if s.p.Cases != cases || *s.p.Verified != verified || !s.p.Onboarded() || s.p.Turn(s.now).Who != PartyNobody || s.p.Locations["europe"] != 1000 {
		t.Errorf("%d cases, %v", s.p.Cases, s.p.Locations)
	}
	if grown := size(s.p) - documentSize; grown > 200 {
		t.Errorf("the partner's document has grown by %d bytes", grown)
	}
}

func TestL4_AfterChangingTheDistributorALocationIsUsedWithTheSameAccount(t *testing.T) {
	s := begin(t).onboarded()
	l := s.located("Contoso Berlin", berlin())
	s.tell(s.p.EndRelationship(s.newest(), "We change.", globalAdmin, s.stamp(globalAdmin)))
	if e := s.gate(l, ""); e.Eligible || !slices.Equal(unmet(e), []string{"relationship_ended", "pla_not_linked"}) {
		t.Errorf("without a distributor: unmet %v", unmet(e))
	}
	other := Distributor{ID: "D-OTHER", Name: "Other", Regions: []string{"europe"}}
	s.requested(other)
	s.tell(s.p.AcceptRelationship(s.newest(), current, "PLA-new", s.stamp(globalAdmin)))
	if e := s.gate(l, "D-OTHER"); !e.Eligible || s.p.PLAID != "PLA-1" {
		t.Errorf("unmet %v, account %s", unmet(e), s.p.PLAID)
	}
	if m := s.located("Contoso München", Address{Country: "DE", Lines: []string{"Marienplatz 1"}, PostalCode: "80331"}); !s.gate(m, "").Eligible || s.p.PLAID != "PLA-1" {
		t.Error("a location added after the change can't be used, or has another account")
	}
}

func TestL5_EachRefusalOfALocationHasItsOwnCode(t *testing.T) {
	s := begin(t).onboarded()
	add := func(p Partner, name string, a Address) error {
		_, err := p.AddLocation("L-1", name, a, knowledge, s.stamp(globalAdmin))
		return err
	}
	t.Run("L5 the partner is not yet active", func(t *testing.T) {
		for _, p := range []Partner{begin(t).enrolled().p, begin(t).submitted().p, begin(t).authorized().p} {
			err := add(p, "Contoso Berlin", berlin())
			wantCode(t, err, CodeNotActive)
			if r, _ := errors.AsType[*Refusal](err); r.Where != "/partners/P-1/requirements" || len(r.Roles) == 0 {
				t.Errorf("%+v", r)
			}
		}
		if err := add(begin(t).accepted().p, "Contoso Berlin", berlin()); err != nil {
			t.Errorf("active, without a distributor: %v", err)
		}
	})
	t.Run("L5 the legal address is a location already, however it is spelled", func(t *testing.T) {
		a := contoso().Legal.Address
		a.Lines = []string{strings.ToUpper(strings.ReplaceAll(a.Lines[0], " ", ",  "))}
		wantCode(t, add(s.p, "Once more", a), CodeLocationExists)
	})
	t.Run("L5 the country is in no region", func(t *testing.T) {
		err := add(s.p, "", Address{Country: "AQ"})
		wantCode(t, err, CodeCountryUnsupported)
		r, _ := errors.AsType[*Refusal](err)
		var faults []string
		for _, f := range r.Faults {
			faults = append(faults, f.Pointer+" "+f.Code)
		}
		slices.Sort(faults)
		if want := []string{"/address/country country_unsupported", "/address/lines required", "/name required"}; !slices.Equal(faults, want) || r.Where != "/regions" {
			t.Errorf("%v at %s", faults, r.Where)
		}
	})
	t.Run("L5 every fault of the input at once", func(t *testing.T) {
		wantFaults(t, add(s.p, "www.contoso.example", Address{}), "/name looks_like_link", "/address/country required")
		wantFaults(t, add(s.p, "", Address{Country: "ZZ"}), "/name required", "/address/country unsupported")
		err := add(s.p, strings.Repeat("a", 201), Address{Country: "de", Lines: []string{"PO Box 7"}})
		r, _ := errors.AsType[*Refusal](err)
		if r == nil || len(r.Faults) != 3 {
			t.Errorf("%v", err)
		}
	})
}

func TestL5_TwoSpellingsOfAnAddressAreOneAndTwoAddressesAreTwo(t *testing.T) {
	l := Location{Address: berlin()}
	same := func(change func(*Address)) bool {
		a := berlin()
		change(&a)
		return Location{Address: a}.AddressKey() == l.AddressKey()
	}
	if !same(func(a *Address) { a.Lines = []string{"unter den  linden", "1"} }) || !same(func(a *Address) { a.Lines, a.Locality = []string{"Unter den Linden 1,"}, "BERLIN" }) {
		t.Error("another spelling is another address")
	}
	if same(func(a *Address) { a.Lines = []string{"Unter den Linden 11"} }) || same(func(a *Address) { a.PostalCode = "10118" }) || same(func(a *Address) { a.Country = "AT" }) || same(func(a *Address) { a.Locality, a.Subdivision = "", "Berlin" }) {
		t.Error("another address is the same one")
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringMatching(`[A-Za-z]{1,8} [0-9]{1,3}`).Draw(t, "a"), rapid.StringMatching(`[A-Za-z]{1,8} [0-9]{1,3}`).Draw(t, "b")
		one, other := Location{Address: Address{Country: "DE", Lines: []string{a}}}, Location{Address: Address{Country: "DE", Lines: []string{b}}}
		plain := func(s string) string { return strings.ReplaceAll(strings.ToLower(s), " ", "") }
		if (one.AddressKey() == other.AddressKey()) != (plain(a) == plain(b)) {
			t.Fatalf("%q and %q", a, b)
		}
	})
}

func TestL1_ALocationIsCorrectedAndClosedAndTheLegalOneOnlyByBeingVerified(t *testing.T) {
	s := begin(t).onboarded()
	l := s.located("Contoso Berlin", berlin())
	change := func(is Location, revision int, name string, a Address) (Event, error) {
		return s.p.ChangeLocation(is, revision, name, a, knowledge, s.stamp(globalAdmin))
	}
	s.wait(time.Hour)
	s.tell(change(l, 1, "Contoso Mitte", Address{Country: "DE", Lines: []string{"Unter den Linden 2"}, PostalCode: "10117"}))
	changed := last(s).Data.(LocationChanged)
	if is := changed.Location; is.ID != l.ID || is.Name != "Contoso Mitte" || is.Revision != 2 || is.ChangedAt != s.now || is.AddedAt != l.AddedAt || changed.Was.Name != "Contoso Berlin" || s.p.Locations["europe"] != 1 {
		t.Errorf("%+v", changed)
	}
	_, err := change(changed.Location, 1, "Another", berlin())
	wantCode(t, err, CodeStaleVersion)
	_, err = change(changed.Location, 2, changed.Location.Name, changed.Location.Address)
	wantCode(t, err, CodeNothingChanged)
	_, err = change(changed.Location, 2, "", Address{Country: "DE"})
	wantFaults(t, err, "/name required", "/address/lines required", "/address/postalCode required")
	_, err = change(changed.Location, 2, "Contoso", contoso().Legal.Address)
	wantCode(t, err, CodeLocationExists)
	_, err = change(changed.Location, 2, "Contoso", tokyo())
	wantCode(t, err, CodeLocationCountry)
	if r, _ := errors.AsType[*Refusal](err); !strings.HasSuffix(r.Where, l.ID+"/closure") {
		t.Errorf("sent to %q", r.Where)
	}

	legal, ok := s.p.LegalLocation()
	if !ok || legal.ID != LegalLocation || legal.Region != "europe" || legal.Name != s.p.LegalName() || !s.gate(legal, "").Eligible {
		t.Errorf("%+v", legal)
	}
	_, err = change(legal, 0, "Other", berlin())
	wantCode(t, err, CodeLegalLocation)
	_, err = s.p.CloseLocation(legal, s.stamp(globalAdmin))
	wantCode(t, err, CodeLegalLocation)
	if r, _ := errors.AsType[*Refusal](err); r.Where != "/partners/P-1/business-info/change" || len(r.Roles) == 0 {
		t.Errorf("%+v", r)
	}
	_, err = s.p.CloseLocation(Location{}, s.stamp(globalAdmin))
	wantCode(t, err, CodeNotFound)

	s.tell(s.p.CloseLocation(changed.Location, s.stamp(globalAdmin)))
	closed := last(s).Data.(LocationEnded).Location
	if closed.StatusAt(s.now) != LocationClosed || closed.StatusAt(s.now.Add(-1)) != LocationOpen || closed.Revision != 3 || len(s.p.Locations) != 0 {
		t.Errorf("%+v, %v", closed, s.p.Locations)
	}
	if LocationOpen.Class() != ClassDone || LocationClosed.Class() != ClassStopped {
		t.Error("the classes are wrong")
	}
	_, err = s.p.CloseLocation(closed, s.stamp(globalAdmin))
	wantCode(t, err, CodeLocationEnded)
	if e := s.gate(closed, ""); e.Eligible || !slices.Equal(unmet(e), []string{"location_closed"}) {
		t.Errorf("T1 closed: unmet %v", unmet(e))
	}
	if needs, _ := s.p.Needs(closed, current, s.now); needs.Code != "location_closed" {
		t.Errorf("%+v", needs)
	}
	past := s.p.Eligibility(EligibilityQuestion{Agreement: current, At: l.AddedAt.Add(-1), Location: closed})
	if past.Eligible || !slices.Contains(unmet(past), "location_not_added") {
		t.Errorf("T3 before it was added: unmet %v", unmet(past))
	}
	if _, ok := begin(t).enrolled().p.LegalLocation(); ok {
		t.Error("there is a legal location before the address was submitted")
	}
}

// When the legal address moves to another region, its locations stay where they
// are, each in its region: only what the legal address decides moves with it.
func TestL2_LocationsStayWhenTheLegalAddressMovesToAnotherRegion(t *testing.T) {
	s := begin(t).onboarded()
	german, japanese := s.located("Contoso Berlin", berlin()), s.located("Contoso Tokyo", tokyo())
	counts := maps.Clone(s.p.Locations)
	s.requested(eastern)
	s.tell(s.p.AcceptRelationship(s.newest(), current, "PLA-2", s.stamp(globalAdmin)))
	moved := contoso()
	moved.Legal.Address = Address{Country: "US", Lines: []string{"500 Fifth Avenue"}, Locality: "New York", Subdivision: "NY", PostalCode: "10110"}
	moved.Legal.RegistrationNumber, moved.Legal.PrimaryContact.Phone, moved.Support.Phone = "", "+1 212 5550100", ""
	s.tell(s.p.ChangeBusinessInfo(moved, s.p.InfoRevision, knowledge, "case-2", "secret-2", s.stamp(globalAdmin)))
	if c := s.p.Case.Check(CheckEmailOwnership); c.Status == CheckPending {
		stamp := s.system()
		stamp.By.Kind = ActorContact
		s.tell(s.p.ConfirmOwnership("secret-2", stamp))
	}
	s.tell(s.p.Decide(Decide{CaseID: "case-2", Result: VerificationAuthorized, Note: "Fine."}, s.stamp(reviewer)))
	if s.p.Region != "us" || !maps.Equal(s.p.Locations, counts) {
		t.Fatalf("region %s, locations %v", s.p.Region, s.p.Locations)
	}
	us := current
	us.Region = "us"
	accept := signature()
	s.tell(s.p.Accept(accept, us, s.stamp(globalAdmin)))
	for _, c := range []struct {
		l           Location
		distributor string
	}{{german, "D-NORTH"}, {japanese, eastern.ID}} {
		if e := s.p.Eligibility(EligibilityQuestion{Agreement: us, At: s.now, Location: c.l}); !e.Eligible || e.DistributorID != c.distributor {
			t.Errorf("%s: unmet %v through %s", c.l.Name, unmet(e), e.DistributorID)
		}
	}
	if ok, _, because := s.p.CanChoose(northwind); !ok {
		t.Errorf("a location is left in its region, but %s", because)
	}
}

// When a market changes its region, who is there keeps what he has: a company
// the region of its legal address, a location its own. Who comes later is in the
// new one.
func TestL2_AMarketThatChangesItsRegionTakesNothingFromWhoIsThere(t *testing.T) {
	s := begin(t).onboarded()
	before := s.located("Contoso Tokyo", tokyo())
	moved := knowledge
	moved.Regions = markets{"DE": "north", "JP": "north"}
	add := func(name string, a Address) Location {
		t.Helper()
		s.tell(s.p.AddLocation("L-"+name, name, a, moved, s.stamp(globalAdmin)))
		return last(s).Data.(LocationAdded).Location
	}
	if !s.p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now}).Eligible || s.p.Region != "europe" {
		t.Error("the company has lost its region")
	}
	if l := add("home", berlin()); l.Region != "europe" || !s.gate(l, "").Eligible {
		t.Errorf("in the country of its legal address a location is in %s", l.Region)
	}
	if l := add("new", Address{Country: "JP", Lines: []string{"9-9 Ginza"}}); l.Region != "north" || before.Region != "asia" {
		t.Errorf("a later location is in %s, the earlier one in %s", l.Region, before.Region)
	}
	s.tell(s.p.ChangeLocation(before, 1, "Contoso Marunouchi", tokyo(), moved, s.stamp(globalAdmin)))
	if l := last(s).Data.(LocationChanged).Location; l.Region != "asia" {
		t.Errorf("a correction has moved it to %s", l.Region)
	}
	t.Run("its legal address corrected within the country stays in the region as well", func(t *testing.T) {
		info := contoso()
		info.Legal.Address.Lines = []string{"Am Markt 5"}
		s.tell(s.p.ChangeBusinessInfo(info, s.p.InfoRevision, moved, "case-2", "secret-2", s.stamp(globalAdmin)))
		s.tell(s.p.Decide(Decide{CaseID: "case-2", Result: VerificationAuthorized, Note: "Fine."}, s.stamp(reviewer)))
		if s.p.Region != "europe" || !s.p.Onboarded() {
			t.Errorf("it is in %s", s.p.Region)
		}
	})
	t.Run("a company that comes later is in the new region", func(t *testing.T) {
		later := begin(t).enrolled().saved(contoso())
		later.tell(later.p.Submit(moved, "case-1", "secret-1", later.stamp(globalAdmin)))
		if later.p.Region != "north" {
			t.Errorf("it is in %s", later.p.Region)
		}
	})
}

type markets map[string]string

func (m markets) RegionOf(code string, _ time.Time) (string, bool) {
	region, ok := m[code]
	return region, ok
}

package onboarding_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// entries are locations as a list asks for them, in Germany and, every other
// one, in Japan.
func entries(n int) []LocationEntry {
	list := make([]LocationEntry, n)
	for i := range list {
		a := berlin()
		if i%2 == 1 {
			a = tokyo()
		}
		a.Lines = []string{fmt.Sprintf("Street %d", i+1)}
		list[i] = LocationEntry{Name: fmt.Sprintf("Branch %d", i+1), Address: a}
	}
	return list
}

// listed asks for a list of locations.
func (s *story) listed(list []LocationEntry, taken map[string]string) (Event, []Location, error) {
	ids := make([]string, len(list))
	for i := range ids {
		ids[i] = fmt.Sprintf("L-list-%d", i)
	}
	stamp := s.stamp(globalAdmin)
	return s.p.RequestLocations("LR-1", ids, s.p.JudgeLocations(list, knowledge, stamp), taken, stamp)
}

func TestL1_AListOfLocationsIsRequestedWholeAndCountsOnceItIsThere(t *testing.T) {
	s := begin(t).onboarded()
	e, locations, err := s.listed(entries(5), nil)
	s.tell(e, err)
	list := last(s).Data.(LocationsRequested).List
	if len(locations) != 5 || locations[3].ID != "L-list-3" || locations[3].Region != "asia" || locations[3].AddedAt != s.now || locations[3].Revision != 1 {
		t.Errorf("%+v", locations)
	}
	if want := []RegionShare{{"asia", 2, "L-list-1", "Branch 2"}, {"europe", 3, "L-list-0", "Branch 1"}}; list.Locations != 5 || !slices.Equal(list.Regions, want) || len(list.Hash) != 64 || list.RequestedAt != s.now {
		t.Errorf("%+v", list)
	}
	if len(s.p.Locations) != 0 || len(mails(last(s))) != 0 {
		t.Error("it counts before its locations are there")
	}
	t.Run("meanwhile what it was judged by stays", func(t *testing.T) {
		_, err := s.p.AddLocation("L-1", "Another", berlin(), knowledge, s.stamp(globalAdmin))
		wantCode(t, err, CodeLocationsPending)
		if r, _ := errors.AsType[*Refusal](err); r.Where != "/partners/P-1/location-requests/LR-1" {
			t.Errorf("sent to %q", r.Where)
		}
		_, err = s.p.ChangeLocation(locations[0], 1, "Another", berlin(), knowledge, s.stamp(globalAdmin))
		wantCode(t, err, CodeLocationsPending)
		_, err = s.p.CloseLocation(locations[0], s.stamp(globalAdmin))
		wantCode(t, err, CodeLocationsPending)
		_, _, err = s.listed(entries(1), nil)
		wantCode(t, err, CodeLocationsPending)
	})
	_, err = s.p.FinishLocations("LR-2", s.system())
	wantCode(t, err, CodeNothingDue)
	s.tell(s.p.FinishLocations("LR-1", s.system()))
	if s.p.Locations["europe"] != 3 || s.p.Locations["asia"] != 2 || s.p.LocationList != nil {
		t.Errorf("%v, %+v", s.p.Locations, s.p.LocationList)
	}
	if !slices.Equal(mails(last(s)), []string{"locationRegion erika@contoso.example"}) {
		t.Errorf("mails %v", mails(last(s)))
	}
	_, err = s.p.FinishLocations("LR-1", s.system())
	wantCode(t, err, CodeNothingDue)
	s.tell(s.p.CloseLocation(locations[0], s.stamp(globalAdmin)))
	if s.p.Locations["europe"] != 2 {
		t.Errorf("%v", s.p.Locations)
	}
}

func TestL5_EveryFaultOfEveryLocationOfAListIsToldAndNothingIsAdded(t *testing.T) {
	s := begin(t).onboarded()
	list := entries(8)
	list[1].Address = Address{Country: "DE", Lines: []string{"Street 2"}}
	list[2].Name = " "
	list[3].Address = Address{Country: "AQ", Lines: []string{"Station 1"}}
	list[4].Address = list[0].Address
	list[4].Address.Lines = []string{"STREET, 1"}
	list[5].Address = contoso().Legal.Address
	list[7].Address.Country = ""
	taken := map[string]string{}
	judged := s.p.JudgeLocations(list, knowledge, s.stamp(globalAdmin))
	taken[judged.AddressKeys()[6]] = "L-earlier"
	_, _, err := s.listed(list, taken)
	wantFaults(t, err, "/items/1/address/postalCode required", "/items/2/name required", "/items/3/address/country country_unsupported", "/items/4/address repeated", "/items/5/address location_exists", "/items/6/address location_exists", "/items/7/address/country required")
	refused, _ := errors.AsType[*Refusal](err)
	if text := refused.Faults[3].Message + refused.Faults[5].Message; !strings.Contains(text, "/items/0 ") || !strings.Contains(text, "L-earlier") {
		t.Error(text)
	}
	_, _, err = s.listed(nil, nil)
	wantFaults(t, err, "/items required")
	_, _, err = s.listed(entries(5001), nil)
	wantFaults(t, err, "/items too_long")
	many := entries(300)
	for i := range many {
		many[i].Name = ""
	}
	_, _, err = s.listed(many, nil)
	if r, ok := errors.AsType[*Refusal](err); !ok || r.Code != CodeInvalid || len(r.Faults) != 100 || r.Total != 300 || !strings.Contains(r.Message, "300 things") {
		t.Errorf("%+v", err)
	}
	_, _, err = begin(t).enrolled().listed(entries(1), nil)
	wantCode(t, err, CodeNotActive)
}

// Locations of a list are judged as single ones are.
func TestL5_ALocationOfAListIsJudgedAsASingleOneIs(t *testing.T) {
	s := begin(t).onboarded()
	for _, entry := range append(entries(2), LocationEntry{}, LocationEntry{Name: "x", Address: Address{Country: "de", Lines: []string{" a  b "}, PostalCode: "1"}}, LocationEntry{Name: "https://x.example", Address: tokyo()}) {
		_, _, err := s.listed([]LocationEntry{entry}, nil)
		_, single := s.p.AddLocation("L-list-0", entry.Name, entry.Address, knowledge, s.stamp(globalAdmin))
		var want, got []string
		if r, ok := errors.AsType[*Refusal](single); ok {
			for _, f := range r.Faults {
				want = append(want, "/items/0"+f.Pointer+" "+f.Code)
			}
		}
		if r, ok := errors.AsType[*Refusal](err); ok {
			for _, f := range r.Faults {
				got = append(got, f.Pointer+" "+f.Code)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v: %v, a single one %v", entry, got, want)
		}
	}
}

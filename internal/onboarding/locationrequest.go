package onboarding

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

const (
	maxListed = 5000 // locations of one list
	maxFaults = 100  // of a list that are told at once
)

// LocationList is a list of locations that was asked for at once and is being
// added, some at a time (L1). The locations themselves are no part of the
// partner.
type LocationList struct {
	ID          string        `json:"id"`
	Hash        string        `json:"hash"` // SHA-256 of the locations as they will be kept
	Locations   int           `json:"locations"`
	Regions     []RegionShare `json:"regions"`
	RequestedAt time.Time     `json:"requestedAt"`
}

// RegionShare is what of a list lies in one region.
type RegionShare struct {
	Region    string `json:"region"`
	Locations int    `json:"locations"`
	FirstID   string `json:"firstId"`
	FirstName string `json:"firstName"`
}

// LocationEntry is a location as a list asks for it.
type LocationEntry struct {
	Name    string
	Address Address
}

// JudgedLocations are the locations of a list as they will be kept, and what
// stands against each by the rules of one.
type JudgedLocations struct {
	locations []Location
	keys      []string // of the addresses
	faults    [][]Fault
}

// AddressKeys are what tells the addresses apart, to look up which of them the
// company has already.
func (j JudgedLocations) AddressKeys() []string { return j.keys }

// MayRequestLocations refuses a list at a time at which none can be added.
func (p Partner) MayRequestLocations() error { return p.mayAddLocations() }

// JudgeLocations judges each location of a list as a single one is judged.
func (p Partner) JudgeLocations(list []LocationEntry, k Knowledge, s Stamp) JudgedLocations {
	var j JudgedLocations
	if len(list) > maxListed {
		j.faults = [][]Fault{{{"/items", FaultTooLong, "Send at most " + thousands(maxListed) + " locations at a time."}}}
		return j
	}
	for i, entry := range list {
		l, faults, _ := p.newLocation(entry.Name, entry.Address, k, s.at())
		for n := range faults {
			faults[n].Pointer = "/items/" + strconv.Itoa(i) + faults[n].Pointer
		}
		j.locations, j.keys, j.faults = append(j.locations, l), append(j.keys, l.AddressKey()), append(j.faults, faults)
	}
	return j
}

// RequestLocations asks for a whole list of locations (L1, L2): all of it is
// accepted, or nothing. taken are the locations that the company has at
// addresses of the list, by address key. ids are those that the locations get.
// The event doesn't hold the locations, which are answered beside it.
func (p Partner) RequestLocations(id string, ids []string, j JudgedLocations, taken map[string]string, s Stamp) (Event, []Location, error) {
	if err := p.mayAddLocations(); err != nil {
		return Event{}, nil, err
	}
	if err := p.listFaults(j, taken); err != nil {
		return Event{}, nil, err
	}
	list := LocationList{ID: id, Locations: len(j.locations), RequestedAt: s.at()}
	locations, shares, sum := slices.Clone(j.locations), map[string]*RegionShare{}, sha256.New()
	for i := range locations {
		l := &locations[i]
		l.ID, l.Revision, l.AddedAt = ids[i], 1, s.at()
		share := shares[l.Region]
		if share == nil {
			share = &RegionShare{Region: l.Region, FirstID: l.ID, FirstName: l.Name}
			shares[l.Region] = share
		}
		share.Locations++
		fmt.Fprintf(sum, "%s %q %s\n", l.ID, l.Name, j.keys[i])
	}
	for _, region := range slices.Sorted(maps.Keys(shares)) {
		list.Regions = append(list.Regions, *shares[region])
	}
	list.Hash = hex.EncodeToString(sum.Sum(nil))
	return p.event(s, LocationsRequested{List: list}), locations, nil
}

// listFaults are all faults of a list at once: those of each location, and what
// is there twice (L5). Of very many the first are listed, and all counted.
func (p Partner) listFaults(j JudgedLocations, taken map[string]string) error {
	var faults []Fault
	if len(j.locations) == 0 && len(j.faults) == 0 {
		faults = []Fault{{"/items", FaultRequired, "List the locations to add."}}
	}
	first := map[string]int{}
	legal, _ := p.LegalLocation()
	for i, own := range j.faults {
		faults = append(faults, own...)
		if len(own) > 0 {
			continue
		}
		at, key := "/items/"+strconv.Itoa(i)+"/address", j.keys[i]
		earlier, repeated := first[key]
		if !repeated {
			first[key] = i
		}
		switch {
		case repeated:
			faults = append(faults, Fault{at, FaultRepeated, "This is the address of /items/" + strconv.Itoa(earlier) + " as well. Leave one out, or give each a line of its own, such as its floor."})
		case taken[key] != "":
			faults = append(faults, Fault{at, FaultExists, "The company has the location " + taken[key] + " at this address already. Leave this one out."})
		case key == legal.AddressKey():
			faults = append(faults, Fault{at, FaultExists, "This is the company's legal address, which is a location already. Leave this one out."})
		}
	}
	if len(faults) == 0 {
		return nil
	}
	r := &Refusal{Code: CodeInvalid, Message: "Nothing was added: some of the list can't be accepted. Correct every listed field and send the whole list again.", Faults: faults}
	if len(faults) > maxFaults {
		r.Faults, r.Total = faults[:maxFaults], len(faults)
		r.Message = "Nothing was added: " + thousands(int64(len(faults))) + " things in the list can't be accepted, of which the first " + strconv.Itoa(maxFaults) + " are listed. Correct them and the others of their kind, and send the whole list again."
	}
	return r
}

// LocationsRequested tells that a list of locations was asked for (L1).
type LocationsRequested struct {
	List LocationList `json:"list"`
}

// Type implements EventData.
func (LocationsRequested) Type() EventType { return "locations.requested" }

func (d LocationsRequested) apply(p *Partner, _ Event) { p.LocationList = &d.List }

// LocationsAdded tells that every location of a list is there.
type LocationsAdded struct {
	List LocationList `json:"list"`
}

// Type implements EventData.
func (LocationsAdded) Type() EventType { return "locations.added" }

func (d LocationsAdded) apply(p *Partner, _ Event) {
	for _, share := range d.List.Regions {
		p.Locations = p.counted(share.Region, share.Locations)
	}
	p.LocationList = nil
}

// FinishLocations ends a list once all of its locations are there: from then on
// they count, and what a region needs that is new to the company is told (L2).
func (p Partner) FinishLocations(id string, s Stamp) (Event, error) {
	if p.LocationList == nil || p.LocationList.ID != id {
		return Event{}, Refuse(CodeNothingDue, "This list of locations was added already.")
	}
	var follow []Follow
	for _, share := range p.LocationList.Regions {
		follow = append(follow, p.tellOfRegion(Location{ID: share.FirstID, Name: share.FirstName, Region: share.Region})...)
	}
	return p.event(s, LocationsAdded{List: *p.LocationList}, follow...), nil
}

// beingAdded refuses to touch locations while a list of them is being added, so
// that what it was judged by stays true until it is done.
func (p Partner) beingAdded() error {
	if p.LocationList == nil {
		return nil
	}
	return Refuse(CodeLocationsPending, "A list of "+thousands(int64(p.LocationList.Locations))+" locations is being added, which takes a minute or two. Nothing has to be done for it; try again once it is there.").At(p.path("location-requests/" + p.LocationList.ID))
}

// ListAdder is who ends a list of locations.
var ListAdder = Actor{Kind: ActorSystem, Name: "List of locations"}

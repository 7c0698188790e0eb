package onboarding

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
)

// LegalLocation is the id of the location that is the legal address. It is
// shown as the first of a partner's locations and changes only with the legal
// address, which is verified (V7): with it moves the partner's region, by
// nothing else.
const LegalLocation = "legal"

// Location is a place at which a partner does business (L1, L2). There may be
// thousands, so they are items of their own; the partner keeps only how many
// are open in each region.
type Location struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Address   Address   `json:"address"`
	Region    string    `json:"region"`   // of its market when it was added; it keeps that one
	Revision  int       `json:"revision"` // 1 when added; the ETag
	AddedAt   time.Time `json:"addedAt"`
	ChangedAt time.Time `json:"changedAt,omitzero"`
	ClosedAt  time.Time `json:"closedAt,omitzero"`
}

// LocationStatus is where a location stands.
type LocationStatus string

// Statuses of a location.
const (
	LocationOpen   LocationStatus = "Open"
	LocationClosed LocationStatus = "Closed"
)

// Class is the stable class of a location's status.
func (s LocationStatus) Class() Class {
	if s == LocationOpen {
		return ClassDone
	}
	return ClassStopped
}

// StatusAt is the location's status at a time.
func (l Location) StatusAt(at time.Time) LocationStatus {
	if l.ClosedAt.IsZero() || at.Before(l.ClosedAt) {
		return LocationOpen
	}
	return LocationClosed
}

// AddressKey is the same for two spellings of one address: what tells them
// apart is neither case, punctuation, blanks nor how it is broken into lines.
// The address must be normalised by its country's rules.
func (l Location) AddressKey() string {
	a := l.Address
	var b strings.Builder
	b.WriteString(a.Country)
	for _, part := range []string{strings.Join(a.Lines, " "), a.DependentLocality, a.Locality, a.Subdivision, a.PostalCode, a.SortingCode} {
		b.WriteByte('|')
		for _, r := range strings.ToLower(part) {
			if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
				b.WriteRune(r)
			}
		}
	}
	hash := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(hash[:])
}

// LegalLocation is the location that is the legal address in force, false
// before one was submitted.
func (p Partner) LegalLocation() (Location, bool) {
	if p.Region == "" {
		return Location{}, false
	}
	return Location{ID: LegalLocation, Name: p.LegalName(), Address: p.Info.Legal.Address, Region: p.Region, AddedAt: p.SubmittedAt}, true
}

// sellsIn says whether the partner does business in a region: its legal address
// or an open location lies there. Only of a distributor that serves one of
// these regions has it any use (L2, D5).
func (p Partner) sellsIn(region string) bool {
	return region != "" && (region == p.Region || p.Locations[region] > 0)
}

// servedBy says whether one of the regions that a distributor serves is one
// that the partner does business in.
func (p Partner) servedBy(regions []string) bool {
	for _, r := range regions {
		if p.sellsIn(r) {
			return true
		}
	}
	return false
}

// counted is how many locations are open in each region when n more of one are.
func (p Partner) counted(region string, n int) map[string]int {
	next := maps.Clone(p.Locations)
	if next == nil {
		next = map[string]int{}
	}
	if next[region] += n; next[region] <= 0 {
		delete(next, region)
	}
	return next
}

// LocationAdded tells that a location was added (L1, L2).
type LocationAdded struct {
	Location Location `json:"location"`
}

// Type implements EventData.
func (LocationAdded) Type() EventType { return "location.added" }

func (d LocationAdded) apply(p *Partner, _ Event) {
	p.Locations = p.counted(d.Location.Region, 1)
}

// LocationChanged tells that a location's name or address was corrected.
type LocationChanged struct {
	Location Location `json:"location"`
	Was      Location `json:"was"`
}

// Type implements EventData.
func (LocationChanged) Type() EventType { return "location.changed" }

func (LocationChanged) apply(*Partner, Event) {}

// LocationEnded tells that a location was closed.
type LocationEnded struct {
	Location Location `json:"location"`
}

// Type implements EventData.
func (LocationEnded) Type() EventType { return "location.closed" }

func (d LocationEnded) apply(p *Partner, _ Event) {
	p.Locations = p.counted(d.Location.Region, -1)
}

// mayAddLocations refuses a partner that isn't Active (L5), and one whose list
// of locations is being added.
func (p Partner) mayAddLocations() error {
	if p.ProgrammeStatus() == ProgrammeActive {
		return p.beingAdded()
	}
	return Refuse(CodeNotActive, "Locations can be added while the company is Active in the programme. What is missing for that is listed under its requirements.").By(MayDo(ActionSign)...).At(p.path("requirements"))
}

// newLocation is a location as it will be kept, and everything that stands
// against it: the faults of its name and, by its country's rules, of its
// address. supported is false when only its market is the matter: it is in no
// region.
func (p Partner) newLocation(name string, a Address, k Knowledge, at time.Time) (l Location, faults []Fault, supported bool) {
	info := trimmed(BusinessInfo{Legal: LegalProfile{LegalName: name, Address: a}})
	l.Name, l.Address = info.Legal.LegalName, info.Legal.Address
	faults = companyFaults("/name", l.Name, true, maxName)
	rules, known := k.Countries.Rules(l.Address.Country)
	switch {
	case l.Address.Country == "":
		return l, append(faults, Fault{"/address/country", FaultRequired, "Choose the country of the location."}), true
	case !known:
		return l, append(faults, Fault{"/address/country", FaultUnsupported, "Use a two-letter country code (ISO 3166-1)."}), true
	}
	for _, f := range rules.AddressFaults(l.Address) {
		f.Pointer = "/address" + f.Pointer
		faults = append(faults, f)
	}
	if l.Region, supported = p.regionOf(l.Address.Country, k.Regions, at); !supported {
		faults = append(faults, Fault{"/address/country", FaultCountry, "The programme has no region for this country."})
	}
	l.Address = rules.NormalizeAddress(l.Address)
	return l, onePerPointer(faults), supported
}

// AddLocation adds a location (L1, L2). However many there are, nothing is
// verified or authorized anew (L3), and no partner location account is made:
// the one there is serves (L4). In a region that is new to the company a
// distributor that serves it is needed to transact there. An address that the
// company has already is refused by what keeps it unique.
func (p Partner) AddLocation(id, name string, a Address, k Knowledge, s Stamp) (Event, error) {
	if err := p.mayAddLocations(); err != nil {
		return Event{}, err
	}
	l, faults, supported := p.newLocation(name, a, k, s.at())
	if !supported {
		return Event{}, &Refusal{Code: CodeCountryUnsupported, Message: "The programme has no region for this country, so a location there can't be added.", Faults: faults, Where: "/regions"}
	}
	if err := Invalid(faults); err != nil {
		return Event{}, err
	}
	if legal, ok := p.LegalLocation(); ok && legal.AddressKey() == l.AddressKey() {
		return Event{}, p.LocationExists()
	}
	l.ID, l.Revision, l.AddedAt = id, 1, s.at()
	return p.event(s, LocationAdded{Location: l}, p.tellOfRegion(l)...), nil
}

// tellOfRegion is the mail about the first location of a region: what is needed
// to transact there.
func (p Partner) tellOfRegion(l Location) []Follow {
	if p.sellsIn(l.Region) {
		return nil
	}
	params := p.mailParams()
	params["locationName"], params["region"] = l.Name, l.Region
	params["nextLink"] = p.path("locations/" + l.ID)
	for _, r := range p.activeRelationships() {
		if r.serves(l.Region) {
			params["distributorName"] = r.DistributorName
		}
	}
	return []Follow{send(MailLocationRegion, p.ContactEmail(), params)}
}

// LocationExists is the refusal of an address that the company has already
// (L5).
func (p Partner) LocationExists() *Refusal {
	return Refuse(CodeLocationExists, "The company has a location at this address already. Look it up in the list of locations; another business at the same address needs a line of its own, such as its floor.").At(p.path("locations"))
}

// ChangeLocation corrects a location's name or address. revision is what the
// person saw. The country stays, for with it the region would change.
func (p Partner) ChangeLocation(is Location, revision int, name string, a Address, k Knowledge, s Stamp) (Event, error) {
	if err := p.openLocation(is, s.at()); err != nil {
		return Event{}, err
	}
	if revision != is.Revision {
		return Event{}, Refuse(CodeStaleVersion, "This location was changed in between. Read it again, then change it.").At(p.path("locations/" + is.ID))
	}
	l, faults, supported := p.newLocation(name, a, k, s.at())
	if supported || l.Address.Country != is.Address.Country {
		if err := Invalid(faults); err != nil {
			return Event{}, err
		}
	}
	if l.Address.Country != is.Address.Country {
		return Event{}, Refuse(CodeLocationCountry, "A location stays in its country, which decides its region. Close this one and add one in the other country.").By(MayDo(ActionCloseLocation)...).At(p.path("locations/" + is.ID + "/closure"))
	}
	if l.Name == is.Name && l.Address.equal(is.Address) {
		return Event{}, Refuse(CodeNothingChanged, "The location is like this already: nothing was changed.").At(p.path("locations/" + is.ID))
	}
	if legal, ok := p.LegalLocation(); ok && legal.AddressKey() == l.AddressKey() && !l.Address.equal(is.Address) {
		return Event{}, p.LocationExists()
	}
	next := is
	next.Name, next.Address, next.Revision, next.ChangedAt = l.Name, l.Address, is.Revision+1, s.at()
	return p.event(s, LocationChanged{Location: next, Was: is}), nil
}

// CloseLocation ends a location: nothing is transacted there from then on. It
// stays in the list, and its address is free.
func (p Partner) CloseLocation(is Location, s Stamp) (Event, error) {
	if err := p.openLocation(is, s.at()); err != nil {
		return Event{}, err
	}
	is.ClosedAt, is.Revision = s.at(), is.Revision+1
	return p.event(s, LocationEnded{Location: is}), nil
}

// openLocation refuses what can't be changed: the legal location (V7), one that
// is closed, and any while a list of them is being added.
func (p Partner) openLocation(l Location, at time.Time) error {
	switch {
	case l.ID == LegalLocation:
		return Refuse(CodeLegalLocation, "This is the company's legal address. It changes, and the company's region with it, by changing the business information, which is verified; the old address stays in force meanwhile.").By(MayDo(ActionChangeInfo)...).At(p.path("business-info/change"))
	case l.ID == "":
		return NotFound()
	case l.StatusAt(at) == LocationClosed:
		return Refuse(CodeLocationEnded, "This location is closed. If it is in use again, add it again.").By(MayDo(ActionAddLocation)...).At(p.path("locations"))
	}
	return p.beingAdded()
}

// Needs is the first thing that stands between the partner and transacting at a
// location, said so that a person knows what to do; false when nothing does
// (L1, L2).
func (p Partner) Needs(l Location, current AgreementVersion, now time.Time) (CheckResult, bool) {
	checks := p.Eligibility(EligibilityQuestion{Agreement: current, At: now, Location: l}).Checks
	unserved := slices.ContainsFunc(checks, func(c CheckResult) bool { return c.Check == EligibleRegion && !c.Met })
	for _, c := range checks {
		if c.Met {
			continue
		}
		switch {
		case c.Code == "location_closed":
			c.Text = "The location is closed."
		case c.Code == "request_not_accepted" && !unserved:
			c.Text = "A distributor that serves the region " + l.Region + " has sent a request: accept it to transact here."
		case c.Check == EligibleRelationship || c.Check == EligibleRegion:
			c.Code, c.Who, c.Roles, c.Where = "region_not_served", PartyPartner, MayDo(ActionAnswerRequest), "/distributors"
			c.Text = "To transact here, the company needs an active relationship with a distributor that serves the region " + l.Region + ". Choose one in the directory, give it the Partner ID " + p.ID + " and accept its request."
		default:
			c.Text = "This comes first: " + lowerFirst(c.Text)
		}
		return c, true
	}
	return CheckResult{}, false
}

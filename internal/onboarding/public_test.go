package onboarding_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// publicStories bring about an event of every public type: moves of the walk by
// name, "time" for the next moment at which time does something by itself. A new
// public type needs a story here, or its event at the end of one.
var publicStories = [][]string{
	{"save", "submit", "confirm", "authorize", "sign", "request of Northwind", "accept Northwind", "end Northwind", "request of Northwind", "decline Northwind"},
	{"save", "submit", "reject", "appeal", "reject the appeal"},
	{"save", "submit", "confirm", "ask for documents", "upload what was asked for", "set aside", "resume", "time", "time", "extend"},
	{"save", "submit", "confirm", "ask for documents", "time", "time", "time", "time", "time", "time", "time", "reopen the request"},
	{"save", "submit", "confirm", "authorize", "change the address", "authorize"},
	{"save", "submit", "confirm", "authorize", "change both", "withdraw the change", "change the address", "reject", "change the support"},
	{"time", "time", "time", "time"},
	{"save", "submit", "confirm", "authorize", "sign", "add a location", "correct the location", "close the location"},
	{"save", "submit", "confirm", "authorize", "sign", "request of Northwind", "accept Northwind", "announce a suspension", "time", "reinstate", "suspend at once", "reinstate", "leave", "come back"},
}

// lived are all events of the stories.
func lived(t *testing.T) []Event {
	t.Helper()
	list := append(append(moves(), standingMoves()...), move{"change the support", RoleGlobalAdmin, func(s story) (Event, error) {
		return s.change(func(i *BusinessInfo) { i.Support.Email = "new@contoso.example" })
	}})
	branch := contoso().Legal.Address
	branch.Lines = []string{"Branchweg 1"}
	list = append(list,
		move{"add a location", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.AddLocation("L-1", "Branch", branch, knowledge, s.stamp(globalAdmin))
		}},
		move{"correct the location", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.ChangeLocation(last(&s).Data.(LocationAdded).Location, 1, "Main branch", branch, knowledge, s.stamp(globalAdmin))
		}},
		move{"close the location", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.CloseLocation(last(&s).Data.(LocationChanged).Location, s.stamp(globalAdmin))
		}})
	var events []Event
	for _, names := range publicStories {
		s := begin(t).enrolled()
		for _, name := range names {
			if name == "time" {
				at, ok := s.p.NextDeadline()
				if !ok {
					t.Fatalf("%q: nothing falls due", names)
				}
				s.now = at
				s.tell(s.p.Tick(s.system()))
				continue
			}
			i := slices.IndexFunc(list, func(m move) bool { return m.name == name })
			if i < 0 {
				t.Fatalf("no move is called %q", name)
			}
			s.now = s.now.Add(day / 24)
			e, err := list[i].make(*s)
			if err != nil {
				t.Fatalf("%q: %s: %v", names, name, err)
			}
			s.tell(e, nil)
		}
		events = append(events, s.events...)
	}
	withdrawn := begin(t).reseller().applied()
	withdrawn.tell(withdrawn.p.WithdrawDirectBill("Not now.", withdrawn.stamp(globalAdmin)))
	asked := begin(t).enrolled()
	asked.requested(northwind)
	by := Principal{UserID: "u-" + northwind.ID, DistributorID: northwind.ID}
	asked.tell(asked.p.CancelRequest(asked.newest(), by, asked.stamp(by)))
	asked.requested(northwind)
	for asked.p.Relationships[len(asked.p.Relationships)-1].Status == RelationshipPending {
		asked.now, _ = asked.p.NextDeadline()
		asked.tell(asked.p.Tick(asked.system()))
	}
	many := begin(t).onboarded()
	requested, _, err := many.listed(entries(3), nil)
	many.tell(requested, err).tell(many.p.FinishLocations("LR-1", many.system()))
	for _, s := range []*story{asked, many, begin(t).reseller().direct(), begin(t).reseller().declined(), withdrawn} {
		events = append(events, s.events...)
	}
	return events
}

func TestEveryTypeOfEventsIsPublicOrSaysWhyNot(t *testing.T) {
	types := eventTypesInSource(t)
	for _, name := range types {
		public, reason, known := Publication(name)
		if !known {
			t.Errorf("%s: say in publictable.go what it tells other systems, or private(why it tells nothing)", name)
		} else if public == (reason != "") {
			t.Errorf("%s: public %t, private because %q", name, public, reason)
		}
	}
	stories := lived(t)
	for _, p := range PublicTypes() {
		if !slices.ContainsFunc(stories, func(e Event) bool { return e.Public != nil && e.Public.Type == p.Name }) {
			t.Errorf("%s: no story of publicStories brings it about", p.Name)
		}
		if p.Version < 1 || !strings.Contains(p.Name, ".") || !strings.HasSuffix(p.Doc, ".") {
			t.Errorf("%+v", p)
		}
	}
}

func TestAPublicEventNamesItsPlaceInThePartnersOrder(t *testing.T) {
	previous := map[string]int{}
	for _, e := range lived(t) {
		if e.Sequence == 1 {
			clear(previous)
		}
		p, ok := e.Published()
		if !ok {
			if e.Public != nil {
				t.Errorf("%s is public and isn't told", e.Data.Type())
			}
			continue
		}
		if p.ID != e.ID || p.PartnerID != "P-1" || p.Sequence != e.Sequence || p.Previous != previous[p.PartnerID] || !p.Time.Equal(e.At) || p.Test || p.By != e.Actor.Kind {
			t.Errorf("%+v of %+v, after %d", p, e, previous[p.PartnerID])
		}
		previous[p.PartnerID] = p.Sequence
	}
}

// wantNothingPersonal fails when a public event tells of a person.
func wantNothingPersonal(t interface {
	Helper()
	Errorf(string, ...any)
}, p PublicEvent) {
	t.Helper()
	text, _ := json.Marshal(p)
	for _, personal := range []string{"@", "Erika", "Emil", "Ada", "Contoso", "contoso", "+49", "Northwind", "Because", "Not so", "Over.", "Fine.", "u-admin", "u-reviewer"} {
		if bytes.Contains(text, []byte(personal)) {
			t.Errorf("%s tells %q: %s", p.Type, personal, text)
		}
	}
	if len(text) > 4096 {
		t.Errorf("%s has %d bytes", p.Type, len(text))
	}
}

func TestAPublicEventNamesNoPerson(t *testing.T) {
	for _, e := range lived(t) {
		if p, ok := e.Published(); ok {
			wantNothingPersonal(t, p)
		}
	}
}

func TestAnEventOfATestPartnerSaysSo(t *testing.T) {
	s := begin(t)
	c := enrolContoso()
	c.Test, c.TestAllowed = true, true
	s.tell(Partner{}.Enroll(c, s.stamp(globalAdmin)))
	if p, ok := last(s).Published(); !ok || !p.Test || p.Type != "partner.enrolled" {
		t.Errorf("%+v", p)
	}
}

func TestA8_OtherSystemsAreToldOfAPartnersStanding(t *testing.T) {
	told := func(s *story) (list []string) {
		for _, e := range s.events {
			if p, ok := e.Published(); ok && (strings.HasPrefix(p.Type, "suspension.") || p.Type == "partner.suspended" || p.Type == "partner.reinstated" || p.Type == "partner.left" || p.Type == "partner.returned") {
				if !s.p.MayRead(Principal{DistributorID: northwind.ID}, p) || s.p.MayRead(Principal{DistributorID: adventure.ID}, p) {
					t.Errorf("%s is for the distributors of active relationships", p.Type)
				}
				list = append(list, p.Type+" "+string(p.Data))
			}
		}
		return list
	}
	want := func(title string, s *story, want ...string) {
		t.Helper()
		if got := told(s); !slices.Equal(got, want) {
			t.Errorf("%s:\n%s", title, strings.Join(got, "\n"))
		}
	}
	from := func(s *story) string { return s.p.Programme.Suspension.From.UTC().Format(time.RFC3339Nano) }
	onboarded := func() *story { return begin(t).onboarded().wait(time.Hour) }

	atOnce := onboarded().suspended("fraud_suspected").answered(AnswerMended)
	atOnce.tell(atOnce.p.UpholdSuspension("No.", atOnce.stamp(otherReviewer)))
	atOnce.tell(atOnce.p.Leave("", true, atOnce.stamp(globalAdmin))).tell(atOnce.p.Return(atOnce.stamp(globalAdmin)))
	atOnce.tell(atOnce.p.Reinstate("Fine.", atOnce.stamp(otherReviewer)))
	want("at once", atOnce, `partner.suspended {"reasonCode":"fraud_suspected"}`, `partner.left {}`, `partner.returned {"suspended":true}`, `partner.reinstated {"reasonCode":"fraud_suspected"}`)

	back := onboarded()
	back.tell(back.p.Suspend(announce("payment_default"), back.stamp(reviewer)))
	planned := from(back)
	back.tell(back.p.Reinstate("Paid.", back.stamp(otherReviewer)))
	want("taken back", back, `suspension.announced {"reasonCode":"payment_default","from":"`+planned+`"}`, `suspension.lifted {"reasonCode":"payment_default"}`)

	late := onboarded()
	late.tell(late.p.Suspend(announce("payment_default"), late.stamp(reviewer)))
	planned = from(late)
	late.nextTick() // in time: the date stays
	late.wait(days(13)).tell(late.p.Tick(late.system()))
	moved := from(late)
	late.tell(late.p.Leave("", true, late.stamp(globalAdmin))).wait(days(5))
	late.tell(late.p.Return(late.stamp(globalAdmin)))
	want("a late sweep", late, `suspension.announced {"reasonCode":"payment_default","from":"`+planned+`"}`, `suspension.announced {"reasonCode":"payment_default","from":"`+moved+`"}`,
		`partner.left {}`, `partner.returned {"suspendedFrom":"`+from(late)+`"}`)
	if planned == moved || moved == from(late) {
		t.Errorf("planned for %s, then %s, then %s", planned, moved, from(late))
	}
}

func TestD6_ADistributorReadsWhatConcernsItAlone(t *testing.T) {
	s := begin(t).accepted().wait(day).onboarded()
	s.requested(adventure)
	ours, theirs, other := Principal{DistributorID: northwind.ID}, Principal{DistributorID: adventure.ID}, Principal{DistributorID: "none"}
	reads := func(by Principal) (types []string) {
		for _, e := range s.events {
			if p, ok := e.Published(); ok && s.p.MayRead(by, p) {
				types = append(types, p.Type)
			}
		}
		return types
	}
	if got := reads(globalAdmin); len(got) != 7 {
		t.Errorf("the company reads %q", got)
	}
	if got := reads(ours); !slices.Equal(got, []string{"relationship.requested", "relationship.active"}) {
		t.Errorf("the active distributor reads %q", got)
	}
	if got := reads(theirs); !slices.Equal(got, []string{"relationship.requested"}) {
		t.Errorf("the asking distributor reads %q", got)
	}
	if got := reads(other); got != nil {
		t.Errorf("a stranger reads %q", got)
	}
	later := PublicEvent{Type: "agreement.accepted", Time: s.now.Add(day), Data: json.RawMessage(`{}`)}
	if !s.p.MayRead(ours, later) || s.p.MayRead(theirs, later) {
		t.Error("an acceptance after the relationship began is for its active distributor")
	}
	later.Type = "verification.rejected"
	if s.p.MayRead(ours, later) {
		t.Error("a rejection is no distributor's business")
	}
	if later.Data = json.RawMessage(`{`); s.p.MayRead(ours, later) {
		t.Error("what can't be read is nobody's")
	}
	s.tell(s.p.EndRelationship(s.relationshipOf(northwind), "Over.", globalAdmin, s.stamp(globalAdmin)))
	later = PublicEvent{Type: "agreement.accepted", Time: s.now.Add(day), Data: json.RawMessage(`{}`)}
	if got := reads(ours); s.p.MayRead(ours, later) || !slices.Equal(got, []string{"relationship.requested", "relationship.active", "relationship.ended"}) {
		t.Errorf("the former distributor reads %q", got)
	}
}

// checkPublic holds the newest event to the contract with other systems.
func checkPublic(t *rapid.T, events []Event) {
	public, ok := events[len(events)-1].Published()
	if !ok {
		return
	}
	previous := 0
	for _, e := range events[:len(events)-1] {
		if e.Public != nil {
			previous = e.Sequence
		}
	}
	if public.Previous != previous {
		t.Errorf("%s comes after %d and says %d", public.Type, previous, public.Previous)
	}
	wantNothingPersonal(t, public)
	wantValid(t, compiled(), public)
}

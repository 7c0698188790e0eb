package view_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

var at = time.Date(2026, 3, 2, 9, 0, 0, 123456789, time.FixedZone("CET", 3600))

var days = func() onboarding.Calendar {
	c, err := calendar.New("US", 0)
	if err != nil {
		panic(err)
	}
	return c
}()

// storedEvents are one of each kind, every member of which is filled.
func storedEvents(t *testing.T) map[string]onboarding.Event {
	t.Helper()
	files, err := filepath.Glob("../onboarding/testdata/stored/events/*.golden.json")
	if err != nil || len(files) < 15 {
		t.Fatalf("%d stored events, %v", len(files), err)
	}
	events := map[string]onboarding.Event{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".golden.json")
		data, err := onboarding.DecodeEventData(onboarding.EventType(name), text)
		if err != nil {
			t.Fatal(err)
		}
		events[name] = onboarding.Event{ID: "E-1", PartnerID: "P-1", Sequence: 4, At: at, Data: data}
	}
	return events
}

func rendered(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestV8_EveryKindOfEventHasATitleAndTellsThePartnerNothingInternal(t *testing.T) {
	staff := onboarding.Actor{Kind: onboarding.ActorStaff, UserID: "u-rae", Name: "Rae Reviewer", Email: "rae@programme.example"}
	hidden := regexp.MustCompile(`(?i)the (Note|Hash|LinkHash|Secret|Token|UserID|IPAddress|UserAgent|Address|Email|Phone)\b|rae|u-`)
	for name, e := range storedEvents(t) {
		e.Actor = staff
		got := view.TimelineEvent(e, false)
		if got.Title == "" || got.Type != name || got.EventID != "E-1" || got.Sequence != 4 || !got.At.Equal(at.Truncate(time.Second)) || got.Actor.Kind != api.ActorKindStaff {
			t.Errorf("%s: %+v", name, got)
		}
		text := rendered(t, got)
		if strings.HasPrefix(name, "user.") {
			text = strings.ReplaceAll(text, "the Email", "") // the partner's own people (A7)
		}
		if hidden.MatchString(text) {
			t.Errorf("%s tells the partner %q: %s", name, hidden.FindString(text), text)
		}
		if got := view.TimelineEvent(e, true); got.Actor.Name != "Rae Reviewer" {
			t.Errorf("%s: staff doesn't see who did it: %+v", name, got.Actor) // O3
		}
	}
}

func TestO3_StaffSeesTheReasonsOfStaff(t *testing.T) {
	events := storedEvents(t)
	for name, want := range map[string]string{"verification.decided": "the Note", "workflow.started": "the Reason", "partner.enrolled": "the Reason",
		"verification.claimed": "the Reason", "verification.reassigned": "the Reason", "verification.released": "the Reason", "verification.extended": "the Note", "verification.setAside": "the Note",
		"verification.resumed": "the Reason", "staff.noted": "the Note", "user.invited": "the Reason", "workflow.failed": "the Cause", "workflow.recovered": "the Reason"} {
		e := events[name]
		e.Actor = onboarding.Actor{Kind: onboarding.ActorStaff, Name: "Rae"}
		if text := rendered(t, view.TimelineEvent(e, true)); !strings.Contains(text, want) {
			t.Errorf("%s: staff doesn't see %q: %s", name, want, text)
		}
		if text := rendered(t, view.TimelineEvent(e, false)); strings.Contains(text, want) {
			t.Errorf("%s: the partner sees %q: %s", name, want, text)
		}
	}
}

func TestAPartnerSeesADistributorAsACompanyNotItsPeople(t *testing.T) {
	e := storedEvents(t)["relationship.ended"]
	e.Actor = onboarding.Actor{Kind: onboarding.ActorDistributor, DistributorID: "DIST-NORTHWIND", UserID: "u-dan", Name: "Dan", Email: "dan@northwind.example"}
	if got := view.TimelineEvent(e, false).Actor; got.Name != "Northwind Distribution" || got.Kind != api.ActorKindDistributor {
		t.Errorf("actor %+v", got)
	}
	if got := view.TimelineEvent(e, true).Actor; got.Name != "Dan" {
		t.Errorf("staff sees %+v", got)
	}
	e.Actor = onboarding.Actor{Kind: onboarding.ActorPartner, UserID: "u-ada", Email: "ada@contoso.example"}
	if got := view.TimelineEvent(e, false).Actor; got.Name != "ada@contoso.example" {
		t.Errorf("a colleague without a name is %+v", got)
	}
}

func TestV8_NoViewOfThePartnerShowsWhatIsInternal(t *testing.T) {
	text, err := os.ReadFile("../onboarding/testdata/stored/partner.golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var p onboarding.Partner
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	for name, v := range map[string]any{
		"status":        view.Status(p, at),
		"verification":  view.Verification(p, days, at),
		"documents":     view.Documents(p),
		"requirements":  view.Requirements(p.Requirements(at)),
		"eligibility":   view.Eligibility(p.Eligibility(onboarding.EligibilityQuestion{At: at})),
		"history":       view.History(p),
		"relationships": view.Relationship(p.StandingOf(p.Relationships[0], onboarding.AgreementVersion{}, at), onboarding.PartyPartner),
		"reseller":      view.Reseller(p, p.StandingOf(p.Relationships[0], onboarding.AgreementVersion{}, at)),
	} {
		got := rendered(t, v)
		for _, secret := range []string{"the Note", "the Hash", "the UserID", "the IPAddress", "the UserAgent", "the By", "the Support", "the Phone"} {
			if strings.Contains(got, secret) {
				t.Errorf("%s shows %q: %s", name, secret, got)
			}
		}
	}
}

func TestTimesAreWholeSecondsInUTC(t *testing.T) {
	if got := view.Time(at); got.Format(time.RFC3339Nano) != "2026-03-02T08:00:00Z" {
		t.Errorf("%s", got.Format(time.RFC3339Nano))
	}
	if got := view.Time(time.Time{}); !got.IsZero() {
		t.Errorf("no time became %s", got)
	}
}

func TestBusinessInformationGoesOutAndInUnchanged(t *testing.T) {
	text := rapid.StringMatching(`[ -~éß漢]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		in := onboarding.BusinessInfo{
			Legal: onboarding.LegalProfile{
				LegalName: text.Draw(t, "legalName"), TradingName: text.Draw(t, "tradingName"), RegistrationNumber: text.Draw(t, "number"),
				Address: onboarding.Address{
					Country: text.Draw(t, "country"), Lines: rapid.SliceOfN(text, 0, 3).Draw(t, "lines"), Locality: text.Draw(t, "locality"), DependentLocality: text.Draw(t, "dependent"),
					Subdivision: text.Draw(t, "subdivision"), PostalCode: text.Draw(t, "postal"), SortingCode: text.Draw(t, "sorting"),
				},
				PrimaryContact: onboarding.Contact{FirstName: text.Draw(t, "first"), LastName: text.Draw(t, "last"), Email: text.Draw(t, "email"), Phone: text.Draw(t, "phone")},
			},
			Support: onboarding.SupportProfile{Email: text.Draw(t, "supportEmail"), Phone: text.Draw(t, "supportPhone"), Website: text.Draw(t, "website")},
		}
		if got := view.FromBusinessInfo(view.BusinessInfo(in)); !reflect.DeepEqual(got, in) {
			t.Fatalf("%+v became %+v", in, got)
		}
	})
}

func TestEmptyListsAreListsNotNull(t *testing.T) {
	p := onboarding.Partner{ID: "P-1", EnrolledAt: at}
	for name, v := range map[string]any{
		"requirements": view.Requirements(p.Requirements(at)), "verification": view.Verification(p, days, at), "documents": view.Documents(p), "status": view.Status(p, at),
		"eligibility": view.Eligibility(p.Eligibility(onboarding.EligibilityQuestion{At: at})), "faults": view.Faults(nil), "checklist": view.Checklist(onboarding.Checklist()), "comparison": view.Comparison(onboarding.Comparison{}),
	} {
		if got := rendered(t, v); strings.Contains(got, "null") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestV3_WhileTheClockStandsStillTheDatesAreThoseOfGoingOnNow(t *testing.T) {
	monday := time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)
	c := onboarding.Case{ID: "C-1", OpenedAt: monday, Earliest: days.After(monday, 3), Latest: days.After(monday, 5)}
	p := onboarding.Partner{ID: "P-1", Case: &c}
	before := view.Verification(p, days, monday.AddDate(0, 0, 9)).Expected.Latest
	c.PausedAt = monday
	v := view.Verification(p, days, monday.AddDate(0, 0, 7))
	if want := days.After(monday.AddDate(0, 0, 7), 5); !before.Equal(c.Latest) || !v.Expected.Latest.Equal(want) || !v.PausedAt.Equal(monday) {
		t.Errorf("running by %s, standing still since %s by %s, want %s", before, v.PausedAt, v.Expected.Latest, want)
	}
}

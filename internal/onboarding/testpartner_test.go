package onboarding_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"pgregory.net/rapid"
)

func enrolTest() Enroll {
	c := enrolContoso()
	c.Test, c.TestAllowed = true, true
	return c
}

// testPartner is a story of a test partner.
func testPartner(t testing.TB) *story {
	s := begin(t)
	return s.tell(Partner{}.Enroll(enrolTest(), s.stamp(globalAdmin)))
}

// named submits business information with a legal name.
func (s *story) named(legalName string) *story {
	s.t.Helper()
	info := contoso()
	info.Legal.LegalName = legalName
	return s.saved(info).submitted()
}

// settled does at once what is due, as the runner does for a test partner.
func (s *story) settled() *story {
	s.t.Helper()
	for {
		at, ok := s.p.NextDeadline()
		if !ok || at.After(s.p.Now(s.now)) {
			return s
		}
		s.tell(s.p.Tick(s.system()))
	}
}

// advanced moves the clock on to a target, and returns how many events it took.
func (s *story) advanced(target time.Time) int {
	s.t.Helper()
	before := len(s.events)
	for {
		s.tell(s.p.AdvanceClock(target, s.stamp(globalAdmin)))
		if _, arrived := last(s).Data.(TestClockAdvanced); arrived {
			return len(s.events) - before
		}
	}
}

func TestATestPartnerIsOneFromItsEnrolmentOnAndOnlyWhereThatIsAllowed(t *testing.T) {
	c := enrolTest()
	c.TestAllowed = false
	_, err := Partner{}.Enroll(c, begin(t).stamp(globalAdmin))
	wantCode(t, err, CodeTestPartnersOff)
	if !strings.Contains(err.Error(), "production") {
		t.Errorf("it doesn't say why: %v", err)
	}
	c.By = colleague
	_, err = Partner{}.Enroll(c, begin(t).stamp(colleague))
	wantCode(t, err, CodeRoleRequired) // whoever may not enrol learns nothing of the deployment
	s := testPartner(t)
	for _, f := range last(s).Follow {
		if f.Mail != nil && !f.Mail.Test {
			t.Errorf("the mail %s doesn't say that it is of a test", f.Mail.Template)
		}
	}
	real := begin(t).enrolled()
	if !s.p.Test || real.p.Test || last(real).Follow[0].Mail.Test {
		t.Error("test and real partners are taken for each other")
	}
	if s.named("Test Overdue").settled().onboarded(); !s.p.Test {
		t.Error("it has become a real partner")
	}
}

func TestO2_TestPartnersAreInListsOfTheirOwn(t *testing.T) {
	s := testPartner(t).named("Test Overdue").settled()
	if entry, ok := s.p.Queued(); !ok || entry.Queue != QueueVerification.OfTests() || slices.Contains(Queues(), entry.Queue) {
		t.Errorf("queued %+v", entry)
	}
	if entry, ok := begin(t).confirmed().p.Queued(); !ok || entry.Queue != QueueVerification {
		t.Errorf("a real partner is in %+v", entry)
	}
	if entry, ok := testPartner(t).p.Queued(); ok || entry != (QueueEntry{}) {
		t.Errorf("queued %+v with nothing for operators to do", entry)
	}
}

func TestARealPartnerHasNoClockOfItsOwn(t *testing.T) {
	s := begin(t).enrolled()
	_, err := s.p.AdvanceTarget(Advance{By: "P3D"}, knowledge.Calendar, s.now)
	wantCode(t, err, CodeNotATestPartner)
	_, err = s.p.AdvanceClock(s.now.Add(day), s.stamp(globalAdmin))
	wantCode(t, err, CodeNotATestPartner)
	if now := s.p.Now(s.now); !now.Equal(s.now) || !s.p.Real(now).Equal(s.now) {
		t.Errorf("its time is %s", now)
	}
}

func TestAnAdvanceGoesForwardByAYearAtMost(t *testing.T) {
	s := testPartner(t)
	days := builtIn(t).Calendar
	for _, c := range []struct {
		name  string
		a     Advance
		want  string // of the target
		fault string
	}{
		{"to a time", Advance{To: monday.Add(time.Hour)}, "2026-03-02T10:00:00Z", ""},
		{"by days", Advance{By: "P3D"}, "2026-03-05T09:00:00Z", ""},
		{"by weeks and hours", Advance{By: "P2WT4H"}, "2026-03-16T13:00:00Z", ""},
		{"by a month", Advance{By: "P1M"}, "2026-04-02T09:00:00Z", ""},
		{"by a year", Advance{By: "P1Y"}, "2027-03-02T09:00:00Z", ""},
		{"by business days of the reviewing region, to the close of the last", Advance{BusinessDays: 6}, "2026-03-10T21:00:00Z", ""},
		{"nothing given", Advance{}, "", " invalid"},
		{"two given", Advance{By: "P3D", BusinessDays: 1}, "", " invalid"},
		{"backwards", Advance{To: monday.Add(-time.Second)}, "", "/advanceTo not_allowed"},
		{"to now", Advance{To: monday}, "", "/advanceTo not_allowed"},
		{"by nothing", Advance{By: "P0D"}, "", "/advanceBy not_allowed"},
		{"by more than a year", Advance{By: "P1Y1D"}, "", "/advanceBy not_allowed"},
		{"by a lot", Advance{BusinessDays: 261}, "", "/businessDays not_allowed"},
		{"by fewer than no days", Advance{BusinessDays: -1}, "", "/businessDays not_allowed"},
		{"by no duration", Advance{By: "3 days"}, "", "/advanceBy invalid"},
		{"by an empty duration", Advance{By: "P"}, "", "/advanceBy invalid"},
		{"by an unfinished duration", Advance{By: "P3DT"}, "", "/advanceBy invalid"},
		{"by a duration that is too long to count", Advance{By: "P99999D"}, "", "/advanceBy invalid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			target, err := s.p.AdvanceTarget(c.a, days, s.p.Now(s.now))
			if c.fault != "" {
				wantFaults(t, err, c.fault)
				return
			}
			if err != nil || target.Format(time.RFC3339) != c.want {
				t.Errorf("%s, %v, want %s", target, err, c.want)
			}
		})
	}
}

func TestV9_AnAdvancedClockDoesEverythingInOrderEachAtItsOwnMoment(t *testing.T) {
	s := testPartner(t)
	target := s.now.AddDate(0, 0, 40)
	s.advanced(target)
	var got []string
	for _, e := range s.events[1:] {
		got = append(got, e.At.Format("01-02")+" "+string(e.Data.Type()))
		if e.Actor.Kind == ActorPartner && e.Data.Type() != "testClock.advanced" {
			t.Errorf("%s was done by %+v", e.Data.Type(), e.Actor)
		}
	}
	want := []string{"03-05 partner.reminded", "03-09 partner.reminded", "03-16 partner.reminded", "04-01 partner.reminded", "04-11 testClock.advanced"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
	if now := s.p.Now(s.now); !now.Equal(target) || s.p.DormantSince.IsZero() || !s.p.ActedAt.Equal(monday) {
		t.Errorf("it is %s, dormant since %s, acted at %s: moving the clock is no step of the partner's", now, s.p.DormantSince, s.p.ActedAt)
	}
	if again := s.p.Now(s.now.Add(time.Hour)); !again.Equal(target.Add(time.Hour)) {
		t.Errorf("an hour later it is %s: the clock stands still", again)
	}
}

func TestAnAdvanceThatWasBrokenOffGoesOnToItsTarget(t *testing.T) {
	s := testPartner(t)
	target := s.now.AddDate(0, 0, 20)
	s.tell(s.p.AdvanceClock(target, s.stamp(globalAdmin))) // the first reminder, and then the power fails
	if now := s.p.Now(s.now); !now.Equal(s.now.AddDate(0, 0, 3)) || !s.p.ClockTarget.Equal(target) {
		t.Fatalf("it is %s on the way to %s", now, s.p.ClockTarget)
	}
	s.wait(time.Minute)
	for _, a := range []Advance{{By: "P20D"}, {By: "P1D"}, {To: target}} {
		if again, err := s.p.AdvanceTarget(a, knowledge.Calendar, s.p.Now(s.now)); err != nil || !again.Equal(target) {
			t.Errorf("asked for %+v it goes to %s, %v", a, again, err)
		}
	}
	s.advanced(target)
	if next, err := s.p.AdvanceTarget(Advance{By: "P1D"}, knowledge.Calendar, s.p.Now(s.now)); err != nil || !next.Equal(target.Add(day)) || !s.p.ClockTarget.IsZero() {
		t.Errorf("then it goes to %s, %v", next, err)
	}
	s.tell(s.p.AdvanceClock(s.p.Now(s.now).AddDate(0, 0, 30), s.stamp(globalAdmin)))
	s.wait(60 * day) // nobody goes on, and real time passes
	if next, err := s.p.AdvanceTarget(Advance{By: "P1D"}, knowledge.Calendar, s.p.Now(s.now)); err != nil || !next.Equal(s.p.Now(s.now).Add(day)) {
		t.Errorf("long after it goes to %s, %v", next, err)
	}
	if n := s.advanced(s.p.Now(s.now).Add(-day)); n == 0 || s.p.Now(s.now).Before(s.now.AddDate(0, 0, 20)) {
		t.Errorf("%d events, it is %s", n, s.p.Now(s.now))
	}
}

// clocked is a test partner somewhere on its way, with real business days.
func clocked(tb testing.TB, t *rapid.T) story {
	s := story{t: tb, now: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 400).Draw(t, "day")).Add(time.Duration(rapid.Int64Range(0, int64(day)).Draw(t, "time")))}
	s.tell(Partner{}.Enroll(enrolTest(), s.stamp(globalAdmin)))
	switch rapid.SampledFrom([]string{"enrolled", "not confirmed", "under review", "documents", "rejected", "appealed", "authorized", "accepted", "asked by a distributor"}).Draw(t, "at") {
	case "not confirmed":
		s.submittedReally("Contoso GmbH")
	case "under review":
		s.submittedReally("Test Overdue")
	case "documents":
		s.submittedReally("Test Documents Rejected")
	case "rejected":
		s.submittedReally("Test Rejected address_mismatch")
	case "appealed":
		s.submittedReally("Contoso GmbH").rejected()
		s.tell(s.p.Appeal("Look again.", realDays, s.stamp(globalAdmin)))
	case "authorized":
		s.submittedReally("Test Authorized")
	case "accepted":
		s.submittedReally("Test Authorized").accepted()
	case "asked by a distributor":
		s.submittedReally("Test Authorized").accepted().requested(northwind)
	}
	s.events = nil
	return s
}

var realDays Calendar

func (s *story) submittedReally(legalName string) *story {
	k, info := knowledge, contoso()
	k.Calendar, info.Legal.LegalName = realDays, legalName
	s.saved(info)
	return s.tell(s.p.Submit(k, "case-1", "secret-1", s.stamp(globalAdmin))).settled()
}

// told is what happened, but for the clock's own events.
func (s *story) told() string {
	var b strings.Builder
	for _, e := range s.events {
		if e.Data.Type() == (TestClockAdvanced{}).Type() {
			continue
		}
		data, _ := json.Marshal(e.Data)
		fmt.Fprintln(&b, e.At.Format(time.RFC3339Nano), e.Actor.Name, e.Data.Type(), string(data), mails(e))
		for _, f := range e.Follow {
			if f.Mail != nil {
				fmt.Fprintln(&b, f.Mail.Params)
			}
		}
	}
	return b.String()
}

func TestV2_V9_AClockAdvancedInOneGoInPiecesOrByRealDaysPassingGivesTheSameEventsAtTheSameTimes(t *testing.T) {
	realDays = builtIn(t).Calendar
	longest := 0
	rapid.Check(t, func(rt *rapid.T) {
		start := clocked(t, rt)
		target := start.p.Now(start.now).Add(drawSpan(rt, "target")).Truncate(time.Millisecond).UTC()
		once, pieces, really := start, start, start
		longest = max(longest, once.advanced(target))
		for now := pieces.p.Now(pieces.now); now.Before(target); now = pieces.p.Now(pieces.now) {
			piece := now.Add(drawSpan(rt, "piece")).Truncate(time.Millisecond).Add(time.Millisecond)
			pieces.advanced(latestOf(piece, target))
		}
		for { // the days pass, and the sweep comes in time
			at, ok := really.p.NextDeadline()
			if !ok || at.After(target) {
				break
			}
			really.now = at
			e, err := really.p.Tick(Stamp{EventID: "e", At: at, By: Deadline})
			really.tell(e, err)
		}
		if one, some := once.told(), pieces.told(); one != some {
			rt.Fatalf("in one go:\n%s\nin pieces:\n%s", one, some)
		}
		if one, days := once.told(), really.told(); one != days {
			rt.Fatalf("by the test clock:\n%s\nwith the days:\n%s", one, days)
		}
		at := really.p.Now(target) // not moved
		if a, b := once.p.Turn(target), really.p.Turn(at); a.Code != b.Code || !a.By.Equal(b.By) {
			rt.Fatalf("whose turn it is: %+v, %+v", a, b)
		}
		for _, e := range once.events {
			if e.At.After(target) || e.Clock == nil {
				rt.Fatalf("%s at %s, clock %+v", e.Data.Type(), e.At, e.Clock)
			}
		}
	})
	if longest < 3 && !testing.Short() { // a few tries may all be short ones
		t.Errorf("no advance made more than %d things happen", longest)
	}
}

// drawSpan is from a moment to a year.
func drawSpan(t *rapid.T, name string) time.Duration {
	days := rapid.SampledFrom([]int{0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 144, 365}).Draw(t, name)
	return time.Duration(days)*day + time.Duration(rapid.Int64Range(1, int64(day)).Draw(t, "and"))
}

func latestOf(a, limit time.Time) time.Time {
	if a.After(limit) {
		return limit
	}
	return a
}

func TestV6_AnAdvancedClockKeepsTheHolidaysAndWeekendsOfTheRealCalendar(t *testing.T) {
	k, info := builtIn(t), contosoLtd()
	info.Legal.LegalName = "Test Overdue"
	s := begin(t)
	s.now = time.Date(2026, time.July, 1, 15, 0, 0, 0, time.UTC)
	s.tell(Partner{}.Enroll(enrolTest(), s.stamp(globalAdmin)))
	s.advanced(time.Date(2026, time.November, 24, 15, 0, 0, 0, time.UTC)) // the Tuesday before Thanksgiving
	s.saved(info)
	s.tell(s.p.Submit(k, "case-1", "secret-1", s.stamp(globalAdmin))).settled()
	s.events = nil
	target, err := s.p.AdvanceTarget(Advance{BusinessDays: 6}, k.Calendar, s.p.Now(s.now))
	if err != nil {
		t.Fatal(err)
	}
	s.advanced(target)
	var got []string
	for _, e := range s.events {
		got = append(got, e.At.Format("Mon 01-02 15:04")+" "+string(e.Data.Type()))
	}
	want := []string{"Tue 12-01 22:00 verification.reviewersReminded", "Wed 12-02 22:00 verification.escalated", "Thu 12-03 22:00 verification.reviewersChased", "Thu 12-03 22:00 testClock.advanced"}
	if !slices.Equal(got, want) || s.p.Verification() != VerificationOverdue {
		t.Errorf("%s: %q\nwant %q", s.p.Verification(), got, want)
	}
}

func TestV10_D2_LinksAndRequestsExpireByThePartnersOwnClock(t *testing.T) {
	s := testPartner(t).named("Contoso GmbH")
	s.advanced(s.p.Now(s.now).Add(73 * time.Hour))
	if state, err := s.p.OwnershipLink("secret-1", s.p.Now(s.now)); err != nil || state != LinkExpired {
		t.Errorf("the link is %s, %v", state, err)
	}
	s = testPartner(t).named("Test Authorized").settled().accepted().requested(northwind)
	s.advanced(s.p.Now(s.now).AddDate(0, 0, 31))
	if r, _ := s.p.Relationship(s.newest()); r.StatusAt(s.p.Now(s.now)) != RelationshipExpired {
		t.Errorf("the request is %s", r.StatusAt(s.p.Now(s.now)))
	}
}

func TestTheStoredFormOfAMovedClockKeepsItsNames(t *testing.T) {
	move := ClockMove{Ahead: time.Hour, Target: monday}
	text, err := json.Marshal(move)
	if want := `{"ahead":3600000000000,"target":"2026-03-02T09:00:00Z"}`; err != nil || !bytes.Equal(text, []byte(want)) {
		t.Errorf("stored as %s, want %s", text, want)
	}
}

package region

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// tables is a small history: two regions, then a third opens, then a market
// leaves the programme.
const tables = `{"effective":"2026-01-01","source":"The programme's list.","regions":[
	{"id":"north","name":"North","markets":["SE","NO","GL"]},{"id":"south","name":"South","markets":["IT","MT"]}],
	"changes":[
	{"effective":"2026-07-01","source":"Circular 7.","opens":[{"id":"arctic","name":"Arctic"}],"moves":[{"market":"GL","from":"north","to":"arctic"},{"market":"MT","from":"south","to":"north"}]},
	{"effective":"2027-01-01","source":"Circular 9.","moves":[{"market":"IT","from":"south","to":"none"},{"market":"ES","from":"none","to":"north"}]}]}`

func must(t testing.TB, file string) *Tables {
	t.Helper()
	parsed, err := Parse(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func day0(text string) time.Time { at, _ := time.Parse(time.DateOnly, text); return at }

func TestD1AMarketIsInItsNewRegionFromTheFirstMomentOfTheDayThatIsSet(t *testing.T) {
	all := must(t, tables)
	for _, tc := range []struct {
		market string
		at     time.Time
		want   string
	}{
		{"GL", day0("2026-07-01").Add(-time.Nanosecond), "north"},
		{"GL", day0("2026-07-01"), "arctic"},
		{"GL", day0("2040-01-01"), "arctic"},
		{"MT", day0("2026-06-30"), "south"},
		{"MT", day0("2026-07-02"), "north"},
		{"SE", day0("2026-07-02"), "north"}, // who isn't named stays
		{"IT", day0("2026-12-31"), "south"},
		{"IT", day0("2027-01-01"), ""},
		{"ES", day0("2026-12-31"), ""},
		{"ES", day0("2027-01-01"), "north"},
		{"SE", day0("2018-01-01"), "north"}, // nothing older is known
	} {
		if got, ok := all.RegionOf(tc.market, tc.at); got != tc.want || ok != (tc.want != "") {
			t.Errorf("%s at %s is in %q, want %q", tc.market, tc.at, got, tc.want)
		}
	}
	if _, ok := all.At(day0("2027-01-01")).Region("south"); ok {
		t.Error("a region that its last market has left is still there")
	}
	if r, ok := all.Region("south"); !ok || !slices.Equal(r.Markets, []string{"IT"}) {
		t.Errorf("a region that has ended is known as it was last: %v", r)
	}
	middle := all.At(day0("2026-08-01"))
	if middle.Source() != "Circular 7." || !middle.Effective().Equal(day0("2026-07-01")) || !middle.Until().Equal(day0("2027-01-01")) || len(middle.Moves()) != 2 {
		t.Errorf("the table of August: %+v", middle)
	}
	if n := len(all.All()); n != 3 {
		t.Errorf("%d tables", n)
	}
}

func TestD1AFaultyChangeIsRefusedWithAllItsFaults(t *testing.T) {
	begin, _, _ := strings.Cut(tables, `"changes"`)
	_, err := Parse(strings.NewReader(begin + `"changes":[
		{"effective":"2026-07-01","source":"","moves":[{"market":"GL","from":"south","to":"north"},{"market":"ZZ","from":"none","to":"north"},{"market":"MT","from":"south","to":"arctic"},{"market":"SE","from":"north","to":"north"}]},
		{"effective":"2026-07-01","source":"s","opens":[{"id":"west","name":"West"},{"id":"north","name":"North"},{"id":"Far East","name":""}],"moves":[{"market":"NO","from":"north","to":"south"},{"market":"NO","from":"north","to":"none"}]},
		{"effective":"soon","source":"s","moves":[]}]}`))
	if err == nil {
		t.Fatal("it was accepted")
	}
	for _, want := range []string{
		"change 1: source is missing", `change 1: GL is in "north" until then, not in "south"`, `change 1: "ZZ" is no country`, `change 1: MT moves to "arctic", which is no region`, `change 1: SE is in "north" already`,
		"change 2: it holds from 2026-07-01, not after", `change 2: "west" opens without a market`, `change 2: "north" can't open`, `change 2: id "Far East"`, "change 2: NO is moved twice",
		`change 3: effective is "soon"`, "change 3: it moves no market",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is missing in:\n%v", want, err)
		}
	}
}

// Whatever is moved, a market is in at most one region at each moment, just the
// one that lists it, and no market that was supported disappears unsaid.
func TestD1AtEachMomentAMarketIsInExactlyTheRegionThatListsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		markets := []string{"SE", "NO", "GL", "IT", "MT", "ES"}
		in := map[string]string{"SE": "north", "NO": "north", "GL": "north", "IT": "south", "MT": "south", "ES": "none"}
		begin, _, _ := strings.Cut(tables, `"changes"`)
		var changes []string
		at := day0("2026-01-01")
		for range rapid.IntRange(0, 6).Draw(t, "changes") {
			at = at.AddDate(0, 0, rapid.IntRange(1, 300).Draw(t, "days"))
			m := rapid.SampledFrom(markets).Draw(t, "market")
			to := rapid.SampledFrom([]string{"north", "south", "none"}).Filter(func(r string) bool { return r != in[m] }).Draw(t, "to")
			if to != "none" && !slices.ContainsFunc(markets, func(other string) bool { return in[other] == to }) {
				continue // it has ended: it would have to open again
			}
			changes = append(changes, fmt.Sprintf(`{"effective":%q,"source":"s","moves":[{"market":%q,"from":%q,"to":%q}]}`, at.Format(time.DateOnly), m, in[m], to))
			in[m] = to
		}
		all, err := Parse(strings.NewReader(begin + `"changes":[` + strings.Join(changes, ",") + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		when := day0("2026-01-01").AddDate(0, 0, rapid.IntRange(0, 2000).Draw(t, "when"))
		table := all.At(when)
		for _, m := range markets {
			var listed []string
			for _, r := range table.All() {
				if slices.Contains(r.Markets, m) {
					listed = append(listed, r.ID)
				}
			}
			got, ok := all.RegionOf(m, when)
			if len(listed) > 1 || ok != (len(listed) == 1) || ok && got != listed[0] {
				t.Fatalf("%s at %s is in %q, listed in %v", m, when, got, listed)
			}
		}
		for _, m := range markets {
			if got, _ := all.RegionOf(m, at); got != strings.TrimPrefix(in[m], "none") {
				t.Fatalf("%s is in %q in the end, want %q", m, got, in[m])
			}
		}
	})
}

//go:build stack

package store

import (
	"slices"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func version(name string) onboarding.AgreementVersion {
	return onboarding.AgreementVersion{Version: name, Title: "Agreement", Region: "europe", EffectiveFrom: monday, ReacceptBy: monday.AddDate(1, 0, 0), Documents: []onboarding.AgreementDocument{{MediaType: "text/html", SHA256: "d" + name}}}
}

func sign(v onboarding.AgreementVersion) command {
	return func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.Accept(onboarding.AcceptAgreement{Version: v.Version, SHA256: v.Documents[0].SHA256, SignerName: "Ada", SignerTitle: "CEO", Consent: true, By: admin(p.TenantID)}, v, s)
	}
}

func TestA6_EveryAcceptanceStaysAndWhoAwaitsANewerVersionIsFound(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	first, second, third := version("2026-01"), version("2026-02"), version("2026-03")
	second.Follows, third.Follows = "2026-01", "2026-02"
	signed := func(version string) (ids []string) {
		for id, err := range s.Signed(t.Context(), "europe", version) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		slices.Sort(ids)
		return ids
	}
	want := func(when string, lists map[string][]string) {
		t.Helper()
		for _, v := range []string{"2026-01", "2026-02", "2026-03"} {
			if got := signed(v); !slices.Equal(got, lists[v]) {
				t.Errorf("%s: %s awaited by %v, want %v", when, v, got, lists[v])
			}
		}
	}
	records := map[string]Record{}
	for _, id := range []string{"P-1", "P-2", "P-3"} {
		records[id] = mustEnrol(t, s, id, "t-"+id, save("Contoso"), submit, confirm, authorize)
	}
	want("before", nil)
	for id, r := range records {
		records[id] = mustCommit(t, s, r, sign(first))
	}
	want("signed", map[string][]string{"2026-01": {"P-1", "P-2", "P-3"}})
	announce := func(v onboarding.AgreementVersion) command {
		return func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.Announce(v, s) }
	}
	records["P-1"] = mustCommit(t, s, records["P-1"], announce(second))
	want("told", map[string][]string{"2026-01": {"P-2", "P-3"}})
	records["P-2"] = mustCommit(t, s, records["P-2"], sign(second)) // without having been told
	records["P-1"] = mustCommit(t, s, records["P-1"], sign(second))
	want("accepted", map[string][]string{"2026-01": {"P-3"}, "2026-02": {"P-1", "P-2"}})
	known := second
	known.Next = &third
	records["P-3"] = mustCommit(t, s, records["P-3"], sign(known))
	want("signed knowing the next", map[string][]string{"2026-02": {"P-1", "P-2"}})
	for id, versions := range map[string][]string{"P-1": {"2026-02", "2026-01"}, "P-3": {"2026-02", "2026-01"}, "P-9": nil} {
		list, err := s.Acceptances(t.Context(), id)
		var got []string
		for _, a := range list {
			got = append(got, a.Version)
			if a.SignerName != "Ada" || a.EventID == "" || a.Sequence == 0 {
				t.Errorf("%s: %+v", id, a)
			}
		}
		if err != nil || !slices.Equal(got, versions) {
			t.Errorf("%s accepted %v, want %v (%v)", id, got, versions, err)
		}
	}
}

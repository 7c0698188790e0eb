package agreement

import (
	"crypto/sha256"
	"encoding/hex"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestEveryDocumentIsThereWithTheDigestAndSizeOfTheIndex(t *testing.T) {
	if len(All()) == 0 {
		t.Fatal("there is no version")
	}
	for _, v := range All() {
		if len(v.Renditions) != 2 {
			t.Errorf("A1 %s: want HTML and PDF, got %v", v.Version, v.Renditions)
		}
		for _, r := range v.Renditions {
			content, ok := Document(v.Version, r.MediaType)
			sum := sha256.Sum256(content)
			if !ok || hex.EncodeToString(sum[:]) != r.SHA256 || len(content) != r.Size {
				t.Errorf("A2 %s as %s: %v, %d bytes, digest %x", v.Version, r.MediaType, ok, len(content), sum)
			}
			if found, ok := v.ByDigest(r.SHA256); !ok || found.MediaType != r.MediaType {
				t.Errorf("A2 %s: %s is not found by its digest", v.Version, r.MediaType)
			}
		}
		if _, ok := v.ByDigest(strings.ToUpper(v.Renditions[0].SHA256)); ok {
			t.Error("A2: a digest was found that isn't written as ours are")
		}
		if found, ok := Find(v.Version); !ok || found.Version != v.Version {
			t.Errorf("%s is not found", v.Version)
		}
	}
}

func TestTheCurrentVersionIsTheLatestInEffectInTheRegion(t *testing.T) {
	list := []Version{
		{Version: "1", Regions: []string{"brazil", "japan"}, EffectiveFrom: day("2026-01-01")},
		{Version: "3", Regions: []string{"brazil"}, EffectiveFrom: day("2026-09-01")},
		{Version: "2", Regions: []string{"brazil", "japan"}, EffectiveFrom: day("2026-05-01")},
	}
	for _, c := range []struct {
		name, region, at, want string
	}{
		{"OK", "brazil", "2026-06-01", "2"},
		{"OK on its first day", "brazil", "2026-09-01", "3"},
		{"OK the day before", "brazil", "2026-08-31", "2"},
		{"OK a region's own", "japan", "2027-01-01", "2"},
		{"none before the first", "brazil", "2025-12-31", ""},
		{"none in the region", "atlantis", "2027-01-01", ""},
		{"none without region", "", "2027-01-01", ""},
	} {
		v, ok := current(timeline(list, c.region), day(c.at))
		if v.Version != c.want || ok != (c.want != "") {
			t.Errorf("A6 %s: got %q, %v", c.name, v.Version, ok)
		}
	}
}

func TestA6_ExactlyOneVersionIsCurrentInARegionAtAnyTime(t *testing.T) {
	first := All()[0].EffectiveFrom
	moments := []time.Time{}
	for _, v := range All() {
		for _, at := range []time.Time{v.EffectiveFrom, v.ReacceptBy} {
			moments = append(moments, at.Add(-time.Second), at, at.Add(time.Second))
		}
	}
	for _, region := range regions(All()) {
		own := timeline(All(), region)
		for _, at := range moments {
			open := 0
			for i, v := range own {
				if !at.Before(v.EffectiveFrom) && (i+1 == len(own) || at.Before(own[i+1].EffectiveFrom)) {
					open++
				}
			}
			_, ok := Current(region, at)
			if want := !at.Before(first); (open == 1) != want || ok != want {
				t.Errorf("%s at %s: %d current, found %t", region, at, open, ok)
			}
		}
	}
}

func TestA6_AVersionKnowsWhichOneItFollowsAndWhichFollowsIt(t *testing.T) {
	before, _ := Table{}.Current("canada", day("2026-12-31"))
	next, _ := Table{}.Current("canada", day("2027-01-01"))
	if before.Version != "2026-09" || before.Follows != "" || !before.ReacceptBy.IsZero() || before.Next == nil || before.Next.Version != "2027-01-ca" {
		t.Errorf("before: %+v", before)
	}
	if next.Version != "2027-01-ca" || next.Follows != "2026-09" || next.Next != nil || next.ReacceptBy != time.Date(2027, 3, 31, 23, 59, 59, 0, time.UTC) || len(next.Documents) != 2 {
		t.Errorf("from the day on: %+v", next)
	}
	if elsewhere, _ := (Table{}).Current("brazil", day("2027-06-01")); elsewhere.Version != "2026-09" || elsewhere.Next != nil {
		t.Errorf("elsewhere: %+v", elsewhere)
	}
	if list := (Table{}).Successors(); len(list) != 1 || list[0].Region != "canada" || list[0].Follows != "2026-09" || list[0].Version != "2027-01-ca" {
		t.Errorf("%+v", list)
	}
}

func TestEuropeHasItsAnnexAndTheOthersHaveNot(t *testing.T) {
	for region, want := range map[string]string{"eu-efta-uk": "2026-09-eu", "united-states": "2026-09", "africa": "2026-09"} {
		if v, ok := Current(region, day("2026-10-01")); !ok || v.Version != want {
			t.Errorf("%s: got %q, %v", region, v.Version, ok)
		}
	}
}

func TestWhatDoesNotExistIsNotFound(t *testing.T) {
	v := All()[0]
	if _, ok := Document("1999-01", MediaTypePDF); ok {
		t.Error("an unknown version has a document")
	}
	if _, ok := Document(v.Version, "text/plain"); ok {
		t.Error("an unknown media type has a document")
	}
	if _, ok := Find(""); ok {
		t.Error("no name is a version")
	}
	if _, ok := v.ByDigest(""); ok {
		t.Error("no digest is a document")
	}
}

func TestThePackageLinksNeitherPDFNorTemplates(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal("go list: ", err)
	}
	for _, heavy := range []string{"fpdf", "html/template", "text/template", "golang.org/x/image", "internal/region", "aws-sdk"} {
		if strings.Contains(string(out), heavy) {
			t.Errorf("it depends on %s", heavy)
		}
	}
}

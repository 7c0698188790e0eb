package main

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/pdf"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
)

const folder = ".."

func mustSources(tb testing.TB) []source {
	tb.Helper()
	list, err := readSources(filepath.Join(folder, "versions"))
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

func TestTheCommittedDocumentsAreWhatTheSourcesGive(t *testing.T) {
	if err := run(folder, true); err != nil {
		t.Error(err)
	}
	for _, s := range mustSources(t) {
		for mediaType, render := range map[string]func(source, []string) ([]byte, error){agreement.MediaTypeHTML: renderHTML, agreement.MediaTypePDF: renderPDF} {
			want, ok := agreement.Document(s.Version, mediaType)
			got, err := render(s, regionNames(s.Regions))
			if err != nil || !ok || !pdf.SameContent(got, want) {
				t.Errorf("A2 %s as %s: generated anew it differs (%v)", s.Version, mediaType, err)
			} else if !bytes.Equal(got, want) {
				t.Logf("%s as %s: this version of Go packs it differently; the committed bytes stay", s.Version, mediaType)
			}
		}
	}
}

func TestTheSameSourceGivesTheSameBytes(t *testing.T) {
	s := mustSources(t)[0]
	var first []byte
	for range 5 {
		pdf, err := renderPDF(s, regionNames(s.Regions))
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = pdf
		}
		if !bytes.Equal(first, pdf) {
			t.Fatal("two runs differ")
		}
	}
}

func TestA6_EveryRegionHasACurrentVersionFromTheFirstDayOn(t *testing.T) {
	at := mustSources(t)[0].Effective
	for _, r := range region.Default().At(at).All() {
		if _, ok := agreement.Current(r.ID, at); !ok {
			t.Errorf("%s has no agreement on %s: nobody there could be onboarded", r.ID, at.Format("2006-01-02"))
		}
	}
}

func TestThePageLoadsNothingAndRunsNothing(t *testing.T) {
	for _, s := range mustSources(t) {
		document, _ := agreement.Document(s.Version, agreement.MediaTypeHTML)
		ids, targets := map[string]bool{}, []string{}
		z := html.NewTokenizer(bytes.NewReader(document))
		for z.Next() != html.ErrorToken {
			tag := z.Token()
			if tag.Type != html.StartTagToken {
				continue
			}
			if tag.Data == "script" || tag.Data == "link" || tag.Data == "img" || tag.Data == "iframe" {
				t.Errorf("%s has a %s", s.Version, tag.Data)
			}
			for _, a := range tag.Attr {
				switch {
				case a.Key == "style", a.Key == "src", strings.HasPrefix(a.Key, "on"):
					t.Errorf("%s has an attribute %s", s.Version, a.Key)
				case a.Key == "id" && ids[a.Val]:
					t.Errorf("%s has two ids %s", s.Version, a.Val)
				case a.Key == "id":
					ids[a.Val] = true
				case a.Key == "href":
					targets = append(targets, a.Val)
				}
			}
		}
		for _, target := range targets {
			if !ids[strings.TrimPrefix(target, "#")] {
				t.Errorf("%s: nothing is at %s", s.Version, target)
			}
		}
		if !bytes.Contains(document, []byte(`<html lang="en">`)) {
			t.Errorf("%s doesn't say its language", s.Version)
		}
	}
}

func TestBothDocumentsHoldEveryClause(t *testing.T) {
	stream := regexp.MustCompile(`(?s)>>\nstream\n(.*?)\nendstream`)
	for _, s := range mustSources(t) {
		page, _ := agreement.Document(s.Version, agreement.MediaTypeHTML)
		pdf, _ := agreement.Document(s.Version, agreement.MediaTypePDF)
		var drawn bytes.Buffer // two bytes a character, as the page's text operators hold them
		for _, m := range stream.FindAllSubmatch(pdf, -1) {
			if r, err := zlib.NewReader(bytes.NewReader(m[1])); err == nil {
				if _, err := io.Copy(&drawn, r); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, section := range s.Sections {
			for _, c := range section.Clauses {
				if !bytes.Contains(page, []byte(`id="c`+c.Number+`"`)) || !strings.Contains(html.UnescapeString(string(page)), c.Text) {
					t.Errorf("%s: clause %s is not in the page", s.Version, c.Number)
				}
				words := strings.Fields(c.Text)
				for _, part := range []string{c.Number, words[0], words[len(words)-1]} {
					if !bytes.Contains(drawn.Bytes(), utf16(part)) {
						t.Errorf("%s: %q of clause %s is not in the PDF", s.Version, part, c.Number)
					}
				}
			}
		}
	}
}

// utf16 writes text as a PDF string does: big-endian, with ( ) and \ escaped.
func utf16(s string) []byte {
	var b bytes.Buffer
	for _, r := range s {
		for _, c := range []byte{byte(r >> 8), byte(r)} {
			if strings.ContainsRune(`()\`, rune(c)) {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		}
	}
	return b.Bytes()
}

// everywhere gives a version to all regions: each needs a first one.
func everywhere(source string) string {
	var ids []string
	for _, r := range region.Default().At(time.Now()).All() {
		ids = append(ids, r.ID)
	}
	return strings.Replace(source, "regions: brazil", "regions: "+strings.Join(ids, ", "), 1)
}

const small = `version: 2027-01
title: T
language: en
effective: 2027-01-01
regions: brazil

## 1. One

1.1 Text.
(a) item
(b) item

1.2 Text.

## 2. Two

2.1 Text.
`

func TestASourceIsRefusedWhenItsNumbersOrHeadersAreWrong(t *testing.T) {
	if _, err := parseSource(small); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"clause left out":    {"1.2 Text", "1.3 Text"},
		"clause of another":  {"1.2 Text", "2.1 Text"},
		"section left out":   {"## 2.", "## 3."},
		"annex B before A":   {"## 2.", "## B."},
		"item left out":      {"(b)", "(c)"},
		"no number":          {"1.2 Text", "Text"},
		"no such header":     {"language: en", "langauge: en"},
		"no date":            {"2027-01-01", "soon"},
		"version's form":     {"version: 2027-01", "version: 2027/01"},
		"no regions":         {"regions: brazil\n", ""},
		"header without key": {"title: T", "title"},
	} {
		if _, err := parseSource(strings.Replace(small, change[0], change[1], 1)); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
}

func mustFolder(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for path, text := range files {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	return dir
}

func TestA6_AReleasedVersionCannotChangeOrGo(t *testing.T) {
	dir := mustFolder(t, map[string]string{"versions/2027-01.md": everywhere(small)})
	source := filepath.Join(dir, "versions/2027-01.md")
	if err := run(dir, false); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(source, []byte(everywhere(strings.Replace(small, "2.1 Text.", "2.1 Draft.", 1))), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, false); err != nil {
		t.Fatalf("a draft couldn't change: %v", err)
	}
	if err := releaseAll(dir); err != nil {
		t.Fatal(err)
	}
	before := mustDigests(t, dir)
	for _, c := range []struct {
		name   string
		change func() error
	}{ // one after the other: the last takes the text away
		{"its text changes", func() error { return os.WriteFile(source, []byte(everywhere(small)), 0o644) }},
		{"its document does", func() error {
			return errors.Join(os.WriteFile(source, []byte(everywhere(strings.Replace(small, "2.1 Text.", "2.1 Draft.", 1))), 0o644), os.WriteFile(filepath.Join(dir, releasedList), []byte(strings.Repeat("0", 64)+"  documents/2027-01.html\n"), 0o644))
		}},
		{"it goes", func() error {
			return errors.Join(os.Remove(source), os.WriteFile(filepath.Join(dir, "versions/2027-02.md"), []byte(everywhere(strings.Replace(small, "version: 2027-01", "version: 2027-02", 1))), 0o644))
		}},
	} {
		if err := c.change(); err != nil {
			t.Fatal(err)
		}
		if err := run(dir, false); err == nil || !strings.Contains(err.Error(), "make a new version") {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
	if after := mustDigests(t, dir); after != before {
		t.Errorf("A2: the documents changed: %s, then %s", before, after)
	}
}

func TestA6_EveryVersionThatShipsIsReleased(t *testing.T) {
	list, err := released(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range agreement.All() {
		for _, r := range v.Renditions {
			extension := map[string]string{agreement.MediaTypeHTML: "html", agreement.MediaTypePDF: "pdf"}[r.MediaType]
			if path := "documents/" + v.Version + "." + extension; list[path] != r.SHA256 {
				t.Errorf("%s isn't in %s: once its text is final, go run ./generate -release adds it", path, releasedList)
			}
		}
	}
}

func mustDigests(tb testing.TB, dir string) string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "documents", "*"))
	if err != nil {
		tb.Fatal(err)
	}
	text := ""
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		text += fmt.Sprintf("%s %x\n", filepath.Base(path), sha256.Sum256(content))
	}
	return text
}

func TestADocumentThatIsPackedDifferentlyStaysAsItIs(t *testing.T) {
	dir := mustFolder(t, map[string]string{"versions/2027-01.md": everywhere(small)})
	if err := run(dir, false); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "documents/2027-01.pdf")
	pdf, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	repacked := repack(t, pdf)
	if bytes.Equal(pdf, repacked) {
		t.Fatal("the test packs like the generator")
	}
	if err := os.WriteFile(path, repacked, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(dir, false); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, repacked) {
		t.Errorf("A2: a document of the same content was written anew (%v)", err)
	}
	index, err := os.ReadFile(filepath.Join(dir, "index.gen.go"))
	if want := fmt.Sprintf("%x", sha256.Sum256(repacked)); err != nil || !strings.Contains(string(index), want) {
		t.Errorf("the index has not the digest of the document that is there (%v)", err)
	}
}

// repack packs a PDF's streams with another strength.
func repack(t *testing.T, pdf []byte) []byte {
	t.Helper()
	streamForm := regexp.MustCompile(`(?s)/Length [0-9]+(.{0,60}?)>>\nstream\n(.*?)\nendstream`)
	return streamForm.ReplaceAllFunc(pdf, func(stream []byte) []byte {
		m := streamForm.FindSubmatch(stream)
		r, err := zlib.NewReader(bytes.NewReader(m[2]))
		if err != nil {
			return stream
		}
		plain, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		var packed bytes.Buffer
		w, _ := zlib.NewWriterLevel(&packed, zlib.BestCompression)
		if _, err := w.Write(plain); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return fmt.Appendf(nil, "/Length %d%s>>\nstream\n%s\nendstream", packed.Len(), m[1], packed.Bytes())
	})
}

func TestA6_TheVersionsAsASetAreRefusedWhenTheyContradictEachOther(t *testing.T) {
	with := func(version string, changes ...string) string {
		text := strings.Replace(small, "version: 2027-01", "version: "+version, 1)
		return strings.NewReplacer(changes...).Replace(text)
	}
	following := func(version, effective, reaccept string) string {
		return with(version, "effective: 2027-01-01", "effective: "+effective+"\nreaccept-by: "+reaccept)
	}
	for name, files := range map[string]map[string]string{
		"two on one day":               {"versions/2027-01-x.md": following("2027-01-x", "2027-01-01", "2027-02-01")},
		"no date by which to accept":   {"versions/2027-02.md": with("2027-02", "effective: 2027-01-01", "effective: 2027-02-01")},
		"a date before its first day":  {"versions/2027-02.md": following("2027-02", "2027-02-01", "2027-01-31")},
		"two older ones count":         {"versions/2027-02.md": following("2027-02", "2027-02-01", "2027-06-30"), "versions/2027-05.md": following("2027-05", "2027-05-01", "2027-08-31")},
		"a first one to accept again":  {"versions/2027-01.md": everywhere(strings.Replace(small, "effective", "reaccept-by: 2027-05-01\neffective", 1))},
		"a region without the first":   {"versions/2027-01.md": strings.Replace(everywhere(small), "africa, ", "", 1), "versions/2027-02.md": with("2027-02", "brazil", "africa", "2027-01-01", "2027-02-01")},
		"unknown region":               {"versions/2027-02.md": strings.Replace(following("2027-02", "2027-02-01", "2027-03-01"), "brazil", "atlantis", 1)},
		"another name":                 {"versions/2027-03.md": following("2027-02", "2027-02-01", "2027-03-01")},
		"extends nothing":              {"versions/2027-02.md": strings.Replace(following("2027-02", "2027-02-01", "2027-03-01"), "language", "extends: 2026-01\nlanguage", 1)},
		"extends one that extends":     {"versions/2027-02.md": strings.Replace(following("2027-02", "2027-02-01", "2027-03-01"), "language", "extends: 2027-02\nlanguage", 1)},
		"sections don't go on":         {"versions/2027-02.md": strings.Replace(following("2027-02", "2027-02-01", "2027-03-01"), "language", "extends: 2027-01\nlanguage", 1)},
		"a letter without shape":       {"versions/2027-01.md": strings.Replace(everywhere(small), "2.1 Text", "2.1 契約", 1)},
		"a list of what never changes": {releasedList: "what?"},
	} {
		all := map[string]string{"versions/2027-01.md": everywhere(small)}
		maps.Copy(all, files)
		if err := run(mustFolder(t, all), false); err == nil {
			t.Errorf("%s: was taken", name)
		}
	}
	t.Run("OK one after the other", func(t *testing.T) {
		dir := mustFolder(t, map[string]string{
			"versions/2027-01.md": everywhere(small), "versions/2027-02.md": following("2027-02", "2027-02-01", "2027-04-30"), "versions/2027-05.md": following("2027-05", "2027-05-01", "2027-06-30"),
		})
		if err := run(dir, false); err != nil {
			t.Error(err)
		}
	})
	t.Run("none", func(t *testing.T) {
		if err := run(mustFolder(t, map[string]string{"versions/readme.txt": ""}), false); err == nil {
			t.Error("was taken")
		}
	})
}

func TestDocumentsOfAVersionThatIsGoneAreRemoved(t *testing.T) {
	dir := mustFolder(t, map[string]string{"versions/2027-01.md": everywhere(small), "documents/2020-01.pdf": "old"})
	if err := run(dir, false); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "documents/2020-01.pdf")); !os.IsNotExist(err) {
		t.Errorf("got %v", err)
	}
	if err := run(dir, true); err != nil {
		t.Errorf("a second run would change something: %v", err)
	}
}

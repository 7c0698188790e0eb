// Command generate makes the partner agreement's documents and their index
// from the sources in versions/. It is run by go generate in the folder above.
//
//	go run ./generate            write what has changed
//	go run ./generate -check     write nothing, fail if something would change
//	go run ./generate -release   the same as without, and from now on every document there is stays as it is
package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/partner-onboarding/partner-onboarding/internal/pdf"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
)

func main() {
	check := flag.Bool("check", false, "write nothing, fail if something would change")
	release := flag.Bool("release", false, "add every document to the list of those that never change")
	flag.Parse()
	err := run(".", *check)
	if err == nil && *release {
		err = releaseAll(".")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate agreement:", err)
		os.Exit(1)
	}
}

// run generates everything from dir/versions into dir.
func run(dir string, check bool) error {
	sources, err := readSources(filepath.Join(dir, "versions"))
	if err != nil {
		return err
	}
	files, err := render(dir, sources)
	if err != nil {
		return err
	}
	if err := keepReleased(dir, files); err != nil {
		return err
	}
	for _, f := range files {
		if err := f.write(dir, check); err != nil {
			return err
		}
	}
	return removeStale(dir, files, check)
}

// readSources reads and checks all versions, sorted by date and name.
func readSources(dir string) ([]source, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		return nil, err
	}
	var list []source
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		s, err := parseSource(string(text))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if s.Version+".md" != filepath.Base(path) {
			return nil, fmt.Errorf("%s holds version %s", path, s.Version)
		}
		list = append(list, s)
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no version in %s", dir)
	}
	for i := range list {
		if list[i].Extends == "" {
			continue
		}
		base := slices.IndexFunc(list, func(s source) bool { return s.Version == list[i].Extends })
		if base < 0 {
			return nil, fmt.Errorf("version %s extends %s, which does not exist", list[i].Version, list[i].Extends)
		}
		if err := list[i].extend(list[base]); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(list, func(a, b source) int {
		return cmp.Or(a.Effective.Compare(b.Effective), cmp.Compare(a.Version, b.Version))
	})
	return list, checkTimeline(list)
}

// file is something generated.
type file struct {
	path    string // below the folder
	content []byte
}

// render makes all documents and the index. A document that is there already
// and differs in nothing but compression stays as it is.
func render(dir string, sources []source) ([]file, error) {
	var files []file
	var entries []entry
	for _, s := range sources {
		e := entry{source: s}
		for _, r := range []struct {
			mediaType, extension, policy string
			render                       func(source, []string) ([]byte, error)
		}{
			{"text/html", "html", contentSecurityPolicy(), renderHTML},
			{"application/pdf", "pdf", "", renderPDF},
		} {
			content, err := r.render(s, regionNames(s.Regions))
			if err != nil {
				return nil, fmt.Errorf("version %s as %s: %w", s.Version, r.mediaType, err)
			}
			path := filepath.Join("documents", s.Version+"."+r.extension)
			if old, err := os.ReadFile(filepath.Join(dir, path)); err == nil && pdf.SameContent(old, content) {
				content = old
			}
			files = append(files, file{path: path, content: content})
			e.add(r.mediaType, filepath.ToSlash(path), r.policy, content)
		}
		entries = append(entries, e)
	}
	index, err := renderIndex(entries)
	if err != nil {
		return nil, err
	}
	return append(files, file{path: "index.gen.go", content: index}), nil
}

func regionNames(ids []string) []string {
	names := make([]string, len(ids))
	for i, id := range ids {
		r, _ := region.Default().Region(id)
		names[i] = r.Name
	}
	return names
}

func (f file) write(dir string, check bool) error {
	path := filepath.Join(dir, f.path)
	old, err := os.ReadFile(path)
	switch {
	case err == nil && bytes.Equal(old, f.content):
		return nil
	case check:
		return fmt.Errorf("%s is not up to date: run make generate", f.path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, f.content, 0o644)
}

// removeStale removes documents of versions that are no longer there.
func removeStale(dir string, files []file, check bool) error {
	paths, err := filepath.Glob(filepath.Join(dir, "documents", "*"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		known := slices.ContainsFunc(files, func(f file) bool { return filepath.Join(dir, f.path) == path })
		switch {
		case known:
		case check:
			return fmt.Errorf("%s belongs to no version: run make generate", path)
		default:
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// releasedList names the documents that never change again, each with its
// SHA-256, in the form that "sha256sum -c" reads. Partners have been shown
// them; the digest of what somebody accepted is the evidence of it (A2).
const releasedList = "released.sha256"

// released reads the list: digest by path. A folder without one has released
// nothing.
func released(dir string) (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(dir, releasedList))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	list := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		sum, path, ok := strings.Cut(line, "  ")
		if !ok || len(sum) != 2*sha256.Size || list[path] != "" {
			return nil, fmt.Errorf("%s: %q is not a digest, two spaces and a path of its own", releasedList, line)
		}
		list[path] = sum
	}
	return list, nil
}

// keepReleased refuses to change or to leave out a released document.
func keepReleased(dir string, files []file) error {
	list, err := released(dir)
	if err != nil {
		return err
	}
	for path, sum := range list {
		i := slices.IndexFunc(files, func(f file) bool { return filepath.ToSlash(f.path) == path })
		if i < 0 || digest(files[i].content) != sum {
			return fmt.Errorf("%s has been released and would change or go: leave its version as it is and make a new version", path)
		}
	}
	return nil
}

// releaseAll adds every document that is there to the list.
func releaseAll(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "documents", "*"))
	if err != nil {
		return err
	}
	var list strings.Builder
	for _, path := range paths { // sorted by name
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(&list, "%s  documents/%s\n", digest(content), filepath.Base(path))
	}
	return os.WriteFile(filepath.Join(dir, releasedList), []byte(list.String()), 0o644)
}

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

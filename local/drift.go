package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// drift runs go generate and fails if that changes or adds a file. It compares
// with the files as they are, committed or not, and leaves what go generate wrote.
func drift(ctx context.Context, place stack.Place) error {
	before, err := files(place.Root)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "generate", "./...")
	cmd.Dir, cmd.Stdout, cmd.Stderr = place.Root, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go generate: %w", err)
	}
	after, err := files(place.Root)
	if err != nil {
		return err
	}
	var changed []string
	for name, content := range after {
		if was, there := before[name]; !there || was != content {
			short, err := filepath.Rel(place.Root, name)
			if err != nil {
				return err
			}
			changed = append(changed, short)
		}
	}
	if len(changed) > 0 {
		slices.Sort(changed)
		return errors.New("go generate changed these files, commit them: " + strings.Join(changed, ", "))
	}
	return nil
}

// files are the checksums of all files but those in hidden folders.
func files(root string) (map[string][sha256.Size]byte, error) {
	all := map[string][sha256.Size]byte{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(path)
		all[path] = sha256.Sum256(content)
		return err
	})
	return all, err
}

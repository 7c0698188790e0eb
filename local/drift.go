package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// drift runs go generate and fails if that changes a generated file (*.gen.go,
// *.gen.json, …). It works on files as they are, committed or not, and leaves
// what go generate wrote.
func drift(ctx context.Context, place stack.Place) error {
	before, err := generated(place.Root)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "generate", "./...")
	cmd.Dir, cmd.Stdout, cmd.Stderr = place.Root, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go generate: %w", err)
	}
	after, err := generated(place.Root)
	if err != nil {
		return err
	}
	var changed []string
	for name, content := range after {
		if !bytes.Equal(content, before[name]) {
			changed = append(changed, name)
		}
	}
	if len(changed) > 0 {
		slices.Sort(changed)
		return errors.New("go generate changed these files, commit them: " + strings.Join(changed, ", "))
	}
	return nil
}

func generated(root string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "node_modules"):
			return filepath.SkipDir
		case d.IsDir() || !strings.Contains(d.Name(), ".gen."):
			return nil
		}
		content, err := os.ReadFile(path)
		files[path] = content
		return err
	})
	return files, err
}

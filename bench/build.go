package main

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
)

// flags are those of the deployment.
var flags = []string{"CGO_ENABLED=0", "GOFLAGS=-trimpath -tags=lambda.norpc -ldflags=-s"}

// floor and peerName are the bench's own functions.
const (
	floor    = "empty"
	peerName = "peer"
)

// functions lists the folders below functions/.
func functions(root string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(root, "functions"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// build compiles the functions and the bench's own for a system, as they are
// deployed, into a folder of their names.
func build(ctx context.Context, root, into, system, processor string) error {
	if err := os.MkdirAll(into, 0o755); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", into+string(filepath.Separator), "./functions/...", "./bench/"+floor, "./bench/"+peerName)
	cmd.Dir = root
	cmd.Env = append(append(os.Environ(), flags...), "GOOS="+system, "GOARCH="+processor)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build for %s/%s: %w\n%s", system, processor, err, out)
	}
	return nil
}

// size is that of a bootstrap and of the archive that is uploaded.
type size struct {
	Bootstrap int64 `json:"bootstrap"`
	Zip       int64 `json:"zip"`
}

// measureSizes compiles for the two processors that the template offers.
func measureSizes(ctx context.Context, root, dir string, names []string, say func(string, ...any)) (map[string]map[string]size, error) {
	sizes := map[string]map[string]size{}
	for _, processor := range []string{"arm64", "amd64"} {
		say("building for linux/%s (longer the first time)", processor)
		into := filepath.Join(dir, "linux-"+processor)
		if err := build(ctx, root, into, "linux", processor); err != nil {
			return nil, err
		}
		sizes[processor] = map[string]size{}
		for _, name := range names {
			s, err := measureSize(filepath.Join(into, name))
			if err != nil {
				return nil, err
			}
			sizes[processor][name] = s
		}
	}
	return sizes, nil
}

func measureSize(bootstrap string) (size, error) {
	in, err := os.Open(bootstrap)
	if err != nil {
		return size{}, err
	}
	defer func() { _ = in.Close() }()
	var packed counter
	archive := zip.NewWriter(&packed)
	entry, err := archive.Create("bootstrap")
	if err != nil {
		return size{}, err
	}
	n, err := io.Copy(entry, in)
	if err != nil {
		return size{}, err
	}
	if err := archive.Close(); err != nil {
		return size{}, err
	}
	return size{Bootstrap: n, Zip: int64(packed)}, nil
}

// counter counts what is written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// host is the folder of the functions that this machine can run.
func host(ctx context.Context, root, dir string) (string, error) {
	into := filepath.Join(dir, runtime.GOOS+"-"+runtime.GOARCH)
	return into, build(ctx, root, into, runtime.GOOS, runtime.GOARCH)
}

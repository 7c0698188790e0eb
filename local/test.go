package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// test runs the tests that need nothing, then, with the stack up, those that
// carry the build tag stack, and closes with one line that counts them.
func test(ctx context.Context, place stack.Place, say *stack.Progress, packages []string) error {
	if len(packages) == 0 {
		packages = []string{"./..."}
	}
	var t tally
	if err := t.run(ctx, place, nil, append([]string{"-shuffle=on"}, packages...)); err != nil {
		return err
	}
	err := t.withStack(ctx, place, say, packages)
	fmt.Printf("%d passed, %d failed", t.passed, t.failed)
	if t.skipped > 0 {
		fmt.Printf(", %d skipped", t.skipped)
	}
	fmt.Println()
	if err == nil && t.failed > 0 {
		err = errors.New("tests failed")
	}
	if err == nil && t.passed == 0 {
		err = errors.New("no test ran")
	}
	return err
}

// withStack runs the packages that have tests for the stack. A stack that runs
// is brought up to date and used; else one of the tests' own runs meanwhile.
func (t *tally) withStack(ctx context.Context, place stack.Place, say *stack.Progress, patterns []string) error {
	packages, err := needingStack(ctx, place, patterns)
	if err != nil || len(packages) == 0 {
		return err
	}
	if place.EnforceIAM || !stack.Running(place) {
		if place, err = place.Apart("test"); err != nil {
			return err
		}
		if _, err := stack.Down(place); err != nil { // of a run that was killed
			return err
		}
		defer func() {
			if _, err := stack.Down(place); err != nil {
				say.Say("%v", err)
			}
		}()
	}
	if _, err := up(ctx, place, say); err != nil {
		t.failed++
		return err
	}
	env := []string{
		stack.EnvName + "=" + place.Name,
		fmt.Sprintf("%s=%d", stack.EnvEmulatorPort, place.EmulatorPort),
		fmt.Sprintf("%s=%d", stack.EnvDatabasePort, place.DatabasePort),
	}
	return t.run(ctx, place, env, append([]string{"-tags", "stack", "-count=1"}, packages...))
}

// needingStack are the packages that gain test files by the build tag stack.
func needingStack(ctx context.Context, place stack.Place, patterns []string) ([]string, error) {
	plain, err := testFiles(ctx, place, patterns)
	if err != nil {
		return nil, err
	}
	tagged, err := testFiles(ctx, place, append([]string{"-tags", "stack"}, patterns...))
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(tagged, func(pkg, files string) bool { return files == plain[pkg] })
	return slices.Sorted(maps.Keys(tagged)), nil
}

func testFiles(ctx context.Context, place stack.Place, args []string) (map[string]string, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-f", "{{.ImportPath}} {{.TestGoFiles}}{{.XTestGoFiles}}"}, args...)...)
	cmd.Dir, cmd.Stderr = place.Root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		pkg, names, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[pkg] = names
	}
	return files, nil
}

// tally counts tests: each test and each of its subtests is one.
type tally struct{ passed, failed, skipped int }

// event is a line of go test -json.
type event struct {
	Action, Package, ImportPath, Test, Output, FailedBuild string
	Elapsed                                                float64
}

// figures begin a line that a passing test wants to be seen: the walk over every
// reachable state says by it how many there are (V11).
const figures = "V11: "

// run runs go test, shows the output of what failed, one line for each package
// and below it the figures that its tests print.
func (t *tally) run(ctx context.Context, place stack.Place, env, args []string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Dir, cmd.Stderr, cmd.Env = place.Root, os.Stderr, append(os.Environ(), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	before := t.failed
	if err := t.read(out, os.Stdout); err != nil {
		return errors.Join(err, cmd.Wait())
	}
	if err := cmd.Wait(); err != nil {
		var exit *exec.ExitError
		if ctx.Err() != nil || !errors.As(err, &exit) {
			return errors.Join(ctx.Err(), err)
		}
		if t.failed == before {
			t.failed++ // go test failed before any test did
		}
	}
	return nil
}

func (t *tally) read(in io.Reader, out io.Writer) error {
	texts := map[string]*strings.Builder{} // output of a test or package until it is known to be needed
	inTests := map[string]int{}            // failed tests of a package
	shown := map[string][]string{}         // figures of a package's passing tests
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 64*1024), 16*1024*1024)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			_, _ = fmt.Fprintln(out, lines.Text())
			continue
		}
		key := e.Package + e.ImportPath + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			if texts[key] == nil {
				texts[key] = &strings.Builder{}
			}
			texts[key].WriteString(e.Output)
			continue
		case "pass", "fail", "skip":
		case "build-fail":
			_, _ = io.WriteString(out, text(texts[key]))
			delete(texts, key) // the package's own failure comes later
			continue
		default:
			continue
		}
		switch {
		case e.Test == "" && e.Action == "fail":
			if inTests[e.Package] == 0 {
				t.failed++ // it did not build, or failed outside a test
			}
			_, _ = io.WriteString(out, text(texts[key]))
		case e.Test == "" && e.Action == "pass":
			_, _ = fmt.Fprintf(out, "ok    %s %.1f s\n", e.Package, e.Elapsed)
			for _, line := range append(shown[e.Package], figuresIn(texts[key])...) {
				_, _ = fmt.Fprintf(out, "      %s\n", line)
			}
		case e.Test == "":
		case e.Action == "pass":
			t.passed++
			shown[e.Package] = append(shown[e.Package], figuresIn(texts[key])...)
		case e.Action == "skip":
			t.skipped++
			_, _ = io.WriteString(out, text(texts[key]))
		default:
			t.failed++
			inTests[e.Package]++
			_, _ = io.WriteString(out, text(texts[key]))
		}
		delete(texts, key)
	}
	return lines.Err()
}

func figuresIn(b *strings.Builder) []string {
	var lines []string
	for line := range strings.Lines(text(b)) {
		if strings.HasPrefix(line, figures) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func text(b *strings.Builder) string {
	if b == nil {
		return ""
	}
	return b.String()
}

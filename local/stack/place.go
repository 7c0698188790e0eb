package stack

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// Environment variables that move a stack.
const (
	EnvName         = "ONBOARDING_STACK"         // name of the stack and of its folder under .local
	EnvEmulatorPort = "ONBOARDING_EMULATOR_PORT" // port of the AWS emulator, 4566 unless set
	EnvDatabasePort = "ONBOARDING_DATABASE_PORT" // port of DynamoDB Local, 8000 unless set
	EnvEnforceIAM   = "ONBOARDING_ENFORCE_IAM"   // "true": functions may do only what their roles allow
)

// DefaultName is the stack that `make run` starts.
const DefaultName = "run"

// Place says where a stack lives on this machine.
type Place struct {
	Root         string // the repository
	Name         string
	EmulatorPort int
	DatabasePort int
	// EnforceIAM makes the emulator refuse what a role does not allow. It does
	// so for its own services only, so such a stack has no DynamoDB Local: the
	// functions use the emulator's table.
	EnforceIAM bool
}

var stackName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,30}$`)

// Here is the place that the environment names, in the repository around the
// working directory.
func Here() (Place, error) {
	root, err := findRoot()
	if err != nil {
		return Place{}, err
	}
	p := Place{Root: root, Name: DefaultName, EnforceIAM: os.Getenv(EnvEnforceIAM) == "true"}
	if name := os.Getenv(EnvName); name != "" {
		p.Name = name
	}
	if !stackName.MatchString(p.Name) || p.Name == "tools" {
		return Place{}, fmt.Errorf("%s=%q is no name for a stack: small letters, digits and hyphens, not \"tools\"", EnvName, p.Name)
	}
	if p.EmulatorPort, err = portFrom(EnvEmulatorPort, 4566); err != nil {
		return Place{}, err
	}
	if p.DatabasePort, err = portFrom(EnvDatabasePort, 8000); err != nil {
		return Place{}, err
	}
	return p, nil
}

// Apart is the same repository's stack of another name, on ports that are free now.
func (p Place) Apart(name string) (Place, error) {
	p.Name = name
	var err error
	if p.EmulatorPort, err = freePort(); err != nil {
		return Place{}, err
	}
	if p.DatabasePort, err = freePort(); err != nil {
		return Place{}, err
	}
	return p, nil
}

// Dir is the stack's own folder: process ids, logs, the built functions and stack.json.
func (p Place) Dir() string { return filepath.Join(p.Root, ".local", p.Name) }

func (p Place) file(name string) string { return filepath.Join(p.Dir(), name) }

func (p Place) toolsDir() string { return filepath.Join(p.Root, ".local", "tools") }

func (p Place) emulatorURL() string { return fmt.Sprintf("http://127.0.0.1:%d", p.EmulatorPort) }

func (p Place) databaseURL() string {
	if p.EnforceIAM {
		return p.emulatorURL()
	}
	return fmt.Sprintf("http://127.0.0.1:%d", p.DatabasePort)
}

func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "template.yaml")); err == nil {
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
				return dir, nil
			}
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no go.mod beside a template.yaml here or above: run this inside the repository")
		}
		dir = parent
	}
}

func portFrom(variable string, otherwise int) (int, error) {
	text := os.Getenv(variable)
	if text == "" {
		return otherwise, nil
	}
	port, err := strconv.Atoi(text)
	if err != nil || port < 1 || port > 65535 {
		return 0, fmt.Errorf("%s=%q is not a port", variable, text)
	}
	return port, nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

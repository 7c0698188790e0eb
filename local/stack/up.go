package stack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"
)

const readyDeadline = 90 * time.Second // of the emulator and of the database, on a busy machine

// Up starts the stack at p, or brings the running one up to date: functions are
// built and the template is deployed each time. It returns when everything
// answers and the users are seeded. When it fails or ctx ends, it stops what it
// started itself.
func Up(ctx context.Context, p Place, say *Progress) (_ *Stack, err error) {
	tools, err := Setup(ctx, p, say)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(p.Dir(), 0o755); err != nil {
		return nil, err
	}
	unlock, err := p.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()

	fresh, err := p.stopHalf(say)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil && fresh {
			p.stopAll()
		}
	}()
	g, gctx := errgroup.WithContext(ctx)
	if fresh {
		for _, x := range p.processes() {
			if err := x.portFree(); err != nil {
				return nil, err
			}
		}
		g.Go(func() error { return say.Step("AWS emulator", func() error { return p.startEmulator(gctx, tools) }) })
		if !p.EnforceIAM {
			g.Go(func() error { return say.Step("DynamoDB Local", func() error { return p.startDatabase(gctx, tools) }) })
		}
	}
	g.Go(func() error { return say.Step("functions built", func() error { return p.build(gctx, tools) }) })
	if err := g.Wait(); err != nil {
		return nil, err
	}
	sum, err := p.deployable()
	if err != nil {
		return nil, err
	}
	if deployed, err := os.ReadFile(p.file("deployed.sum")); !fresh && err == nil && string(deployed) == sum {
		say.Say("          nothing changed since it was deployed")
		return LoadFrom(p)
	}
	var s *Stack
	if err := say.Step("template deployed", func() error { s, err = p.deploy(ctx, tools); return err }); err != nil {
		return nil, err
	}
	if !p.EnforceIAM {
		if err := say.Step("table in DynamoDB Local", func() error { return s.createTable(ctx, p) }); err != nil {
			return nil, err
		}
	}
	if err := say.Step("users", func() error { return s.seedUsers(ctx) }); err != nil {
		return nil, err
	}
	if err := writeJSON(p.file("stack.json"), s); err != nil {
		return nil, err
	}
	return s, os.WriteFile(p.file("deployed.sum"), []byte(sum), 0o600)
}

// Down stops the stack at p and says whether anything ran.
func Down(p Place) (bool, error) {
	if _, err := os.Stat(p.Dir()); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	unlock, err := p.lock()
	if err != nil {
		return false, err
	}
	defer unlock()
	return p.stopAll(), nil
}

// Running says whether the stack at p runs, with all of its processes.
func Running(p Place) bool {
	for _, x := range p.processes() {
		if x.pid() == 0 {
			return false
		}
	}
	return true
}

func (p Place) processes() []process {
	if p.EnforceIAM {
		return []process{p.emulator()}
	}
	return []process{p.emulator(), p.database()}
}

// stopHalf says whether the processes are to be started; half a stack is stopped first.
func (p Place) stopHalf(say *Progress) (fresh bool, err error) {
	var was Place
	if Running(p) {
		if err := readJSON(p.file("place.json"), &was); err == nil && was == p {
			return false, nil
		}
		return false, fmt.Errorf("the stack %q runs, but on other ports or otherwise set up (%+v): stop it first", p.Name, was)
	}
	if p.stopAll() {
		say.Say("  Half of a stack ran: stopped it")
	}
	return true, writeJSON(p.file("place.json"), p)
}

func (p Place) stopAll() bool {
	emulator, database := p.emulator().stop(), p.database().stop()
	_ = os.Remove(p.file("stack.json"))
	_ = os.Remove(p.file("deployed.sum"))
	return emulator || database
}

// lock keeps two of these programs from working on one stack at the same time.
func (p Place) lock() (unlock func(), err error) {
	f, err := os.OpenFile(p.file("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("another program is starting or stopping the stack %q: wait for it", p.Name)
	}
	return func() { _ = f.Close() }, nil
}

func (p Place) startDatabase(ctx context.Context, tools Tools) error {
	return p.database().start(ctx, tools.Database, p.environment(), answers(p.databaseURL()), readyDeadline, tools.Java,
		"-Djava.library.path=./DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb",
		"-port", strconv.Itoa(p.DatabasePort))
}

// startEmulator gives the emulator the endpoints that the functions inherit
// from it: so they find it, and DynamoDB Local, with no parameter of their own.
func (p Place) startEmulator(ctx context.Context, tools Tools) error {
	scratch := p.file("tmp")
	if err := errors.Join(os.RemoveAll(scratch), os.MkdirAll(scratch, 0o755)); err != nil {
		return err
	}
	env := append(p.environment(),
		"GATEWAY_PORT="+strconv.Itoa(p.EmulatorPort),
		"BIND_HOST=127.0.0.1",
		"IOT_MTLS_ENABLED=0",
		"TMPDIR="+scratch,
		"AUTH="+strconv.FormatBool(p.EnforceIAM),
	)
	return p.emulator().start(ctx, p.Dir(), env, answers(p.emulatorURL()+"/_ministack/health"), readyDeadline, tools.Emulator)
}

// environment is this program's without anything of a real account.
func (p Place) environment() []string {
	var env []string
	for _, entry := range os.Environ() {
		if !strings.HasPrefix(entry, "AWS_") && !strings.HasPrefix(entry, "SAM_") {
			env = append(env, entry)
		}
	}
	nothing := filepath.Join(p.Dir(), "no-aws-config")
	return append(env,
		"AWS_ACCESS_KEY_ID="+accessKey,
		"AWS_SECRET_ACCESS_KEY="+accessKey,
		"AWS_REGION="+region,
		"AWS_DEFAULT_REGION="+region,
		"AWS_CONFIG_FILE="+nothing,
		"AWS_SHARED_CREDENTIALS_FILE="+nothing,
		"AWS_EC2_METADATA_DISABLED=true",
		"AWS_ENDPOINT_URL="+p.emulatorURL(),
		"AWS_ENDPOINT_URL_DYNAMODB="+p.databaseURL(),
	)
}

// answers asks whether an HTTP server answers at all, whatever it says.
func answers(url string) func(context.Context) error {
	return func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return err
		}
		if err := res.Body.Close(); err != nil {
			return err
		}
		if res.StatusCode >= http.StatusInternalServerError {
			return fmt.Errorf("%s answers %s", url, res.Status)
		}
		return nil
	}
}

package stack

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a program that runs on after the one that started it, with its
// process id in <name>.pid and its output in <name>.log of the stack's folder.
type process struct {
	place Place
	name  string
	mark  string // part of its command line: a process id alone may be another's by now
	port  int
	env   string // the variable that moves the port
}

func (p Place) emulator() process {
	return process{place: p, name: "emulator", mark: "ministack", port: p.EmulatorPort, env: EnvEmulatorPort}
}

func (p Place) database() process {
	return process{place: p, name: "database", mark: "DynamoDBLocal.jar", port: p.DatabasePort, env: EnvDatabasePort}
}

func (x process) logFile() string { return x.place.file(x.name + ".log") }

// pid is the process's id, or 0 if it does not run.
func (x process) pid() int {
	text, err := os.ReadFile(x.place.file(x.name + ".pid"))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 1 {
		return 0
	}
	command, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil || !strings.Contains(string(command), x.mark) {
		return 0
	}
	return pid
}

// portFree says clearly why the process cannot have its port.
func (x process) portFree() error {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", x.port))
	if err == nil {
		return l.Close()
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("port %d for the %s: %w", x.port, x.name, err)
	}
	return fmt.Errorf("port %d, which the %s needs, is taken%s: stop that, or choose another port with %s=<port>",
		x.port, x.name, whoListens(x.port), x.env)
}

// whoListens is " by …" as far as this machine's tools tell.
func whoListens(port int) string {
	if out, err := exec.Command("lsof", "-nP", fmt.Sprintf("-iTCP:%d", port), "-sTCP:LISTEN", "-Fcp").Output(); err == nil {
		var pid, command string
		for line := range strings.Lines(string(out)) {
			switch line = strings.TrimSpace(line); {
			case strings.HasPrefix(line, "p"):
				pid = line[1:]
			case strings.HasPrefix(line, "c"):
				command = line[1:]
			}
		}
		return fmt.Sprintf(" by %s (process %s)", command, pid)
	}
	out, err := exec.Command("ss", "-ltnpH", fmt.Sprintf("sport = :%d", port)).Output()
	if err != nil {
		return ""
	}
	_, users, found := strings.Cut(string(out), `users:(("`)
	if !found {
		return ""
	}
	command, rest, _ := strings.Cut(users, `"`)
	pid, _, _ := strings.Cut(strings.TrimPrefix(rest, ",pid="), ",")
	return fmt.Sprintf(" by %s (process %s)", command, pid)
}

// start starts the program in a session of its own and waits until ready says it answers.
func (x process) start(ctx context.Context, dir string, env []string, ready func(context.Context) error, deadline time.Duration, program string, args ...string) error {
	if err := x.portFree(); err != nil {
		return err
	}
	log, err := os.Create(x.logFile())
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the %s: %w", x.name, err)
	}
	if err := os.WriteFile(x.place.file(x.name+".pid"), []byte(strconv.Itoa(cmd.Process.Pid)), 0o600); err != nil {
		_ = cmd.Process.Kill()
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	if err := until(ctx, 100*time.Millisecond, ended, ready); err != nil {
		x.stop()
		return fmt.Errorf("the %s did not get ready within %s: %w\nThe end of %s:\n%s", x.name, deadline, err,
			relative(x.place.Root, x.logFile()), tail(x.logFile(), 15))
	}
	return nil
}

// until asks ready again and again until it answers nil, the process ends or the context does.
func until(ctx context.Context, pause time.Duration, ended <-chan error, ready func(context.Context) error) error {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		attempt, cancel := context.WithTimeout(ctx, 2*time.Second)
		err := ready(attempt)
		cancel()
		if err == nil {
			return nil
		}
		select {
		case end := <-ended:
			return fmt.Errorf("it ended: %v", end)
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-tick.C:
		}
	}
}

// stop ends the process and those it started, and says whether there was one.
func (x process) stop() bool {
	defer func() { _ = os.Remove(x.place.file(x.name + ".pid")) }()
	pid := x.pid()
	if pid == 0 {
		return false
	}
	_ = syscall.Kill(pid, syscall.SIGTERM)
	for range 50 {
		if x.pid() == 0 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	// The rest of its session: functions that the emulator runs, or itself if it did not listen.
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	return true
}

// run runs a program to its end and returns what it wrote. When the context ends it is interrupted first.
func run(ctx context.Context, dir string, env []string, program string, args ...string) (string, error) {
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = dir, env, &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return strings.TrimSpace(out.String()), err
}

func tail(path string, lines int) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	all := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

func relative(root, path string) string {
	if short, err := filepath.Rel(root, path); err == nil {
		return short
	}
	return path
}

func checksum(parts ...[]byte) []byte {
	h := sha256.New()
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)[:8]
}

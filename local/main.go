// Command local is the local stack's front door: it brings the tools, starts,
// seeds, shows and stops the whole system on this machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/partner-onboarding/partner-onboarding/local/demo"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

const usage = `usage: go run ./local COMMAND

  setup              bring the tools into .local/tools (up does it too)
  up                 start the stack, or bring the running one up to date
  run [-input FILE]  up, then the demo: onboards the company of a file, or of a shipped input by its name
  status             what runs and where
  token USER         print an ID token of a user
  logs FUNCTION      what a function logged, such as outbox
  scan PARTNER [infected]
                     play the search for malware in a partner's documents
  test [PACKAGES]    all tests, with a stack of their own unless one runs
  sam ARGUMENTS      SAM CLI, as setup brought it
  drift              whether the generated files are what go generate writes
  down               stop everything

Environment:
  ONBOARDING_STACK          name of the stack, "run"
  ONBOARDING_EMULATOR_PORT  4566
  ONBOARDING_DATABASE_PORT  8000
  ONBOARDING_BUSINESS_DAY   how long a business day lasts, 3s
  ONBOARDING_ENFORCE_IAM    "true": functions may do only what their roles allow (then without DynamoDB Local)
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		if errors.Is(err, context.Canceled) && ctx.Err() != nil {
			err = errors.New("interrupted; what this command had started is stopped")
		}
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}

func command(ctx context.Context, args []string) error {
	if len(args) == 0 {
		args = []string{"help"}
	}
	place, err := stack.Here()
	if err != nil {
		return err
	}
	say := stack.NewProgress(os.Stderr)
	switch name, args := args[0], args[1:]; name {
	case "setup":
		start := time.Now()
		if _, err := stack.Setup(ctx, place, say); err != nil {
			return err
		}
		say.Say("The tools are there (%.1f s)", time.Since(start).Seconds())
		return nil
	case "up":
		s, err := up(ctx, place, say)
		if err != nil {
			return err
		}
		show(s)
		return nil
	case "run":
		return runDemo(ctx, place, say, args)
	case "status":
		s, err := stack.LoadFrom(place)
		if err != nil {
			return err
		}
		show(s)
		return nil
	case "token":
		return printToken(ctx, place, args)
	case "logs":
		return printLogs(ctx, place, args)
	case "scan":
		return scan(ctx, place, say, args)
	case "test":
		return test(ctx, place, say, args)
	case "sam":
		return sam(ctx, place, say, args)
	case "drift":
		return drift(ctx, place)
	case "down":
		ran, err := stack.Down(place)
		if err == nil && !ran {
			say.Say("Nothing ran")
		}
		return err
	case "help", "-h", "--help":
		fmt.Print(usage)
		return nil
	default:
		return fmt.Errorf("there is no command %q\n%s", name, usage)
	}
}

func up(ctx context.Context, place stack.Place, say *stack.Progress) (*stack.Stack, error) {
	start := time.Now()
	if stack.Running(place) {
		say.Say("The local stack runs: bringing it up to date")
	} else {
		say.Say("Starting the local stack")
	}
	s, err := stack.Up(ctx, place, say)
	if err != nil {
		return nil, err
	}
	say.Say("  %5.1f s in all", time.Since(start).Seconds())
	return s, nil
}

// runDemo judges the input before anything is started.
func runDemo(ctx context.Context, place stack.Place, say *stack.Progress, args []string) error {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	input := flags.String("input", "", "what to play: a file, or one of "+strings.Join(demo.Shipped(), ", ")+" (default "+demo.Default+")")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("run takes no %q; give the file as -input FILE", flags.Arg(0))
	}
	in, err := demo.Load(*input)
	if err != nil {
		return err
	}
	start := time.Now()
	s, err := up(ctx, place, say)
	if err != nil {
		return err
	}
	return demo.Play(ctx, s, place, in, os.Stdout, time.Since(start))
}

func printToken(ctx context.Context, place stack.Place, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: go run ./local token USER")
	}
	s, err := stack.LoadFrom(place)
	if err != nil {
		return err
	}
	token, err := s.Token(ctx, args[0])
	if err != nil {
		return err
	}
	fmt.Println(token)
	return nil
}

// scan plays the search for malware, which nobody does locally.
func scan(ctx context.Context, place stack.Place, say *stack.Progress, args []string) error {
	result := stack.NoThreatsFound
	if len(args) == 2 && args[1] == "infected" {
		result = stack.ThreatsFound
	} else if len(args) != 1 {
		return errors.New("usage: go run ./local scan PARTNER [infected]")
	}
	s, err := stack.LoadFrom(place)
	if err != nil {
		return err
	}
	n, err := s.Scan(ctx, args[0], result)
	say.Say("%d scanned: %s", n, result)
	return err
}

func printLogs(ctx context.Context, place stack.Place, args []string) error {
	if len(args) != 1 {
		return errors.New("usage: go run ./local logs FUNCTION")
	}
	s, err := stack.LoadFrom(place)
	if err != nil {
		return err
	}
	lines, err := s.Logs(ctx, args[0], time.Time{})
	if err != nil {
		return err
	}
	for _, line := range lines {
		fmt.Println(line.At.Format(time.TimeOnly), strings.TrimSpace(line.Text))
	}
	return nil
}

func show(s *stack.Stack) {
	fmt.Printf("\nAPI       %s\nAWS       %s\nDynamoDB  %s (table %s)\n", s.APIURL, s.Endpoint, s.DynamoDBEndpoint, s.Table)
	fmt.Printf("\nUsers, all with the password %s\n", stack.Password)
	for _, u := range stack.Users() {
		fmt.Printf("  %-38s %s\n", u.Email, u.About)
	}
	fmt.Printf("\nA token: go run ./local token %s\nStop:    make stop\n", stack.Users()[0].Email)
}

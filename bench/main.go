// Command bench measures the system against its targets and prints one table:
// figure, target, measured, ratio. What can be counted is counted; what is timed
// is compared with a peer in the same run.
//
// It needs nothing running: functions run as processes that speak to a Lambda
// Runtime API of its own, on a DynamoDB Local that it starts. The figures of
// performance that cost money on AWS (capacity, transitions) are those of one
// onboarding from enrolment to the first distributor.
//
// usage: go run ./bench [-only coldstart,size,onboarding,warm]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// everything lists the parts of a whole run.
const everything = "size,coldstart,onboarding,warm"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	only := flag.String("only", everything, "what to measure")
	flag.Parse()
	wanted := func(part string) bool { return strings.Contains(","+*only+",", ","+part+",") }
	place, err := stack.Here()
	if err != nil {
		return err
	}
	start := time.Now()
	say := func(format string, args ...any) {
		fmt.Fprintf(os.Stderr, "%6.1f s  %s\n", time.Since(start).Seconds(), fmt.Sprintf(format, args...))
	}
	b := bench{place: place, dir: filepath.Join(place.Root, ".local", "bench"), say: say}
	if b.functions, err = functions(place.Root); err != nil {
		return err
	}
	all := append([]string{floor, peerName}, b.functions...)
	r := &report{Measured: start.UTC().Truncate(time.Second), Machine: fmt.Sprintf("%s/%s, %d processors, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())}
	say("building for this machine")
	if b.bin, err = host(ctx, place.Root, b.dir); err != nil {
		return err
	}
	if wanted("size") {
		sizes, err := measureSizes(ctx, place.Root, b.dir, all, say)
		if err != nil {
			return err
		}
		r.sizes(sizes, b.functions)
	}
	if wanted("coldstart") {
		say("starting each of %d functions %d times", len(all), starts)
		times, err := measureColdStarts(ctx, b.bin, all, environment(nil))
		if err != nil {
			return err
		}
		r.coldStarts(times, b.functions)
	}
	if wanted("onboarding") || wanted("warm") {
		if err := b.withDatabase(ctx, r, wanted("warm")); err != nil {
			return err
		}
	}
	if err := errors.Join(r.print(os.Stdout), r.write(filepath.Join(place.Root, "bench", "latest.json"), *only)); err != nil {
		return err
	}
	say("done")
	return nil
}

type bench struct {
	place     stack.Place
	dir, bin  string
	functions []string
	say       func(string, ...any)
}

// environment is what the template gives every function, laid over by more.
func environment(more map[string]string) []string {
	values := map[string]string{
		"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench",
		"AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_SFN": "http://127.0.0.1:1", "AWS_ENDPOINT_URL_SES": "http://127.0.0.1:1",
		"TABLE_NAME": "bench", "PORTAL_URL": "https://portal.example", "PROGRAMME_NAME": "Cloud Solution Provider", "PROGRAMME_OWNER": "Programme Owner Ltd",
		"SENDER_ADDRESS": "no-reply@programme.example", "STAFF_ADDRESS": "reviewers@programme.example", "REVIEWING_REGION": "US",
		"DOCUMENTS_BUCKET": "documents", "IMPORTS_BUCKET": "imports", "EVENT_BUS": "bench", "ACCOUNT_ID": "000000000000",
		"ONBOARDING_STATE_MACHINE_ARN": onboardingARN, "IDENTITY_PROVIDER_NAME": "WorkAccount", "MAIL_CONFIGURATION_SET": "bench",
	}
	for name, value := range more {
		values[name] = value
	}
	var env []string
	for name, value := range values {
		env = append(env, name+"="+value)
	}
	return env
}

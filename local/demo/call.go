package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
)

// callDeadline is how long one request of the API may take, tries included.
const callDeadline = 30 * time.Second

// request is one that a person makes.
type request struct {
	who          person
	method, path string
	body         any
	headers      []string // pairs of name and value
	want         []int    // the statuses that are all right; 200 when there are none
	doing        string   // what is done by it, for a failure
	round        int      // of the business information in the body, for the faults' lines
}

// answer is what the API said.
type answer struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration
}

// call sends a request and reads the answer into out, unless that is nil. Busy
// answers (429, 503) are tried again as they ask.
func (d *demo) call(ctx context.Context, r request, out any) (answer, error) {
	if len(r.want) == 0 {
		r.want = []int{http.StatusOK}
	}
	limited, cancel := context.WithTimeout(ctx, callDeadline)
	defer cancel()
	for {
		start := time.Now()
		res, body, err := d.stack.Call(limited, r.who.email, r.method, r.path, r.body, r.headers...)
		if err != nil {
			if ctx.Err() != nil {
				return answer{}, ctx.Err()
			}
			return answer{}, d.failure(r.doing, fmt.Sprintf("%s %s to be answered within %s", r.method, r.path, callDeadline), err.Error(), err, d.lookAt(r.path)...)
		}
		a := answer{status: res.StatusCode, header: res.Header, body: body, took: time.Since(start)}
		if (a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable) && limited.Err() == nil {
			d.print.Entry(entry{label: "note", text: fmt.Sprintf("%s %s: %d, asked to try again", r.method, r.path, a.status)})
			sleep(limited, time.Second)
			if limited.Err() == nil {
				continue
			}
		}
		if !slices.Contains(r.want, a.status) {
			return a, d.failure(r.doing, fmt.Sprintf("%s %s to answer %s", r.method, r.path, statuses(r.want)), d.seen(r, a), nil, d.lookAt(r.path)...)
		}
		if out != nil {
			if err := json.Unmarshal(body, out); err != nil {
				return a, d.failure(r.doing, fmt.Sprintf("%s %s to answer with JSON", r.method, r.path), err.Error(), err, d.lookAt(r.path)...)
			}
		}
		return a, nil
	}
}

func statuses(list []int) string {
	var texts []string
	for _, status := range list {
		texts = append(texts, fmt.Sprint(status))
	}
	return strings.Join(texts, " or ")
}

// seen says what an answer says: of a problem document the code, the text and
// every fault, with the input's line where the fault is about the input.
func (d *demo) seen(r request, a answer) string {
	var problem api.Problem
	if json.Unmarshal(a.body, &problem) != nil || problem.Code == "" {
		return fmt.Sprintf("%d %s", a.status, cut(string(a.body), 400))
	}
	text := fmt.Sprintf("%d %s: %s", a.status, problem.Code, problem.Detail)
	if problem.RequestID != "" {
		text += " (request " + problem.RequestID + ")"
	}
	for _, f := range problem.Errors {
		at := f.Pointer + ": " + f.Message
		if strings.HasSuffix(r.path, "/business-info") || strings.HasSuffix(r.path, "/business-info/submission") {
			at = d.in.file + ": " + d.in.infoFault(r.round, f.Pointer, f.Message).String()
		}
		text += "\n            " + at
	}
	return text
}

func cut(text string, n int) string {
	if runes := []rune(text); len(runes) > n {
		return string(runes[:n]) + "..."
	}
	return text
}

// functionOf is the folder of the function that answers a path.
func functionOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	switch {
	case path == "/checklist" || path == "/partners":
		return "enrollment"
	case strings.Contains(path, "/business-info") || strings.HasPrefix(path, "/countries"):
		return "businessinfo"
	case strings.Contains(path, "/verification/documents"):
		return "document"
	case strings.Contains(path, "/direct-bill"):
		return "directbill"
	case strings.Contains(path, "/verification") || strings.HasPrefix(path, "/ownership-links"):
		return "verification"
	case strings.Contains(path, "/agreement"):
		return "agreement"
	case strings.Contains(path, "/relationships") || strings.HasPrefix(path, "/distributors"):
		return "distributor"
	}
	return "partner"
}

func (d *demo) lookAt(path string) []string {
	return []string{d.command("go run ./local logs " + functionOf(path))}
}

// failure says what went wrong, with the logs that are there in any case.
func (d *demo) failure(doing, expected, seen string, cause error, look ...string) error {
	return &Failure{Doing: doing, Expected: expected, Seen: seen, Cause: cause,
		Look: append(look, d.logs+"/emulator.log and database.log", d.command("go run ./local status"))}
}

// sleep waits, but not longer than ctx lives.
func sleep(ctx context.Context, pause time.Duration) {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// await asks until probe says done, or fails with what probe saw last. probe's
// error ends the wait.
func (d *demo) await(ctx context.Context, doing, expected string, limit time.Duration, look []string, probe func(context.Context) (seen string, done bool, err error)) error {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	last := "nothing"
	for {
		seen, done, err := probe(limited)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && limited.Err() == nil:
			return err
		case done:
			return nil
		}
		if seen != "" {
			last = seen
		}
		sleep(limited, 100*time.Millisecond)
		if limited.Err() != nil && ctx.Err() == nil {
			return d.failure(doing, fmt.Sprintf("%s, within %s", expected, limit), last, nil, look...)
		}
	}
}

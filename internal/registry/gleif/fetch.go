package gleif

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/registry"
)

// Why the register could not be asked.
var (
	errResting  = errors.New("gleif: left alone after a failure")
	errTooLarge = errors.New("gleif: the answer is too large")
	errGarbage  = errors.New("gleif: the answer isn't what is documented")
)

// statusError is an answer that isn't 200; a redirect is one too.
type statusError struct {
	status int
	rest   time.Duration // that the register asked for
}

func (e *statusError) Error() string { return "gleif: answered " + strconv.Itoa(e.status) }

// reasonOf names an error without what somebody typed, which is in a URL.
func reasonOf(err error) string {
	var status *statusError
	switch {
	case errors.As(err, &status):
		return status.Error()
	case errors.Is(err, context.DeadlineExceeded):
		return "too slow"
	case errors.Is(err, errResting), errors.Is(err, errTooLarge), errors.Is(err, errGarbage):
		return err.Error()
	}
	return "no connection"
}

// restAfter is how long the register is left alone.
func restAfter(err error) time.Duration {
	var status *statusError
	if errors.As(err, &status) {
		return max(rest, min(status.rest, longestRest))
	}
	return rest
}

// fetch asks one query.
func (c *Client) fetch(ctx context.Context, parameters url.Values) ([]registry.Record, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.address+"/lei-records?"+parameters.Encode(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", mediaType)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After")) // a date counts as none
		return nil, &statusError{status: response.StatusCode, rest: time.Duration(seconds) * time.Second}
	}
	if media, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); media != mediaType && media != "application/json" {
		return nil, errGarbage
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, err
	case len(body) > maxAnswer:
		return nil, errTooLarge
	}
	var d document
	if err := json.Unmarshal(body, &d); err != nil || d.Data == nil {
		return nil, errGarbage
	}
	return d.records(), nil
}

package delivery

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/aws/smithy-go"
)

// Reason says what a permanent failure lies in, and so who must act.
type Reason string

// The reasons.
const (
	ReasonRecipient     Reason = "recipient"     // the address is refused: the partner must give another
	ReasonContent       Reason = "content"       // SES refuses the message itself
	ReasonConfiguration Reason = "configuration" // sender not verified, configuration set missing, no permission: operators must act, then the same message can be sent
)

// PermanentError says that the mail was not sent and that sending the same
// again gives the same, until what Reason names is mended.
type PermanentError struct {
	Reason Reason
	Code   string // of SES, "" when SES was not asked
	Err    error
}

func (e *PermanentError) Error() string {
	return "delivery: refused for good (" + string(e.Reason) + "): " + e.Err.Error()
}

func (e *PermanentError) Unwrap() error { return e.Err }

// ThrottledError says that the mail was not sent (SES drops what exceeds a
// limit, it queues nothing) and may be after a while.
type ThrottledError struct {
	Code  string
	After time.Duration // when to try again: seconds for the rate, an hour for the daily quota or a pause
	Err   error
}

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("delivery: throttled, try again in %s: %v", e.After, e.Err)
}

func (e *ThrottledError) Unwrap() error { return e.Err }

// TransientError says that something failed that may work the next time.
type TransientError struct {
	Code string
	// MaybeSent is true when the request may have been carried out although no
	// good answer came: trying again may then send a second mail.
	MaybeSent bool
	Err       error
}

func (e *TransientError) Error() string {
	sent := "not sent"
	if e.MaybeSent {
		sent = "perhaps sent"
	}
	return "delivery: failed for now, " + sent + ": " + e.Err.Error()
}

func (e *TransientError) Unwrap() error { return e.Err }

const (
	rateDelay      = 10 * time.Second
	quotaDelay     = time.Hour
	transientDelay = 30 * time.Second
)

// RetryAfter suggests when to try again after err; ok is false when trying
// again is of no use.
func RetryAfter(err error) (after time.Duration, ok bool) {
	var throttled *ThrottledError
	var permanent *PermanentError
	switch {
	case err == nil || errors.As(err, &permanent):
		return 0, false
	case errors.As(err, &throttled):
		return throttled.After, true
	}
	return transientDelay, true
}

// classify turns what the client returned into one of the three errors. The
// texts of SES may hold addresses: log the error's kind and code, not its text.
func (s *Sender) classify(err error, to string) error {
	var api smithy.APIError
	if errors.As(err, &api) {
		return s.classifyAnswer(err, api.ErrorCode(), api.ErrorMessage(), to)
	}
	var dial *net.OpError
	notSent := errors.As(err, &dial) && dial.Op == "dial" || refused(err)
	return &TransientError{MaybeSent: !notSent, Err: err}
}

func (s *Sender) classifyAnswer(err error, code, message, to string) error {
	text := strings.ToLower(message)
	// With the query protocol the code comes with or without "Exception".
	switch name := strings.TrimSuffix(code, "Exception"); name {
	case "Throttling", "TooManyRequests", "RequestThrottled", "LimitExceeded", "SlowDown", "RequestLimitExceeded":
		if strings.Contains(text, "quota") {
			return &ThrottledError{Code: code, After: quotaDelay, Err: err}
		}
		return &ThrottledError{Code: code, After: rateDelay, Err: err}
	case "AccountSendingPaused", "ConfigurationSetSendingPaused":
		return &ThrottledError{Code: code, After: quotaDelay, Err: err}
	case "MessageRejected":
		return &PermanentError{Reason: s.rejected(text, to), Code: code, Err: err}
	case "InvalidParameterValue":
		return &PermanentError{Reason: s.invalid(text, to), Code: code, Err: err}
	case "MailFromDomainNotVerified", "FromEmailAddressNotVerified", "ConfigurationSetDoesNotExist", "ProductionAccessNotGranted", "AccessDenied", "UnauthorizedOperation", "OptInRequired":
		return &PermanentError{Reason: ReasonConfiguration, Code: code, Err: err}
	case "ValidationError", "Validation", "MissingParameter", "InvalidParameterCombination", "MalformedQueryString":
		return &PermanentError{Reason: ReasonContent, Code: code, Err: err}
	}
	if status(err) == 429 {
		return &ThrottledError{Code: code, After: rateDelay, Err: err}
	}
	return &TransientError{Code: code, MaybeSent: !refused(err), Err: err}
}

// refused says that the answer's HTTP status is one of a request that was not
// carried out.
func refused(err error) bool { return status(err) >= 400 && status(err) < 500 }

// status is the HTTP status of the answer inside err, 0 when there was none.
func status(err error) int {
	var answer interface{ HTTPStatusCode() int }
	if errors.As(err, &answer) {
		return answer.HTTPStatusCode()
	}
	return 0
}

// rejected reads why a message was rejected. An unverified sender and (in the
// sandbox) an unverified recipient come with the same code; the message lists
// the addresses. Where both are listed operators must act first.
func (s *Sender) rejected(text, to string) Reason {
	if !strings.Contains(text, "not verified") {
		if strings.Contains(text, "address") {
			return ReasonRecipient // for example "Address blacklisted."
		}
		return ReasonContent
	}
	_, ours, _ := strings.Cut(strings.ToLower(s.address), "@")
	listed := strings.NewReplacer(strings.ToLower(to), "").Replace(text)
	if strings.Contains(text, strings.ToLower(to)) && !strings.Contains(listed, ours) {
		return ReasonRecipient
	}
	return ReasonConfiguration
}

// invalid reads which parameter SES took offence at; the addresses are the
// only ones that come from outside.
func (s *Sender) invalid(text, to string) Reason {
	switch {
	case strings.Contains(text, "tag"), strings.Contains(text, "configuration"), strings.Contains(text, "source"), strings.Contains(text, strings.ToLower(s.address)) && !strings.EqualFold(s.address, to):
		return ReasonConfiguration
	case strings.Contains(text, "address"), strings.Contains(text, "domain"), strings.Contains(text, "local"), strings.Contains(text, "recipient"), strings.Contains(text, strings.ToLower(to)):
		return ReasonRecipient
	}
	return ReasonContent
}

package delivery

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/ses"
)

// stub is SES over HTTP: it answers every request with one status and body and
// counts them.
type stub struct {
	*httptest.Server
	calls atomic.Int32
	form  url.Values
}

func newStub(t *testing.T, status int, body string) *stub {
	t.Helper()
	s := &stub{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.calls.Add(1)
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		s.form = r.PostForm
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *stub) sender(t *testing.T) *Sender {
	t.Helper()
	return mustSender(t, ses.New(ses.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(s.URL),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}))
}

func errorBody(code, message string) string {
	return fmt.Sprintf(`<ErrorResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>r-1</RequestId></ErrorResponse>`, code, message)
}

func TestSendOverTheWire(t *testing.T) {
	s := newStub(t, 200, `<SendEmailResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/"><SendEmailResult><MessageId>0102-m</MessageId></SendEmailResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></SendEmailResponse>`)
	id, err := s.sender(t).Send(t.Context(), message())
	if err != nil || id != "0102-m" || s.calls.Load() != 1 {
		t.Fatalf("got %q, %v after %d calls", id, err, s.calls.Load())
	}
	for name, want := range map[string]string{
		"Action": "SendEmail", "Destination.ToAddresses.member.1": "zoe@fabrikam.example", "Message.Subject.Data": message().Subject, "Message.Body.Text.Charset": "UTF-8",
		"Message.Body.Html.Data": message().HTML, "ConfigurationSetName": "onboarding", "Tags.member.1.Value": message().Key,
	} {
		if got := s.form.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestEveryAnswerOfSESIsClassified(t *testing.T) {
	for _, c := range []struct {
		name, code, message string
		status              int
		reason              Reason        // of a PermanentError
		after               time.Duration // of a ThrottledError
		maybeSent           bool          // of a TransientError
	}{
		{name: "ErrSenderNotVerified", status: 400, code: "MessageRejected", message: "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: partners@contoso.example, contoso.example", reason: ReasonConfiguration},
		{name: "ErrRecipientNotVerified", status: 400, code: "MessageRejected", message: "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: zoe@fabrikam.example", reason: ReasonRecipient},
		{name: "ErrBothNotVerified", status: 400, code: "MessageRejected", message: "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: partners@contoso.example, zoe@fabrikam.example", reason: ReasonConfiguration},
		{name: "ErrAddressBlacklisted", status: 400, code: "MessageRejected", message: "Address blacklisted.", reason: ReasonRecipient},
		{name: "ErrContentRejected", status: 400, code: "MessageRejected", message: "Message contains a virus.", reason: ReasonContent},
		{name: "ErrIllegalAddress", status: 400, code: "InvalidParameterValue", message: "Illegal address", reason: ReasonRecipient},
		{name: "ErrIllegalDomain", status: 400, code: "InvalidParameterValue", message: "Domain contains illegal character", reason: ReasonRecipient},
		{name: "ErrIllegalLocalPart", status: 400, code: "InvalidParameterValue", message: "Local address contains control or whitespace", reason: ReasonRecipient},
		{name: "ErrBadTag", status: 400, code: "InvalidParameterValue", message: "Invalid tag value: x", reason: ReasonConfiguration},
		{name: "ErrMailFrom", status: 400, code: "MailFromDomainNotVerifiedException", message: "x", reason: ReasonConfiguration},
		{name: "ErrConfigurationSet", status: 400, code: "ConfigurationSetDoesNotExist", message: "Configuration set &lt;onboarding&gt; does not exist.", reason: ReasonConfiguration},
		{name: "ErrAccessDenied", status: 403, code: "AccessDenied", message: "User is not authorized to perform ses:SendEmail", reason: ReasonConfiguration},
		{name: "ErrValidation", status: 400, code: "ValidationError", message: "1 validation error detected", reason: ReasonContent},
		{name: "ErrRate", status: 400, code: "Throttling", message: "Maximum sending rate exceeded.", after: rateDelay},
		{name: "ErrRateException", status: 400, code: "ThrottlingException", message: "Maximum sending rate exceeded", after: rateDelay},
		{name: "ErrRequestRate", status: 400, code: "Throttling", message: "Rate exceeded", after: rateDelay},
		{name: "ErrTooManyRequests", status: 429, code: "Whatever", message: "x", after: rateDelay},
		{name: "ErrQuota", status: 400, code: "Throttling", message: "Daily message quota exceeded.", after: quotaDelay},
		{name: "ErrAccountPaused", status: 400, code: "AccountSendingPausedException", message: "x", after: quotaDelay},
		{name: "ErrSetPaused", status: 400, code: "ConfigurationSetSendingPausedException", message: "x", after: quotaDelay},
		{name: "ErrExpiredToken", status: 403, code: "ExpiredToken", message: "The security token included in the request is expired"},
		{name: "ErrClock", status: 403, code: "SignatureDoesNotMatch", message: "Signature expired"},
		{name: "ErrUnavailable", status: 503, code: "ServiceUnavailable", message: "x", maybeSent: true},
		{name: "ErrInternal", status: 500, code: "InternalFailure", message: "x", maybeSent: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStub(t, c.status, errorBody(c.code, c.message))
			_, err := s.sender(t).Send(t.Context(), message())
			var permanent *PermanentError
			var throttled *ThrottledError
			var transient *TransientError
			after, again := RetryAfter(err)
			switch {
			case c.reason != "":
				if !errors.As(err, &permanent) || permanent.Reason != c.reason || permanent.Code != c.code || again {
					t.Errorf("got %v", err)
				}
			case c.after != 0:
				if !errors.As(err, &throttled) || throttled.After != c.after || throttled.Code != c.code || !again || after != c.after {
					t.Errorf("got %v", err)
				}
			default:
				if !errors.As(err, &transient) || transient.MaybeSent != c.maybeSent || transient.Code != c.code || !again {
					t.Errorf("got %v", err)
				}
			}
			if s.calls.Load() != 1 {
				t.Errorf("%d requests were made, each may be a mail", s.calls.Load())
			}
		})
	}
}

func TestAnAnswerThatIsNoAnswerIsTransient(t *testing.T) {
	for name, c := range map[string]struct {
		status    int
		body      string
		maybeSent bool
	}{
		"a gateway's page": {502, "<html>Bad Gateway</html>", true},
		"an empty error":   {500, "", true},
		"a proxy's no":     {403, "<html>Forbidden", false},
		"a torn success":   {200, "<SendEmailResponse><SendEm", true},
	} {
		s := newStub(t, c.status, c.body)
		_, err := s.sender(t).Send(t.Context(), message())
		var transient *TransientError
		if !errors.As(err, &transient) || transient.MaybeSent != c.maybeSent || s.calls.Load() != 1 {
			t.Errorf("%s: got %v after %d calls", name, err, s.calls.Load())
		}
	}
}

func TestALostAnswerMayBeASentMailAndIsNotRepeated(t *testing.T) {
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		calls.Add(1)
		panic(http.ErrAbortHandler) // ran, then the connection broke
	}))
	defer server.Close()
	_, err := (&stub{Server: server}).sender(t).Send(t.Context(), message())
	var transient *TransientError
	if !errors.As(err, &transient) || !transient.MaybeSent || calls.Load() != 1 {
		t.Errorf("got %v after %d calls", err, calls.Load())
	}
}

func TestNoConnectionIsNoMail(t *testing.T) {
	s := newStub(t, 200, "")
	s.Close()
	_, err := s.sender(t).Send(t.Context(), message())
	var transient *TransientError
	if !errors.As(err, &transient) || transient.MaybeSent {
		t.Errorf("got %v", err)
	}
}

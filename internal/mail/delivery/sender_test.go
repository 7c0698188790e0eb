package delivery

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses"
)

// fake is SES by a function field.
type fake struct {
	send func(context.Context, *ses.SendEmailInput, ...func(*ses.Options)) (*ses.SendEmailOutput, error)
}

func (f fake) SendEmail(ctx context.Context, in *ses.SendEmailInput, o ...func(*ses.Options)) (*ses.SendEmailOutput, error) {
	return f.send(ctx, in, o...)
}

var config = Config{Address: "partners@contoso.example", Name: "Contoso Cloud Programmé", ConfigurationSet: "onboarding"}

func message() Message {
	return Message{
		Key: "01K5QJ8V3M9T2R7W4X6Y0Z1ABC-ownershipLink", Template: "ownershipLink", To: "zoe@fabrikam.example",
		Subject: "Confirm your e-mail address, Zoë", Text: "Hello Zoë", HTML: "<p>Hello Zoë</p>",
	}
}

func mustSender(tb testing.TB, api API) *Sender {
	tb.Helper()
	s, err := New(api, config)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestSendHandsSESOneMailWithSenderTagsAndCharset(t *testing.T) {
	var got *ses.SendEmailInput
	var options ses.Options
	s := mustSender(t, fake{func(_ context.Context, in *ses.SendEmailInput, o ...func(*ses.Options)) (*ses.SendEmailOutput, error) {
		got = in
		for _, f := range o {
			f(&options)
		}
		return &ses.SendEmailOutput{MessageId: aws.String("m-1")}, nil
	}})
	m := message()
	id, err := s.Send(t.Context(), m)
	if err != nil || id != "m-1" {
		t.Fatalf("got %q, %v", id, err)
	}
	if want := "=?utf-8?q?Contoso_Cloud_Programm=C3=A9?= <partners@contoso.example>"; *got.Source != want {
		t.Errorf("From: got %s, want %s", *got.Source, want)
	}
	if len(got.Destination.ToAddresses) != 1 || got.Destination.ToAddresses[0] != m.To || got.Destination.CcAddresses != nil || got.Destination.BccAddresses != nil {
		t.Errorf("got %+v", got.Destination)
	}
	for name, c := range map[string][2]*string{
		"subject": {got.Message.Subject.Data, got.Message.Subject.Charset},
		"text":    {got.Message.Body.Text.Data, got.Message.Body.Text.Charset},
		"html":    {got.Message.Body.Html.Data, got.Message.Body.Html.Charset},
	} {
		if !strings.Contains(*c[0], "Zoë") || *c[1] != "UTF-8" {
			t.Errorf("%s: got %q in %s", name, *c[0], *c[1])
		}
	}
	if *got.ConfigurationSetName != "onboarding" {
		t.Errorf("got configuration set %q", *got.ConfigurationSetName)
	}
	tags := map[string]string{}
	for _, tag := range got.Tags {
		tags[*tag.Name] = *tag.Value
	}
	if len(tags) != 2 || tags["key"] != m.Key || tags["template"] != m.Template {
		t.Errorf("got tags %v", tags)
	}
	if _, ok := options.Retryer.(aws.NopRetryer); !ok {
		t.Errorf("the client would send a mail again by itself: %T", options.Retryer)
	}
}

func TestAnAddressOfAnotherScriptIsSentInASCII(t *testing.T) {
	var to string
	s := mustSender(t, fake{func(_ context.Context, in *ses.SendEmailInput, _ ...func(*ses.Options)) (*ses.SendEmailOutput, error) {
		to = in.Destination.ToAddresses[0]
		return &ses.SendEmailOutput{}, nil
	}})
	m := message()
	m.To = "zoe@bücher.example"
	if _, err := s.Send(t.Context(), m); err != nil || to != "zoe@xn--bcher-kva.example" {
		t.Errorf("got %q, %v", to, err)
	}
}

func TestWhatCanNotBeSentIsRefusedBeforeSESIsAsked(t *testing.T) {
	s := mustSender(t, fake{func(context.Context, *ses.SendEmailInput, ...func(*ses.Options)) (*ses.SendEmailOutput, error) {
		t.Error("SES was asked")
		return nil, errors.New("no")
	}})
	for _, to := range []string{
		"", "zoe", "zoe@", "@fabrikam.example", "zoe@fabrikam.example, eve@evil.example", "Zoe <zoe@fabrikam.example>", "zoe@fabrikam.example\r\nBcc: eve@evil.example",
		" zoe@fabrikam.example", "zoé@fabrikam.example", `"a b"@fabrikam.example`, "zoe@[192.0.2.1]", "zoe@fabrikam.example (x)", "zoe@fab rikam.example",
	} {
		m := message()
		m.To = to
		_, err := s.Send(t.Context(), m)
		var permanent *PermanentError
		if !errors.As(err, &permanent) || permanent.Reason != ReasonRecipient {
			t.Errorf("%q: got %v", to, err)
		}
		if to != "" && err != nil && strings.Contains(err.Error(), to) {
			t.Errorf("%q: the error repeats the address", to)
		}
	}
	for _, change := range []func(*Message){
		func(m *Message) { m.Subject = "" }, func(m *Message) { m.Text = "" }, func(m *Message) { m.HTML = "" }, func(m *Message) { m.Subject = "a\r\nBcc: b" },
	} {
		m := message()
		change(&m)
		_, err := s.Send(t.Context(), m)
		var permanent *PermanentError
		if !errors.As(err, &permanent) || permanent.Reason != ReasonContent {
			t.Errorf("got %v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Send(ctx, message())
	var transient *TransientError
	if !errors.As(err, &transient) || transient.MaybeSent {
		t.Errorf("got %v", err)
	}
}

func TestAKeyBecomesATagThatSESTakes(t *testing.T) {
	for in, want := range map[string]string{"01K5-x_Y": "01K5-x_Y", "a#b/c.d": "a_b_c_d", "é": "_", strings.Repeat("a", 300): strings.Repeat("a", 256)} {
		if got := tagValue(in); got != want {
			t.Errorf("%q: got %q", in, got)
		}
	}
}

func TestWithoutAnAnswerTheMailMayHaveBeenSentUnlessNoConnectionWasMade(t *testing.T) {
	for _, c := range []struct {
		name      string
		err       error
		maybeSent bool
	}{
		{"connection refused", &net.OpError{Op: "dial", Err: errors.New("connection refused")}, false},
		{"connection reset", &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, true},
		{"deadline", context.DeadlineExceeded, true},
		{"unknown", errors.New("unknown"), true},
	} {
		s := mustSender(t, fake{func(context.Context, *ses.SendEmailInput, ...func(*ses.Options)) (*ses.SendEmailOutput, error) {
			return nil, c.err
		}})
		_, err := s.Send(t.Context(), message())
		var transient *TransientError
		if !errors.As(err, &transient) || transient.MaybeSent != c.maybeSent || !errors.Is(err, c.err) {
			t.Errorf("%s: got %v", c.name, err)
		}
		if after, ok := RetryAfter(err); !ok || after != transientDelay {
			t.Errorf("%s: retry after %s, %v", c.name, after, ok)
		}
	}
}

func TestNewRefusesASenderThatIsNoAddress(t *testing.T) {
	for _, c := range []Config{{}, {Address: "x"}, {Address: "a@b.example\r\nBcc: c"}, {Address: "a@b.example", Name: "x\r\nBcc: y"}} {
		if _, err := New(fake{}, c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

const ourSet = "partner-onboarding-mail"

var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// example is the documented event of the folder, with members replaced.
func example(t testing.TB, change func(detail map[string]any)) json.RawMessage {
	t.Helper()
	text, err := os.ReadFile("event.json")
	if err != nil {
		t.Fatal(err)
	}
	var event map[string]any
	if err := json.Unmarshal(text, &event); err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(event["detail"].(map[string]any))
	}
	out, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// of makes the example an event of another type.
func of(t testing.TB, eventType, member, content string) json.RawMessage {
	return example(t, func(d map[string]any) {
		delete(d, "bounce")
		d["eventType"] = eventType
		if member != "" {
			var v any
			if err := json.Unmarshal([]byte(content), &v); err != nil {
				t.Fatal(err)
			}
			d[member] = v
		}
	})
}

func TestV5_EveryDocumentedEventSaysWhatBecameOfAMail(t *testing.T) {
	recipients := `[{"emailAddress":"ada@contoso.example"}]`
	for name, c := range map[string]struct {
		event json.RawMessage
		want  onboarding.MailState
	}{
		"bounced for good": {example(t, nil), onboarding.MailStateBounced},
		"no such mailbox":  {of(t, "Bounce", "bounce", `{"bounceType":"Permanent","bounceSubType":"NoEmail","bouncedRecipients":`+recipients+`,"timestamp":"2026-03-02T09:21:04.669Z"}`), onboarding.MailStateBounced},
		"on the account's suppression list": {of(t, "Bounce", "bounce",
			`{"bounceType":"Permanent","bounceSubType":"OnAccountSuppressionList","bouncedRecipients":[{"emailAddress":"ada@contoso.example","action":"failed","diagnosticCode":"Amazon SES did not send the message to this address because it is on the suppression list for your account."}],"timestamp":"2026-03-02T09:21:04.669Z","reportingMTA":"dns; amazonses.com"}`), onboarding.MailStateSuppressed},
		"on the global suppression list":    {of(t, "Bounce", "bounce", `{"bounceType":"Permanent","bounceSubType":"Suppressed","bouncedRecipients":`+recipients+`}`), onboarding.MailStateSuppressed},
		"full mailbox":                      {of(t, "Bounce", "bounce", `{"bounceType":"Transient","bounceSubType":"MailboxFull","bouncedRecipients":`+recipients+`}`), onboarding.MailStateReturned},
		"out of office":                     {of(t, "Bounce", "bounce", `{"bounceType":"Transient","bounceSubType":"General","bouncedRecipients":`+recipients+`}`), onboarding.MailStateReturned},
		"undetermined":                      {of(t, "Bounce", "bounce", `{"bounceType":"Undetermined","bounceSubType":"Undetermined","bouncedRecipients":`+recipients+`}`), onboarding.MailStateReturned},
		"complained of":                     {of(t, "Complaint", "complaint", `{"complainedRecipients":`+recipients+`,"timestamp":"2026-03-02T09:30:00.000Z","feedbackId":"x","complaintSubType":null,"complaintFeedbackType":"abuse","userAgent":"x","arrivalDate":"2026-03-02T09:29:00.000Z"}`), onboarding.MailStateComplained},
		"suppressed because of a complaint": {of(t, "Complaint", "complaint", `{"complainedRecipients":`+recipients+`,"complaintSubType":"OnAccountSuppressionList"}`), onboarding.MailStateSuppressed},
		"taken out of the junk folder":      {of(t, "Complaint", "complaint", `{"complainedRecipients":`+recipients+`,"complaintFeedbackType":"not-spam"}`), onboarding.MailStateDelivered},
		"delivered":                         {of(t, "Delivery", "delivery", `{"timestamp":"2026-03-02T09:21:04.157Z","processingTimeMillis":2000,"recipients":["ada@contoso.example"],"smtpResponse":"250 2.6.0 Message received","reportingMTA":"mta.example.com"}`), onboarding.MailStateDelivered},
		"delayed":                           {of(t, "DeliveryDelay", "deliveryDelay", `{"timestamp":"2026-03-02T10:21:04.000Z","delayType":"TransientCommunicationFailure","expirationTime":"2026-03-03T09:21:04.000Z","delayedRecipients":[{"emailAddress":"ada@contoso.example","status":"4.4.1","diagnosticCode":"smtp; 421"}]}`), onboarding.MailStateDelayed},
		"sent":                              {of(t, "Send", "send", `{}`), onboarding.MailStateSent},
		"rejected by the mail service":      {of(t, "Reject", "reject", `{"reason":"Bad content"}`), onboarding.MailStateRejected},
		"not rendered":                      {of(t, "Rendering Failure", "failure", `{"errorMessage":"x","templateName":"x"}`), onboarding.MailStateRejected},
		"with members that nobody knew of":  {example(t, func(d map[string]any) { d["novelty"] = map[string]any{"x": []any{1.5, nil}} }), onboarding.MailStateBounced},
		"with several recipients":           {of(t, "Bounce", "bounce", `{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":"x@fabrikam.example"},{"emailAddress":"Ada <ada@contoso.example>"}]}`), onboarding.MailStateBounced},
		"with recipients of the mail only":  {of(t, "Complaint", "complaint", `{}`), onboarding.MailStateComplained},
		"with a time that can't be read":    {of(t, "Delivery", "delivery", `{"timestamp":"yesterday"}`), onboarding.MailStateDelivered},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := decode(c.event)
			if err != nil {
				t.Fatal(err)
			}
			n, cause := read(e, ourSet, noon)
			if cause != "" || n.State != c.want || n.PartnerID != "P-01K6ZT4M9V8Q2R7XW5N0B1CDEF" || n.Key != "01K6ZT4M9WB1N3P5R7T9V2X4YZ-enrolled-ad0bd3f4" || n.Template != onboarding.MailEnrolled {
				t.Errorf("%q %+v", cause, n)
			}
			if !slices.Contains(n.Recipients, "ada@contoso.example") || n.At.Before(n.SentAt) || n.At.After(noon) || !n.SentAt.Equal(time.Date(2026, 3, 2, 9, 21, 2, 12e6, time.UTC)) {
				t.Errorf("%+v", n)
			}
		})
	}
}

func TestAnEventThatIsNotOursOrOfNoFateIsIgnored(t *testing.T) {
	tags := func(name string, values ...any) json.RawMessage {
		return example(t, func(d map[string]any) { d["mail"].(map[string]any)["tags"].(map[string]any)[name] = values })
	}
	for name, event := range map[string]json.RawMessage{
		"another configuration set": tags("ses:configuration-set", "other"),
		"no partner":                tags("partner"),
		"two partners":              tags("partner", "P-1", "P-2"),
		"a partner that is a path":  tags("partner", "P-1#EVENT"),
		"no key":                    tags("key", ""),
		"a key that is none":        tags("key", "a/b"),
		"opened":                    of(t, "Open", "", ""),
		"clicked":                   of(t, "Click", "", ""),
		"subscribed":                of(t, "Subscription", "", ""),
		"nothing":                   of(t, "", "", ""),
		"no time":                   example(t, func(d map[string]any) { d["mail"].(map[string]any)["timestamp"] = "x" }),
	} {
		e, err := decode(event)
		if err != nil {
			t.Fatal(err)
		}
		if n, cause := read(e, ourSet, noon); cause == "" {
			t.Errorf("%s: %+v", name, n)
		}
	}
}

func TestARecipientIsReadAsPeopleWriteIt(t *testing.T) {
	for in, want := range map[string]string{
		"ada@contoso.example": "ada@contoso.example", `"Ada" <ada@contoso.example>`: "ada@contoso.example", "<ada@contoso.example>": "ada@contoso.example",
		"ada@xn--bcher-kva.example": "ada@bücher.example", "": "", "ada": "", strings.Repeat("a", 2000) + "@x.example": "",
	} {
		if got := plain(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func FuzzAnEventIsReadOrRefusedAndNothingElse(f *testing.F) {
	f.Add([]byte(example(f, nil)))
	f.Add([]byte(of(f, "Complaint", "complaint", `{"complainedRecipients":[{"emailAddress":"<>"}]}`)))
	f.Add([]byte(`{"source":"aws.ses","detail":{"mail":{"tags":{"partner":[""]}}}}`))
	f.Add([]byte(`{"source":"aws.ses","time":5,"detail":null}`))
	f.Fuzz(func(t *testing.T, event []byte) {
		e, err := decode(event)
		if err != nil {
			return
		}
		n, cause := read(e, ourSet, noon)
		if cause != "" {
			return
		}
		if n.State.Rank() == 0 || !store.MailKey(n.PartnerID) || !store.MailKey(n.Key) || n.At.IsZero() || n.SentAt.IsZero() || n.At.After(noon) || n.SentAt.After(noon) {
			t.Errorf("%s: %+v", event, n)
		}
		for _, r := range n.Recipients {
			if r == "" || len(r) > 2000 {
				t.Errorf("recipient %q", r)
			}
		}
	})
}

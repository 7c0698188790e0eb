package main

import (
	"encoding/json"
	"net/mail"
	"strings"
	"time"

	"golang.org/x/net/idna"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// envelope is an event of Amazon SES as EventBridge delivers it. What isn't
// used isn't read: AWS adds members as it likes.
type envelope struct {
	Source  string `json:"source"`
	Account string `json:"account"`
	Time    moment `json:"time"`
	Detail  detail `json:"detail"`
}

type detail struct {
	EventType string `json:"eventType"`
	Mail      struct {
		Timestamp   moment              `json:"timestamp"`
		Destination []string            `json:"destination"`
		Tags        map[string][]string `json:"tags"`
	} `json:"mail"`
	Bounce struct {
		Type       string      `json:"bounceType"`
		SubType    string      `json:"bounceSubType"`
		Recipients []recipient `json:"bouncedRecipients"`
		Timestamp  moment      `json:"timestamp"`
	} `json:"bounce"`
	Complaint struct {
		SubType    string      `json:"complaintSubType"`
		Feedback   string      `json:"complaintFeedbackType"`
		Recipients []recipient `json:"complainedRecipients"`
		Timestamp  moment      `json:"timestamp"`
	} `json:"complaint"`
	Delivery struct {
		Recipients []string `json:"recipients"`
		Timestamp  moment   `json:"timestamp"`
	} `json:"delivery"`
	Delay struct {
		Recipients []recipient `json:"delayedRecipients"`
		Timestamp  moment      `json:"timestamp"`
	} `json:"deliveryDelay"`
}

type recipient struct {
	Address string `json:"emailAddress"`
}

// moment is a time; one that can't be read is none.
type moment struct{ time.Time }

// UnmarshalJSON implements json.Unmarshaler.
func (m *moment) UnmarshalJSON(text []byte) error {
	var s string
	if json.Unmarshal(text, &s) == nil {
		m.Time, _ = time.Parse(time.RFC3339, s)
		m.Time = m.UTC()
	}
	return nil
}

// notice is what an event says, checked: a mail of ours and what became of it.
type notice struct {
	PartnerID, Key string
	Template       onboarding.MailTemplate
	State          onboarding.MailState
	At             time.Time
	SentAt         time.Time
	Recipients     []string // none when the event names none
}

// read makes a notice of an event; cause says why there is none to be made:
// such an event isn't ours, or says nothing of a mail's fate. The times of
// another clock are cut at now.
func read(e envelope, configurationSet string, now time.Time) (n notice, cause string) {
	tag := func(name string) string {
		if values := e.Detail.Mail.Tags[name]; len(values) == 1 {
			return values[0]
		}
		return ""
	}
	n = notice{PartnerID: tag("partner"), Key: tag("key"), Template: onboarding.MailTemplate(tag("template")), SentAt: e.Detail.Mail.Timestamp.UTC()}
	switch {
	case tag("ses:configuration-set") != configurationSet:
		return n, "another configuration set"
	case !store.MailKey(n.PartnerID) || !store.MailKey(n.Key) || !store.MailKey(string(n.Template)):
		return n, "no mail of the programme"
	case n.SentAt.IsZero() || n.SentAt.Year() < 2000:
		return n, "no time of sending"
	}
	var listed []recipient
	n.At = e.Time.Time
	switch d := e.Detail; strings.ReplaceAll(d.EventType, " ", "") {
	case "Send":
		n.State = onboarding.MailStateSent
	case "Delivery":
		n.State, n.At = onboarding.MailStateDelivered, d.Delivery.Timestamp.Time
		for _, address := range d.Delivery.Recipients {
			listed = append(listed, recipient{address})
		}
	case "DeliveryDelay":
		n.State, n.At, listed = onboarding.MailStateDelayed, d.Delay.Timestamp.Time, d.Delay.Recipients
	case "Reject", "RenderingFailure":
		n.State = onboarding.MailStateRejected
	case "Bounce":
		n.State, n.At, listed = bounced(d.Bounce.Type, d.Bounce.SubType), d.Bounce.Timestamp.Time, d.Bounce.Recipients
	case "Complaint":
		n.State, n.At, listed = complained(d.Complaint.SubType, d.Complaint.Feedback), d.Complaint.Timestamp.Time, d.Complaint.Recipients
	default:
		return n, "not of a mail's fate"
	}
	if len(listed) == 0 {
		for _, address := range e.Detail.Mail.Destination {
			listed = append(listed, recipient{address})
		}
	}
	for _, r := range listed {
		if address := plain(r.Address); address != "" {
			n.Recipients = append(n.Recipients, address)
		}
	}
	if n.At = n.At.UTC(); n.At.Before(n.SentAt) || n.At.After(now) {
		n.At = now
	}
	if n.SentAt.After(now) {
		n.SentAt = now
	}
	return n, ""
}

// bounced reads a bounce. Only a permanent one speaks against the address; one
// on the way to an address that SES suppresses was not even tried.
func bounced(kind, sub string) onboarding.MailState {
	switch {
	case kind != "Permanent":
		return onboarding.MailStateReturned
	case strings.HasSuffix(sub, "Suppressed"), strings.HasSuffix(sub, "SuppressionList"):
		return onboarding.MailStateSuppressed
	}
	return onboarding.MailStateBounced
}

func complained(sub, feedback string) onboarding.MailState {
	switch {
	case feedback == "not-spam": // somebody took the mail out of the junk folder
		return onboarding.MailStateDelivered
	case strings.HasSuffix(sub, "SuppressionList"):
		return onboarding.MailStateSuppressed
	}
	return onboarding.MailStateComplained
}

// plain is a recipient's address as people write it: without a name, the
// domain in its own letters. "" when it isn't one.
func plain(address string) string {
	if len(address) > 1000 {
		return ""
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil {
		return ""
	}
	at := strings.LastIndexByte(parsed.Address, '@')
	domain, err := idna.Display.ToUnicode(parsed.Address[at+1:])
	if err != nil {
		return parsed.Address
	}
	return parsed.Address[:at+1] + domain
}

// decode reads an event of SES.
func decode(event json.RawMessage) (envelope, error) {
	var e envelope
	err := json.Unmarshal(event, &e)
	return e, err
}

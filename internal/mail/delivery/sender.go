package delivery

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
	"golang.org/x/net/idna"
)

// API is the one method of SES that is used; *ses.Client has it.
type API interface {
	SendEmail(context.Context, *ses.SendEmailInput, ...func(*ses.Options)) (*ses.SendEmailOutput, error)
}

var _ API = (*ses.Client)(nil)

// Config says from whom mails come.
type Config struct {
	Address          string // the verified sender
	Name             string // shown before the address: the programme's name
	ConfigurationSet string // of SES, for its events; may be empty
}

// Sender sends mails. It is safe for concurrent use.
type Sender struct {
	api              API
	from             string
	address          string
	configurationSet *string
}

// Message is one mail to one recipient.
type Message struct {
	// Key identifies the mail in the programme's records; it comes back in
	// SES events as the tag "key". SES takes letters, digits, "_" and "-" in a
	// tag, 256 at most: other characters arrive as "_", so keys had better
	// not have any.
	Key      string
	Partner  string // the tag "partner", which finds the mail's record again
	Template string // the tag "template", by which SES counts
	To       string // one address, nothing around it
	Subject  string
	Text     string
	HTML     string
}

// New makes a Sender.
func New(api API, c Config) (*Sender, error) {
	address, err := recipient(c.Address)
	if err != nil {
		return nil, fmt.Errorf("delivery: sender address: %w", err)
	}
	if strings.ContainsAny(c.Name, "\r\n\x00") {
		return nil, errors.New("delivery: the sender's name has more than one line")
	}
	s := &Sender{api: api, address: address, from: (&mail.Address{Name: c.Name, Address: address}).String()}
	if c.ConfigurationSet != "" {
		s.configurationSet = &c.ConfigurationSet
	}
	return s, nil
}

// Send makes one attempt to hand a mail to SES and returns SES's message id.
// That SES has it is not that it arrives: a suppressed address is told of by
// an event only.
//
// The error is a *PermanentError, *ThrottledError or *TransientError.
func (s *Sender) Send(ctx context.Context, m Message) (messageID string, err error) {
	to, err := recipient(m.To)
	if err != nil {
		return "", &PermanentError{Reason: ReasonRecipient, Err: err}
	}
	if m.Subject == "" || m.Text == "" || m.HTML == "" || strings.ContainsAny(m.Subject, "\r\n") {
		return "", &PermanentError{Reason: ReasonContent, Err: errors.New("want a subject of one line, a text and an HTML part")}
	}
	if err := ctx.Err(); err != nil {
		return "", &TransientError{Err: err}
	}
	out, err := s.api.SendEmail(ctx, &ses.SendEmailInput{
		Source:      &s.from,
		Destination: &types.Destination{ToAddresses: []string{to}},
		Message: &types.Message{
			Subject: content(m.Subject),
			Body:    &types.Body{Text: content(m.Text), Html: content(m.HTML)},
		},
		ConfigurationSetName: s.configurationSet,
		Tags:                 tags(m),
	}, onceOnly)
	if err != nil {
		return "", s.classify(err, to)
	}
	return aws.ToString(out.MessageId), nil
}

func onceOnly(o *ses.Options) { o.Retryer = aws.NopRetryer{} }

func content(s string) *types.Content {
	return &types.Content{Data: &s, Charset: aws.String("UTF-8")}
}

func tags(m Message) []types.MessageTag {
	var list []types.MessageTag
	for _, t := range [][2]string{{"key", m.Key}, {"partner", m.Partner}, {"template", m.Template}} {
		if value := tagValue(t[1]); value != "" {
			list = append(list, types.MessageTag{Name: &t[0], Value: &value})
		}
	}
	return list
}

func tagValue(s string) string {
	if len(s) > 256 {
		s = s[:256]
	}
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, s)
}

var errAddress = errors.New("not a plain e-mail address")

// recipient checks that a text is one address and nothing else, and writes its
// domain in ASCII as SES wants it. The error does not repeat the address.
func recipient(s string) (string, error) {
	parsed, err := mail.ParseAddress(s)
	if err != nil || parsed.Name != "" || parsed.Address != s {
		return "", errAddress
	}
	at := strings.LastIndexByte(s, '@')
	local, domain := s[:at], s[at+1:]
	if strings.HasPrefix(domain, "[") || strings.ContainsFunc(local, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),:;<>[\]@`, r) }) {
		return "", errAddress // SES takes neither address literals nor local parts beyond ASCII
	}
	domain, err = idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", errAddress
	}
	return local + "@" + domain, nil
}

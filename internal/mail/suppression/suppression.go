// Package suppression asks SES about its account's suppression list: the
// addresses that it sends nothing to because a mail bounced or was complained
// of. SES says success to a mail to such an address, and nothing arrives.
package suppression

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"golang.org/x/net/idna"
)

// API are the methods of SES that are used; *sesv2.Client has them.
type API interface {
	GetSuppressedDestination(context.Context, *sesv2.GetSuppressedDestinationInput, ...func(*sesv2.Options)) (*sesv2.GetSuppressedDestinationOutput, error)
	DeleteSuppressedDestination(context.Context, *sesv2.DeleteSuppressedDestinationInput, ...func(*sesv2.Options)) (*sesv2.DeleteSuppressedDestinationOutput, error)
}

// List is the account's suppression list. It is safe for concurrent use.
type List struct{ API API }

// Entry is why an address is on the list and since when.
type Entry struct {
	Complaint bool // else a bounce
	Since     time.Time
}

// Find looks an address up; found is false when SES sends to it.
func (l List) Find(ctx context.Context, address string) (e Entry, found bool, err error) {
	out, err := l.API.GetSuppressedDestination(ctx, &sesv2.GetSuppressedDestinationInput{EmailAddress: aws.String(ascii(address))})
	if absent(err) {
		return Entry{}, false, nil
	}
	if err != nil || out.SuppressedDestination == nil {
		return Entry{}, false, withoutAddress(err)
	}
	d := out.SuppressedDestination
	return Entry{Complaint: d.Reason == types.SuppressionListReasonComplaint, Since: aws.ToTime(d.LastUpdateTime)}, true, nil
}

// Lift takes an address off the list. One that isn't on it is done.
func (l List) Lift(ctx context.Context, address string) error {
	_, err := l.API.DeleteSuppressedDestination(ctx, &sesv2.DeleteSuppressedDestinationInput{EmailAddress: aws.String(ascii(address))})
	if absent(err) {
		return nil
	}
	return withoutAddress(err)
}

func absent(err error) bool {
	var notFound *types.NotFoundException
	return errors.As(err, &notFound)
}

// failure is an error of SES without its text, which may hold the address.
type failure struct{ err error }

func (f failure) Error() string {
	var coded interface{ ErrorCode() string }
	var answered interface{ HTTPStatusCode() int }
	switch {
	case errors.As(f.err, &coded):
		return "suppression: refused by the mail service: " + coded.ErrorCode()
	case errors.As(f.err, &answered):
		return "suppression: the mail service answered " + http.StatusText(answered.HTTPStatusCode())
	}
	return "suppression: the mail service gave no answer"
}

func (f failure) Unwrap() error { return f.err }

func withoutAddress(err error) error {
	if err == nil {
		return nil
	}
	return failure{err}
}

// ascii writes an address's domain as SES keeps it; what isn't a domain stays.
func ascii(address string) string {
	at := strings.LastIndexByte(address, '@')
	if domain, err := idna.Lookup.ToASCII(address[at+1:]); err == nil {
		return address[:at+1] + domain
	}
	return address
}

package suppression_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"

	"github.com/partner-onboarding/partner-onboarding/internal/mail/suppression"
)

// service answers as the documentation of the SES API v2 says.
func service(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) suppression.List {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(answer))
	t.Cleanup(server.Close)
	return suppression.List{API: sesv2.New(sesv2.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(server.URL), Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("k", "s", ""),
	})}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("X-Amzn-ErrorType", code)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(`{"message":"ada@contoso.example is the trouble"}`))
}

func TestFindReadsTheDocumentedAnswer(t *testing.T) {
	var asked []string
	l := service(t, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		if strings.Contains(r.URL.Path, "eve@") {
			refuse(w, 404, "NotFoundException")
			return
		}
		reason := "BOUNCE"
		if strings.Contains(r.URL.Path, "bob@") {
			reason = "COMPLAINT"
		}
		_, _ = w.Write([]byte(`{"SuppressedDestination":{"EmailAddress":"x","Reason":"` + reason + `","LastUpdateTime":1772443264.5,"Attributes":{"MessageId":"m","FeedbackId":"f"}}}`))
	})
	for address, want := range map[string]struct{ found, complaint bool }{"ada@contoso.example": {true, false}, "bob@contoso.example": {true, true}, "eve@contoso.example": {}, "ada@bücher.example": {true, false}} {
		e, found, err := l.Find(t.Context(), address)
		if err != nil || found != want.found || e.Complaint != want.complaint || found && !e.Since.Equal(time.Unix(1772443264, 5e8)) {
			t.Errorf("%s: %+v, %t, %v", address, e, found, err)
		}
	}
	for _, path := range asked {
		if !strings.HasPrefix(path, "GET /v2/email/suppression/addresses/") || strings.Contains(path, "ü") {
			t.Errorf("asked %s", path)
		}
	}
}

func TestLiftIsDoneWhenTheAddressIsNotOnTheList(t *testing.T) {
	l := service(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodDelete || !strings.HasPrefix(r.URL.Path, "/v2/email/suppression/addresses/") {
			t.Errorf("%s %s", r.Method, r.URL.Path)
		}
		if strings.Contains(r.URL.Path, "eve@") {
			refuse(w, 404, "NotFoundException")
			return
		}
		_, _ = w.Write([]byte(`{}`))
	})
	for _, address := range []string{"ada@contoso.example", "eve@contoso.example"} {
		if err := l.Lift(t.Context(), address); err != nil {
			t.Error(err)
		}
	}
}

func TestAnErrorDoesNotHoldTheAddress(t *testing.T) {
	for code, status := range map[string]int{"TooManyRequestsException": 429, "BadRequestException": 400, "": 500} {
		l := service(t, func(w http.ResponseWriter, _ *http.Request) { refuse(w, status, code) })
		_, _, err := l.Find(t.Context(), "ada@contoso.example")
		lift := l.Lift(t.Context(), "ada@contoso.example")
		for _, err := range []error{err, lift} {
			if err == nil || strings.Contains(err.Error(), "@") || strings.Contains(err.Error(), "%40") {
				t.Errorf("%d: %v", status, err)
			}
		}
	}
}

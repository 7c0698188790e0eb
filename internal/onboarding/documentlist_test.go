package onboarding_test

import (
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestV3_TheListSaysWhatIsMetWhatFitsAndWhatCanBeReplaced(t *testing.T) {
	at := time.Date(2026, 3, 3, 9, 0, 0, 0, time.UTC)
	asked := onboarding.DocumentGroup{AnyOf: []onboarding.DocumentKind{"tax_certificate", "bank_statement"}, Reason: "x"}
	other := onboarding.DocumentGroup{AnyOf: []onboarding.DocumentKind{"proof_of_address"}, Reason: "x"}
	c := onboarding.Case{
		Request: &onboarding.DocumentRequest{ID: "DR-1", At: at, Groups: []onboarding.DocumentGroup{asked, other}},
		Documents: []onboarding.Document{
			{ID: "D-1", Kind: "bank_statement", Size: 1000, ReceivedAt: at.Add(time.Minute), Scan: onboarding.ScanPending, RequestID: "DR-1"},
			{ID: "D-2", Kind: "proof_of_address", Size: 500, ReceivedAt: at.Add(-time.Minute), Scan: onboarding.ScanClean, OpenedAt: at},
		},
	}
	if !c.Met(asked) || c.Met(other) {
		t.Errorf("met %v, %v", c.Met(asked), c.Met(other))
	}
	if files, bytes := c.Quota(); files != onboarding.MaxUnasked-1 || bytes != onboarding.MaxDocumentBytes-500 {
		t.Errorf("quota %d, %d", files, bytes)
	}
	if first, second := c.NotReplaceable(c.Documents[0]), c.NotReplaceable(c.Documents[1]); first != "" || second != onboarding.CodeDocumentUnderReview {
		t.Errorf("not replaceable %q, %q", first, second)
	}
	c.Decision = &onboarding.Decision{}
	if got := c.NotReplaceable(c.Documents[0]); got != onboarding.CodeVerificationDecided {
		t.Errorf("of a decided case %q", got)
	}
	for status, r := range map[onboarding.RequestStatus]onboarding.DocumentRequest{
		onboarding.RequestOpen: {}, onboarding.RequestComplete: {CompletedAt: at}, onboarding.RequestExpired: {ExpiredAt: at},
	} {
		if r.Status() != status {
			t.Errorf("%s is %s", status, r.Status())
		}
	}
}

//go:build stack

package demo

import (
	"bytes"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// TestEveryShippedInputReachesItsEnd plays the demo as `make run` does, all
// inputs at once on one stack.
func TestEveryShippedInputReachesItsEnd(t *testing.T) {
	place, err := stack.Here()
	if err != nil {
		t.Fatal(err)
	}
	s, err := stack.LoadFrom(place)
	if err != nil {
		t.Fatal(err)
	}
	for name, told := range map[string][]string{
		"straight-through":         {"waits in AwaitBusinessInfo", "compared with the register: exact", "is verified", "has ended: Onboarded"},
		"rejected-then-corrected":  {"compared with the register: near", "What to do: ", "Reason code: legal_name_mismatch", "has ended: Rejected", "-2 waits in AwaitAgreement"},
		"overdue-then-authorized":  {"takes longer than promised", "Overdue: verification of Fabrikam Inc", "AwaitEscalatedDecision", "Support request"},
		"appealed-then-authorized": {"or: Appeal the decision", "403 Forbidden", "four_eyes_required: ", "Appeal: verification of Woodgrove", "Your appeal for", `queue "appeals"`, "has ended: Rejected"},
		"existing-partner":         {"1 created, 0 updated", "Linked; only what is still open", "still asked for: /supportProfile/email", "Accept the partner agreement", "The verification was carried over from the records on file", "is linked to its existing membership"},
		"documents-asked": {"Documents are needed to verify Relecloud", "Any one of: ", "file_type_not_allowed", "SHA-256 as in the receipt: true", "attachment; ", "document_under_review: ",
			"the clock goes on, with new dates", "All documents for Relecloud B.V. are in", "no threats found"},
		"contact-changed": {"ConfirmationEnough: ", "begins: check emailOwnership", "is open, status Pending; until", "a change of verified details was asked for", "asks in between",
			"the new details are in force", `/legalProfile/primaryContact/email: "maja.lindqvist@wideworld.example"`},
		"changing-distributor": {"eligibility_lost: ", "relationship with Northwind Distribution: Ended", "eligible: false", "unmet: relationshipActive, ", "no longer a distributor of", "is no longer your reseller",
			"signed: ", "Litware Global: Active, location account PLA-", "was reused for Litware Global"},
		"location-new-region": {"region united-states: Open, may transact: false", "needs: To transact here", "under /distributors", "lies in a region that is new to", "eligible at the location: false",
			"unmet: ", "accepts Adventure Works Supply", "eligible at the location: true", "Adventure Works Supply: Active, the one location account PLA-"},
		"direct-bill": {"13 months as an indirect reseller", "At least one partner designation: Open", `queue "directBill" of test partners`, "waits in AwaitTasks", "task of the reviewer: Check the provisioning",
			"3 customers: 2 stay indirect, 1 move; agreed 1, moved 1", "has ended: Active", "Direct bill of Tailspin", "is active", "Subscriptions don't move by themselves."},
		"bounced-address-mended": {"550 5.1.1", "Correct the e-mail address that", "or: Name another", "don't arrive", ": Bounced. ", "corrects the primary contact, while the case is open", "another primary contact"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, err := Load(name)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := Play(t.Context(), s, place, in, &out, 0); err != nil {
				t.Fatalf("%v\nafter\n%s", err, &out)
			}
			for _, want := range append(told, "eligible: true", "may transact. Onboarding took", "make stop") {
				if !strings.Contains(out.String(), want) {
					t.Errorf("%q was not told:\n%s", want, &out)
				}
			}
			if strings.Contains(out.String(), "NOT MET") {
				t.Errorf("a check is not met:\n%s", &out)
			}
		})
	}
}

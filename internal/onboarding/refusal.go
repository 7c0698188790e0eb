package onboarding

import (
	"errors"
	"strings"
)

// Code is the stable, machine-readable name of a refusal. Codes are part of
// the API: they are never renamed, and a retired one is never used again.
type Code string

// The refusals of the rules. What a caller does about each is said beside it.
const (
	CodeInvalid                Code = "invalid"                      // mend the listed faults and send again
	CodeNotFound               Code = "not_found"                    // unknown, or not yours: the two are never told apart
	CodeRoleRequired           Code = "role_required"                // ask one of the named actors
	CodeAlreadyEnrolled        Code = "already_enrolled"             // E3: never seen by API clients, who get the same partner back
	CodeMembershipUnconfirmed  Code = "membership_unconfirmed"       // E5: check what was named, or enrol without it
	CodeMembershipTriesLimited Code = "membership_tries_limited"     // E5: try again on another day, or enrol without it
	CodeStaleVersion           Code = "stale_version"                // read again, then decide again
	CodeAlreadySubmitted       Code = "already_submitted"            // B5: wait for the verification's end
	CodeFrozen                 Code = "business_info_frozen"         // B5: the submitted details can't be edited now
	CodeCaseReplaced           Code = "verification_case_replaced"   // V7: look at the open case, then decide it
	CodeStillDraft             Code = "business_info_draft"          // V7: edit the draft and submit it
	CodeNothingChanged         Code = "nothing_changed"              // V7: it is so already
	CodeNothingToWithdraw      Code = "no_change_open"               // V7: nothing is being changed
	CodeNothingToVerify        Code = "verification_not_open"        // V1: submit the business information first
	CodeVerificationDecided    Code = "verification_decided"         // V4: the case is closed
	CodeOwnershipPending       Code = "email_ownership_pending"      // V10: the primary contact must confirm first
	CodeOwnershipConfirmed     Code = "email_ownership_confirmed"    // V10: nothing to send again
	CodeResendLimited          Code = "resend_limited"               // V10: try again later
	CodeLinkExpired            Code = "ownership_link_expired"       // V10: ask for a new link
	CodeNothingDue             Code = "nothing_due"                  // V6, V9: no deadline or reminder is due yet
	CodeNothingToAppeal        Code = "nothing_to_appeal"            // V11: correct the details and submit them instead
	CodeFourEyes               Code = "four_eyes_required"           // V11: a different reviewer must decide
	CodeDocumentKnown          Code = "document_received"            // V3: its receipt stands
	CodeDocumentNotUploaded    Code = "document_not_uploaded"        // V3: upload the file, then ask for the receipt
	CodeDocumentUnderReview    Code = "document_under_review"        // V3: upload the better one beside it
	CodeDocumentNotClean       Code = "document_not_clean"           // V3: look again in some minutes
	CodeDocumentOpened         Code = "document_opened"              // V3: nothing is left to record, it may be shown
	CodeRequestNotExpired      Code = "document_request_not_expired" // V11: nothing to reopen
	CodeCaseClaimed            Code = "case_claimed"                 // O2: another reviewer has it; reassign it
	CodeClaimHeld              Code = "case_claim_held"              // O2: never seen by API clients: claiming again is done
	CodeCasePaused             Code = "case_paused"                  // O2: the ball is with the partner
	CodeNotClaimed             Code = "case_not_claimed"             // O2: nothing to release
	CodeNotSetAside            Code = "case_not_set_aside"           // O2: nothing to resume
	CodeWorkflowRunning        Code = "workflow_running"             // O2: nothing to redrive
	CodeWorkflowNotNeeded      Code = "workflow_not_needed"          // O2: nothing to redrive
	CodeNotOverdue             Code = "verification_not_overdue"     // V6: the promised days are not over
	CodeSupportAlreadyAsked    Code = "support_already_requested"    // V6: staff has the request
	CodeNotAuthorized          Code = "verification_not_authorized"  // A1, D3: wait for Authorized
	CodeAgreementStale         Code = "agreement_version_stale"      // A2: read and accept the current version
	CodeEvidenceElsewhere      Code = "agreement_evidence_elsewhere" // A6: it is with the records that tell of the acceptance
	CodeAgreementAccepted      Code = "agreement_already_accepted"   // A2: nothing to sign
	CodeAgreementMissing       Code = "agreement_not_accepted"       // A5, D3: the agreement comes first
	CodeAgreementUnavailable   Code = "agreement_unavailable"        // no agreement version for the partner's region
	CodeRegionNotServed        Code = "region_not_served"            // D1, D5: choose a distributor of the region
	CodeRequestExists          Code = "relationship_exists"          // D2: a request or relationship is open already
	CodeRequestExpired         Code = "relationship_request_expired" // D2: ask the distributor for a new request
	CodeRequestClosed          Code = "relationship_closed"          // D3: declined, ended or already accepted
	CodeWrongCompany           Code = "wrong_company"                // D7: ask the distributor for a link for this company
	CodeAskedTooOften          Code = "asked_too_often"              // D6: try again later
	CodeAddressBroken          Code = "mail_address_broken"          // V5: correct the address, or say that it works again
	CodeAddressUnchanged       Code = "mail_address_unchanged"       // nothing to do: that is so already
	CodeNotResendable          Code = "mail_not_resendable"          // a mail that is sent anew in another way
	CodeTooMany                Code = "limit_reached"                // an upper bound that protects the record
	CodeNoBusinessInfo         Code = "business_info_missing"        // nothing saved yet
	CodeWorkflowInput          Code = "workflow_input_invalid"       // O1: mend the execution's input
	CodeTestPartnersOff        Code = "test_partners_off"            // enrol a real partner, or elsewhere
	CodeNotATestPartner        Code = "not_a_test_partner"           // a real partner's clock is the real one
)

// What is refused about users.
const (
	CodeRoleOfDirectory   Code = "role_of_directory"       // A7: give or take it in the company's directory
	CodeLastGlobalAdmin   Code = "last_global_admin"       // A7: hand over first, or make somebody else one
	CodeInvitationOpen    Code = "invitation_open"         // A7: resend or revoke it
	CodeInvitationUsed    Code = "invitation_used"         // A7: ask for a new one
	CodeInvitationRevoked Code = "invitation_revoked"      // A7: ask for a new one
	CodeInvitationExpired Code = "invitation_expired"      // A7: have it sent again
	CodeWrongAccount      Code = "wrong_account"           // A7: sign in with the account that was invited
	CodeAddressUnproven   Code = "address_unproven"        // A7: confirm the address, sign in anew
	CodeOtherPartner      Code = "user_of_another_partner" // A7: leave it first, or use another account
	CodeFoundedPartner    Code = "founder_removed"         // A7: be invited again, or use another account
	CodeHandoverOpen      Code = "handover_open"           // A7: answer or withdraw that one
	CodeNoHandover        Code = "no_handover"             // A7: offer it anew
	CodeHandoverStale     Code = "handover_stale"          // A7: offer it anew
	CodeNothingToHandOver Code = "nothing_to_hand_over"    // A7: change the role in the directory

	CodeNotActive          Code = "partner_not_active"     // L5: go through the steps first
	CodeLocationsPending   Code = "locations_being_added"  // L1: try again in a minute
	CodeLocationExists     Code = "location_exists"        // L5: look it up in the list
	CodeCountryUnsupported Code = "country_unsupported"    // L5: choose a country of a region
	CodeLegalLocation      Code = "legal_location"         // V7: change the business information instead
	CodeLocationCountry    Code = "location_country_fixed" // close it and add another
	CodeLocationEnded      Code = "location_closed"        // add it again
)

// What is refused about the standing in the programme.
const (
	CodeNotInProgramme Code = "programme_not_active"    // A8: nothing to suspend or leave yet
	CodeSuspended      Code = "programme_suspended"     // A8: mend what it is for
	CodeHasLeft        Code = "programme_left"          // A8: come back first
	CodeNotLeft        Code = "programme_not_left"      // A8: nothing to come back to
	CodeSuspensionOpen Code = "suspension_exists"       // A8: one at a time
	CodeNoSuspension   Code = "no_suspension"           // A8: nothing to answer or decide
	CodeAnswerOpen     Code = "suspension_answer_open"  // A8: staff looks at it already
	CodeNoAnswer       Code = "suspension_not_answered" // A8: nothing to uphold
)

// Fault is one thing wrong with one member of the input.
type Fault struct {
	Pointer string `json:"pointer"` // JSON pointer to the member, "" for the whole input
	Code    string `json:"code"`    // stable, for example "required"
	Message string `json:"message"` // for a person, what to do
}

// The stable codes of faults.
const (
	FaultRequired     = "required"
	FaultTooLong      = "too_long"
	FaultInvalid      = "invalid"
	FaultUnsupported  = "unsupported"
	FaultNotAllowed   = "not_allowed"
	FaultUnknownField = "unknown_field"
	FaultWrongType    = "wrong_type"
	FaultPOBox        = "po_box"
	FaultPhoneCountry = "phone_country"
	FaultLooksLikeURL = "looks_like_link"
	FaultConsumerMail = "consumer_mail_domain"
	FaultMustBeTrue   = "must_be_true"
	FaultCountry      = "country_unsupported"
	FaultOtherDomain  = "other_mail_domain"
	FaultNotMet       = "not_met"
	FaultRepeated     = "repeated"
	FaultExists       = "location_exists"
)

// The refusals of direct bill.
const (
	CodeDirectBillNotOpen     Code = "direct_bill_not_open"             // X4, X5: read where direct bill stands
	CodeDirectBillSubmitted   Code = "direct_bill_submitted"            // X4: wait, or withdraw it
	CodeDirectBillNotEligible Code = "direct_bill_not_eligible"         // X1-X3: answer and meet what is listed
	CodeDirectBillChanged     Code = "direct_bill_requirements_changed" // X1: look what changed, save the draft anew
	CodeDirectBillTooEarly    Code = "direct_bill_too_early"            // X4: apply from the date given on
	CodeDirectBillTaskDone    Code = "direct_bill_task_done"            // X5: nothing to do
)

// Refusal is the rules' "no": a stable code, a sentence for a person that says
// what to do next, every fault of the input at once, and who could act where.
type Refusal struct {
	Code    Code
	Message string
	Faults  []Fault
	Total   int    // of the faults, when not all of them are listed
	Roles   []Role // who could do it instead, when the principal can't
	Where   string // the API path that mends it, when there is one
	Tries   []Try  // counted before it is answered
}

func (r *Refusal) Error() string {
	var b strings.Builder
	b.WriteString(string(r.Code))
	b.WriteString(": ")
	b.WriteString(r.Message)
	for _, f := range r.Faults {
		b.WriteString("; " + f.Pointer + " " + f.Code)
	}
	return b.String()
}

// Is reports whether target is a refusal of the same code, so that
// errors.Is(err, Refuse(CodeNotFound, "")) works.
func (r *Refusal) Is(target error) bool {
	t, ok := target.(*Refusal)
	return ok && t.Code == r.Code
}

// Refuse makes a refusal with a code and a sentence for a person.
func Refuse(code Code, message string) *Refusal {
	return &Refusal{Code: code, Message: message}
}

// At adds where the matter is mended.
func (r *Refusal) At(path string) *Refusal { r.Where = path; return r }

// By adds who could act.
func (r *Refusal) By(roles ...Role) *Refusal { r.Roles = roles; return r }

// CodeOf returns the code of the refusal inside err, or "" when there is none.
func CodeOf(err error) Code {
	var r *Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// Invalid is the refusal for faulty input; nil when there are no faults.
func Invalid(faults []Fault) error {
	if len(faults) == 0 {
		return nil
	}
	return &Refusal{Code: CodeInvalid, Message: "Some of the information can't be accepted. Correct every listed field and send it again.", Faults: faults}
}

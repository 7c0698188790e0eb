// Package httpapi is the edge between API Gateway and the functions: it finds
// out who asks, decodes what is asked, and writes answers and problem
// documents. It knows nothing of the programme's rules.
package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// Codes of problems that are the edge's own, beside those of the rules.
const (
	codeMalformedBody        onboarding.Code = "malformed_body"
	codeUnauthenticated      onboarding.Code = "unauthenticated"
	codeMethodNotAllowed     onboarding.Code = "method_not_allowed"
	codeNotAcceptable        onboarding.Code = "not_acceptable"
	codeBodyTooLarge         onboarding.Code = "body_too_large"
	codeUnsupportedMediaType onboarding.Code = "unsupported_media_type"
	codeKeyReused            onboarding.Code = "idempotency_key_reused"
	codeIfMatchRequired      onboarding.Code = "if_match_required"
	codeInternal             onboarding.Code = "internal"
	codeTryAgain             onboarding.Code = "try_again"
)

// statuses gives every code its HTTP status. A code that is missing here would
// be answered as 500; a test lists all of them.
var statuses = map[onboarding.Code]int{
	onboarding.CodeInvalid:                http.StatusUnprocessableEntity,
	onboarding.CodeNotFound:               http.StatusNotFound,
	onboarding.CodeRoleRequired:           http.StatusForbidden,
	onboarding.CodeAlreadyEnrolled:        http.StatusConflict,
	onboarding.CodeMembershipUnconfirmed:  http.StatusUnprocessableEntity,
	onboarding.CodeMembershipTriesLimited: http.StatusTooManyRequests,
	onboarding.CodeStaleVersion:           http.StatusPreconditionFailed,
	onboarding.CodeAlreadySubmitted:       http.StatusConflict,
	onboarding.CodeFrozen:                 http.StatusConflict,
	onboarding.CodeNothingToVerify:        http.StatusConflict,
	onboarding.CodeVerificationDecided:    http.StatusConflict,
	onboarding.CodeOwnershipPending:       http.StatusConflict,
	onboarding.CodeOwnershipConfirmed:     http.StatusConflict,
	onboarding.CodeResendLimited:          http.StatusTooManyRequests,
	onboarding.CodeLinkExpired:            http.StatusConflict,
	onboarding.CodeCaseReplaced:           http.StatusConflict,
	onboarding.CodeStillDraft:             http.StatusConflict,
	onboarding.CodeNothingChanged:         http.StatusConflict,
	onboarding.CodeNothingToWithdraw:      http.StatusConflict,
	onboarding.CodeNothingToAppeal:        http.StatusConflict,
	onboarding.CodeFourEyes:               http.StatusForbidden,
	onboarding.CodeCaseClaimed:            http.StatusConflict,
	onboarding.CodeClaimHeld:              http.StatusConflict,
	onboarding.CodeCasePaused:             http.StatusConflict,
	onboarding.CodeNotClaimed:             http.StatusConflict,
	onboarding.CodeNotSetAside:            http.StatusConflict,
	onboarding.CodeWorkflowRunning:        http.StatusConflict,
	onboarding.CodeWorkflowNotNeeded:      http.StatusConflict,
	onboarding.CodeNothingDue:             http.StatusConflict,
	onboarding.CodeNotOverdue:             http.StatusConflict,
	onboarding.CodeDocumentKnown:          http.StatusConflict,
	onboarding.CodeDocumentNotUploaded:    http.StatusConflict,
	onboarding.CodeDocumentUnderReview:    http.StatusConflict,
	onboarding.CodeDocumentNotClean:       http.StatusConflict,
	onboarding.CodeDocumentOpened:         http.StatusConflict,
	onboarding.CodeRequestNotExpired:      http.StatusConflict,
	onboarding.CodeSupportAlreadyAsked:    http.StatusConflict,
	onboarding.CodeNotAuthorized:          http.StatusConflict,
	onboarding.CodeAgreementStale:         http.StatusConflict,
	onboarding.CodeEvidenceElsewhere:      http.StatusConflict,
	onboarding.CodeAgreementAccepted:      http.StatusConflict,
	onboarding.CodeAgreementMissing:       http.StatusConflict,
	onboarding.CodeAgreementUnavailable:   http.StatusConflict,
	onboarding.CodeRegionNotServed:        http.StatusConflict,
	onboarding.CodeRequestExists:          http.StatusConflict,
	onboarding.CodeRequestExpired:         http.StatusConflict,
	onboarding.CodeRequestClosed:          http.StatusConflict,
	onboarding.CodeWrongCompany:           http.StatusForbidden,
	onboarding.CodeAskedTooOften:          http.StatusTooManyRequests,
	onboarding.CodeAddressBroken:          http.StatusConflict,
	onboarding.CodeAddressUnchanged:       http.StatusConflict,
	onboarding.CodeNotResendable:          http.StatusConflict,
	onboarding.CodeTooMany:                http.StatusConflict,
	onboarding.CodeNoBusinessInfo:         http.StatusConflict,
	onboarding.CodeWorkflowInput:          http.StatusUnprocessableEntity,
	onboarding.CodeTestPartnersOff:        http.StatusConflict,
	onboarding.CodeNotATestPartner:        http.StatusConflict,

	onboarding.CodeRoleOfDirectory:       http.StatusConflict,
	onboarding.CodeLastGlobalAdmin:       http.StatusConflict,
	onboarding.CodeInvitationOpen:        http.StatusConflict,
	onboarding.CodeInvitationUsed:        http.StatusConflict,
	onboarding.CodeInvitationRevoked:     http.StatusConflict,
	onboarding.CodeInvitationExpired:     http.StatusConflict,
	onboarding.CodeWrongAccount:          http.StatusForbidden,
	onboarding.CodeAddressUnproven:       http.StatusForbidden,
	onboarding.CodeOtherPartner:          http.StatusConflict,
	onboarding.CodeFoundedPartner:        http.StatusConflict,
	onboarding.CodeHandoverOpen:          http.StatusConflict,
	onboarding.CodeNoHandover:            http.StatusConflict,
	onboarding.CodeHandoverStale:         http.StatusConflict,
	onboarding.CodeNothingToHandOver:     http.StatusConflict,
	onboarding.CodeDirectBillNotOpen:     http.StatusConflict,
	onboarding.CodeDirectBillSubmitted:   http.StatusConflict,
	onboarding.CodeDirectBillNotEligible: http.StatusUnprocessableEntity,
	onboarding.CodeDirectBillChanged:     http.StatusConflict,
	onboarding.CodeDirectBillTooEarly:    http.StatusConflict,
	onboarding.CodeDirectBillTaskDone:    http.StatusConflict,

	onboarding.CodeNotActive:          http.StatusConflict,
	onboarding.CodeLocationExists:     http.StatusConflict,
	onboarding.CodeLocationsPending:   http.StatusConflict,
	onboarding.CodeCountryUnsupported: http.StatusUnprocessableEntity,
	onboarding.CodeLegalLocation:      http.StatusConflict,
	onboarding.CodeLocationCountry:    http.StatusConflict,
	onboarding.CodeLocationEnded:      http.StatusConflict,
	onboarding.CodeNotInProgramme:     http.StatusConflict,
	onboarding.CodeSuspended:          http.StatusConflict,
	onboarding.CodeHasLeft:            http.StatusConflict,
	onboarding.CodeNotLeft:            http.StatusConflict,
	onboarding.CodeSuspensionOpen:     http.StatusConflict,
	onboarding.CodeNoSuspension:       http.StatusConflict,
	onboarding.CodeAnswerOpen:         http.StatusConflict,
	onboarding.CodeNoAnswer:           http.StatusConflict,

	codeMalformedBody:        http.StatusBadRequest,
	codeUnauthenticated:      http.StatusUnauthorized,
	codeMethodNotAllowed:     http.StatusMethodNotAllowed,
	codeNotAcceptable:        http.StatusNotAcceptable,
	codeBodyTooLarge:         http.StatusRequestEntityTooLarge,
	codeUnsupportedMediaType: http.StatusUnsupportedMediaType,
	codeKeyReused:            http.StatusUnprocessableEntity,
	codeIfMatchRequired:      http.StatusPreconditionRequired,
	codeInternal:             http.StatusInternalServerError,
	codeTryAgain:             http.StatusServiceUnavailable,
}

// problemOf turns an error into the answer that a client gets. What isn't a
// refusal is logged in full and answered with a fixed text.
func problemOf(ctx context.Context, err error, requestID, instance string) store.Answer {
	headers := map[string]string{"Content-Type": "application/problem+json"}
	var refusal *onboarding.Refusal
	switch {
	case errors.As(err, &refusal):
	case errors.Is(err, command.ErrKeyReused):
		refusal = onboarding.Refuse(codeKeyReused, "This Idempotency-Key was used for another request. Use a fresh key for each new request.")
	case errors.Is(err, command.ErrBusy), errors.Is(err, store.ErrConflict), errors.Is(err, context.DeadlineExceeded), store.Unavailable(err):
		slog.WarnContext(ctx, "busy", "error", err, "requestId", requestID)
		refusal = onboarding.Refuse(codeTryAgain, "The service is busy. Try again in a few seconds; with the same Idempotency-Key nothing is done twice.")
		headers["Retry-After"] = "2"
	default:
		slog.ErrorContext(ctx, "internal error", "error", err, "requestId", requestID)
		refusal = onboarding.Refuse(codeInternal, "Something went wrong on our side. Try again, and name the request id to support if it stays.")
	}
	status, ok := statuses[refusal.Code]
	if !ok {
		slog.ErrorContext(ctx, "a code without a status", "code", refusal.Code)
		status = http.StatusInternalServerError
	}
	switch refusal.Code {
	case onboarding.CodeResendLimited, onboarding.CodeAskedTooOften:
		headers["Retry-After"] = "60"
	case onboarding.CodeMembershipTriesLimited:
		headers["Retry-After"] = "3600"
	}
	p := api.Problem{
		Type: "about:blank", Title: title(refusal.Code), Status: status, Code: string(refusal.Code),
		Detail: refusal.Message, Instance: instance, RequestID: requestID, Where: refusal.Where, ErrorsTotal: refusal.Total,
	}
	for _, f := range refusal.Faults {
		p.Errors = append(p.Errors, api.FieldError{Pointer: f.Pointer, Code: f.Code, Message: f.Message})
	}
	for _, r := range refusal.Roles {
		p.Actors = append(p.Actors, api.Role(r))
	}
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"type":"about:blank","title":"Internal","status":500,"code":"internal","requestId":""}`)
	}
	return store.Answer{Status: status, Headers: headers, Body: body}
}

// title makes a readable title of a code: "role_required" → "Role required".
func title(c onboarding.Code) string {
	text := strings.ReplaceAll(string(c), "_", " ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// Package delivery hands rendered mails to Amazon SES and says what became of
// them.
//
// SES knows no idempotency key: a request that is sent again is a second mail.
// So each Send is exactly one request, without the SDK's own retries; whoever
// keeps the record of mails decides about the next try, and the errors tell
// it what that try could cost and when it makes sense.
package delivery

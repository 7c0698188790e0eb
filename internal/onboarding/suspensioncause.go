package onboarding

import "slices"

// SuspensionCode says why a company is suspended (A8). Codes are stable, and
// all that its distributors learn of the cause.
type SuspensionCode string

// Mend is how what a suspension is for is mended.
type Mend string

// The ways to mend.
const (
	MendChange Mend = "change" // a change of the verified details; once it is authorized the suspension ends by itself
	MendAnswer Mend = "answer" // the company says what it did, and staff decides
)

// SuspensionCause is what a code means to the partner: what it is about, what
// mends it and by which act. A suspension without these is a dead end (V11).
type SuspensionCause struct {
	Code   SuspensionCode
	Text   string
	Remedy string
	Mend   Mend
	Severe bool // may be in force at once, without a warning
	ByRule bool // by time alone, never by staff
}

// causeRejected is the one that the rule suspends for.
const causeRejected SuspensionCode = "change_rejected"

var suspensionCauses = []SuspensionCause{
	{causeRejected, "A change of the company's verified details was rejected, and what was found has not been mended.", "Submit the corrected change, withdraw it if the details in force are right, or appeal the rejection.", MendChange, false, true},
	{"details_outdated", "The company's verified details are out of date.", "Change the legal name or address; once the change is authorized this ends by itself.", MendChange, false, false},
	{"documents_missing", "Documents that the programme asked for are missing.", "Send them to support, then answer that it is done.", MendAnswer, false, false},
	{"payment_default", "Invoices of a distributor are not paid.", "Settle them with the distributor, then answer that it is done.", MendAnswer, false, false},
	{"agreement_breach", "The partner agreement is not kept.", "Do what staff asks for, then answer that it is done.", MendAnswer, false, false},
	{"security_incident", "Accounts of the company seem to be used by somebody else.", "Secure the accounts, then answer what was done. Support helps.", MendAnswer, true, false},
	{"fraud_suspected", "Orders or details of the company give reason to suspect fraud.", "Contact support, and answer with what explains it.", MendAnswer, true, false},
	{"legal_restriction", "A law or an authority forbids doing business with the company at present.", "Answer with the authority's permission, or with what shows that the company isn't meant.", MendAnswer, true, false},
}

// SuspensionCauses lists every code with its meaning.
func SuspensionCauses() []SuspensionCause { return slices.Clone(suspensionCauses) }

// SuspensionCauseOf finds the meaning of a code.
func SuspensionCauseOf(code SuspensionCode) (SuspensionCause, bool) {
	i := slices.IndexFunc(suspensionCauses, func(c SuspensionCause) bool { return c.Code == code })
	if i < 0 {
		return SuspensionCause{}, false
	}
	return suspensionCauses[i], true
}

func (c SuspensionCode) cause() SuspensionCause {
	cause, _ := SuspensionCauseOf(c)
	return cause
}

package onboarding

// MailState is what became of a mail. Events about mails come in any order,
// twice, or never, so a mail's state is a maximum: the one of the highest rank
// that was ever heard of it.
type MailState string

// The states, by rank. A mail server may take a mail and return it later, so
// Bounced is above Delivered; an automatic reply looks like a mail that came
// back for the moment, so Returned is below it.
const (
	MailStateSent       MailState = "Sent"       // the mail service has it
	MailStateDelayed    MailState = "Delayed"    // not taken yet; the mail service goes on trying
	MailStateUnknown    MailState = "Unknown"    // nothing was heard of it for a week
	MailStateReturned   MailState = "Returned"   // not taken for the moment, a full mailbox for example
	MailStateRejected   MailState = "Rejected"   // refused by the mail service: it is the programme's to mend
	MailStateDelivered  MailState = "Delivered"  // the recipient's mail server took it
	MailStateBounced    MailState = "Bounced"    // refused for good
	MailStateSuppressed MailState = "Suppressed" // not even tried: the address failed before
	MailStateComplained MailState = "Complained" // the recipient called it spam
)

// MailStates lists the states from the lowest rank to the highest.
func MailStates() []MailState {
	return []MailState{MailStateSent, MailStateDelayed, MailStateUnknown, MailStateReturned, MailStateRejected, MailStateDelivered, MailStateBounced, MailStateSuppressed, MailStateComplained}
}

// Rank orders the states; 0 is no state.
func (s MailState) Rank() int {
	for i, state := range MailStates() {
		if state == s {
			return i + 1
		}
	}
	return 0
}

// Settled says that the mail's fate is known: nobody needs to look any more.
func (s MailState) Settled() bool { return s.Rank() >= MailStateUnknown.Rank() }

// Class is the stable class of a mail's state (T3).
func (s MailState) Class() Class {
	switch s {
	case MailStateDelivered:
		return ClassDone
	case MailStateReturned, MailStateBounced, MailStateSuppressed, MailStateComplained:
		return ClassAction
	case MailStateRejected, MailStateUnknown:
		return ClassStopped
	}
	return ClassWaiting
}

// Explain says to a person what a mail's state means.
func (s MailState) Explain() string {
	switch s {
	case MailStateSent:
		return "The mail is on its way; the recipient's mail server hasn't answered yet."
	case MailStateDelayed:
		return "The recipient's mail server doesn't take the mail yet; it is tried on."
	case MailStateUnknown:
		return "Nothing was heard of this mail. If it didn't arrive, have it sent again."
	case MailStateReturned:
		return "The mail came back: the mailbox can't take it for the moment. Have it sent again later."
	case MailStateRejected:
		return "The mail service refused the mail. That is ours to mend; it can be sent again."
	case MailStateDelivered:
		return "The recipient's mail server took the mail. If nobody sees it, look among junk mail."
	case MailStateBounced:
		return "The recipient's mail server refuses mails to this address."
	case MailStateSuppressed:
		return "The mail was not tried, because mails to this address failed before."
	case MailStateComplained:
		return "The recipient marked the mail as unwanted, so nothing is sent there any more."
	}
	return ""
}

// Failure is why an address doesn't work when one of its mails ended in this
// state; "" when the state says nothing against the address.
func (s MailState) Failure() AddressFailureReason {
	switch s {
	case MailStateBounced:
		return AddressBounced
	case MailStateSuppressed:
		return AddressSuppressed
	case MailStateComplained:
		return AddressComplained
	}
	return ""
}

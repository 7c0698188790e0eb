package onboarding

// Secret says that a message carries a one-time link: it is for its address
// alone, and what would send it again is kept nowhere.
func (t MailTemplate) Secret() bool {
	return t.ProvesMailbox() || t == MailUserInvited || t == MailJoinProof
}

// ofUsers says that a message is about users, to the person whom it concerns.
func (t MailTemplate) ofUsers() bool {
	return t == MailUserChanged || t == MailHandoverOffered || t == MailJoinRequested
}

// speaksForItself says that a message isn't followed by what is next for the
// company: whoever reads it may not be one of the company's people, not yet or
// not any more.
func (t MailTemplate) speaksForItself() bool { return t.Secret() || t.ofUsers() }

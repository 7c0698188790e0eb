package onboarding

import "time"

// HistoryEntry is a moment at which the verification's status changed.
type HistoryEntry struct {
	At     time.Time
	Status VerificationStatus
	Title  string
}

// caseTitles are how a case's moments are told.
type caseTitles struct{ opened, authorized, rejected string }

func (c Case) titles() caseTitles {
	if c.Change != nil {
		what := c.Change.titles()
		return caseTitles{"A change of the " + what + " was asked for and its case was opened.", "The change of the " + what + " was authorized and is in force.",
			"The change of the " + what + " was rejected: the old details stay in force. The reasons say what mends it."}
	}
	if o := c.CarriedOver; o != nil {
		return caseTitles{opened: "The existing membership " + o.From + " was linked.",
			authorized: "The verification was carried over from the records on file: authorized there on " + o.AuthorizedAt.UTC().Format("2 January 2006") + "."}
	}
	return caseTitles{"The details were submitted and the case was opened.", "The company was authorized.", "The verification was rejected; the reasons say what mends it."}
}

// VerificationHistory tells how the newest case went, oldest first (V8). Who
// decided is not part of it.
func (p Partner) VerificationHistory() []HistoryEntry {
	c := p.Case
	if c == nil {
		return nil
	}
	titled := c.titles()
	history := []HistoryEntry{{c.OpenedAt, VerificationPending, titled.opened}}
	if k := c.Check(CheckEmailOwnership); k.Status == checkNotNeeded || k.Status == CheckPassed && !k.Since.After(c.OpenedAt) {
		history[0].Status = VerificationUnderReview // the address had been confirmed before
	} else if k.Status == CheckPassed {
		history = append(history, HistoryEntry{k.Since, VerificationUnderReview, "The primary contact confirmed the e-mail address."})
	}
	if r := c.Request; r != nil {
		history = append(history, HistoryEntry{r.At, VerificationDocumentsRequested, "Documents were asked for: the clock stands still until they are in."})
		if !r.CompletedAt.IsZero() {
			history = append(history, HistoryEntry{r.CompletedAt, VerificationUnderReview, "The last document that was asked for is in: the clock goes on."})
		} else if !r.ExpiredAt.IsZero() {
			history = append(history, HistoryEntry{r.ExpiredAt, VerificationExpired, "The documents didn't come in time. The request can be reopened."})
		}
	}
	for _, x := range c.Extensions {
		if !x.EscalatedAt.IsZero() {
			history = append(history, HistoryEntry{x.EscalatedAt, VerificationOverdue, "The promised business days were over: the case was escalated."})
		}
		history = append(history, HistoryEntry{x.At, VerificationUnderReview, "The latest date was moved: " + x.Reason})
	}
	if a := c.SetAside; a != nil {
		reason, _ := SetAsideReasonOf(a.Code)
		history = append(history, HistoryEntry{a.At, VerificationCannotComplete, "A reviewer looked at the case and can't complete it yet. " + reason.Text})
	}
	if !c.EscalatedAt.IsZero() {
		history = append(history, HistoryEntry{c.EscalatedAt, VerificationOverdue, "The promised business days were over: the case was escalated."})
	}
	if a := c.Appeal; a != nil {
		history = append(history, HistoryEntry{a.Against.At, a.Against.Result, titled.rejected},
			HistoryEntry{a.At, VerificationUnderReview, "The rejection was appealed: a different reviewer looks."})
	}
	if d := c.Decision; d != nil {
		title := titled.authorized
		switch d.Result {
		case VerificationRejected:
			title = titled.rejected
		case VerificationWithdrawn:
			title = "The change was withdrawn: the old details stay in force."
		}
		history = append(history, HistoryEntry{d.At, d.Result, title})
	}
	return sortedHistory(history)
}

func sortedHistory(h []HistoryEntry) []HistoryEntry {
	for i := 1; i < len(h); i++ {
		for j := i; j > 0 && h[j].At.Before(h[j-1].At); j-- {
			h[j], h[j-1] = h[j-1], h[j]
		}
	}
	return h
}

// Class is the stable class of a check's status.
func (s CheckStatus) Class() Class {
	switch s {
	case CheckPassed:
		return ClassDone
	case CheckNeedsReview:
		return ClassWaiting
	case CheckFailed:
		return ClassStopped
	}
	return ClassAction
}

// Explain says who has the ball of a check and, for people, what it is about.
func (k Check) Explain(c Case, now time.Time) (Party, string) {
	if o := c.CarriedOver; o != nil && k.Status == CheckPassed {
		return PartyNobody, "Carried over from the record on file of " + o.From + "."
	}
	switch k.Name {
	case CheckEmailOwnership:
		switch {
		case k.Status == CheckPassed:
			return PartyNobody, "The primary contact confirmed the e-mail address."
		case !now.Before(c.Link.ExpiresAt):
			return PartyPartner, "The link to the primary contact has expired: have a new one sent."
		}
		return PartyPartner, "A link was sent to the primary contact, who must open and confirm it."
	case CheckEmployment:
		if k.Status == CheckPassed {
			return PartyNobody, "The primary contact works at the company."
		}
		if k.Status == CheckFailed {
			return PartyPartner, "It could not be shown that the primary contact works at the company: the reasons say what mends it."
		}
		if c.asks(kindEmployment) {
			return PartyPartner, "The contact's mail domain is neither the tenant's verified domain nor the website's: a document that shows the employment was asked for."
		}
		return PartyReviewer, "The contact's mail domain is neither the tenant's verified domain nor the website's: a reviewer looks at the documents."
	}
	switch k.Status {
	case CheckPassed:
		return PartyNobody, "The company's details were verified."
	case CheckFailed:
		return PartyPartner, "The details could not be verified: the reasons say what mends it."
	}
	return PartyReviewer, "A reviewer compares the details with the official registry."
}

package onboarding

import "slices"

// RequestStatus is where a request of documents stands.
type RequestStatus string

// Statuses of a request. Expired is no rejection: the partner reopens it (V11).
const (
	RequestOpen     RequestStatus = "Open"
	RequestComplete RequestStatus = "Complete"
	RequestExpired  RequestStatus = "Expired"
)

// Status is where the request stands.
func (r DocumentRequest) Status() RequestStatus {
	switch {
	case !r.CompletedAt.IsZero():
		return RequestComplete
	case !r.ExpiredAt.IsZero():
		return RequestExpired
	}
	return RequestOpen
}

// Met says whether a group of the case's request is answered.
func (c Case) Met(g DocumentGroup) bool {
	return c.Request != nil && slices.ContainsFunc(c.Documents, func(d Document) bool { return c.answers(d, g) })
}

// Quota is what still fits of documents that nobody asked for (V3).
func (c Case) Quota() (files int, bytes int64) {
	files, bytes = MaxUnasked, MaxDocumentBytes
	for _, d := range c.Documents {
		if d.RequestID == "" {
			files, bytes = files-1, bytes-d.Size
		}
	}
	return max(files, 0), max(bytes, 0)
}

// NotReplaceable says why a document of the case can't be replaced, "" when it
// can.
func (c Case) NotReplaceable(d Document) Code {
	switch {
	case c.Decision != nil:
		return CodeVerificationDecided
	case !d.OpenedAt.IsZero():
		return CodeDocumentUnderReview
	}
	return ""
}

package view

import (
	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Receipt renders what was received (V11). A document that isn't the case's any
// more can't be replaced.
func Receipt(c onboarding.Case, d onboarding.Document) api.DocumentReceipt {
	why := c.NotReplaceable(d)
	return api.DocumentReceipt{
		DocumentID: d.ID, Kind: api.DocumentKind(d.Kind), FileName: d.FileName, ContentType: d.ContentType, Size: int(d.Size), SHA256: d.SHA256,
		ReceivedAt: Time(d.ReceivedAt), Scan: api.DocumentScan(d.Scan), ScannedAt: Time(d.ScannedAt), Asked: d.RequestID != "",
		Replaceable: why == "", NotReplaceable: api.DocumentReceiptNotReplaceable(why),
	}
}

// Documents renders the documents of the newest case and what else is accepted
// (V3, V11).
func Documents(p onboarding.Partner) api.DocumentList {
	list := api.DocumentList{Test: p.Test, Documents: []api.DocumentReceipt{}, MaxBytes: onboarding.MaxDocumentSize, ContentTypes: onboarding.DocumentTypes(), Kinds: []api.DocumentKindInfo{}}
	for _, k := range onboarding.DocumentKinds() {
		list.Kinds = append(list.Kinds, api.DocumentKindInfo{Kind: api.DocumentKind(k.Code), Title: k.Title, Examples: k.Examples})
	}
	if p.Case == nil {
		return list
	}
	list.CaseID, list.Request = p.Case.ID, DocumentRequest(*p.Case)
	for _, d := range p.Case.Documents {
		list.Documents = append(list.Documents, Receipt(*p.Case, d))
	}
	if p.Case.Decision == nil {
		files, bytes := p.Case.Quota()
		list.Quota = api.DocumentQuota{Files: files, Bytes: int(bytes)}
	}
	return list
}

// DocumentRequest renders what the partner is asked for, nil when there is
// nothing.
func DocumentRequest(c onboarding.Case) *api.DocumentRequest {
	r := c.Request
	if r == nil {
		return nil
	}
	out := api.DocumentRequest{RequestID: r.ID, RequestedAt: Time(r.At), Status: api.DocumentRequestStatus(r.Status()), ExpiresAt: Time(r.ExpiresAt), Groups: []api.DocumentGroup{}}
	for _, g := range r.Groups {
		group := api.DocumentGroup{AnyOf: []api.DocumentKind{}, Reason: g.Reason, Met: c.Met(g)}
		for _, kind := range g.AnyOf {
			group.AnyOf = append(group.AnyOf, api.DocumentKind(kind))
		}
		out.Groups = append(out.Groups, group)
	}
	return &out
}

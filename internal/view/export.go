package view

import (
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// Export renders a part of everything that is stored of a partner; first says
// that it is the first one, which has the partner itself.
func Export(p onboarding.Partner, e store.Export, first bool, now time.Time) api.PartnerExport {
	out := api.PartnerExport{
		PartnerID: p.ID, CompanyName: p.LegalName(), MadeAt: Time(now), Version: p.Version, Next: e.Next,
		Events: []api.ExportedEvent{}, Mails: []api.StoredDocument{}, LeftOut: []api.LeftOut{},
		Acceptances: stored(e.Acceptances), Customers: stored(e.Customers), Locations: stored(e.Locations),
	}
	if first {
		out.Partner = document(p)
	}
	for _, event := range e.Events {
		v := api.ExportedEvent{
			Sequence: event.Sequence, EventID: event.ID, At: Time(event.At), Type: string(event.Data.Type()), Round: event.Round,
			Hash: event.Hash, Previous: event.Previous, ErasedBy: event.ErasedBy, Actor: document(event.Actor), Data: document(event.Data),
		}
		if event.Clock != nil {
			v.Clock = document(*event.Clock)
		}
		out.Events = append(out.Events, v)
	}
	for _, m := range e.Mails {
		mail := api.StoredDocument{"key": m.Key, "template": m.Template, "sentAt": Time(m.SentAt), "state": m.State, "stateAt": Time(m.StateAt)}
		if m.To != "" {
			mail["to"] = m.To
		}
		if len(m.Params) > 0 {
			mail["params"] = m.Params
		}
		out.Mails = append(out.Mails, mail)
	}
	for _, l := range onboarding.LeftOutOfExports() {
		out.LeftOut = append(out.LeftOut, api.LeftOut{Why: api.LeftOutWhy(l.Why), Text: l.Text, Members: l.Members})
	}
	return out
}

func document(v any) api.StoredDocument {
	members, _ := onboarding.Exported(v).(map[string]any) // of a struct it is always one
	return members
}

func stored[T any](list []T) []api.StoredDocument {
	out := make([]api.StoredDocument, len(list))
	for i, v := range list {
		out[i] = document(v)
	}
	return out
}

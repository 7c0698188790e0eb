package rig

import (
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// Mailed records a mail as sent now.
func (r *Rig) Mailed(m onboarding.SentMail) *Rig {
	r.t.Helper()
	m.SentAt, m.State, m.StateAt = r.Now(), onboarding.MailStateSent, r.Now()
	if err := r.Parts.Store.RecordSent(r.t.Context(), PartnerID, store.SentMail{SentMail: m, MessageID: "m", DueAt: r.Now().Add(24 * time.Hour)}); err != nil {
		r.t.Fatal(err)
	}
	return r
}

// Broken has an address of the partner fail.
func (r *Rig) Broken(address string) *Rig {
	r.t.Helper()
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.FailAddress(onboarding.AddressFailure{Address: address, Reason: onboarding.AddressBounced, At: s.At, SentAt: s.At, Template: onboarding.MailEnrolled}, s)
	})
	return r
}

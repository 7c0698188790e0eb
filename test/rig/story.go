package rig

import (
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/country"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/phone"
	"github.com/partner-onboarding/partner-onboarding/internal/region"
	"github.com/partner-onboarding/partner-onboarding/internal/registry"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// Secret is the secret of the ownership link of a submitted partner.
const Secret = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"

// PartnerID is the partner that the steps below bring on.
const PartnerID = "P-01K6ZT4M9V8Q2R7XW5N0B1CDEF"

// RelationshipID is that of the partner's request from Distributor.
const RelationshipID = "R-01K7D0S5A1B2C3D4E5F6G7H8JK"

// Knowledge is what the rules know of the world, with the real calendar.
func Knowledge() onboarding.Knowledge {
	days, err := calendar.New("US", 0)
	if err != nil {
		panic(err)
	}
	return onboarding.Knowledge{Countries: country.Table{}, Phones: phone.Numbers{}, Regions: region.Default(), Registry: registry.Default(), Calendar: days, Companies: registry.Companies{}}
}

// Info is business information that can be submitted.
func Info() onboarding.BusinessInfo {
	return onboarding.BusinessInfo{
		Legal: onboarding.LegalProfile{
			LegalName: "Contoso Ltd", RegistrationNumber: "01234567",
			Address:        onboarding.Address{Country: "GB", Lines: []string{"1 High Street"}, Locality: "London", PostalCode: "SW1A 1AA"},
			PrimaryContact: onboarding.Contact{FirstName: "Ada", LastName: "Byron", Email: "ada@contoso.example", Phone: "020 7946 0018"},
		},
		Support: onboarding.SupportProfile{Email: "help@contoso.example"},
	}
}

var admin = onboarding.Principal{UserID: "u-admin", Email: "ada@contoso.example", TenantID: "t-contoso", TenantDomain: "contoso.example", GlobalAdmin: true}

// Tell carries out a command on the partner, past the function's edge.
func (r *Rig) Tell(decide func(onboarding.Partner, onboarding.Stamp) (onboarding.Event, error)) onboarding.Partner {
	r.t.Helper()
	result, err := r.Parts.Commands.Run(r.t.Context(), command.Command{
		PartnerID: PartnerID, By: admin.Actor(), Authorize: func(onboarding.Partner) error { return nil }, Decide: decide,
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return result.Partner
}

// Record is what the table holds of the partner.
func (r *Rig) Record() store.Record {
	r.t.Helper()
	record, _, err := r.Parts.Store.Load(r.t.Context(), PartnerID, store.Request{}, r.Now())
	if err != nil {
		r.t.Fatal(err)
	}
	return record
}

// Enrolled makes the partner.
func (r *Rig) Enrolled() *Rig {
	r.t.Helper()
	return r.enrolled(false)
}

// ForTests makes the partner as a test partner.
func (r *Rig) ForTests() *Rig {
	r.t.Helper()
	return r.enrolled(true)
}

func (r *Rig) enrolled(test bool) *Rig {
	r.t.Helper()
	_, err := r.Parts.Commands.RunNew(r.t.Context(), admin.TenantID, command.Command{
		By: admin.Actor(), Authorize: func(onboarding.Partner) error { return nil },
		Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.Enroll(onboarding.Enroll{PartnerID: PartnerID, WorkAccount: onboarding.WorkAccountExisting, WorkEmail: admin.Email, CompanyName: "Contoso", Test: test, TestAllowed: test, By: admin}, s)
		},
	}, func(onboarding.Partner) (store.Answer, error) { return store.Answer{}, nil })
	if err != nil {
		r.t.Fatal(err)
	}
	return r
}

// Drafted has the partner's draft saved.
func (r *Rig) Drafted() *Rig {
	r.t.Helper()
	r.Enrolled().Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.SaveBusinessInfo(Info(), p.InfoRevision, s)
	})
	return r
}

// Submitted has the partner's information submitted.
func (r *Rig) Submitted() *Rig {
	r.t.Helper()
	r.Drafted().Submit()
	return r
}

// Submit has the draft submitted.
func (r *Rig) Submit() {
	r.t.Helper()
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.Submit(Knowledge(), app.NewID(app.CasePrefix, s.At), Secret, s)
	})
}

// Confirmed has the primary contact's address confirmed.
func (r *Rig) Confirmed() *Rig {
	r.t.Helper()
	r.Submitted().Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.ConfirmOwnership(Secret, s)
	})
	return r
}

// Overdue has the case escalated, after the promised days.
func (r *Rig) Overdue() *Rig {
	r.t.Helper()
	r.Confirmed().Pass(r.Record().Partner.Case.Latest.Sub(r.Now()) + time.Second)
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return p.Escalate(s) })
	return r
}

// Rejected has the case rejected.
func (r *Rig) Rejected() *Rig {
	r.t.Helper()
	r.Submitted().Reject()
	return r
}

// Reject has the open case rejected.
func (r *Rig) Reject() {
	r.t.Helper()
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.Decide(onboarding.Decide{Result: onboarding.VerificationRejected, Reasons: []onboarding.ReasonCode{"legal_name_mismatch"}, Note: "No record."}, s)
	})
}

// Authorized has the case authorized.
func (r *Rig) Authorized() *Rig {
	r.t.Helper()
	r.Confirmed().Authorize()
	return r
}

// Authorize has the open case authorized.
func (r *Rig) Authorize() {
	r.t.Helper()
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.Decide(onboarding.Decide{Result: onboarding.VerificationAuthorized, Note: "Records match."}, s)
	})
}

// Agreement is the version in force for the partner.
func (r *Rig) Agreement() onboarding.AgreementVersion {
	r.t.Helper()
	v, ok := agreement.Table{}.Current("eu-efta-uk", r.Now())
	if !ok {
		r.t.Fatal("no agreement")
	}
	return v
}

// Accepted has the agreement signed.
func (r *Rig) Accepted() *Rig {
	r.t.Helper()
	r.Authorized().Sign()
	return r
}

// Sign has the agreement signed by the Global Admin.
func (r *Rig) Sign() {
	r.t.Helper()
	v := r.Agreement()
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.Accept(onboarding.AcceptAgreement{Version: v.Version, SHA256: v.Documents[0].SHA256, SignerName: "Ada Byron", SignerTitle: "Director", Consent: true, By: admin}, v, s)
	})
}

// Requested has a request of Distributor's.
func (r *Rig) Requested() *Rig {
	r.t.Helper()
	r.Accepted().Request()
	return r
}

// Request adds a request of Distributor's.
func (r *Rig) Request() *Rig {
	r.t.Helper()
	d, _ := directory.Find("DIST-NORTHWIND")
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.RequestRelationship(d, RelationshipID, "", s)
	})
	return r
}

// Active has the relationship accepted: all five steps are done.
func (r *Rig) Active() *Rig {
	r.t.Helper()
	r.Requested().AcceptRequest()
	return r
}

// AcceptRequest has Distributor's request accepted.
func (r *Rig) AcceptRequest() {
	r.t.Helper()
	v := r.Agreement()
	r.Tell(func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return p.AcceptRelationship(RelationshipID, v, "PLA-1", s)
	})
}

//go:build stack

package statemachine_test

import (
	"context"
	"errors"
	"slices"
	"testing"
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
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// partner is a company in the table that the stack's functions use. Its
// commands are carried out here, by the same code as in the functions, so that
// a test decides what happens when; the state machines and their tasks run in
// the stack. No command starts an execution: the test does.
type partner struct {
	id       string
	store    *store.Store
	workflow *workflow.Client
	silent   bool // commands commit and their signals are lost
}

var admin = onboarding.Principal{UserID: "u-1", Email: "dana.cole@fabrikam.example", Name: "Dana Cole", TenantID: "t", TenantDomain: "fabrikam.example", GlobalAdmin: true}

func enrolled(t *testing.T, s *stack.Stack) *partner {
	t.Helper()
	p := &partner{store: store.New(s.DynamoDB(), s.Table), workflow: &workflow.Client{API: s.StepFunctions()}}
	id, tenant := app.NewID(app.PartnerPrefix, time.Now()), app.NewID("tenant-", time.Now())
	by := admin
	by.TenantID = tenant
	_, err := p.runner().RunNew(t.Context(), tenant, command.Command{
		By: by.Actor(), Authorize: func(onboarding.Partner) error { return nil },
		Decide: p.quietly(func(o onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return o.Enroll(onboarding.Enroll{PartnerID: id, WorkAccount: onboarding.WorkAccountExisting, WorkEmail: by.Email, CompanyName: "Fabrikam", By: by}, s)
		}),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p.id = id
	return p
}

func (p *partner) runner() *command.Runner {
	r := &command.Runner{Records: p.store, Now: time.Now}
	if !p.silent {
		r.Signals = p.workflow
	}
	return r
}

// quietly keeps a rule's event from starting an execution or sending mails.
func (p *partner) quietly(decide rule) rule {
	return func(o onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		e, err := decide(o, s)
		e.Follow = slices.DeleteFunc(e.Follow, func(f onboarding.Follow) bool { return f.FinishWait == nil })
		return e, err
	}
}

type rule = func(onboarding.Partner, onboarding.Stamp) (onboarding.Event, error)

// do carries out the commands of a step; it is the last one that ends the wait.
func (p *partner) do(t *testing.T, rules ...rule) {
	t.Helper()
	silent := p.silent
	for i, decide := range rules {
		p.silent = silent && i == len(rules)-1
		p.command(t, decide)
	}
	p.silent = silent
}

func (p *partner) command(t *testing.T, decide rule) {
	t.Helper()
	result, err := p.runner().Run(t.Context(), command.Command{
		PartnerID: p.id, By: admin.Actor(), Authorize: func(onboarding.Partner) error { return nil }, Decide: p.quietly(decide),
	})
	if err != nil {
		t.Fatal(err)
	}
	if p.silent { // the outbox has it and is gone: it won't finish the wait during the test
		due := store.Due{PartnerID: p.id, Sequence: result.Partner.Version}
		events, err := p.store.Events(t.Context(), p.id)
		if err != nil {
			t.Fatal(err)
		}
		due.At = events[len(events)-1].DueAt
		if _, err := p.store.Claim(t.Context(), due, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
}

func (p *partner) record(t *testing.T) store.Record {
	t.Helper()
	r, _, err := p.store.Load(t.Context(), p.id, store.Request{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// waits until the workflow has left a token for a wait, other than those that
// are known, and returns it.
func (p *partner) waits(t *testing.T, wait onboarding.WaitName, known ...string) string {
	t.Helper()
	var token string
	eventually(t, "the workflow waits for "+string(wait), func() bool {
		token = p.record(t).Workflow.Waits[wait].Token
		return token != "" && !slices.Contains(known, token)
	})
	return token
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !is() {
		select {
		case <-ctx.Done():
			t.Fatalf("not within 30 s: %s", what)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (p *partner) submit(t *testing.T) {
	t.Helper()
	days, err := calendar.New("US", 0)
	if err != nil {
		t.Fatal(err)
	}
	knowledge := onboarding.Knowledge{Countries: country.Table{}, Phones: phone.Numbers{}, Regions: region.Default(), Registry: registry.Default(), Calendar: days}
	info := onboarding.BusinessInfo{
		Legal: onboarding.LegalProfile{
			LegalName: "Fabrikam Inc", RegistrationNumber: "98-7654321",
			Address:        onboarding.Address{Country: "US", Lines: []string{"4567 Main Street", "Suite 210"}, Locality: "Buffalo", Subdivision: "NY", PostalCode: "14203"},
			PrimaryContact: onboarding.Contact{FirstName: "Lee", LastName: "Park", Email: "lee.park@fabrikam.example", Phone: "(716) 555-0134"},
		},
		Support: onboarding.SupportProfile{Email: "support@fabrikam.example", Phone: "(716) 555-0135"},
	}
	p.do(t, func(o onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return o.SaveBusinessInfo(info, o.InfoRevision, s)
	}, func(o onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return o.Submit(knowledge, app.NewID(app.CasePrefix, s.At), "secret", s)
	})
}

func (p *partner) decide(t *testing.T, result onboarding.VerificationStatus) {
	t.Helper()
	d := onboarding.Decide{Result: result, Note: "As in the register."}
	if result == onboarding.VerificationRejected {
		d.Reasons = []onboarding.ReasonCode{onboarding.Reasons()[0].Code}
	}
	p.do(t, func(o onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return o.ConfirmOwnership("secret", s)
	}, func(o onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) { return o.Decide(d, s) })
}

func (p *partner) sign(t *testing.T) {
	t.Helper()
	p.do(t, func(o onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		current, ok := agreement.Table{}.Current(o.Region, s.At)
		if !ok {
			return onboarding.Event{}, errors.New("there is no agreement")
		}
		by := admin
		by.TenantID = o.TenantID
		return o.Accept(onboarding.AcceptAgreement{Version: current.Version, SHA256: current.Documents[0].SHA256, SignerName: by.Name, SignerTitle: "President", Consent: true, By: by}, current, s)
	})
}

func (p *partner) chooseDistributor(t *testing.T) {
	t.Helper()
	d, ok := directory.Find("DIST-ADVENTURE")
	if !ok {
		t.Fatal("there is no such distributor")
	}
	id := app.NewID(app.RelationshipPrefix, time.Now())
	p.do(t, func(o onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		return o.RequestRelationship(d, id, "", s)
	}, func(o onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
		current, _ := agreement.Table{}.Current(o.Region, s.At)
		return o.AcceptRelationship(id, current, app.NewID(app.PLAPrefix, s.At), s)
	})
}

//go:build stack

package onboarding_test

import (
	"errors"
	"slices"

	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

// broken carries a command out while a call to the table breaks, and then again
// as a client does that got no answer.
func (m *modelled) broken(x *mirror, move func(story) (Event, error)) {
	as := store.Request{Hash: m.name("key-"), BodyHash: "body"}
	at, fault := rapid.IntRange(0, 2).Draw(m.rt, "call that breaks"), rapid.SampledFrom([]rig.Fault{rig.Before, rig.Lost}).Draw(m.rt, "fault")
	m.Network.Reset()
	m.Network.Break(func(n int, _ string) rig.Fault {
		if n == at {
			return fault
		}
		return rig.None
	})
	id := ""
	result, err := m.Parts.Commands.Run(m.t.Context(), m.command(x, move, as, &id, alone))
	m.Network.Reset()
	event, refusal := m.rules(x, move, id)
	if at == 2 || at == 1 && refusal != nil { // a signal that breaks is left to the outbox; a refusal writes nothing
		m.compare(x, event, refusal, result, err, as)
		return
	}
	if err == nil || CodeOf(err) != "" || !store.Unavailable(err) {
		m.rt.Fatalf("a broken call was answered with %v", err)
	}
	m.tally["answers lost"]++
	result, err = m.Parts.Commands.Run(m.t.Context(), m.command(x, move, as, &id, alone))
	if at == 1 && fault == rig.Lost { // it had taken effect
		m.took(x, event)
		m.keep(x, as)
		if err != nil || !result.Replayed || string(result.Answer.Body) != m.kept[len(m.kept)-1].answer {
			m.rt.Fatalf("repeated after its answer was lost: %+v, %v", result, err)
		}
		return
	}
	event, refusal = m.rules(x, move, id)
	m.compare(x, event, refusal, result, err, as)
}

// repeat sends a request again whose answer must be kept, with the same body or
// another one.
func (m *modelled) repeat(k *kept, move func(story) (Event, error)) {
	as := k.as
	if rapid.Bool().Draw(m.rt, "another body") {
		as.BodyHash = "another body"
	}
	if m.Now().Unix() >= k.until.Unix() {
		m.tally["keys used again"]++
		m.run(k.of, move, as, nil)
		return
	}
	result, err := m.Parts.Commands.Run(m.t.Context(), command.Command{PartnerID: k.of.p.ID, Request: as, Authorize: anybody, Answer: answerOf,
		Decide: func(Partner, Stamp) (Event, error) {
			m.rt.Fatal("a repeated request was decided again")
			return Event{}, nil
		}})
	if as.BodyHash != k.as.BodyHash {
		m.tally["keys refused"]++
		if !errors.Is(err, command.ErrKeyReused) {
			m.rt.Fatalf("the key with another body: %+v, %v", result, err)
		}
		return
	}
	m.tally["replays"]++
	if err != nil || !result.Replayed || string(result.Answer.Body) != k.answer {
		m.rt.Fatalf("repeated: %+v, %v; the answer was %s", result, err, k.answer)
	}
}

// enrol makes a partner, or meets the one that its tenant has (E3).
func (m *modelled) enrol() {
	x := &mirror{tenant: m.name("t-"), waits: map[WaitName]string{}}
	if len(m.partners) > 0 && rapid.Bool().Draw(m.rt, "known tenant") {
		x.tenant = rapid.SampledFrom(m.partners).Draw(m.rt, "tenant of").tenant
	}
	by := globalAdmin
	by.TenantID = x.tenant
	ask := enrolContoso()
	ask.PartnerID, ask.By = m.name("P-"), by
	as := store.Request{Hash: m.name("key-"), BodyHash: "body"}
	lost, id := rapid.Bool().Draw(m.rt, "answer lost"), ""
	run := func() (result command.Result, met bool, err error) {
		result, err = m.Parts.Commands.RunNew(m.t.Context(), x.tenant, command.Command{By: by.Actor(), Request: as, Authorize: anybody, Answer: answerOf,
			Decide: func(p Partner, s Stamp) (Event, error) { id = s.EventID; return p.Enroll(ask, s) }},
			func(Partner) (store.Answer, error) { met = true; return store.Answer{}, nil })
		return result, met, err
	}
	known := slices.IndexFunc(m.partners, func(other *mirror) bool { return other.tenant == x.tenant })
	if lost && known < 0 {
		m.Network.Reset()
		m.Network.Break(func(_ int, operation string) rig.Fault {
			if operation == "TransactWriteItems" {
				return rig.Lost
			}
			return rig.None
		})
		if _, _, err := run(); err == nil || !store.Unavailable(err) {
			m.rt.Fatalf("an enrolment without an answer: %v", err)
		}
		m.Network.Reset()
		m.tally["answers lost"]++
	}
	result, met, err := run()
	if err != nil || met != (known >= 0) || result.Replayed != (lost && known < 0) {
		m.rt.Fatalf("enrolled: %+v, met one: %t, %v", result, met, err)
	}
	if known >= 0 {
		m.tally["tenants met again"]++
		if result.Partner.ID != m.partners[known].p.ID {
			m.rt.Fatalf("the tenant of %s met %s", m.partners[known].p.ID, result.Partner.ID)
		}
		return
	}
	e, err := Partner{}.Enroll(ask, Stamp{EventID: id, At: m.Now(), By: by.Actor()})
	if err != nil {
		m.rt.Fatal(err)
	}
	m.took(x, e)
	m.keep(x, as)
	m.partners = append(m.partners, x)
}

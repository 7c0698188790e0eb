package onboarding_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"pgregory.net/rapid"
)

// drawInfo is business information, right or wrong.
func drawInfo(t *rapid.T) BusinessInfo {
	if rapid.Bool().Draw(t, "right") {
		info := contoso()
		info.Legal.PrimaryContact.Email = rapid.SampledFrom([]string{"erika@contoso.example", "emil@contoso.example", "e@elsewhere.com"}).Draw(t, "contact")
		info.Legal.Address.PostalCode = rapid.SampledFrom([]string{"10115", "10117"}).Draw(t, "postal code")
		return info
	}
	text := rapid.OneOf(rapid.Just(""), rapid.StringN(0, 30, -1))
	draw := func(name string) string { return text.Draw(t, name) }
	return BusinessInfo{
		Legal: LegalProfile{LegalName: draw("legal name"), TradingName: draw("trading name"), RegistrationNumber: draw("number"),
			Address: Address{Country: rapid.SampledFrom([]string{"", "DE", "US", "JP", "AQ", "ZZ", "xx y"}).Draw(t, "country"), Lines: rapid.SliceOfN(text, 0, 5).Draw(t, "lines"),
				Locality: draw("locality"), PostalCode: draw("postal code")},
			PrimaryContact: Contact{FirstName: draw("first"), LastName: draw("last"), Email: draw("email"), Phone: draw("phone")}},
		Support: SupportProfile{Email: draw("support email"), Phone: draw("support phone"), Website: draw("site")},
	}
}

// drawMove is any command with any content, or one that the walk knows. It is
// drawn before it meets a partner: given to the same partner again, it does the
// same.
func drawMove(t *rapid.T) func(s story) (Event, error) {
	text := rapid.OneOf(rapid.SampledFrom([]string{"", "Because.", "www.evil.example"}), rapid.String())
	switch rapid.IntRange(0, 13).Draw(t, "kind") {
	case 13:
		info, stale := drawInfo(t), rapid.Bool().Draw(t, "stale")
		return func(s story) (Event, error) {
			n, revision := s.p.Cases+1, s.p.InfoRevision
			if stale {
				revision = 0
			}
			return s.p.ChangeBusinessInfo(info, revision, knowledge, fmt.Sprintf("case-%d", n), fmt.Sprintf("link-%d-1", n), s.stamp(globalAdmin))
		}
	case 0:
		info, revision := drawInfo(t), rapid.SampledFrom([]int{-2, 0, 1, -1}).Draw(t, "revision")
		return func(s story) (Event, error) {
			if revision == -2 {
				return s.p.SaveBusinessInfo(info, s.p.InfoRevision, s.stamp(globalAdmin))
			}
			return s.p.SaveBusinessInfo(info, revision, s.stamp(globalAdmin))
		}
	case 1:
		d := Decide{Result: rapid.SampledFrom([]VerificationStatus{VerificationAuthorized, VerificationRejected, "", "x"}).Draw(t, "result"), Note: text.Draw(t, "note")}
		for range rapid.IntRange(0, 2).Draw(t, "reasons") {
			d.Reasons = append(d.Reasons, rapid.SampledFrom([]ReasonCode{"address_mismatch", "legal_name_mismatch", "x"}).Draw(t, "reason"))
		}
		return func(s story) (Event, error) { return s.p.Decide(d, s.stamp(reviewer)) }
	case 2:
		sign := signature()
		sign.SignerName, sign.Version = text.Draw(t, "signer"), rapid.SampledFrom([]string{"2026-01", "2026-07", ""}).Draw(t, "version")
		version := agreementOf(rapid.SampledFrom([]string{"2026-01", "2026-07"}).Draw(t, "current"))
		sign.SHA256 = rapid.SampledFrom([]string{version.Documents[0].SHA256, ""}).Draw(t, "hash")
		return func(s story) (Event, error) { return s.p.Accept(sign, version, s.stamp(globalAdmin)) }
	case 10:
		address := rapid.SampledFrom([]string{theContact, theAdmin, "x@contoso.example", "no address"}).Draw(t, "address")
		reason := rapid.SampledFrom([]AddressFailureReason{AddressBounced, AddressComplained, ""}).Draw(t, "failure")
		return func(s story) (Event, error) { return s.p.FailAddress(s.fail(address, reason), s.system()) }
	case 11:
		mend, address := rapid.Bool().Draw(t, "mend"), rapid.SampledFrom([]string{theContact, theAdmin, "boss@contoso.example", "x@gmail.com", ""}).Draw(t, "address")
		return func(s story) (Event, error) {
			if mend {
				return s.p.MendAddress(address, s.stamp(globalAdmin))
			}
			return s.p.ChangeWorkEmail(address, s.stamp(globalAdmin))
		}
	case 12:
		template := rapid.SampledFrom([]MailTemplate{MailVerificationOpened, MailOwnershipLink}).Draw(t, "template")
		mail := sent(rapid.StringN(0, 2, 2).Draw(t, "key"), template, rapid.SampledFrom([]string{theContact, theAdmin, MailToStaff}).Draw(t, "to"))
		return func(s story) (Event, error) { return s.p.ResendMail(mail, s.stamp(globalAdmin)) }
	case 3:
		message := text.Draw(t, "message")
		return func(s story) (Event, error) { return s.p.RequestSupport(message, s.stamp(globalAdmin)) }
	case 4:
		d, message := rapid.SampledFrom([]Distributor{northwind, adventure, overseas}).Draw(t, "distributor"), text.Draw(t, "message")
		return func(s story) (Event, error) {
			return s.p.RequestRelationship(d, fmt.Sprintf("R-%s-%d", d.ID, s.p.Version), message, s.stamp(seller))
		}
	}
	return rapid.SampledFrom(moves()).Draw(t, "move").make
}

func stored(t *rapid.T, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestV11_WhateverIsCommandedThePartnerStaysConsistent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := story{t: t, now: monday.Add(time.Duration(rapid.IntRange(0, 999_999_999).Draw(rt, "nanoseconds")))}
		s.enrolled()
		fromStore := Partner{}.Apply(reread(rt, s.events[0]))
		for range rapid.IntRange(1, 25).Draw(rt, "commands") {
			s.now = s.now.Add(time.Duration(rapid.Int64Range(0, int64(10*day)).Draw(rt, "pause")))
			before := stored(rt, s.p)
			e, err := drawMove(rt)(s)
			if again := stored(rt, s.p); !bytes.Equal(before, again) {
				rt.Fatalf("a command changed the partner it was asked of:\n%s\n%s", before, again)
			}
			if err != nil {
				if CodeOf(err) == "" || !reflect.DeepEqual(e, Event{}) {
					rt.Fatalf("refused with %v and the event %+v", err, e)
				}
				continue
			}
			old := s.p
			s.p, s.events = s.p.Apply(e), append(s.events, e)
			if again := stored(rt, old); !bytes.Equal(before, again) {
				rt.Fatalf("%s changed the partner before it:\n%s\n%s", e.Data.Type(), before, again)
			}
			fromStore = fromStore.Apply(reread(rt, e))
			check(rt, s, e, fromStore)
		}
	})
}

// reread is an event after a stay in the table, which keeps its members apart
// and times to the millisecond.
func reread(t *rapid.T, e Event) Event {
	d, err := DecodeEventData(e.Data.Type(), stored(t, e.Data))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := stored(t, d), stored(t, e.Data); !bytes.Equal(got, want) {
		t.Fatalf("stored as %s, read as %s", want, got)
	}
	e.Data, e.At = d, e.At.Truncate(time.Millisecond)
	return e
}

func check(t *rapid.T, s story, e Event, fromStore Partner) {
	p := s.p
	if p.Version != len(s.events) || e.Sequence != p.Version || e.PartnerID != p.ID || e.ID == "" || e.At.Location() != time.UTC {
		t.Fatalf("version %d after %d events; the last is %+v", p.Version, len(s.events), e)
	}
	if p.InfoRevision > p.Version || p.Round < 1 || (p.Case != nil) != (p.Cases > 0) {
		t.Fatalf("revision %d, round %d, %d cases", p.InfoRevision, p.Round, p.Cases)
	}
	var again Partner
	if err := json.Unmarshal(stored(t, p), &again); err != nil || !bytes.Equal(stored(t, again), stored(t, p)) {
		t.Fatalf("stored as %s, read as %s: %v", stored(t, p), stored(t, again), err)
	}
	if got, want := stored(t, fromStore), stored(t, p); !bytes.Equal(got, want) {
		t.Fatalf("made from its stored events the partner is\n%s\nnot\n%s", got, want)
	}
	for _, f := range e.Follow {
		if m := f.Mail; m != nil && (m.To == "" || m.Template == "" || m.Params["companyName"] == "" || m.Params["partnerId"] != p.ID) {
			t.Fatalf("the mail %+v", m)
		}
		if f.StartRound != nil && (f.StartRound.Round != e.Round || e.Round != p.Round) {
			t.Fatalf("the event of round %d starts round %d", e.Round, f.StartRound.Round)
		}
	}
	checkPublic(t, s.events)
	for _, version := range []AgreementVersion{current, agreementOf("2026-07"), {}} {
		if p.Eligibility(EligibilityQuestion{Agreement: version, At: s.now}).Eligible && !p.Onboarded() {
			t.Fatalf("eligible, but not onboarded: %s", stored(t, p))
		}
	}
	if turn := s.withWorkingAddresses().Turn(s.now); (turn.Who == PartyNobody) != (p.Onboarded() && p.OpenChange() == nil) || turn.Who == "" {
		t.Fatalf("onboarded %t, turn %+v", p.Onboarded(), turn)
	}
	if o, done := p.OutcomeOf(WaitDistributor); done && o != OutcomeActive {
		t.Fatalf("outcome %q", o)
	}
}

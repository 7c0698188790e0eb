package onboarding_test

import (
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// Breaking an address could be one more move of the walk, and would triple its
// states for a fact that no other rule looks at. Instead each address in use is
// broken in every fifth of the walk's states: it is the partner's turn to mend it,
// mending succeeds and gives the state back, and no other move is lost but the
// link that would not arrive.
func TestV11_ABrokenAddressIsNoDeadEndWhereverItHappens(t *testing.T) {
	byName := map[string]move{}
	for _, m := range moves() {
		byName[m.name] = m
	}
	broken, refused := 0, 0
	for i, w := range walk(t) {
		if i%5 != 0 || w.p.ProgrammeStatus() == ProgrammeLeft { // A8: a company that has left owes nothing
			continue
		}
		for n, u := range w.p.UsedAddresses() {
			s := w.story
			e, err := s.p.FailAddress(AddressFailure{Address: u.Address, Reason: AddressBounced, SentAt: s.now.Add(time.Hour), At: s.now}, s.system())
			if err != nil {
				t.Fatalf("it can't fail: %v: %s", err, s.key(w.land))
			}
			s.p = s.p.Apply(e)
			broken++
			if first := s.p.Requirements(s.now).DueNow[0]; first.Code != "email_address_broken" {
				t.Errorf("%s is asked for first: %s", first.Code, s.key(w.land))
			}
			if turn := s.p.Turn(s.now); turn.Who != PartyPartner {
				t.Errorf("it is the turn of %+v: %s", turn, s.key(w.land))
			}
			was, is := w.story, s
			mended, err := s.p.MendAddress(u.Address, s.stamp(globalAdmin))
			if err != nil {
				t.Errorf("can't be mended: %v: %s", err, s.key(w.land))
				continue
			}
			is.p = s.p.Apply(mended)
			if was, is := was.p.Turn(s.now), is.p.Turn(s.now); was.Code != is.Code && is.Code != "" {
				t.Errorf("the turn was %s, and is %s once mended: %s", was.Code, is.Code, s.key(w.land))
			}
			if (i/5+n)%4 != 0 { // the other moves don't look at the address: a part of the states shows it
				continue
			}
			for _, name := range w.moves {
				m, known := byName[name]
				if !known || name == "tick" {
					continue // time passing: reminders are of the address from now on
				}
				if _, err := m.make(s); err != nil {
					if refused++; name != "resend" || u.Use != AddressOfProposed || CodeOf(err) != CodeAddressBroken {
						t.Errorf("%s is lost with the address of the %s: %v: %s", name, u.Use, err, s.key(w.land))
					}
				}
			}
		}
	}
	if broken == 0 || refused == 0 {
		t.Errorf("%d addresses were broken, %d links refused", broken, refused)
	}
	t.Logf("%d broken addresses: 0 dead ends", broken)
}

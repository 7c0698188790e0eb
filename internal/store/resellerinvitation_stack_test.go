//go:build stack

package store

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func invite(t *testing.T, s *Store, d onboarding.Distributor, id, secret string, at time.Time) onboarding.ResellerInvitation {
	t.Helper()
	i, err := d.InviteReseller(onboarding.InviteReseller{ID: id, Secret: secret, Message: "Welcome"}, at)
	if err != nil {
		t.Fatal(err)
	}
	stored, replayed, err := s.PutInvitation(t.Context(), i, "body")
	if err != nil || replayed || stored != i {
		t.Fatalf("%+v, replayed %t, %v", stored, replayed, err)
	}
	return i
}

func mustInvitation(t *testing.T, s *Store, id string) onboarding.ResellerInvitation {
	t.Helper()
	i, err := s.Invitation(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestD7_AnInvitationRemembersWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	d := distributor("D-1")
	i := invite(t, s, d, "RI-1", "secret", monday)
	if got := mustInvitation(t, s, "RI-1"); got != i || !got.Opens("secret") {
		t.Errorf("%+v, want %+v", got, i)
	}
	if got := mustInvitation(t, s, "RI-none"); got != (onboarding.ResellerInvitation{}) {
		t.Errorf("%+v", got)
	}
	t.Run("D2 the same request again gets a new link while nothing was done with it", func(t *testing.T) {
		invite(t, s, d, "RI-1", "another", monday)
		if got := mustInvitation(t, s, "RI-1"); got.Opens("secret") || !got.Opens("another") {
			t.Errorf("%+v", got)
		}
	})
	t.Run("D7 the first look counts", func(t *testing.T) {
		for n := range 2 {
			if err := s.OpenInvitation(t.Context(), "RI-1", monday.Add(time.Duration(1+n)*time.Hour)); err != nil {
				t.Fatal(err)
			}
		}
		if got := mustInvitation(t, s, "RI-1"); !got.OpenedAt.Equal(monday.Add(time.Hour).Truncate(time.Millisecond)) {
			t.Errorf("opened %v", got.OpenedAt)
		}
	})
	t.Run("D2 then the same request is answered without a new link, another isn't", func(t *testing.T) {
		again, err := d.InviteReseller(onboarding.InviteReseller{ID: "RI-1", Secret: "third"}, monday)
		if err != nil {
			t.Fatal(err)
		}
		stored, replayed, err := s.PutInvitation(t.Context(), again, "body")
		if err != nil || !replayed || !stored.Opens("another") || stored.OpenedAt.IsZero() {
			t.Errorf("%+v, %t, %v", stored, replayed, err)
		}
		if _, _, err := s.PutInvitation(t.Context(), again, "another body"); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	})
	t.Run("D7 cancelled once", func(t *testing.T) {
		if err := s.CancelInvitation(t.Context(), "RI-1", monday.Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := s.CancelInvitation(t.Context(), "RI-1", monday); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
		if err := s.CancelInvitation(t.Context(), "RI-none", monday); !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
		if got := mustInvitation(t, s, "RI-1"); got.Ended != onboarding.ResellerInvitationCancelled || !got.EndedAt.Equal(monday.Add(2*time.Hour).Truncate(time.Millisecond)) {
			t.Errorf("%+v", got)
		}
	})
}

func TestD7_ADistributorsInvitationsAreListedNewestFirstAndNobodyElses(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	var want []string
	for n := range 5 {
		id := fmt.Sprintf("RI-%d", n)
		invite(t, s, distributor("D-1"), id, "secret", monday.Add(time.Duration(n)*time.Hour))
		want = append([]string{id}, want...)
	}
	invite(t, s, distributor("D-2"), "RI-other", "secret", monday)
	var got []string
	cursor := ""
	for range 10 {
		page, next, err := s.Invitations(t.Context(), "D-1", cursor, 2)
		if err != nil || len(page) > 2 {
			t.Fatal(len(page), err)
		}
		for _, i := range page {
			got = append(got, i.ID)
		}
		if cursor = next; next == "" {
			break
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, cursor := range []string{"x", "!", "YSM"} {
		if _, _, err := s.Invitations(t.Context(), "D-1", cursor, 2); onboarding.CodeOf(err) != onboarding.CodeInvalid {
			t.Errorf("the cursor %q: %v", cursor, err)
		}
	}
}

func TestD7_ALinkIsUsedOnceWhoeverIsQuicker(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	d := distributor("D-1")
	i := invite(t, s, d, "RI-1", "secret", monday)
	const companies = 6
	errs := make([]error, companies+1)
	var group sync.WaitGroup
	for n := range companies {
		r := mustEnrol(t, s, fmt.Sprintf("P-%d", n), fmt.Sprintf("t-%d", n))
		e, err := r.Partner.UseInvitation(i, d, "secret", fmt.Sprintf("R-%d", n), stampOf(fmt.Sprintf("e-%d", n), monday.Add(time.Hour), admin(r.Partner.TenantID)))
		if err != nil {
			t.Fatal(err)
		}
		group.Go(func() { _, _, errs[n] = s.Commit(t.Context(), Change{Before: r, Event: e}) })
	}
	group.Go(func() { errs[companies] = s.CancelInvitation(t.Context(), "RI-1", monday.Add(time.Hour)) })
	group.Wait()
	winners := 0
	for _, err := range errs {
		if err == nil {
			winners++
		} else if !errors.Is(err, ErrConflict) {
			t.Error(err)
		}
	}
	got := mustInvitation(t, s, "RI-1")
	requests := 0
	for n := range companies {
		p := mustLoad(t, s, fmt.Sprintf("P-%d", n)).Partner
		requests += len(p.Relationships)
		if len(p.Relationships) > 0 && (got.AcceptedBy != p.ID || got.RelationshipID != p.Relationships[0].ID) {
			t.Errorf("%s has the request, and the invitation says %+v", p.ID, got)
		}
	}
	if winners > 1 || winners == 1 && (got.Ended == onboarding.ResellerInvitationAccepted) != (requests == 1) || requests > 1 {
		t.Errorf("%d were first, %d requests, the invitation is %+v", winners, requests, got)
	}
}

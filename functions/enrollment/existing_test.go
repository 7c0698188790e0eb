//go:build stack

package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

func record(id string, edits ...func(*onboarding.Membership)) onboarding.Membership {
	m := onboarding.Membership{
		ID: id, AuthorizedAt: time.Date(2019, 6, 3, 0, 0, 0, 0, time.UTC),
		Legal: onboarding.LegalProfile{
			LegalName: "Contoso Ltd", RegistrationNumber: "01234567", Address: onboarding.Address{Country: "GB", Lines: []string{"1 Paddington Square"}, Locality: "London", PostalCode: "W2 1GG"},
			PrimaryContact: onboarding.Contact{FirstName: "Ada", LastName: "Lund", Email: "ada@contoso.example", Phone: "+442079460018"},
		},
	}
	for _, edit := range edits {
		edit(&m)
	}
	return m
}

// onFile puts records on file, as the operators' import does.
func onFile(t *testing.T, records ...onboarding.Membership) func(*rig.Rig) *rig.Rig {
	return func(r *rig.Rig) *rig.Rig {
		for _, m := range records {
			if _, err := r.Parts.Store.FileMembership(t.Context(), m, "a file"); err != nil {
				t.Fatal(err)
			}
		}
		return r
	}
}

func claim(by rig.Caller, id string, edits ...string) rig.Call {
	membership := map[string]any{"partnerId": id, "legalName": "CONTOSO LTD.", "country": "gb", "postalCode": "w21gg", "contactEmail": "ada@contoso.example"}
	for i := 0; i+1 < len(edits); i += 2 {
		membership[edits[i]] = edits[i+1]
	}
	return rig.Post(by, "/partners", map[string]any{"workAccount": "existing", "workEmail": "ada@contoso.example", "companyName": "Contoso", "membership": membership})
}

// of is somebody of another tenant whose directory has verified the same domain.
func of(tenant string) rig.Caller {
	c := maps.Clone(rig.Admin)
	c["sub"], c["tenant_id"] = "u-"+tenant, tenant
	return c
}

func TestE5_AnExistingMembershipIsLinkedAtEnrolment(t *testing.T) {
	r := rig.New(t)
	onFile(t, record("4417023"))(r)
	h := wired(r.Parts)
	got := rig.Want[api.Enrollment](r, h, 201, claim(rig.Admin, "4417023"))
	if m := got.Partner.Membership; m == nil || m.State != api.MembershipStateLinked || m.PartnerID != "4417023" || got.Partner.CompanyName != "Contoso Ltd" || got.Partner.Turn.Code != "business_info" {
		t.Errorf("%+v", got.Partner)
	}
	if m, err := r.Parts.Store.Membership(t.Context(), "4417023"); err != nil || m.ID != "" {
		t.Errorf("it could be linked once more: %+v, %v", m, err)
	}
	if again := rig.Want[api.Enrollment](r, h, 200, claim(rig.Admin, "4417023")); again.Partner.PartnerID != got.Partner.PartnerID {
		t.Errorf("E3 another partner: %+v", again.Partner)
	}
}

func TestE5_EveryUnconfirmedClaimGetsTheSameAnswerForTheSameCalls(t *testing.T) {
	r := rig.New(t)
	taken := record("4417001")
	onFile(t, record("4417023"), taken, record("4417002", func(m *onboarding.Membership) { m.TenantID = "t-fabrikam" }))(r)
	h := wired(r.Parts)
	rig.Want[api.Enrollment](r, h, 201, claim(of("t-first"), "4417001"))
	var first []byte
	for i, c := range []rig.Call{
		claim(of("t-1"), "9999999"), claim(of("t-2"), "4417001"), claim(of("t-3"), "4417002"),
		claim(of("t-4"), "4417023", "legalName", "Fabrikam Ltd"), claim(of("t-5"), "4417023", "postalCode", "W2 1GH"), claim(of("t-6"), "4417023", "country", "IE"),
		claim(of("t-7"), "4417023", "contactEmail", "eve@contoso.example"),
	} {
		r.Network.Reset()
		status, _, body := r.Do(h, c)
		cost := r.Cost()
		var p api.Problem
		if err := json.Unmarshal(body, &p); err != nil || status != 422 || p.Code != "membership_unconfirmed" {
			t.Fatalf("%d: %s", status, body)
		}
		body = bytes.ReplaceAll(body, []byte(p.RequestID), nil)
		if first == nil {
			first = body
		}
		if !bytes.Equal(body, first) {
			t.Errorf("answer %d differs: %s\nthe first: %s", i, body, first)
		}
		if cost != (rig.Count{Reads: 1, Transactions: 1}) {
			t.Errorf("answer %d costs %+v", i, cost)
		}
	}
	for tenant := 1; tenant <= 7; tenant++ {
		if id, _, err := r.Parts.Store.LoadTenant(t.Context(), "t-"+strconv.Itoa(tenant), store.Request{}, r.Now()); id != "" || err != nil {
			t.Errorf("something was created: %s, %v", id, err)
		}
	}
	rig.Want[api.Enrollment](r, h, 201, claim(rig.Admin, "4417023")) // whose it is, in the end
}

func TestE5_TriesAreLimitedForATenantAndForAMembership(t *testing.T) {
	wrong := func(by rig.Caller, id string) rig.Call { return claim(by, id, "postalCode", "W1 1AA") }
	limited := func(t *testing.T, r *rig.Rig, h rig.Handler, c rig.Call) {
		t.Helper()
		status, header, body := r.Do(h, c)
		var p api.Problem
		if json.Unmarshal(body, &p); status != 429 || p.Code != "membership_tries_limited" || header.Get("Retry-After") == "" {
			t.Errorf("%d: %s", status, body)
		}
	}
	t.Run("E5 of a tenant, whatever it tries", func(t *testing.T) {
		r := rig.New(t)
		onFile(t, record("4417023"))(r)
		h := wired(r.Parts)
		for n := range 5 {
			rig.Want[api.Problem](r, h, 422, wrong(rig.Admin, strconv.Itoa(n)))
		}
		limited(t, r, h, wrong(rig.Admin, "6"))
		limited(t, r, h, claim(rig.Admin, "4417023")) // also one that is right
		rig.Want[api.Enrollment](r, h, 201, rig.Post(rig.Admin, "/partners", map[string]any{"workAccount": "existing", "workEmail": "ada@contoso.example", "companyName": "Contoso"}))
	})
	t.Run("E5 until the next day", func(t *testing.T) {
		r := rig.New(t)
		onFile(t, record("4417023"))(r)
		h := wired(r.Parts)
		for range 5 {
			rig.Want[api.Problem](r, h, 422, wrong(rig.Admin, "4417023"))
		}
		limited(t, r, h, claim(rig.Admin, "4417023"))
		r.Pass(24 * time.Hour)
		rig.Want[api.Enrollment](r, h, 201, claim(rig.Admin, "4417023"))
	})
	t.Run("E5 of a membership, from however many tenants", func(t *testing.T) {
		r := rig.New(t)
		onFile(t, record("4417023"))(r)
		h := wired(r.Parts)
		for n := range 10 {
			rig.Want[api.Problem](r, h, 422, wrong(of("t-"+strconv.Itoa(n)), " 4417023"))
		}
		limited(t, r, h, wrong(of("t-11"), "4417023"))
	})
}

func TestE5_OfTwoThatRaceForAMembershipOneWins(t *testing.T) {
	r := rig.New(t)
	onFile(t, record("4417023"))(r)
	h := wired(r.Parts)
	var mu sync.Mutex
	statuses := map[int]int{}
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			status, _, _ := r.Do(h, claim(of("t-"+strconv.Itoa(n)), "4417023"))
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
	}
	wg.Wait()
	if statuses[201] != 1 || statuses[422] != 3 {
		t.Errorf("answers by status: %v", statuses)
	}
}

func TestO1_StaffEnrolsACompanyWithItsExistingMembership(t *testing.T) {
	r := rig.New(t)
	onFile(t, record("4417023", func(m *onboarding.Membership) { m.TenantID = "t-contoso" }))(r)
	enrollment := map[string]any{"tenantId": "t-contoso", "workAccount": "existing", "workEmail": "ada@contoso.example", "companyName": "Contoso", "operator": "Olga", "reason": "Asked for by phone.",
		"membership": map[string]any{"partnerId": "4417023", "legalName": "Contoso Ltd", "country": "GB", "postalCode": "W2 1GG", "contactEmail": "ada@contoso.example"}}
	if _, err := r.Task(wired(r.Parts), map[string]any{"task": "enroll", "input": map[string]any{"enrollment": enrollment}}); err != nil {
		t.Fatal(err)
	}
	id, _, err := r.Parts.Store.LoadTenant(t.Context(), "t-contoso", store.Request{}, r.Now())
	if err != nil || id == "" {
		t.Fatal(id, err)
	}
	got, _, err := r.Parts.Store.Load(t.Context(), id, store.Request{}, r.Now())
	if _, linked := got.Partner.LinkedMembership(); !linked || err != nil {
		t.Errorf("%+v, %v", got.Partner.Membership, err)
	}
}

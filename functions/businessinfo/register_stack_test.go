//go:build stack

package main

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

// outside is a register that knows every company, and counts who asks.
type outside struct{ asked []onboarding.LegalProfile }

func (o *outside) Ask(_ context.Context, p onboarding.LegalProfile) onboarding.Registry {
	o.asked = append(o.asked, p)
	return answered{p.LegalName}
}

type answered struct{ name string }

func (a answered) Compare(onboarding.LegalProfile) onboarding.Comparison {
	return onboarding.Comparison{Result: onboarding.ComparisonExact, Source: "asked about " + a.name}
}

func TestB4TheRegisterIsAskedBeforeACommandByWhoeverMayGiveIt(t *testing.T) {
	o := &outside{}
	r := rig.New(t).Drafted()
	f := function{r.Parts, rig.Knowledge(), o}
	h := app.Step(f.router(), f.tasks())
	stranger := rig.Caller{"sub": "u-eve", "email": "eve@other.example", "token_use": "id", "tenant_id": "t-other", "global_admin": "true"}
	save := rig.Call{By: stranger, Method: "PUT", Path: path + "/business-info", Headers: map[string]string{"If-Match": `"2"`}, Body: map[string]any{"legalProfile": map[string]any{"legalName": "Contoso Ltd", "address": map[string]any{"country": "GB"}}}}

	for _, c := range []rig.Call{save, rig.Get(stranger, path+"/business-info"), rig.Post(stranger, path+"/business-info/submission", nil)} {
		if status, _, body := r.Do(h, c); status != 404 || len(o.asked) != 0 {
			t.Errorf("%s by a stranger: %d, asked %d times: %s", c.Method, status, len(o.asked), body)
		}
	}
	var v api.BusinessInfoView
	status, _, body := r.Do(h, rig.Get(rig.Admin, path+"/business-info"))
	if err := json.Unmarshal(body, &v); err != nil || status != 200 || v.RegistryPreview == nil || v.RegistryPreview.Source != "asked about Contoso Ltd" || len(o.asked) != 1 {
		t.Errorf("%d, asked %d times: %s", status, len(o.asked), body)
	}
	r.Network.Reset()
	status, _, body = r.Do(h, rig.Post(rig.Admin, path+"/business-info/submission", nil))
	if got := r.Record().Partner.Case; status != 201 || got == nil || got.Comparison.Source != "asked about Contoso Ltd" || len(o.asked) != 2 {
		t.Fatalf("%d, asked %d times, %+v: %s", status, len(o.asked), got, body)
	}
	if status, _, _ := r.Do(h, rig.Get(rig.Admin, path+"/business-info")); status != 200 || len(o.asked) != 2 {
		t.Errorf("%d; what was submitted is asked about no more: %d times", status, len(o.asked))
	}
}

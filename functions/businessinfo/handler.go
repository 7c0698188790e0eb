package main

import (
	"net/http"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/country"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET /countries", f.countries)
	r.Handle("GET /countries/{country}", f.country)
	r.Handle("GET /partners/{partnerId}/business-info", f.read)
	r.Handle("PUT /partners/{partnerId}/business-info", f.save)
	r.Handle("POST /partners/{partnerId}/business-info/submission", f.submit)
	r.Handle("POST /partners/{partnerId}/business-info/change", f.change)
	r.Handle("POST /partners/{partnerId}/business-info/change/preview", f.previewChange)
	r.Handle("POST /partners/{partnerId}/business-info/change/withdrawal", f.withdrawChange)
	return r
}

// countries lists every country and whether the programme has a region for it.
func (f function) countries(*httpapi.Request) (store.Answer, error) {
	now := f.Now()
	list := api.CountryList{Items: []api.CountrySummary{}}
	for _, c := range (country.Table{}).All() {
		region, supported := f.knowledge.Regions.RegionOf(c.Code, now)
		list.Items = append(list.Items, api.CountrySummary{Country: c.Code, Name: c.Name, Region: region, Supported: supported})
	}
	return httpapi.JSON(http.StatusOK, list)
}

// country answers a country's rules (B6).
func (f function) country(r *httpapi.Request) (store.Answer, error) {
	c, ok := (country.Table{}).Lookup(strings.ToUpper(r.HTTP.PathValue("country")))
	if !ok {
		return store.Answer{}, onboarding.NotFound()
	}
	rules := api.CountryRules{
		Country: c.Code, Name: c.Name, AddressFormat: c.AddressFormat, Fields: []api.AddressFieldRule{}, Subdivisions: []api.Subdivision{},
		SupportPhone: api.SupportPhoneRule{Required: c.SupportPhone.Required},
		RegistrationNumber: api.RegistrationNumberRule{
			Asked: c.RegistrationNumber.Asked, Required: c.RegistrationNumber.Required, Name: c.RegistrationNumber.Name,
			Pattern: c.RegistrationNumber.Pattern, Example: c.RegistrationNumber.Example,
		},
	}
	for _, field := range c.Fields {
		rules.Fields = append(rules.Fields, api.AddressFieldRule{Field: api.AddressField(field.Name), Label: field.Label, Required: field.Required, UpperCase: field.UpperCase})
	}
	if c.PostalCode != nil {
		rules.PostalCode.Pattern = c.PostalCode.Pattern
		if len(c.PostalCode.Examples) > 0 {
			rules.PostalCode.Example = c.PostalCode.Examples[0]
		}
	}
	for _, s := range c.Subdivisions {
		rules.Subdivisions = append(rules.Subdivisions, api.Subdivision{Code: s.Code, Name: s.Name, LocalName: s.LocalName})
	}
	return httpapi.JSON(http.StatusOK, rules)
}

func (f function) read(r *httpapi.Request) (store.Answer, error) {
	p, err := r.Partner(f.Store, onboarding.ActionView, f.Now())
	if err != nil {
		return store.Answer{}, err
	}
	return f.answer(p, func() onboarding.Knowledge { return f.knowing(r.Context(), p.Info.Legal) })
}

func (f function) answer(p onboarding.Partner, knowing func() onboarding.Knowledge) (store.Answer, error) {
	v := api.BusinessInfoView{BusinessInfo: view.BusinessInfo(p.Info), State: api.BusinessInfoStateDraft, Remaining: []api.FieldError{}, SubmittedAt: view.Time(p.SubmittedAt), Test: p.Test, Change: view.Change(p)}
	switch {
	case p.Authorized() && !p.Editable():
		v.State = api.BusinessInfoStateFrozen
	case !p.Editable():
		v.State = api.BusinessInfoStateSubmitted
	default:
		k := knowing()
		v.Remaining = view.Faults(p.Remaining(k, p.Now(f.Now())))
		if preview, ok := p.Preview(k); ok {
			v.RegistryPreview = view.Comparison(preview)
		}
	}
	return httpapi.JSONWith(http.StatusOK, v, "ETag", httpapi.ETag(p.InfoRevision))
}

// save keeps a draft (B5).
func (f function) save(r *httpapi.Request) (store.Answer, error) {
	body, err := httpapi.Decode[api.BusinessInfo](r)
	if err != nil {
		return store.Answer{}, err
	}
	revision, err := r.IfMatch()
	if err != nil {
		return store.Answer{}, err
	}
	info := view.FromBusinessInfo(body)
	k, err := f.knowingFor(r, onboarding.ActionSaveBusinessInfo, func(onboarding.Partner) onboarding.LegalProfile { return info.Legal })
	if err != nil {
		return store.Answer{}, err
	}
	current := 0
	answer, err := r.Command(f.Commands, onboarding.ActionSaveBusinessInfo,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			current = p.InfoRevision
			return p.SaveBusinessInfo(info, revision, s)
		},
		func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
			return f.answer(p, func() onboarding.Knowledge { return k })
		})
	if onboarding.CodeOf(err) == onboarding.CodeStaleVersion {
		return store.Answer{Headers: map[string]string{"ETag": httpapi.ETag(current)}}, err
	}
	return answer, err
}

// submit checks everything and opens the verification (B5, V1).
func (f function) submit(r *httpapi.Request) (store.Answer, error) {
	k, err := f.knowingFor(r, onboarding.ActionSubmit, func(p onboarding.Partner) onboarding.LegalProfile { return p.Info.Legal })
	if err != nil {
		return store.Answer{}, err
	}
	k.TenantDomain = r.By.TenantDomain
	return r.Command(f.Commands, onboarding.ActionSubmit,
		func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
			return p.Submit(k, app.NewID(app.CasePrefix, s.At), app.NewSecret(), s)
		},
		func(p onboarding.Partner, _ onboarding.Event) (store.Answer, error) {
			return httpapi.JSONWith(http.StatusCreated, view.Verification(p, k.Calendar, p.Now(f.Now())), "Location", "/partners/"+p.ID+"/verification")
		})
}

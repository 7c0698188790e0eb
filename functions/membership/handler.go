package main

import (
	"net/http"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/view"
)

func (f function) router() *httpapi.Router {
	r := httpapi.NewRouter()
	r.Handle("GET /imports", f.list)
	r.Handle("GET /imports/{importId}", f.one)
	return r
}

// list answers the imports, the newest first.
func (f function) list(r *httpapi.Request) (store.Answer, error) {
	if !r.By.Staff {
		return store.Answer{}, onboarding.RoleRequired(onboarding.ActionViewInternal)
	}
	limit, err := r.Limit()
	if err != nil {
		return store.Answer{}, err
	}
	before := r.HTTP.URL.Query().Get("cursor")
	if before != "" && !importID(before) {
		return store.Answer{}, onboarding.Invalid([]onboarding.Fault{{Pointer: "/cursor", Code: onboarding.FaultInvalid, Message: "Use the cursor of the page before, unchanged."}})
	}
	list, more, err := f.Store.Imports(r.Context(), before, limit)
	if err != nil {
		return store.Answer{}, err
	}
	page := api.ImportPage{Items: []api.Import{}}
	for _, i := range list {
		page.Items = append(page.Items, view.Import(i))
	}
	if more {
		page.Next = list[len(list)-1].ID
	}
	return httpapi.JSON(http.StatusOK, page)
}

// one answers how an import goes, and once it has ended a link to its result.
func (f function) one(r *httpapi.Request) (store.Answer, error) {
	if !r.By.Staff {
		return store.Answer{}, onboarding.RoleRequired(onboarding.ActionViewInternal)
	}
	id := r.HTTP.PathValue("importId")
	if !importID(id) {
		return store.Answer{}, onboarding.NotFound()
	}
	i, err := f.Store.Import(r.Context(), id)
	if err != nil {
		return store.Answer{}, err
	}
	if i.ID == "" {
		return store.Answer{}, onboarding.NotFound()
	}
	v := view.Import(i)
	if !i.EndedAt.IsZero() {
		url, err := f.files.Link(r.Context(), resultKey(i.ID), i.ID+".csv")
		if err != nil {
			return store.Answer{}, err
		}
		v.ResultFile = &api.ImportResultFile{URL: url, ExpiresAt: view.Time(f.Now().Add(linkLife))}
	}
	return httpapi.JSON(http.StatusOK, v)
}

// importID says whether a text can be an import's id.
func importID(text string) bool {
	return strings.HasPrefix(text, "I-") && len(text) < 64 && !strings.ContainsFunc(text, func(r rune) bool {
		return r != '-' && r != '.' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

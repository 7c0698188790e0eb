package view

import (
	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// Import renders an import of records on file, for staff.
func Import(i store.Import) api.Import {
	class := map[store.ImportState]onboarding.Class{
		store.ImportRunning: onboarding.ClassWaiting, store.ImportDone: onboarding.ClassDone, store.ImportRefused: onboarding.ClassStopped, store.ImportFailed: onboarding.ClassAction,
	}[i.State]
	return api.Import{
		ImportID: i.ID, File: i.File, State: api.ImportState(i.State), StatusClass: api.StatusClass(class), Detail: i.Text, StartedAt: Time(i.StartedAt), EndedAt: Time(i.EndedAt), Rows: i.Rows,
		Counts: api.ImportCounts{Created: i.Counts.Created, Updated: i.Counts.Updated, Unchanged: i.Counts.Unchanged, Refused: i.Counts.Refused},
	}
}

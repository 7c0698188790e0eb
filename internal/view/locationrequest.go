package view

import (
	"fmt"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// LocationRequest renders a list of locations and how far it is. Nobody owes
// anything for it.
func LocationRequest(l store.ListedLocations) api.LocationRequest {
	out := api.LocationRequest{
		RequestID: l.ID, Status: api.LocationRequestStatusAdding, StatusClass: api.StatusClass(onboarding.ClassWaiting), Locations: l.Locations, Added: l.Done,
		Regions: []api.RegionCount{}, SHA256: l.Hash, RequestedAt: Time(l.RequestedAt), AddedAt: Time(l.AddedAt), Who: api.Party(onboarding.PartyNobody),
		Text: fmt.Sprintf("%d of %d locations are there. The rest follows by itself within a minute or two; nothing has to be done.", l.Done, l.Locations),
	}
	for _, share := range l.Regions {
		out.Regions = append(out.Regions, api.RegionCount{Region: share.Region, Locations: share.Locations})
	}
	if !l.AddedAt.IsZero() {
		out.Status, out.StatusClass, out.Text = api.LocationRequestStatusAdded, api.StatusClass(onboarding.ClassDone), fmt.Sprintf("All %d locations are there.", l.Locations)
	}
	return out
}

// Adding is where the list of locations is read that is being added, "" when
// none is.
func Adding(p onboarding.Partner) string {
	if p.LocationList == nil {
		return ""
	}
	return "/partners/" + p.ID + "/location-requests/" + p.LocationList.ID
}

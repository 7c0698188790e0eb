package view

import (
	"encoding/json"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// PublicEvent is an event in the feed: the bytes that the bus gets.
func PublicEvent(e onboarding.PublicEvent) (api.PublicEvent, error) { return json.Marshal(e) }

package main

import (
	"context"

	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
)

// partners finds those that have a mail domain.
type partners interface {
	PartnersAt(ctx context.Context, domain string) ([]string, error)
}

// askToJoin has every partner at the domain of somebody's address take down that
// he asks to be added, and so tell its admins (E8). What a partner refuses, that
// it knows him already for example, is done; asked twice, it refuses.
func (o outbox) askToJoin(ctx context.Context, e store.StoredEvent, who onboarding.AskToJoin) error {
	found, err := o.partners.PartnersAt(ctx, onboarding.JoinDomain(who.Email))
	if err != nil {
		return err
	}
	by := onboarding.Principal{UserID: who.UserID, Email: who.Email, Name: who.Name}
	for _, id := range found {
		_, err := o.commands.Run(ctx, command.Command{
			PartnerID: id, By: onboarding.Actor{Kind: onboarding.ActorContact, Email: who.Email, Name: who.Name}, Authorize: onboarding.Known,
			Decide: func(p onboarding.Partner, s onboarding.Stamp) (onboarding.Event, error) {
				return p.AskToJoin("J-"+e.ID, by, s)
			},
		})
		if err != nil && onboarding.CodeOf(err) == "" {
			return err
		}
	}
	return nil
}

package main

import (
	"context"
	"os"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/client"
	"github.com/partner-onboarding/partner-onboarding/internal/httpapi"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/registry"
	"github.com/partner-onboarding/partner-onboarding/internal/registry/gleif"
)

// register is one that must be asked over the network.
type register interface {
	// Ask fetches what the register has about a company and returns a registry
	// that compares with it, without any further call.
	Ask(context.Context, onboarding.LegalProfile) onboarding.Registry
}

// newRegister is the register of the environment, nil for none.
func newRegister() (register, error) {
	address := os.Getenv("GLEIF_URL")
	if address == "" {
		return nil, nil
	}
	return gleif.New(address, client.HTTP.Transport, registry.Default(), time.Now)
}

// knowing is what the rules need to know to judge a company, with what the
// register has about it. The rules themselves make no calls, so it is asked
// before.
func (f function) knowing(ctx context.Context, legal onboarding.LegalProfile) onboarding.Knowledge {
	k := f.knowledge
	if f.register != nil {
		k.Registry = f.register.Ask(ctx, legal)
	}
	return k
}

// knowingFor is that of a command which a principal must be allowed before a
// register is troubled. Only then, and only with a register, it costs a read of
// its own; legal chooses the company to ask about.
func (f function) knowingFor(r *httpapi.Request, action onboarding.Action, legal func(onboarding.Partner) onboarding.LegalProfile) (onboarding.Knowledge, error) {
	if f.register == nil {
		return f.knowledge, nil
	}
	p, err := r.Partner(f.Store, action, f.Now())
	if err != nil {
		return onboarding.Knowledge{}, err
	}
	return f.knowing(r.Context(), legal(p)), nil
}

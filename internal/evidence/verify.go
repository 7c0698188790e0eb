package evidence

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/chain"
	"github.com/partner-onboarding/partner-onboarding/internal/pdf"
)

// Check is one thing that was verified of a bundle.
type Check struct {
	Name  string
	About string // what it shows
	Err   error  // why it fails, nil when it holds
}

// Verify verifies a bundle by itself, with nothing else at hand. Every check is
// told, also after one that fails. hash is the acceptance's event hash as it is
// known from elsewhere, "" when it isn't: a bundle that was made up as a whole,
// with a chain of its own, is told from a true one by that alone.
func Verify(bundle []byte, hash string) (Bundle, []Check) {
	var b Bundle
	var checks []Check
	check := func(name, about string, err error) { checks = append(checks, Check{name, about, err}) }
	check("form", "the bundle is of the form "+Format+", byte for byte as it was made", form(bundle, &b))
	_, err := chain.VerifyEvents(b.Chain)
	if err == nil && len(b.Chain) == 0 {
		err = errors.New("it has no event")
	}
	check("chain", "each event of the partner up to the acceptance is chained to the one before, and none is missing or changed", err)
	facts, err := factsOf(b.Chain)
	if last := len(b.Chain) - 1; err == nil && !b.Chain[last].Holds(*b.Chain[last].Content) {
		err = errors.New("its content isn't the one that the chain is committed to")
	}
	check("event", "the last event is the acceptance, with the content that the chain is committed to", err)
	if err == nil && hash != "" && facts.EventHash != hash {
		err = fmt.Errorf("the event's hash is %s, not %s", facts.EventHash, hash)
	}
	if hash != "" {
		check("hash", "the acceptance's hash is the one that is known from elsewhere", err)
	}
	check("acceptance", "what the bundle says of the acceptance is what its event says", same(b.Acceptance, facts))
	check("document", "the document is the one whose SHA-256 was accepted", documentOf(b, facts))
	check("certificate", "the certificate says what the acceptance's event says", certificateOf(b, facts))
	return b, checks
}

// form decodes a bundle and makes sure that encoding it gives the same bytes.
func form(bundle []byte, b *Bundle) error {
	d := json.NewDecoder(bytes.NewReader(bundle))
	d.DisallowUnknownFields()
	if err := d.Decode(b); err != nil {
		return err
	}
	if b.Format != Format {
		return fmt.Errorf("it says that it is of the form %q", b.Format)
	}
	again, err := encode(*b)
	if err == nil && !bytes.Equal(again, bundle) {
		err = errors.New("it was written anew: spaces, order of members or spelling differ")
	}
	return err
}

func same(said, facts Acceptance) error {
	a, b := said, facts
	if !a.AcceptedAt.Equal(b.AcceptedAt) || !a.EffectiveFrom.Equal(b.EffectiveFrom) {
		return errors.New("its times differ")
	}
	a.AcceptedAt, a.EffectiveFrom, b.AcceptedAt, b.EffectiveFrom = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	if a != b {
		return fmt.Errorf("it says %+v, its event %+v", said, facts)
	}
	return nil
}

func documentOf(b Bundle, facts Acceptance) error {
	sum := sha256.Sum256(b.Document.Content)
	switch got := hex.EncodeToString(sum[:]); {
	case got != facts.SHA256:
		return fmt.Errorf("its SHA-256 is %s, and %s was accepted", got, facts.SHA256)
	case b.Document.MediaType != facts.MediaType:
		return fmt.Errorf("it is called %s, and %s was accepted", b.Document.MediaType, facts.MediaType)
	}
	return nil
}

func certificateOf(b Bundle, facts Acceptance) error {
	if b.Certificate.MediaType != "application/pdf" {
		return fmt.Errorf("it is called %s", b.Certificate.MediaType)
	}
	want, err := Certificate(facts, b.Test)
	if err == nil && !pdf.SameContent(b.Certificate.Content, want) {
		err = errors.New("made anew from the event it says something else")
	}
	return err
}

// Package chain is the audit trail's proof: each event is chained to the one
// before by a hash that covers a commitment to its content, not the content.
//
// Whoever has an event's content and salt can show that it is what was
// committed to. Without the salt nothing about the content can be found out,
// not even by trying every content that it might have been: so an erased event
// keeps its place in the chain, and an event can be left out of what is handed
// to somebody and still be verified as there.
//
// It depends on nothing but the standard library: an offline verifier needs no
// more than this.
package chain

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
)

// Link is an event's place in the chain: what is hashed. It holds no personal
// data.
type Link struct {
	Sequence   int    `json:"sequence"` // 1 for the first
	ID         string `json:"id"`
	PartnerID  string `json:"partnerId"`
	At         string `json:"at"` // 2006-01-02T15:04:05.000Z
	Type       string `json:"type"`
	Round      int    `json:"round,omitzero"`  // of the workflow that the event starts, 0 for none
	Public     string `json:"public,omitzero"` // JSON: what the event tells other systems, which stays when its content is erased
	Previous   string `json:"previous"`        // the hash of the event before, "" for the first
	Commitment string `json:"commitment"`      // to the content: Content.Commitment
	Hash       string `json:"hash"`
}

// Content is what an event tells, byte for byte as it is stored: a later
// program that writes the same event in another way still verifies the old
// one.
type Content struct {
	Salt  string `json:"salt"`  // of this event alone
	Actor string `json:"actor"` // JSON
	Data  string `json:"data"`  // JSON
	Clock string `json:"clock,omitzero"`
}

const saltBytes = 16

// NewSalt draws an event's salt: 128 bits, which nobody guesses. An error is
// the source's; crypto/rand's has none.
func NewSalt(random io.Reader) (string, error) {
	var b [saltBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("chain: salt: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

// Commitment is HMAC-SHA256 of the content under the salt, each part with its
// length, so that nothing can move from one part to another.
func (c Content) Commitment() string {
	h := hmac.New(sha256.New, []byte(c.Salt))
	parts(h, c.Actor, c.Data, c.Clock)
	return hex.EncodeToString(h.Sum(nil))
}

// Digest is SHA-256 of a content that has no salt any more: of a redacted one,
// which an erasure vouches for.
func (c Content) Digest() string {
	h := sha256.New()
	parts(h, c.Actor, c.Data, c.Clock)
	return hex.EncodeToString(h.Sum(nil))
}

func parts(w io.Writer, texts ...string) {
	var size [8]byte
	for _, text := range texts {
		binary.BigEndian.PutUint64(size[:], uint64(len(text)))
		w.Write(size[:])
		io.WriteString(w, text)
	}
}

// Sum is the hash that the link must have: over the one before, the event's
// place and the commitment to its content. What must follow from an event
// isn't part of it, because that is removed once done.
func (l Link) Sum() string {
	h := sha256.New()
	parts(h, l.Previous, l.ID, l.PartnerID, strconv.Itoa(l.Sequence), l.At, l.Type, strconv.Itoa(l.Round), l.Commitment)
	if l.Public != "" {
		parts(h, l.Public)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Holds says whether a content is the one that the link is committed to.
func (l Link) Holds(c Content) bool {
	return hmac.Equal([]byte(l.Commitment), []byte(c.Commitment()))
}

// Broken says where a chain breaks, and how.
type Broken struct {
	PartnerID string
	Sequence  int
	How       string
}

// Error implements error.
func (b *Broken) Error() string {
	return fmt.Sprintf("chain: of partner %s, event %d: %s", b.PartnerID, b.Sequence, b.How)
}

// Verify recomputes the chain from its first event on. It needs no content;
// that each content is the one committed to is asked of its link (Holds). Links
// that end early are a chain too: compare the last hash with one known from
// elsewhere to see that none is missing at the end.
func Verify(links []Link) error {
	previous := ""
	for n, l := range links {
		switch {
		case l.Sequence != n+1:
			return &Broken{l.PartnerID, n + 1, "it is missing or not in its place"}
		case l.PartnerID != links[0].PartnerID:
			return &Broken{links[0].PartnerID, n + 1, "it is of another partner"}
		case l.Previous != previous:
			return &Broken{l.PartnerID, n + 1, "it doesn't follow the event before"}
		case l.Hash != l.Sum():
			return &Broken{l.PartnerID, n + 1, "its hash isn't that of what it says"}
		}
		previous = l.Hash
	}
	return nil
}

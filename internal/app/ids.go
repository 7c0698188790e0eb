package app

import (
	"crypto/rand"
	"encoding/base64"
	"time"

	"github.com/oklog/ulid/v2"
)

// Prefixes of ids, so that a person sees what an id is of.
const (
	PartnerPrefix      = "P-"
	CasePrefix         = "C-"
	RelationshipPrefix = "R-"
	InvitePrefix       = "RI-" // of a distributor
	PLAPrefix          = "PLA-"
	LocationPrefix     = "L-"
	DocumentPrefix     = "D-"
	RequestPrefix      = "DR-"
	InvitationPrefix   = "I-"
	HandoverPrefix     = "H-"
	JoinPrefix         = "J-"

	LocationRequestPrefix = "LR-"
)

// NewID makes an id: it sorts by time and holds 80 random bits.
func NewID(prefix string, now time.Time) string {
	return prefix + ulid.MustNew(ulid.Timestamp(now), rand.Reader).String()
}

// NewIDs makes many ids at once, each of which sorts after the one before.
func NewIDs(prefix string, now time.Time, n int) []string {
	entropy := ulid.Monotonic(rand.Reader, 0)
	ids := make([]string, n)
	for i := range ids {
		ids[i] = prefix + ulid.MustNew(ulid.Timestamp(now), entropy).String() // runs over after 2^79 of them
	}
	return ids
}

// NewSecret makes the random part of a one-time link: 256 bits.
func NewSecret() string {
	var b [32]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

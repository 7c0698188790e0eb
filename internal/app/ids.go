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
	PLAPrefix          = "PLA-"
	LocationPrefix     = "L-"
	DocumentPrefix     = "D-"
	RequestPrefix      = "DR-"
	InvitationPrefix   = "I-"
	HandoverPrefix     = "H-"
	JoinPrefix         = "J-"
)

// NewID makes an id: it sorts by time and holds 80 random bits.
func NewID(prefix string, now time.Time) string {
	return prefix + ulid.MustNew(ulid.Timestamp(now), rand.Reader).String()
}

// NewSecret makes the random part of a one-time link: 256 bits.
func NewSecret() string {
	var b [32]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

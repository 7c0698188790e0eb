package bus

import (
	"context"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/awsjson"
)

// Signer signs events with a key that never leaves KMS. A signature is a JWS
// (RFC 7515, ES256) that carries the event itself, so that it holds whatever
// becomes of the JSON around it on its way.
type Signer struct {
	Calls    Caller
	Key      string // its id in KMS, the signature's kid
	Endpoint string // of KMS, "" for AWS's own
}

type header struct {
	Algorithm string `json:"alg"`
	Key       string `json:"kid"`
	SignedAt  int64  `json:"iat"`
}

// Sign makes the signature of an event at a time.
func (s *Signer) Sign(ctx context.Context, event []byte, at time.Time) (string, error) {
	head, err := json.Marshal(header{"ES256", s.Key, at.Unix()})
	if err != nil {
		return "", fmt.Errorf("bus: sign: %w", err)
	}
	text := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(event)
	var out struct{ Signature []byte }
	sum := sha256.Sum256([]byte(text))
	err = s.Calls.Call(ctx, awsjson.Operation{Service: "kms", Endpoint: s.Endpoint, Target: "TrentService.Sign", Version: "1.1"},
		map[string]any{"KeyId": s.Key, "Message": sum[:], "MessageType": "DIGEST", "SigningAlgorithm": "ECDSA_SHA_256"}, &out)
	if err != nil {
		return "", err
	}
	var point struct{ R, S *big.Int } // KMS answers in ASN.1, a JWS has the two numbers side by side
	if rest, err := asn1.Unmarshal(out.Signature, &point); err != nil || len(rest) > 0 || !fits(point.R) || !fits(point.S) {
		return "", errors.New("bus: sign: KMS answered with no signature of this curve")
	}
	var raw [64]byte
	point.R.FillBytes(raw[:32])
	point.S.FillBytes(raw[32:])
	return text + "." + base64.RawURLEncoding.EncodeToString(raw[:]), nil
}

func fits(n *big.Int) bool { return n.Sign() > 0 && n.BitLen() <= 256 }

// MaxAge is how old a signature may be when an event arrives: EventBridge tries
// to deliver it for an hour, and clocks differ.
const MaxAge = 65 * time.Minute

// Verify is what a receiver does: it finds the key by the signature's kid, holds
// the signature against it and its age against the clock, and returns the event
// that was signed. That the event is no repetition is for the receiver to see:
// it keeps the ids, or each partner's last sequence.
func Verify(signature string, keys map[string]*ecdsa.PublicKey, now time.Time) (event []byte, err error) {
	parts := strings.Split(signature, ".")
	if len(parts) != 3 {
		return nil, errors.New("bus: verify: not a signature")
	}
	var decoded [3][]byte
	for i, part := range parts {
		if decoded[i], err = base64.RawURLEncoding.DecodeString(part); err != nil {
			return nil, errors.New("bus: verify: not a signature")
		}
	}
	var head header
	if err := json.Unmarshal(decoded[0], &head); err != nil || head.Algorithm != "ES256" { // never what else it names
		return nil, errors.New("bus: verify: not signed by ES256")
	}
	key := keys[head.Key]
	if key == nil {
		return nil, errors.New("bus: verify: signed by an unknown key")
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if len(decoded[2]) != 64 || !ecdsa.Verify(key, sum[:], new(big.Int).SetBytes(decoded[2][:32]), new(big.Int).SetBytes(decoded[2][32:])) {
		return nil, errors.New("bus: verify: the signature is not of this event")
	}
	if age := now.Sub(time.Unix(head.SignedAt, 0)); age > MaxAge || age < -5*time.Minute {
		return nil, errors.New("bus: verify: signed too long ago, or in the future")
	}
	return decoded[1], nil
}

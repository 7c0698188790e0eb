package country

import (
	"testing"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// BenchmarkDecode is what the first look-up of a country costs.
func BenchmarkDecode(b *testing.B) {
	for _, code := range []string{"DE", "US"} {
		b.Run(code, func(b *testing.B) {
			for b.Loop() {
				decoded.Clear()
				find(code)
			}
		})
	}
}

func BenchmarkAddressFaults(b *testing.B) {
	r, _ := find("US")
	a := onboarding.Address{Country: "US", Lines: []string{"4567 Main Street"}, Locality: "Buffalo", Subdivision: "NY", PostalCode: "14203"}
	for b.Loop() {
		r.AddressFaults(a)
	}
}

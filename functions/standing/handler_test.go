package main

import (
	"slices"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/test/contract"
)

func TestTheRoutesAreTheOperationsOfTheContract(t *testing.T) {
	want, err := contract.Patterns("standing")
	if err != nil {
		t.Fatal(err)
	}
	got := function{}.router().Patterns()
	slices.Sort(got)
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("routes %v\ncontract %v", got, want)
	}
}

// Command verify verifies the evidence of an acceptance of the agreement,
// offline: it reads the file and nothing else.
//
//	go run ./internal/evidence/verify evidence.json
//	go run ./internal/evidence/verify -hash 3a7b… evidence.json
//
// Each check is printed, and those that fail say why. With -hash, the hash of
// the acceptance's event as your own records have it, a file that was made up
// as a whole is found out, too. The exit code is 0 when all hold.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/partner-onboarding/partner-onboarding/internal/evidence"
)

func main() {
	hash := flag.String("hash", "", "the hash of the acceptance's event, as known from elsewhere")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: verify [-hash HASH] evidence.json")
		os.Exit(2)
	}
	bundle, err := os.ReadFile(flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(2)
	}
	if !report(os.Stdout, bundle, *hash) {
		os.Exit(1)
	}
}

// report prints each check and says whether all hold.
func report(w io.Writer, bundle []byte, hash string) bool {
	b, checks := evidence.Verify(bundle, hash)
	ok := true
	for _, c := range checks {
		if c.Err != nil {
			ok = false
			fmt.Fprintf(w, "FAILS  %-12s %v (it should show: %s)\n", c.Name, c.Err, c.About)
			continue
		}
		fmt.Fprintf(w, "holds  %-12s %s\n", c.Name, c.About)
	}
	if !ok {
		fmt.Fprintln(w, "\nThis is not evidence: it was changed, or is not what it says.")
		return false
	}
	a := b.Acceptance
	fmt.Fprintf(w, "\n%s, %s, accepted version %s of %q for partner %s on %s.\n", a.SignerName, a.SignerTitle, a.Version, a.Agreement, a.PartnerID, a.AcceptedAt.UTC().Format("2 January 2006, 15:04:05 UTC"))
	if b.Test {
		fmt.Fprintln(w, "It is of a test partner: nothing about it is real.")
	}
	if hash == "" {
		fmt.Fprintf(w, "Compare the hash of the event with your own records: %s\n", a.EventHash)
	}
	return true
}

//go:build stack

package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func TestO3_AnExportInPartsMissesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	r := mustEnrol(t, s, "P-1", "t-1", save("Contoso"), submit, confirm, authorize)
	mustEnrol(t, s, "P-2", "t-2", save("Fabrikam"))
	for i := range 9 {
		m := SentMail{SentMail: onboarding.SentMail{Key: fmt.Sprintf("m-%d", i), Template: onboarding.MailEnrolled, To: "ada@contoso.example", SentAt: monday, State: onboarding.MailStateSent, StateAt: monday}, MessageID: "id"}
		if err := s.RecordSent(t.Context(), "P-1", m); err != nil {
			t.Fatal(err)
		}
	}
	var writes []types.TransactWriteItem
	for i := range 8 {
		l := onboarding.Location{ID: fmt.Sprintf("L-%d", i), Name: "Contoso", AddedAt: monday.Add(time.Hour)}
		for _, id := range []string{"P-1", "P-2"} {
			writes = append(writes, s.newPut(locationItem(id, l)))
		}
	}
	if _, err := s.db.TransactWriteItems(t.Context(), &dynamodb.TransactWriteItemsInput{TransactItems: writes}); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []int32{1, 2, 3, 5, 7, 100} {
		t.Run(fmt.Sprintf("O3 in pages of %d", limit), func(t *testing.T) {
			seen := map[string]int{}
			parts, cursor := 0, ""
			for {
				e, err := s.export(t.Context(), "P-1", cursor, aws.Int32(limit))
				if err != nil {
					t.Fatal(err)
				}
				for _, event := range e.Events {
					seen[event.ID+event.PartnerID]++
				}
				for _, m := range e.Mails {
					seen[m.Key]++
				}
				for _, l := range e.Locations {
					seen[l.ID]++
				}
				if parts++; parts > 100 {
					t.Fatal("the parts never end")
				}
				if cursor = e.Next; cursor == "" {
					break
				}
			}
			if want := r.Partner.Version + 9 + 8; len(seen) != want {
				t.Errorf("%d things in %d parts, want %d: %v", len(seen), parts, want, seen)
			}
			for name, times := range seen {
				if times != 1 {
					t.Errorf("%s is there %d times", name, times)
				}
			}
			if (limit == 100) != (parts == 1) {
				t.Errorf("%d parts", parts)
			}
		})
	}
}

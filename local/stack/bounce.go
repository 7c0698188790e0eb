package stack

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Sent is a mail as the programme tagged it for the mail service.
type Sent struct {
	PartnerID, Key, Template, To string
	At                           time.Time
}

// Bounce takes the part of a mail server that refuses a mail for good: it sends
// the function that follows mails the event that SES sends of it, because the
// emulator delivers every mail.
func (s *Stack) Bounce(ctx context.Context, m Sent) error {
	now := time.Now().UTC().Format(time.RFC3339)
	configuration := strings.TrimSuffix(s.Functions["mailevents"], "mailevents") + "mail" // both begin with the stack's name
	answer, err := s.Invoke(ctx, "mailevents", map[string]any{
		"version": "0", "id": "00000000-0000-0000-0000-000000000000", "source": "aws.ses", "detail-type": "Email Bounced",
		"account": account, "region": s.Region, "time": now, "resources": []string{},
		"detail": map[string]any{
			"eventType": "Bounce",
			"bounce": map[string]any{
				"bounceType": "Permanent", "bounceSubType": "General", "timestamp": now,
				"bouncedRecipients": []any{map[string]any{"emailAddress": m.To, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}},
			},
			"mail": map[string]any{
				"timestamp": m.At.UTC().Format(time.RFC3339Nano), "destination": []string{m.To},
				"tags": map[string]any{"ses:configuration-set": []string{configuration}, "partner": []string{m.PartnerID}, "key": []string{m.Key}, "template": []string{m.Template}},
			},
		},
	})
	if err != nil {
		return err
	}
	var sum struct{ Recorded int }
	if err := json.Unmarshal(answer, &sum); err != nil || sum.Recorded != 1 {
		return fmt.Errorf("the event of a bounce wasn't taken: %s", answer)
	}
	return nil
}

package demo

import (
	"context"
	"fmt"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// bounce plays what becomes of a case whose primary contact no mail reaches: it
// is the partner's turn, and correcting the address needs no rejection.
func (d *demo) bounce(ctx context.Context) error {
	in, err := d.details(ctx)
	if err != nil {
		return err
	}
	wrong := d.in.BusinessInfo.LegalProfile.PrimaryContact.Email
	if !strings.EqualFold(in.BusinessInfo.LegalProfile.PrimaryContact.Email, wrong) {
		d.already("the address that bounced is corrected")
		d.mended = true
		return nil
	}
	if _, err := d.awaitLink(ctx, wrong); err != nil {
		return err
	}
	m, err := d.fate(ctx, "looks what became of the mail with the link", wrong)
	if err != nil {
		return err
	}
	if err := d.stack.Bounce(ctx, stack.Sent{PartnerID: d.partner, Key: m.MailKey, Template: m.Template, To: m.To, At: m.SentAt}); err != nil {
		return d.failure("the mail bounces", "the function that follows mails to take SES's event", err.Error(), err, d.command("go run ./local logs mailevents"))
	}
	d.print.Entry(entry{label: "bounce", style: red, text: fmt.Sprintf("the mail server of %s refuses the mail: 550 5.1.1 user unknown (SES tells it on AWS; the demo plays its event)", wrong)})
	if err := d.follow(ctx, "the mail bounced", awaitDecision...); err != nil {
		return err
	}
	if _, err := d.fate(ctx, "looks again what became of it", wrong); err != nil {
		return err
	}
	if err := d.put(ctx, "corrects the primary contact, while the case is open", d.in.BusinessInfo, d.in.mended); err != nil {
		return err
	}
	d.mended = true
	return d.follow(ctx, "the primary contact was corrected", awaitDecision...)
}

// fate tells what became of the newest mail with an ownership link to an address.
func (d *demo) fate(ctx context.Context, doing, to string) (found api.SentMail, err error) {
	var page api.SentMailPage
	r := request{who: d.admin, method: "GET", path: d.path("/mails"), doing: doing}
	_, err = d.act(ctx, r, &page, func(answer) []string {
		for _, m := range page.Items {
			if m.Template == string(onboarding.MailOwnershipLink) && strings.EqualFold(m.To, to) && found.MailKey == "" {
				found = m
			}
		}
		lines := []string{fmt.Sprintf("%s; to %s: %s. %s", count(float64(len(page.Items)), "mail", "mails"), found.To, found.State, found.Detail)}
		if !found.Resend.Allowed {
			lines = append(lines, "sending it again is refused: "+string(found.Resend.Code)+": "+found.Resend.Detail)
		}
		return lines
	})
	if err == nil && found.MailKey == "" {
		err = d.failure(doing, "an ownership link to "+to, fmt.Sprintf("%d other mails", len(page.Items)), nil, d.lookAt(r.path)...)
	}
	return found, err
}

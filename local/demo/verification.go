package demo

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

const statusDeadline = 30 * time.Second

// awaitDecision are the states in which the workflow waits for a decision: on a
// slow machine the promised days may be over sooner than meant.
var awaitDecision = []string{"AwaitDecision", "AwaitEscalatedDecision"}

// verification plays case after case until the company is authorized.
func (d *demo) verification(ctx context.Context) error {
	for {
		v, err := d.status(ctx)
		if err != nil {
			return err
		}
		if v.Decision != nil && v.Decision.Decision == api.DecisionValueAuthorized {
			if d.existing != "" {
				d.carriedOver(v)
				return nil
			}
			d.already("the company is authorized")
			return nil
		}
		if v.Decision != nil { // rejected, in an earlier run
			if err := d.mend(ctx, v); err != nil {
				return err
			}
			continue
		}
		if d.decided >= len(d.in.Verification) {
			return fmt.Errorf("%s has no decision for this company's verification case no. %d: add one", d.in.file, d.decided+1)
		}
		decision := d.in.Verification[d.decided]
		d.reviewer.email = decision.Reviewer
		if err := d.decide(ctx, v, decision); err != nil {
			return err
		}
		if decision.Decision == api.DecisionValueAuthorized {
			return d.follow(ctx, "the company was authorized", "AwaitAgreement")
		}
		if err := d.rejected(ctx, decision); err != nil {
			return err
		}
		d.decided++
		if v, err = d.status(ctx); err != nil {
			return err
		}
		if err := d.mend(ctx, v); err != nil {
			return err
		}
	}
}

func (d *demo) status(ctx context.Context) (v api.Verification, err error) {
	_, err = d.call(ctx, request{who: d.admin, method: "GET", path: d.path("/verification"), doing: "reads the verification"}, &v)
	return v, err
}

// decide plays one case up to the reviewer's decision.
func (d *demo) decide(ctx context.Context, v api.Verification, decision Decision) error {
	if d.in.Bounce != nil && pending(v) && d.decided == 0 {
		if err := d.bounce(ctx); err != nil {
			return err
		}
	}
	if err := d.confirmAddress(ctx, v); err != nil {
		return err
	}
	if err := d.review(ctx); err != nil {
		return err
	}
	if !v.AppealedAt.IsZero() {
		if err := d.fourEyes(ctx, decision); err != nil {
			return err
		}
	}
	if decision.Documents != nil {
		if err := d.documents(ctx, *decision.Documents); err != nil {
			return err
		}
		var err error
		if v, err = d.status(ctx); err != nil { // with new dates
			return err
		}
	}
	if c, ok := clockOf(v, d.day); ok {
		d.print.Entry(entry{label: "clock", style: yellow, text: "the input lets the reviewer decide after " + count(decision.AfterBusinessDays, "business day", "business days")})
		if err := d.letPass(ctx, c, min(decision.AfterBusinessDays, promisedDays)); err != nil {
			return err
		}
		if decision.Overdue() {
			if err := d.overdue(ctx, decision); err != nil {
				return err
			}
			if err := d.letPass(ctx, c, decision.AfterBusinessDays); err != nil {
				return err
			}
		}
	}
	_, err := d.act(ctx, d.deciding(decision), &v, func(answer) []string {
		lines := []string{fmt.Sprintf("status %s; kept for staff: %q", v.Status, decision.Reason)}
		if v.Decision != nil {
			for _, r := range v.Decision.Reasons {
				lines = append(lines, fmt.Sprintf("%s: %s Remedy: %s", r.Code, r.Text, r.Remedy))
			}
		}
		return lines
	})
	return err
}

// contactEmail is the address of the primary contact that is in force.
func (d *demo) contactEmail() string {
	if d.decided == 0 && d.mended {
		return d.in.mended.LegalProfile.PrimaryContact.Email
	}
	return d.in.rounds[min(d.decided, len(d.in.rounds)-1)].LegalProfile.PrimaryContact.Email
}

// deciding is the request by which the reviewer decides.
func (d *demo) deciding(decision Decision) request {
	return request{
		who: d.reviewer, method: "POST", path: d.path("/verification/decision"), doing: "decides: " + string(decision.Decision),
		body: api.DecisionRequest{Decision: decision.Decision, Reason: decision.Reason, ReasonCodes: decision.ReasonCodes},
	}
}

var ownershipLink = regexp.MustCompile(`/ownership-links/([A-Za-z0-9._-]+)`)

// confirmAddress lets the primary contact open the link of the mail and confirm
// (V10), unless that is done.
func (d *demo) confirmAddress(ctx context.Context, v api.Verification) error {
	if !pending(v) {
		return nil
	}
	return d.confirmLink(ctx, d.contactEmail(), awaitDecision...)
}

// pending says whether the primary contact still has to confirm.
func pending(v api.Verification) bool {
	return slices.ContainsFunc(v.Checks, func(c api.VerificationCheck) bool {
		return c.Check == api.CheckNameEmailOwnership && c.Status == api.CheckStatusPending
	})
}

// confirmLink lets whoever reads a mailbox confirm by the newest link there; its
// token is in the captured mail only. The workflow is then in one of the states.
func (d *demo) confirmLink(ctx context.Context, email string, where ...string) error {
	m, err := d.awaitLink(ctx, email)
	if err != nil {
		return err
	}
	path := "/ownership-links/" + strings.TrimRight(ownershipLink.FindStringSubmatch(m.Text)[1], ".")
	var link api.OwnershipLink
	gist := func(answer) []string {
		return []string{fmt.Sprintf("the address %s of %s: %s", link.EmailMasked, link.CompanyName, link.State)}
	}
	if _, err := d.act(ctx, request{who: d.contact, method: "GET", path: path, doing: "opens the link of the mail (looking changes nothing)"}, &link, gist); err != nil {
		return err
	}
	if _, err := d.act(ctx, request{who: d.contact, method: "POST", path: path, doing: "confirms that the mailbox is theirs"}, &link, gist); err != nil {
		return err
	}
	return d.follow(ctx, "the primary contact confirmed the address", where...)
}

func (d *demo) awaitLink(ctx context.Context, email string) (stack.Mail, error) {
	return d.awaitMail(ctx, "the primary contact's mail", "one with a link that has /ownership-links/ in it", email, func(m stack.Mail) bool { return ownershipLink.MatchString(m.Text) })
}

// review lets the reviewer look: at the queue, and at the company beside the
// official record.
func (d *demo) review(ctx context.Context) error {
	if err := d.lookInto(ctx, api.QueueNameVerification, api.QueueNameAppeals, api.QueueNameDocuments, api.QueueNameOverdue); err != nil {
		return err
	}
	var v api.Verification
	_, err := d.act(ctx, request{who: d.reviewer, method: "GET", path: d.path("/verification"), doing: "opens the case"}, &v, func(answer) []string {
		lines := []string{fmt.Sprintf("status %s", v.Status)}
		if c := v.Comparison; c != nil {
			text := fmt.Sprintf("compared with the register: %s", c.Result)
			if c.Source != "" {
				text += ", " + c.Source
			}
			lines = append(lines, text)
			for _, x := range c.Differences {
				lines = append(lines, fmt.Sprintf("%s (%s): submitted %q, registered %q", x.Field, x.Kind, x.Submitted, x.Registered))
			}
		}
		return append(lines, checks(v)...)
	})
	return err
}

// lookInto waits until the partner is in one of the staff's queues: they are an
// index, which may be a moment behind.
func (d *demo) lookInto(ctx context.Context, queues ...api.QueueName) error {
	doing := "the reviewer looks for the case"
	return d.await(ctx, doing, fmt.Sprintf("the partner in the queue %v", queues), statusDeadline, d.lookAt("/partners/queue"), func(ctx context.Context) (string, bool, error) {
		var seen []string
		for _, queue := range queues {
			r := request{who: d.reviewer, method: "GET", path: "/partners?queue=" + string(queue) + d.tests(), doing: "looks into the queue \"" + string(queue) + "\""}
			items, first, err := d.queue(ctx, r)
			if err != nil {
				return "", false, err
			}
			for i, item := range items {
				if item.PartnerID == d.partner {
					d.print.Act(r.who, r.doing, r.method, r.path, first.status, first.took, fmt.Sprintf("%s; no. %d is %s: %s, due %s",
						count(float64(len(items)), "case", "cases"), i+1, item.CompanyName, item.Status, item.DueBy.UTC().Format("15:04:05Z")))
					return "", true, nil
				}
			}
			seen = append(seen, fmt.Sprintf("%s of others in %s", count(float64(len(items)), "case", "cases"), queue))
		}
		return strings.Join(seen, ", "), false, nil
	})
}

// queue reads all pages of a queue.
func (d *demo) queue(ctx context.Context, r request) (all []api.QueueItem, first answer, err error) {
	for path := r.path; ; {
		var page api.QueuePage
		a, err := d.call(ctx, request{who: r.who, method: r.method, path: path, doing: r.doing}, &page)
		if err != nil {
			return nil, a, err
		}
		if path == r.path {
			first = a
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all, first, nil
		}
		path = r.path + "&cursor=" + page.Next
	}
}

// letPass waits until n business days are over, telling how the clock stands
// after each.
func (d *demo) letPass(ctx context.Context, c clock, n float64) error {
	for day := 0.0; day < n; {
		day = min(day+1, n)
		pause := time.Until(c.after(day))
		if pause <= 0 {
			continue
		}
		sleep(ctx, pause)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		d.print.Clock(c, time.Now())
	}
	return nil
}

// overdue plays what follows when the promised days are over (V6).
func (d *demo) overdue(ctx context.Context, decision Decision) error {
	doing := "the promised business days are over"
	look := []string{d.command("go run ./local logs reminder"), d.command("go run ./local logs verification")}
	if err := d.await(ctx, doing, "the reminder function to escalate the case", statusDeadline, look, func(ctx context.Context) (string, bool, error) {
		v, err := d.status(ctx)
		return fmt.Sprintf("status %s, not escalated", v.Status), !v.EscalatedAt.IsZero(), err
	}); err != nil {
		return err
	}
	d.print.Entry(entry{label: "deadline", style: red, text: "the promised business days are over and nobody has decided: the case is escalated"})
	staff := d.stack.Parameters["StaffAddress"]
	if _, err := d.awaitMail(ctx, doing, "the case is overdue", staff, func(m stack.Mail) bool { return strings.HasPrefix(m.Subject, "Overdue") }); err != nil {
		return err
	}
	if _, err := d.awaitMail(ctx, doing, "the verification takes longer than promised", d.contactEmail(), func(m stack.Mail) bool { return strings.Contains(m.Subject, "longer") }); err != nil {
		return err
	}
	if err := d.follow(ctx, doing, "AwaitEscalatedDecision"); err != nil {
		return err
	}
	if err := d.lookInto(ctx, api.QueueNameOverdue); err != nil {
		return err
	}
	if decision.SupportRequest == "" {
		return nil
	}
	var v api.Verification
	if _, err := d.act(ctx, request{
		who: d.admin, method: "POST", path: d.path("/verification/support-request"), doing: "asks support about the case", want: []int{http.StatusAccepted, http.StatusCreated},
		body: api.SupportRequest{Message: decision.SupportRequest},
	}, &v, func(answer) []string { return []string{fmt.Sprintf("%q", decision.SupportRequest)} }); err != nil {
		return err
	}
	if _, err := d.awaitMail(ctx, doing, "the company asks for support", staff, func(m stack.Mail) bool { return strings.HasPrefix(m.Subject, "Support request") }); err != nil {
		return err
	}
	return d.follow(ctx, "the company asked for support", "AwaitEscalatedDecision")
}

// rejected makes sure that the mail says what was found and what mends it (V5,
// V11), and that the workflow's round has ended.
func (d *demo) rejected(ctx context.Context, decision Decision) error {
	if _, err := d.awaitMail(ctx, "the rejection's mail", "one that says every reason code and what to do", d.contactEmail(), func(m stack.Mail) bool {
		for _, code := range decision.ReasonCodes {
			if !strings.Contains(m.Text, string(code)) {
				return false
			}
		}
		return strings.Contains(m.Text, "What to do: ")
	}); err != nil {
		return err
	}
	return d.follow(ctx, "the company was rejected", "Rejected")
}

// mend plays what the company does about a rejection: it appeals, or corrects
// what was found.
func (d *demo) mend(ctx context.Context, v api.Verification) error {
	if d.decided > 0 && d.decided < len(d.in.Verification) && d.in.Verification[d.decided-1].Appeal != "" && v.CanAppeal {
		return d.appeal(ctx, d.in.Verification[d.decided-1].Appeal)
	}
	return d.correct(ctx)
}

// correct plays the company's correction, which opens the next case.
func (d *demo) correct(ctx context.Context) error {
	if d.decided >= len(d.in.rounds) {
		return fmt.Errorf("%s has no correction for this company's rejection no. %d: add one", d.in.file, d.decided)
	}
	d.print.Heading(fmt.Sprintf("Step 2 again: the company corrects what was found (round %d)", d.decided+1))
	if err := d.submit(ctx, "corrects"); err != nil {
		return err
	}
	d.print.Heading(fmt.Sprintf("Step 3 again: verification, case no. %d", d.decided+1))
	return nil
}

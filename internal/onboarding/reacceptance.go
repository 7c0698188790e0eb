package onboarding

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Renewal is a version of the agreement that takes the place of the accepted
// one, as far as the partner has been told of it (A6).
//
// The partner keeps it because what time asks for – reminders, the day on which
// the acceptance stops to count – follows from the partner alone. It learns of
// a version that exists already when it signs, and of a later one by Announce.
type Renewal struct {
	Version       string    `json:"version"`
	Region        string    `json:"region"`
	EffectiveFrom time.Time `json:"effectiveFrom"`
	ReacceptBy    time.Time `json:"reacceptBy"`
	Told          int       `json:"told,omitzero"` // how many of its notices are done
}

func renewalOf(next *AgreementVersion) *Renewal {
	if next == nil {
		return nil
	}
	return &Renewal{Version: next.Version, Region: next.Region, EffectiveFrom: next.EffectiveFrom, ReacceptBy: next.ReacceptBy}
}

// AgreementAnnounced tells that a version was published that takes the place of
// the accepted one.
type AgreementAnnounced struct {
	Renewal Renewal `json:"renewal"`
}

// Type implements EventData.
func (AgreementAnnounced) Type() EventType { return "agreement.announced" }

func (d AgreementAnnounced) apply(p *Partner, _ Event) { p.Renewal = &d.Renewal }

// Announce tells the partner of the version that follows the accepted one. It
// mails nobody: when that is due is a matter of the renewal's notices. A partner
// that it doesn't concern, or that knows of it, is refused with CodeNothingDue.
func (p Partner) Announce(next AgreementVersion, s Stamp) (Event, error) {
	if a := p.NewestAcceptance(); !p.AwaitsRenewal() || next.Region != p.Region || next.Follows != a.Version {
		return Event{}, Refuse(CodeNothingDue, "This version of the agreement doesn't follow the one that the company has accepted, or the company knows of it.")
	}
	return p.event(s, AgreementAnnounced{Renewal: *renewalOf(&next)}), nil
}

// AwaitsRenewal says that the partner has accepted a version that counts in its
// region and knows of none that follows it: once there is one, it is to be told.
func (p Partner) AwaitsRenewal() bool { return p.signed() && p.Renewal == nil }

// AcceptedAt is the acceptance that a time goes by: one that was given ahead is
// it from the day on which its version takes effect. nil before the first.
func (p Partner) AcceptedAt(at time.Time) *Acceptance {
	if p.Ahead != nil && !at.Before(p.Ahead.EffectiveFrom) {
		return p.Ahead
	}
	return p.Acceptance
}

// NewestAcceptance is the last one given, ahead or not; nil before the first.
func (p Partner) NewestAcceptance() *Acceptance {
	if p.Ahead != nil {
		return p.Ahead
	}
	return p.Acceptance
}

// renewal is the version that is to be accepted in place of the accepted one,
// now or later.
func (p Partner) renewal() (Renewal, bool) {
	if p.Renewal == nil || !p.signed() || p.Renewal.Region != p.Region {
		return Renewal{}, false
	}
	return *p.Renewal, true
}

// lapsed says that the acceptance has stopped to count: a newer version should
// have been accepted by now (A6).
func (p Partner) lapsed(now time.Time) bool {
	r, ok := p.renewal()
	return ok && !now.Before(r.ReacceptBy)
}

// reacceptanceOpen says that a newer version is in force and not accepted yet.
func (p Partner) reacceptanceOpen(now time.Time) bool {
	r, ok := p.renewal()
	return ok && !now.Before(r.EffectiveFrom)
}

const codeReacceptance = "agreement_reacceptance"

// requireReacceptance lists the version that is to be accepted anew: later
// until it takes effect, now until the date, past due from then on.
func (p Partner) requireReacceptance(d *Requirements, now time.Time) {
	n, ok := p.renewal()
	if !ok {
		return
	}
	date := n.ReacceptBy.UTC().Format("2 January 2006")
	r := Requirement{Code: codeReacceptance, Title: "Accept the new version of the partner agreement", Step: StepAgreement, Who: PartyPartner, Roles: MayDo(ActionSign),
		Where: p.path("agreement/acceptance"), Operation: "acceptAgreement", By: n.ReacceptBy, Since: n.EffectiveFrom}
	switch {
	case now.Before(n.EffectiveFrom):
		r.Since = time.Time{}
		r.Reason = "Version " + n.Version + " takes effect on " + n.EffectiveFrom.UTC().Format("2 January 2006") + ". The accepted one counts until " + date + "."
		r.Alternatives = []string{"Read the new version now, and accept it ahead: it counts from its first day on."}
		d.DueLater = append(d.DueLater, r)
	case now.Before(n.ReacceptBy):
		r.Reason = "A new version is in force. The accepted one counts until " + date + "; after that the company may not transact until the new one is accepted."
		at := len(d.DueNow)
		if at > 0 && d.DueNow[at-1].Who != PartyPartner {
			at-- // what the partner can do comes before what it waits for
		}
		d.DueNow = slices.Insert(d.DueNow, at, r)
	default:
		r.Since = n.ReacceptBy
		r.Reason = "The accepted version counted until " + date + ". The company may not transact until the version in force is accepted; then it may at once."
		d.PastDue = append(d.PastDue, r)
	}
}

// notice is a message about a renewal: once ever, at a time.
type notice struct {
	template MailTemplate
	at       time.Time
}

// The notices of a renewal: announceDays before it takes effect, when it does,
// remindDays before the date, and when the date has passed (A6).
const announceDays = 30

var remindDays = [...]int{30, 14, 3}

func (r Renewal) notices() []notice {
	list := []notice{{MailAgreementAnnounced, r.EffectiveFrom.AddDate(0, 0, -announceDays)}, {MailAgreementReacceptance, r.EffectiveFrom}}
	for _, days := range remindDays {
		if at := r.ReacceptBy.AddDate(0, 0, -days); at.After(r.EffectiveFrom) {
			list = append(list, notice{MailAgreementReacceptance, at})
		}
	}
	return append(list, notice{MailAgreementLapsed, r.ReacceptBy})
}

// RenewalNotified tells that a notice about a new version of the agreement was
// sent.
type RenewalNotified struct {
	Version string `json:"version"`
	Count   int    `json:"count"` // of its notices that are done with this one
	Lapsed  bool   `json:"lapsed,omitzero"`
}

// Type implements EventData.
func (RenewalNotified) Type() EventType { return "agreement.renewalNotified" }

func (d RenewalNotified) apply(p *Partner, _ Event) {
	r := *p.Renewal
	r.Told = d.Count
	p.Renewal = &r
}

func (p Partner) nextRenewalNotice() (time.Time, bool) {
	r, ok := p.renewal()
	if !ok {
		return time.Time{}, false
	}
	if list := r.notices(); r.Told < len(list) {
		return list[r.Told].at, true
	}
	return time.Time{}, false
}

// notifyOfRenewal sends the newest notice that is due. Those before it that
// nobody sent in time would only say less, and are left out.
func (p Partner) notifyOfRenewal(s Stamp) Event {
	list := p.Renewal.notices()
	count := p.Renewal.Told + 1
	for count < len(list) && !s.at().Before(list[count].at) {
		count++
	}
	due := list[count-1]
	params := p.mailParams()
	params["agreementVersion"] = p.Renewal.Version
	params["effectiveFrom"], params["reacceptBy"] = p.Renewal.EffectiveFrom.UTC().Format(time.RFC3339), p.Renewal.ReacceptBy.UTC().Format(time.RFC3339)
	params["agreementLink"] = p.path("agreement")
	if due.template == MailAgreementReacceptance {
		left := p.Renewal.ReacceptBy.Sub(s.at())
		params["days"] = strconv.Itoa(max(1, int((left+24*time.Hour-1)/(24*time.Hour))))
	}
	var mails []Follow
	for _, to := range p.signers() {
		mails = append(mails, send(due.template, to, params))
	}
	return p.event(s, RenewalNotified{Version: p.Renewal.Version, Count: count, Lapsed: due.template == MailAgreementLapsed}, mails...)
}

// signers are the addresses that a notice about the agreement goes to: the
// contacts, whoever signed last, and everybody who is known to may sign (A3).
func (p Partner) signers() []string {
	list := p.contacts()
	add := func(address string) {
		if address != "" && !slices.ContainsFunc(list, func(other string) bool { return strings.EqualFold(other, address) }) {
			list = append(list, address)
		}
	}
	for _, m := range p.Members {
		if holdsAny(m.Roles, MayDo(ActionSign)) {
			add(m.Email)
		}
	}
	if a := p.NewestAcceptance(); a != nil {
		add(a.Email)
	}
	return list
}

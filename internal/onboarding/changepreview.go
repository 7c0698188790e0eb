package onboarding

import (
	"slices"
	"time"
)

// ChangeEffect says what changing submitted details does.
type ChangeEffect string

// The effects.
const (
	EffectNone       ChangeEffect = "Nothing"            // it is so already, or it would be refused
	EffectAtOnce     ChangeEffect = "AtOnce"             // in force when saved; nothing is verified
	EffectCorrection ChangeEffect = "ContactCorrection"  // of the verification that is open
	EffectVerify     ChangeEffect = "Reverification"     // the old values stay in force until the new ones are authorized
	EffectItself     ChangeEffect = "ConfirmationEnough" // the same, but no reviewer is needed
)

// ChangePreview tells before saving what an edit would do (V7).
type ChangePreview struct {
	Effect  ChangeEffect
	Text    string   // for people: what happens and about how long it takes
	Faults  []Fault  // everything that stands against it
	Refused *Refusal // why it would be refused all the same, nil when it wouldn't be

	AtOnce     []string   // JSON pointers of what is in force when saved
	Parts      []Part     // that are verified first
	Checks     []Check    // that begin anew, as they would stand
	Case       Case       // as it would stand
	Documents  bool       // documents would be asked for; the days count once they are in
	Expected   Dates      // of a reviewer's decision, if it were asked for now
	Replaces   string     // id of the open case that would be closed
	Comparison Comparison // with the official registry; zero when name and address stay

	Region    string         // that the new address lies in, when it is another one
	SignAgain bool           // then its agreement has to be accepted
	NotServed []Relationship // active ones whose distributor doesn't serve it
}

// PreviewChange answers what ChangeBusinessInfo would do with the same details.
func (p Partner) PreviewChange(info BusinessInfo, k Knowledge, now time.Time) ChangePreview {
	e := p.edited(info, k, now)
	v := ChangePreview{Effect: EffectNone, Faults: e.faults, Refused: p.refusedEdit(e, now)}
	if v.Refused != nil {
		v.Text = v.Refused.Message
		return v
	}
	if len(e.faults) > 0 {
		v.Text = "Some of the information can't be accepted: nothing is changed until it is corrected."
		return v
	}
	v.AtOnce = e.atOnce
	s := Stamp{EventID: "preview", At: now}
	switch {
	case !p.Authorized():
		v.Effect, v.Parts = EffectCorrection, e.parts
		after := p.Apply(p.correctContact(e, k, "", s))
		v.checked(*after.Case, now)
		v.Expected = after.Case.Expected(k.Calendar, now)
		v.Text = "The new contact is in force at once, in the verification that is open."
		if p.sendsLink(e) {
			v.Text += " A link goes to the new address and must be confirmed; the old link is void."
		}
	case !p.asksAnew(e):
		v.Effect, v.Text = EffectAtOnce, "This is in force at once: it need not be verified."
	default:
		p.previewCase(&v, p.Apply(p.requestChange(e, k, "", "", s)), k, now)
	}
	return v
}

// checked lists the checks that begin with an edit.
func (v *ChangePreview) checked(c Case, now time.Time) {
	for _, check := range c.Checks {
		if check.Since.Equal(now.UTC().Truncate(time.Millisecond)) {
			v.Checks = append(v.Checks, check)
		}
	}
	v.Documents, v.Case = c.requested(), c
}

func (p Partner) previewCase(v *ChangePreview, after Partner, k Knowledge, now time.Time) {
	c := after.Case
	v.Effect, v.Parts, v.Comparison, v.Expected = EffectVerify, c.Change.Parts, c.Comparison, c.Expected(k.Calendar, now)
	v.checked(*c, now)
	if p.OpenChange() != nil {
		v.Replaces = p.Case.ID
	}
	v.Text = "The " + c.Change.titles() + " must be verified. " + p.meanwhile() + " "
	if c.decidesItself() {
		v.Effect = EffectItself
		v.Text += "A link goes to the proposed contact; the change is in force as soon as it is confirmed, which takes some minutes."
		return
	}
	v.Text += "A reviewer decides in 3 to 5 business days."
	if v.Documents {
		v.Text += " The days count once the documents are in that show that the contact works at the company."
	}
	if c.Change.Region != "" && c.Change.Region != p.Region {
		v.Region, v.SignAgain = c.Change.Region, p.Acceptance != nil && p.Acceptance.Region != c.Change.Region
		for _, r := range p.servingRelationships() {
			if !slices.Contains(r.Regions, v.Region) {
				v.NotServed = append(v.NotServed, r)
			}
		}
		v.Text += " The new address lies in another region: once it is authorized, that region's agreement and distributors count."
	}
}

package onboarding_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// monday is when every story begins.
var monday = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// story is a partner being onboarded, one command after the other. A command
// that is refused ends the test.
type story struct {
	t      testing.TB
	p      Partner
	now    time.Time
	events []Event

	eventID string // of the next event; counted when empty
}

func begin(t testing.TB) *story { return &story{t: t, now: monday} }

func (s *story) stamp(by Principal) Stamp {
	return Stamp{EventID: cmp.Or(s.eventID, fmt.Sprintf("event-%d", len(s.events)+1)), At: s.p.Now(s.now), By: by.Actor()}
}

// system is the stamp of a deadline or of the workflow.
func (s *story) system() Stamp {
	stamp := s.stamp(Principal{})
	stamp.By = Actor{Kind: ActorSystem}
	return stamp
}

// tell takes a command's answer: the event is applied.
func (s *story) tell(e Event, err error) *story {
	s.t.Helper()
	if err != nil {
		s.t.Fatalf("refused: %v", err)
	}
	s.p = s.p.Apply(e)
	s.events = append(s.events, e)
	return s
}

func (s *story) wait(d time.Duration) *story {
	s.now = s.now.Add(d)
	return s
}

func (s *story) enrolled() *story {
	s.t.Helper()
	return s.tell(Partner{}.Enroll(enrolContoso(), s.stamp(globalAdmin)))
}

func (s *story) saved(info BusinessInfo) *story {
	s.t.Helper()
	return s.tell(s.p.SaveBusinessInfo(info, s.p.InfoRevision, s.stamp(globalAdmin)))
}

// secret is the secret of the newest ownership link of the story.
func (s *story) secret() string { return fmt.Sprintf("secret-%d", s.p.Cases) }

func (s *story) submitted() *story {
	s.t.Helper()
	if !s.p.Enrolled() {
		s.enrolled()
	}
	if s.p.InfoRevision == 0 {
		s.saved(contoso())
	}
	n := s.p.Cases + 1
	return s.tell(s.p.Submit(knowledge, fmt.Sprintf("case-%d", n), fmt.Sprintf("secret-%d", n), s.stamp(globalAdmin)))
}

func (s *story) confirmed() *story {
	s.t.Helper()
	if s.p.Case == nil {
		s.submitted()
	}
	stamp := s.system()
	stamp.By.Kind = ActorContact
	return s.tell(s.p.ConfirmOwnership(s.secret(), stamp))
}

func (s *story) authorized() *story {
	s.t.Helper()
	if s.p.Case == nil {
		s.confirmed()
	}
	return s.tell(s.p.Decide(Decide{Result: VerificationAuthorized, Note: "Fine."}, s.stamp(reviewer)))
}

func (s *story) rejected(codes ...ReasonCode) *story {
	s.t.Helper()
	if s.p.Case == nil {
		s.submitted()
	}
	if codes == nil {
		codes = []ReasonCode{"legal_name_mismatch"}
	}
	return s.tell(s.p.Decide(Decide{Result: VerificationRejected, Reasons: codes, Note: "Not so."}, s.stamp(reviewer)))
}

func (s *story) escalated() *story {
	s.t.Helper()
	if s.p.Case == nil {
		s.submitted()
	}
	s.now = s.p.Case.Latest
	return s.tell(s.p.Escalate(s.system()))
}

func (s *story) accepted() *story {
	s.t.Helper()
	if !s.p.Authorized() {
		s.authorized()
	}
	return s.tell(s.p.Accept(signature(), current, s.stamp(globalAdmin)))
}

func (s *story) requested(d Distributor) *story {
	s.t.Helper()
	by := Principal{UserID: "u-" + d.ID, DistributorID: d.ID}
	return s.tell(s.p.RequestRelationship(d, fmt.Sprintf("R-%d", len(s.events)), "", s.stamp(by)))
}

// newest is the id of the newest relationship.
func (s *story) newest() string { return s.p.Relationships[len(s.p.Relationships)-1].ID }

func (s *story) onboarded() *story {
	s.t.Helper()
	if s.p.Acceptance == nil {
		s.accepted()
	}
	s.requested(northwind)
	return s.tell(s.p.AcceptRelationship(s.newest(), current, "PLA-1", s.stamp(globalAdmin)))
}

func enrolContoso() Enroll {
	return Enroll{PartnerID: "P-1", WorkAccount: WorkAccountExisting, WorkEmail: "admin@contoso.example", CompanyName: "Contoso", By: globalAdmin}
}

// signature is an acceptance of the current agreement that nothing stands against.
func signature() AcceptAgreement {
	return AcceptAgreement{Version: current.Version, SHA256: current.Documents[0].SHA256, SignerName: "Ada Admin", SignerTitle: "Managing Director", Consent: true, By: globalAdmin}
}

// mails lists the mails that follow from an event, "template to".
func mails(e Event) []string {
	var list []string
	for _, f := range e.Follow {
		if f.Mail != nil {
			list = append(list, string(f.Mail.Template)+" "+f.Mail.To)
		}
	}
	return list
}

func last(s *story) Event { return s.events[len(s.events)-1] }

// wantCode fails unless err is a refusal of the code.
func wantCode(t testing.TB, err error, code Code) {
	t.Helper()
	if CodeOf(err) != code || !errors.Is(err, Refuse(code, "")) {
		t.Errorf("got %v, want a refusal with the code %s", err, code)
	}
}

// wantFaults fails unless err lists exactly these faults, "pointer code".
func wantFaults(t testing.TB, err error, want ...string) {
	t.Helper()
	wantCode(t, err, CodeInvalid)
	var r *Refusal
	if !errors.As(err, &r) {
		return
	}
	var got []string
	for _, f := range r.Faults {
		got = append(got, f.Pointer+" "+f.Code)
		if f.Message == "" && !strings.HasPrefix(f.Pointer, "/legalProfile") && !strings.HasPrefix(f.Pointer, "/supportProfile") {
			t.Errorf("the fault %s says nothing to a person", f.Pointer)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got the faults %q, want %q", got, want)
	}
}

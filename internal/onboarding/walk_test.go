package onboarding_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// The walk visits every state that a partner can reach, by every command and
// by time passing, and holds V11 against each of them: there is no dead end.
//
// Two states are the same if they differ only in what no rule looks at. To keep
// the walk finite there are two distributors, two cases, one spare sending of
// the link beyond the limit, and time passes only to the next moment at which
// it changes something.

type move struct {
	name string
	by   Role // who makes it, "" for time and the system
	make func(s story) (Event, error)
}

func (s story) relationshipOf(d Distributor) string {
	id := "none"
	for _, r := range s.p.Relationships {
		if r.DistributorID == d.ID {
			id = r.ID
		}
	}
	return id
}

// link is the secret of the open link: the story's newest one.
func (s story) link() string { return fmt.Sprintf("link-%d-%d", s.p.Cases, s.p.Case.Link.Sends) }

func other() BusinessInfo {
	info := contoso()
	info.Legal.PrimaryContact.Email, info.Legal.LegalName = "emil@contoso.example", ""
	return info
}

func moves() []move {
	list := []move{
		{"save", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.SaveBusinessInfo(contoso(), s.p.InfoRevision, s.stamp(globalAdmin))
		}},
		{"save something incomplete", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.SaveBusinessInfo(other(), s.p.InfoRevision, s.stamp(globalAdmin))
		}},
		{"submit", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.Submit(knowledge, fmt.Sprintf("case-%d", s.p.Cases+1), fmt.Sprintf("link-%d-1", s.p.Cases+1), s.stamp(globalAdmin))
		}},
		{"resend", RoleGlobalAdmin, func(s story) (Event, error) {
			sends := 0
			if s.p.Case != nil {
				sends = s.p.Case.Link.Sends
			}
			return s.p.ResendOwnershipLink(fmt.Sprintf("link-%d-%d", s.p.Cases, sends+1), s.stamp(globalAdmin))
		}},
		{"confirm", "", func(s story) (Event, error) {
			if s.p.Case == nil {
				return s.p.ConfirmOwnership("link-0-0", s.system())
			}
			return s.p.ConfirmOwnership(s.link(), s.system())
		}},
		{"tick", "", func(s story) (Event, error) { return s.p.Tick(s.system()) }},
		{"escalate", "", func(s story) (Event, error) { return s.p.Escalate(s.system()) }},
		{"ask support", RoleGlobalAdmin, func(s story) (Event, error) { return s.p.RequestSupport("Please.", s.stamp(globalAdmin)) }},
		{"authorize", RoleReviewer, func(s story) (Event, error) {
			return s.p.Decide(Decide{Result: VerificationAuthorized, Note: "Fine."}, s.stamp(reviewer))
		}},
		{"reject", RoleReviewer, func(s story) (Event, error) {
			return s.p.Decide(Decide{Result: VerificationRejected, Reasons: []ReasonCode{"address_mismatch"}, Note: "Not so."}, s.stamp(reviewer))
		}},
		{"appeal", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.Appeal("We differ.", knowledge.Calendar, s.stamp(globalAdmin))
		}},
		{"authorize the appeal", RoleReviewer, func(s story) (Event, error) {
			return s.p.Decide(Decide{Result: VerificationAuthorized, Note: "Fine."}, s.stamp(otherReviewer))
		}},
		{"reject the appeal", RoleReviewer, func(s story) (Event, error) {
			return s.p.Decide(Decide{Result: VerificationRejected, Reasons: []ReasonCode{"address_mismatch"}, Note: "Still not so."}, s.stamp(otherReviewer))
		}},
		{"sign", RoleGlobalAdmin, func(s story) (Event, error) { return s.p.Accept(signature(), current, s.stamp(globalAdmin)) }},
		{"pause", "", func(s story) (Event, error) { return s.p.Pause(s.p.Round, s.system()) }},
		{"adopt", RoleReviewer, func(s story) (Event, error) { return s.p.Adopt("By hand.", s.stamp(reviewer)) }},
	}
	for _, d := range []Distributor{northwind, overseas} {
		by := Principal{UserID: "u-" + d.ID, DistributorID: d.ID}
		list = append(list,
			move{"request of " + d.Name, RoleDistributor, func(s story) (Event, error) {
				return s.p.RequestRelationship(d, fmt.Sprintf("R-%s-%d", d.ID, s.p.Version), "", s.stamp(by))
			}},
			move{"accept " + d.Name, RoleGlobalAdmin, func(s story) (Event, error) {
				return s.p.AcceptRelationship(s.relationshipOf(d), current, "PLA-1", s.stamp(globalAdmin))
			}},
			move{"decline " + d.Name, RoleGlobalAdmin, func(s story) (Event, error) {
				return s.p.DeclineRelationship(s.relationshipOf(d), "", s.stamp(globalAdmin))
			}},
			move{"end " + d.Name, RoleDistributor, func(s story) (Event, error) {
				return s.p.EndRelationship(s.relationshipOf(d), "Over.", by, s.stamp(by))
			}})
	}
	return list
}

// nextMoment is when time alone changes what a command answers.
func (s story) nextMoment() (time.Time, bool) {
	var moments []time.Time
	if at, ok := s.p.NextDeadline(); ok {
		moments = append(moments, at)
	}
	if c := s.p.Case; c != nil && c.Decision == nil && c.Check(CheckEmailOwnership).Status != CheckPassed {
		moments = append(moments, c.Link.SentAt.Add(time.Minute), c.Link.ExpiresAt)
	}
	for _, r := range s.p.Relationships {
		if r.Status == RelationshipPending {
			moments = append(moments, r.ExpiresAt)
		}
	}
	moments = slices.DeleteFunc(moments, func(at time.Time) bool { return !at.After(s.now) })
	if len(moments) == 0 {
		return time.Time{}, false
	}
	return slices.MinFunc(moments, time.Time.Compare), true
}

// key tells states apart by what rules look at.
func (s story) key() string {
	p := s.p
	var b strings.Builder
	fmt.Fprintf(&b, "info %t %t case %d %s idle %t signed %t pla %q region %q;", p.InfoRevision > 0, p.Info.Legal.LegalName != "", p.Cases, p.Verification(), p.Idle, p.Acceptance != nil, p.PLAID, p.Region)
	if c := p.Case; c != nil {
		fmt.Fprintf(&b, "%s", c.Check(CheckEmailOwnership).Status)
		if c.Decision == nil {
			sends := 6
			if p.Cases > 1 || c.Appeal != nil {
				sends = 2 // the limit was walked to in the first case
			}
			fmt.Fprintf(&b, " of %s sent %d pausing %t expired %t late %t escalated %t helped %t;", c.Link.Address, min(c.Link.Sends, sends), s.now.Before(c.Link.SentAt.Add(time.Minute)),
				!s.now.Before(c.Link.ExpiresAt), !s.now.Before(c.Latest), !c.EscalatedAt.IsZero(), !c.SupportAt.IsZero())
		}
	}
	if c := p.Case; c != nil {
		fmt.Fprintf(&b, "appealed %t can %t;", c.Appeal != nil, p.CanAppeal())
	}
	if at, ok := p.NextDeadline(); ok {
		fmt.Fprintf(&b, " due %t reminded %d;", !s.now.Before(at), p.Reminded.Count)
	}
	fmt.Fprintf(&b, "dormant %t;", !p.DormantSince.IsZero())
	for _, d := range []Distributor{northwind, overseas} {
		r, _ := p.Relationship(s.relationshipOf(d))
		status := r.StatusAt(s.now)
		switch status {
		case RelationshipDeclined, RelationshipEnded, RelationshipExpired:
			status = "closed" // the rules treat them alike
		}
		fmt.Fprintf(&b, "%s %s;", d.ID, status)
	}
	return b.String()
}

// walked is a state with the states that follow from it.
type walked struct {
	story
	next  []int
	moves []string // that lead to them
	fails []error  // of the commands that were refused
}

var (
	walkOnce sync.Once
	walkedBy []walked
)

// walk walks once; all tests look at the same states.
func walk(t *testing.T) []walked {
	t.Helper()
	walkOnce.Do(func() { walkedBy = walkAll(t) })
	return walkedBy
}

func walkAll(t *testing.T) []walked {
	t.Helper()
	s := story{t: t, now: monday}
	s.enrolled()
	s.events = nil
	states, index := []walked{{story: s}}, map[string]int{s.key(): 0}
	add := func(from int, name string, s story) {
		s.events = nil
		key := s.key()
		to, known := index[key]
		if !known {
			to = len(states)
			index[key] = to
			states = append(states, walked{story: s})
		}
		states[from].next, states[from].moves = append(states[from].next, to), append(states[from].moves, name)
	}
	for i := 0; i < len(states); i++ {
		if len(states) > 400000 {
			t.Fatal("the walk doesn't end")
		}
		s := states[i].story
		for _, m := range moves() {
			e, err := m.make(s)
			if err != nil {
				states[i].fails = append(states[i].fails, err)
				continue
			}
			next := s
			next.p = s.p.Apply(e)
			if next.p.Cases <= 2 {
				add(i, m.name, next)
			}
		}
		if at, ok := s.nextMoment(); ok {
			s.now = at
			add(i, "wait", s)
		}
	}
	return states
}

func TestV11_NoReachableStateIsADeadEnd(t *testing.T) {
	states := walk(t)
	seen := map[VerificationStatus]int{}
	for _, s := range states {
		seen[s.p.Verification()]++
		wantConsistent(t, s.p, &s.story)
		turn := s.p.Turn(s.now)
		held := map[Party][]string{
			PartyPartner:     {"save", "submit", "resend", "confirm", "sign", "accept Northwind"},
			PartyReviewer:    {"authorize", "reject", "reject the appeal"},
			PartyDistributor: {"request of Northwind"},
		}
		if who := turn.Who; who != PartyNobody && !slices.ContainsFunc(held[who], func(name string) bool { return slices.Contains(s.moves, name) }) {
			t.Errorf("it is the turn of the %s (%s), who can do nothing: %s", who, turn.Code, s.key())
		}
		if turn.Who == PartyReviewer && turn.By.IsZero() {
			t.Errorf("the reviewer owes a decision by no date: %s", s.key())
		}
		// What is asked of the partner succeeds when it is tried.
		asked := map[string][]string{
			"business_info": {"save", "submit"}, "business_info_correction": {"save", "submit"}, "email_ownership": {"resend", "confirm"},
			"agreement": {"sign"}, "distributor": {"accept Northwind"}, "verification": {"reject", "reject the appeal"}, "verification_overdue": {"reject", "reject the appeal"}, "distributor_request": {"request of Northwind"},
		}
		doc := s.p.Requirements(s.now)
		for _, r := range slices.Concat(doc.PastDue, doc.DueNow, doc.BeingVerified) {
			if !slices.ContainsFunc(asked[r.Code], func(name string) bool { return slices.Contains(s.moves, name) }) {
				t.Errorf("%s is asked for, but refused: %s", r.Code, s.key())
			}
		}
		if s.p.Verification() == VerificationOverdue && s.p.Case.SupportAt.IsZero() && !slices.Contains(s.moves, "ask support") {
			t.Errorf("V6: overdue, and support can't be asked: %s", s.key())
		}
	}
	for _, status := range []VerificationStatus{VerificationNotStarted, VerificationPending, VerificationUnderReview, VerificationOverdue, VerificationRejected, VerificationAuthorized} {
		if seen[status] == 0 {
			t.Errorf("the walk never came by %s", status)
		}
	}
	t.Logf("%d states: %v", len(states), seen)
}

func TestV11_FromEveryStateThereIsAWayToTransacting(t *testing.T) {
	states := walk(t)
	before := make([][]int, len(states))
	var todo []int
	good := make([]bool, len(states))
	for i, s := range states {
		for _, n := range s.next {
			before[n] = append(before[n], i)
		}
		if s.p.Eligibility("", current, s.now).Eligible {
			good[i], todo = true, append(todo, i)
		}
	}
	if len(todo) == 0 {
		t.Fatal("nobody ever gets there")
	}
	for len(todo) > 0 {
		i := todo[0]
		todo = todo[1:]
		for _, b := range before[i] {
			if !good[b] {
				good[b], todo = true, append(todo, b)
			}
		}
	}
	for i, s := range states {
		if !good[i] && s.p.Cases < 2 {
			t.Errorf("no way leads on from %s", s.key())
		}
	}
}

func TestO1_PassedWaitsStayPassedUntilTheRulesTakeThemBack(t *testing.T) {
	states := walk(t)
	for _, s := range states {
		was := outcomes(s.p)
		for i, n := range s.next {
			is := outcomes(states[n].p)
			taken := map[string][]WaitName{
				"reject the appeal": {WaitBusinessInfo},
				"appeal":            {WaitDecision, WaitEscalatedDecision},                // V11: the case is open again
				"reject":            {WaitBusinessInfo},                                   // V4: the details can be edited again
				"submit":            {WaitDecision, WaitEscalatedDecision},                // V1: a new case is open
				"end Northwind":     {WaitDistributor}, "end Overseas": {WaitDistributor}, // D4
			}[s.moves[i]]
			for w, o := range was {
				if _, still := is[w]; !still && o != OutcomeDormant && !slices.Contains(taken, w) {
					t.Errorf("%q took %s back: %s", s.moves[i], w, s.key())
				}
				if now := is[w]; now != o && now != "" && o != OutcomeOverdue && o != OutcomeDormant {
					t.Errorf("%q made %s of %s at %s", s.moves[i], now, o, w)
				}
			}
		}
	}
}

// refusalsOfTheWalk are the different refusals of all commands in all states.
func refusalsOfTheWalk(t *testing.T) []error {
	t.Helper()
	seen, list := map[string]bool{}, []error{}
	for _, s := range walk(t) {
		for _, err := range s.fails {
			if !seen[err.Error()] {
				seen[err.Error()] = true
				list = append(list, err)
			}
		}
	}
	return list
}

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
// it changes something. It is walked six times: without documents; with them,
// and with the acts of operators, both in the first case and with one
// distributor; with corrections of the contact, up to the first decision; and from
// an authorization on, with a change of the details (V7); and with suspensions, leaving and coming back
// (A8).

// land is a part of the world that is walked by itself.
type land struct {
	cases        int
	documents    bool
	operators    bool
	distributors []Distributor
	sends        int // of the link in the first case
	without      []string
	standing     bool               // with suspensions, leaving and coming back (A8)
	changes      bool               // with the moves that change submitted details
	start        func(*story)       // where it is entered, nil for the enrolment
	end          func(Partner) bool // beyond which nothing is walked
}

var lands = []land{
	{cases: 2, distributors: []Distributor{northwind, overseas}, sends: 6},
	{cases: 2, documents: true, distributors: []Distributor{northwind}, sends: 2, without: []string{"save something incomplete", "pause", "adopt", "decline Northwind", "end Northwind"}},
	{cases: 2, operators: true, distributors: []Distributor{northwind}, sends: 1, without: []string{"save something incomplete", "pause", "adopt", "decline Northwind", "end Northwind"}},
	{cases: 1, changes: true, sends: 6, distributors: []Distributor{northwind}, without: []string{"save", "save something incomplete", "pause", "adopt", "request of Northwind", "change the contact", "change both"},
		start: func(s *story) {
			s.saved(contoso()).tell(s.p.Submit(knowledge, "case-1", "link-1-1", s.stamp(globalAdmin)))
		}, end: func(p Partner) bool {
			return p.Verification() == VerificationAuthorized || p.Verification() == VerificationRejected
		}},
	{cases: 2, changes: true, sends: 2, distributors: []Distributor{northwind}, without: []string{"decline Northwind", "end Northwind", "pause", "adopt", "correct the contact"},
		start: func(s *story) { s.authorized() }},
	{cases: 1, standing: true, sends: 1, distributors: []Distributor{northwind}, without: []string{"pause", "adopt", "end Northwind"},
		start: func(s *story) { s.onboarded() }},
}

type move struct {
	name string
	by   Role // who makes it, "" for time and the system
	make func(s story) (Event, error)
}

// aboutDocuments are the moves that only one land has.
var aboutDocuments = []string{"ask for documents", "upload what was asked for", "find malware", "reopen the request"}

// aboutChanges are the moves that two lands have.
var aboutChanges = []string{"correct the contact", "change the contact", "change the address", "change both", "withdraw the change"}

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
func (s story) link() string {
	if s.p.Case == nil {
		return "link-0-0"
	}
	return fmt.Sprintf("link-%d-%d", s.p.Cases, s.p.Case.Link.Sends)
}

// nextLink is the secret of the link that would be sent next in the open case.
func (s story) nextLink() string {
	if s.p.Case == nil {
		return "link-0-0"
	}
	return fmt.Sprintf("link-%d-%d", s.p.Cases, s.p.Case.Link.Sends+1)
}

func (s story) change(edits ...func(*BusinessInfo)) (Event, error) {
	n := s.p.Cases + 1
	return s.p.ChangeBusinessInfo(edited(edits...), s.p.InfoRevision, knowledge, fmt.Sprintf("case-%d", n), fmt.Sprintf("link-%d-1", n), s.stamp(globalAdmin))
}

// looked is a decision on the case that is open.
func (s story) looked(d Decide) Decide {
	if s.p.Case != nil {
		d.CaseID = s.p.Case.ID
	}
	return d
}

func other() BusinessInfo {
	info := contoso()
	info.Legal.PrimaryContact.Email, info.Legal.LegalName = "emil@contoso.example", ""
	return info
}

// moves are those of a land.
func (l land) moves() []move {
	return slices.DeleteFunc(moves(), func(m move) bool {
		return slices.Contains(l.without, m.name) || strings.HasSuffix(m.name, overseas.Name) && len(l.distributors) == 1 || slices.Contains(aboutDocuments, m.name) && !l.documents || slices.Contains(ofOperators, m.name) && !l.operators || slices.Contains(aboutChanges, m.name) && !l.changes || slices.Contains(aboutStanding, m.name) && !l.standing
	})
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
			return s.p.ConfirmOwnership(s.link(), s.system())
		}},
		{"tick", "", func(s story) (Event, error) { return s.p.Tick(s.system()) }},
		{"escalate", "", func(s story) (Event, error) { return s.p.Escalate(s.system()) }},
		{"ask support", RoleGlobalAdmin, func(s story) (Event, error) { return s.p.RequestSupport("Please.", s.stamp(globalAdmin)) }},
		{"authorize", RoleReviewer, func(s story) (Event, error) {
			return s.p.Decide(s.looked(Decide{Result: VerificationAuthorized, Note: "Fine."}), s.stamp(reviewer))
		}},
		{"reject", RoleReviewer, func(s story) (Event, error) {
			return s.p.Decide(s.looked(Decide{Result: VerificationRejected, Reasons: []ReasonCode{"address_mismatch"}, Note: "Not so."}), s.stamp(reviewer))
		}},
		{"appeal", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.Appeal("We differ.", knowledge.Calendar, s.stamp(globalAdmin))
		}},
		{"authorize the appeal", RoleReviewer, func(s story) (Event, error) {
			return s.p.Decide(s.looked(Decide{Result: VerificationAuthorized, Note: "Fine."}), s.stamp(otherReviewer))
		}},
		{"reject the appeal", RoleReviewer, func(s story) (Event, error) {
			return s.p.Decide(s.looked(Decide{Result: VerificationRejected, Reasons: []ReasonCode{"address_mismatch"}, Note: "Still not so."}), s.stamp(otherReviewer))
		}},
		{"ask for documents", RoleReviewer, func(s story) (Event, error) {
			return s.p.RequestDocuments(RequestDocuments{Groups: []DocumentGroup{anyOf("bank_statement", "tax_certificate")}, Note: "To be sure."}, fmt.Sprintf("request-%d", s.p.Version), knowledge.Calendar, s.stamp(reviewer))
		}},
		{"upload what was asked for", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.ReceiveDocument(Received{Upload: upload("tax_certificate"), ID: fmt.Sprintf("doc-%d", s.p.Version), SHA256: sha("doc")}, knowledge.Calendar, s.stamp(globalAdmin))
		}},
		{"find malware", "", func(s story) (Event, error) {
			id := "none"
			if s.p.Case != nil {
				for _, d := range s.p.Case.Documents {
					id = d.ID
				}
			}
			return s.p.RecordScan(id, ScanInfected, knowledge.Calendar, s.system())
		}},
		{"reopen the request", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.ReopenRequest(knowledge.Calendar, s.stamp(globalAdmin))
		}},
		{"correct the contact", RoleGlobalAdmin, func(s story) (Event, error) {
			return s.p.ChangeBusinessInfo(edited(otherContact), s.p.InfoRevision, knowledge, "", s.nextLink(), s.stamp(globalAdmin))
		}},
		{"change the contact", RoleGlobalAdmin, func(s story) (Event, error) { return s.change(otherContact) }},
		{"change the address", RoleGlobalAdmin, func(s story) (Event, error) { return s.change(otherStreet) }},
		{"change both", RoleGlobalAdmin, func(s story) (Event, error) { return s.change(otherContact, otherStreet) }},
		{"withdraw the change", RoleGlobalAdmin, func(s story) (Event, error) { return s.p.WithdrawChange(s.stamp(globalAdmin)) }},
		{"sign", RoleGlobalAdmin, func(s story) (Event, error) { return s.p.Accept(signature(), current, s.stamp(globalAdmin)) }},
		{"pause", "", func(s story) (Event, error) { return s.p.Pause(s.p.Round, s.system()) }},
		{"adopt", RoleReviewer, func(s story) (Event, error) { return s.p.Adopt("By hand.", s.stamp(reviewer)) }},
	}
	list = append(list, operatorMoves()...)
	list = append(list, standingMoves()...)
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

// chasing says that the case is overdue and its clock runs: from then on staff
// is asked again and again, which changes nothing else.
func (s story) chasing() bool {
	c := s.p.Case
	return c != nil && c.Decision == nil && !c.EscalatedAt.IsZero() && c.PausedAt.IsZero()
}

// nextMoment is when time alone changes what a command answers.
func (s story) nextMoment() (time.Time, bool) {
	var moments []time.Time
	if at, ok := s.p.NextDeadline(); ok && !s.chasing() {
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
func (s story) key(l land) string {
	p := s.p
	var b strings.Builder
	fmt.Fprintf(&b, "info %t %t case %d %s idle %t signed %t pla %q region %q;", p.InfoRevision > 0, p.Info.Legal.LegalName != "", p.Cases, p.Verification(), p.Idle, p.Acceptance != nil, p.PLAID, p.Region)
	if c := p.Case; c != nil {
		fmt.Fprintf(&b, "%s", c.Check(CheckEmailOwnership).Status)
		if c.Decision == nil {
			sends := l.sends
			if p.Cases > 1 || c.Appeal != nil {
				sends = min(2, l.sends) // the limit was walked to in the first case
			}
			fmt.Fprintf(&b, " of %s sent %d pausing %t expired %t late %t escalated %t helped %t;", c.Link.Address, min(c.Link.Sends, sends), s.now.Before(c.Link.SentAt.Add(time.Minute)),
				!s.now.Before(c.Link.ExpiresAt), !s.now.Before(c.Latest), !c.EscalatedAt.IsZero(), !c.SupportAt.IsZero())
		}
	}
	b.WriteString(s.operatorKey())
	b.WriteString(s.standingKey())
	if c := p.Case; c != nil {
		fmt.Fprintf(&b, "appealed %t can %t;", c.Appeal != nil, p.CanAppeal())
		if c.Change != nil {
			fmt.Fprintf(&b, "change %v of %s in %s;", c.Change.Parts, p.ContactEmail(), p.Info.Legal.Address.Lines[0])
		}
	}
	if c := p.Case; c != nil && c.Decision == nil && (c.Request != nil || len(c.Documents) > 0) {
		pending := slices.ContainsFunc(c.Documents, func(d Document) bool { return d.Scan == ScanPending })
		fmt.Fprintf(&b, "paused %t", !c.PausedAt.IsZero())
		if c.Request != nil {
			fmt.Fprintf(&b, " missing %d expired %t reminded %d asked %d", len(c.Missing()), !c.Request.ExpiredAt.IsZero(), c.Request.Reminded, min(c.Requests, 1))
		}
		fmt.Fprintf(&b, " scanning %t;", pending)
	}
	if at, ok := p.NextDeadline(); ok && !s.chasing() {
		fmt.Fprintf(&b, " due %t reminded %d;", !s.now.Before(at), p.Reminded.Count)
	}
	fmt.Fprintf(&b, "dormant %t;", !p.DormantSince.IsZero())
	for _, d := range l.distributors {
		r, _ := p.Relationship(s.relationshipOf(d))
		status := r.StatusAt(s.now)
		switch status {
		case RelationshipDeclined, RelationshipEnded, RelationshipExpired, RelationshipCancelled:
			status = "closed" // the rules treat them alike
		}
		fmt.Fprintf(&b, "%s %s %t;", d.ID, status, status == RelationshipPending && !r.RemindedAt.IsZero())
	}
	return b.String()
}

// walked is a state with the states that follow from it.
type walked struct {
	story
	land  land
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
	walkOnce.Do(func() {
		for i, l := range lands {
			if i == 0 && testing.Short() {
				continue // the larger one
			}
			first := len(walkedBy)
			for _, s := range walkAll(t, l) {
				for i := range s.next {
					s.next[i] += first
				}
				walkedBy = append(walkedBy, s)
			}
		}
	})
	return walkedBy
}

func walkAll(t *testing.T, l land) []walked {
	t.Helper()
	moves := l.moves()
	s := story{t: t, now: monday}
	s.enrolled()
	if l.start != nil {
		l.start(&s)
	}
	s.events = nil
	states, index := []walked{{story: s, land: l}}, map[string]int{s.key(l): 0}
	add := func(from int, name string, s story) {
		s.events = nil
		key := s.key(l)
		to, known := index[key]
		if !known {
			to = len(states)
			index[key] = to
			states = append(states, walked{story: s, land: l})
		}
		states[from].next, states[from].moves = append(states[from].next, to), append(states[from].moves, name)
	}
	for i := 0; i < len(states); i++ {
		if len(states) > 400000 {
			t.Fatal("the walk doesn't end")
		}
		s := states[i].story
		if l.end != nil && l.end(s.p) {
			continue
		}
		for _, m := range moves {
			if s.p.Cases > 1 && (slices.Contains(aboutDocuments, m.name) || slices.Contains(ofOperators, m.name)) {
				continue // walked in the first case
			}
			if s.unlikely(m.name) {
				continue
			}
			e, err := m.make(s)
			if err != nil {
				states[i].fails = append(states[i].fails, err)
				continue
			}
			next := s
			next.p = s.p.Apply(e)
			if next.p.Cases <= l.cases {
				add(i, m.name, next)
			}
		}
		if at, ok := s.nextMoment(); ok && !slices.Contains(l.without, "wait") {
			s.now = at
			add(i, "wait", s)
		}
	}
	return states
}

// held are the moves with which a party can do what it owes.
var held = map[Party][]string{
	PartyPartner:     {"upload what was asked for", "reopen the request", "save", "submit", "resend", "confirm", "sign", "accept Northwind", "answer the suspension", "withdraw the change"},
	PartyReviewer:    {"authorize", "reject", "reject the appeal", "take over", "reinstate"},
	PartyDistributor: {"request of Northwind"},
}

// asked are the moves one of which must succeed when a requirement is asked.
var asked = map[string][]string{
	"business_info": {"save", "submit"}, "business_info_correction": {"save", "submit"}, "email_ownership": {"resend", "confirm"},
	"documents": {"upload what was asked for"}, "documents_expired": {"reopen the request"},
	"verification": {"reject", "reject the appeal", "take over"}, "verification_overdue": {"reject", "reject the appeal", "take over"}, "verification_look_again": {"reject", "reject the appeal", "take over"},
	"change_email_ownership": {"resend", "confirm"}, "change_verification": {"reject", "reject the appeal"}, "change_verification_overdue": {"reject", "reject the appeal"}, // its operators' acts are those of any case
	"suspension_answer": {"answer the suspension"}, "suspension_change": {"answer the suspension", "withdraw the change"}, "suspension_review": {"reinstate"},
	"agreement": {"sign"}, "distributor": {"accept Northwind"}, "distributor_request": {"request of Northwind"},
}

// deadEnds says why a state is one (V11): what is owed can't be done, or by no
// date that a sweep enforces.
func (s walked) deadEnds() (why []string) {
	can := func(names []string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return slices.Contains(s.moves, name) })
	}
	if s.land.end != nil && s.land.end(s.p) {
		return nil
	}
	turn := s.p.Turn(s.now)
	if who := turn.Who; who != PartyNobody && !can(held[who]) {
		why = append(why, fmt.Sprintf("it is the turn of the %s (%s), who can do nothing", who, turn.Code))
	}
	if turn.Who == PartyReviewer {
		deadline, enforced := s.p.NextDeadline()
		if turn.By.IsZero() {
			why = append(why, "the reviewer owes a decision by no date")
		} else if !enforced || deadline.After(turn.By) || !s.chasing() && !can([]string{"wait", "tick"}) {
			why = append(why, "no sweep enforces the date by which the reviewer owes a decision")
		}
	}
	doc := s.p.Requirements(s.now)
	for _, r := range slices.Concat(doc.PastDue, doc.DueNow, doc.BeingVerified) {
		if !can(asked[r.Code]) {
			why = append(why, r.Code+" is asked for, but refused")
		}
	}
	if s.p.Verification() == VerificationOverdue && s.p.Case.SupportAt.IsZero() && !can([]string{"ask support"}) {
		why = append(why, "V6: overdue, and support can't be asked")
	}
	return why
}

// lost are the states from which no way leads to transacting.
func lost(states []walked) (list []walked) {
	before := make([][]int, len(states))
	var todo []int
	good := make([]bool, len(states))
	for i, s := range states {
		for _, n := range s.next {
			before[n] = append(before[n], i)
		}
		if s.p.Eligibility(EligibilityQuestion{Agreement: current, At: s.now}).Eligible || s.land.end != nil && s.land.end(s.p) {
			good[i], todo = true, append(todo, i)
		}
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
		if !good[i] && s.p.Cases < 2 { // a third case isn't walked
			list = append(list, s)
		}
	}
	return list
}

func TestV11_NoReachableStateIsADeadEnd(t *testing.T) {
	states := walk(t)
	seen, transitions, dead := map[VerificationStatus]int{}, 0, 0
	for _, s := range states {
		seen[s.p.Verification()]++
		transitions += len(s.next)
		wantConsistent(t, s.p, &s.story)
		for _, why := range s.deadEnds() {
			dead++
			t.Errorf("%s: %s", why, s.key(s.land))
		}
	}
	for _, status := range []VerificationStatus{VerificationNotStarted, VerificationPending, VerificationDocumentsRequested, VerificationExpired, VerificationUnderReview, VerificationCannotComplete, VerificationOverdue, VerificationRejected, VerificationAuthorized, VerificationWithdrawn} {
		if seen[status] == 0 {
			t.Errorf("the walk never came by %s", status)
		}
	}
	fmt.Printf("V11: %d states, %d transitions, %d dead ends; by status of the verification %v\n", len(states), transitions, dead, seen)
}

func TestV11_FromEveryStateThereIsAWayToTransacting(t *testing.T) {
	for _, s := range lost(walk(t)) {
		t.Errorf("no way leads on from %s", s.key(s.land))
	}
}

func TestV11_TheWalkNoticesATransitionThatIsMissing(t *testing.T) {
	if testing.Short() {
		t.Skip("walks twelve times more")
	}
	t.Parallel()
	one := []Distributor{northwind}
	plain := land{cases: 2, distributors: one, sends: 1, without: append([]string{"appeal"}, lands[1].without...)}
	papers := land{cases: 1, documents: true, distributors: one, sends: 1, without: append([]string{"appeal", "sign"}, lands[1].without...)}
	count := func(l land) (n int) {
		states := walkAll(t, l)
		for _, s := range states {
			if l.cases > 1 || s.p.Verification() != VerificationAuthorized && s.p.Verification() != VerificationRejected {
				n += len(s.deadEnds())
			}
		}
		if l.cases > 1 {
			n += len(lost(states))
		}
		return n
	}
	for _, c := range []struct {
		land    land
		missing [][]string
	}{
		{plain, [][]string{{"save", "submit"}, {"submit"}, {"resend"}, {"authorize", "authorize the appeal"}, {"reject", "reject the appeal"}, {"ask support"}, {"sign"}, {"request of Northwind"}, {"accept Northwind"}, {"wait"}}},
		{papers, [][]string{{"upload what was asked for"}, {"reopen the request"}}},
	} {
		if n := count(c.land); n > 0 {
			t.Fatalf("%d dead ends with every transition there", n)
		}
		for _, missing := range c.missing {
			l := c.land
			l.without = slices.Concat(l.without, missing)
			if n := count(l); n == 0 {
				t.Errorf("without %v the walk finds no dead end", missing)
			} else {
				t.Logf("without %v: %d dead ends", missing, n)
			}
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
				"extend":            {WaitDecision},                                       // O2: it isn't overdue any more
				"appeal":            {WaitDecision, WaitEscalatedDecision},                // V11: the case is open again
				"reject":            {WaitBusinessInfo},                                   // V4: the details can be edited again
				"submit":            {WaitDecision, WaitEscalatedDecision},                // V1: a new case is open
				"end Northwind":     {WaitDistributor}, "end Overseas": {WaitDistributor}, // D4
			}[s.moves[i]]
			for w, o := range was {
				if _, still := is[w]; !still && o != OutcomeDormant && !slices.Contains(taken, w) {
					t.Errorf("%q took %s back: %s", s.moves[i], w, s.key(s.land))
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

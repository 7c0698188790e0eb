package onboarding

import (
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// ActorKind says on whose side an actor is.
type ActorKind string

// Kinds of actors.
const (
	ActorPartner     ActorKind = "partner"
	ActorStaff       ActorKind = "staff"
	ActorDistributor ActorKind = "distributor"
	ActorSystem      ActorKind = "system"  // a deadline, the workflow
	ActorContact     ActorKind = "contact" // holder of a one-time link, not signed in
)

// Actor is who did what an event tells.
type Actor struct {
	Kind          ActorKind `json:"kind"`
	UserID        string    `json:"userId,omitzero"`
	Name          string    `json:"name,omitzero"`
	Email         string    `json:"email,omitzero"`
	DistributorID string    `json:"distributorId,omitzero"`
	TenantID      string    `json:"tenantId,omitzero"`
}

// Stamp is what a command needs besides its content: an id for its event, the
// time, and who acts.
type Stamp struct {
	EventID string    // fresh for each attempt, so that an own write is recognised
	At      time.Time // UTC
	By      Actor
}

// at is the time as events and the table keep it: whole milliseconds, in UTC.
// A partner made anew from its stored events is then the stored partner.
func (s Stamp) at() time.Time { return s.At.UTC().Truncate(time.Millisecond) }

// EventType names what happened; stored and shown, never renamed.
type EventType string

// Event is one thing that happened to a partner: the audit trail's entry, the
// timeline's row and the cause of what must follow.
type Event struct {
	ID        string
	PartnerID string
	Sequence  int // 1 for the first; equals the partner's version after it
	At        time.Time
	Actor     Actor
	Data      EventData
	Round     int        // the workflow's round that this event starts, 0 for none
	Follow    []Follow   // what must follow, recorded with the event and sent until done
	Clock     *ClockMove // when the event moved a test partner's clock, nil else
	Public    *Public    // what it tells other systems, nil for nothing
}

// EventData is an event's content.
type EventData interface {
	Type() EventType
	apply(p *Partner, e Event)
}

// Follow is one consequence of an event. Exactly one member is set.
type Follow struct {
	Mail                *Mail                `json:"mail,omitempty"`
	StartRound          *StartRound          `json:"startRound,omitempty"`
	FinishWait          *FinishWait          `json:"finishWait,omitempty"`
	StartReverification *StartReverification `json:"startReverification,omitempty"`
	StartDirectBill     *StartDirectBill     `json:"startDirectBill,omitempty"`
	LiftSuppression     *LiftSuppression     `json:"liftSuppression,omitempty"`
	AskToJoin           *AskToJoin           `json:"askToJoin,omitempty"`
	Publish             *Publish             `json:"publish,omitempty"`
}

// Publish puts the event on the bus, as Event.Published tells it.
type Publish struct{}

// LiftSuppression has the mail service send to an address again that it held
// back after a failure.
type LiftSuppression struct {
	Address string `json:"address"`
}

// MailTemplate names a message.
type MailTemplate string

// The messages the rules send.
const (
	MailEnrolled               MailTemplate = "enrolled"
	MailOwnershipLink          MailTemplate = "ownershipLink"
	MailMembershipLink         MailTemplate = "membershipLink"   // E5
	MailMembershipLinked       MailTemplate = "membershipLinked" // E5
	MailVerificationOpened     MailTemplate = "verificationOpened"
	MailVerificationAuthorized MailTemplate = "verificationAuthorized"
	MailVerificationRejected   MailTemplate = "verificationRejected"
	MailVerificationOverdue    MailTemplate = "verificationOverdue"
	MailCaseEscalated          MailTemplate = "caseEscalated"
	MailSupportRequested       MailTemplate = "supportRequested"
	MailAgreementAccepted      MailTemplate = "agreementAccepted"
	MailAgreementAnnounced     MailTemplate = "agreementAnnounced"
	MailAgreementReacceptance  MailTemplate = "agreementReacceptance"
	MailAgreementLapsed        MailTemplate = "agreementLapsed"
	MailDistributorRequest     MailTemplate = "distributorRequest"
	MailRelationshipActive     MailTemplate = "relationshipActive"
	MailRelationshipEnded      MailTemplate = "relationshipEnded"
	MailRequestReminder        MailTemplate = "requestReminder"
	MailRequestExpired         MailTemplate = "requestExpired"
	MailRequestCancelled       MailTemplate = "requestCancelled"
	MailResellerAccepted       MailTemplate = "resellerAccepted"
	MailResellerDeclined       MailTemplate = "resellerDeclined"
	MailResellerEnded          MailTemplate = "resellerEnded"
	MailResellerExpired        MailTemplate = "resellerExpired"
	MailSuspensionAnnounced    MailTemplate = "suspensionAnnounced"
	MailSuspended              MailTemplate = "suspended"
	MailSuspensionAnswered     MailTemplate = "suspensionAnswered"
	MailSuspensionUpheld       MailTemplate = "suspensionUpheld"
	MailSuspensionLifted       MailTemplate = "suspensionLifted"
	MailReinstated             MailTemplate = "reinstated"
	MailLeftProgramme          MailTemplate = "leftProgramme"
	MailCameBack               MailTemplate = "cameBack"
	MailResellerStanding       MailTemplate = "resellerStanding"
	MailStepReminder           MailTemplate = "stepReminder"
	MailDormant                MailTemplate = "dormant"
	MailCaseDueSoon            MailTemplate = "caseDueSoon"
	MailChangeRequested        MailTemplate = "changeRequested"
	MailChangeAuthorized       MailTemplate = "changeAuthorized"
	MailChangeRejected         MailTemplate = "changeRejected"
	MailChangeWithdrawn        MailTemplate = "changeWithdrawn"
	MailChangeReminder         MailTemplate = "changeReminder"
	MailContactCorrected       MailTemplate = "contactCorrected"
	MailAppealReceived         MailTemplate = "appealReceived"
	MailDocumentsRequested     MailTemplate = "documentsRequested"
	MailDocumentsComplete      MailTemplate = "documentsComplete"
	MailDocumentsReminder      MailTemplate = "documentsReminder"
	MailDocumentsExpired       MailTemplate = "documentsExpired"
	MailDocumentRefused        MailTemplate = "documentRefused"
	MailAppealOpened           MailTemplate = "appealOpened"
	MailDirectBillSubmitted    MailTemplate = "directBillSubmitted"
	MailDirectBillApproved     MailTemplate = "directBillApproved"
	MailDirectBillDeclined     MailTemplate = "directBillDeclined"
	MailDirectBillActive       MailTemplate = "directBillActive"
	MailDirectBillReminder     MailTemplate = "directBillReminder"
	MailDirectBillStaff        MailTemplate = "directBillStaff"
	MailVerificationExtended   MailTemplate = "verificationExtended"
	MailVerificationSetAside   MailTemplate = "verificationSetAside"
	MailCaseLookAgain          MailTemplate = "caseLookAgain"
	MailAddressBroken          MailTemplate = "mailAddressBroken"
	MailLocationRegion         MailTemplate = "locationRegion"
	MailWorkEmailChanged       MailTemplate = "workEmailChanged"
	MailUserInvited            MailTemplate = "userInvited"
	MailUserChanged            MailTemplate = "userChanged"
	MailHandoverOffered        MailTemplate = "handoverOffered"
	MailJoinRequested          MailTemplate = "joinRequested"
	MailJoinProof              MailTemplate = "joinProof"
)

// MailToStaff as a recipient stands for the staff's configured address.
const MailToStaff = "staff"

// Mail is a message that follows from an event.
type Mail struct {
	Template MailTemplate      `json:"template"`
	To       string            `json:"to"` // address, MailToStaff or MailToDistributor
	Params   map[string]string `json:"params,omitempty"`
	Test     bool              `json:"test,omitzero"` // of a test partner: the subject says so
}

// ProvesMailbox says that a message holds a one-time link for whoever reads the
// mailbox, about whom nothing is known yet.
func (t MailTemplate) ProvesMailbox() bool {
	return t == MailOwnershipLink || t == MailMembershipLink
}

// StartRound starts the workflow's next execution.
type StartRound struct {
	Round int `json:"round"`
}

// Apply returns the partner after the event. Events must be applied in
// sequence; a gap is a programming error and panics.
func (p Partner) Apply(e Event) Partner {
	if e.Sequence != p.Version+1 {
		panic(fmt.Sprintf("onboarding: event %d applied to version %d", e.Sequence, p.Version))
	}
	next := p
	next.Version = e.Sequence
	if e.Round > 0 {
		next.Round, next.Idle, next.Failure = e.Round, false, nil
	}
	if e.Clock != nil {
		next.ClockAhead, next.ClockTarget = e.Clock.Ahead, e.Clock.Target
	}
	if e.Public != nil {
		next.LastPublic = e.Sequence
	}
	acts := e.Data.Type() != TestClockAdvanced{}.Type() && !ofDirectBill(e.Data) // neither is a step of the onboarding
	if acts && (e.Actor.Kind == ActorPartner || e.Actor.Kind == ActorContact) {
		next.ActedAt, next.DormantSince = e.At, time.Time{}
	}
	e.Data.apply(&next, e)
	if next.Idle || next.Onboarded() {
		next.Failure = nil // no execution is needed any more
	}
	return next
}

// event makes the next event of the partner. Its mails to the partner say what
// is next once it has happened (T2); only the ownership link's says nothing but
// to confirm.
func (p Partner) event(s Stamp, data EventData, follow ...Follow) Event {
	e := Event{ID: s.EventID, PartnerID: p.ID, Sequence: p.Version + 1, At: s.at(), Actor: s.By, Data: data, Follow: follow}
	after := p.Apply(e)
	e.Public = p.publish(after, e)
	e.Follow = append(after.reaching(follow), p.leaving(after)...)
	turn := after.Turn(e.At)
	if ofDirectBill(data) {
		turn = after.DirectBillTurn(e.At)
	}
	for _, f := range e.Follow {
		if f.Mail != nil && after.Test {
			f.Mail.Test = true
		}
		if m := f.Mail; m != nil && OfPartner(m.To) && !m.Template.speaksForItself() {
			m.Params["next"] = turn.Sentence()
			if turn.Where != "" && turn.Who == PartyPartner {
				m.Params["nextLink"] = turn.Where
			}
		}
	}
	return e
}

// progress makes the next event of the partner and, when no execution is open
// that could meet it, starts the workflow's next round.
func (p Partner) progress(s Stamp, data EventData, follow ...Follow) Event {
	e := p.event(s, data, follow...)
	if p.Idle || p.Round == 0 {
		e.Round = p.Round + 1
		e.Follow = append(e.Follow, Follow{StartRound: &StartRound{Round: e.Round}})
	}
	return e
}

// send makes the consequence that sends a message.
func send(template MailTemplate, to string, params map[string]string) Follow {
	return Follow{Mail: &Mail{Template: template, To: to, Params: maps.Clone(params)}} // its own: what is next differs
}

// eventTypes makes an empty EventData for each type; the test of this package
// fails when one is missing.
var eventTypes = map[EventType]func() EventData{
	Enrolled{}.Type():                      func() EventData { return &Enrolled{} },
	TestClockAdvanced{}.Type():             func() EventData { return &TestClockAdvanced{} },
	BusinessInfoSaved{}.Type():             func() EventData { return &BusinessInfoSaved{} },
	BusinessInfoSubmitted{}.Type():         func() EventData { return &BusinessInfoSubmitted{} },
	OwnershipLinkSent{}.Type():             func() EventData { return &OwnershipLinkSent{} },
	MembershipLinkSent{}.Type():            func() EventData { return &MembershipLinkSent{} },
	MembershipConfirmed{}.Type():           func() EventData { return &MembershipConfirmed{} },
	SupportInfoSubmitted{}.Type():          func() EventData { return &SupportInfoSubmitted{} },
	OwnershipConfirmed{}.Type():            func() EventData { return &OwnershipConfirmed{} },
	VerificationEscalated{}.Type():         func() EventData { return &VerificationEscalated{} },
	SupportRequested{}.Type():              func() EventData { return &SupportRequested{} },
	VerificationDecided{}.Type():           func() EventData { return &VerificationDecided{} },
	AgreementAccepted{}.Type():             func() EventData { return &AgreementAccepted{} },
	AgreementAnnounced{}.Type():            func() EventData { return &AgreementAnnounced{} },
	RenewalNotified{}.Type():               func() EventData { return &RenewalNotified{} },
	RelationshipRequested{}.Type():         func() EventData { return &RelationshipRequested{} },
	RelationshipInvitationUsed{}.Type():    func() EventData { return &RelationshipInvitationUsed{} },
	RelationshipAccepted{}.Type():          func() EventData { return &RelationshipAccepted{} },
	RelationshipDeclinedByPartner{}.Type(): func() EventData { return &RelationshipDeclinedByPartner{} },
	RelationshipTerminated{}.Type():        func() EventData { return &RelationshipTerminated{} },
	RelationshipExpiredUnanswered{}.Type(): func() EventData { return &RelationshipExpiredUnanswered{} },
	RelationshipReminded{}.Type():          func() EventData { return &RelationshipReminded{} },
	RelationshipResent{}.Type():            func() EventData { return &RelationshipResent{} },
	RelationshipTakenBack{}.Type():         func() EventData { return &RelationshipTakenBack{} },
	LocationAdded{}.Type():                 func() EventData { return &LocationAdded{} },
	LocationChanged{}.Type():               func() EventData { return &LocationChanged{} },
	LocationsRequested{}.Type():            func() EventData { return &LocationsRequested{} },
	LocationsAdded{}.Type():                func() EventData { return &LocationsAdded{} },
	LocationEnded{}.Type():                 func() EventData { return &LocationEnded{} },
	AppealRequested{}.Type():               func() EventData { return &AppealRequested{} },
	PartnerReminded{}.Type():               func() EventData { return &PartnerReminded{} },
	ReviewersReminded{}.Type():             func() EventData { return &ReviewersReminded{} },
	ReviewersChased{}.Type():               func() EventData { return &ReviewersChased{} },
	DocumentsRequested{}.Type():            func() EventData { return &DocumentsRequested{} },
	DocumentReceived{}.Type():              func() EventData { return &DocumentReceived{} },
	DocumentScanned{}.Type():               func() EventData { return &DocumentScanned{} },
	DocumentOpened{}.Type():                func() EventData { return &DocumentOpened{} },
	DocumentsReminded{}.Type():             func() EventData { return &DocumentsReminded{} },
	DocumentsExpired{}.Type():              func() EventData { return &DocumentsExpired{} },
	DocumentRequestReopened{}.Type():       func() EventData { return &DocumentRequestReopened{} },
	BusinessInfoUpdated{}.Type():           func() EventData { return &BusinessInfoUpdated{} },
	BusinessInfoChangeRequested{}.Type():   func() EventData { return &BusinessInfoChangeRequested{} },
	ChangeWithdrawn{}.Type():               func() EventData { return &ChangeWithdrawn{} },
	ContactCorrected{}.Type():              func() EventData { return &ContactCorrected{} },
	AddressFailed{}.Type():                 func() EventData { return &AddressFailed{} },
	AddressMended{}.Type():                 func() EventData { return &AddressMended{} },
	MailResent{}.Type():                    func() EventData { return &MailResent{} },
	WorkEmailChanged{}.Type():              func() EventData { return &WorkEmailChanged{} },
	SuspensionAnnounced{}.Type():           func() EventData { return &SuspensionAnnounced{} },
	SuspensionWarned{}.Type():              func() EventData { return &SuspensionWarned{} },
	PartnerSuspended{}.Type():              func() EventData { return &PartnerSuspended{} },
	SuspensionAnswered{}.Type():            func() EventData { return &SuspensionAnswered{} },
	SuspensionChased{}.Type():              func() EventData { return &SuspensionChased{} },
	SuspensionUpheld{}.Type():              func() EventData { return &SuspensionUpheld{} },
	PartnerReinstated{}.Type():             func() EventData { return &PartnerReinstated{} },
	PartnerLeft{}.Type():                   func() EventData { return &PartnerLeft{} },
	PartnerReturned{}.Type():               func() EventData { return &PartnerReturned{} },
	RoundPaused{}.Type():                   func() EventData { return &RoundPaused{} },
	RoundStarted{}.Type():                  func() EventData { return &RoundStarted{} },
	CaseClaimed{}.Type():                   func() EventData { return &CaseClaimed{} },
	CaseReassigned{}.Type():                func() EventData { return &CaseReassigned{} },
	CaseReleased{}.Type():                  func() EventData { return &CaseReleased{} },
	CaseExtended{}.Type():                  func() EventData { return &CaseExtended{} },
	CaseSetAside{}.Type():                  func() EventData { return &CaseSetAside{} },
	CaseResumed{}.Type():                   func() EventData { return &CaseResumed{} },
	DirectBillSaved{}.Type():               func() EventData { return &DirectBillSaved{} },
	DirectBillSubmitted{}.Type():           func() EventData { return &DirectBillSubmitted{} },
	DirectBillGivenUp{}.Type():             func() EventData { return &DirectBillGivenUp{} },
	DirectBillClaimed{}.Type():             func() EventData { return &DirectBillClaimed{} },
	DirectBillDecided{}.Type():             func() EventData { return &DirectBillDecided{} },
	DirectBillEscalated{}.Type():           func() EventData { return &DirectBillEscalated{} },
	DirectBillTaskDone{}.Type():            func() EventData { return &DirectBillTaskDone{} },
	DirectBillTaskReopened{}.Type():        func() EventData { return &DirectBillTaskReopened{} },
	DirectBillActivated{}.Type():           func() EventData { return &DirectBillActivated{} },
	DirectBillTasksOverdue{}.Type():        func() EventData { return &DirectBillTasksOverdue{} },
	DirectBillReminded{}.Type():            func() EventData { return &DirectBillReminded{} },
	DirectBillCustomersPlanned{}.Type():    func() EventData { return &DirectBillCustomersPlanned{} },
	StaffNoted{}.Type():                    func() EventData { return &StaffNoted{} },
	RoleGiven{}.Type():                     func() EventData { return &RoleGiven{} },
	RoleTaken{}.Type():                     func() EventData { return &RoleTaken{} },
	UserRemoved{}.Type():                   func() EventData { return &UserRemoved{} },
	UserInvited{}.Type():                   func() EventData { return &UserInvited{} },
	InvitationResent{}.Type():              func() EventData { return &InvitationResent{} },
	InvitationLapsed{}.Type():              func() EventData { return &InvitationLapsed{} },
	InvitationWithdrawn{}.Type():           func() EventData { return &InvitationWithdrawn{} },
	UserJoined{}.Type():                    func() EventData { return &UserJoined{} },
	HandoverProposed{}.Type():              func() EventData { return &HandoverProposed{} },
	HandoverEnded{}.Type():                 func() EventData { return &HandoverEnded{} },
	HandedOver{}.Type():                    func() EventData { return &HandedOver{} },
	JoinAsked{}.Type():                     func() EventData { return &JoinAsked{} },
	JoinRequested{}.Type():                 func() EventData { return &JoinRequested{} },
	JoinDeclined{}.Type():                  func() EventData { return &JoinDeclined{} },
	WorkflowFailed{}.Type():                func() EventData { return &WorkflowFailed{} },
	WorkflowRecovered{}.Type():             func() EventData { return &WorkflowRecovered{} },
}

// DecodeEventData reads an event's content from its stored JSON.
func DecodeEventData(t EventType, data []byte) (EventData, error) {
	empty, ok := eventTypes[t]
	if !ok {
		return nil, fmt.Errorf("onboarding: unknown event type %q", t)
	}
	d := empty()
	if err := json.Unmarshal(data, d); err != nil {
		return nil, fmt.Errorf("onboarding: event %s: %w", t, err)
	}
	return d, nil
}

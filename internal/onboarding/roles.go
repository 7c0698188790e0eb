package onboarding

import "time"

// Role is what a person is to a partner, or to the programme.
type Role string

// The roles. Partner roles hold for one partner; Reviewer and Distributor are
// of the programme.
const (
	RoleGlobalAdmin    Role = "GlobalAdmin"    // directory administrator of the tenant
	RoleAdminAgent     Role = "AdminAgent"     // day-to-day onboarding work
	RoleLegalAuthority Role = "LegalAuthority" // recorded as empowered to sign
	RoleMember         Role = "Member"         // signs in from the tenant, no other role
	RoleReviewer       Role = "Reviewer"       // staff of the programme owner
	RoleDistributor    Role = "Distributor"    // a distributor's user
)

// Principal is whoever acts, as the identity provider vouches for him. It
// holds no role of a partner: those are looked up in the partner.
type Principal struct {
	UserID        string // the identity provider's stable subject
	Email         string
	Name          string
	TenantID      string // of the work account; "" for a user without one
	TenantDomain  string // the tenant's verified mail domain, "" when unknown
	GlobalAdmin   bool   // the directory asserts it, through the configured provider only
	EmailVerified bool   // the identity provider knows the address to be his
	SignedInAt    time.Time
	Staff         bool
	DistributorID string
	IPAddress     string
	UserAgent     string
}

// Actor is the principal as it is kept in events.
func (p Principal) Actor() Actor {
	kind := ActorPartner
	switch {
	case p.Staff:
		kind = ActorStaff
	case p.DistributorID != "":
		kind = ActorDistributor
	}
	return Actor{Kind: kind, UserID: p.UserID, Name: p.Name, Email: p.Email, DistributorID: p.DistributorID, TenantID: p.TenantID}
}

// Action is something a principal may be allowed to do to a partner.
type Action string

// The actions, named like the API's operations.
const (
	ActionView               Action = "view"
	ActionViewInternal       Action = "viewInternal" // queues, staff notes
	ActionEnroll             Action = "enroll"
	ActionSaveBusinessInfo   Action = "saveBusinessInfo"
	ActionSubmit             Action = "submitBusinessInfo"
	ActionChangeInfo         Action = "changeBusinessInfo"
	ActionWithdrawChange     Action = "withdrawBusinessInfoChange"
	ActionResendLink         Action = "resendOwnershipLink"
	ActionDecide             Action = "decideVerification"
	ActionWorkCase           Action = "workCase"    // claim, reassign, release, extend, set aside, resume
	ActionNote               Action = "notePartner" // for staff alone
	ActionRedrive            Action = "redriveWorkflow"
	ActionAskSupport         Action = "requestSupport"
	ActionAppeal             Action = "appealVerification"
	ActionUploadDocument     Action = "uploadDocument"
	ActionReadDocument       Action = "readDocument"
	ActionRequestDocuments   Action = "requestDocuments"
	ActionReopenRequest      Action = "reopenDocumentRequest"
	ActionMendAddress        Action = "mendMailAddress"
	ActionResendMail         Action = "resendMail"
	ActionExport             Action = "exportPartner"
	ActionChangeWorkEmail    Action = "changeWorkEmail"
	ActionReadAgreement      Action = "readAgreement"
	ActionReadEvidence       Action = "readAgreementEvidence"
	ActionSign               Action = "acceptAgreement"
	ActionRequestPartnership Action = "requestRelationship"
	ActionManageRequest      Action = "manageRelationshipRequest" // send again, take back
	ActionInviteReseller     Action = "inviteReseller"            // also list and cancel
	ActionUseInvitation      Action = "useResellerInvitation"
	ActionViewResellers      Action = "viewResellers"
	ActionCheckReseller      Action = "checkReseller"
	ActionAnswerRequest      Action = "answerRelationship"
	ActionEndRelationship    Action = "endRelationship"
	ActionSuspend            Action = "suspendPartner"
	ActionAnswerSuspension   Action = "answerSuspension"
	ActionDecideSuspension   Action = "decideSuspension"
	ActionLeaveProgramme     Action = "leaveProgramme"
	ActionReturn             Action = "returnToProgramme"
	ActionViewStanding       Action = "viewStanding"
	ActionViewEligibility    Action = "viewEligibility"
	ActionViewRelationships  Action = "viewRelationships"
	ActionApplyDirectBill    Action = "applyDirectBill"   // draft, submit, withdraw, plan
	ActionDecideDirectBill   Action = "decideDirectBill"  // and claim
	ActionDirectBillTask     Action = "setDirectBillTask" // each side its own
	ActionViewLocations      Action = "viewLocations"
	ActionAddLocation        Action = "addLocation"
	ActionChangeLocation     Action = "changeLocation"
	ActionCloseLocation      Action = "closeLocation"
	ActionViewEvents         Action = "viewEvents"
	ActionAdvanceTestClock   Action = "advanceTestClock"

	ActionListUsers       Action = "listUsers"
	ActionInviteUser      Action = "inviteUser" // also resend and revoke
	ActionChangeRole      Action = "changeUserRole"
	ActionRecordAuthority Action = "recordLegalAuthority"
	ActionRemoveUser      Action = "removeUser"
	ActionLeave           Action = "leavePartner"
	ActionHandOver        Action = "handOver"
	ActionAnswerHandover  Action = "answerHandover"
	ActionAnswerJoin      Action = "answerJoinRequest"
	ActionRecoverAdmin    Action = "recoverGlobalAdmin"
)

var (
	partnerRoles = []Role{RoleGlobalAdmin, RoleAdminAgent, RoleLegalAuthority, RoleMember}
	agents       = []Role{RoleGlobalAdmin, RoleAdminAgent}
)

// permissions is the one table of roles × actions. What is not in it is
// denied.
var permissions = map[Action][]Role{
	ActionView:               append([]Role{RoleReviewer}, partnerRoles...),
	ActionViewInternal:       {RoleReviewer},
	ActionEnroll:             {RoleGlobalAdmin}, // E2
	ActionSaveBusinessInfo:   agents,            // B3
	ActionSubmit:             agents,            // B3
	ActionChangeInfo:         agents,            // V7
	ActionWithdrawChange:     agents,            // V7
	ActionResendLink:         agents,
	ActionDecide:             {RoleReviewer},
	ActionWorkCase:           {RoleReviewer}, // O2, O3
	ActionNote:               {RoleReviewer}, // O3
	ActionRedrive:            {RoleReviewer}, // O2
	ActionAskSupport:         agents,
	ActionAppeal:             agents,
	ActionUploadDocument:     agents, // V3
	ActionReadDocument:       append([]Role{RoleReviewer}, partnerRoles...),
	ActionRequestDocuments:   {RoleReviewer}, // V3
	ActionReopenRequest:      agents,         // V11
	ActionMendAddress:        agents,
	ActionResendMail:         agents,
	ActionExport:             {RoleGlobalAdmin, RoleReviewer},                                     // all of it: for whoever answers for the company
	ActionChangeWorkEmail:    {RoleGlobalAdmin},                                                   // as for enrolling (E2)
	ActionReadAgreement:      append([]Role{RoleReviewer}, partnerRoles...),                       // A1
	ActionReadEvidence:       {RoleReviewer, RoleGlobalAdmin, RoleAdminAgent, RoleLegalAuthority}, // A6
	ActionSign:               {RoleGlobalAdmin, RoleLegalAuthority},                               // A3
	ActionRequestPartnership: {RoleDistributor},                                                   // D2
	ActionManageRequest:      {RoleDistributor},                                                   // D7
	ActionInviteReseller:     {RoleDistributor},                                                   // D2
	ActionUseInvitation:      agents,                                                              // D2
	ActionViewResellers:      {RoleDistributor},                                                   // D6
	ActionCheckReseller:      {RoleDistributor},                                                   // D6
	ActionAnswerRequest:      agents,                                                              // D3
	ActionEndRelationship:    {RoleGlobalAdmin, RoleAdminAgent, RoleDistributor},
	ActionSuspend:            {RoleReviewer},    // A8
	ActionAnswerSuspension:   agents,            // A8
	ActionDecideSuspension:   {RoleReviewer},    // A8
	ActionLeaveProgramme:     {RoleGlobalAdmin}, // A8
	ActionReturn:             {RoleGlobalAdmin}, // A8
	ActionViewStanding:       append([]Role{RoleReviewer, RoleDistributor}, partnerRoles...),
	ActionViewEligibility:    append([]Role{RoleReviewer, RoleDistributor}, partnerRoles...),
	ActionViewRelationships:  append([]Role{RoleReviewer, RoleDistributor}, partnerRoles...),
	ActionApplyDirectBill:    agents,         // X2
	ActionDecideDirectBill:   {RoleReviewer}, // X4
	ActionDirectBillTask:     append([]Role{RoleReviewer}, agents...),
	ActionViewLocations:      append([]Role{RoleReviewer}, partnerRoles...),
	ActionAddLocation:        agents, // L1
	ActionChangeLocation:     agents,
	ActionCloseLocation:      agents,
	ActionViewEvents:         append([]Role{RoleReviewer, RoleDistributor}, partnerRoles...),
	ActionAdvanceTestClock:   append([]Role{RoleReviewer}, agents...),

	ActionListUsers:       append([]Role{RoleReviewer}, agents...), // A7
	ActionInviteUser:      agents,                                  // A7
	ActionChangeRole:      agents,                                  // A7
	ActionRecordAuthority: {RoleGlobalAdmin},                       // A3
	ActionRemoveUser:      agents,                                  // A7
	ActionLeave:           partnerRoles,                            // A7
	ActionHandOver:        agents,                                  // A7
	ActionAnswerHandover:  partnerRoles,                            // A7: to whom it is handed
	ActionAnswerJoin:      agents,                                  // E8
	ActionRecoverAdmin:    {RoleReviewer},                          // O3
}

// Actions lists every action, for tests that read the whole table.
func Actions() []Action {
	list := make([]Action, 0, len(permissions))
	for a := range permissions {
		list = append(list, a)
	}
	return list
}

// MayDo says which roles may do an action.
func MayDo(action Action) []Role { return permissions[action] }

// Authorize answers the one question every handler asks: may this principal do
// this action to this partner? nil means yes. A principal who may not even
// know of the partner gets CodeNotFound, the same as for an id that does not
// exist; one who may know of it gets CodeRoleRequired with the roles that can.
func Authorize(by Principal, action Action, p Partner) error {
	held := p.RolesOf(by)
	if action == ActionRequestPartnership && by.DistributorID != "" && p.Enrolled() {
		held = []Role{RoleDistributor} // D2: by Partner ID, before the two know each other
	}
	if len(held) == 0 {
		return NotFound()
	}
	if holdsAny(held, permissions[action]) {
		return nil
	}
	return RoleRequired(action)
}

// NotFound is the refusal for an id that is unknown or belongs to another.
func NotFound() *Refusal {
	return Refuse(CodeNotFound, "There is nothing here with this id, or you don't have access to it. Check the id and the account you signed in with.")
}

// Known authorizes the system itself, deadlines and the workflow, to act on any
// partner that exists.
func Known(p Partner) error {
	if !p.Enrolled() {
		return NotFound()
	}
	return nil
}

// RoleRequired is the refusal for a principal who lacks the action's role.
func RoleRequired(action Action) *Refusal {
	roles := permissions[action]
	return Refuse(CodeRoleRequired, "Your account doesn't hold the role this needs. It can be done by: "+roleNames(roles)+".").By(roles...)
}

func roleNames(roles []Role) string {
	text := ""
	for i, r := range roles {
		if i > 0 {
			text += ", "
		}
		text += roleName[r]
	}
	return text
}

var roleName = map[Role]string{
	RoleGlobalAdmin:    "a Global Admin of the company's tenant",
	RoleAdminAgent:     "an Admin Agent of the partner",
	RoleLegalAuthority: "a legal authority recorded by a Global Admin",
	RoleMember:         "any user of the company's tenant",
	RoleReviewer:       "a reviewer of the programme",
	RoleDistributor:    "a distributor",
}

func holdsAny(held, wanted []Role) bool {
	for _, h := range held {
		for _, w := range wanted {
			if h == w {
				return true
			}
		}
	}
	return false
}

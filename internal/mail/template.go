package mail

import (
	"slices"
)

// The templates, by the names under which they are recorded.
const (
	Enrolled               = "enrolled"
	OwnershipLink          = "ownershipLink"
	MembershipLink         = "membershipLink"
	MembershipLinked       = "membershipLinked"
	VerificationOpened     = "verificationOpened"
	VerificationAuthorized = "verificationAuthorized"
	VerificationRejected   = "verificationRejected"
	VerificationOverdue    = "verificationOverdue"
	CaseEscalated          = "caseEscalated"
	SupportRequested       = "supportRequested"
	AgreementAccepted      = "agreementAccepted"
	AgreementAnnounced     = "agreementAnnounced"
	AgreementReacceptance  = "agreementReacceptance"
	AgreementLapsed        = "agreementLapsed"
	DistributorRequest     = "distributorRequest"
	RelationshipActive     = "relationshipActive"
	RelationshipEnded      = "relationshipEnded"
	RequestReminder        = "requestReminder"
	RequestExpired         = "requestExpired"
	RequestCancelled       = "requestCancelled"
	ResellerAccepted       = "resellerAccepted"
	ResellerDeclined       = "resellerDeclined"
	ResellerEnded          = "resellerEnded"
	ResellerExpired        = "resellerExpired"
	LocationRegion         = "locationRegion"
	SuspensionAnnounced    = "suspensionAnnounced"
	Suspended              = "suspended"
	SuspensionUpheld       = "suspensionUpheld"
	SuspensionLifted       = "suspensionLifted"
	SuspensionAnswered     = "suspensionAnswered"
	Reinstated             = "reinstated"
	LeftProgramme          = "leftProgramme"
	CameBack               = "cameBack"
	ResellerStanding       = "resellerStanding"
	StepReminder           = "stepReminder"
	Dormant                = "dormant"
	CaseDueSoon            = "caseDueSoon"
	AppealReceived         = "appealReceived"
	AppealOpened           = "appealOpened"
	ChangeRequested        = "changeRequested"
	ChangeAuthorized       = "changeAuthorized"
	ChangeRejected         = "changeRejected"
	ChangeWithdrawn        = "changeWithdrawn"
	ChangeReminder         = "changeReminder"
	ContactCorrected       = "contactCorrected"
	DocumentsRequested     = "documentsRequested"
	DocumentsComplete      = "documentsComplete"
	DocumentsReminder      = "documentsReminder"
	DocumentsExpired       = "documentsExpired"
	DocumentRefused        = "documentRefused"
	DirectBillSubmitted    = "directBillSubmitted"
	DirectBillApproved     = "directBillApproved"
	DirectBillDeclined     = "directBillDeclined"
	DirectBillActive       = "directBillActive"
	DirectBillReminder     = "directBillReminder"
	DirectBillStaff        = "directBillStaff"
	VerificationExtended   = "verificationExtended"
	VerificationSetAside   = "verificationSetAside"
	CaseLookAgain          = "caseLookAgain"
	MailAddressBroken      = "mailAddressBroken"
	WorkEmailChanged       = "workEmailChanged"
	UserInvited            = "userInvited"
	UserChanged            = "userChanged"
	HandoverOffered        = "handoverOffered"
	JoinRequested          = "joinRequested"
	JoinProof              = "joinProof"
)

// kind says how a parameter's value is read.
type kind int

const (
	kindName    kind = iota // one line, as a person typed it; cut to length and never a link
	kindText                // one paragraph, likewise
	kindMessage             // several lines, shown as a quotation, likewise
	kindID                  // an id of ours: letters, digits and ". _ : -"
	kindSHA256              // 64 hexadecimal digits
	kindTime                // RFC 3339; shown in words, in UTC
	kindLink                // a path of the portal ("/tasks"), or a URL below the configured one
	kindToken               // the same, or the bare one-time token: its page is then /ownership-links/{token}
	kindReasons             // JSON: [{"code":"…","text":"…","remedy":"…"}, …], one to 20
)

// kinds says what each parameter is. A parameter means the same in every
// template.
var kinds = map[string]kind{
	"companyName":      kindName,
	"contactName":      kindName, // whom to greet
	"distributorName":  kindName,
	"locationName":     kindName,
	"region":           kindID,
	"signedBy":         kindName,
	"signerTitle":      kindName,
	"requestedBy":      kindName,
	"address":          kindName, // an e-mail address
	"problem":          kindText, // a whole sentence
	"endedBy":          kindName,
	"next":             kindText, // what to do next, a whole sentence or more
	"message":          kindMessage,
	"reason":           kindMessage,
	"request":          kindMessage, // what is asked for, one line each
	"cause":            kindText,    // of a suspension, a whole sentence
	"remedy":           kindText,    // what mends it, whole sentences
	"code":             kindID,
	"suspendedFrom":    kindTime,
	"fileName":         kindText,
	"what":             kindText, // has happened or waits, a whole sentence or more
	"parts":            kindText, // what of the details changes, in words
	"change":           kindText, // what changes among the users, in words
	"days":             kindID,   // a number of days
	"partnerId":        kindID,
	"membershipId":     kindID, // an existing Partner ID
	"caseId":           kindID,
	"relationshipId":   kindID,
	"plaId":            kindID,
	"agreementVersion": kindID,
	"sha256":           kindSHA256,
	"earliest":         kindTime,
	"latest":           kindTime,
	"lookAgain":        kindTime,
	"expiresAt":        kindTime,
	"decidedAt":        kindTime,
	"acceptedAt":       kindTime,
	"effectiveFrom":    kindTime,
	"reacceptBy":       kindTime,
	"since":            kindTime,
	"endedAt":          kindTime,
	"requestedAt":      kindTime,
	"link":             kindToken,
	"nextLink":         kindLink, // where to do it; the portal's start page when not given
	"evidenceLink":     kindLink,
	"agreementLink":    kindLink,
	"reasons":          kindReasons,
}

// definition lists the parameters of a template. Beside them every template
// takes contactName (the partner's contact: greeted by name, or shown to
// staff), next and nextLink (without them the letter's own words and the
// portal's start page).
type definition struct {
	required []string
	optional []string
	staff    bool // goes to the programme's staff or a distributor, whom the contact's name doesn't greet
}

var everywhere = []string{"contactName", "next", "nextLink"}

// definitions is the table of templates and parameters.
var definitions = map[string]definition{
	// To whoever enrolled the company (E1, E7).
	Enrolled: {
		required: []string{"companyName", "partnerId"},
	},
	// To the primary contact, the only letter to an address nobody has confirmed (V10).
	OwnershipLink: {
		required: []string{"companyName", "link", "expiresAt", "partnerId"},
		optional: []string{"caseId"},
	},
	// To the primary contact on file of an existing membership, who has confirmed nothing yet (E5).
	MembershipLink: {
		required: []string{"companyName", "membershipId", "requestedBy", "link", "expiresAt", "partnerId"},
	},
	// To the primary contact on file and whoever enrolled (E5).
	MembershipLinked: {
		required: []string{"companyName", "membershipId", "requestedBy", "partnerId"},
	},
	// To the primary contact (V1, V2).
	VerificationOpened: {
		required: []string{"companyName", "earliest", "latest", "partnerId"},
		optional: []string{"caseId"},
	},
	// To the primary contact (V4, V5).
	VerificationAuthorized: {
		required: []string{"companyName", "partnerId"},
		optional: []string{"caseId", "decidedAt"},
	},
	// To the primary contact (V4, V5, V11).
	VerificationRejected: {
		required: []string{"companyName", "reasons", "partnerId"},
		optional: []string{"caseId", "decidedAt", "message"},
	},
	// To the primary contact (V6).
	VerificationOverdue: {
		required: []string{"companyName", "latest", "partnerId"},
		optional: []string{"caseId"},
	},
	// To the primary contact (V11).
	AppealReceived: {
		required: []string{"companyName", "earliest", "latest", "partnerId", "caseId"},
	},
	// To the primary contact (O2, V2).
	VerificationExtended: {
		required: []string{"companyName", "latest", "reason", "partnerId", "caseId"},
	},
	// To the primary contact (O2).
	VerificationSetAside: {
		required: []string{"companyName", "reason", "lookAgain", "latest", "partnerId", "caseId"},
	},
	// To staff (O2).
	CaseLookAgain: {
		required: []string{"companyName", "latest", "partnerId", "caseId"},
		staff:    true,
	},
	// To the contacts in force, also when another is proposed (V7).
	ChangeRequested: {
		required: []string{"companyName", "parts", "earliest", "latest", "partnerId", "caseId"},
		optional: []string{"requestedBy"},
	},
	// To the contacts that were in force and those that are (V5, V7).
	ChangeAuthorized: {
		required: []string{"companyName", "parts", "partnerId", "caseId"},
	},
	// To the contacts in force (V5, V7, V11).
	ChangeRejected: {
		required: []string{"companyName", "parts", "reasons", "partnerId", "caseId"},
	},
	// To the contacts in force (V7).
	ChangeWithdrawn: {
		required: []string{"companyName", "parts", "partnerId", "caseId"},
	},
	// To every contact of the partner (V7, V9).
	ChangeReminder: {
		required: []string{"companyName", "days", "since", "partnerId"},
	},
	// To the contact whose address had been confirmed, else to whoever enrolled (V10).
	ContactCorrected: {
		required: []string{"companyName", "partnerId", "caseId"},
		optional: []string{"requestedBy"},
	},
	// To every contact of the partner (X4).
	DirectBillSubmitted: {
		required: []string{"companyName", "earliest", "latest", "partnerId"},
	},
	// To every contact of the partner (X4, X5).
	DirectBillApproved: {
		required: []string{"companyName", "request", "partnerId"},
	},
	// To every contact of the partner (X4).
	DirectBillDeclined: {
		required: []string{"companyName", "reasons", "since", "partnerId"},
	},
	// To every contact of the partner (X5).
	DirectBillActive: {
		required: []string{"companyName", "partnerId"},
	},
	// To every contact of the partner: what waits or is late (X4, X5, V9).
	DirectBillReminder: {
		required: []string{"companyName", "what", "partnerId"},
		optional: []string{"request"},
	},
	// To staff: what is to be done, due soon or late (X4, X5).
	DirectBillStaff: {
		required: []string{"companyName", "what", "latest", "partnerId"},
		staff:    true,
	},
	// To staff (V11).
	AppealOpened: {
		required: []string{"companyName", "message", "latest", "partnerId", "caseId"},
		staff:    true,
	},
	// To the primary contact (V3, V10).
	DocumentsRequested: {
		required: []string{"companyName", "request", "expiresAt", "partnerId", "caseId"},
	},
	// To the primary contact (V3).
	DocumentsComplete: {
		required: []string{"companyName", "earliest", "latest", "partnerId", "caseId"},
	},
	// To every contact of the partner (V9).
	DocumentsReminder: {
		required: []string{"companyName", "request", "expiresAt", "partnerId", "caseId"},
	},
	// To every contact of the partner (V9, V11).
	DocumentsExpired: {
		required: []string{"companyName", "request", "partnerId", "caseId"},
	},
	// To the primary contact (V3).
	DocumentRefused: {
		required: []string{"companyName", "fileName", "partnerId", "caseId"},
	},
	// To every contact of the partner (V9).
	StepReminder: {
		required: []string{"companyName", "days", "since", "partnerId"},
	},
	// To every contact of the partner (V9).
	Dormant: {
		required: []string{"companyName", "days", "since", "partnerId"},
	},
	// To the contact whose address works.
	MailAddressBroken: {
		required: []string{"companyName", "address", "problem", "partnerId"},
	},
	// To the new work e-mail and the former one (E4).
	WorkEmailChanged: {
		required: []string{"companyName", "address", "partnerId"},
	},
	// To whoever is invited, an address that nobody has confirmed (A7, E8).
	UserInvited: {
		required: []string{"companyName", "change", "address", "link", "expiresAt", "partnerId"},
		optional: []string{"requestedBy"},
	},
	// To the user whom it concerns and, when it is sensitive, to the Global Admins (A7).
	UserChanged: {
		required: []string{"companyName", "change", "partnerId"},
		optional: []string{"requestedBy", "reason"},
	},
	// To the user who is to take over (A7).
	HandoverOffered: {
		required: []string{"companyName", "change", "expiresAt", "partnerId"},
		optional: []string{"requestedBy"},
	},
	// To who asks to be added and whose address nobody vouches for (E8).
	JoinProof: {
		required: []string{"address", "link", "expiresAt", "partnerId"},
	},
	// To who may add users (E8).
	JoinRequested: {
		required: []string{"companyName", "address", "expiresAt", "partnerId"},
		optional: []string{"requestedBy"},
	},
	// To staff (V9).
	CaseDueSoon: {
		required: []string{"companyName", "latest", "partnerId", "caseId"},
		staff:    true,
	},
	// To staff (V6).
	CaseEscalated: {
		required: []string{"companyName", "latest", "partnerId", "caseId"},
		staff:    true,
	},
	// To staff (V6).
	SupportRequested: {
		required: []string{"companyName", "message", "partnerId", "caseId"},
		optional: []string{"requestedBy", "requestedAt", "latest"},
		staff:    true,
	},
	// To the primary contact (A2, A4).
	AgreementAccepted: {
		required: []string{"companyName", "agreementVersion", "sha256", "signedBy", "acceptedAt", "partnerId"},
		optional: []string{"signerTitle", "effectiveFrom", "evidenceLink"},
	},
	// To every contact of the partner and everybody who can sign (A6).
	AgreementAnnounced: {
		required: []string{"companyName", "agreementVersion", "effectiveFrom", "reacceptBy", "partnerId"},
		optional: []string{"agreementLink"},
	},
	// To every contact of the partner and everybody who can sign (A6).
	AgreementReacceptance: {
		required: []string{"companyName", "agreementVersion", "effectiveFrom", "reacceptBy", "days", "partnerId"},
		optional: []string{"agreementLink"},
	},
	// To every contact of the partner and everybody who can sign (A6).
	AgreementLapsed: {
		required: []string{"companyName", "agreementVersion", "effectiveFrom", "reacceptBy", "partnerId"},
		optional: []string{"agreementLink"},
	},
	// To the primary contact (D2).
	DistributorRequest: {
		required: []string{"companyName", "distributorName", "expiresAt", "partnerId"},
		optional: []string{"relationshipId", "message"},
	},
	// To the primary contact (D3).
	RelationshipActive: {
		required: []string{"companyName", "distributorName", "partnerId"},
		optional: []string{"relationshipId", "plaId", "since"},
	},
	// To the primary contact (L2).
	LocationRegion: {
		required: []string{"companyName", "partnerId", "locationName", "region"},
		optional: []string{"distributorName"},
	},
	// To the primary contact (D4).
	RelationshipEnded: {
		required: []string{"companyName", "distributorName", "partnerId"},
		optional: []string{"relationshipId", "endedAt", "endedBy", "reason"},
	},
	// To every contact of the partner (D2, V9).
	RequestReminder: {
		required: []string{"companyName", "distributorName", "expiresAt", "partnerId"},
		optional: []string{"relationshipId"},
	},
	// To the primary contact (D2).
	RequestExpired: {
		required: []string{"companyName", "distributorName", "requestedAt", "partnerId"},
		optional: []string{"relationshipId"},
	},
	// To the primary contact (D7).
	RequestCancelled: {
		required: []string{"companyName", "distributorName", "partnerId"},
		optional: []string{"relationshipId"},
	},
	// To the distributor (D3).
	ResellerAccepted: {
		required: []string{"companyName", "distributorName", "partnerId"},
		optional: []string{"relationshipId", "plaId", "since"},
		staff:    true,
	},
	// To the distributor (D3).
	ResellerDeclined: {
		required: []string{"companyName", "distributorName", "partnerId"},
		optional: []string{"relationshipId", "reason"},
		staff:    true,
	},
	// To the distributor (D4).
	ResellerEnded: {
		required: []string{"companyName", "distributorName", "partnerId"},
		optional: []string{"relationshipId", "endedAt", "endedBy", "reason"},
		staff:    true,
	},
	// To the distributor (D2).
	ResellerExpired: {
		required: []string{"companyName", "distributorName", "requestedAt", "partnerId"},
		optional: []string{"relationshipId"},
		staff:    true,
	},
	// To every contact of the partner, each time that it is warned (A8).
	SuspensionAnnounced: {
		required: []string{"companyName", "cause", "remedy", "code", "suspendedFrom", "partnerId"},
		optional: []string{"message"},
	},
	// To every contact of the partner (A8).
	Suspended: {
		required: []string{"companyName", "cause", "remedy", "code", "suspendedFrom", "partnerId"},
		optional: []string{"message"},
	},
	// To every contact of the partner (A8).
	SuspensionUpheld: {
		required: []string{"companyName", "remedy", "code", "suspendedFrom", "partnerId", "message"},
	},
	// To every contact of the partner (A8).
	SuspensionLifted: {
		required: []string{"companyName", "partnerId"},
		optional: []string{"message"},
	},
	// To every contact of the partner (A8).
	Reinstated: {
		required: []string{"companyName", "partnerId"},
		optional: []string{"message"},
	},
	// To staff (A8).
	SuspensionAnswered: {
		required: []string{"companyName", "message", "latest", "partnerId"},
		staff:    true,
	},
	// To every contact of the partner (A8).
	LeftProgramme: {
		required: []string{"companyName", "since", "partnerId"},
	},
	// To every contact of the partner (A8).
	CameBack: {
		required: []string{"companyName", "since", "partnerId"},
	},
	// To the distributors of active relationships: the reason code, and who must act (A8).
	ResellerStanding: {
		required: []string{"companyName", "problem", "since", "partnerId"},
		optional: []string{"code"},
	},
}

// Templates lists the names of all templates, sorted.
func Templates() []string {
	names := make([]string, 0, len(definitions))
	for name := range definitions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Params lists the parameters a template needs and those it can use besides,
// each list sorted; ok is false for an unknown template.
func Params(template string) (required, optional []string, ok bool) {
	d, ok := definitions[template]
	if !ok {
		return nil, nil, false
	}
	required = slices.Sorted(slices.Values(d.required))
	optional = slices.Sorted(slices.Values(append(slices.Clone(everywhere), d.optional...)))
	return required, optional, true
}

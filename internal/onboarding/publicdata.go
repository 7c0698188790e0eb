package onboarding

import "time"

// The data of public events. Members are never renamed or removed, nor made
// optional; a test holds them against what was published. Tags: doc is the
// member's description, oneOf its values when no other will ever come. No
// member names a person, an address or a text that somebody wrote.

type enrolledData struct {
	WorkAccount WorkAccount `json:"workAccount" doc:"How the company's directory came to be." oneOf:"existing new"`
	Authorized  bool        `json:"authorized,omitzero" doc:"Its verification was carried over from an existing membership: no partner.authorized follows."`
}

type dormantData struct {
	Requirement string `json:"requirement" doc:"Code of the requirement that the company was reminded of."`
}

type suspendedData struct {
	ReasonCode SuspensionCode `json:"reasonCode" doc:"What the suspension is for, by a stable code."`
}

type announcedData struct {
	ReasonCode SuspensionCode `json:"reasonCode" doc:"What the suspension is for, by a stable code."`
	From       time.Time      `json:"from" doc:"When it begins at the earliest. It waits while the programme has an answer or a change of the company's to look at."`
}

type leftData struct{}

type returnedData struct {
	Suspended     bool      `json:"suspended,omitzero" doc:"It is suspended, as it was when it left."`
	SuspendedFrom time.Time `json:"suspendedFrom,omitzero" doc:"When a suspension that was announced before it left begins; its time stood still meanwhile."`
}

type authorizedData struct {
	CaseID string `json:"caseId" doc:"The verification case."`
	Region string `json:"region" doc:"Region of the company's legal address."`

	CarriedOver bool `json:"carriedOver,omitzero" doc:"From an existing membership, which a contact on file confirmed."`
}

// caseOpenedData and what follows it tell of a case. about says whether it is
// the company's first verification or one of a change.

type caseOpenedData struct {
	CaseID   string    `json:"caseId" doc:"The verification case."`
	About    caseAbout `json:"about" doc:"What is verified: the company, or a change of its verified details." oneOf:"company change"`
	Parts    []Part    `json:"parts,omitempty" doc:"Which details a change is about: primaryContact, legalName, address."`
	Region   string    `json:"region" doc:"Region of the legal address that is verified."`
	Replaces string    `json:"replaces,omitzero" doc:"The case of an earlier change that this one takes the place of."`
	Earliest time.Time `json:"earliest" doc:"When the result is expected at the earliest."`
	Latest   time.Time `json:"latest" doc:"When the result is expected at the latest."`
}

type caseRejectedData struct {
	CaseID      string       `json:"caseId" doc:"The verification case."`
	About       caseAbout    `json:"about" doc:"What was verified: the company, or a change, which is not in force then." oneOf:"company change"`
	Parts       []Part       `json:"parts,omitempty" doc:"Which details the change is about."`
	ReasonCodes []ReasonCode `json:"reasonCodes" doc:"Why, by stable codes."`
}

type caseData struct {
	CaseID string `json:"caseId" doc:"The verification case."`
}

type caseDatesData struct {
	CaseID   string    `json:"caseId" doc:"The verification case."`
	Earliest time.Time `json:"earliest" doc:"When the result is expected at the earliest."`
	Latest   time.Time `json:"latest" doc:"When the result is expected at the latest."`
}

type caseOverdueData struct {
	CaseID string    `json:"caseId" doc:"The verification case."`
	Latest time.Time `json:"latest" doc:"When the result had been promised at the latest."`
}

type caseExtendedData struct {
	CaseID string    `json:"caseId" doc:"The verification case."`
	Latest time.Time `json:"latest" doc:"When the result is expected at the latest now."`
}

type caseSetAsideData struct {
	CaseID     string       `json:"caseId" doc:"The verification case."`
	ReasonCode SetAsideCode `json:"reasonCode" doc:"Why it can't be completed yet, by a stable code."`
	LookAgain  time.Time    `json:"lookAgain" doc:"When a reviewer looks at it again at the latest."`
}

type documentsRequestedData struct {
	CaseID    string    `json:"caseId" doc:"The verification case."`
	RequestID string    `json:"requestId" doc:"The request for documents."`
	ExpiresAt time.Time `json:"expiresAt" doc:"By when the documents must be in."`
}

type documentsExpiredData struct {
	CaseID    string `json:"caseId" doc:"The verification case."`
	RequestID string `json:"requestId" doc:"The request for documents."`
}

type infoChangedData struct {
	CaseID string   `json:"caseId,omitzero" doc:"The verification case that authorized the change; absent for details that need none."`
	Parts  []Part   `json:"parts,omitempty" doc:"Which verified details are others now: primaryContact, legalName, address."`
	Fields []string `json:"fields,omitempty" doc:"JSON pointers of the details that were changed without verification."`
	Region string   `json:"region" doc:"Region of the company's legal address now."`
}

type agreementAcceptedData struct {
	AgreementVersion string `json:"agreementVersion" doc:"Version of the partner agreement."`
	Region           string `json:"region" doc:"Region whose agreement it is."`
	SHA256           string `json:"sha256" doc:"SHA-256 of the document that was signed, in hexadecimal."`
}

type relationshipRequestedData struct {
	RelationshipID string    `json:"relationshipId" doc:"The relationship."`
	DistributorID  string    `json:"distributorId" doc:"Its distributor."`
	ExpiresAt      time.Time `json:"expiresAt" doc:"Until when the request can be accepted."`
}

type relationshipActiveData struct {
	RelationshipID string `json:"relationshipId" doc:"The relationship."`
	DistributorID  string `json:"distributorId" doc:"Its distributor."`
	PLAID          string `json:"plaId" doc:"The partner location account that it is linked to."`
}

type relationshipOverData struct {
	RelationshipID string `json:"relationshipId" doc:"The relationship."`
	DistributorID  string `json:"distributorId" doc:"Its distributor."`
	Active         int    `json:"active" doc:"How many active relationships the company has now; without one it may not transact."`
}

type directBillData struct {
	Application int `json:"application" doc:"Number of the company's application, 1 for the first."`
}

type directBillSubmittedData struct {
	Application int       `json:"application" doc:"Number of the company's application, 1 for the first."`
	SetID       string    `json:"setId" doc:"The set of requirements that it is bound to."`
	Earliest    time.Time `json:"earliest" doc:"When the result is expected at the earliest."`
	Latest      time.Time `json:"latest" doc:"When the result is expected at the latest."`
}

type directBillDeclinedData struct {
	Application int       `json:"application" doc:"Number of the company's application, 1 for the first."`
	ApplyAgain  time.Time `json:"applyAgain" doc:"From when the company may apply again."`
}

type locationData struct {
	LocationID string `json:"locationId" doc:"The location."`
	Country    string `json:"country" doc:"Its country (ISO 3166-1 alpha-2)."`
	Region     string `json:"region" doc:"The region that it counts to."`
}

type locationsData struct {
	RequestID string   `json:"requestId" doc:"The request for the list."`
	Locations int      `json:"locations" doc:"How many locations were added."`
	Regions   []string `json:"regions" doc:"The regions that they count to."`
}

package onboarding

// publicTypes are the types of public events.
var publicTypes = []PublicType{
	{Name: "partner.enrolled", Version: 1, Doc: "A company enrolled (step 1).", Data: enrolledData{}},
	{Name: "partner.authorized", Version: 1, Doc: "The company's business verification is Authorized (step 3).", Data: authorizedData{}},
	{Name: "partner.dormant", Version: 1, Doc: "Nothing came of any reminder: the application rests until the company's next step.", Data: dormantData{}},
	{Name: "partner.suspended", Version: 1, Doc: "The company is suspended: it may not transact. Its relationships stay as they are.", Data: suspendedData{}, Distributors: true},
	{Name: "partner.reinstated", Version: 1, Doc: "A suspension is over: nothing of it keeps the company from transacting.", Data: suspendedData{}, Distributors: true},
	{Name: "partner.left", Version: 1, Doc: "The company left the programme: it may not transact. Its relationships stay as they are; a change that was being verified is withdrawn.", Data: leftData{}, Distributors: true},
	{Name: "partner.returned", Version: 1, Doc: "The company came back to the programme, as it left.", Data: returnedData{}, Distributors: true},
	{Name: "suspension.announced", Version: 1, Doc: "The company will be suspended unless it mends the cause first. Told again when it begins on another date.", Data: announcedData{}, Distributors: true},
	{Name: "suspension.lifted", Version: 1, Doc: "A suspension that was announced is taken back: it never began.", Data: suspendedData{}, Distributors: true},
	{Name: "verification.opened", Version: 1, Doc: "A verification case was opened, of the company or of a change.", Data: caseOpenedData{}},
	{Name: "verification.documentsRequested", Version: 1, Doc: "Documents are asked for, or asked for again: the clock stands still until they are in.", Data: documentsRequestedData{}},
	{Name: "verification.documentsComplete", Version: 1, Doc: "All documents that were asked for are in: the clock goes on.", Data: caseDatesData{}},
	{Name: "verification.documentsExpired", Version: 1, Doc: "The documents didn't come in time. The company can reopen the request.", Data: documentsExpiredData{}},
	{Name: "verification.overdue", Version: 1, Doc: "The promised business days are over: the case was escalated. A decision after that counts.", Data: caseOverdueData{}},
	{Name: "verification.extended", Version: 1, Doc: "A reviewer moved the latest date of the case.", Data: caseExtendedData{}},
	{Name: "verification.setAside", Version: 1, Doc: "A reviewer looked at the case and can't complete it yet.", Data: caseSetAsideData{}},
	{Name: "verification.resumed", Version: 1, Doc: "A case that was set aside is looked at again.", Data: caseData{}},
	{Name: "verification.rejected", Version: 1, Doc: "The verification was rejected. The company can correct and submit again, or appeal.", Data: caseRejectedData{}},
	{Name: "verification.appealed", Version: 1, Doc: "The company appealed a rejection: a different reviewer decides.", Data: caseDatesData{}},
	{Name: "verification.withdrawn", Version: 1, Doc: "The company withdrew a change: the old details stay in force.", Data: caseData{}},
	{Name: "businessInfo.changed", Version: 1, Doc: "Details that were in force are others now.", Data: infoChangedData{}},
	{Name: "agreement.accepted", Version: 1, Doc: "The partner agreement was accepted (step 4).", Data: agreementAcceptedData{}, Distributors: true},
	{Name: "location.added", Version: 1, Doc: "The company added a location.", Data: locationData{}},
	{Name: "locations.added", Version: 1, Doc: "The company added many locations at once. Its locations list them.", Data: locationsData{}},
	{Name: "location.changed", Version: 1, Doc: "A location's name or address was corrected.", Data: locationData{}},
	{Name: "location.closed", Version: 1, Doc: "A location was closed.", Data: locationData{}},
	{Name: "relationship.requested", Version: 1, Doc: "A distributor asked the company for a relationship.", Data: relationshipRequestedData{}},
	{Name: "relationship.active", Version: 1, Doc: "The company accepted a distributor's request (step 5).", Data: relationshipActiveData{}},
	{Name: "relationship.declined", Version: 1, Doc: "The company declined a distributor's request.", Data: relationshipOverData{}},
	{Name: "directBill.submitted", Version: 1, Doc: "The company applied for direct bill.", Data: directBillSubmittedData{}},
	{Name: "directBill.approved", Version: 1, Doc: "The application for direct bill was approved; tasks remain until it is active.", Data: directBillData{}},
	{Name: "directBill.declined", Version: 1, Doc: "The application for direct bill was declined.", Data: directBillDeclinedData{}},
	{Name: "directBill.active", Version: 1, Doc: "All tasks of an approved application are done: direct bill is active. The indirect authorization stays as it is.", Data: directBillData{}},
	{Name: "directBill.withdrawn", Version: 1, Doc: "The company withdrew its application for direct bill.", Data: directBillData{}},
	{Name: "relationship.expired", Version: 1, Doc: "Nobody answered a distributor's request in time.", Data: relationshipOverData{}},
	{Name: "relationship.cancelled", Version: 1, Doc: "The distributor took its request back.", Data: relationshipOverData{}},
	{Name: "relationship.ended", Version: 1, Doc: "The company or the distributor ended the relationship.", Data: relationshipOverData{}},
}

// publications says of every type of internal events what it tells in public,
// or why it tells nothing. A new type of events needs a row here; a new type of
// public events one above, and its schema:
// go test ./internal/onboarding -run Public -update.
var publications = map[EventType]publication{
	Enrolled{}.Type(): public(func(_, after Partner, d Enrolled) told {
		return told{"partner.enrolled", enrolledData{d.WorkAccount, after.Authorized()}}
	}),
	MembershipLinkSent{}.Type(): private("between the programme and the contact on file"),
	MembershipConfirmed{}.Type(): public(func(_, after Partner, _ MembershipConfirmed) told {
		if !after.Authorized() {
			return told{}
		}
		return told{"partner.authorized", authorizedData{after.Verified.CaseID, after.Region, true}}
	}),
	SupportInfoSubmitted{}.Type(): private("none was in force before: whoever needs it reads it"),
	PartnerReminded{}.Type(): public(func(_, _ Partner, d PartnerReminded) told {
		if !d.Dormant {
			return told{}
		}
		return told{"partner.dormant", dormantData{d.Code}}
	}),
	WorkEmailChanged{}.Type(): private("an address of a person"),

	BusinessInfoSaved{}.Type(): private("a draft is the company's own until it is submitted"),
	BusinessInfoSubmitted{}.Type(): public(func(_, _ Partner, d BusinessInfoSubmitted) told {
		return told{"verification.opened", caseOpenedData{CaseID: d.CaseID, About: aboutCompany, Region: d.Region, Earliest: d.Earliest, Latest: d.Latest}}
	}),
	BusinessInfoChangeRequested{}.Type(): public(func(_, after Partner, d BusinessInfoChangeRequested) told {
		opened := caseOpenedData{CaseID: d.CaseID, About: aboutChange, Parts: d.Change.Parts, Region: d.Change.Region, Replaces: d.Replaces, Earliest: d.Earliest, Latest: d.Latest}
		if opened.Region == "" {
			opened.Region = after.Region
		}
		return told{"verification.opened", opened}
	}),
	BusinessInfoUpdated{}.Type(): public(func(_, after Partner, d BusinessInfoUpdated) told {
		return told{"businessInfo.changed", infoChangedData{Fields: d.Fields, Region: after.Region}}
	}),
	ChangeWithdrawn{}.Type(): public(func(_, _ Partner, d ChangeWithdrawn) told { return told{"verification.withdrawn", caseData(d)} }),

	OwnershipLinkSent{}.Type(): private("between the programme and the primary contact"),
	ContactCorrected{}.Type():  private("between the programme and the primary contact"),
	OwnershipConfirmed{}.Type(): public(func(_, after Partner, d OwnershipConfirmed) told {
		if !d.Authorized {
			return told{} // of the case's checks, which are the company's and the reviewers' own
		}
		return after.changed()
	}),
	VerificationDecided{}.Type(): public(func(_, after Partner, d VerificationDecided) told {
		change := after.Case.Change
		switch {
		case d.Result == VerificationRejected && change == nil:
			return told{"verification.rejected", caseRejectedData{d.CaseID, aboutCompany, nil, d.Reasons}}
		case d.Result == VerificationRejected:
			return told{"verification.rejected", caseRejectedData{d.CaseID, aboutChange, change.Parts, d.Reasons}}
		case change == nil:
			return told{"partner.authorized", authorizedData{CaseID: d.CaseID, Region: after.Region}}
		}
		return after.changed()
	}),
	VerificationEscalated{}.Type(): public(func(before, _ Partner, d VerificationEscalated) told {
		return told{"verification.overdue", caseOverdueData{d.CaseID, before.Case.Latest.UTC()}}
	}),
	AppealRequested{}.Type(): public(func(_, _ Partner, d AppealRequested) told {
		return told{"verification.appealed", caseDatesData{d.CaseID, d.Earliest.UTC(), d.Latest.UTC()}}
	}),
	SupportRequested{}.Type(): private("between the company and support"),

	DocumentsRequested{}.Type(): public(func(_, _ Partner, d DocumentsRequested) told {
		return told{"verification.documentsRequested", documentsRequestedData{d.CaseID, d.Request.ID, d.Request.ExpiresAt.UTC()}}
	}),
	DocumentRequestReopened{}.Type(): public(func(_, after Partner, d DocumentRequestReopened) told {
		return told{"verification.documentsRequested", documentsRequestedData{after.Case.ID, d.Request.ID, d.Request.ExpiresAt.UTC()}}
	}),
	DocumentReceived{}.Type(): public(func(_, after Partner, d DocumentReceived) told {
		if !d.Complete {
			return told{} // each document is the company's and the reviewers' own
		}
		return told{"verification.documentsComplete", caseDatesData{after.Case.ID, after.Case.Earliest.UTC(), after.Case.Latest.UTC()}}
	}),
	DocumentsExpired{}.Type(): public(func(_, after Partner, d DocumentsExpired) told {
		return told{"verification.documentsExpired", documentsExpiredData{after.Case.ID, d.RequestID}}
	}),
	DocumentScanned{}.Type():   private("a document is the company's and the reviewers' own"),
	DocumentOpened{}.Type():    private("a document is the company's and the reviewers' own"),
	DocumentsReminded{}.Type(): private("a mail"),

	CaseExtended{}.Type(): public(func(_, _ Partner, d CaseExtended) told {
		return told{"verification.extended", caseExtendedData{d.CaseID, d.Latest.UTC()}}
	}),
	CaseSetAside{}.Type(): public(func(_, _ Partner, d CaseSetAside) told {
		return told{"verification.setAside", caseSetAsideData{d.CaseID, d.Code, d.LookAgain.UTC()}}
	}),
	CaseResumed{}.Type():       public(func(_, _ Partner, d CaseResumed) told { return told{"verification.resumed", caseData{d.CaseID}} }),
	CaseClaimed{}.Type():       private("how staff shares its work"),
	CaseReassigned{}.Type():    private("how staff shares its work"),
	CaseReleased{}.Type():      private("how staff shares its work"),
	StaffNoted{}.Type():        private("a note for staff alone"),
	ReviewersReminded{}.Type(): private("a mail"),
	ReviewersChased{}.Type():   private("a mail"),

	AgreementAccepted{}.Type(): public(func(_, _ Partner, d AgreementAccepted) told {
		return told{"agreement.accepted", agreementAcceptedData{d.Acceptance.Version, d.Acceptance.Region, d.Acceptance.SHA256}}
	}),

	RelationshipRequested{}.Type(): public(func(_, _ Partner, d RelationshipRequested) told {
		return told{"relationship.requested", relationshipRequestedData{d.Relationship.ID, d.Relationship.DistributorID, d.Relationship.ExpiresAt.UTC()}}
	}),
	RelationshipAccepted{}.Type(): public(func(before, _ Partner, d RelationshipAccepted) told {
		r, _ := before.Relationship(d.RelationshipID)
		return told{"relationship.active", relationshipActiveData{d.RelationshipID, r.DistributorID, d.PLAID}}
	}),
	RelationshipDeclinedByPartner{}.Type(): public(func(before, after Partner, d RelationshipDeclinedByPartner) told {
		return told{"relationship.declined", over(before, after, d.RelationshipID)}
	}),
	RelationshipTerminated{}.Type(): public(func(before, after Partner, d RelationshipTerminated) told {
		return told{"relationship.ended", over(before, after, d.RelationshipID)}
	}),

	DirectBillReminded{}.Type():         private("a mail"),
	RenewalNotified{}.Type():            private("a mail"),
	DirectBillClaimed{}.Type():          private("how staff shares its work"),
	DirectBillEscalated{}.Type():        private("how staff shares its work"),
	DirectBillTasksOverdue{}.Type():     private("how staff shares its work"),
	HandoverProposed{}.Type():           private("of a person"),
	HandoverEnded{}.Type():              private("of a person"),
	HandedOver{}.Type():                 private("of a person"),
	RoleGiven{}.Type():                  private("of a person"),
	RoleTaken{}.Type():                  private("of a person"),
	UserRemoved{}.Type():                private("of a person"),
	UserInvited{}.Type():                private("of a person"),
	InvitationResent{}.Type():           private("of a person"),
	InvitationWithdrawn{}.Type():        private("of a person"),
	UserJoined{}.Type():                 private("of a person"),
	JoinRequested{}.Type():              private("of a person"),
	JoinDeclined{}.Type():               private("of a person"),
	JoinAsked{}.Type():                  private("of a person"),
	DirectBillSaved{}.Type():            private("the company's and the reviewers' own"),
	DirectBillTaskDone{}.Type():         private("the company's and the reviewers' own"),
	DirectBillTaskReopened{}.Type():     private("the company's and the reviewers' own"),
	DirectBillCustomersPlanned{}.Type(): private("the company's and the reviewers' own"),
	AgreementAnnounced{}.Type():         private("its acceptance is told"),

	DirectBillSubmitted{}.Type(): public(func(_, _ Partner, d DirectBillSubmitted) told {
		return told{"directBill.submitted", directBillSubmittedData{d.Application, d.SetID, d.Earliest.UTC(), d.Latest.UTC()}}
	}),
	DirectBillDecided{}.Type(): public(func(_, _ Partner, d DirectBillDecided) told {
		if d.Result == DirectBillApproved {
			return told{"directBill.approved", directBillData{d.Application}}
		}
		return told{"directBill.declined", directBillDeclinedData{d.Application, d.ApplyAgain.UTC()}}
	}),
	DirectBillActivated{}.Type(): public(func(_, _ Partner, d DirectBillActivated) told {
		return told{"directBill.active", directBillData{d.Application}}
	}),
	DirectBillGivenUp{}.Type(): public(func(_, _ Partner, d DirectBillGivenUp) told {
		return told{"directBill.withdrawn", directBillData{d.Application}}
	}),

	RelationshipExpiredUnanswered{}.Type(): public(func(before, after Partner, d RelationshipExpiredUnanswered) told {
		return told{"relationship.expired", over(before, after, d.RelationshipID)}
	}),
	RelationshipTakenBack{}.Type(): public(func(before, after Partner, d RelationshipTakenBack) told {
		return told{"relationship.cancelled", over(before, after, d.RelationshipID)}
	}),
	SuspensionAnnounced{}.Type(): public(func(_, _ Partner, d SuspensionAnnounced) told {
		return told{"suspension.announced", announcedData{d.Code, d.From.UTC()}}
	}),
	SuspensionWarned{}.Type(): public(func(before, after Partner, _ SuspensionWarned) told { return after.moved(before) }),
	SuspensionUpheld{}.Type(): public(func(before, after Partner, _ SuspensionUpheld) told { return after.moved(before) }),
	PartnerSuspended{}.Type(): public(func(_, _ Partner, d PartnerSuspended) told { return told{"partner.suspended", suspendedData{d.Code}} }),
	PartnerReinstated{}.Type(): public(func(before, _ Partner, d PartnerReinstated) told {
		if before.Programme.Suspension.Since.IsZero() {
			return told{"suspension.lifted", suspendedData{d.Code}}
		}
		return told{"partner.reinstated", suspendedData{d.Code}}
	}),
	SuspensionAnswered{}.Type(): private("between the company and staff"),
	SuspensionChased{}.Type():   private("a mail"),
	PartnerLeft{}.Type():        public(func(_, _ Partner, _ PartnerLeft) told { return told{"partner.left", leftData{}} }),
	PartnerReturned{}.Type(): public(func(_, after Partner, _ PartnerReturned) told {
		back := returnedData{Suspended: after.Programme.Suspension.inForce()}
		if u := after.suspension(); u != nil && !back.Suspended {
			back.SuspendedFrom = u.From.UTC()
		}
		return told{"partner.returned", back}
	}),
	RelationshipReminded{}.Type():       private("a mail"),
	RelationshipResent{}.Type():         private("a mail"),
	RelationshipInvitationUsed{}.Type(): private("its request was told of before"),
	InvitationLapsed{}.Type():           private("of a person"),

	LocationAdded{}.Type():      public(func(_, _ Partner, d LocationAdded) told { return told{"location.added", locationOf(d.Location)} }),
	LocationsRequested{}.Type(): private("told once all of them are there"),
	LocationsAdded{}.Type(): public(func(_, _ Partner, d LocationsAdded) told {
		added := locationsData{RequestID: d.List.ID, Locations: d.List.Locations}
		for _, share := range d.List.Regions {
			added.Regions = append(added.Regions, share.Region)
		}
		return told{"locations.added", added}
	}),
	LocationChanged{}.Type(): public(func(_, _ Partner, d LocationChanged) told { return told{"location.changed", locationOf(d.Location)} }),
	LocationEnded{}.Type():   public(func(_, _ Partner, d LocationEnded) told { return told{"location.closed", locationOf(d.Location)} }),

	AddressFailed{}.Type():     private("an address of a person"),
	AddressMended{}.Type():     private("an address of a person"),
	MailResent{}.Type():        private("a mail"),
	RoundPaused{}.Type():       private("how the workflow runs"),
	RoundStarted{}.Type():      private("how the workflow runs"),
	WorkflowFailed{}.Type():    private("how the workflow runs"),
	WorkflowRecovered{}.Type(): private("how the workflow runs"),
	TestClockAdvanced{}.Type(): private("the clock of a test partner"),
}

// caseAbout says what a case verifies.
type caseAbout string

const (
	aboutCompany caseAbout = "company"
	aboutChange  caseAbout = "change"
)

// changed tells that the newest case's change is in force.
func (p Partner) changed() told {
	return told{"businessInfo.changed", infoChangedData{CaseID: p.Case.ID, Parts: p.Case.Change.Parts, Region: p.Region}}
}

// moved tells that a suspension that was announced begins on another date.
func (p Partner) moved(before Partner) told {
	u := p.Programme.Suspension
	if u.inForce() || u.From.Equal(before.Programme.Suspension.From) {
		return told{}
	}
	return told{"suspension.announced", announcedData{u.Code, u.From.UTC()}}
}

func locationOf(l Location) locationData { return locationData{l.ID, l.Address.Country, l.Region} }

// over tells of a relationship that is none any more.
func over(before, after Partner, id string) relationshipOverData {
	r, _ := before.Relationship(id)
	return relationshipOverData{id, r.DistributorID, len(after.activeRelationships())}
}

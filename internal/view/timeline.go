package view

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// TimelineEvent renders an event for people. The partner sees no reviewer's
// name, no internal note, and of a distributor the company instead of its
// people; staff sees all.
func TimelineEvent(e onboarding.Event, staff bool) api.TimelineEvent {
	out := api.TimelineEvent{
		EventID: e.ID, Sequence: e.Sequence, At: Time(e.At), Type: string(e.Data.Type()), Details: map[string]string{},
		Actor: api.TimelineActor{Kind: api.ActorKind(e.Actor.Kind)},
	}
	switch {
	case !staff && e.Actor.Kind == onboarding.ActorStaff:
	case !staff && e.Actor.Kind == onboarding.ActorDistributor:
		d, _ := directory.Find(e.Actor.DistributorID)
		out.Actor.Name = d.Name
	default:
		out.Actor.Name = cmp.Or(e.Actor.Name, e.Actor.Email)
	}
	set := func(name, value string) {
		if value != "" {
			out.Details[name] = value
		}
	}
	switch d := e.Data.(type) {
	case *onboarding.Enrolled:
		out.Title = "The company enrolled"
		set("companyName", d.CompanyName)
		if staff {
			set("reason", d.Reason)
		}
		if m := d.Membership; m != nil {
			set("existingPartnerId", m.ID)
			out.Title = "The company enrolled with its existing membership: a link was sent to the contact on file"
			if m.Carried != nil {
				out.Title = "The company enrolled with its existing membership: its details and verification were carried over"
			}
		}
	case *onboarding.MembershipLinkSent:
		out.Title = "A new link was sent to the contact on file of the existing membership"
	case *onboarding.MembershipConfirmed:
		out.Title = "The contact on file confirmed: details and verification of the existing membership were carried over"
		set("existingPartnerId", d.Carried.Record.ID)
		set("authorizedAt", Time(d.Carried.Record.AuthorizedAt).Format(time.RFC3339))
	case *onboarding.SupportInfoSubmitted:
		out.Title = "The support contact information was submitted; everything else was carried over"
	case *onboarding.BusinessInfoSaved:
		out.Title = "A draft of the business information was saved"
	case *onboarding.BusinessInfoSubmitted:
		out.Title = "The business information was submitted for verification"
		set("caseId", d.CaseID)
		set("region", d.Region)
		set("comparison", string(d.Comparison.Result))
	case *onboarding.OwnershipLinkSent:
		out.Title = "A new ownership link was sent"
	case *onboarding.OwnershipConfirmed:
		out.Title = "The primary contact confirmed the e-mail address"
		if d.Authorized {
			out.Title += ": the change is in force"
		}
		set("caseId", d.CaseID)
	case *onboarding.VerificationEscalated:
		out.Title = "The promised business days were over: the case was escalated"
		set("caseId", d.CaseID)
	case *onboarding.SupportRequested:
		out.Title = "Support was asked for"
		set("message", d.Message)
	case *onboarding.VerificationDecided:
		out.Title = "Business verification: " + string(d.Result)
		codes := make([]string, 0, len(d.Reasons))
		for _, c := range d.Reasons {
			codes = append(codes, string(c))
		}
		set("reasonCodes", strings.Join(codes, ", "))
		if staff {
			set("reason", d.Note)
		}
	case *onboarding.AgreementAccepted:
		out.Title = "The partner agreement was accepted"
		set("version", d.Acceptance.Version)
		set("signer", d.Acceptance.SignerName+", "+d.Acceptance.SignerTitle)
		if d.Ahead {
			out.Title = "The next version of the partner agreement was accepted ahead"
			set("effectiveFrom", Time(d.Acceptance.EffectiveFrom).Format(time.RFC3339))
		}
	case *onboarding.AgreementAnnounced:
		out.Title = "A new version of the partner agreement was published"
		set("version", d.Renewal.Version)
		set("effectiveFrom", Time(d.Renewal.EffectiveFrom).Format(time.RFC3339))
		set("acceptBy", Time(d.Renewal.ReacceptBy).Format(time.RFC3339))
	case *onboarding.RenewalNotified:
		out.Title = "The company was told about the new version of the partner agreement"
		if d.Lapsed {
			out.Title = "The accepted version of the partner agreement stopped to count: the new one isn't accepted"
		}
		set("version", d.Version)
	case *onboarding.LocationAdded:
		out.Title = "A location was added"
		set("location", d.Location.Name)
		set("region", d.Location.Region)
	case *onboarding.LocationsRequested:
		out.Title = "A list of locations was sent; it is being added"
		set("locations", strconv.Itoa(d.List.Locations))
		set("requestId", d.List.ID)
	case *onboarding.LocationsAdded:
		out.Title = "A list of locations was added"
		set("locations", strconv.Itoa(d.List.Locations))
		set("requestId", d.List.ID)
	case *onboarding.LocationChanged:
		out.Title = "A location was corrected"
		set("location", d.Location.Name)
	case *onboarding.LocationEnded:
		out.Title = "A location was closed"
		set("location", d.Location.Name)
	case *onboarding.RelationshipRequested:
		out.Title = "A distributor sent a request"
		if d.Relationship.InvitationID != "" {
			out.Title = "A distributor's invitation was used: its request waits for an answer"
		}
		set("distributor", d.Relationship.DistributorName)
	case *onboarding.RelationshipInvitationUsed:
		out.Title = "A distributor's invitation was used, its request was there already"
		set("relationshipId", d.RelationshipID)
	case *onboarding.RelationshipAccepted:
		out.Title = "A distributor's request was accepted"
		set("relationshipId", d.RelationshipID)
		set("plaId", d.PLAID)
	case *onboarding.RelationshipDeclinedByPartner:
		out.Title = "A distributor's request was declined"
		set("relationshipId", d.RelationshipID)
		set("reason", d.Reason)
	case *onboarding.RelationshipTerminated:
		out.Title = "A relationship was ended"
		set("relationshipId", d.RelationshipID)
		set("reason", d.Reason)
	case *onboarding.RelationshipExpiredUnanswered:
		out.Title = "A distributor's request expired: nobody had answered it"
		set("relationshipId", d.RelationshipID)
	case *onboarding.RelationshipReminded:
		out.Title = "The company was reminded of a distributor's request"
		set("relationshipId", d.RelationshipID)
	case *onboarding.RelationshipResent:
		out.Title = "A distributor had its request sent again"
		set("relationshipId", d.RelationshipID)
	case *onboarding.RelationshipTakenBack:
		out.Title = "A distributor took its request back"
		set("relationshipId", d.RelationshipID)
	case *onboarding.AppealRequested:
		out.Title = "The rejection was appealed"
		set("caseId", d.CaseID)
		set("message", d.Message)
	case *onboarding.ReviewersChased:
		out.Title = "Staff was asked again to decide the overdue case"
		set("caseId", d.CaseID)
	case *onboarding.DocumentsRequested:
		out.Title = "Documents were asked for: the clock stands still until they are in"
		set("expiresAt", Time(d.Request.ExpiresAt).Format(time.RFC3339))
		if staff {
			set("reason", d.Note)
		}
	case *onboarding.DocumentReceived:
		out.Title = "A document was received"
		if d.Complete {
			out.Title = "The last document that was asked for was received: the clock goes on"
		}
		set("documentId", d.Document.ID)
		set("kind", string(d.Document.Kind))
		set("fileName", d.Document.FileName)
		set("sha256", d.Document.SHA256)
		set("replaces", d.Replaces)
	case *onboarding.DocumentScanned:
		out.Title = "A document was checked for malware"
		set("documentId", d.DocumentID)
		set("result", string(d.Result))
	case *onboarding.DocumentOpened:
		out.Title = "A reviewer opened a document"
		set("documentId", d.DocumentID)
	case *onboarding.DocumentsReminded:
		out.Title = "The company was reminded of the documents that are missing"
	case *onboarding.DocumentsExpired:
		out.Title = "The documents didn't come in time: the request can be reopened"
	case *onboarding.DocumentRequestReopened:
		out.Title = "The request of documents was reopened"
		set("expiresAt", Time(d.Request.ExpiresAt).Format(time.RFC3339))
	case *onboarding.PartnerReminded:
		out.Title = "The company was reminded of the step that waits for it"
		if d.Dormant {
			out.Title = "Nothing happened for long: the application is dormant until the company's next step"
		}
		set("requirement", d.Code)
	case *onboarding.ReviewersReminded:
		out.Title = "Reviewers were reminded that the case is due soon"
		set("caseId", d.CaseID)
	case *onboarding.TestClockAdvanced:
		out.Title = "The test clock was moved on"
		set("to", d.To.UTC().Format(time.RFC3339))
	case *onboarding.BusinessInfoUpdated:
		out.Title = "Details were changed that need no verification"
		set("fields", strings.Join(d.Fields, ", "))
	case *onboarding.BusinessInfoChangeRequested:
		out.Title = "A change of verified details was asked for: the old ones stay in force until it is authorized"
		set("caseId", d.CaseID)
		set("replacedCaseId", d.Replaces)
		set("parts", parts(d.Change.Parts))
		set("comparison", string(d.Comparison.Result))
	case *onboarding.ChangeWithdrawn:
		out.Title = "The change was withdrawn: the old details stay in force"
		set("caseId", d.CaseID)
	case *onboarding.ContactCorrected:
		out.Title = "The primary contact was corrected"
		set("caseId", d.CaseID)
	case *onboarding.AddressFailed:
		out.Title = "Mails don't reach an address"
		set("email", d.MailAddress)
		set("reason", string(d.Reason))
	case *onboarding.AddressMended:
		out.Title = "The company says that an address works again"
		set("email", d.MailAddress)
	case *onboarding.MailResent:
		out.Title = "A mail was sent again"
		set("mail", string(d.Template))
		set("email", d.To)
	case *onboarding.WorkEmailChanged:
		out.Title = "The work e-mail was changed"
		set("email", d.WorkEmail)
		set("previous", d.Previous)
	case *onboarding.RoundPaused:
		out.Title = "The workflow paused: nothing had happened for long"
	case *onboarding.RoleGiven, *onboarding.RoleTaken, *onboarding.UserRemoved, *onboarding.UserInvited, *onboarding.InvitationResent, *onboarding.InvitationLapsed, *onboarding.InvitationWithdrawn,
		*onboarding.UserJoined, *onboarding.HandoverProposed, *onboarding.HandoverEnded, *onboarding.HandedOver, *onboarding.JoinAsked, *onboarding.JoinRequested, *onboarding.JoinDeclined:
		out.Title = userEvent(d, staff, set)
	case *onboarding.CaseClaimed, *onboarding.CaseReassigned, *onboarding.CaseReleased, *onboarding.CaseExtended, *onboarding.CaseSetAside, *onboarding.CaseResumed,
		*onboarding.StaffNoted, *onboarding.WorkflowFailed, *onboarding.WorkflowRecovered:
		out.Title = operatorEvent(d, staff, set)
	case *onboarding.DirectBillSaved, *onboarding.DirectBillSubmitted, *onboarding.DirectBillGivenUp, *onboarding.DirectBillClaimed, *onboarding.DirectBillDecided,
		*onboarding.DirectBillEscalated, *onboarding.DirectBillTaskDone, *onboarding.DirectBillTaskReopened, *onboarding.DirectBillActivated,
		*onboarding.DirectBillTasksOverdue, *onboarding.DirectBillReminded, *onboarding.DirectBillCustomersPlanned:
		out.Title = directBillEvent(d, staff, set)
	case *onboarding.SuspensionAnnounced, *onboarding.SuspensionWarned, *onboarding.PartnerSuspended, *onboarding.SuspensionAnswered, *onboarding.SuspensionChased,
		*onboarding.SuspensionUpheld, *onboarding.PartnerReinstated, *onboarding.PartnerLeft, *onboarding.PartnerReturned:
		out.Title = standingEvent(d, staff, set)
	case *onboarding.RoundStarted:
		out.Title = "The workflow was started anew"
		if staff {
			set("reason", d.Reason)
		}
	}
	return out
}

func parts(list []onboarding.Part) string {
	names := make([]string, 0, len(list))
	for _, p := range list {
		names = append(names, string(p))
	}
	return strings.Join(names, ", ")
}

package onboarding_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func upload(kind DocumentKind) Upload {
	return Upload{Kind: kind, FileName: "paper.pdf", ContentType: "application/pdf", Size: 1000}
}

func anyOf(kinds ...DocumentKind) DocumentGroup {
	return DocumentGroup{AnyOf: kinds, Reason: "The register shows another street."}
}

func (s *story) asked(groups ...DocumentGroup) *story {
	s.t.Helper()
	if s.p.Case == nil {
		s.confirmed()
	}
	return s.tell(s.p.RequestDocuments(RequestDocuments{Groups: groups, Note: "To be sure."}, fmt.Sprintf("request-%d", s.p.Version), knowledge.Calendar, s.stamp(reviewer)))
}

func (s *story) received(id string, u Upload) *story {
	s.t.Helper()
	return s.tell(s.p.ReceiveDocument(Received{Upload: u, ID: id, SHA256: sha(id), VersionID: "v1"}, knowledge.Calendar, s.stamp(globalAdmin)))
}

func (s *story) scanned(id string, result Scan) *story {
	s.t.Helper()
	return s.tell(s.p.RecordScan(id, result, knowledge.Calendar, s.system()))
}

func (s *story) dates() Dates { return Dates{s.p.Case.Earliest, s.p.Case.DueSoon, s.p.Case.Latest} }

func TestV3_TheClockStandsStillWhileDocumentsAreAwaitedAndGoesOnWithTheLastOne(t *testing.T) {
	s := begin(t).confirmed()
	before := s.dates()
	s.wait(day).asked(anyOf("proof_of_address", "bank_statement"), anyOf("registration_extract"))
	asked := s.now
	if turn := s.p.Turn(s.now); s.p.Verification() != VerificationDocumentsRequested || turn.Who != PartyPartner || turn.Code != "documents" || !turn.By.Equal(s.now.Add(28*day)) {
		t.Fatalf("%s, turn %+v", s.p.Verification(), turn)
	}
	if want := []string{"documentsRequested erika@contoso.example"}; !slices.Equal(mails(last(s)), want) {
		t.Errorf("mails %v", mails(last(s)))
	}
	_, err := s.wait(6 * day).p.Escalate(s.system())
	wantCode(t, err, CodeNotOverdue) // the promised days would be over, but the ball is with the partner
	s.received("doc-1", upload("bank_statement"))
	if s.p.Verification() != VerificationDocumentsRequested || len(s.p.Case.Missing()) != 1 {
		t.Fatalf("%s, missing %v", s.p.Verification(), s.p.Case.Missing())
	}
	if got := s.p.Case.Expected(knowledge.Calendar, s.now); !got.Latest.Equal(before.Latest.Add(6 * day)) {
		t.Errorf("expected by %s if it went on now", got.Latest)
	}
	s.wait(day).received("doc-2", upload("registration_extract"))
	shift := s.now.Sub(asked)
	if got, want := s.dates(), (Dates{before.Earliest.Add(shift), before.DueSoon.Add(shift), before.Latest.Add(shift)}); got != want {
		t.Errorf("dates %v, want %v", got, want)
	}
	if s.p.Verification() != VerificationUnderReview || s.p.Turn(s.now).Who != PartyReviewer || s.p.Case.Request.CompletedAt.IsZero() {
		t.Errorf("%s, turn %+v", s.p.Verification(), s.p.Turn(s.now))
	}
	if want := []string{"documentsComplete erika@contoso.example"}; !slices.Equal(mails(last(s)), want) {
		t.Errorf("mails %v", mails(last(s)))
	}
	s.now = s.p.Case.Latest
	s.tell(s.p.Escalate(s.system()))
	t.Run("V3 documents of an overdue case don't make it due again", func(t *testing.T) {
		late := s.dates()
		s.asked(anyOf("other")).wait(day).received("doc-3", upload("other"))
		if s.dates() != late || s.p.Verification() != VerificationOverdue {
			t.Errorf("%s, %v", s.p.Verification(), s.dates())
		}
	})
}

func TestV3_WhatIsAskedForIsCheckedWithAllFaultsAtOnce(t *testing.T) {
	s := begin(t).confirmed()
	ask := func(r RequestDocuments) error {
		_, err := s.p.RequestDocuments(r, "r", knowledge.Calendar, s.stamp(reviewer))
		return err
	}
	wantFaults(t, ask(RequestDocuments{}), "/groups required", "/reason required")
	wantFaults(t, ask(RequestDocuments{Groups: []DocumentGroup{{}, {AnyOf: []DocumentKind{"other", "other", "x"}, Reason: "see www.evil.example"}}, Note: "n"}),
		"/groups/0/anyOf required", "/groups/0/reason required", "/groups/1/anyOf/1 not_allowed", "/groups/1/anyOf/2 unsupported", "/groups/1/reason looks_like_link")
	wantFaults(t, ask(RequestDocuments{Groups: make([]DocumentGroup, 6), Note: "n"}), "/groups too_long")
	wantFaults(t, ask(RequestDocuments{Groups: []DocumentGroup{{AnyOf: make([]DocumentKind, 9), Reason: "r"}}, Note: "n"}), "/groups/0/anyOf too_long")
	for range 10 {
		s.asked(anyOf("other"))
	}
	wantCode(t, ask(RequestDocuments{Groups: []DocumentGroup{anyOf("other")}, Note: "n"}), CodeTooMany)
	s.authorized()
	wantCode(t, ask(RequestDocuments{Groups: []DocumentGroup{anyOf("other")}, Note: "n"}), CodeVerificationDecided)
	appealed := begin(t).confirmed().rejected().appealed()
	_, err := appealed.p.RequestDocuments(RequestDocuments{Groups: []DocumentGroup{anyOf("other")}, Note: "n"}, "r", knowledge.Calendar, appealed.stamp(reviewer))
	wantCode(t, err, CodeFourEyes)
}

func TestV3_OnlyFilesOfTheAllowedKindsNamesTypesAndSizesAreTaken(t *testing.T) {
	p := begin(t).confirmed().p
	for _, c := range []struct {
		name   string
		change func(*Upload)
		faults []string
	}{
		{"V3 everything is fine", func(*Upload) {}, nil},
		{"V3 another spelling of the ending", func(u *Upload) { u.FileName = "PAPER.PDF" }, nil},
		{"V3 a photo", func(u *Upload) { u.FileName, u.ContentType = "p.jpeg", "image/jpeg" }, nil},
		{"V3 an unknown kind", func(u *Upload) { u.Kind = "x" }, []string{"/kind unsupported"}},
		{"V3 a type that isn't allowed", func(u *Upload) { u.ContentType = "text/html" }, []string{"/contentType unsupported"}},
		{"V3 an ending of another type", func(u *Upload) { u.FileName = "paper.exe" }, []string{"/fileName invalid"}},
		{"V3 no ending", func(u *Upload) { u.FileName = "paper" }, []string{"/fileName invalid"}},
		{"V3 a path", func(u *Upload) { u.FileName = "../paper.pdf" }, []string{"/fileName invalid"}},
		{"V3 no name", func(u *Upload) { u.FileName = "" }, []string{"/fileName required"}},
		{"V3 a long name", func(u *Upload) { u.FileName = strings.Repeat("n", 97) + ".pdf" }, []string{"/fileName too_long"}},
		{"V3 an empty file", func(u *Upload) { u.Size = 0 }, []string{"/size required"}},
		{"V3 10 MB", func(u *Upload) { u.Size = MaxDocumentSize }, nil},
		{"V3 more than 10 MB", func(u *Upload) { u.Size = MaxDocumentSize + 1 }, []string{"/size too_long"}},
		{"V3 all of it at once", func(u *Upload) { *u = Upload{} }, []string{"/kind unsupported", "/contentType unsupported", "/fileName required", "/size required"}},
		{"V3 replacing what isn't there", func(u *Upload) { u.Replaces = "x" }, []string{"/replaces invalid"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := upload("other")
			c.change(&u)
			if err := p.MayUpload(u); c.faults == nil {
				if err != nil {
					t.Error(err)
				}
			} else {
				wantFaults(t, err, c.faults...)
			}
		})
	}
	wantCode(t, begin(t).enrolled().p.MayUpload(upload("other")), CodeNothingToVerify)
	wantCode(t, begin(t).confirmed().authorized().p.MayUpload(upload("other")), CodeVerificationDecided)
}

func TestV3_UnaskedDocumentsHaveAQuotaAndAskedOnesFindRoom(t *testing.T) {
	s := begin(t).confirmed()
	for n := range MaxUnasked {
		s.received(fmt.Sprintf("doc-%d", n), upload("other"))
	}
	wantCode(t, s.p.MayUpload(upload("bank_statement")), CodeTooMany)
	replacing := upload("bank_statement")
	replacing.Replaces = "doc-0"
	if err := s.p.MayUpload(replacing); err != nil {
		t.Errorf("replacing: %v", err)
	}
	s.asked(anyOf("bank_statement"))
	if err := s.p.MayUpload(upload("bank_statement")); err != nil {
		t.Errorf("asked for: %v", err)
	}
	wantCode(t, s.p.MayUpload(upload("other")), CodeTooMany)
	big := begin(t).confirmed()
	u := upload("other")
	u.Size = MaxDocumentSize
	for n := range 5 {
		big.received(fmt.Sprintf("doc-%d", n), u)
	}
	wantCode(t, big.p.MayUpload(upload("other")), CodeTooMany)
}

func TestV11_ADocumentIsAcknowledgedOnceAndReplaceableUntilAReviewerOpensIt(t *testing.T) {
	s := begin(t).confirmed().received("doc-1", upload("other"))
	doc, _ := s.p.Document("doc-1")
	if doc.SHA256 != sha("doc-1") || doc.Size != 1000 || !doc.ReceivedAt.Equal(s.now) || doc.Scan != ScanPending || doc.RequestID != "" {
		t.Errorf("receipt %+v", doc)
	}
	if s.p.Verification() != VerificationUnderReview || len(mails(last(s))) != 0 {
		t.Errorf("%s, %v: a document that nobody asked for changes nothing", s.p.Verification(), mails(last(s)))
	}
	_, err := s.p.ReceiveDocument(Received{Upload: upload("other"), ID: "doc-1"}, knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeDocumentKnown)
	again := upload("other")
	again.Replaces = "doc-1"
	s.received("doc-2", again)
	if _, there := s.p.Document("doc-1"); there || len(s.p.Case.Documents) != 1 {
		t.Errorf("documents %+v", s.p.Case.Documents)
	}
	open := func(by Principal) error {
		_, err := s.p.OpenDocument("doc-2", s.stamp(by))
		return err
	}
	wantCode(t, open(globalAdmin), CodeDocumentOpened) // his own: shown, nothing recorded
	wantCode(t, open(reviewer), CodeDocumentNotClean)
	t.Run("V11 what was asked for is replaced by what was asked for", func(t *testing.T) {
		s := *s
		s.asked(anyOf("bank_statement", "tax_certificate")).received("doc-3", upload("bank_statement"))
		other := upload("other")
		other.Replaces = "doc-3"
		wantFaults(t, s.p.MayUpload(other), "/kind not_allowed")
		other.Kind = "tax_certificate"
		s.received("doc-4", other)
		if s.p.Verification() != VerificationUnderReview {
			t.Error(s.p.Verification())
		}
	})
	s.scanned("doc-2", ScanClean)
	_, err = s.p.RecordScan("doc-2", ScanInfected, knowledge.Calendar, s.system())
	wantCode(t, err, CodeStaleVersion)
	s.tell(s.p.OpenDocument("doc-2", s.stamp(reviewer)))
	wantCode(t, open(reviewer), CodeDocumentOpened)
	again.Replaces = "doc-2"
	wantCode(t, s.p.MayUpload(again), CodeDocumentUnderReview)
	if doc, _ := s.p.Document("doc-2"); s.p.Replaceable(doc) || doc.OpenedAt.IsZero() {
		t.Errorf("%+v", doc)
	}
	_, err = s.p.OpenDocument("doc-9", s.stamp(reviewer))
	wantCode(t, err, CodeNotFound)
}

func TestV3_AnInfectedFileCountsAsNotReceivedAndIsAskedForAgain(t *testing.T) {
	s := begin(t).asked(anyOf("bank_statement")).wait(day).received("doc-1", upload("bank_statement"))
	if s.p.Verification() != VerificationUnderReview {
		t.Fatal(s.p.Verification())
	}
	s.wait(time.Hour).scanned("doc-1", ScanInfected)
	if s.p.Verification() != VerificationDocumentsRequested || !s.p.Case.PausedAt.Equal(s.now) || len(s.p.Case.Missing()) != 1 {
		t.Errorf("%s, %+v", s.p.Verification(), s.p.Case)
	}
	if want := []string{"documentRefused erika@contoso.example"}; !slices.Equal(mails(last(s)), want) {
		t.Errorf("mails %v", mails(last(s)))
	}
	_, err := s.p.OpenDocument("doc-1", s.stamp(globalAdmin))
	wantCode(t, err, CodeDocumentNotClean)
	s.received("doc-2", upload("bank_statement"))
	if s.p.Verification() != VerificationUnderReview {
		t.Error(s.p.Verification())
	}
	_, err = s.p.RecordScan("doc-7", ScanClean, knowledge.Calendar, s.system())
	wantCode(t, err, CodeStaleVersion)
	s.authorized()
	_, err = s.p.RecordScan("doc-2", ScanClean, knowledge.Calendar, s.system())
	wantCode(t, err, CodeVerificationDecided)
}

func TestV3_TheScansOfAnOpenCaseAreAwaitedUntilTheyEnd(t *testing.T) {
	s := begin(t).confirmed().received("doc-1", upload("other")).received("doc-2", upload("other")).scanned("doc-1", ScanClean)
	if awaited := s.p.AwaitedScans(); len(awaited) != 1 || awaited[0].ID != "doc-2" || len(s.p.Case.Documents) != 2 {
		t.Errorf("awaited %+v of %+v", awaited, s.p.Case.Documents)
	}
	if awaited := s.authorized().p.AwaitedScans(); len(awaited) != 0 {
		t.Errorf("of a decided case: %+v", awaited)
	}
	if awaited := begin(t).enrolled().p.AwaitedScans(); len(awaited) != 0 {
		t.Errorf("without a case: %+v", awaited)
	}
}

func TestV9_DocumentsAreRemindedOfSixTimesAndThenTheRequestExpiresAndCanBeReopened(t *testing.T) {
	s := begin(t).asked(anyOf("bank_statement"))
	asked := s.now
	_, err := s.p.ReopenRequest(knowledge.Calendar, s.stamp(globalAdmin))
	wantCode(t, err, CodeRequestNotExpired)
	for n, after := range []int{1, 3, 8, 13, 18, 23} {
		due, ok := s.p.NextDeadline()
		if !ok || !due.Equal(asked.Add(time.Duration(after)*day)) {
			t.Fatalf("reminder %d is due at %s", n+1, due)
		}
		s.now = due
		s.tell(s.p.Tick(s.system()))
		if want := []string{"documentsReminder erika@contoso.example", "documentsReminder admin@contoso.example"}; !slices.Equal(mails(last(s)), want) {
			t.Errorf("mails %v", mails(last(s)))
		}
		_, err := s.p.Tick(s.system())
		wantCode(t, err, CodeNothingDue)
	}
	s.now = asked.Add(28 * day)
	s.tell(s.p.Tick(s.system()))
	if turn := s.p.Turn(s.now); s.p.Verification() != VerificationExpired || turn.Who != PartyPartner || turn.Code != "documents_expired" {
		t.Fatalf("%s, %+v", s.p.Verification(), turn)
	}
	if at, due := s.p.NextDeadline(); due {
		t.Errorf("something is due at %s: an expired request rests", at)
	}
	if q, ok := s.p.Queued(); !ok || q.Queue != QueueDocuments || q.Status != "Expired" {
		t.Errorf("%+v", q)
	}
	t.Run("V11 reopened it has as much time as at first", func(t *testing.T) {
		s := *s
		s.wait(day).tell(s.p.ReopenRequest(knowledge.Calendar, s.stamp(globalAdmin)))
		if at, _ := s.p.NextDeadline(); s.p.Verification() != VerificationDocumentsRequested || !at.Equal(s.now.Add(day)) || !s.p.Case.Request.ExpiresAt.Equal(s.now.Add(28*day)) {
			t.Errorf("%s, due %s", s.p.Verification(), at)
		}
	})
	t.Run("V11 uploading what is missing reopens and completes it", func(t *testing.T) {
		s := *s
		if s.wait(day).received("doc-1", upload("bank_statement")); s.p.Verification() != VerificationUnderReview {
			t.Error(s.p.Verification())
		}
	})
	t.Run("V4 a reviewer can decide all the same", func(t *testing.T) {
		s := *s
		if s.authorized(); !s.p.Authorized() {
			t.Error(s.p.Verification())
		}
	})
}

func TestV10_WhenDataDoesNotShowTheEmploymentADocumentIsAskedForFromTheFirstSecond(t *testing.T) {
	info := contoso()
	info.Legal.PrimaryContact.Email = "erika@elsewhere.com"
	s := begin(t).enrolled().saved(info).submitted()
	if want := []string{"ownershipLink erika@elsewhere.com", "verificationOpened admin@contoso.example", "documentsRequested admin@contoso.example"}; !slices.Equal(mails(last(s)), want) {
		t.Errorf("mails %v", mails(last(s)))
	}
	doc := s.p.Requirements(s.now)
	if len(doc.DueNow) != 2 || doc.DueNow[1].Code != "documents" || !strings.Contains(doc.DueNow[1].Reason, "Confirmation of employment") || len(doc.DueNow[1].Alternatives) != 2 {
		t.Errorf("due now %+v", doc.DueNow)
	}
	if who, text := s.p.Case.Check(CheckEmployment).Explain(*s.p.Case, s.now); who != PartyPartner || !strings.Contains(text, "document") {
		t.Errorf("%s: %s", who, text)
	}
	s.confirmed().received("doc-1", upload("domain_ownership"))
	if who, _ := s.p.Case.Check(CheckEmployment).Explain(*s.p.Case, s.now); who != PartyReviewer || s.p.Verification() != VerificationUnderReview {
		t.Errorf("%s, %s", who, s.p.Verification())
	}
	if s.authorized(); s.p.Case.Check(CheckEmployment).Status != CheckPassed {
		t.Errorf("%+v", s.p.Case.Checks)
	}
}

func TestV11_TheKindsOfDocumentsSayWhatIsAccepted(t *testing.T) {
	for _, k := range DocumentKinds() {
		if k.Code == "" || k.Title == "" || len(k.Examples) == 0 || strings.ContainsAny(k.Title, "/;") {
			t.Errorf("%+v", k)
		}
	}
	if len(DocumentTypes()) != 3 {
		t.Error(DocumentTypes())
	}
}

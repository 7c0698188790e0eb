//go:build stack

package e2e

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/agreement"
	"github.com/partner-onboarding/partner-onboarding/internal/app"
	"github.com/partner-onboarding/partner-onboarding/internal/command"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/test/rig"
)

func TestNobodyHasToWaitForTheWorkflow(t *testing.T) {
	c := newWorld(t).newCompany().active() // every command as soon as the one before is answered
	c.mustBeActive()
	c.mustEnd(c.execution(1), "Onboarded")
	c.mustHaveMailed(8)
}

func TestManyEnrolmentsOfATenantAtOnceMakeOnePartner(t *testing.T) { // E3
	c := newWorld(t).newCompany()
	var group sync.WaitGroup
	answers := make([]answer, 12)
	for i := range answers {
		group.Go(func() { answers[i] = c.call(c.admin, "POST", "/partners", c.enrolment()) })
	}
	group.Wait()
	made, ids := 0, map[string]bool{}
	for _, a := range answers {
		if a.status == 201 {
			made++
		} else {
			a.is(200)
		}
		ids[as[api.Enrollment](a).Partner.PartnerID] = true
	}
	if made != 1 || len(ids) != 1 {
		t.Errorf("%d made, ids %v", made, ids)
	}
}

// silent carries out commands on the deployed table without telling Step
// Functions: as if every signal were lost.
type silent struct {
	*company
	runner *command.Runner
	by     onboarding.Principal
	secret string
}

func (c *company) silently() *silent {
	return &silent{
		company: c, secret: app.NewSecret(),
		runner: &command.Runner{Records: store.New(c.stack.DynamoDB(), c.stack.Table), Now: time.Now},
		by:     onboarding.Principal{UserID: "u-" + c.domain, Email: c.admin, TenantID: c.tenant, TenantDomain: c.domain, GlobalAdmin: true},
	}
}

func (s *silent) tell(decide func(onboarding.Partner, onboarding.Stamp) (onboarding.Event, error)) {
	s.Helper()
	if _, err := s.runner.Run(s.Context(), command.Command{
		PartnerID: s.id, By: s.by.Actor(), Authorize: func(onboarding.Partner) error { return nil }, Decide: decide,
	}); err != nil {
		s.Fatal(err)
	}
}

func (s *silent) enrol() {
	s.Helper()
	id := app.NewID(app.PartnerPrefix, time.Now())
	if _, err := s.runner.RunNew(s.Context(), s.tenant, command.Command{
		By: s.by.Actor(), Authorize: func(onboarding.Partner) error { return nil },
		Decide: func(p onboarding.Partner, st onboarding.Stamp) (onboarding.Event, error) {
			return p.Enroll(onboarding.Enroll{PartnerID: id, WorkAccount: onboarding.WorkAccountExisting, WorkEmail: s.admin, CompanyName: "Contoso", By: s.by}, st)
		},
	}, func(onboarding.Partner) (store.Answer, error) { return store.Answer{}, nil }); err != nil {
		s.Fatal(err)
	}
	s.id = id
}

func (s *silent) submit() {
	s.Helper()
	info := rig.Info()
	info.Legal.PrimaryContact.Email, info.Support.Email = "ada@"+s.domain, "help@"+s.domain
	s.tell(func(p onboarding.Partner, st onboarding.Stamp) (onboarding.Event, error) {
		return p.SaveBusinessInfo(info, p.InfoRevision, st)
	})
	s.tell(func(p onboarding.Partner, st onboarding.Stamp) (onboarding.Event, error) {
		return p.Submit(rig.Knowledge(), app.NewID(app.CasePrefix, st.At), s.secret, st)
	})
}

func (s *silent) authorize() {
	s.Helper()
	s.tell(func(p onboarding.Partner, st onboarding.Stamp) (onboarding.Event, error) {
		return p.ConfirmOwnership(s.secret, st)
	})
	s.tell(func(p onboarding.Partner, st onboarding.Stamp) (onboarding.Event, error) {
		return p.Decide(onboarding.Decide{Result: onboarding.VerificationAuthorized, Note: "Records match."}, st)
	})
}

func (s *silent) version() onboarding.AgreementVersion {
	s.Helper()
	v, ok := agreement.Table{}.Current("eu-efta-uk", time.Now())
	if !ok {
		s.Fatal("no agreement")
	}
	return v
}

func (s *silent) sign() {
	s.Helper()
	v := s.version()
	s.tell(func(p onboarding.Partner, st onboarding.Stamp) (onboarding.Event, error) {
		return p.Accept(onboarding.AcceptAgreement{Version: v.Version, SHA256: v.Documents[0].SHA256, SignerName: "Ada Byron", SignerTitle: "Director", Consent: true, By: s.by}, v, st)
	})
}

func (s *silent) partner() {
	s.Helper()
	d, _ := directory.Find("DIST-NORTHWIND")
	id := app.NewID(app.RelationshipPrefix, time.Now())
	s.tell(func(p onboarding.Partner, st onboarding.Stamp) (onboarding.Event, error) {
		return p.RequestRelationship(d, id, "Welcome", st)
	})
	s.tell(func(p onboarding.Partner, st onboarding.Stamp) (onboarding.Event, error) {
		return p.AcceptRelationship(id, s.version(), app.NewID(app.PLAPrefix, st.At), st)
	})
}

func TestEverythingDoneBeforeTheWorkflowsFirstStateEndsTheSame(t *testing.T) {
	s := newWorld(t).newCompany().silently()
	s.enrol()
	s.submit()
	s.authorize()
	s.sign()
	s.partner()
	s.sweep("outbox") // starts the workflow, which finds every step done
	s.mustEnd(s.execution(1), "Onboarded")
	s.mustBeActive()
	s.mustHaveMailed(8)
}

func TestLostSignalsAreMadeUpForByTheOutbox(t *testing.T) {
	s := newWorld(t).newCompany().silently()
	s.enrol()
	s.sweep("outbox")
	s.waitsFor("businessInfo")
	s.submit() // the wait is over, and the workflow doesn't know
	s.until("the wait for the decision", func() bool {
		s.sweep("outbox")
		_, waits := s.workflow()
		return waits["decision"] != ""
	})
	s.authorize()
	s.until("the wait for the agreement", func() bool {
		s.sweep("outbox")
		_, waits := s.workflow()
		return waits["agreement"] != ""
	})
	s.sign()
	s.partner()
	s.until("the end", func() bool {
		s.sweep("outbox")
		out, err := s.stack.StepFunctions().DescribeExecution(s.Context(), &sfn.DescribeExecutionInput{ExecutionArn: new(s.execution(1))})
		return err == nil && out.Status == "SUCCEEDED"
	})
	s.mustEnd(s.execution(1), "Onboarded")
	s.mustBeActive()
	s.mustHaveMailed(8)
}

func TestAnOutboxThatRanOnlyAtTheEndMailsEverythingOnce(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	c.call("", "POST", c.linkUnsent(), nil).is(200)
	c.decide("Authorized")
	c.sign()
	c.partnered()
	c.mustBeActive()
	c.mustEnd(c.execution(1), "Onboarded")
	c.mustHaveMailed(8)
}

// linkUnsent is the path of the ownership link, taken out of the outbox's
// table; when the outbox has been there, out of the mail.
func (c *company) linkUnsent() string {
	c.Helper()
	out, err := c.stack.DynamoDB().Query(c.Context(), &dynamodb.QueryInput{
		TableName: &c.stack.Table, ConsistentRead: new(true), KeyConditionExpression: new("pk = :pk AND begins_with(sk, :e)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": &types.AttributeValueMemberS{Value: "PARTNER#" + c.id}, ":e": &types.AttributeValueMemberS{Value: "EVENT#"}},
	})
	if err != nil {
		c.Fatal(err)
	}
	for _, item := range out.Items {
		text, ok := item["follow"].(*types.AttributeValueMemberS)
		if !ok {
			continue
		}
		var follow []onboarding.Follow
		if err := json.Unmarshal([]byte(text.Value), &follow); err != nil {
			c.Fatal(err)
		}
		for _, f := range follow {
			if f.Mail != nil && f.Mail.Template == onboarding.MailOwnershipLink {
				return "/ownership-links/" + strings.TrimPrefix(f.Mail.Params["link"], "/ownership-links/")
			}
		}
	}
	return c.link()
}

func TestSecretsLeaveTheTableWithTheMailThatCarriedThem(t *testing.T) {
	c := newWorld(t).newCompany().submitted()
	_, secret, _ := strings.Cut(c.link(), ".")
	c.until("the outbox's tick", func() bool {
		c.sweep("outbox")
		out, err := c.stack.DynamoDB().Query(c.Context(), &dynamodb.QueryInput{
			TableName: &c.stack.Table, ConsistentRead: new(true), KeyConditionExpression: new("pk = :pk"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":pk": &types.AttributeValueMemberS{Value: "PARTNER#" + c.id}},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range out.Items {
			for _, value := range item {
				if text, ok := value.(*types.AttributeValueMemberS); ok && strings.Contains(text.Value, secret) {
					return false
				}
			}
		}
		return true
	})
}

//go:build stack

package e2e

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
	"github.com/partner-onboarding/partner-onboarding/test/contract"
)

// patience is how long a test waits for something that happens by itself.
const patience = 45 * time.Second

// Users of the programme's side.
const (
	reviewer  = "reviewer1@programme.example"
	northwind = "sales@northwind-distribution.example" // serves the EU, EFTA and the United Kingdom
	adventure = "sales@adventure-distribution.example" // serves the United States and Canada
)

func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "12"); err != nil { // the tests wait more than they work
		panic(err)
	}
	os.Exit(m.Run())
}

var running = sync.OnceValues(stack.Load)

// world is the deployed system as one test sees it.
type world struct {
	*testing.T
	stack *stack.Stack
}

func newWorld(t *testing.T) *world {
	t.Helper()
	t.Parallel()
	s, err := running()
	if err != nil {
		t.Fatal(err)
	}
	return &world{t, s}
}

// answer is what came back from the API.
type answer struct {
	w      *world
	what   string
	status int
	header http.Header
	body   []byte
}

// call sends a request. The answer must be one that the contract documents.
func (w *world) call(user, method, path string, body any, headers ...string) answer {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	response, text, err := w.stack.Call(ctx, user, method, path, body, headers...)
	if err != nil {
		w.Fatalf("%s %s as %q: %v", method, path, user, err)
	}
	a := answer{w, method + " " + path + " as " + user, response.StatusCode, response.Header, text}
	if err := contract.Check(method, path, a.status, a.header, a.body); err != nil {
		w.Errorf("%s: %v", a.what, err)
	}
	return a
}

// is fails the test when the answer's status is another.
func (a answer) is(status int) answer {
	a.w.Helper()
	if a.status != status {
		a.w.Fatalf("%s: %d, want %d: %s", a.what, a.status, status, a.body)
	}
	return a
}

// as decodes an answer.
func as[T any](a answer) T {
	a.w.Helper()
	var v T
	if err := json.Unmarshal(a.body, &v); err != nil {
		a.w.Fatalf("%s: %v: %s", a.what, err, a.body)
	}
	return v
}

// until waits for something that happens by itself.
func (w *world) until(what string, happened func() bool) {
	w.Helper()
	for deadline := time.Now().Add(patience); !happened(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatalf("%s: not within %s", what, patience)
		}
	}
}

// sweep runs a scheduled function now instead of within a minute.
func (w *world) sweep(folder string) {
	w.Helper()
	if _, err := w.stack.Invoke(w.Context(), folder, map[string]any{}); err != nil {
		w.Fatal(err)
	}
}

// company is a company with its people and, once it is enrolled, its partner.
type company struct {
	*world
	domain, tenant string
	admin          string // Global Admin of its directory
	colleague      string // signs in from the same tenant, no role
	id             string
}

// newCompany makes a company that has a directory.
func (w *world) newCompany() *company {
	w.Helper()
	domain := strings.ToLower(rand.Text()[:12]) + ".example"
	c := &company{world: w, domain: domain, tenant: uuid.NewString(), admin: "admin@" + domain, colleague: "colleague@" + domain}
	for _, u := range []stack.User{
		{Email: c.admin, Tenant: c.tenant, TenantDomain: domain, GlobalAdmin: true},
		{Email: c.colleague, Tenant: c.tenant, TenantDomain: domain},
	} {
		if err := w.stack.AddUser(w.Context(), u); err != nil {
			w.Fatal(err)
		}
	}
	return c
}

func (c *company) path(rest string) string { return "/partners/" + c.id + rest }

func (c *company) enrolment() map[string]any {
	return map[string]any{"workAccount": "existing", "workEmail": c.admin, "companyName": "Contoso"}
}

func (c *company) enrol() *company {
	c.Helper()
	c.id = as[api.Enrollment](c.call(c.admin, "POST", "/partners", c.enrolment()).is(201)).Partner.PartnerID
	return c
}

// info is what the company enters in step 2, with changes to its members by
// JSON pointers; nil takes one away.
func (c *company) info(changes ...any) map[string]any {
	info := map[string]any{
		"legalProfile": map[string]any{
			"legalName": "Contoso Ltd", "registrationNumber": "01234567",
			"address":        map[string]any{"country": "GB", "lines": []any{"1 High Street"}, "locality": "London", "postalCode": "SW1A 1AA"},
			"primaryContact": map[string]any{"firstName": "Ada", "lastName": "Byron", "email": "ada@" + c.domain, "phone": "020 7946 0018"},
		},
		"supportProfile": map[string]any{"email": "help@" + c.domain, "website": "https://www.contoso.com"},
	}
	for i := 0; i+1 < len(changes); i += 2 {
		parts := strings.Split(strings.TrimPrefix(changes[i].(string), "/"), "/")
		object := info
		for _, p := range parts[:len(parts)-1] {
			object = object[p].(map[string]any)
		}
		if last := parts[len(parts)-1]; changes[i+1] == nil {
			delete(object, last)
		} else {
			object[last] = changes[i+1]
		}
	}
	return info
}

func (c *company) save(info map[string]any) {
	c.Helper()
	tag := c.call(c.admin, "GET", c.path("/business-info"), nil).is(200).header.Get("ETag")
	c.call(c.admin, "PUT", c.path("/business-info"), info, "If-Match", tag).is(200)
}

func (c *company) submit() {
	c.Helper()
	c.call(c.admin, "POST", c.path("/business-info/submission"), nil).is(201)
}

// link is the path of the ownership link that was mailed last.
func (c *company) link() string {
	c.Helper()
	var path string
	c.until("the ownership link's mail", func() bool {
		c.sweep("outbox")
		for _, m := range c.mails() {
			if i := strings.Index(m.Text, "/ownership-links/"); i >= 0 {
				path, _, _ = strings.Cut(strings.Fields(m.Text[i:])[0], ">")
			}
		}
		return path != ""
	})
	return path
}

func (c *company) confirm() {
	c.Helper()
	c.call("", "POST", c.link(), nil).is(200)
}

func (c *company) decide(decision string, reasonCodes ...string) {
	c.Helper()
	body := map[string]any{"decision": decision, "reason": "Compared with the register."}
	if len(reasonCodes) > 0 {
		body["reasonCodes"] = reasonCodes
	}
	c.call(reviewer, "POST", c.path("/verification/decision"), body).is(200)
}

func (c *company) acceptance() map[string]any {
	c.Helper()
	a := as[api.Agreement](c.call(c.admin, "GET", c.path("/agreement"), nil).is(200))
	return map[string]any{"version": a.Version, "sha256": a.Documents[0].SHA256, "signerName": "Ada Byron", "signerTitle": "Director", "consent": true}
}

func (c *company) sign() {
	c.Helper()
	c.call(c.admin, "POST", c.path("/agreement/acceptance"), c.acceptance()).is(201)
}

// requested has a distributor ask, and returns the request's path.
func (c *company) requested(by string) string {
	c.Helper()
	r := as[api.Relationship](c.call(by, "POST", c.path("/relationships"), map[string]any{"message": "Welcome"}).is(201))
	return c.path("/relationships/" + r.RelationshipID)
}

func (c *company) partnered() {
	c.Helper()
	c.call(c.admin, "POST", c.requested(northwind)+"/acceptance", nil).is(200)
}

// The stages that a company passes, each from the beginning.
func (c *company) drafted() *company   { c.Helper(); c.enrol().save(c.info()); return c }
func (c *company) submitted() *company { c.Helper(); c.drafted().submit(); return c }
func (c *company) authorized() *company {
	c.Helper()
	c.submitted().confirm()
	c.decide("Authorized")
	return c
}
func (c *company) signed() *company { c.Helper(); c.authorized().sign(); return c }
func (c *company) active() *company { c.Helper(); c.signed().partnered(); return c }

// mustBeActive says that the company may transact, by every view of it.
func (c *company) mustBeActive() {
	c.Helper()
	status := as[api.PartnerStatus](c.call(c.admin, "GET", c.path(""), nil).is(200))
	for _, step := range status.Steps {
		if step.Status != api.StepStatusDone {
			c.Errorf("step %s is %s", step.Step, step.Status)
		}
	}
	if status.ProgrammeStatus != api.ProgrammeStatusActive || status.Turn.Who != api.PartyNobody {
		c.Errorf("status %+v", status)
	}
	for _, by := range []string{c.admin, northwind, reviewer} {
		if e := as[api.Eligibility](c.call(by, "GET", c.path("/eligibility"), nil).is(200)); !e.Eligible || e.DistributorID != "DIST-NORTHWIND" {
			c.Errorf("eligible as %s sees it: %+v", by, e)
		}
	}
	if r := as[api.Requirements](c.call(c.admin, "GET", c.path("/requirements"), nil).is(200)); len(r.DueNow)+len(r.PastDue)+len(r.DueLater)+len(r.BeingVerified) != 0 {
		c.Errorf("something is still required: %+v", r)
	}
}

// mails are those to the company's addresses, and to staff and distributors about
// it.
func (c *company) mails() []stack.Mail {
	c.Helper()
	all, err := c.stack.Mails(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	return slices.DeleteFunc(all, func(m stack.Mail) bool {
		own := slices.ContainsFunc(m.To, func(to string) bool { return strings.HasSuffix(to, "@"+c.domain) })
		ours := !strings.Contains(m.From, "verificationemail.com") // the pool's own mails are none of ours
		return !ours || !own && (c.id == "" || !strings.Contains(m.Text, c.id))
	})
}

// mustHaveMailed runs the outbox until so many mails are there, and says that
// each came once.
func (c *company) mustHaveMailed(number int) {
	c.Helper()
	c.until(fmt.Sprintf("%d mails", number), func() bool { c.sweep("outbox"); return len(c.mails()) >= number })
	c.sweep("outbox")
	seen := map[string]int{}
	mails := c.mails()
	for _, m := range mails {
		seen[strings.Join(m.To, ",")+": "+m.Subject]++
		if m.From == "" || m.HTML == "" || m.Text == "" {
			c.Errorf("a mail lacks something: %+v", m)
		}
	}
	for mail, times := range seen {
		if times > 1 {
			c.Errorf("%d times %s", times, mail)
		}
	}
	if len(mails) != number {
		c.Errorf("%d mails, want %d: %v", len(mails), number, seen)
	}
}

// items are the partner's rows of the table, without what the workflow and the
// outbox change by themselves.
func (c *company) items() map[string]map[string]types.AttributeValue {
	c.Helper()
	out, err := c.stack.DynamoDB().Query(c.Context(), &dynamodb.QueryInput{
		TableName: &c.stack.Table, ConsistentRead: new(true), KeyConditionExpression: new("pk = :pk"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": &types.AttributeValueMemberS{Value: "PARTNER#" + c.id}},
	})
	if err != nil {
		c.Fatal(err)
	}
	items := map[string]map[string]types.AttributeValue{}
	for _, item := range out.Items {
		for _, own := range []string{"follow", "duePk", "dueAt", "attempts", "workflow", "workflowRevision"} {
			delete(item, own)
		}
		if sk := item["sk"].(*types.AttributeValueMemberS).Value; !strings.HasPrefix(sk, "DELIVERY#") { // what the outbox writes of mails
			items[sk] = item
		}
	}
	return items
}

// unchanged says that what is done meanwhile changes nothing of the partner. A
// deadline that passed in between did not come of it: then it is done again.
func (c *company) unchanged(do func()) {
	c.Helper()
	for {
		before := c.items()
		do()
		after := c.items()
		if reflect.DeepEqual(before, after) {
			return
		}
		passed := 0
		for key, item := range after {
			if actor, ok := item["actor"].(*types.AttributeValueMemberS); ok && before[key] == nil {
				passed++
				if !strings.Contains(actor.Value, `"name":"Deadline"`) {
					c.Errorf("meanwhile %s happened: %s", item["type"], actor.Value)
					return
				}
			}
		}
		if passed == 0 {
			c.Errorf("the partner's rows changed without an event")
			return
		}
	}
}

// attribute is one of the partner's row.
func (c *company) attribute(name string) string {
	c.Helper()
	out, err := c.stack.DynamoDB().GetItem(c.Context(), &dynamodb.GetItemInput{
		TableName: &c.stack.Table, ConsistentRead: new(true),
		Key: map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "PARTNER#" + c.id}, "sk": &types.AttributeValueMemberS{Value: "PARTNER"}},
	})
	if err != nil {
		c.Fatal(err)
	}
	switch v := out.Item[name].(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return v.Value
	}
	c.Fatalf("the partner %s has no attribute %s", c.id, name)
	return ""
}

// version is the number of the partner's events.
func (c *company) version() int {
	c.Helper()
	n, err := strconv.Atoi(c.attribute("version"))
	if err != nil {
		c.Fatal(err)
	}
	return n
}

// signUp makes a user as anybody can, by the pool's own sign-up, with
// attributes given as name, value.
func (w *world) signUp(email string, attributes ...string) {
	w.Helper()
	client := w.stack.Cognito()
	list := []cognito.AttributeType{{Name: new("email"), Value: &email}}
	for i := 0; i+1 < len(attributes); i += 2 {
		list = append(list, cognito.AttributeType{Name: &attributes[i], Value: &attributes[i+1]})
	}
	if _, err := client.SignUp(w.Context(), &cognitoidentityprovider.SignUpInput{
		ClientId: &w.stack.SignUpClient, Username: &email, Password: new(stack.Password),
		UserAttributes: list,
	}); err != nil {
		w.Fatal(err)
	}
	if _, err := client.AdminConfirmSignUp(w.Context(), &cognitoidentityprovider.AdminConfirmSignUpInput{UserPoolId: &w.stack.UserPool, Username: &email}); err != nil {
		w.Fatal(err)
	}
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

//go:build stack

package e2e

import (
	"crypto/rand"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

// userID is the identity provider's subject of a user.
func (w *world) userID(email string) string {
	w.Helper()
	return as[api.Me](w.call(email, "GET", "/me", nil).is(200)).UserID
}

// newFounders makes a company without a directory: its people sign up.
func (w *world) newFounders(names ...string) *company {
	w.Helper()
	domain := strings.ToLower(rand.Text()[:12]) + ".example"
	c := &company{world: w, domain: domain, admin: "admin@" + domain}
	for _, name := range append([]string{"admin"}, names...) {
		if err := w.stack.AddUser(w.Context(), stack.User{Email: name + "@" + domain}); err != nil {
			w.Fatal(err)
		}
	}
	return c
}

func (c *company) founded() *company {
	c.Helper()
	c.id = as[api.Enrollment](c.call(c.admin, "POST", "/partners", map[string]any{"workAccount": "new", "workEmail": c.admin, "companyName": "Newco"}).is(201)).Partner.PartnerID
	return c
}

// invitationTo is the path of the link that an address was mailed last.
func (c *company) invitationTo(address string) (path string) {
	c.Helper()
	c.until("the invitation's mail", func() bool {
		c.sweep("outbox")
		for _, m := range c.mails() {
			if i := strings.Index(m.Text, "/invitation-links/"); i >= 0 && slices.Contains(m.To, address) {
				path, _, _ = strings.Cut(strings.Fields(m.Text[i:])[0], ">")
			}
		}
		return path != ""
	})
	return path
}

// invited has somebody invited and returns the link's path.
func (c *company) invited(by, address string, roles ...string) string {
	c.Helper()
	c.call(by, "POST", c.path("/invitations"), map[string]any{"email": address, "roles": append([]string{}, roles...)}).is(201)
	return c.invitationTo(address)
}

// joined has somebody invited and accept, and returns his user id.
func (c *company) joined(by, who string, roles ...string) string {
	c.Helper()
	c.call(who, "POST", c.invited(by, who, roles...), nil).is(200)
	return c.userID(who)
}

func (c *company) rolesOf(userID string) (roles []string) {
	c.Helper()
	for _, u := range as[api.UserList](c.call(c.admin, "GET", c.path("/users"), nil).is(200)).Users {
		if u.UserID == userID {
			for _, r := range u.Roles {
				roles = append(roles, string(r.Role))
			}
		}
	}
	return roles
}

func TestA7_AColleagueIsInvitedAndWorksForTheCompany(t *testing.T) {
	w := newWorld(t)
	c, other := w.newCompany().drafted(), w.newCompany()
	c.refused(refusal{by: c.colleague, method: "GET", path: c.path("/users"), status: 403, code: "role_required"})
	link := c.invited(c.admin, c.colleague, "AdminAgent")
	for range 2 { // a scanner looks first
		v := as[api.InvitationView](c.call("", "GET", link, nil).is(200))
		if v.State != api.InvitationStatusOpen || v.SignIn != api.SignInKindWorkAccount || v.EmailMasked != "c…@"+c.domain || strings.Contains(string(v.CompanyName), "@") {
			t.Errorf("%+v", v)
		}
	}
	c.refused(refusal{by: "", method: "POST", path: link, status: 401, code: "unauthenticated"})
	for _, by := range []string{c.admin, other.admin, reviewer, northwind} {
		c.refused(refusal{by: by, method: "POST", path: link, status: 403, code: "wrong_account"})
	}
	c.refused(refusal{by: c.colleague, method: "POST", path: "/invitation-links/" + c.id + ".0123456789012345678901234567890123456789012", status: 404, code: "not_found"})
	for range 2 { // accepting twice answers the same
		if got := as[api.UserStanding](c.call(c.colleague, "POST", link, nil).is(200)); got.PartnerID != c.id || !slices.Equal(got.Roles, []api.Role{"Member", "AdminAgent"}) {
			t.Errorf("%+v", got)
		}
	}
	c.call(c.colleague, "POST", c.path("/business-info/submission"), nil).is(201) // B3: as he may now
	id := c.userID(c.colleague)
	list := as[api.UserList](c.call(c.colleague, "GET", c.path("/users"), nil).is(200))
	i := slices.IndexFunc(list.Users, func(u api.User) bool { return u.UserID == id })
	if i < 0 || !list.Users[i].You || list.Users[i].Roles[0].GivenBy == "" || list.Invitations[0].Status != api.InvitationStatusAccepted {
		t.Fatalf("%+v", list)
	}
	t.Run("A7 within his limits", func(t *testing.T) {
		admin := c.userID(c.admin)
		c.refused(refusal{by: c.colleague, method: "POST", path: c.path("/users/" + admin + "/removal"), body: map[string]any{}, status: 403, code: "role_required"})
		c.refused(refusal{by: c.colleague, method: "POST", path: c.path("/users/" + id + "/legal-authority"), body: map[string]any{"document": "x", "date": "2026-01-01"}, status: 403, code: "role_required"})
		c.refused(refusal{by: c.admin, method: "POST", path: c.path("/users/" + id + "/roles"), body: map[string]any{"role": "GlobalAdmin"}, status: 409, code: "role_of_directory"})
		c.refused(refusal{by: c.admin, method: "POST", path: c.path("/users/" + admin + "/removal"), body: map[string]any{}, status: 409, code: "last_global_admin"})
	})
	t.Run("A7 removed, his token opens nothing", func(t *testing.T) {
		c.call(c.admin, "POST", c.path("/users/"+id+"/removal"), map[string]any{"reason": "Left the company."}).is(200)
		for _, path := range []string{"", "/users", "/business-info", "/timeline"} {
			c.refused(refusal{by: c.colleague, method: "GET", path: c.path(path), status: 404, code: "not_found"})
		}
		c.refused(refusal{by: c.colleague, method: "POST", path: link, status: 409, code: "invitation_used"})
		if me := as[api.Me](c.call(c.colleague, "GET", "/me", nil).is(200)); me.PartnerID != "" {
			t.Errorf("%+v", me)
		}
	})
}

func TestA3_ARecordedLegalAuthoritySignsAndTheEvidenceIsKept(t *testing.T) {
	w := newWorld(t)
	c := w.newCompany().authorized()
	id := c.joined(c.admin, c.colleague)
	accept := c.acceptance()
	c.refused(refusal{by: c.colleague, method: "POST", path: c.path("/agreement/acceptance"), body: accept, status: 403, code: "role_required"})
	body := map[string]any{"document": "Board resolution 12", "date": "2026-01-31", "note": "Signed by both directors."}
	c.call(c.admin, "POST", c.path("/users/"+id+"/legal-authority"), body).is(200)
	e := as[api.AcceptanceEvidence](c.call(c.colleague, "POST", c.path("/agreement/acceptance"), accept).is(201))
	if e.LegalAuthority == nil || e.LegalAuthority.Document != "Board resolution 12" || e.SignedBy != id {
		t.Errorf("%+v", e)
	}
	c.call(c.admin, "POST", c.path("/users/"+id+"/roles/withdrawal"), map[string]any{"role": "LegalAuthority", "reason": "Revoked by the board."}).is(200)
	if got := c.rolesOf(id); !slices.Equal(got, []string{"AdminAgent"}) { // A4: by signing
		t.Errorf("%v", got)
	}
}

func TestA7_ACompanyWithoutADirectoryHasUsersByItsRecordAlone(t *testing.T) {
	w := newWorld(t)
	c := w.newFounders("kim", "ann", "eve").founded()
	rival := w.newFounders("kim").founded()
	kim, ann, eve := "kim@"+c.domain, "ann@"+c.domain, "eve@"+c.domain
	kimID := c.joined(c.admin, kim, "GlobalAdmin")
	c.joined(kim, ann)
	t.Run("A7 roles by operations", func(t *testing.T) {
		for who, want := range map[string][4]int{ // looks, lists, saves, recovers
			c.admin: {200, 200, 422, 403}, kim: {200, 200, 422, 403}, ann: {200, 403, 403, 403}, eve: {404, 404, 404, 404}, rival.admin: {404, 404, 404, 404}, reviewer: {200, 200, 403, 422},
		} {
			got := [4]int{
				c.call(who, "GET", c.path(""), nil).status, c.call(who, "GET", c.path("/users"), nil).status,
				c.call(who, "POST", c.path("/invitations"), map[string]any{"email": ""}).status, c.call(who, "POST", c.path("/admin-recovery"), map[string]any{"email": "", "reason": ""}).status,
			}
			if got != want {
				t.Errorf("%s gets %v, want %v", who, got, want)
			}
		}
	})
	t.Run("E3 a user finds the partner, and can't enrol a second one", func(t *testing.T) {
		if me := as[api.Me](c.call(kim, "GET", "/me", nil).is(200)); me.PartnerID != c.id || !slices.Contains(me.Roles, api.RoleGlobalAdmin) {
			t.Errorf("%+v", me)
		}
		e := as[api.Enrollment](c.call(kim, "POST", "/partners", map[string]any{"workAccount": "new", "workEmail": kim, "companyName": "Kimco"}).is(200))
		if e.Partner.PartnerID != c.id {
			t.Errorf("%+v", e)
		}
	})
	t.Run("A7 an account belongs to one partner", func(t *testing.T) {
		rival.call(rival.admin, "POST", rival.path("/invitations"), map[string]any{"email": ann, "otherDomain": true}).is(201)
		c.refused(refusal{by: ann, method: "POST", path: rivalLink(rival, ann), status: 409, code: "user_of_another_partner"})
	})
	t.Run("A7 a hand-over moves all at once, and the founder's token opens nothing", func(t *testing.T) {
		annID := c.userID(ann)
		c.call(kim, "POST", c.path("/users/"+annID+"/roles"), map[string]any{"role": "AdminAgent"}).is(200)
		c.call(c.admin, "POST", c.path("/handover"), map[string]any{"userId": annID, "leave": true}).is(202)
		c.refused(refusal{by: kim, method: "POST", path: c.path("/handover/acceptance"), status: 403, code: "role_required"})
		got := as[api.UserStanding](c.call(ann, "POST", c.path("/handover/acceptance"), nil).is(200))
		if !slices.Contains(got.Roles, api.RoleGlobalAdmin) {
			t.Errorf("%+v", got)
		}
		c.refused(refusal{by: c.admin, method: "GET", path: c.path(""), status: 404, code: "not_found"})
		c.refused(refusal{by: c.admin, method: "POST", path: "/partners", body: map[string]any{"workAccount": "new", "workEmail": c.admin, "companyName": "Newco"}, status: 409, code: "founder_removed"})
		c.admin = ann
	})
	t.Run("A7 whom it removes is free to join another, and the last Global Admin stays", func(t *testing.T) {
		c.call(ann, "POST", c.path("/users/"+kimID+"/removal"), map[string]any{}).is(200)
		c.refused(refusal{by: ann, method: "POST", path: c.path("/users/" + c.userID(ann) + "/removal"), body: map[string]any{}, status: 409, code: "last_global_admin"})
		if me := as[api.Me](c.call(kim, "GET", "/me", nil).is(200)); me.PartnerID != "" {
			t.Errorf("%+v", me)
		}
		rival.call(rival.admin, "POST", rival.path("/invitations"), map[string]any{"email": kim, "otherDomain": true}).is(201)
		c.call(kim, "POST", rivalLink(rival, kim), nil).is(200)
	})
	t.Run("O3 staff lets a new Global Admin in when none is left", func(t *testing.T) {
		c.call(reviewer, "POST", c.path("/admin-recovery"), map[string]any{"email": eve, "reason": "Register extract and identity seen."}).is(202)
		if got := as[api.UserStanding](c.call(eve, "POST", c.invitationTo(eve), nil).is(200)); !slices.Contains(got.Roles, api.RoleGlobalAdmin) {
			t.Errorf("%+v", got)
		}
	})
}

// rivalLink is the link of an invitation to an address of another company.
func rivalLink(c *company, address string) string {
	c.Helper()
	own := *c
	own.domain = address[strings.Index(address, "@")+1:]
	var path string
	c.until("the invitation's mail", func() bool {
		c.sweep("outbox")
		for _, m := range own.mails() {
			if i := strings.Index(m.Text, "/invitation-links/"+c.id); i >= 0 && slices.Contains(m.To, address) {
				path, _, _ = strings.Cut(strings.Fields(m.Text[i:])[0], ">")
			}
		}
		return path != ""
	})
	return path
}

func TestE8_AskingToBeAddedRevealsNothingUntilTheAdminsAgree(t *testing.T) {
	w := newWorld(t)
	c, nobodys := w.newCompany().enrol(), w.newFounders()
	nina := "nina@" + c.domain
	if err := w.stack.AddUser(w.Context(), stack.User{Email: nina, Tenant: c.tenant, TenantDomain: c.domain}); err != nil {
		t.Fatal(err)
	}
	ask := func(who string) string {
		a := as[api.JoinAnswer](w.call(who, "POST", "/join-requests", nil).is(202))
		return a.Next
	}
	c.refused(refusal{by: reviewer, method: "POST", path: "/join-requests", status: 403, code: "role_required"})
	if there, not := ask(nina), ask(nobodys.admin); there != not || ask(nina) != there {
		t.Errorf("%q\n%q", there, not)
	}
	var list api.UserList
	c.until("the wish to be added", func() bool {
		c.sweep("outbox")
		list = as[api.UserList](c.call(c.admin, "GET", c.path("/users"), nil).is(200))
		return len(list.JoinRequests) == 1
	})
	if list.JoinRequests[0].Email != nina {
		t.Errorf("%+v", list.JoinRequests)
	}
	c.until("the admin's mail", func() bool {
		c.sweep("outbox")
		return slices.ContainsFunc(c.mails(), func(m stack.Mail) bool {
			return slices.Contains(m.To, c.admin) && strings.Contains(m.Subject, "asks to be added")
		})
	})
	for _, m := range c.mails() {
		if slices.Contains(m.To, nina) {
			t.Errorf("she is told: %s", m.Subject)
		}
	}
	c.call(c.admin, "POST", c.path("/join-requests/"+list.JoinRequests[0].RequestID+"/agreement"), map[string]any{"roles": []any{"AdminAgent"}}).is(200)
	c.call(nina, "POST", c.invitationTo(nina), nil).is(200)
	if got := c.rolesOf(c.userID(nina)); !slices.Equal(got, []string{"AdminAgent"}) {
		t.Errorf("%v", got)
	}
}

func TestE8_TheSameCompanyIsSeenByReviewersAloneAndTellsTheApplicantNothing(t *testing.T) {
	w := newWorld(t)
	name := strings.ToUpper(rand.Text()[:10])
	named := func(c *company, legal string) *company {
		c.enrol().save(c.info("/legalProfile/legalName", legal, "/legalProfile/registrationNumber", "0"+digits(c.domain)))
		return c
	}
	first, second, alone := named(w.newCompany(), name+" Ltd"), named(w.newCompany(), name+" Limited"), named(w.newCompany(), strings.ToUpper(rand.Text()[:10])+" Limited")
	first.submit()
	seen := func(c *company, legal string) (texts []string) {
		texts = append(texts, string(c.call(c.admin, "POST", c.path("/business-info/submission"), nil).is(201).body))
		for _, path := range []string{"", "/verification", "/requirements", "/legal-info", "/business-info", "/timeline"} {
			texts = append(texts, string(c.call(c.admin, "GET", c.path(path), nil).is(200).body))
		}
		caseID := as[api.Verification](c.call(c.admin, "GET", c.path("/verification"), nil).is(200)).CaseID
		for i, text := range texts {
			text = strings.NewReplacer(c.id, "ID", caseID, "CASE", c.domain, "DOMAIN", c.tenant, "TENANT", legal, "NAME", "0"+digits(c.domain), "NUMBER", digits(c.domain), "NUMBER").Replace(text)
			texts[i] = changing.ReplaceAllString(text, "*")
		}
		return texts
	}
	with, without := seen(second, name+" Limited"), seen(alone, as[api.LegalInfo](alone.call(alone.admin, "GET", alone.path("/legal-info"), nil).is(200)).LegalProfile.LegalName)
	for i := range with {
		if with[i] != without[i] {
			t.Errorf("with a twin:    %s\nwithout: %s", with[i], without[i])
		}
	}
	staffs := func(c *company) []api.SameCompany {
		return as[api.StaffCase](c.call(reviewer, "GET", c.path("/verification/case"), nil).is(200)).SameCompany
	}
	twins := staffs(second)
	if len(twins) != 1 || twins[0].PartnerID != first.id || !slices.Equal(twins[0].SameBy, []api.SameCompanyBy{"legalName"}) || !slices.Contains(twins[0].MailDomains, first.domain) || twins[0].Status != api.VerificationStatusPending {
		t.Errorf("%+v", twins)
	}
	if got := staffs(first); len(got) != 1 || got[0].PartnerID != second.id {
		t.Errorf("the older one's case: %+v", got)
	}
	if got := staffs(alone); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

// changing is what differs between two companies anyway: times and event ids.
var changing = regexp.MustCompile(`\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{64}`)

// digits makes a registration number of a domain.
func digits(domain string) string {
	n := 0
	for _, r := range domain {
		n = (n*31 + int(r)) % 9000000
	}
	return strconv.Itoa(1000000 + n)
}

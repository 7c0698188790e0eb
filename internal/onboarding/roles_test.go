package onboarding_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"text/tabwriter"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

var roles = []Role{RoleGlobalAdmin, RoleAdminAgent, RoleLegalAuthority, RoleMember, RoleReviewer, RoleDistributor}

// principalsByRole are people who hold exactly one role towards the partner
// of rolesPartner.
var principalsByRole = map[Role]Principal{
	RoleGlobalAdmin:    globalAdmin,
	RoleAdminAgent:     {UserID: "u-agent", TenantID: "t-contoso"},
	RoleLegalAuthority: {UserID: "u-authority", TenantID: "t-contoso"},
	RoleMember:         colleague,
	RoleReviewer:       reviewer,
	RoleDistributor:    seller,
}

func rolesPartner(t *testing.T) Partner {
	p := begin(t).enrolled().requested(northwind).p
	p.Members = append(p.Members, Member{UserID: "u-agent", Roles: []Role{RoleAdminAgent}}, Member{UserID: "u-authority", Roles: []Role{RoleLegalAuthority}})
	return p
}

func TestB3_A3_TheWholeTableOfRolesAndActions(t *testing.T) {
	p := rolesPartner(t)
	actions := Actions()
	slices.Sort(actions)
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	fmt.Fprint(w, "action")
	for _, r := range roles {
		fmt.Fprintf(w, "\t%s", r)
	}
	fmt.Fprintln(w, "\tanother tenant's admin\tanother distributor")
	for _, a := range actions {
		fmt.Fprint(w, a)
		for _, r := range roles {
			err := Authorize(principalsByRole[r], a, p)
			fmt.Fprintf(w, "\t%s", answer(err))
			if (err == nil) != slices.Contains(MayDo(a), r) {
				t.Errorf("%s by %s: %v, but MayDo lists %v", a, r, err, MayDo(a))
			}
		}
		fmt.Fprintf(w, "\t%s\t%s\n", answer(Authorize(stranger, a, p)), answer(Authorize(rival, a, p)))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	wantGolden(t, "permissions.golden.txt", b.Bytes())
	t.Run("every action of the source is in the table", func(t *testing.T) {
		for name, value := range constants(t, "Action") {
			if !slices.Contains(actions, Action(value)) {
				t.Errorf("%s is granted to nobody", name)
			}
		}
	})
	t.Run("what isn't in the table is denied", func(t *testing.T) {
		for _, r := range roles {
			wantCode(t, Authorize(principalsByRole[r], "launchRocket", p), CodeRoleRequired)
		}
	})
	t.Run("a partner that isn't there is nobody's", func(t *testing.T) {
		for _, a := range actions {
			for _, r := range roles {
				wantCode(t, Authorize(principalsByRole[r], a, Partner{}), CodeNotFound)
			}
		}
	})
}

func answer(err error) string {
	switch CodeOf(err) {
	case "":
		return "yes"
	case CodeNotFound:
		return "-"
	}
	return "no"
}

func TestE2_RolesComeFromWhoVouchesForThem(t *testing.T) {
	existing := begin(t).enrolled().p
	existing.Members = append(existing.Members, Member{UserID: "u-colleague", Roles: []Role{RoleGlobalAdmin, RoleMember}})
	s := begin(t)
	s.tell(Partner{}.Enroll(Enroll{PartnerID: "P-2", WorkAccount: WorkAccountNew, WorkEmail: "founder@newco.example", CompanyName: "Newco", By: founder}, s.stamp(founder)))
	for _, c := range []struct {
		name string
		p    Partner
		by   Principal
		want []Role
	}{
		{"E2 the directory's word makes a Global Admin", existing, globalAdmin, []Role{RoleMember, RoleGlobalAdmin}},
		{"E2 the record's word doesn't, for a directory's tenant", existing, colleague, []Role{RoleMember}},
		{"E1 it does for a tenant made at enrolment", s.p, founder, []Role{RoleMember, RoleGlobalAdmin}},
		{"E2 another tenant holds none", existing, stranger, nil},
		{"E2 a known user from another tenant holds none", existing, Principal{UserID: "u-admin", TenantID: "t-other", GlobalAdmin: true}, nil},
		{"E2 a user without a tenant holds none", Partner{ID: "P-3"}, Principal{UserID: "u"}, nil},
		{"A3 staff is a reviewer and nothing else", existing, Principal{UserID: "u-admin", TenantID: "t-contoso", GlobalAdmin: true, Staff: true}, []Role{RoleReviewer}},
		{"A3 a distributor that the partner doesn't know holds none, whatever its tenant", existing, Principal{UserID: "u-admin", TenantID: "t-contoso", GlobalAdmin: true, DistributorID: "D-NORTH"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.p.RolesOf(c.by); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestO3_AnActorIsKeptWithTheSideHeIsOn(t *testing.T) {
	for name, c := range map[string]struct {
		by   Principal
		kind ActorKind
	}{"O3 staff": {reviewer, ActorStaff}, "O3 a distributor": {seller, ActorDistributor}, "O3 the partner": {globalAdmin, ActorPartner}} {
		t.Run(name, func(t *testing.T) {
			a := c.by.Actor()
			if a.Kind != c.kind || a.UserID != c.by.UserID || a.TenantID != c.by.TenantID || a.DistributorID != c.by.DistributorID {
				t.Errorf("%+v", a)
			}
		})
	}
}

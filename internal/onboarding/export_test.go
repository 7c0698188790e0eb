package onboarding_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// exportable are values of everything that an export may hold, filled.
func exportable(t *testing.T) []any {
	var p Partner
	list := []any{&p, &Actor{}, &Acceptance{}, &PlannedCustomer{}, &Location{}, &ClockMove{}}
	for _, name := range eventTypesInSource(t) {
		data, err := DecodeEventData(name, []byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, data)
	}
	for _, v := range list {
		fill(reflect.ValueOf(v).Elem(), "value")
	}
	return list
}

// membersOf lists every member of the structures below a type, as Type.member.
func membersOf(r reflect.Type, found map[string]reflect.Type) {
	for r.Kind() == reflect.Pointer || r.Kind() == reflect.Slice || r.Kind() == reflect.Map {
		r = r.Elem()
	}
	if r.Kind() != reflect.Struct || r.Name() == "Time" {
		return
	}
	for i := range r.NumField() {
		f := r.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if _, seen := found[r.Name()+"."+name]; seen {
			continue
		}
		if !f.Anonymous {
			found[r.Name()+"."+name] = r
		}
		membersOf(f.Type, found)
	}
}

// The golden file is where somebody decides on a member that is new: whether a
// company gets it (the file says exported) or it is withheld, with a reason.
func TestEveryStoredMemberIsExportedOrWithheldWithAReason(t *testing.T) {
	found := map[string]reflect.Type{}
	for _, v := range exportable(t) {
		membersOf(reflect.TypeOf(v), found)
	}
	withheld := map[string]Withheld{}
	for _, l := range LeftOutOfExports() {
		if l.Text == "" || len(l.Members) == 0 {
			t.Errorf("%s is no reason to leave something out", l.Why)
		}
		for _, m := range l.Members {
			withheld[m] = l.Why
		}
	}
	var lines []string
	for member, of := range found {
		v := reflect.New(of)
		fill(v.Elem(), "value")
		_, name, _ := strings.Cut(member, ".")
		_, exported := Exported(v.Interface()).(map[string]any)[name]
		if why := withheld[member]; exported == (why != "") {
			t.Errorf("%s: exported %t, withheld for %q", member, exported, why)
		} else if exported {
			lines = append(lines, member+" exported")
		} else {
			lines = append(lines, member+" "+string(why))
		}
		delete(withheld, member)
		if secretive := strings.ToLower(name); exported && member != "LocationList.hash" /* of the company's own addresses */ && (strings.Contains(secretive, "hash") || strings.Contains(secretive, "salt") || strings.Contains(secretive, "token") || strings.Contains(secretive, "secret")) {
			t.Errorf("%s sounds like a secret and is exported", member)
		}
	}
	for member := range withheld {
		t.Errorf("%s is withheld and nothing stores it", member)
	}
	slices.Sort(lines)
	wantGolden(t, "export.golden.txt", []byte(strings.Join(lines, "\n")+"\n"))
}

func TestAnExportIsTheStoredJSONWithoutWhatIsWithheld(t *testing.T) {
	for _, v := range exportable(t) {
		t.Run(fmt.Sprintf("%T", v), func(t *testing.T) {
			stored, whole := decoded(t, v), decoded(t, Exported(v))
			within(t, "", whole, stored)
		})
	}
}

func decoded(t *testing.T, v any) (out any) {
	t.Helper()
	text, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// within says that a part has nothing that the whole hasn't, in the same place.
func within(t *testing.T, where string, part, whole any) {
	switch p := part.(type) {
	case map[string]any:
		w, _ := whole.(map[string]any)
		for name, v := range p {
			within(t, where+"/"+name, v, w[name])
		}
	case []any:
		w, _ := whole.([]any)
		if len(p) != len(w) {
			t.Errorf("%s: %d of %d", where, len(p), len(w))
			return
		}
		for i, v := range p {
			within(t, where+"/*", v, w[i])
		}
	default:
		if part != whole {
			t.Errorf("%s: %v, stored is %v", where, part, whole)
		}
	}
}

// V8: the company sees which side acted, never who of the programme or of a
// distributor.
func TestV8_AnExportNamesNobodyOfTheProgrammeOrOfADistributor(t *testing.T) {
	for _, kind := range []ActorKind{ActorStaff, ActorDistributor} {
		for _, who := range []any{Actor{Kind: kind, UserID: "u-9", Name: "Rita", Email: "rita@programme.example", TenantID: "t-9", DistributorID: "D-1"}, Person{Kind: kind, UserID: "u-9", Name: "Rita", Email: "rita@programme.example"}} {
			text, _ := json.Marshal(Exported(Given{Role: RoleAdminAgent, By: Person{Kind: kind, UserID: "u-9", Name: "Rita"}}))
			own, _ := json.Marshal(Exported(who))
			if all := string(text) + string(own); strings.Contains(all, "u-9") || strings.Contains(all, "Rita") || strings.Contains(all, "rita") || strings.Contains(all, "t-9") || !strings.Contains(string(own), string(kind)) {
				t.Errorf("%s", all)
			}
		}
	}
	admin := Actor{Kind: ActorPartner, UserID: "u-1", Name: "Ada", Email: "ada@contoso.example"}
	if got := decoded(t, Exported(admin)); !reflect.DeepEqual(got, decoded(t, admin)) {
		t.Errorf("of the company's own: %v", got)
	}
}

func TestE5_AnExportHasMailsToTheCompanyAlone(t *testing.T) {
	for name, c := range map[string]struct {
		m    SentMail
		ok   bool
		told string
	}{
		"to the company":            {SentMail{Template: MailEnrolled, To: "ada@contoso.example"}, true, "ada@contoso.example"},
		"to staff":                  {SentMail{Template: MailCaseDueSoon, To: MailToStaff}, false, MailToStaff},
		"to a distributor":          {SentMail{Template: MailResellerAccepted, To: MailToDistributor("D-1")}, false, MailToDistributor("D-1")},
		"E5 to the contact on file": {SentMail{Template: MailMembershipLink, To: "kept@fabrikam.example"}, true, ""},
		"E5 to the contact on file, once it is linked": {SentMail{Template: MailMembershipLinked, To: "kept@fabrikam.example", Params: map[string]string{"contactName": "Kim"}}, true, ""},
		"that isn't recorded yet":                      {SentMail{}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := ExportedMail(c.m)
			if ok != c.ok || got.To != c.told || c.told == "" && got.Params != nil {
				t.Errorf("%t, %+v", ok, got)
			}
		})
	}
}

func TestE5_AnExportDoesntTellAnAddressOnFileThatFailed(t *testing.T) {
	for _, template := range []MailTemplate{MailMembershipLink, MailMembershipLinked, MailEnrolled} {
		text, _ := json.Marshal([]any{
			Exported(AddressFailed{MailAddress: "kept@fabrikam.example", Template: template}),
			Exported(Partner{MailAddresses: []MailAddress{{Address: "kept@fabrikam.example", Template: template}}}),
		})
		if told := strings.Count(string(text), "kept@fabrikam.example"); told != map[bool]int{true: 2}[template == MailEnrolled] {
			t.Errorf("%s: told %d times: %s", template, told, text)
		}
	}
}

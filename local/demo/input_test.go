package demo

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/api"
)

func TestEveryShippedInputIsWhole(t *testing.T) {
	if !slices.Contains(Shipped(), Default) {
		t.Errorf("the default %q is not among %v", Default, Shipped())
	}
	for _, name := range Shipped() {
		in, err := Load(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if in.User.Repeat != Fresh {
			t.Errorf("%s: a further run with it does %q, not another company", name, in.User.Repeat)
		}
	}
}

func TestNoNameIsTheDefaultInput(t *testing.T) {
	in, err := Load("")
	if err != nil {
		t.Fatal(err)
	}
	if want := "local/demo/inputs/" + Default + ".yaml"; in.file != want {
		t.Errorf("plays %s, not %s", in.file, want)
	}
}

func TestACorrectionIsLaidOverWhatWasSubmitted(t *testing.T) {
	in, err := Load("rejected-then-corrected")
	if err != nil {
		t.Fatal(err)
	}
	if len(in.rounds) != 2 {
		t.Fatalf("%d rounds, not 2", len(in.rounds))
	}
	first, second := in.rounds[0].LegalProfile, in.rounds[1].LegalProfile
	if first.LegalName != "Adatum Software GmbH" || second.LegalName != "Adatum GmbH" {
		t.Errorf("legal names %q, %q", first.LegalName, second.LegalName)
	}
	if first.Address.Lines[0] != "Unter den Linden 71" || second.Address.Lines[0] != "Unter den Linden 17" {
		t.Errorf("address lines %q, %q", first.Address.Lines, second.Address.Lines)
	}
	if second.PrimaryContact != first.PrimaryContact || second.Address.Locality != first.Address.Locality {
		t.Error("the correction changed what it doesn't name")
	}
	want := []string{`/legalProfile/address/lines: "Unter den Linden 71" becomes "Unter den Linden 17"`, `/legalProfile/legalName: "Adatum Software GmbH" becomes "Adatum GmbH"`}
	if got := changes(in.rounds[0], in.rounds[1]); !slices.Equal(got, want) {
		t.Errorf("told as %q", got)
	}
}

func TestAFaultyFileIsRefusedWithEveryFaultAndItsLine(t *testing.T) {
	_, err := Load(filepath.Join("testdata", "faulty.yaml"))
	var refused *FaultyInput
	if !errors.As(err, &refused) {
		t.Fatalf("not refused as faulty: %v", err)
	}
	golden(t, "faulty", err.Error()+"\n")
}

func TestAFileThatCannotBeReadIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":            {"", "line 1, the file is empty"},
		"only a comment":   {"# nothing\n", "the file is empty"},
		"not YAML":         {"company: [Contoso\nuser: x", "this is not YAML"},
		"a list":           {"- a\n- b\n", `members such as "company: Contoso Ltd" are wanted, this is a list`},
		"a word":           {"contoso", `this is "contoso"`},
		"two documents":    {"company: a\n---\ncompany: b\n", "one document is wanted"},
		"an anchor":        {"company: &name Contoso\nuser: {email: *name}\n", "anchors and aliases are not read"},
		"a group for text": {"company: {name: Contoso}\n", "/company: text is wanted, this is a group of members"},
		"text for a group": {"user: sofia@contoso.example\n", `/user: members are wanted, this is "sofia@contoso.example"`},
		"text for a list":  {"verification: Authorized\n", "/verification: a list is wanted"},
		"not a number":     {"verification: [{afterBusinessDays: .nan}]\n", "/verification/0/afterBusinessDays: a number is wanted"},
		"something foreign": {"nothing: here\n",
			"/nothing: this is not known; there are bounce, businessInfo, change, company, directBill, distributor, existing, location, nextDistributor, signer, testPartner, user, verification, workAccount"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("my.yaml", []byte(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want %q, got: %v", c.want, err)
			}
		})
	}
}

func TestAFileThatIsNotThereIsNamedBesideTheShippedOnes(t *testing.T) {
	_, err := Load("straight")
	if err == nil || !strings.Contains(err.Error(), `"straight"`) || !strings.Contains(err.Error(), "straight-through") {
		t.Errorf("got %v", err)
	}
	if _, err := Load(t.TempDir()); err == nil {
		t.Error("a folder was taken for an input")
	}
}

// change plays Parse on the straight-through input after some members of it
// were set, or taken out with nil.
func change(t *testing.T, set map[string]any) (Input, error) {
	t.Helper()
	text, err := inputs.ReadFile("inputs/straight-through.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	for path, value := range set {
		at, names := any(tree), strings.Split(path, ".")
		for _, name := range names[:len(names)-1] {
			if list, ok := at.([]any); ok {
				at = list[int(name[0]-'0')]
				continue
			}
			at = at.(map[string]any)[name]
		}
		if last := names[len(names)-1]; value == nil {
			delete(at.(map[string]any), last)
		} else {
			at.(map[string]any)[last] = value
		}
	}
	text, err = json.MarshalIndent(tree, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return Parse("changed.json", text)
}

func TestWhatTheSystemWouldRefuseHalfWayIsSaidAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		set  map[string]any
		want string // "" for a whole input
	}{
		"nothing changed, as JSON with tabs":              {nil, ""},
		"E2 a colleague without the role":                 {map[string]any{"user.email": "adminagent@contoso.example", "user.repeat": nil}, "/user/email"},
		"E1 a directory's user with a new work account":   {map[string]any{"user.email": "globaladmin@contoso.example", "user.repeat": nil, "user.tenantDomain": nil, "workAccount": "new"}, "/workAccount"},
		"E1 a signed-up user with an existing account":    {map[string]any{"user.email": "founder@newco.example", "user.repeat": nil}, "/workAccount"},
		"a reviewer as the company's user":                {map[string]any{"user.email": "reviewer1@programme.example", "user.repeat": nil}, "/user/email"},
		"one of the stack's own users":                    {map[string]any{"user.email": "globaladmin@contoso.example", "user.repeat": nil}, ""},
		"one of the stack's own users made anew":          {map[string]any{"user.email": "globaladmin@contoso.example"}, "/user/repeat"},
		"E4 a private mail service":                       {map[string]any{"user.email": "sofia@gmail.com"}, "/user/email"},
		"a verified domain without a directory":           {map[string]any{"workAccount": "new"}, "/user/tenantDomain"},
		"B1 a post office box":                            {map[string]any{"businessInfo.legalProfile.address.lines": []string{"PO Box 12"}}, "/businessInfo/legalProfile/address/lines/0"},
		"B2 a phone of another country":                   {map[string]any{"businessInfo.legalProfile.primaryContact.phone": "+1 716 555 0134"}, "/businessInfo/legalProfile/primaryContact/phone"},
		"V4 a decision that isn't one":                    {map[string]any{"verification.0.decision": "Maybe"}, "/verification/0/decision"},
		"O3 a decision without a reason":                  {map[string]any{"verification.0.reason": nil}, "/verification/0/reason"},
		"V4 no decision":                                  {map[string]any{"verification": []any{}}, "/verification"},
		"V4 a rejection as the last word":                 {map[string]any{"verification.0.decision": "Rejected", "verification.0.reasonCodes": []string{"address_mismatch"}}, "/verification/0/decision"},
		"V6 support asked before the case is overdue":     {map[string]any{"verification.0.supportRequest": "Hello?"}, "/verification/0/supportRequest"},
		"V6 support asked of an overdue case":             {map[string]any{"verification.0.supportRequest": "Hello?", "verification.0.afterBusinessDays": 5.5}, ""},
		"a decision before the case":                      {map[string]any{"verification.0.afterBusinessDays": -1}, "/verification/0/afterBusinessDays"},
		"A2 nobody signs":                                 {map[string]any{"signer": nil}, "/signer/name"},
		"D1 a distributor that isn't one":                 {map[string]any{"distributor.id": "DIST-NOBODY"}, "/distributor/id"},
		"D5 a distributor of another region":              {map[string]any{"distributor.id": "DIST-WINGTIP"}, "/distributor/id"},
		"D2 a message with a link":                        {map[string]any{"distributor.message": "See https://evil.example"}, "/distributor/message"},
		"a country that another distributor would serve":  {map[string]any{"businessInfo.legalProfile.address.country": "BR"}, "/distributor/id"},
		"a country in no region has no distributor fault": {map[string]any{"businessInfo.legalProfile.address.country": "KP"}, "/businessInfo/legalProfile/address/country"},
	} {
		t.Run(name, func(t *testing.T) { wantFault(t, c.set, c.want) })
	}
}

// wantFault fails unless the straight-through input with such members has a
// fault at a member; with "" unless it is whole.
func wantFault(t *testing.T, set map[string]any, at string) {
	t.Helper()
	_, err := change(t, set)
	if at == "" {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var refused *FaultyInput
	if !errors.As(err, &refused) || !slices.ContainsFunc(refused.Faults, func(f Fault) bool { return f.Pointer == at && f.Message != "" }) {
		t.Errorf("want a fault at %s, got: %v", at, err)
	}
}

func TestACorrectionGoesOnFromTheMendedAddress(t *testing.T) {
	text, err := inputs.ReadFile("inputs/bounced-address-mended.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rejected := strings.Replace(string(text), "verification:\n", "verification:\n  - {decision: Rejected, reasonCodes: [address_mismatch], reason: No., correction: {legalProfile: {legalName: Proseware SL}}}\n", 1)
	in, err := Parse("my.yaml", []byte(rejected))
	if err != nil {
		t.Fatal(err)
	}
	if got := in.rounds[1].LegalProfile; got.PrimaryContact.Email != "javier.molina@proseware.example" || got.LegalName != "Proseware SL" || in.rounds[0].LegalProfile.PrimaryContact.Email == got.PrimaryContact.Email {
		t.Errorf("round 2 submits %+v", got)
	}
}

func TestTheDemosFilesAreWhatTheySeem(t *testing.T) {
	for content, begin := range map[Content]string{ContentPDF: "%PDF-", ContentPNG: "\x89PNG", ContentText: "bank statement of "} {
		file, err := Upload{Kind: api.DocumentKindBankStatement, FileName: "a", Content: content}.file("Contoso GmbH & Söhne")
		if err != nil || !strings.HasPrefix(string(file), begin) {
			t.Errorf("%s begins %q: %v", content, file[:min(len(file), 20)], err)
		}
	}
}

func TestDefaultsAreWhatAPersonExpects(t *testing.T) {
	in, err := change(t, map[string]any{"workAccount": nil, "user.repeat": nil, "user.tenantDomain": nil, "verification.0.reviewer": nil})
	if err != nil {
		t.Fatal(err)
	}
	if in.WorkAccount != api.WorkAccountExisting || in.User.Repeat != Fresh || in.User.TenantDomain != "contoso.example" || in.Verification[0].Reviewer != defaultReviewer {
		t.Errorf("got %q, %+v, reviewer %q", in.WorkAccount, in.User, in.Verification[0].Reviewer)
	}
	in, err = change(t, map[string]any{"user.email": "globaladmin@contoso.example", "user.repeat": nil})
	if err != nil || in.User.Repeat != Resume {
		t.Errorf("one of the stack's own users: %q, %v", in.User.Repeat, err)
	}
}

func TestAFaultOfACorrectionIsShownWhereTheCorrectionIs(t *testing.T) {
	text, err := inputs.ReadFile("inputs/rejected-then-corrected.yaml")
	if err != nil {
		t.Fatal(err)
	}
	wrong := strings.Replace(string(text), "lines: [Unter den Linden 17]", "lines: [Postfach 17]", 1)
	line := 1 + strings.Count(wrong[:strings.Index(wrong, "Postfach")], "\n")
	_, err = Parse("my.yaml", []byte(wrong))
	var refused *FaultyInput
	if !errors.As(err, &refused) || len(refused.Faults) != 1 {
		t.Fatalf("want one fault, got: %v", err)
	}
	if f := refused.Faults[0]; f.Line != line || f.Pointer != "/verification/0/correction/legalProfile/address/lines/0" {
		t.Errorf("want line %d, got %s", line, f)
	}
}

func TestTheInputsAreTheFilesThatAreBuiltIn(t *testing.T) {
	files, err := filepath.Glob("inputs/*")
	if err != nil || len(files) != len(Shipped()) {
		t.Errorf("%d files, %d inputs: %v", len(files), len(Shipped()), err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Size() > maxInput {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func TestNoDamageToAFileBreaksTheReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, err := inputs.ReadFile("inputs/" + rapid.SampledFrom(Shipped()).Draw(t, "input") + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 8).Draw(t, "times") {
			at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
			till := min(at+rapid.IntRange(0, 20).Draw(t, "length"), len(text))
			piece := rapid.OneOf(rapid.StringMatching("[][{}&*:#\\-|>!?'\"\n\t a-z0-9]{0,12}"), rapid.String()).Draw(t, "piece")
			text = slices.Concat(text[:at], []byte(piece), text[till:])
		}
		if in, err := Parse("damaged.yaml", text); err == nil && len(in.rounds) == 0 {
			t.Fatalf("taken for whole, but nothing would be submitted:\n%s", text)
		} else if err != nil && err.Error() == "" {
			t.Fatal("refused without a word")
		}
	})
}

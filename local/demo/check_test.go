package demo

import (
	"strings"
	"testing"
)

// rejection is a reviewer's decision that the company may appeal.
func rejection(appeal any) map[string]any {
	return map[string]any{"decision": "Rejected", "reviewer": "reviewer1@programme.example", "reasonCodes": []string{"address_mismatch"}, "reason": "Another street.", "appeal": appeal}
}

func authorization(reviewer string) map[string]any {
	return map[string]any{"decision": "Authorized", "reviewer": reviewer, "reason": "Fine."}
}

func TestV11_AnAppealThatTheRulesWouldRefuseIsSaidAtOnce(t *testing.T) {
	first, other := "reviewer1@programme.example", "reviewer2@programme.example"
	corrected := rejection(nil)
	corrected["correction"] = map[string]any{"legalProfile": map[string]any{"legalName": "Contoso Limited"}}
	both := rejection("We moved.")
	both["correction"] = map[string]any{}
	byOther := rejection("We moved.")
	byOther["reviewer"] = other
	needless := authorization(first)
	needless["appeal"] = "Thank you."
	for name, c := range map[string]struct {
		decisions []any
		want      string
	}{
		"decided by another reviewer":         {[]any{rejection("We moved."), authorization(other)}, ""},
		"decided by the same reviewer":        {[]any{rejection("We moved."), authorization(first)}, "/verification/1/reviewer"},
		"a second appeal of the same case":    {[]any{rejection("We moved."), byOther, authorization(first)}, "/verification/1/appeal"},
		"an appeal of a case after the first": {[]any{corrected, rejection("We moved."), authorization(other)}, ""},
		"neither appeal nor correction":       {[]any{rejection(nil), authorization(other)}, "/verification/0/correction"},
		"an appeal and a correction":          {[]any{both, authorization(other)}, "/verification/0/appeal"},
		"an appeal without words":             {[]any{rejection(" "), authorization(other)}, "/verification/0/appeal"},
		"an appeal of too many words":         {[]any{rejection(strings.Repeat("x", 5000)), authorization(other)}, "/verification/0/appeal"},
		"an appeal of an authorization":       {[]any{needless}, "/verification/0/appeal"},
	} {
		t.Run(name, func(t *testing.T) { wantFault(t, map[string]any{"verification": c.decisions}, c.want) })
	}
}

func TestV3_DocumentsThatTheRulesWouldRefuseAreSaidAtOnce(t *testing.T) {
	type members = map[string]any
	group := func(kinds ...string) members { return members{"anyOf": kinds, "reason": "It is not in the register."} }
	file := func(kind, name, content string) members {
		return members{"kind": kind, "fileName": name, "content": content}
	}
	replacing := file("tax_certificate", "b.pdf", "pdf")
	replacing["replaces"] = "a.pdf"
	whole := func(set members) members {
		all := members{"reason": "Not found.", "groups": []any{group("tax_certificate", "bank_statement")}, "uploads": []any{file("bank_statement", "a.pdf", "pdf")}}
		for name, value := range set {
			all[name] = value
		}
		return all
	}
	uploads := func(files ...any) members { return whole(members{"uploads": files}) }
	for name, c := range map[string]struct {
		documents members
		want      string
	}{
		"what any one of the kinds answers":   {whole(nil), ""},
		"no groups":                           {whole(members{"groups": []any{}}), "/groups"},
		"a kind that isn't one":               {whole(members{"groups": []any{group("diploma")}}), "/groups/0/anyOf/0"},
		"a group without a reason":            {whole(members{"groups": []any{members{"anyOf": []string{"other"}}}}), "/groups/0/reason"},
		"O3 asked without a reason":           {whole(members{"reason": nil}), "/reason"},
		"more days than a demo waits":         {whole(members{"afterBusinessDays": 31}), "/afterBusinessDays"},
		"nothing uploaded":                    {uploads(), "/uploads"},
		"something else uploaded":             {uploads(file("other", "a.pdf", "pdf")), "/uploads"},
		"only a file that is refused":         {uploads(file("bank_statement", "a.pdf", "text")), "/uploads"},
		"a disguised one before a real one":   {uploads(file("bank_statement", "a.pdf", "png"), file("bank_statement", "b.png", "png")), ""},
		"a kind of file that isn't taken":     {uploads(file("bank_statement", "a.docx", "pdf")), "/uploads/0/fileName"},
		"a name with a folder":                {uploads(file("bank_statement", "x/a.pdf", "pdf")), "/uploads/0/fileName"},
		"a kind of document that isn't one":   {uploads(file("diploma", "a.pdf", "pdf")), "/uploads/0/kind"},
		"content that the demo can't make":    {uploads(file("bank_statement", "a.pdf", "video")), "/uploads/0/content"},
		"the same name twice":                 {uploads(file("bank_statement", "a.pdf", "pdf"), file("other", "a.pdf", "pdf")), "/uploads/1/fileName"},
		"one in the place of another":         {uploads(file("bank_statement", "a.pdf", "pdf"), replacing), ""},
		"one in the place of none":            {uploads(replacing), "/uploads/0/replaces"},
		"one in the place of one not taken":   {uploads(file("bank_statement", "a.pdf", "text"), replacing), "/uploads/1/replaces"},
		"an unknown member in a list of them": {uploads(members{"kind": "other", "filename": "a.pdf"}), "/uploads/0/filename"},
	} {
		at := c.want
		if at != "" {
			at = "/verification/0/documents" + at
		}
		t.Run(name, func(t *testing.T) { wantFault(t, map[string]any{"verification.0.documents": c.documents}, at) })
	}
}

func TestV10_ABounceThatTheRulesWouldNotMendIsSaidAtOnce(t *testing.T) {
	type members = map[string]any
	legal := func(set members) members { return members{"legalProfile": set} }
	contact := func(set members) members { return legal(members{"primaryContact": set}) }
	for name, c := range map[string]struct {
		correction any
		want       string
	}{
		"another address":             {contact(members{"email": "ada.m.lund@contoso.example"}), ""},
		"another person":              {contact(members{"email": "emil@contoso.example", "firstName": "Emil"}), ""},
		"nothing":                     {nil, "/bounce/correction"},
		"the same address":            {contact(members{"email": " Ada.Lund@contoso.example"}), "/bounce/correction/legalProfile/primaryContact/email"},
		"another name of the company": {members{"legalProfile": members{"legalName": "Contoso Limited", "primaryContact": members{"email": "a@contoso.example"}}}, "/bounce/correction"},
		"no address":                  {contact(members{"email": "ada"}), "/bounce/correction/legalProfile/primaryContact/email"},
		"an unknown member":           {contact(members{"mail": "ada"}), "/bounce/correction/legalProfile/primaryContact/mail"},
	} {
		t.Run(name, func(t *testing.T) {
			wantFault(t, members{"bounce": members{"correction": c.correction}}, c.want)
		})
	}
}

func TestX1_AnApplicationForDirectBillThatWouldBeRefusedIsSaidAtOnce(t *testing.T) {
	type members = map[string]any
	for name, c := range map[string]struct {
		change members
		want   string
	}{
		"whole":                       {nil, ""},
		"too few months":              {members{"monthsAsReseller": 11}, "/directBill/monthsAsReseller"},
		"months that are no number":   {members{"monthsAsReseller": "many"}, "/directBill/monthsAsReseller"},
		"no months":                   {members{"monthsAsReseller": 0}, "/directBill/monthsAsReseller"},
		"too little revenue":          {members{"revenueUsd": 300000}, "/directBill/revenueUsd"},
		"no support plan":             {members{"supportPlan": "Gold"}, "/directBill/supportPlan"},
		"no reason":                   {members{"reason": " "}, "/directBill/reason"},
		"no evidence":                 {members{"evidence": ""}, "/directBill/evidence"},
		"somebody who is no reviewer": {members{"reviewer": "a@contoso.example"}, "/directBill/reviewer"},
		"no customers":                {members{"customers": []any{}}, "/directBill/customers"},
		"a customer without a plan":   {members{"customers": []any{members{"id": "C-1", "name": "Fabrikam"}}}, "/directBill/customers/0/plan"},
	} {
		t.Run(name, func(t *testing.T) {
			d := members{"monthsAsReseller": 12, "revenueUsd": 1000000, "supportPlan": "Premier", "evidence": "Report", "reason": "Shown.", "customers": []any{members{"id": "C-1", "name": "Fabrikam", "plan": "move"}}}
			for member, value := range c.change {
				d[member] = value
			}
			wantFault(t, members{"testPartner": true, "directBill": d}, c.want)
			if c.want == "" {
				wantFault(t, members{"directBill": d}, "/testPartner")
			}
		})
	}
}

func TestV7_AChangeThatTheRulesWouldRefuseIsSaidAtOnce(t *testing.T) {
	type members = map[string]any
	legal := func(set members) members { return members{"legalProfile": set} }
	contact := func(email string) members { return legal(members{"primaryContact": members{"email": email}}) }
	for name, c := range map[string]struct {
		change members
		want   string
	}{
		"a contact at the company's domain":           {members{"details": contact("emil@contoso.example")}, ""},
		"a contact elsewhere without a reason":        {members{"details": contact("emil@elsewhere.example")}, "/change/reason"},
		"a contact elsewhere whom a reviewer accepts": {members{"details": contact("emil@elsewhere.example"), "reason": "Shown by a letter."}, ""},
		"a reviewer whom nobody needs":                {members{"details": contact("emil@contoso.example"), "reason": "Fine."}, "/change/reason"},
		"another legal name":                          {members{"details": legal(members{"legalName": "Contoso Trading Ltd"}), "reason": "As in the register."}, ""},
		"support alone, at once":                      {members{"details": members{"supportProfile": members{"email": "hello@contoso.example"}}}, ""},
		"nothing":                                     {members{}, "/change/details"},
		"nothing else":                                {members{"details": contact("ada.lund@contoso.example")}, "/change/details"},
		"a post office box":                           {members{"details": legal(members{"address": members{"lines": []string{"PO Box 3"}}}), "reason": "x"}, "/change/details/legalProfile/address/lines/0"},
		"somebody who is no reviewer":                 {members{"details": contact("emil@contoso.example"), "reviewer": "a@contoso.example"}, "/change/reviewer"},
		"a decision later than a case is decided":     {members{"details": contact("emil@contoso.example"), "afterBusinessDays": 6}, "/change/afterBusinessDays"},
		"an unknown member":                           {members{"detail": contact("emil@contoso.example")}, "/change/detail"},
	} {
		t.Run(name, func(t *testing.T) { wantFault(t, members{"change": c.change}, c.want) })
	}
}

func TestL2_ALocationThatWouldBeRefusedIsSaidAtOnce(t *testing.T) {
	type members = map[string]any
	boston := func(change members) members {
		a := members{"country": "US", "lines": []any{"1 Beacon Street"}, "locality": "Boston", "subdivision": "MA", "postalCode": "02108"}
		for member, value := range change {
			a[member] = value
		}
		return a
	}
	for name, c := range map[string]struct {
		change members
		want   string
	}{
		"whole":                                  {nil, ""},
		"no name":                                {members{"name": " "}, "/location/name"},
		"no postal code":                         {members{"address": boston(members{"postalCode": ""})}, "/location/address/postalCode"},
		"a country of no region":                 {members{"address": boston(members{"country": "CU"})}, "/location/address/country"},
		"an unknown distributor":                 {members{"distributor": members{"id": "DIST-NOBODY"}}, "/location/distributor/id"},
		"a distributor that doesn't serve there": {members{"distributor": members{"id": "DIST-NORTHWIND"}}, "/location/distributor/id"},
		"the company's own region":               {members{"address": members{"country": "FR", "lines": []any{"1 Rue de Rivoli"}, "locality": "Paris", "postalCode": "75001"}, "distributor": members{"id": "DIST-NORTHWIND"}}, "/location/address/country"},
	} {
		t.Run(name, func(t *testing.T) {
			l := members{"name": "Contoso Boston", "address": boston(nil), "distributor": members{"id": "DIST-ADVENTURE"}}
			for member, value := range c.change {
				l[member] = value
			}
			wantFault(t, members{"location": l}, c.want)
		})
	}
}

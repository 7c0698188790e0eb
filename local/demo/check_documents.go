package demo

import (
	"slices"
	"strings"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// documents lets the rules play a request of documents and what is uploaded for
// it. It returns the company with what they took.
func (c *checker) documents(at string, company onboarding.Partner, d Decision) onboarding.Partner {
	asked := d.Documents
	if asked.AfterBusinessDays < 0 || asked.AfterBusinessDays > mostDays {
		c.fault(at+"/afterBusinessDays", "use a number from 0 to %d", mostDays)
	}
	if len(asked.Uploads) == 0 {
		c.fault(at+"/uploads", "say what the company uploads")
	}
	ask := onboarding.RequestDocuments{Note: asked.Reason}
	for _, g := range asked.Groups {
		group := onboarding.DocumentGroup{Reason: g.Reason}
		for _, kind := range g.AnyOf {
			group.AnyOf = append(group.AnyOf, onboarding.DocumentKind(kind))
		}
		ask.Groups = append(ask.Groups, group)
	}
	e, err := company.RequestDocuments(ask, "DR", c.days(), stampOf(d.Reviewer))
	requested := !c.refused(at, at, err)
	if requested {
		company = company.Apply(e)
	}
	for i, u := range asked.Uploads {
		company = c.upload(pointer(at, "uploads", i), company, u, asked.Uploads[:i])
	}
	if missing := company.Case.Missing(); requested && len(missing) > 0 {
		var kinds []string
		for _, g := range missing {
			var names []string
			for _, kind := range g.AnyOf {
				names = append(names, string(kind))
			}
			kinds = append(kinds, strings.Join(names, " or "))
		}
		c.fault(at+"/uploads", "after these the reviewer would still wait for %s", strings.Join(kinds, ", and "))
	}
	return company
}

// upload lets the rules take a file. One that isn't what its name says is
// refused for its content, so it leaves the company as it is.
func (c *checker) upload(at string, company onboarding.Partner, u Upload, before []Upload) onboarding.Partner {
	if !slices.Contains(contents, u.Content) {
		c.fault(at+"/content", "use one of %s: what the file holds, whatever its name says", contents)
		return company
	}
	if slices.ContainsFunc(before, func(other Upload) bool { return other.FileName == u.FileName }) {
		c.fault(at+"/fileName", "give each file a name of its own")
		return company
	}
	file, err := u.file(c.in.Company)
	if err != nil {
		c.fault(at, "%s", err)
		return company
	}
	received := onboarding.Received{ID: u.FileName, SHA256: digest(file), Upload: onboarding.Upload{
		Kind: onboarding.DocumentKind(u.Kind), FileName: u.FileName, ContentType: u.declared(), Size: int64(len(file)), Replaces: u.Replaces,
	}}
	e, err := company.ReceiveDocument(received, c.days(), stampOf(c.in.User.Email))
	for _, f := range faultsOf(err) {
		where := f.Pointer
		if where == "/contentType" {
			where = "/fileName" // the name's ending decides about the type
		}
		c.fault(at+where, "%s", f.Message)
	}
	if err != nil && len(faultsOf(err)) == 0 {
		c.fault(at, "%s", err)
	}
	if err != nil || !u.taken() {
		return company
	}
	return company.Apply(e)
}

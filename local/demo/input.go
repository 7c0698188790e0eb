package demo

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/partner-onboarding/partner-onboarding/api"
)

//go:embed inputs/*.yaml
var inputs embed.FS

// Default is the input that is played when none is named.
const Default = "straight-through"

// maxInput bounds an input file; a real one has two kilobytes.
const maxInput = 1 << 20

// Input is a company to onboard, as its file says. Load makes one that is whole.
type Input struct {
	Company      string           `json:"company"`
	WorkAccount  api.WorkAccount  `json:"workAccount"`
	User         User             `json:"user"`
	BusinessInfo api.BusinessInfo `json:"businessInfo"`
	Existing     *Existing        `json:"existing"`
	Bounce       *Bounce          `json:"bounce"`
	Verification []Decision       `json:"verification"`
	Signer       Signer           `json:"signer"`
	Distributor  Distributor      `json:"distributor"`
	Change       *Change          `json:"change"`
	Next         *Next            `json:"nextDistributor"`
	Location     *Place           `json:"location"`
	TestPartner  bool             `json:"testPartner"`
	DirectBill   *DirectBill      `json:"directBill"`

	file   string
	lines  map[string]int     // JSON pointer to line of the file
	rounds []api.BusinessInfo // what is submitted before each decision: corrections laid over one another
	mended api.BusinessInfo   // the first of them with the address that mails reach, when there is a bounce
	change api.BusinessInfo   // the last of them with the change, when there is one
}

// User is the Global Admin who acts for the company.
type User struct {
	Email        string `json:"email"`
	Repeat       Repeat `json:"repeat"`
	TenantDomain string `json:"tenantDomain"`
}

// Repeat says what a further run with the same user does.
type Repeat string

// The two ways to run again.
const (
	Fresh  Repeat = "fresh"  // another company, tenant and user
	Resume Repeat = "resume" // the same company, from where it is
)

// Decision is what the reviewer decides on one verification case.
type Decision struct {
	Decision          api.DecisionValue        `json:"decision"`
	AfterBusinessDays float64                  `json:"afterBusinessDays"`
	Reviewer          string                   `json:"reviewer"`
	ReasonCodes       []api.DecisionReasonCode `json:"reasonCodes"`
	Reason            string                   `json:"reason"`
	SupportRequest    string                   `json:"supportRequest"` // what the company writes once the case is overdue
	Documents         *Documents               `json:"documents"`      // what is asked for before the decision
	Correction        *yaml.Node               `json:"correction"`     // after a rejection: laid over the business information
	Appeal            string                   `json:"appeal"`         // after a rejection, instead of a correction: what the company objects
}

// Overdue says whether the promised business days run out before the decision.
func (d Decision) Overdue() bool { return d.AfterBusinessDays > promisedDays }

// Existing says that the company is in the programme already: its legal profile
// is imported as a record on file before it enrols, and it enrols with that.
type Existing struct {
	PartnerID    string `json:"partnerId"`    // a number is added, so that each run has its own
	AuthorizedAt string `json:"authorizedAt"` // in the records on file
}

// Bounce says that mails don't reach the primary contact of the business
// information.
type Bounce struct {
	Correction *yaml.Node `json:"correction"` // laid over the business information while the case is open
}

// Change is what becomes different of the company once it may transact.
type Change struct {
	Details           *yaml.Node `json:"details"` // laid over the business information
	AfterBusinessDays float64    `json:"afterBusinessDays"`
	Reviewer          string     `json:"reviewer"`
	Reason            string     `json:"reason"` // of the reviewer, when one must authorize it
}

// Documents is what a reviewer asks for, and what comes of it.
type Documents struct {
	Groups            []api.DocumentGroupInput `json:"groups"`
	Reason            string                   `json:"reason"`
	AfterBusinessDays float64                  `json:"afterBusinessDays"` // that the company takes; the clock stands still meanwhile
	Uploads           []Upload                 `json:"uploads"`
}

// Upload is a file that the company uploads. It is the same document whatever
// its kind; only what sort of file it is can be chosen.
type Upload struct {
	Kind     api.DocumentKind `json:"kind"`
	FileName string           `json:"fileName"`
	Content  Content          `json:"content"`
	Replaces string           `json:"replaces"` // name of a file uploaded before
}

// Signer is who accepts the agreement.
type Signer struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// Distributor is who sends the company a request.
type Distributor struct {
	ID      string `json:"id"`
	Message string `json:"message"`
}

// Next is another distributor, whom the company goes to once it may transact.
type Next struct {
	ID      string `json:"id"`
	Message string `json:"message"`
	EndedBy string `json:"endedBy"` // company or distributor: who ends the relationship with the first
	Reason  string `json:"reason"`
}

// Shipped lists the names of the inputs that come with the project.
func Shipped() []string {
	entries, err := inputs.ReadDir("inputs")
	if err != nil {
		panic(err) // it is built in
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
	}
	return names
}

// Load reads an input: a shipped one by its name, else a file by its path; ""
// is the Default. A faulty one is a *FaultyInput with every fault.
func Load(nameOrPath string) (Input, error) {
	if nameOrPath == "" {
		nameOrPath = Default
	}
	if text, err := inputs.ReadFile("inputs/" + nameOrPath + ".yaml"); err == nil {
		return Parse("local/demo/inputs/"+nameOrPath+".yaml", text)
	}
	info, err := os.Stat(nameOrPath)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Input{}, fmt.Errorf("there is no input %q: give a file, or one of %s", nameOrPath, strings.Join(Shipped(), ", "))
	case err != nil:
		return Input{}, fmt.Errorf("input: %w", err)
	case info.IsDir() || info.Size() > maxInput:
		return Input{}, fmt.Errorf("input %s: give a file of at most %d bytes", nameOrPath, maxInput)
	}
	text, err := os.ReadFile(nameOrPath)
	if err != nil {
		return Input{}, fmt.Errorf("input: %w", err)
	}
	return Parse(nameOrPath, text)
}

// Parse reads an input from its YAML text (JSON is YAML too); file is named in
// the faults.
func Parse(file string, text []byte) (Input, error) {
	in := Input{file: file, lines: map[string]int{}}
	r := reader{lines: in.lines}
	if root, ok := r.document(text); ok {
		r.into(root, "", &in)
	}
	if !r.broken {
		in.defaults()
		r.rounds(&in)
		r.faults = append(r.faults, in.check(r.mentioned)...)
	}
	if len(r.faults) > 0 {
		return Input{}, faulty(file, r.faults)
	}
	return in, nil
}

func (in *Input) defaults() {
	if in.WorkAccount == "" {
		in.WorkAccount = api.WorkAccountExisting
	}
	if in.User.Repeat == "" {
		in.User.Repeat = Fresh
		if _, seeded := seededUser(in.User.Email); seeded {
			in.User.Repeat = Resume
		}
	}
	if _, domain, ok := strings.Cut(in.User.Email, "@"); ok && in.User.TenantDomain == "" && in.WorkAccount == api.WorkAccountExisting {
		in.User.TenantDomain = strings.ToLower(domain)
	}
	for i := range in.Verification {
		if in.Verification[i].Reviewer == "" {
			in.Verification[i].Reviewer = defaultReviewer
		}
	}
	if in.DirectBill != nil && in.DirectBill.Reviewer == "" {
		in.DirectBill.Reviewer = defaultReviewer
	}
	if in.Change != nil && in.Change.Reviewer == "" {
		in.Change.Reviewer = defaultReviewer
	}
}

// rounds lays the corrections over the business information, one after the
// other. A correction's own faults are noted on the way.
func (r *reader) rounds(in *Input) {
	in.mended = in.BusinessInfo
	if in.Bounce != nil && in.Bounce.Correction != nil {
		r.into(in.Bounce.Correction, atBounce, &in.mended)
	}
	in.rounds = []api.BusinessInfo{in.BusinessInfo}
	for i, d := range in.Verification {
		next := in.rounds[len(in.rounds)-1]
		if i == 0 {
			next = in.mended
		}
		if d.Correction != nil {
			r.into(d.Correction, pointer("", "verification", i, "correction"), &next)
		}
		if i < len(in.Verification)-1 {
			in.rounds = append(in.rounds, next)
		}
	}
	in.change = in.inForce()
	if in.Change != nil && in.Change.Details != nil {
		r.into(in.Change.Details, atChange, &in.change)
	}
}

// Where the parts of a file are that are laid over the business information.
const (
	atBounce = "/bounce/correction"
	atChange = "/change/details"
)

// inForce is the business information that the last decision authorizes.
func (in Input) inForce() api.BusinessInfo {
	if len(in.rounds) < 2 {
		return in.mended
	}
	return in.rounds[len(in.rounds)-1]
}

// line is where a member stands in the file: its own line, or that of the
// nearest member around it.
func (in Input) line(at string) int { return nearest(in.lines, at) }

// infoLine is where a member of the business information of a round stands: in
// the newest correction that has it, else in businessInfo.
func (in Input) infoLine(round int, at string) (string, int) {
	for i := round - 1; i >= 0; i-- {
		corrected := pointer("", "verification", i, "correction") + at
		if line, ok := in.lines[corrected]; ok {
			return corrected, line
		}
	}
	if line, ok := in.lines[atBounce+at]; ok && round > 0 {
		return atBounce + at, line
	}
	return "/businessInfo" + at, in.line("/businessInfo" + at)
}

// infoFault is a fault of the API or of the rules, as one of the file.
func (in Input) infoFault(round int, at, message string) Fault {
	at, line := in.infoLine(round, at)
	return Fault{Line: line, Pointer: at, Message: message}
}

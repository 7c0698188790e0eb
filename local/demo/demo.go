package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/google/uuid"

	"github.com/partner-onboarding/partner-onboarding/api"
	"github.com/partner-onboarding/partner-onboarding/internal/calendar"
	"github.com/partner-onboarding/partner-onboarding/internal/directory"
	"github.com/partner-onboarding/partner-onboarding/local/stack"
)

const (
	sweepEvery  = time.Second
	longestWait = 10 * time.Minute // for a reviewer's decision

	setUpDeadline = time.Minute // of making users
)

// demo is one run of an input against a stack.
type demo struct {
	stack *stack.Stack
	in    Input
	print *printer
	sweep *sweeper
	logs  string // folder of the stack's logs
	env   string // what a command line needs to find this stack, with a space at the end

	day       time.Duration // that a business day lasts
	reviewing *calendar.Calendar

	admin, contact, reviewer, distributor person
	partner                               string // its id, once enrolled
	existing                              string // the existing Partner ID on file, "" for a company that is new to the programme
	decided                               int    // verification cases that ended in a rejection so far
	mended                                bool   // the address that bounced is corrected
	ended                                 map[string]bool
}

// Play runs an input against a running stack and tells about it on out. up is
// how long it took to start the stack. The stack stays up in any case.
func Play(ctx context.Context, s *stack.Stack, place stack.Place, in Input, out io.Writer, up time.Duration) error {
	start := time.Now()
	d := &demo{
		stack: s, in: in, print: newPrinter(out, func() time.Duration { return time.Since(start) }),
		logs: relativeTo(place.Root, place.Dir()), env: environment(os.Getenv), ended: map[string]bool{},
	}
	d.sweep = &sweeper{stack: s, print: d.print}
	err := d.play(ctx)
	took := time.Since(start)
	if ctx.Err() != nil {
		return errors.New("interrupted; the stack stays up, " + d.command("make stop") + " ends it")
	}
	if err != nil {
		return fmt.Errorf("%w\n  (the stack stays up; %s ends it)", err, d.command("make stop"))
	}
	d.afterwards(took, up)
	return nil
}

func (d *demo) play(ctx context.Context) error {
	if err := d.setUp(ctx); err != nil {
		return err
	}
	background, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.sweep.every(background, sweepEvery)
	}()
	defer func() { stop(); <-done }()
	for _, step := range d.steps() {
		d.print.Heading(step.title)
		if err := step.do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// step is a part of the demo under a heading.
type step struct {
	title string
	do    func(context.Context) error
}

func (d *demo) steps() []step {
	var steps []step
	if d.in.Existing != nil {
		steps = append(steps, step{"Before: staff imports the records on file", d.importRecord})
	}
	steps = append(steps, []step{
		{"Step 1 of 5: Enroll", d.enroll},
		{"Step 2 of 5: Business and support information", d.businessInfo},
		{"Step 3 of 5: Business verification", d.verification},
		{"Step 4 of 5: Partner agreement", d.agreement},
		{"Step 5 of 5: Partner with a distributor", d.relationship},
		{"May the company transact?", d.eligibility},
	}...)
	if d.in.Change != nil {
		steps = append(steps, step{"Afterwards: verified details change", d.change})
	}
	if d.in.Next != nil {
		steps = append(steps, step{"Afterwards: another distributor", d.nextDistributor})
	}
	if d.in.Location != nil {
		steps = append(steps, step{"Afterwards: a location in a new region", d.location})
	}
	if d.in.DirectBill != nil {
		steps = append(steps, step{"Afterwards: direct bill", d.directBill})
	}
	return append(steps, step{"What the system kept", d.record})
}

// setUp gets clock and persons ready, and says what will be played.
func (d *demo) setUp(ctx context.Context) error {
	if err := d.setClock(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, setUpDeadline)
	defer cancel()
	d.contact = person{role: "Primary contact"} // without an e-mail: who isn't signed in
	d.reviewer = person{role: "Reviewer", email: d.in.Verification[0].Reviewer}
	again, err := d.findUser(ctx)
	if err != nil {
		return fmt.Errorf("the company's user: %w", err)
	}
	if err := d.findDistributor(ctx); err != nil {
		return fmt.Errorf("the distributor's user: %w", err)
	}
	if err := d.sweep.start(ctx); err != nil {
		return err
	}
	p := d.print
	p.Line(fmt.Sprintf("\nThe demo onboards %s through the deployed API, from %s.", d.in.Company, d.in.file))
	p.Line("The times in the first column count from here. Everything below is what the system answered, sent or waits for.")
	p.Line("Mails and deadlines are met by two functions that AWS starts once a minute. The demo invokes them about once a second,")
	p.Line("because a business day lasts " + d.dayText() + " here.")
	p.Line("")
	p.Table([][]string{
		{"Global Admin", d.admin.email, again},
		{"Primary contact", d.in.BusinessInfo.LegalProfile.PrimaryContact.Email, "has no account here and reads mail only"},
		{"Reviewer", d.reviewer.email, "staff of the programme"},
		{"Distributor", d.distributor.email, d.in.Distributor.ID},
	})
	return nil
}

func (d *demo) dayText() string {
	if d.day == 0 {
		return "a day"
	}
	return d.day.String()
}

// setClock reads how long a business day lasts, and refuses an input that would
// wait longer than a person does.
func (d *demo) setClock() error {
	if text := d.stack.Parameters["BusinessDayLength"]; text != "" {
		day, err := time.ParseDuration(text)
		if err != nil {
			return fmt.Errorf("parameter BusinessDayLength: %w", err)
		}
		d.day = day
	}
	region := d.stack.Parameters["ReviewingRegion"]
	if region == "" {
		region = "US" // the template's default
	}
	if c, err := calendar.New(region, 0); err == nil {
		d.reviewing = c // only to show what it would say
	}
	var days float64
	for _, decision := range d.in.Verification {
		days += decision.AfterBusinessDays
	}
	if wait := time.Duration(days * float64(d.day)); wait > longestWait || d.day == 0 && days > 0 {
		return fmt.Errorf("this stack's business day lasts %s, so the %g business days of %s are too long to wait for: "+
			"set afterBusinessDays to 0 there, or start the stack with %s=3s", d.dayText(), days, d.in.file, stack.EnvBusinessDay)
	}
	return nil
}

// findUser makes the company's user, or finds the one who goes on. It says which.
func (d *demo) findUser(ctx context.Context) (string, error) {
	d.admin = person{role: "Global Admin", email: d.in.User.Email}
	if seeded, ok := seededUser(d.in.User.Email); ok {
		d.admin.email = seeded.Email
		return "goes on where this user's company is", nil
	}
	u := stack.User{Email: d.in.User.Email}
	if d.in.WorkAccount == api.WorkAccountExisting {
		u.Tenant, u.TenantDomain, u.GlobalAdmin = uuid.NewString(), d.in.User.TenantDomain, true
	}
	about := "signed up by itself, new work account"
	if u.Tenant != "" {
		about = "of the directory that verified " + u.TenantDomain
	}
	for n := 1; ; n++ {
		u.Email = numbered(d.in.User.Email, n)
		err := d.stack.AddUser(ctx, u)
		var there *types.UsernameExistsException
		switch {
		case err == nil:
			d.admin.email = u.Email
			return about, nil
		case !errors.As(err, &there):
			return "", err
		case d.in.User.Repeat == Resume:
			return "goes on where this user's company is", nil
		}
	}
}

// numbered is the address of the n-th user: "a@b", "a+2@b", "a+3@b".
func numbered(email string, n int) string {
	if n == 1 {
		return email
	}
	local, domain, _ := strings.Cut(email, "@")
	return fmt.Sprintf("%s+%d@%s", local, n, domain)
}

// findDistributor finds the distributor's user, or makes one.
func (d *demo) findDistributor(ctx context.Context) error {
	d.distributor = person{role: "Distributor"}
	for _, u := range stack.Users() {
		if u.Distributor == d.in.Distributor.ID {
			d.distributor.email = u.Email
			return nil
		}
	}
	u := stack.User{Distributor: d.in.Distributor.ID, Email: "sales@" + strings.ToLower(d.in.Distributor.ID) + ".example"}
	d.distributor.email = u.Email
	var there *types.UsernameExistsException
	if err := d.stack.AddUser(ctx, u); err != nil && !errors.As(err, &there) {
		return err
	}
	return nil
}

func (d *demo) distributorName() string {
	if found, ok := directory.Find(d.in.Distributor.ID); ok {
		return found.Name
	}
	return d.in.Distributor.ID
}

// environment is what must stand before a command so that it finds this stack.
func environment(getenv func(string) string) string {
	text := ""
	for _, name := range []string{stack.EnvName, stack.EnvEmulatorPort, stack.EnvDatabasePort, stack.EnvEnforceIAM} {
		if value := getenv(name); value != "" {
			text += name + "=" + value + " "
		}
	}
	return text
}

// command is a command line that finds this stack.
func (d *demo) command(line string) string { return d.env + line }

// aws is a command line of the AWS CLI that speaks to this stack.
func (d *demo) aws(line string) string {
	return "AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws --endpoint-url " + d.stack.Endpoint + " --region " + d.stack.Region + " " + line
}

func relativeTo(root, path string) string {
	if here, err := filepath.Rel(root, path); err == nil {
		return here
	}
	return path
}

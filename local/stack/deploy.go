package stack

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

const (
	stackInEmulator = "onboarding"
	stage           = "v1"
)

// EnvBusinessDay overrides, for a local stack, how long a business day lasts.
const EnvBusinessDay = "ONBOARDING_BUSINESS_DAY"

// build compiles the functions for this machine, never from a cache of SAM's own.
func (p Place) build(ctx context.Context, tools Tools) error {
	overrides, err := p.overrides()
	if err != nil {
		return err
	}
	// First as Go says it: of a function that does not compile, SAM shows only that its second guess at the folder failed.
	compile := append(p.samEnvironment(), "GOOS=linux")
	if out, err := run(ctx, p.Root, compile, "go", "build", "./functions/..."); err != nil {
		return fmt.Errorf("go build ./functions/...: %w\n%s", err, out)
	}
	args := append([]string{"build", "--config-env", "local", "--config-file", filepath.Join(p.Root, "samconfig.toml"),
		"--build-dir", p.file("build"), "--parameter-overrides"}, overrides...)
	if err := p.sam(ctx, tools, "build", args...); err != nil {
		return err
	}
	if runtime.GOOS == "linux" {
		return nil
	}
	// SAM builds for Linux always; the emulator runs functions as processes of this machine.
	folders, err := os.ReadDir(filepath.Join(p.Root, "functions"))
	if err != nil {
		return err
	}
	for _, f := range folders {
		into := filepath.Join(p.file("build"), logicalID(f.Name()), "bootstrap")
		if out, err := run(ctx, p.Root, p.samEnvironment(), "go", "build", "-o", into, "./functions/"+f.Name()); err != nil {
			return fmt.Errorf("go build ./functions/%s: %w\n%s", f.Name(), err, out)
		}
	}
	return nil
}

// deployable is a checksum of all that deploy would send.
func (p Place) deployable() (string, error) {
	overrides, err := p.overrides()
	if err != nil {
		return "", err
	}
	slices.Sort(overrides)
	h := sha256.New()
	_, _ = fmt.Fprintln(h, overrides)
	for _, dir := range []string{p.file("build"), filepath.Join(p.Root, "statemachine"), filepath.Join(p.Root, "api")} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer func() { _ = f.Close() }()
			_, _ = fmt.Fprintln(h, path)
			_, err = io.Copy(h, f)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}

// deploy sends the built template to the emulator and returns what came of it.
func (p Place) deploy(ctx context.Context, tools Tools) (*Stack, error) {
	overrides, err := p.overrides()
	if err != nil {
		return nil, err
	}
	args := append([]string{"deploy", "--config-env", "local", "--config-file", filepath.Join(p.Root, "samconfig.toml"),
		"--template-file", filepath.Join(p.file("build"), "template.yaml"), "--no-progressbar", "--parameter-overrides"}, overrides...)
	if err := p.sam(ctx, tools, "deploy", args...); err != nil {
		return nil, err
	}
	s := &Stack{
		Endpoint:         p.emulatorURL(),
		DynamoDBEndpoint: p.databaseURL(),
		Region:           region,
		Parameters:       parameters(overrides),
		Functions:        map[string]string{},
	}
	if err := s.readOutputs(ctx); err != nil {
		return nil, err
	}
	// A customised gateway response is live only after one more deployment of the API.
	if _, err := apigateway.NewFromConfig(s.config()).CreateDeployment(ctx, &apigateway.CreateDeploymentInput{
		RestApiId: aws.String(s.APIID), StageName: aws.String(stage),
	}); err != nil {
		return nil, fmt.Errorf("deploy the API's own answers: %w", err)
	}
	return s, nil
}

func (s *Stack) readOutputs(ctx context.Context) error {
	client := cloudformation.NewFromConfig(s.config())
	out, err := client.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: aws.String(stackInEmulator)})
	if err != nil {
		return fmt.Errorf("read the deployed stack: %w", err)
	}
	if len(out.Stacks) != 1 {
		return errors.New("the deployed stack is not there")
	}
	outputs := map[string]string{}
	for _, o := range out.Stacks[0].Outputs {
		outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	for name, field := range map[string]*string{
		"ApiId":                       &s.APIID,
		"TableName":                   &s.Table,
		"DocumentsBucket":             &s.DocumentsBucket,
		"ImportsBucket":               &s.ImportsBucket,
		"ImportStateMachineArn":       &s.ImportStateMachine,
		"UserPoolId":                  &s.UserPool,
		"DirectoryClientId":           &s.DirectoryClient,
		"SignUpClientId":              &s.SignUpClient,
		"OnboardingStateMachineArn":   &s.OnboardingStateMachine,
		"VerificationStateMachineArn": &s.VerificationStateMachine,
		"DirectBillStateMachineArn":   &s.DirectBillStateMachine,
		"EventBusName":                &s.EventBus,
		"EventQueueUrl":               &s.EventQueue,
	} {
		if *field = outputs[name]; *field == "" {
			return fmt.Errorf("the deployed stack has no output %s", name)
		}
	}
	s.APIURL = fmt.Sprintf("%s/_aws/execute-api/%s/%s", s.Endpoint, s.APIID, stage)

	pages := cloudformation.NewListStackResourcesPaginator(client, &cloudformation.ListStackResourcesInput{StackName: aws.String(stackInEmulator)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list the deployed functions: %w", err)
		}
		for _, r := range page.StackResourceSummaries {
			if id := aws.ToString(r.LogicalResourceId); aws.ToString(r.ResourceType) == "AWS::Lambda::Function" {
				s.Functions[strings.ToLower(strings.TrimSuffix(id, "Function"))] = aws.ToString(r.PhysicalResourceId)
			}
		}
	}
	return nil
}

// sam runs SAM CLI with its output in a log of its own; a failure shows the end of it.
func (p Place) sam(ctx context.Context, tools Tools, name string, args ...string) error {
	out, err := run(ctx, p.Root, p.samEnvironment(), tools.SAM, args...)
	log := p.file("sam-" + name + ".log")
	if writing := os.WriteFile(log, []byte(out+"\n"), 0o600); writing != nil {
		return writing
	}
	if err != nil {
		return fmt.Errorf("sam %s: %w\nThe end of %s:\n%s", name, err, relative(p.Root, log), tail(log, 30))
	}
	return nil
}

// samEnvironment holds what makes the functions small, static binaries: the template cannot say it.
func (p Place) samEnvironment() []string {
	return append(p.environment(),
		"SAM_CLI_TELEMETRY=0",
		"SAM_CLI_POLL_DELAY=0.5",
		"CGO_ENABLED=0",
		"GOFLAGS=-trimpath -buildvcs=false -tags=lambda.norpc -ldflags=-s",
	)
}

// overrides are the parameters of samconfig.toml's local deployment, with what only this machine knows.
// On SAM's command line they replace those of the file, so all must be there.
func (p Place) overrides() ([]string, error) {
	var config struct {
		Local struct {
			Deploy struct {
				Parameters struct {
					Overrides []string `toml:"parameter_overrides"`
				} `toml:"parameters"`
			} `toml:"deploy"`
		} `toml:"local"`
	}
	if _, err := toml.DecodeFile(filepath.Join(p.Root, "samconfig.toml"), &config); err != nil {
		return nil, err
	}
	set := map[string]string{"Architecture": map[string]string{"arm64": "arm64", "amd64": "x86_64"}[runtime.GOARCH]}
	if set["Architecture"] == "" {
		return nil, fmt.Errorf("functions run on arm64 and amd64, this machine is %s", runtime.GOARCH)
	}
	if day := os.Getenv(EnvBusinessDay); day != "" {
		set["BusinessDayLength"] = day
	}
	var all []string
	for _, entry := range config.Local.Deploy.Parameters.Overrides {
		name, _, _ := strings.Cut(entry, "=")
		if _, found := set[name]; !found {
			all = append(all, entry)
		}
	}
	for name, value := range set {
		all = append(all, name+"="+value)
	}
	return all, nil
}

func parameters(overrides []string) map[string]string {
	all := make(map[string]string, len(overrides))
	for _, entry := range overrides {
		name, value, _ := strings.Cut(entry, "=")
		all[name] = value
	}
	return all
}

// logicalID is the name in the template of the function in a folder.
func logicalID(folder string) string {
	switch folder {
	case "businessinfo":
		return "BusinessInfoFunction"
	case "directbill":
		return "DirectBillFunction"
	}
	return strings.ToUpper(folder[:1]) + folder[1:] + "Function"
}

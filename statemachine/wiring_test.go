package statemachine_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambda/messages"
	"gopkg.in/yaml.v3"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
	"github.com/partner-onboarding/partner-onboarding/internal/store"
	"github.com/partner-onboarding/partner-onboarding/internal/workflow"
)

// resource is one of template.yaml's.
type resource struct {
	Type       string `yaml:"Type"`
	Properties struct {
		CodeUri                 string               `yaml:"CodeUri"`
		DefinitionUri           string               `yaml:"DefinitionUri"`
		DefinitionSubstitutions map[string]yaml.Node `yaml:"DefinitionSubstitutions"`
	} `yaml:"Properties"`
}

func template(t testing.TB) map[string]resource {
	t.Helper()
	content, err := os.ReadFile("../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var whole struct {
		Resources map[string]yaml.Node `yaml:"Resources"`
	}
	if err := yaml.Unmarshal(content, &whole); err != nil {
		t.Fatal(err)
	}
	resources := map[string]resource{}
	for id, node := range whole.Resources {
		var r resource
		if err := node.Decode(&r); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		resources[id] = r
	}
	return resources
}

// machine is a definition's resource in the template.
func machine(t testing.TB, name string) resource {
	t.Helper()
	for _, r := range template(t) {
		if r.Properties.DefinitionUri == "statemachine/"+name+".asl.json" {
			return r
		}
	}
	t.Fatalf("template.yaml has no state machine for %s", name)
	return resource{}
}

var substitution = regexp.MustCompile(`\$\{(\w+)\}`)

func TestTheTemplateFillsInEveryName(t *testing.T) {
	for _, name := range names {
		given := machine(t, name).Properties.DefinitionSubstitutions
		used := map[string]bool{}
		for _, m := range substitution.FindAllSubmatch(text(t, name), -1) {
			used[string(m[1])] = true
		}
		for id := range used {
			if _, there := given[id]; !there {
				t.Errorf("%s: template.yaml doesn't say what ${%s} is", name, id)
			}
		}
		for id := range given {
			if !used[id] {
				t.Errorf("%s: template.yaml says what ${%s} is, and nobody asks", name, id)
			}
		}
	}
}

// folder is where the code of the function behind a substitution lies.
func folder(t testing.TB, name, id string) string {
	t.Helper()
	node, there := machine(t, name).Properties.DefinitionSubstitutions[id]
	if !there || node.Tag != "!Ref" {
		t.Fatalf("%s: ${%s} is no reference: %s %s", name, id, node.Tag, node.Value)
	}
	logicalID, alias := strings.CutSuffix(node.Value, ".Alias")
	if !alias {
		t.Errorf("%s: ${%s} is not an alias: a waiting execution goes on with the version it began with", name, id)
	}
	return strings.TrimSuffix(template(t)[logicalID].Properties.CodeUri, "/")
}

// tasks are the names in the app.Tasks of a function's folder.
func tasks(t testing.TB, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no code in %q: %v", folder, err)
	}
	var found []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok || fmt.Sprint(literal.Type) != "&{app Tasks}" {
				return true
			}
			for _, e := range literal.Elts {
				if pair, ok := e.(*ast.KeyValueExpr); ok {
					if key, ok := pair.Key.(*ast.BasicLit); ok {
						if name, err := strconv.Unquote(key.Value); err == nil {
							found = append(found, name)
						}
					}
				}
			}
			return true
		})
	}
	return found
}

func TestEveryTaskIsKnownToTheFunctionThatIsAsked(t *testing.T) {
	asked := map[string][]string{}
	each(t, func(t *testing.T, d definition, _ string, s state) {
		if !s.lambda() {
			return
		}
		task, _ := s.payload()["task"].(string)
		name, _ := s.Arguments["FunctionName"].(string)
		m := substitution.FindStringSubmatch(name)
		if m == nil || m[0] != name {
			t.Fatalf("FunctionName is %q", name)
		}
		code := folder(t, d.name, m[1])
		if known := tasks(t, code); !slices.Contains(known, task) {
			t.Errorf("%s knows %v, not %q", code, known, task)
		}
		asked[code] = append(asked[code], task)
	})
	for code, names := range asked {
		for _, known := range tasks(t, code) {
			if !slices.Contains(names, known) {
				t.Errorf("%s answers %q, which no state asks for", code, known)
			}
		}
	}
}

func TestEveryErrorThatIsNamedCanCome(t *testing.T) {
	own := func(err error) string {
		var e messages.InvokeResponse_Error
		if !errors.As(workflow.TaskError(err), &e) {
			t.Fatalf("%v reaches Step Functions without a name", err)
		}
		return e.Type
	}
	ours := []string{own(errors.New("anything")), own(fmt.Errorf("wrapped: %w", store.ErrConflict)), string(onboarding.OutcomeDormant)}
	refused := strings.TrimSuffix(own(onboarding.Refuse(onboarding.CodeNotFound, "")), string(onboarding.CodeNotFound))
	lambdas := []string{"Sandbox.Timedout", "Runtime.ExitError"} // Lambda's own, which come without its prefix
	each(t, func(t *testing.T, _ definition, _ string, s state) {
		var named []string
		for _, r := range s.Retry {
			named = append(named, r.ErrorEquals...)
		}
		for _, c := range s.Catch {
			named = append(named, c.ErrorEquals...)
		}
		for _, name := range named {
			switch prefix, _, _ := strings.Cut(name, "."); {
			case prefix == "States", prefix == "Lambda" && s.lambda(), prefix == "StepFunctions" && s.nested():
			case slices.Contains(lambdas, name) && s.lambda():
			case slices.Contains(ours, name), strings.HasPrefix(name, refused):
			default:
				t.Errorf("nothing gives the error %q", name)
			}
		}
	})
}

// What a refused task says is for the person who reads the execution: its cause
// must be what TaskError gives, and a refusal is never tried again.
func TestARefusalIsNeverTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, _ definition, _ string, s state) {
		for _, r := range s.Retry {
			for _, name := range r.ErrorEquals {
				if strings.HasPrefix(name, "Refused") || name == "States.ALL" || name == "States.TaskFailed" {
					t.Errorf("retries %s", name)
				}
			}
		}
	})
}

func TestEveryMemberOfAPayloadIsRead(t *testing.T) {
	read := map[string]bool{}
	task := reflect.TypeFor[workflow.Task]()
	for i := range task.NumField() {
		name, _, _ := strings.Cut(task.Field(i).Tag.Get("json"), ",")
		read[name] = true
	}
	each(t, func(t *testing.T, _ definition, _ string, s state) {
		for name := range s.payload() {
			if !read[name] {
				t.Errorf("nobody reads %q", name)
			}
		}
	})
}

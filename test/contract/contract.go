// Package contract holds answers of the API against api/openapi.yaml. Tests of
// the functions and of the whole system use it, so that every answer any of
// them gets is one that the contract documents.
package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// Operation is one operation of the contract.
type Operation struct {
	ID, Method, Path, Tag string

	spec *openapi3.Operation
}

// Pattern is the operation as a route, "GET /partners/{partnerId}".
func (o Operation) Pattern() string { return o.Method + " " + o.Path }

type document struct {
	operations []Operation
	problem    *openapi3.Schema
}

var load = sync.OnceValues(func() (document, error) {
	root, err := Root()
	if err != nil {
		return document{}, err
	}
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(root, "api", "openapi.yaml"))
	if err != nil {
		return document{}, fmt.Errorf("contract: %w", err)
	}
	d := document{problem: doc.Components.Schemas["Problem"].Value}
	for path, item := range doc.Paths.Map() {
		for method, spec := range item.Operations() {
			d.operations = append(d.operations, Operation{spec.OperationID, method, path, spec.Tags[0], spec})
		}
	}
	slices.SortFunc(d.operations, func(a, b Operation) int { return strings.Compare(a.ID, b.ID) })
	return d, nil
})

// Root is the repository's root, found from the working directory.
func Root() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	return "", errors.Join(errors.New("contract: no go.mod here or above"), err)
}

// Operations lists the operations of a tag, which is a function's folder, by
// id; of all of them with "".
func Operations(tag string) ([]Operation, error) {
	d, err := load()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(d.operations), func(o Operation) bool { return tag != "" && o.Tag != tag }), nil
}

// Patterns lists the routes of a tag, in order.
func Patterns(tag string) ([]string, error) {
	operations, err := Operations(tag)
	var patterns []string
	for _, o := range operations {
		patterns = append(patterns, o.Pattern())
	}
	slices.Sort(patterns)
	return patterns, err
}

// Find says which operation a request is meant for.
func Find(method, path string) (Operation, bool) {
	d, err := load()
	if err != nil {
		return Operation{}, false
	}
	path, _, _ = strings.Cut(path, "?")
	for _, o := range d.operations {
		if o.Method == method && matches(o.Path, path) {
			return o, true
		}
	}
	return Operation{}, false
}

func matches(template, path string) bool {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i, segment := range want {
		if parameter := strings.HasPrefix(segment, "{"); parameter && got[i] == "" || !parameter && got[i] != segment {
			return false
		}
	}
	return true
}

// promised are headers that tell a client something: one that isn't documented
// must not be sent, and one that is must be there unless it is optional.
var promised = map[string]bool{"ETag": true, "Location": true, "Retry-After": true, "Idempotent-Replayed": false}

// Check says what of an answer the contract doesn't document. A request that no
// operation takes must be answered with a problem document.
func Check(method, path string, status int, header http.Header, body []byte) error {
	d, err := load()
	if err != nil {
		return err
	}
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		return fmt.Errorf("%s %s: %d: Content-Type %q: %w", method, path, status, header.Get("Content-Type"), err)
	}
	o, found := Find(method, path)
	if !found {
		if status != http.StatusNotFound && status != http.StatusMethodNotAllowed || media != "application/problem+json" {
			return fmt.Errorf("%s %s is no operation: %d %s", method, path, status, media)
		}
		return visit(d.problem, body)
	}
	response := o.spec.Responses.Value(strconv.Itoa(status))
	if response == nil {
		return fmt.Errorf("%s: the answer %d isn't documented: %s", o.ID, status, body)
	}
	content := response.Value.Content[media]
	if content == nil {
		return fmt.Errorf("%s: %d with %s isn't documented, but %v", o.ID, status, media, slices.Sorted(maps.Keys(response.Value.Content)))
	}
	var faults []error
	if strings.HasSuffix(media, "json") {
		faults = append(faults, visit(content.Schema.Value, body))
	} else if len(body) == 0 {
		faults = append(faults, errors.New("no body"))
	}
	for name, always := range promised {
		declared, value := response.Value.Headers[name], header.Get(name)
		switch {
		case declared == nil && value != "":
			faults = append(faults, fmt.Errorf("the header %s isn't documented", name))
		case declared != nil && value == "" && always:
			faults = append(faults, fmt.Errorf("the header %s is missing", name))
		case declared != nil && value != "":
			faults = append(faults, visitHeader(declared.Value.Schema.Value, name, value))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("%s: %d: %w\n%s", o.ID, status, err, body)
	}
	return nil
}

func visit(schema *openapi3.Schema, body []byte) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("the body is no JSON: %w", err)
	}
	return schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.EnableFormatValidation(), openapi3.VisitAsResponse())
}

func visitHeader(schema *openapi3.Schema, name, value string) error {
	var typed any = value
	if schema.Type.Is("integer") {
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return fmt.Errorf("the header %s: %w", name, err)
		}
		typed = n
	}
	if err := schema.VisitJSON(typed); err != nil {
		return fmt.Errorf("the header %s: %w", name, err)
	}
	return nil
}

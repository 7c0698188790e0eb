package demo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// reader puts a YAML document into Go values strictly: a member that isn't
// known, given twice or of the wrong kind is a fault, and all faults are
// collected. Text is taken as written, so a number of digits keeps its zeros.
type reader struct {
	lines  map[string]int
	faults []Fault
	broken bool // so much that the values mean nothing
}

func (r *reader) fault(n *yaml.Node, at, format string, args ...any) {
	r.faults = append(r.faults, Fault{Line: n.Line, Pointer: at, Message: fmt.Sprintf(format, args...)})
}

// mentioned says whether a fault of a member, or of one around it, is noted
// already.
func (r *reader) mentioned(at string) bool {
	return slices.ContainsFunc(r.faults, func(f Fault) bool { return f.Pointer == at || strings.HasPrefix(at, f.Pointer+"/") })
}

var yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)

func (r *reader) document(text []byte) (*yaml.Node, bool) {
	r.broken = true
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var doc yaml.Node
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		r.faults = append(r.faults, Fault{Line: 1, Message: "the file is empty"})
		return nil, false
	} else if err != nil {
		line := 0
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil && m[1] != "" {
			line, _ = strconv.Atoi(m[1])
		}
		r.faults = append(r.faults, Fault{Line: line, Message: "this is not YAML: " + yamlLine.ReplaceAllString(err.Error(), "")})
		return nil, false
	}
	root := doc.Content[0]
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		r.fault(root, "", "one document is wanted, there are more")
		return nil, false
	}
	if root.Kind != yaml.MappingNode {
		r.fault(root, "", "members such as \"company: Contoso Ltd\" are wanted, this is %s", kind(root))
		return nil, false
	}
	r.broken = false
	return root, true
}

// into puts a node into the value that v points to. Members that the node
// doesn't have are left as they are.
func (r *reader) into(n *yaml.Node, at string, v any) { r.read(n, at, reflect.ValueOf(v).Elem()) }

func (r *reader) read(n *yaml.Node, at string, v reflect.Value) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		r.fault(n, at, "anchors and aliases are not read: write it out")
		return
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return // as if it weren't there
	}
	if _, ok := v.Interface().(*yaml.Node); ok {
		v.Set(reflect.ValueOf(n))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		there := reflect.New(v.Type().Elem())
		r.read(n, at, there.Elem())
		v.Set(there)
	case reflect.Struct:
		r.members(n, at, v)
	case reflect.Slice:
		if n.Kind != yaml.SequenceNode {
			r.fault(n, at, "a list is wanted, this is %s", kind(n))
			return
		}
		list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
		for i, c := range n.Content {
			here := pointer(at, i)
			r.lines[here] = c.Line
			r.read(c, here, list.Index(i))
		}
		v.Set(list)
	case reflect.String:
		if n.Kind != yaml.ScalarNode {
			r.fault(n, at, "text is wanted, this is %s", kind(n))
			return
		}
		v.SetString(n.Value)
	case reflect.Float64:
		f, err := strconv.ParseFloat(n.Value, 64)
		if n.Kind != yaml.ScalarNode || err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			r.fault(n, at, "a number is wanted, this is %s", kind(n))
			return
		}
		v.SetFloat(f)
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil {
			r.fault(n, at, "a whole number is wanted, this is %s", kind(n))
			return
		}
		v.SetInt(int64(i))
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.Value != "true" && n.Value != "false" {
			r.fault(n, at, "true or false is wanted, this is %s", kind(n))
			return
		}
		v.SetBool(n.Value == "true")
	default:
		panic("demo: no way to read a " + v.Type().String())
	}
}

func (r *reader) members(n *yaml.Node, at string, v reflect.Value) {
	if n.Kind != yaml.MappingNode {
		r.fault(n, at, "members are wanted, this is %s", kind(n))
		return
	}
	known := memberFields(v.Type())
	seen := map[string]int{}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		here := pointer(at, key.Value)
		if line, again := seen[key.Value]; again {
			r.fault(key, here, "this is given twice, first in line %d", line)
			continue
		}
		seen[key.Value] = key.Line
		r.lines[here] = key.Line
		field, ok := known[key.Value]
		if !ok {
			r.fault(key, here, "%s", unknown(key.Value, known))
			continue
		}
		r.read(value, here, v.Field(field))
	}
}

// memberFields are the fields of a struct that a file can have, by their names
// in JSON.
func memberFields(t reflect.Type) map[string]int {
	fields := map[string]int{}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); t.Field(i).IsExported() && name != "" {
			fields[name] = i
		}
	}
	return fields
}

func unknown(name string, known map[string]int) string {
	best, least := "", 4
	var all []string
	for k := range known {
		all = append(all, k)
		if d := distance(strings.ToLower(name), strings.ToLower(k)); d < least || d == least && k < best {
			best, least = k, d
		}
	}
	if best != "" {
		return "this is not known; did you mean " + best + "?"
	}
	slices.Sort(all)
	return "this is not known; there are " + strings.Join(all, ", ")
}

// distance is how many letters must be put in, taken out or changed to make
// one word of the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a group of members"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.Value == "" {
		return "nothing"
	}
	return strconv.Quote(n.Value)
}

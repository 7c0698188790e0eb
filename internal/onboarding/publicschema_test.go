package onboarding_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// The contract of public events lies in api/events: a schema for each type and
// version, an example, and the list of all members that were ever published.
const (
	contractDir = "../../api/events"
	lockFile    = contractDir + "/published.txt"
	guideFile   = "../../docs/events.md"
)

func schemaFile(name string, version int) string {
	return fmt.Sprintf("%s/%s.v%d.json", contractDir, name, version)
}

type schema map[string]any

// envelopeDocs describe what every event has.
var envelopeDocs = map[string]string{
	"id": "The same each time the event is sent: recognise a repetition by it.", "type": "Kind of event; never renamed.", "version": "Version of this schema.",
	"partnerId": "The partner it is about.", "sequence": "Place among all events of the partner.",
	"previous": "Sequence of the partner's public event before this one, 0 for the first. When you have not seen that one, read the feed.",
	"time":     "When it happened.", "by": "On whose side somebody did it: partner, staff, distributor, contact, or system.",
	"test": "It is of a test partner: nothing about it is real.", "data": "What happened.",
}

// schemaOf makes the schema of a type from its Go type.
func schemaOf(t *testing.T, p PublicType) schema {
	t.Helper()
	s := object(t, reflect.TypeFor[PublicEvent](), func(f reflect.StructField) string { return envelopeDocs[name(f)] })
	properties := s["properties"].(schema)
	properties["type"].(schema)["const"], properties["version"].(schema)["const"] = p.Name, p.Version
	data := object(t, reflect.TypeOf(p.Data), func(f reflect.StructField) string { return f.Tag.Get("doc") })
	data["description"] = envelopeDocs["data"]
	properties["data"] = data
	s["$schema"], s["$id"] = "https://json-schema.org/draft/2020-12/schema", fmt.Sprintf("urn:partner-onboarding:events:%s:%d", p.Name, p.Version)
	s["title"], s["description"] = p.Name, p.Doc
	return s
}

func name(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

func object(t *testing.T, of reflect.Type, doc func(reflect.StructField) string) schema {
	t.Helper()
	properties, required := schema{}, []string{}
	for i := range of.NumField() {
		f := of.Field(i)
		member := value(t, f.Type)
		if member["description"] = doc(f); member["description"] == "" {
			t.Errorf("%s.%s has no description", of.Name(), f.Name)
		}
		if values := f.Tag.Get("oneOf"); values != "" {
			member["enum"] = strings.Fields(values)
		}
		properties[name(f)] = member
		if !strings.Contains(f.Tag.Get("json"), ",omit") {
			required = append(required, name(f))
		}
	}
	return schema{"type": "object", "properties": properties, "required": required}
}

func value(t *testing.T, of reflect.Type) schema {
	t.Helper()
	switch {
	case of == reflect.TypeFor[time.Time]():
		return schema{"type": "string", "format": "date-time"}
	case of == reflect.TypeFor[json.RawMessage]():
		return schema{"type": "object"}
	case of.Kind() == reflect.String:
		return schema{"type": "string", "minLength": 1}
	case of.Kind() == reflect.Int:
		return schema{"type": "integer", "minimum": 0}
	case of.Kind() == reflect.Bool:
		return schema{"type": "boolean"}
	case of.Kind() == reflect.Slice:
		return schema{"type": "array", "items": value(t, of.Elem())}
	}
	t.Fatalf("a public member of the type %s", of)
	return nil
}

// members lists a schema's members, a line each, as the lock keeps them.
func members(s map[string]any, at string) []string {
	var lines []string
	properties, _ := s["properties"].(map[string]any)
	required, _ := s["required"].([]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		member := maps.Clone(properties[name].(map[string]any))
		inner := members(member, at+name+".")
		delete(member, "description")
		delete(member, "properties")
		delete(member, "required")
		text, _ := json.Marshal(member)
		presence := "optional"
		if slices.Contains(required, any(name)) {
			presence = "required"
		}
		lines = append(append(lines, at+name+" "+presence+" "+string(text)), inner...)
	}
	return lines
}

func locked(t *testing.T) map[string][]string {
	t.Helper()
	text, err := os.ReadFile(lockFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	lock := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		name, member, _ := strings.Cut(line, " ")
		lock[name] = append(lock[name], member)
	}
	return lock
}

// incompatible says what of a published version is gone or was made stricter.
func incompatible(published, now []string) []string {
	var faults []string
	for _, m := range published {
		if !slices.Contains(now, m) {
			faults = append(faults, "published, and other now: "+m)
		}
	}
	for _, m := range now {
		if name, rest, _ := strings.Cut(m, " "); len(published) > 0 && !slices.Contains(published, m) && strings.HasPrefix(rest, "required") {
			faults = append(faults, "events of this version are there without it: make it optional: "+name)
		}
	}
	return faults
}

func TestPublicSchemasAreWhatTheProgramTellsAndNoPublishedOneChanges(t *testing.T) {
	lock := locked(t)
	for _, p := range PublicTypes() {
		text, err := json.MarshalIndent(schemaOf(t, p), "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		text = append(bytes.ReplaceAll(text, []byte(`\u003c`), []byte("<")), '\n')
		id := fmt.Sprintf("%s.v%d", p.Name, p.Version)
		var made map[string]any
		if err := json.Unmarshal(text, &made); err != nil {
			t.Fatal(err)
		}
		now := members(made, "")
		if faults := incompatible(lock[id], now); len(faults) > 0 {
			t.Errorf("%s: publish a new version beside it, for\n%s", id, strings.Join(faults, "\n"))
			continue
		}
		if *update {
			lock[id] = now
			if err := os.MkdirAll(contractDir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(schemaFile(p.Name, p.Version), text, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, err := os.ReadFile(schemaFile(p.Name, p.Version)); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%s isn't what the program tells (%v): go test ./internal/onboarding -run Public -update", id, err)
		}
	}
	if *update {
		var b strings.Builder
		b.WriteString("# Every member of a public event that was ever published, by type and version. Lines are added, never changed.\n")
		for _, id := range slices.Sorted(maps.Keys(lock)) {
			for _, m := range lock[id] {
				fmt.Fprintln(&b, id, m)
			}
		}
		if err := os.WriteFile(lockFile, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for id, published := range lock { // older versions, too
		text, err := os.ReadFile(contractDir + "/" + id + ".json")
		if err != nil {
			t.Errorf("%s is published: %v", id, err)
			continue
		}
		var s map[string]any
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatal(err)
		}
		if got := members(s, ""); !slices.Equal(got, published) {
			t.Errorf("%s and its lines in published.txt differ:\n%q\n%q", id, got, published)
		}
	}
}

func TestAPublicSchemaThatIsNotCompatibleIsNoticed(t *testing.T) {
	published := []string{`a required {"type":"string"}`, `b optional {"type":"string"}`}
	for title, now := range map[string][]string{
		"a member is gone":        {published[0]},
		"a type changed":          {published[0], `b optional {"type":"integer"}`},
		"a member may be missing": {`a optional {"type":"string"}`, published[1]},
		"a new member is needed":  append(slices.Clone(published), `c required {"type":"string"}`),
	} {
		if len(incompatible(published, now)) == 0 {
			t.Error(title)
		}
	}
	if got := incompatible(published, append(slices.Clone(published), `c optional {"type":"string"}`)); len(got) > 0 {
		t.Errorf("an optional member more: %q", got)
	}
}

// compiled are the published schemas.
var compiled = sync.OnceValue(func() map[string]*jsonschema.Schema {
	files, err := filepath.Glob(contractDir + "/*.json")
	if err != nil || len(files) == 0 {
		panic(fmt.Sprintf("no schemas: %v", err))
	}
	all := map[string]*jsonschema.Schema{}
	for _, file := range files {
		c := jsonschema.NewCompiler()
		c.DefaultDraft(jsonschema.Draft2020)
		c.AssertFormat()
		s, err := c.Compile(file)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", file, err))
		}
		all[strings.TrimSuffix(filepath.Base(file), ".json")] = s
	}
	return all
})

// wantValid holds an event against its schema; it may have no member that the
// schema doesn't know.
func wantValid(t interface {
	Helper()
	Errorf(string, ...any)
}, all map[string]*jsonschema.Schema, p PublicEvent) {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	id := fmt.Sprintf("%s.v%d", p.Type, p.Version)
	s, ok := all[id]
	if !ok {
		t.Errorf("%s has no schema", id)
		return
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	if err := s.Validate(instance); err != nil {
		t.Errorf("%s: %v\n%s", id, err, text)
	}
	event := instance.(map[string]any)
	for name := range event {
		if s.Properties[name] == nil {
			t.Errorf("%s has no member %s", id, name)
		}
	}
	for name := range event["data"].(map[string]any) {
		if s.Properties["data"].Properties[name] == nil {
			t.Errorf("the data of %s has no member %s", id, name)
		}
	}
}

func TestEveryPublicEventKeepsToItsSchema(t *testing.T) {
	all := compiled()
	for _, e := range lived(t) {
		if p, ok := e.Published(); ok {
			wantValid(t, all, p)
		}
	}
	wrong := PublicEvent{ID: "1", Type: "partner.enrolled", Version: 1, PartnerID: "P-1", Sequence: 1, Time: monday, By: ActorPartner, Data: json.RawMessage(`{"workAccount":"none"}`)}
	text, _ := json.Marshal(wrong)
	instance, _ := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if all["partner.enrolled.v1"].Validate(instance) == nil {
		t.Error("a value that isn't in the list is taken")
	}
}

// The guide's list of types is made here, with an example of each; what stands
// above the marker is written by hand.
func TestTheGuideShowsEveryPublicType(t *testing.T) {
	const marker = "<!-- made by go test ./internal/onboarding -run Public -update -->\n"
	guide, err := os.ReadFile(guideFile)
	if err != nil {
		t.Fatal(err)
	}
	above, below, found := strings.Cut(string(guide), marker)
	if !found {
		t.Fatal("docs/events.md has lost its marker")
	}
	var b strings.Builder
	stories := lived(t)
	for _, p := range PublicTypes() {
		i := slices.IndexFunc(stories, func(e Event) bool { return e.Public != nil && e.Public.Type == p.Name })
		if i < 0 {
			continue // said by another test
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s [Schema](../api/events/%s.v%d.json).", p.Name, p.Doc, p.Name, p.Version)
		if p.Distributors {
			b.WriteString(" Also for every distributor in an active relationship.")
		}
		of := reflect.TypeOf(p.Data)
		if b.WriteString("\n"); of.NumField() > 0 {
			b.WriteString("\n| data | | |\n| --- | --- | --- |\n")
		}
		for i := range of.NumField() {
			f := of.Field(i)
			presence := "always"
			if strings.Contains(f.Tag.Get("json"), ",omit") {
				presence = "optional"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", name(f), presence, f.Tag.Get("doc"))
		}
		example, _ := stories[i].Published()
		text, _ := json.MarshalIndent(example, "", "  ")
		fmt.Fprintf(&b, "\n```json\n%s\n```\n", text)
	}
	if *update {
		if err := os.WriteFile(guideFile, []byte(above+marker+b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if below != b.String() {
		t.Errorf("docs/events.md doesn't show the types as they are: go test ./internal/onboarding -run Public -update")
	}
}

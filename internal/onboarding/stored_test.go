package onboarding_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	. "github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// What is stored must stay readable for years. The golden files hold every
// member of what is stored; one that is renamed or lost is noticed here.

func TestTheStoredFormOfAPartnerKeepsItsNames(t *testing.T) {
	var p Partner
	fill(reflect.ValueOf(&p).Elem(), "partner")
	wantStored(t, "stored/partner.golden.json", p, &Partner{})
}

func TestTheStoredFormOfEveryEventKeepsItsNames(t *testing.T) {
	types := eventTypesInSource(t)
	for _, name := range types {
		t.Run(string(name), func(t *testing.T) {
			empty, err := DecodeEventData(name, []byte(`{}`))
			if err != nil {
				t.Fatalf("not registered: %v", err)
			}
			if empty.Type() != name {
				t.Fatalf("it is registered as %s", empty.Type())
			}
			fill(reflect.ValueOf(empty).Elem(), "event")
			into, _ := DecodeEventData(name, []byte(`{}`))
			wantStored(t, "stored/events/"+string(name)+".golden.json", empty, into)
		})
	}
	t.Run("an event type is never removed", func(t *testing.T) {
		files, err := os.ReadDir("testdata/stored/events")
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if name := EventType(strings.TrimSuffix(f.Name(), ".golden.json")); !slices.Contains(types, name) {
				t.Errorf("events of the type %s are stored, but no longer known", name)
			}
		}
	})
	t.Run("an unknown type is an error", func(t *testing.T) {
		if _, err := DecodeEventData("partner.unheardOf", []byte(`{}`)); err == nil {
			t.Error("decoded")
		}
		if _, err := DecodeEventData("partner.enrolled", []byte(`{`)); err == nil {
			t.Error("decoded half a document")
		}
	})
}

func TestTheStoredFormOfWhatFollowsKeepsItsNames(t *testing.T) {
	var follow []Follow
	fill(reflect.ValueOf(&follow).Elem(), "follow")
	wantStored(t, "stored/follow.golden.json", follow, &[]Follow{})
	var actor Actor
	fill(reflect.ValueOf(&actor).Elem(), "actor")
	wantStored(t, "stored/actor.golden.json", actor, &Actor{})
}

// wantStored holds a value's stored form against its golden file, and reads the
// golden file back into an empty value: nothing may be lost or unknown.
func wantStored(t *testing.T, golden string, value, into any) {
	t.Helper()
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	wantGolden(t, golden, append(text, '\n'))
	stored, err := os.ReadFile(filepath.Join("testdata", golden))
	if err != nil {
		t.Fatal(err)
	}
	d := json.NewDecoder(bytes.NewReader(stored))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatalf("what is stored can't be read: %v", err)
	}
	got, want := reflect.Indirect(reflect.ValueOf(into)).Interface(), reflect.Indirect(reflect.ValueOf(value)).Interface()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("read back as %+v\nwant %+v", got, want)
	}
}

// fill gives every member of a value a value of its own.
func fill(v reflect.Value, name string) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(monday.Add(time.Duration(len(name)) * time.Minute)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("the " + name)
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(len(name)))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), name)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), name)
	case reflect.Map:
		value := reflect.New(v.Type().Elem()).Elem()
		fill(value, name)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("key").Convert(v.Type().Key()), value)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), v.Type().Field(i).Name)
		}
	default:
		panic(fmt.Sprintf("a stored value of the kind %s", v.Kind()))
	}
}

// eventTypesInSource finds what the Type methods of this package return.
func eventTypesInSource(t *testing.T) []EventType {
	t.Helper()
	var types []EventType
	for _, file := range sources(t) {
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || f.Name.Name != "Type" {
				continue
			}
			literal := f.Body.List[0].(*ast.ReturnStmt).Results[0].(*ast.BasicLit)
			name, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			if slices.Contains(types, EventType(name)) {
				t.Errorf("two types of events are called %s", name)
			}
			types = append(types, EventType(name))
		}
	}
	if len(types) < 10 {
		t.Fatalf("only %d event types were found in the source", len(types))
	}
	return types
}

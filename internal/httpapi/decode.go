package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

const (
	maxBody   = 64 << 10
	maxFaults = 100 // listed at once
)

// Decode reads the request's JSON body as a T. It refuses what isn't JSON, what
// is too large, members that T doesn't have and values of another type, and
// lists all such members at once with JSON pointers. Whether the values make
// sense is for the rules to say.
func Decode[T any](r *Request) (T, error) {
	var value T
	if err := r.decode(&value, reflect.TypeFor[T]()); err != nil {
		return *new(T), err
	}
	return value, nil
}

func (r *Request) decode(into any, t reflect.Type) error {
	media, _, err := mime.ParseMediaType(r.HTTP.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return onboarding.Refuse(codeUnsupportedMediaType, "Send JSON, with Content-Type: application/json.")
	}
	if limit := max(maxBody, r.limit); len(r.body) > limit {
		return onboarding.Refuse(codeBodyTooLarge, "The request is too large: "+strconv.Itoa(limit>>10)+" KiB at most.")
	}
	decoder := json.NewDecoder(bytes.NewReader(r.body))
	decoder.UseNumber()
	var raw any
	if err := decoder.Decode(&raw); err != nil || decoder.More() {
		return onboarding.Refuse(codeMalformedBody, "The body isn't well-formed JSON.")
	}
	var faults []onboarding.Fault
	shape("", raw, t, &faults)
	if err := onboarding.Invalid(faults); err != nil {
		return err
	}
	if err := json.Unmarshal(r.body, into); err != nil {
		return onboarding.Refuse(codeMalformedBody, "The body isn't well-formed JSON.")
	}
	return nil
}

// shape compares a decoded JSON value with the type it is meant for.
func shape(pointer string, value any, t reflect.Type, faults *[]onboarding.Fault) {
	if len(*faults) >= maxFaults {
		return
	}
	wrong := func(want string) {
		*faults = append(*faults, onboarding.Fault{Pointer: pointer, Code: onboarding.FaultWrongType, Message: "This must be " + want + "."})
	}
	if t == reflect.TypeFor[time.Time]() {
		text, _ := value.(string)
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			wrong("a time such as 2026-11-24T12:00:00Z")
		}
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		shape(pointer, value, t.Elem(), faults)
	case reflect.Struct:
		object, ok := value.(map[string]any)
		if !ok {
			wrong("an object")
			return
		}
		members := membersOf(t)
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if len(*faults) >= maxFaults {
				return
			}
			if member, known := members[name]; known {
				shape(pointer+"/"+name, object[name], member, faults)
			} else {
				*faults = append(*faults, onboarding.Fault{Pointer: pointer + "/" + escape(name), Code: onboarding.FaultUnknownField, Message: "This member isn't known here or can't be set."})
			}
		}
	case reflect.Slice:
		array, ok := value.([]any)
		if !ok {
			wrong("a list")
			return
		}
		for i, v := range array {
			shape(pointer+"/"+strconv.Itoa(i), v, t.Elem(), faults)
		}
	case reflect.String:
		if _, ok := value.(string); !ok {
			wrong("a text")
		}
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			wrong("true or false")
		}
	case reflect.Int:
		n, ok := value.(json.Number)
		if _, err := strconv.Atoi(n.String()); !ok || err != nil {
			wrong("a whole number")
		}
	default:
		panic(fmt.Sprintf("httpapi: no request has a %s", t))
	}
}

func membersOf(t reflect.Type) map[string]reflect.Type {
	members := map[string]reflect.Type{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		members[name] = t.Field(i).Type
	}
	return members
}

// escape writes a member's name as a part of a JSON pointer, cut to a length
// that is safe to show.
func escape(name string) string {
	if len(name) > 100 {
		name = strings.ToValidUTF8(name[:100], "")
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}

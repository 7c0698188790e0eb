package country

import (
	"strings"

	"github.com/partner-onboarding/partner-onboarding/internal/latin"
)

// subdivision finds a subdivision by its code, its ISO 3166-2 code or any of its
// names, whatever the case and accents; -1 when there is none. A code counts
// before a name.
func (r *record) subdivision(text string) int {
	wanted := latin.FoldName(text)
	if wanted == "" {
		return -1
	}
	for i, s := range r.subdivisions {
		if latin.FoldName(s.Code) == wanted || s.ISO != "" && (latin.FoldName(s.ISO) == wanted || latin.FoldName(s.ISO[3:]) == wanted) {
			return i
		}
	}
	for i, s := range r.subdivisions {
		for _, name := range append([]string{s.Name, s.LocalName}, r.otherNames[i]...) {
			if name != "" && latin.FoldName(name) == wanted {
				return i
			}
		}
		// Ireland: "Co. Cork", which people also write "Cork" or "County Cork".
		if name, ok := strings.CutPrefix(s.Code, "Co. "); ok && (latin.FoldName(name) == wanted || "county"+latin.FoldName(name) == wanted) {
			return i
		}
	}
	return -1
}

// SameSubdivision says that two texts name the same state, province, prefecture
// or the like of a country, by whichever of its codes and names.
func SameSubdivision(country, a, b string) bool {
	if latin.FoldName(a) == latin.FoldName(b) {
		return true
	}
	r, ok := find(country)
	if !ok {
		return false
	}
	i := r.subdivision(a)
	return i >= 0 && i == r.subdivision(b)
}

// spell returns how the list writes the subdivision that someone called text.
func (r *record) spell(i int, text string) string {
	s := r.subdivisions[i]
	if isShortCode(s.Code) {
		return s.Code
	}
	wanted := latin.FoldName(text)
	for _, name := range append([]string{s.Code, s.Name, s.LocalName}, r.otherNames[i]...) {
		if name != "" && latin.FoldName(name) == wanted {
			return name
		}
	}
	if s.LocalName == "" {
		return s.Code
	}
	return s.Name
}

// isShortCode says whether code is an abbreviation such as "WA".
func isShortCode(code string) bool {
	return len(code) <= 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

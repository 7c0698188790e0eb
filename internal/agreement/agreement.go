// Package agreement holds the partner agreement: its versions, which one is
// current in a region, and the documents that are shown and signed.
//
// The texts are data (versions/). Their documents are made ahead of time and
// committed, so that a function that serves them links neither a PDF writer
// nor templates, and so that the digest which a signer accepts (A2) is of
// bytes that never change: the same source always gives the same documents.
//
// The texts shipped are samples; replace them before anybody signs. What
// released.sha256 lists can't be changed any more, only followed by a new
// version.
package agreement

import (
	"embed"
	"slices"
	"time"
)

//go:generate go run ./generate

//go:embed documents
var documents embed.FS

// The media types in which every version exists.
const (
	MediaTypeHTML = "text/html"
	MediaTypePDF  = "application/pdf"
)

// Version is one version of the agreement.
type Version struct {
	Version       string // for example "2026-09"
	Title         string
	Language      string
	Regions       []string  // ids of the regions in which it is offered
	EffectiveFrom time.Time // in each of them it is current from then until a later one's
	ReacceptBy    time.Time // A6: until then an acceptance of the version before counts; zero for a region's first one
	Sample        bool      // the text says of itself that it is not to be signed in earnest
	Renditions    []Rendition
}

// Rendition is a version as a document of one media type.
type Rendition struct {
	MediaType string
	SHA256    string // of its bytes, in hexadecimal
	Size      int
	// ContentSecurityPolicy is the header to serve it with, "" for none; the
	// HTML page holds one style sheet, which this allows, and nothing else.
	ContentSecurityPolicy string
	file                  string
}

// All lists every version, the oldest first. The caller must not change it.
func All() []Version { return slices.Clone(versions) }

// Find returns a version by its name.
func Find(version string) (Version, bool) {
	i := slices.IndexFunc(versions, func(v Version) bool { return v.Version == version })
	if i < 0 {
		return Version{}, false
	}
	return versions[i], true
}

// Current returns the version that is to be accepted in a region at a time;
// false when there is none.
func Current(region string, at time.Time) (Version, bool) {
	return current(timeline(versions, region), at)
}

// current is the newest of a region's versions that is in effect.
func current(timeline []Version, at time.Time) (Version, bool) {
	for _, v := range slices.Backward(timeline) {
		if !at.Before(v.EffectiveFrom) {
			return v, true
		}
	}
	return Version{}, false
}

// timeline lists the versions of a region, the oldest first.
func timeline(list []Version, region string) []Version {
	var own []Version
	for _, v := range list {
		if slices.Contains(v.Regions, region) {
			own = append(own, v)
		}
	}
	slices.SortStableFunc(own, func(a, b Version) int { return a.EffectiveFrom.Compare(b.EffectiveFrom) })
	return own
}

// Rendition returns the document of a media type.
func (v Version) Rendition(mediaType string) (Rendition, bool) {
	return v.rendition(func(r Rendition) bool { return r.MediaType == mediaType })
}

// ByDigest returns the document with a SHA-256 in lower-case hexadecimal: any
// of a version's documents can be the one that was shown to a signer (A2).
func (v Version) ByDigest(sha256 string) (Rendition, bool) {
	return v.rendition(func(r Rendition) bool { return r.SHA256 == sha256 })
}

func (v Version) rendition(is func(Rendition) bool) (Rendition, bool) {
	i := slices.IndexFunc(v.Renditions, is)
	if i < 0 {
		return Rendition{}, false
	}
	return v.Renditions[i], true
}

// Document returns the bytes of a version in a media type.
func Document(version, mediaType string) ([]byte, bool) {
	v, _ := Find(version)
	r, ok := v.Rendition(mediaType)
	if !ok {
		return nil, false
	}
	content, err := documents.ReadFile(r.file)
	return content, err == nil
}

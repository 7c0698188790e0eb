// Package document keeps partners' files in the bucket: it gives out a place to
// upload one file to, looks at what came to lie there, asks what the search for
// malware found, and gives out links to read it. What a document means to a
// case is for the rules to say.
package document

import "regexp"

// Key says where a document lies. It holds ids of ours alone, never the file's
// name.
type Key struct {
	PartnerID  string
	DocumentID string
}

// Prefix is what the keys of all documents begin with.
const Prefix = "documents/"

// String is the key in the bucket.
func (k Key) String() string { return Prefix + k.PartnerID + "/" + k.DocumentID }

var keyForm = regexp.MustCompile(`^documents/(P-[0-9A-HJKMNP-TV-Z]{26})/(D-[0-9A-HJKMNP-TV-Z]{26})$`)

// ParseKey takes a bucket's key apart; ok is false for one that was never given
// out.
func ParseKey(key string) (k Key, ok bool) {
	m := keyForm.FindStringSubmatch(key)
	if m == nil {
		return Key{}, false
	}
	return Key{m[1], m[2]}, true
}

// Valid says that the ids have the form of ours.
func (k Key) Valid() bool { _, ok := ParseKey(k.String()); return ok }

// Package pdf compares PDF files of ours by what they say, not by how it is
// packed.
package pdf

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
)

// Compressed streams depend on the version of Go as well: another one may pack
// the same content into other bytes. A published document's bytes must not
// change for that, since its digest is the evidence of what was accepted; so a
// document is written anew only when its content differs.

var (
	streamForm = regexp.MustCompile(`(?s)/Length [0-9]+(.{0,60}?)>>\nstream\n(.*?)\nendstream`)
	xrefForm   = regexp.MustCompile(`(?s)\nxref\n.*?\ntrailer\n`)
	startForm  = regexp.MustCompile(`startxref\n[0-9]+`)
)

// SameContent says whether two documents differ in nothing but compression.
func SameContent(a, b []byte) bool {
	return bytes.Equal(a, b) || bytes.HasPrefix(a, []byte("%PDF-")) && bytes.Equal(unpacked(a), unpacked(b))
}

// unpacked writes a PDF of ours with its streams unpacked, and without the
// lengths and offsets that follow from packing.
func unpacked(pdf []byte) []byte {
	out := streamForm.ReplaceAllFunc(pdf, func(stream []byte) []byte {
		m := streamForm.FindSubmatch(stream)
		content := m[2]
		if r, err := zlib.NewReader(bytes.NewReader(content)); err == nil {
			if plain, err := io.ReadAll(r); err == nil {
				content = plain
			}
		}
		return append(append(append([]byte("stream"), m[1]...), '\n'), content...)
	})
	out = xrefForm.ReplaceAll(out, nil)
	return startForm.ReplaceAll(out, nil)
}

package document

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	_ "image/jpeg" // its dimensions are read
	_ "image/png"  // likewise

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

// The stable codes of what can be wrong with a file.
const (
	FaultEmpty      = "empty_file"
	FaultTooLarge   = "file_too_large"
	FaultNotAllowed = "file_type_not_allowed" // neither PDF nor PNG nor JPEG
	FaultMismatch   = "file_type_mismatch"    // not what it was said to be, or two things at once
	FaultEncrypted  = "file_encrypted"
	FaultDamaged    = "file_damaged"
)

// Content types that are accepted.
const (
	typePDF  = "application/pdf"
	typePNG  = "image/png"
	typeJPEG = "image/jpeg"
)

var messages = map[string]string{
	FaultEmpty:      "The file is empty. Choose another one.",
	FaultTooLarge:   "The file is larger than 10 MB. Choose a smaller one.",
	FaultNotAllowed: "The file is neither a PDF nor a PNG or JPEG image. Save it as one of these.",
	FaultMismatch:   "The file is not what its name and type say. Export it anew as a PDF, PNG or JPEG.",
	FaultEncrypted:  "The file is encrypted or protected, so a reviewer may be unable to read it. Print or save it without protection.",
	FaultDamaged:    "The file is damaged or incomplete. Check that it opens on your computer and upload it again.",
}

// ContentError says what is wrong with a file that was uploaded.
type ContentError struct {
	Code      string // one of the Fault codes
	VersionID string // of the stored object
}

func (e *ContentError) Error() string { return "document: " + e.Code }

// Refusal is the error as the partner is told.
func (e *ContentError) Refusal() error {
	return onboarding.Invalid([]onboarding.Fault{{Pointer: "/file", Code: e.Code, Message: messages[e.Code]}})
}

// typeOf is a file's type by its content, "" when it isn't one that is accepted.
func typeOf(file []byte) string {
	switch {
	case bytes.HasPrefix(file, []byte("%PDF-")):
		return typePDF
	case bytes.HasPrefix(file, []byte(pngSignature)):
		return typePNG
	case bytes.HasPrefix(file, []byte("\xff\xd8\xff")):
		return typeJPEG
	}
	return ""
}

// examine judges a whole file by its content and returns the code of what is
// wrong with it, or "". It runs nothing that the file holds.
func examine(file []byte, declared string) string {
	kind := typeOf(file)
	switch {
	case len(file) == 0:
		return FaultEmpty
	case len(file) > onboarding.MaxDocumentSize:
		return FaultTooLarge
	case kind == "":
		return FaultNotAllowed
	case kind != declared, endsAsZip(file), kind != typePDF && bytes.Contains(file[:min(len(file), 1024)], []byte("%PDF-")):
		return FaultMismatch
	}
	switch kind {
	case typePDF:
		return examinePDF(file)
	case typePNG:
		return examineImage(file, wholePNG)
	}
	return examineImage(file, wholeJPEG)
}

// endsAsZip says that a reader of archives, which begins at the end, would take
// the file for one: a program or a page may be hidden in it.
func endsAsZip(file []byte) bool {
	const record = 22 // bytes, without the comment
	tail := file[max(0, len(file)-record-1<<16):]
	for at := bytes.LastIndex(tail, []byte("PK\x05\x06")); at >= 0; at = bytes.LastIndex(tail[:at], []byte("PK\x05\x06")) {
		if at+record <= len(tail) && at+record+int(binary.LittleEndian.Uint16(tail[at+record-2:])) == len(tail) {
			return true
		}
	}
	return false
}

// maxPixels keeps out images that unpack to gigabytes.
const maxPixels = 200_000_000

func examineImage(file []byte, whole func([]byte) bool) string {
	config, _, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || config.Width <= 0 || config.Height <= 0 || config.Width > maxPixels/config.Height || !whole(file) {
		return FaultDamaged
	}
	return ""
}

const pngSignature = "\x89PNG\r\n\x1a\n"

// wholePNG walks over the chunks to the last one. What follows that is let be:
// some programs leave a rest there.
func wholePNG(file []byte) bool {
	for rest := file[len(pngSignature):]; len(rest) >= 12; {
		length := binary.BigEndian.Uint32(rest)
		if uint64(length) > uint64(len(rest)-12) {
			return false
		}
		chunk, sum := rest[4:8+length], binary.BigEndian.Uint32(rest[8+length:])
		if crc32.ChecksumIEEE(chunk) != sum {
			return false
		}
		if string(chunk[:4]) == "IEND" {
			return true
		}
		rest = rest[12+length:]
	}
	return false
}

// wholeJPEG walks over the segments to the image's data, which must come to an
// end. A small image inside a segment, as cameras put it there, has an end of
// its own that doesn't count.
func wholeJPEG(file []byte) bool {
	const startOfScan = 0xda
	for rest := file[2:]; len(rest) >= 4 && rest[0] == 0xff; {
		if rest[1] == 0xff { // padding
			rest = rest[1:]
			continue
		}
		length := int(binary.BigEndian.Uint16(rest[2:]))
		if length < 2 || len(rest) < 2+length {
			return false
		}
		if rest[1] == startOfScan {
			return bytes.Contains(rest[2+length:], []byte{0xff, 0xd9})
		}
		rest = rest[2+length:]
	}
	return false
}

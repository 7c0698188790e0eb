package document

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-pdf/fpdf"
	"pgregory.net/rapid"

	"github.com/partner-onboarding/partner-onboarding/internal/onboarding"
)

func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for i := range 1200 {
		m.Set(i%40, i/40, color.RGBA{uint8(i), uint8(i * 7), uint8(i * 13), 255})
	}
	return m
}

func pngFile(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegFile(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pdfFile(t testing.TB, protect bool) []byte {
	t.Helper()
	f := fpdf.New("P", "mm", "A4", "")
	f.AddPage()
	f.SetFont("Helvetica", "", 12)
	f.Cell(40, 10, "How we /Encrypt 5 0 R mail: >> and << and (")
	if protect {
		f.SetProtection(fpdf.CnProtectPrint, "user", "owner")
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func archive(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("run.exe")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("MZ")); err != nil {
		t.Fatal(err)
	}
	if err := z.SetComment("a comment"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestV11_AFileIsJudgedByItsContentAloneAndEveryRefusalHasACode(t *testing.T) {
	pdf, pic, photo := pdfFile(t, false), pngFile(t), jpegFile(t)
	thumbnail := join([]byte("\xff\xd8\xff\xe1"), []byte{byte((len(photo) + 2) >> 8), byte(len(photo) + 2)}, photo) // an image with an end, in a segment
	for name, c := range map[string]struct {
		file     []byte
		declared string
		want     string
	}{
		"a PDF":                                 {pdf, typePDF, ""},
		"a PDF with a table":                    {sample(t, "plain-table.pdf"), typePDF, ""},
		"a PDF with a stream":                   {sample(t, "plain-stream.pdf"), typePDF, ""},
		"a PDF for the web":                     {sample(t, "plain-linearized.pdf"), typePDF, ""},
		"a PNG":                                 {pic, typePNG, ""},
		"a PNG with a rest behind it":           {join(pic, []byte("left over")), typePNG, ""},
		"a JPEG":                                {photo, typeJPEG, ""},
		"a JPEG with a small one inside":        {join(thumbnail, photo[2:]), typeJPEG, ""},
		"nothing":                               {nil, typePDF, FaultEmpty},
		"a byte more than 10 MB":                {join(pdf, make([]byte, onboarding.MaxDocumentSize+1-len(pdf))), typePDF, FaultTooLarge},
		"text":                                  {[]byte("Dear reviewer"), typePDF, FaultNotAllowed},
		"a page":                                {[]byte("<html><script>"), typePNG, FaultNotAllowed},
		"a program":                             {[]byte("MZ\x90\x00"), typePDF, FaultNotAllowed},
		"an archive":                            {archive(t), typePDF, FaultNotAllowed},
		"a PNG called PDF":                      {pic, typePDF, FaultMismatch},
		"a PDF called JPEG":                     {pdf, typeJPEG, FaultMismatch},
		"a PDF that is an archive too":          {join(pdf, archive(t)), typePDF, FaultMismatch},
		"a PNG that is an archive too":          {join(pic, archive(t)), typePNG, FaultMismatch},
		"a JPEG that is a PDF too":              {join(photo[:2], []byte("\xff\xfe\x00\x0b%PDF-1.4 "), photo[2:]), typeJPEG, FaultMismatch},
		"a PDF with a password, RC4":            {pdfFile(t, true), typePDF, FaultEncrypted},
		"a PDF with a password, RC4, by a tool": {sample(t, "encrypted-rc4-table.pdf"), typePDF, FaultEncrypted},
		"a PDF with a password, AES":            {sample(t, "encrypted-aes256-stream.pdf"), typePDF, FaultEncrypted},
		"a PDF with a password, for the web":    {sample(t, "encrypted-aes256-linearized.pdf"), typePDF, FaultEncrypted},
		"a PDF with restrictions":               {sample(t, "encrypted-owner-only.pdf"), typePDF, FaultEncrypted},
		"an encrypted PDF, its offset wrong":    {bytes.Replace(pdfFile(t, true), []byte("startxref\n"), []byte("startxref\n9"), 1), typePDF, FaultEncrypted},
		"an encrypted PDF, the name written #":  {bytes.Replace(pdfFile(t, true), []byte("/Encrypt"), []byte("/#45ncrypt"), 1), typePDF, FaultEncrypted},
		"half a PDF":                            {pdf[:len(pdf)/2], typePDF, FaultDamaged},
		"the head of a PDF":                     {[]byte("%PDF-1.7\n"), typePDF, FaultDamaged},
		"a PDF without any cross-references":    {[]byte("%PDF-1.7\nstartxref\n5\n%%EOF"), typePDF, FaultDamaged},
		"half a PNG":                            {pic[:len(pic)/2], typePNG, FaultDamaged},
		"a PNG without its end":                 {pic[:len(pic)-12], typePNG, FaultDamaged},
		"a PNG with a flipped bit":              {flipped(pic), typePNG, FaultDamaged},
		"half a JPEG":                           {photo[:len(photo)/2], typeJPEG, FaultDamaged},
		"a JPEG that ends in a small one":       {join(thumbnail, photo[2:len(photo)-2]), typeJPEG, FaultDamaged},
		"the head of a JPEG":                    {[]byte("\xff\xd8\xff"), typeJPEG, FaultDamaged},
	} {
		if got := examine(c.file, c.declared); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	for _, code := range []string{FaultEmpty, FaultTooLarge, FaultNotAllowed, FaultMismatch, FaultEncrypted, FaultDamaged} {
		if text := (&ContentError{Code: code}).Refusal().Error(); !strings.Contains(text, "/file "+code) || messages[code] == "" {
			t.Errorf("%s is refused with %s", code, text)
		}
	}
}

func flipped(file []byte) []byte {
	file = bytes.Clone(file)
	file[len(file)/2] ^= 1
	return file
}

func TestAnOlderRevisionOfAPDFIsReadToo(t *testing.T) {
	old := pdfFile(t, true)
	before, _ := number(old[bytes.LastIndex(old, []byte("startxref"))+9:])
	update := func(entries string) []byte {
		return join(old, []byte("\nxref\n0 0\ntrailer\n<< /Size 1 /Info (a \\) text) /ID [<00> <01>] "+entries+" >>\nstartxref\n"+itoa(len(old)+1)+"\n%%EOF\n"))
	}
	if got := examine(update("/Prev "+itoa(before)), typePDF); got != FaultEncrypted {
		t.Errorf("%q", got)
	}
	if got := examine(update("/Prev "+itoa(len(old)+1)), typePDF); got != "" { // it names itself
		t.Errorf("a circle: %q", got)
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func TestNoFileMakesTheExaminationFail(t *testing.T) {
	seeds := [][]byte{pdfFile(t, false), pdfFile(t, true), sample(t, "encrypted-aes256-stream.pdf"), pngFile(t), jpegFile(t)}
	rapid.Check(t, func(t *rapid.T) {
		file := bytes.Clone(rapid.SampledFrom(seeds).Draw(t, "file"))
		for range rapid.IntRange(0, 8).Draw(t, "changes") {
			at := rapid.IntRange(0, len(file)-1).Draw(t, "at")
			file[at] = rapid.Byte().Draw(t, "byte")
		}
		file = file[:rapid.IntRange(0, len(file)).Draw(t, "length")]
		for _, declared := range []string{typePDF, typePNG, typeJPEG} {
			if code := examine(file, declared); code != "" && messages[code] == "" {
				t.Fatalf("code %q", code)
			}
		}
	})
}

func FuzzAPDFOfAnyContentIsJudged(f *testing.F) {
	f.Add(pdfFile(f, false))
	f.Add(pdfFile(f, true))
	f.Add(sample(f, "encrypted-aes256-linearized.pdf"))
	f.Add([]byte("%PDF-1.4\nstartxref\n30\n%%EOF\nxref trailer<</A[(]/B<</C(\\))>>>>"))
	f.Fuzz(func(t *testing.T, file []byte) {
		if code := examine(file, typePDF); code != "" && messages[code] == "" {
			t.Errorf("code %q", code)
		}
	})
}

func TestAKeyHoldsOurIdsAlone(t *testing.T) {
	k := Key{"P-01K6ZT4M9V8Q2R7XW5N0B1CDEF", "D-01K6ZT4M9V8Q2R7XW5N0B1CDEG"}
	if got, ok := ParseKey(k.String()); !ok || got != k || !k.Valid() {
		t.Errorf("%v, %v", got, ok)
	}
	for _, key := range []string{"", "documents/", "documents/P-1/D-2", "other/" + k.PartnerID + "/" + k.DocumentID, k.String() + "/x", "documents/" + k.PartnerID + "/../" + k.DocumentID, k.String() + "\n"} {
		if _, ok := ParseKey(key); ok {
			t.Errorf("%q passes", key)
		}
	}
}

func TestADownloadIsSavedUnderASafeName(t *testing.T) {
	for name, want := range map[string]string{
		"extract.pdf":                    `attachment; filename="extract.pdf"; filename*=UTF-8''extract.pdf`,
		"Auszug Müller & Söhne.pdf":      `attachment; filename="Auszug M_ller & S_hne.pdf"; filename*=UTF-8''Auszug%20M%C3%BCller%20&%20S%C3%B6hne.pdf`,
		"..\\..\\a/b.pdf":                `attachment; filename=".._.._a_b.pdf"; filename*=UTF-8''.._.._a_b.pdf`,
		"a\"; x=\"\r\nSet-Cookie: y.pdf": `attachment; filename="a__ x=___Set-Cookie_ y.pdf"; filename*=UTF-8''a__%20x%3D___Set-Cookie_%20y.pdf`,
		"fdp.\u202eexe":                  `attachment; filename="fdp._exe"; filename*=UTF-8''fdp._exe`,
		"登記簿.pdf":                        `attachment; filename="___.pdf"; filename*=UTF-8''%E7%99%BB%E8%A8%98%E7%B0%BF.pdf`,
	} {
		if got := attachment(name); got != want {
			t.Errorf("%q\n got %s\nwant %s", name, got, want)
		}
	}
}

func sum(file []byte) string {
	digest := sha256.Sum256(file)
	return hex.EncodeToString(digest[:])
}

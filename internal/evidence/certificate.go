package evidence

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// Measures of the certificate's page, in millimetres.
const (
	margin = 25.0
	label  = 42.0
	line   = 5.2
)

// Certificate writes an acceptance for people, on one page or two: the same
// bytes for the same acceptance.
func Certificate(a Acceptance, test bool) ([]byte, error) {
	drawn, err := newText()
	if err != nil {
		return nil, err
	}
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(a.AcceptedAt.UTC())
	pdf.SetModificationDate(a.AcceptedAt.UTC())
	pdf.SetProducer("agreement evidence", true)
	pdf.SetTitle("Certificate of acceptance, partner agreement "+a.Version, true)
	pdf.SetLang("en")
	pdf.AddUTF8FontFromBytes("go", "", goregular.TTF)
	pdf.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	pdf.SetCellMargin(0)
	pdf.SetMargins(margin, margin, margin)
	pdf.SetAutoPageBreak(true, margin)
	pdf.AddPage()
	page, _ := pdf.GetPageSize()
	width := page - 2*margin
	paragraph := func(style string, size, height float64, text string) {
		pdf.SetFont("go", style, size)
		pdf.MultiCell(width, height, drawn.of(text), "", "L", false)
		pdf.SetX(margin)
	}
	paragraph("B", 19, 9, "Certificate of acceptance")
	if test {
		paragraph("B", 11, 7, "Test: of a test partner. Nothing about it is real.")
	}
	paragraph("", 11, 6, a.Agreement)
	pdf.Ln(4)
	fact := func(name, value string) {
		if value == "" {
			return
		}
		pdf.SetFont("go", "", 9.6)
		pdf.SetTextColor(0x55, 0x55, 0x55)
		pdf.CellFormat(label, line, name, "", 0, "L", false, 0, "")
		pdf.SetTextColor(0x1b, 0x1b, 0x1b)
		pdf.MultiCell(width-label, line, drawn.of(value), "", "L", false)
		pdf.SetX(margin)
		pdf.Ln(1)
	}
	section := func(title string) { pdf.Ln(3); paragraph("B", 11.5, 7, title) }
	section("Who accepted")
	fact("Company", a.CompanyName)
	fact("Partner ID", a.PartnerID)
	fact("Signed by", a.SignerName+", "+a.SignerTitle)
	fact("User account", a.UserID+" ("+a.Email+")")
	fact("Work account (tenant)", a.TenantID)
	fact("Empowered by", a.Authority)
	section("What was accepted")
	fact("Version", a.Version+", region "+a.Region)
	fact("In effect from", moment(a.EffectiveFrom))
	fact("Document shown", a.MediaType)
	fact("SHA-256 of it", a.SHA256)
	fact("Consent given to", a.Consent)
	section("When and from where")
	fact("Time", moment(a.AcceptedAt))
	fact("Network address", a.IPAddress)
	fact("Browser", a.UserAgent)
	section("How it is proven")
	fact("Event", a.EventID)
	fact("Hash of the event", a.EventHash)
	pdf.Ln(2)
	paragraph("", 9, 4.6, "The acceptance is an event in the partner's chain: each event carries the hash of the one before. The evidence file that comes with this certificate holds the chain up to this event and "+
		"the document itself. It is verified without the programme's systems; compare the hash above with the one in your own records. Characters that this page has no shape for are written by their code (U+…).")
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		return nil, fmt.Errorf("evidence: certificate: %w", err)
	}
	return out.Bytes(), nil
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006, 15:04:05.000 UTC")
}

// text writes what people typed with the certificate's font: a character that
// the font lacks would silently be left out.
type text struct{ font *sfnt.Font }

func newText() (text, error) {
	font, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		return text{}, fmt.Errorf("evidence: font: %w", err)
	}
	return text{font}, nil
}

func (t text) of(s string) string {
	var out strings.Builder
	for _, r := range strings.ToValidUTF8(s, "�") {
		if glyph, err := t.font.GlyphIndex(nil, r); err != nil || glyph == 0 {
			fmt.Fprintf(&out, "(U+%04X)", r)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// Measures of the page, in millimetres: A4, which other papers can hold.
const (
	marginSide   = 25.0
	marginTop    = 22.0
	marginBottom = 24.0
	numberWidth  = 13.0
	lineHeight   = 5.0
	textSize     = 9.6
)

// renderPDF writes a version as a PDF. The font is embedded, so that it looks
// the same everywhere, and covers the Latin, Greek and Cyrillic scripts. The
// same source gives the same bytes: nothing in it is random or of today.
func renderPDF(s source, regions []string) ([]byte, error) {
	if err := drawable(s, regions); err != nil {
		return nil, err
	}
	pages := 0
	var out []byte
	for range 2 { // the first round counts the pages
		w := newWriter(s, pages)
		w.write(s, regions)
		var b bytes.Buffer
		if err := w.pdf.Output(&b); err != nil {
			return nil, err
		}
		pages, out = w.pdf.PageCount(), b.Bytes()
	}
	return out, nil
}

// drawable makes sure that the font has every character of the text: one it
// has not would silently be left out of a document that people sign.
func drawable(s source, regions []string) error {
	for _, ttf := range [][]byte{goregular.TTF, gobold.TTF} {
		font, err := sfnt.Parse(ttf)
		if err != nil {
			return err
		}
		for _, r := range fmt.Sprint(s, regions) {
			if glyph, err := font.GlyphIndex(nil, r); err != nil || glyph == 0 {
				return fmt.Errorf("the font has no %q (%U)", r, r)
			}
		}
	}
	return nil
}

type writer struct {
	pdf   *fpdf.Fpdf
	width float64 // of the text
}

func newWriter(s source, pages int) *writer {
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(s.Effective)
	pdf.SetModificationDate(s.Effective)
	pdf.SetProducer("agreement generator", true)
	pdf.SetTitle(s.Title+", version "+s.Version, true)
	pdf.SetSubject("Version "+s.Version, true)
	pdf.SetLang(s.Language)
	pdf.SetDisplayMode("default", "continuous")
	pdf.AddUTF8FontFromBytes("go", "", goregular.TTF)
	pdf.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	pdf.SetCellMargin(0)
	pdf.SetMargins(marginSide, marginTop, marginSide)
	pdf.SetAutoPageBreak(true, marginBottom)
	w := &writer{pdf: pdf}
	pageWidth, _ := pdf.GetPageSize()
	w.width = pageWidth - 2*marginSide
	pdf.SetFooterFunc(func() {
		pdf.SetY(-16)
		w.rule(0.2, 0xb0)
		pdf.SetY(-14)
		w.font("", 8, 0x55)
		pdf.CellFormat(w.width*3/4, 5, s.Title+", version "+s.Version, "", 0, "L", false, 0, "")
		pdf.CellFormat(w.width/4, 5, "Page "+itoa(pdf.PageNo())+" of "+itoa(pages), "", 0, "R", false, 0, "")
	})
	pdf.AddPage()
	return w
}

func (w *writer) write(s source, regions []string) {
	w.font("B", 19, 0x1b)
	w.paragraph(8.5, s.Title)
	w.pdf.Ln(3)
	w.pdf.SetDrawColor(0x0b, 0x5c, 0xad)
	w.pdf.SetLineWidth(0.6)
	w.pdf.Line(marginSide, w.pdf.GetY(), marginSide+w.width, w.pdf.GetY())
	w.pdf.Ln(3)
	w.fact("Version", s.Version)
	w.fact("In effect from", s.Effective.Format("2 January 2006"))
	w.fact("Applies in", strings.Join(regions, "; "))
	w.pdf.Ln(1.5)
	w.rule(0.2, 0xb0)
	w.pdf.Ln(4)
	if s.Notice != "" {
		w.notice(s.Notice)
	}
	w.font("", textSize, 0x1b)
	for _, p := range s.Preamble {
		w.paragraph(lineHeight, p)
		w.pdf.Ln(2)
	}
	for _, section := range s.Sections {
		w.section(section)
	}
	w.pdf.Ln(6)
	w.font("", 8, 0x55)
	w.paragraph(4, "End of the document.")
}

func (w *writer) section(s section) {
	first := s.Clauses[0]
	w.font("", textSize, 0x1b)
	w.keep(14 + w.height(w.width-numberWidth, first.Text))
	w.pdf.Ln(4)
	w.font("B", 11.5, 0x1b)
	w.pdf.Bookmark(s.Number+". "+s.Title, 0, -1)
	w.paragraph(6, s.Number+". "+s.Title)
	w.pdf.Ln(1.5)
	for _, c := range s.Clauses {
		w.font("", textSize, 0x1b)
		w.numbered(marginSide, numberWidth, c.Number, c.Text)
		for _, i := range c.Items {
			w.numbered(marginSide+numberWidth, 8, "("+i.Letter+")", i.Text)
		}
	}
}

// numbered writes a paragraph beside its number, never torn over two pages.
func (w *writer) numbered(left, indent float64, number, text string) {
	width := w.width - (left - marginSide) - indent
	w.keep(w.height(width, text))
	w.pdf.SetX(left)
	w.pdf.SetTextColor(0x55, 0x55, 0x55)
	w.pdf.CellFormat(indent, lineHeight, number, "", 0, "L", false, 0, "")
	w.pdf.SetTextColor(0x1b, 0x1b, 0x1b)
	w.pdf.SetX(left + indent)
	w.pdf.MultiCell(width, lineHeight, text, "", "L", false)
	w.pdf.SetX(marginSide)
	w.pdf.Ln(1.5)
}

func (w *writer) fact(label, value string) {
	w.font("", textSize, 0x55)
	w.pdf.CellFormat(32, lineHeight+0.6, label, "", 0, "L", false, 0, "")
	w.font("", textSize, 0x1b)
	w.pdf.MultiCell(w.width-32, lineHeight+0.6, value, "", "L", false)
	w.pdf.SetX(marginSide)
}

func (w *writer) notice(text string) {
	w.font("", textSize, 0x1b)
	const pad = 3.0
	top, height := w.pdf.GetY(), w.height(w.width-4*pad, text)+2*pad
	w.pdf.SetFillColor(0xf3, 0xf6, 0xfa)
	w.pdf.Rect(marginSide, top, w.width, height, "F")
	w.pdf.SetFillColor(0x0b, 0x5c, 0xad)
	w.pdf.Rect(marginSide, top, 1.2, height, "F")
	w.pdf.SetXY(marginSide+2*pad, top+pad)
	w.pdf.MultiCell(w.width-4*pad, lineHeight, text, "", "L", false)
	w.pdf.SetXY(marginSide, top+height+5)
}

func (w *writer) paragraph(height float64, text string) {
	w.pdf.MultiCell(w.width, height, text, "", "L", false)
	w.pdf.SetX(marginSide)
}

func (w *writer) font(style string, size float64, grey int) {
	w.pdf.SetFont("go", style, size)
	w.pdf.SetTextColor(grey, grey, grey)
}

func (w *writer) rule(thickness float64, grey int) {
	w.pdf.SetDrawColor(grey, grey, grey)
	w.pdf.SetLineWidth(thickness)
	w.pdf.Line(marginSide, w.pdf.GetY(), marginSide+w.width, w.pdf.GetY())
}

// height is what a text needs in the current font.
func (w *writer) height(width float64, text string) float64 {
	return float64(len(w.pdf.SplitText(text, width))) * lineHeight
}

// keep begins a new page unless that much room is left on this one.
func (w *writer) keep(height float64) {
	_, pageHeight := w.pdf.GetPageSize()
	if w.pdf.GetY()+height > pageHeight-marginBottom {
		w.pdf.AddPage()
	}
}

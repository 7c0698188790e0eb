package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"path"
	"strings"

	"github.com/go-pdf/fpdf"
)

// Content is what a file of the demo holds, whatever its name says.
type Content string

// The contents that the demo can make.
const (
	ContentPDF  Content = "pdf"
	ContentPNG  Content = "png"
	ContentText Content = "text"
)

var contents = []Content{ContentPDF, ContentPNG, ContentText}

// contentTypes are what files with such an ending are said to be.
var contentTypes = map[string]string{".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}

// declared is the content type by the file's name, as a browser tells it.
func (u Upload) declared() string {
	if known, ok := contentTypes[strings.ToLower(path.Ext(u.FileName))]; ok {
		return known
	}
	return "application/octet-stream"
}

// taken says whether the file is what its name says.
func (u Upload) taken() bool { return contentTypes["."+string(u.Content)] == u.declared() }

// fault is the code by which a file is refused that isn't taken.
func (u Upload) fault() string {
	if u.Content == ContentText {
		return "file_type_not_allowed"
	}
	return "file_type_mismatch"
}

// file makes the file.
func (u Upload) file(company string) ([]byte, error) {
	title := fmt.Sprintf("%s of %s, made by the demo.", strings.ReplaceAll(string(u.Kind), "_", " "), company)
	var b bytes.Buffer
	switch u.Content {
	case ContentText:
		b.WriteString(title + "\n")
	case ContentPNG:
		page := image.NewGray(image.Rect(0, 0, 210, 297)) // of paper, with lines on it
		for y := range page.Rect.Max.Y {
			for x := range page.Rect.Max.X {
				if page.SetGray(x, y, color.Gray{Y: 255}); y > 40 && y%12 < 3 && x > 20 && x < 190-y*len(title)%48 {
					page.SetGray(x, y, color.Gray{Y: 60})
				}
			}
		}
		if err := png.Encode(&b, page); err != nil {
			return nil, err
		}
	default:
		doc := fpdf.New("P", "mm", "A4", "")
		doc.AddPage()
		doc.SetFont("Helvetica", "", 12)
		doc.Cell(40, 10, doc.UnicodeTranslatorFromDescriptor("")(title))
		if err := doc.Output(&b); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

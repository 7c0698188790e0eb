package mail

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

func TestEveryTemplateHasALetterAndUsesItsParameters(t *testing.T) {
	files, err := letterFiles.ReadDir("letters")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f.Name(), ".txt"))
	}
	slices.Sort(names)
	if !slices.Equal(names, Templates()) {
		t.Errorf("letters %v, templates %v", names, Templates())
	}
	inReference := []string{"partnerId", "caseId", "relationshipId"}
	for name, d := range definitions {
		if _, err := loadLetter(name); err != nil {
			t.Error(err)
			continue
		}
		file, err := letterFiles.ReadFile("letters/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		for _, param := range append(slices.Clone(d.required), d.optional...) {
			if _, ok := kinds[param]; !ok {
				t.Errorf("%s: parameter %s has no kind", name, param)
			}
			used := strings.Contains(string(file), "."+param+"}}") || strings.Contains(string(file), "("+param+")") || strings.Contains(string(file), "> "+param) || strings.Contains(string(file), "!"+param)
			if !used && !slices.Contains(inReference, param) {
				t.Errorf("%s doesn't use its parameter %s", name, param)
			}
		}
		if !strings.Contains(string(file), "(nextLink)") && !strings.Contains(string(file), "(link)") {
			t.Errorf("%s says nowhere where to go on", name)
		}
	}
}

func TestAPieceIsFilledWithItsParameters(t *testing.T) {
	data := map[string]string{"companyName": "{{.link}}", "next": "", "reason": "r"}
	for text, want := range map[string]string{
		"":                                  "",
		"plain } text {":                    "plain } text {",
		"{{.companyName}}!":                 "{{.link}}!",
		"{{with .reason}}a {{.}} b{{end}}":  "a r b",
		"{{with .next}}a{{else}}b{{end}} c": "b c",
		"{{with .next}}a{{end}}":            "",
		"{{with .reason}}a{{else}}b{{end}}": "a",
		"x {{with .reason}}{{.companyName}}, {{.}}{{end}}": "x {{.link}}, r",
	} {
		p, err := parsePiece(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got, err := p.fill(data); err != nil || got != want {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	}
	if p, err := parsePiece("{{.caseId}}"); err != nil {
		t.Error(err)
	} else if _, err := p.fill(data); err == nil {
		t.Error("a parameter that the template doesn't take was filled in")
	}
}

func TestALetterThatIsNotUnderstoodIsAnError(t *testing.T) {
	for _, text := range []string{
		"{{.unknown}}", "{{.}}", "{{else}}", "{{end}}", "{{with .next}}", "{{with .next}}{{with .reason}}{{end}}{{end}}", "{{with .next}}a{{else}}b{{else}}c{{end}}", "{{ .next }}", "{{.next", "{{printf .next}}", "{{with .next}}a{{else}}{{.}}{{end}}",
	} {
		if _, err := parsePiece(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
	const header = "Subject: s\nHeading: h\nWhy: w.\n\n"
	for _, file := range []string{"", "Subject: s\n\nx", header + "[x](companyName)", header + "[x](nextLink) y", header + "> companyName", header + "- no value", "Topic: x\n" + header + "x"} {
		if _, err := parseLetter(file); err == nil {
			t.Errorf("%q was taken", file)
		}
	}
}

func TestThePackageLinksNoTemplateEngine(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal("go list: ", err)
	}
	for _, heavy := range []string{"text/template", "html/template", "aws-sdk", "net/http"} {
		if slices.Contains(strings.Fields(string(out)), heavy) {
			t.Errorf("it depends on %s, which keeps every method of every client in the program", heavy)
		}
	}
}

package httpapi

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readers take the real time: they read the table, make an id, are about no one
// partner, or about mails, which go out in real time.
var readers = []string{"Partner", "Load", "LoadTenant", "NewID", "EndOfToday", "SentMail", "InForce", "Count", "CountBatch", "RecordOnFile"}

// A test partner's clock may be ahead of the real one. So whatever is asked
// about a partner or shown of it is asked for p.Now(f.Now()), never for f.Now().
func TestHandlersAskAboutAPartnerInItsOwnTime(t *testing.T) {
	files, err := filepath.Glob("../../functions/*/*.go")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || slices.Contains(append(readers, "Now"), called(call)) {
				return true
			}
			for _, argument := range call.Args {
				if real, ok := argument.(*ast.CallExpr); ok && called(real) == "Now" && len(real.Args) == 0 {
					t.Errorf("%s: %s is asked in real time: use p.Now(f.Now())", set.Position(call.Pos()), called(call))
				}
			}
			return true
		})
	}
}

// called is the name of the method or function that a call calls.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

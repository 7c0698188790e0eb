package onboarding_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sources parses this package's own files.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = f
	}
	return files
}

// pure are the packages that rules may import: none of them reads a clock, a
// disk or a network by itself. Of package net only the parsing of IP addresses
// is used, of package time nothing that reads the clock.
var pure = []string{
	"crypto/sha1", "crypto/sha256", "crypto/subtle", "encoding", "encoding/hex", "encoding/json", "errors", "fmt", "maps", "math", "net", "net/mail", "net/url",
	"reflect", "regexp", "slices", "sort", "strconv", "strings", "sync", "time", "unicode", "unicode/utf8", "golang.org/x/net/publicsuffix",
}

// impure are the functions of those packages that would look at the world.
var impure = map[string][]string{
	"time": {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local", "LoadLocation"},
	"net":  nil,                                                                 // nothing but what netAllowed lists
	"sync": {"Mutex", "RWMutex", "WaitGroup", "Cond", "Map", "Pool", "NewCond"}, // what is made once stays the same; nothing else is shared
	"fmt":  {"Print", "Println", "Printf", "Scan", "Scanln", "Scanf"},
}

var netAllowed = []string{"ParseIP", "IP"}

func TestTheRulesArePure(t *testing.T) {
	for name, file := range sources(t) {
		imported := map[string]string{} // name in the file → path
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(pure, path) {
				t.Errorf("%s imports %s, which isn't on the list of pure packages", name, path)
			}
			as := path[strings.LastIndexByte(path, '/')+1:]
			if spec.Name != nil {
				as = spec.Name.Name
			}
			imported[as] = path
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if g, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%s starts a goroutine at %d", name, g.Pos())
			}
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := s.X.(*ast.Ident)
			if !ok {
				return true
			}
			path, ok := imported[x.Name]
			if ok && (slices.Contains(impure[path], s.Sel.Name) || path == "net" && !slices.Contains(netAllowed, s.Sel.Name)) {
				t.Errorf("%s uses %s.%s", name, x.Name, s.Sel.Name)
			}
			return true
		})
	}
}

// constants lists the names of this package's constants whose name begins with
// a prefix.
func constants(t *testing.T, prefix string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, file := range sources(t) {
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				for i, n := range v.Names {
					if !strings.HasPrefix(n.Name, prefix) || i >= len(v.Values) {
						continue
					}
					if literal, ok := v.Values[i].(*ast.BasicLit); ok && literal.Kind == token.STRING {
						value, err := strconv.Unquote(literal.Value)
						if err != nil {
							t.Fatal(err)
						}
						found[n.Name] = value
					}
				}
			}
		}
	}
	return found
}

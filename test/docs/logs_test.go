package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestLogLinesAreDocumented holds the list of lines that alerts may hang on to those that are logged as errors
// and warnings, each up to the first colon or semicolon.
func TestLogLinesAreDocumented(t *testing.T) {
	logged := map[string]string{}
	for _, dir := range []string{"bridge", "cmd/sluice", "codec", "daemon", "doctor", "health", "resend", "routing", "wiring"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, _ fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
				logLines(t, path, logged)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	documented := map[string]string{}
	for _, row := range readDocument(t, "docs/operations.md").table(t, "### Warnings and errors") {
		documented[strings.Trim(row[0], "`")] = row[1]
	}
	for text, level := range logged {
		if documented[text] != level {
			t.Errorf("%q is logged as %s, and the list says %q", text, level, documented[text])
		}
	}
	for text := range documented {
		if logged[text] == "" {
			t.Errorf("%q is in the list, and is not logged", text)
		}
	}
}

// logLines notes what a file logs as errors and warnings, with the level.
func logLines(t *testing.T, path string, logged map[string]string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || method.Sel.Name != "Warn" && method.Sel.Name != "Error" || !isLog(method.X) {
			return true
		}
		if lit, ok := call.Args[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, _ := strconv.Unquote(lit.Value)
			text, _, _ = strings.Cut(strings.ReplaceAll(text, ";", ":"), ":")
			logged[text] = strings.ToLower(method.Sel.Name)
		}
		return true
	})
}

// isLog says whether an expression is a logger, by its name.
func isLog(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return strings.EqualFold(x.Name, "log")
	case *ast.SelectorExpr:
		return strings.EqualFold(x.Sel.Name, "log")
	}
	return false
}

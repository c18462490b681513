package config

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// unreached are sentences that no file can bring about: something else reports first.
var unreached = map[string]string{
	"%s":                         "passes on an error of another sentence",
	"cert_file and key_file: %w": "files that can be read no more once they are used",
	"everybody on this machine can %s the file, and it holds a secret; take that away, as by chmod o-rw": "rights of files, see open_test.go",
	"everybody on this machine can change the file; take that away, as by chmod o-w":                     "rights of files, see open_test.go",
}

// TestEverySentenceIsExpectedInTestdata makes sure that each sentence in the code is in the expectations of a file in
// testdata, so that none is worded or placed unseen.
func TestEverySentenceIsExpectedInTestdata(t *testing.T) {
	var said []string
	for _, pattern := range []string{"*.bad.yaml", "*.good.yaml"} {
		for _, f := range fixtures(t, pattern) {
			said = append(said, f.errors...)
			said = append(said, f.warnings...)
		}
	}
	all := strings.Join(said, "\n")
	for sentence, at := range sentences(t) {
		if unreached[sentence] != "" {
			continue
		}
		if !asPatternOf(sentence).MatchString(all) {
			t.Errorf("%s: no file in testdata brings about %q", at, sentence)
		}
	}
}

// sentences finds the literal formats of everything that is reported.
func sentences(t *testing.T) map[string]string {
	t.Helper()
	files := token.NewFileSet()
	out := map[string]string{}
	for _, dir := range []string{".", "patternlint", "yamldoc", "yamlconf", "../address"} { // config passes on what the others refuse
		paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok {
					if format, ok := reported(call); ok {
						out[format] = files.Position(call.Pos()).String()
					}
				}
				return true
			})
		}
	}
	if len(out) < 80 {
		t.Fatalf("found only %d sentences; has the way to report changed?", len(out))
	}
	return out
}

func reported(call *ast.CallExpr) (string, bool) {
	fun, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", false
	}
	arg := 0
	switch fun.Sel.Name {
	case "Addf", "Unreadf", "Warnf":
		arg = 1
	case "Errorf", "New":
	default:
		return "", false
	}
	if arg >= len(call.Args) {
		return "", false
	}
	literal, ok := call.Args[arg].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return "", false
	}
	format, err := strconv.Unquote(literal.Value)
	return format, err == nil
}

var verb = regexp.MustCompile(`%(\[[0-9]\])?[a-z]`)

func asPatternOf(format string) *regexp.Regexp {
	parts := verb.Split(format, -1)
	for i := range parts {
		parts[i] = regexp.QuoteMeta(parts[i])
	}
	return regexp.MustCompile(strings.Join(parts, `.*`))
}

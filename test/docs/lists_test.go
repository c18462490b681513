package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/daemon"
)

var description = regexp.MustCompile(`fqName: "([^"]+)".*variableLabels: \{([^}]*)\}`)

// metrics are those that a daemon registers: name and labels.
func metrics() map[string]string {
	found := make(chan *prometheus.Desc)
	go func() { // ends with the last description
		daemon.New(daemon.Options{Log: zap.NewNop(), Version: "test"}).Registry().Describe(found)
		close(found)
	}()
	out := map[string]string{}
	for d := range found {
		if m := description.FindStringSubmatch(d.String()); m != nil {
			out[m[1]] = m[2]
		}
	}
	return out
}

func TestMetricsAreDocumented(t *testing.T) {
	registered := metrics()
	documented := map[string]string{}
	for _, row := range readDocument(t, "docs/operations.md").table(t, "## Metrics") {
		documented[strings.Trim(row[0], "`")] = strings.NewReplacer("`", "", " ", "").Replace(row[1])
	}
	for name, labels := range registered {
		if !strings.HasPrefix(name, "sluice_") {
			continue
		}
		have, ok := documented[name]
		if !ok {
			t.Errorf("%s{%s} is not in the list of metrics", name, labels)
		} else if have != labels {
			t.Errorf("%s has the labels %q, and the list says %q", name, labels, have)
		}
	}
	for name := range documented {
		if _, ok := registered[name]; !ok {
			t.Errorf("%s is in the list of metrics, and not in the code", name)
		}
	}
}

// TestMetricsInDocsExist checks the names that stand outside of the list.
func TestMetricsInDocsExist(t *testing.T) {
	registered := metrics()
	eachDocument(t, func(t *testing.T, d document) {
		for _, name := range matches(`\bsluice_[a-z_]+`, d.text) {
			_, ok := registered[name]
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				short, cut := strings.CutSuffix(name, suffix)
				_, known := registered[short]
				ok = ok || cut && known
			}
			if !ok {
				t.Errorf("there is no metric %s", name)
			}
		}
	})
}

func TestFailureClassesAreDocumented(t *testing.T) {
	var want []string
	for c := sink.Throttled; c <= sink.Poison; c++ {
		want = append(want, c.String())
	}
	d := readDocument(t, "docs/operations.md")
	if have := first(d.table(t, "## What fails, and what the bridge does")); !slices.Equal(have, want) {
		t.Errorf("the classes are %q, and the table has %q", want, have)
	}
}

func TestDeadLetterReasonsAreDocumented(t *testing.T) {
	var want []string
	for name, value := range constants(t, "bridge/message/deadletter.go") {
		if strings.HasPrefix(name, "Reason") {
			want = append(want, value)
		}
	}
	have := first(readDocument(t, "docs/operations.md").table(t, "## Dead letters"))
	for _, reason := range want {
		if !slices.Contains(have, reason) {
			t.Errorf("the reason %s is not in the table of reasons", reason)
		}
	}
	if n := slices.Index(have, "sluice-reason"); n != len(want) {
		t.Errorf("the table has %d reasons, and the code %d: %q", n, len(want), want)
	}
}

func TestAttributesAreDocumented(t *testing.T) {
	have := first(readDocument(t, "docs/messages.md").table(t, "## Attributes"))
	for name, value := range constants(t, "bridge/message/encode.go") {
		if strings.HasPrefix(name, "attr") && !slices.Contains(have, value) {
			t.Errorf("the attribute %s is not in the table of attributes", value)
		}
	}
}

func TestDependenciesAreNamed(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var direct []string
	for _, line := range strings.Split(string(data), "\n") {
		words := strings.Fields(strings.TrimPrefix(line, "require "))
		if strings.HasPrefix(line, "\t") && len(words) == 2 {
			direct = append(direct, words[0])
		}
	}
	if len(direct) == 0 {
		t.Fatal("no dependency found in go.mod")
	}
	have := first(readDocument(t, "ARCHITECTURE.md").table(t, "## Dependencies"))
	for _, module := range direct {
		if !slices.Contains(have, module) {
			t.Errorf("%s is a direct dependency, and ARCHITECTURE.md does not say why", module)
		}
	}
	for _, module := range have {
		if !slices.Contains(direct, module) {
			t.Errorf("ARCHITECTURE.md tells of %s, which is no direct dependency", module)
		}
	}
}

// first returns the first cells, without their marks.
func first(rows [][]string) []string {
	var out []string
	for _, row := range rows {
		out = append(out, strings.Trim(row[0], "`"))
	}
	return out
}

// constants returns the text constants of a file by name.
func constants(t *testing.T, path string) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		for i, name := range spec.Names {
			if i >= len(spec.Values) {
				continue
			}
			if lit, ok := spec.Values[i].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				out[name.Name], _ = strconv.Unquote(lit.Value)
			}
		}
		return true
	})
	return out
}

// matches returns what an expression finds, each once.
func matches(expression, text string) []string {
	found := regexp.MustCompile(expression).FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

package config

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the expected messages of testdata")

// A testdata file says in its leading comments what must be reported about it, and under which
// environment it is read:
//
//	# env: SLUICE_KAFKA__GROUP=x
//	# error: line 5: kafka.group: ...
//	# warning: line 7: rules[1]: ...
type fixture struct {
	path     string
	env      []string
	errors   []string
	warnings []string
	// rest is the file without its expectations.
	rest string
}

func fixtures(t testing.TB, pattern string) []fixture {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no testdata like %s (%v)", pattern, err)
	}
	out := make([]fixture, len(paths))
	for i, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := fixture{path: path}
		var rest []string
		for line := range strings.SplitSeq(string(data), "\n") {
			if s, ok := strings.CutPrefix(line, "# error: "); ok {
				f.errors = append(f.errors, s)
			} else if s, ok := strings.CutPrefix(line, "# warning: "); ok {
				f.warnings = append(f.warnings, s)
			} else {
				if s, ok := strings.CutPrefix(line, "# env: "); ok {
					f.env = append(f.env, s)
				}
				rest = append(rest, line)
			}
		}
		f.rest = strings.Join(rest, "\n")
		if !*update && head(f.errors, f.warnings)+f.rest != string(data) {
			t.Errorf("%s: the expectations do not come first, in order; run go test ./config -update", path)
		}
		out[i] = f
	}
	return out
}

// read loads the file and returns what it reports, as the expectations write it.
func (f fixture) read(t testing.TB) (errors, warnings []string) {
	t.Helper()
	c, err := Load(f.path, f.env)
	if err == nil {
		return nil, slices.DeleteFunc(f.describe(c.Warnings), func(s string) bool { return strings.Contains(s, openFile) })
	}
	problems, ok := err.(Problems)
	if !ok {
		t.Fatalf("%s: the error is a %T", f.path, err)
	}
	return f.describe(problems), nil
}

func (f fixture) describe(problems Problems) []string {
	var out []string
	for _, p := range problems {
		s := p.Error()
		if rest, ok := strings.CutPrefix(s, f.path+":"); ok {
			s = strings.TrimPrefix(rest, " ")
			if p.Line > 0 {
				s = "line " + s
			}
		}
		out = append(out, s)
	}
	return out
}

// rewrite puts what is reported at the head of the file. The head moves the lines, so the file is
// read again with a head of the right height.
func (f fixture) rewrite(t *testing.T) {
	t.Helper()
	write := func(head string) {
		if err := os.WriteFile(f.path, []byte(head+f.rest), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("")
	errors, warnings := f.read(t)
	write(strings.Repeat("#\n", len(errors)+len(warnings)))
	errors, warnings = f.read(t)
	write(head(errors, warnings))
}

// head is how the expectations begin a file.
func head(errors, warnings []string) string {
	var b strings.Builder
	for _, e := range errors {
		b.WriteString("# error: " + strings.ReplaceAll(e, "\n", " ") + "\n")
	}
	for _, w := range warnings {
		b.WriteString("# warning: " + w + "\n")
	}
	return b.String()
}

func TestBadFilesGiveTheirErrors(t *testing.T) {
	for _, f := range fixtures(t, "*.bad.yaml") {
		t.Run(filepath.Base(f.path), func(t *testing.T) {
			if *update {
				f.rewrite(t)
				return
			}
			errors, _ := f.read(t)
			same(t, errors, f.errors)
			if len(errors) == 0 {
				t.Error("the file loads")
			}
		})
	}
}

func TestGoodFilesGiveOnlyTheirWarnings(t *testing.T) {
	for _, f := range fixtures(t, "*.good.yaml") {
		t.Run(filepath.Base(f.path), func(t *testing.T) {
			if *update {
				f.rewrite(t)
				return
			}
			errors, warnings := f.read(t)
			same(t, errors, nil)
			same(t, warnings, f.warnings)
		})
	}
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("reported:\n%s\nwanted:\n%s", g, w)
	}
}

package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// binary is the program, built once.
var binary string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sluice-docs")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "sluice")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/sluice-bridge/sluice/cmd/sluice").CombinedOutput(); err != nil {
		panic(string(out))
	}
	return m.Run()
}

// commandLines are the lines of shell blocks, and the pieces of code, that begin with a program.
func (d document) commandLines() []string {
	var out []string
	for _, b := range d.blocks {
		if b.language == "sh" {
			out = append(out, strings.Split(strings.ReplaceAll(b.text, "\\\n", " "), "\n")...)
		}
	}
	return append(out, d.spans()...)
}

var flags = regexp.MustCompile(`(^|\s)(--?[a-z][a-z-]*)`)

func TestCommandsInDocsExist(t *testing.T) {
	eachDocument(t, func(t *testing.T, d document) {
		help := map[string]string{}
		for _, line := range d.commandLines() {
			line = strings.TrimPrefix(strings.TrimPrefix(line, "sudo "), "./")
			line, _, _ = strings.Cut(line, " #")
			rest, ok := strings.CutPrefix(line, "sluice ")
			if !ok {
				rest, ok = strings.CutPrefix(line, "go run ./cmd/sluice ")
			}
			if !ok {
				continue
			}
			name, arguments, _ := strings.Cut(strings.TrimSpace(rest), " ")
			if help[name] == "" {
				out, err := exec.Command(binary, name, "--help").CombinedOutput()
				if err != nil {
					t.Errorf("%q: %s", line, out)
					continue
				}
				help[name] = string(out)
			}
			arguments, _, _ = strings.Cut(arguments, "'") // what is quoted is no flag
			for _, m := range flags.FindAllStringSubmatch(arguments, -1) {
				if !regexp.MustCompile(`(?m)(^|\s)` + m[2] + `([ ,]|$)`).MatchString(help[name]) {
					t.Errorf("%q: sluice %s has no flag %s", line, name, m[2])
				}
			}
		}
	})
}

// TestCommandsAreNamed checks that the list of commands leaves none out.
func TestCommandsAreNamed(t *testing.T) {
	out, err := exec.Command(binary, "--help").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(out), "Available Commands:\n")
	list, _, _ = strings.Cut(list, "\n\n")
	named := first(readDocument(t, "docs/operations.md").table(t, "## Commands"))
	for _, line := range strings.Split(list, "\n") {
		name := strings.Fields(line)[0]
		if name != "help" && !slices.ContainsFunc(named, func(s string) bool { return strings.HasPrefix(s+" ", "sluice "+name+" ") }) {
			t.Errorf("docs/operations.md does not list sluice %s", name)
		}
	}
}

func TestMakeTargetsInDocsExist(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	eachDocument(t, func(t *testing.T, d document) {
		for _, line := range d.commandLines() {
			target, ok := strings.CutPrefix(strings.TrimPrefix(line, "sudo "), "make ")
			if !ok || strings.HasPrefix(target, "test: ") { // what make prints
				continue
			}
			target = strings.Fields(target)[0]
			if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(target) + `:`).Match(makefile) {
				t.Errorf("%q: there is no such target", line)
			}
		}
	})
}

// TestExamplesOfSluiceRouteHold runs the examples of sluice route in docs/routing.md and compares what is
// printed, up to the line of dots.
func TestExamplesOfSluiceRouteHold(t *testing.T) {
	const name = "docs/routing.md"
	blocks := readDocument(t, name).blocks
	ran := false
	for i, b := range blocks {
		event, ok := strings.CutPrefix(b.text, "sluice route -c bridge.yaml '")
		if !ok || i+1 == len(blocks) {
			continue
		}
		ran = true
		cmd := exec.Command(binary, "route", "-c", "bridge.yaml", strings.TrimSuffix(strings.TrimSpace(event), "'"))
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		want, _, _ := strings.Cut(blocks[i+1].text, "    …")
		if !strings.HasPrefix(string(out), want) {
			t.Errorf("%s:%d: it prints\n%s", name, b.line, out)
		}
	}
	if !ran {
		t.Errorf("%s has no example of sluice route", name)
	}
}

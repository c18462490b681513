package docs

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestLinterHoldsTheFloors holds the rules of the linter to the floors in ARCHITECTURE.md: what a floor may not import are
// the folders above it, all of them.
func TestLinterHoldsTheFloors(t *testing.T) {
	rules := linterRules(t)
	var above []string
	for i, floor := range readFloors(t) {
		rule := rules[fmt.Sprintf("floor-%d", i+1)]
		if denied := rule.denied(); !slices.Equal(denied, above) {
			t.Errorf("floor %d: the linter denies %q, and above it are %q", i+1, denied, above)
		}
		if covers := rule.folders(); len(above) > 0 && !slices.Equal(covers, floor) {
			t.Errorf("floor %d: the linter looks at %q, and its folders are %q", i+1, covers, floor)
		}
		above = append(above, floor...)
	}
}

// TestMapFollowsTheFloors: no row of the map names a folder of a floor above.
func TestMapFollowsTheFloors(t *testing.T) {
	floors := readFloors(t)
	floor := func(dir string) int {
		return slices.IndexFunc(floors, func(folders []string) bool {
			return slices.ContainsFunc(folders, func(f string) bool { return dir == f || strings.HasPrefix(dir, f+"/") })
		})
	}
	for _, row := range readMap(t) {
		for _, folder := range row.folders {
			for _, imported := range row.imports {
				if from, to := floor(folder), floor(imported); from >= 0 && to >= 0 && to < from {
					t.Errorf("%s may import %s, which is on a floor above", folder, imported)
				}
			}
		}
	}
}

// TestLinterKnowsNoFolderThatIsGone: a rule that denies what is not there holds nothing.
func TestLinterKnowsNoFolderThatIsGone(t *testing.T) {
	for name, rule := range linterRules(t) {
		for _, dir := range rule.denied() {
			if _, err := os.Stat(filepath.Join(root, dir)); err != nil {
				t.Errorf("%s denies %s: %v", name, dir, err)
			}
		}
	}
}

// TestPackagesCanBeRead bounds the lines of a package, tests apart: more cannot be read in one sitting.
func TestPackagesCanBeRead(t *testing.T) {
	const most = 2500
	lines := map[string]int{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && file != root && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"fake", "test", "testdata"}, d.Name())):
			return filepath.SkipDir
		case !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(file)
		lines[filepath.Dir(file)] += bytes.Count(text, []byte("\n"))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, n := range lines {
		if n > most {
			t.Errorf("%s has %d lines, and a package has %d at most", dir, n, most)
		}
	}
}

// readFloors returns the folders of each floor, from the top.
func readFloors(t *testing.T) (floors [][]string) {
	t.Helper()
	for _, cells := range readDocument(t, "ARCHITECTURE.md").table(t, "### Floors") {
		var folders []string
		for _, match := range inCode.FindAllStringSubmatch(cells[1], -1) {
			folders = append(folders, match[1])
		}
		floors = append(floors, folders)
	}
	return floors
}

// linterRule is a rule of depguard.
type linterRule struct {
	Files []string
	Deny  []struct{ Pkg string }
}

func linterRules(t *testing.T) map[string]linterRule {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, ".golangci.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Linters struct {
			Settings struct {
				Depguard struct{ Rules map[string]linterRule }
			}
		}
	}
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c.Linters.Settings.Depguard.Rules
}

// denied are the folders of this module that a rule denies.
func (r linterRule) denied() (dirs []string) {
	for _, d := range r.Deny {
		if dir, ours := strings.CutPrefix(strings.TrimSuffix(d.Pkg, "$"), "github.com/sluice-bridge/sluice/"); ours {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// folders are those that a rule looks at.
func (r linterRule) folders() (dirs []string) {
	for _, f := range r.Files {
		if dir, ok := strings.CutPrefix(f, "**/"); ok {
			dirs = append(dirs, strings.TrimSuffix(dir, "/**"))
		}
	}
	return dirs
}

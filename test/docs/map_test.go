package docs

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestImportsFollowTheMap holds the imports of each package to its row in the map: a folder imports what its row
// names, and what that may import.
func TestImportsFollowTheMap(t *testing.T) {
	m := readMap(t)
	for dir, imports := range ownImports(t) {
		row := m.row(dir)
		if row == nil {
			t.Errorf("%s is not on the map in ARCHITECTURE.md", dir)
			continue
		}
		for _, imported := range imports {
			to := m.row(imported)
			if to == nil || row == to || row.all || strings.HasPrefix(imported, "internal/") {
				continue
			}
			if !m.reaches(row, to) {
				t.Errorf("%s imports %s, which the map in ARCHITECTURE.md does not allow", dir, imported)
			}
		}
	}
}

// TestMapHasNoCycles: of two folders one is above the other.
func TestMapHasNoCycles(t *testing.T) {
	m := readMap(t)
	for i := range m {
		for _, name := range m[i].imports {
			if to := m.row(name); to == nil {
				t.Errorf("the map lets %s import %s, which is not on it", m[i].folders[0], name)
			} else if m.reaches(to, &m[i]) {
				t.Errorf("the map lets %s and %s import each other", m[i].folders[0], name)
			}
		}
	}
}

// mapRow is what the map says of some folders.
type mapRow struct {
	folders []string
	imports []string
	all     bool // it may import anything
}

type folderMap []mapRow

var inCode = regexp.MustCompile("`([^`]+)`")

func readMap(t *testing.T) (m folderMap) {
	t.Helper()
	names := func(cell string) (all []string) {
		for _, match := range inCode.FindAllStringSubmatch(cell, -1) {
			all = append(all, match[1])
		}
		return all
	}
	for _, cells := range readDocument(t, "ARCHITECTURE.md").table(t, "### Folders") {
		m = append(m, mapRow{folders: names(cells[0]), imports: names(cells[2]), all: cells[2] == "all"})
	}
	return m
}

// row is that of the folder, or of the nearest around it.
func (m folderMap) row(dir string) *mapRow {
	for ; dir != "."; dir = path.Dir(dir) {
		for i := range m {
			if slices.Contains(m[i].folders, dir) {
				return &m[i]
			}
		}
	}
	return nil
}

// reaches says whether from may import to: its row names it, or one that may import it.
func (m folderMap) reaches(from, to *mapRow) bool {
	return slices.ContainsFunc(from.imports, func(name string) bool {
		next := m.row(name)
		return next == to || next != nil && m.reaches(next, to)
	})
}

// module is what the import paths of this module begin with.
const module = "github.com/sluice-bridge/sluice/"

// ownImports are the packages of this module that the packages of this module import, tests apart, by folder.
func ownImports(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && file != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if name, ours := strings.CutPrefix(imported, module); ours && !slices.Contains(imports[dir], name) {
				imports[dir] = append(imports[dir], name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return imports
}

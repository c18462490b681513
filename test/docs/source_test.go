package docs

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// source is what the code of this module declares, tests included.
type source struct {
	files   *token.FileSet
	folders map[string]folder
	// names are all identifiers that stand in the code, those of other modules too.
	names map[string]bool
	// texts are all string literals, one after the other.
	texts string
	// declared are the names at package level, by the name of their package.
	declared map[string]map[string]bool
	// members are the fields and methods of types, by the name of the type.
	members map[string]map[string]bool
}

// folder is what one folder of Go has, by name of file.
type folder map[string]*ast.File

var (
	allSource     = sync.OnceValues(func() (*source, error) { return readSource(func(string) bool { return true }) })
	productSource = sync.OnceValues(func() (*source, error) {
		return readSource(func(path string) bool {
			return !strings.HasSuffix(path, "_test.go") && !strings.HasPrefix(path, "test/") && !strings.HasPrefix(path, "fake/")
		})
	})
)

func sourceOf(t *testing.T, read func() (*source, error)) *source {
	t.Helper()
	s, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// readSource reads the files that are to be kept, by their path in the repository.
func readSource(keep func(path string) bool) (*source, error) {
	s := &source{files: token.NewFileSet(), folders: map[string]folder{}, names: map[string]bool{},
		declared: map[string]map[string]bool{}, members: map[string]map[string]bool{}}
	var texts strings.Builder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		name, err := filepath.Rel(root, path)
		if err != nil || !strings.HasSuffix(name, ".go") || !keep(filepath.ToSlash(name)) {
			return err
		}
		file, err := parser.ParseFile(s.files, path, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir := filepath.Dir(name)
		if s.folders[dir] == nil {
			s.folders[dir] = folder{}
		}
		s.folders[dir][d.Name()] = file
		s.add(file, &texts)
		return nil
	})
	s.texts = texts.String()
	return s, err
}

// add notes what a file declares, and which names and texts stand in it.
func (s *source) add(file *ast.File, texts *strings.Builder) {
	in := strings.TrimSuffix(file.Name.Name, "_test")
	if s.declared[in] == nil {
		s.declared[in] = map[string]bool{}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			s.names[n.Name] = true
		case *ast.BasicLit:
			texts.WriteString(n.Value)
		case *ast.FuncDecl:
			if n.Recv != nil {
				note(s.members, nameOf(n.Recv.List[0].Type), n.Name.Name)
			} else {
				note(s.declared, in, n.Name.Name)
			}
		case *ast.ValueSpec:
			for _, name := range n.Names {
				note(s.declared, in, name.Name)
			}
		case *ast.TypeSpec:
			note(s.declared, in, n.Name.Name)
			for _, f := range fieldsOf(n.Type) {
				for _, name := range f.Names {
					note(s.members, n.Name.Name, name.Name)
				}
				if len(f.Names) == 0 {
					note(s.members, n.Name.Name, nameOf(f.Type))
				}
			}
		}
		return true
	})
}

func note(all map[string]map[string]bool, of, name string) {
	if all[of] == nil {
		all[of] = map[string]bool{}
	}
	all[of][name] = true
}

// nameOf is the name of a type, whatever stands around it.
func nameOf(t ast.Expr) string {
	switch t := t.(type) {
	case *ast.Ident:
		return t.Name
	case *ast.StarExpr:
		return nameOf(t.X)
	case *ast.IndexExpr:
		return nameOf(t.X)
	case *ast.SelectorExpr:
		return t.Sel.Name
	}
	return ""
}

func fieldsOf(t ast.Expr) []*ast.Field {
	switch t := t.(type) {
	case *ast.StructType:
		return t.Fields.List
	case *ast.InterfaceType:
		return t.Methods.List
	}
	return nil
}

package docs

import (
	"go/ast"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestCommentsNameWhatThereIs holds comments to the names of the code: pkg.Name of a package of this module is declared
// there, Type.member is one, and a word with a capital within it stands somewhere in the code.
func TestCommentsNameWhatThereIs(t *testing.T) {
	t.Parallel()
	s := sourceOf(t, allSource)
	s.eachFile(func(file *ast.File) {
		foreign := importedFromElsewhere(file)
		for _, group := range file.Comments {
			for _, line := range group.List {
				if strings.HasPrefix(line.Text, "//go:") {
					continue
				}
				for _, name := range s.missing(line.Text, foreign) {
					t.Errorf("%s: there is no %s", s.files.Position(line.Pos()), name)
				}
			}
		}
	})
}

// TestArchitectureNamesWhatThereIs is the same for what ARCHITECTURE.md has as code.
func TestArchitectureNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	s := sourceOf(t, productSource)
	text, _, _ := strings.Cut(readDocument(t, "ARCHITECTURE.md").prose, "\n## Dependencies")
	var code []string
	for _, span := range inCode.FindAllStringSubmatch(text, -1) {
		if !strings.ContainsAny(span[1], "/ ") && !strings.HasSuffix(span[1], ".md") {
			code = append(code, span[1])
		}
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "    ") { // the order of locks
			code = append(code, line)
		}
	}
	for _, text := range code {
		for _, name := range s.missing(text, nil) {
			t.Errorf("there is no %s", name)
		}
		for _, m := range dotted.FindAllStringSubmatch(text, -1) {
			if ast.IsExported(m[1]) && s.members[m[1]] == nil {
				t.Errorf("there is no %s", m[0])
			}
		}
	}
}

var (
	dotted = regexp.MustCompile(`\b([A-Za-z]\w*)\.([A-Za-z]\w*)\b`)
	humped = regexp.MustCompile(`(?:^|[^\w./-])([a-z]+[A-Z]\w*|[A-Z]+[a-z]+[A-Z]\w*)\b`)
	// capitals are names of other worlds: host names, units.
	capitals = regexp.MustCompile(`^[A-Z0-9_]+$`)
)

// otherWords are written like names of the code, and are those of other products and services.
var otherWords = map[string]bool{
	"BatchResultErrorEntry": true, "BigDecimal": true, "ConfigMap": true, "ContextEval": true, "JavaScript": true,
	"MongoDB": true, "NumberOfNotificationsFilteredOut": true, "ProtobufSchema": true,
}

// missing are the names in a text that are written like some of this module, and are not.
func (s *source) missing(text string, foreign map[string]bool) (names []string) {
	for _, m := range dotted.FindAllStringSubmatch(text, -1) {
		of, name := m[1], m[2]
		if declared := s.declared[of]; declared != nil && !foreign[of] {
			if ast.IsExported(name) && !capitals.MatchString(name) && !declared[name] {
				names = append(names, m[0])
			}
		} else if s.members[of] != nil && ast.IsExported(of) && !s.has(of, name) {
			names = append(names, m[0])
		}
	}
	for _, m := range humped.FindAllStringSubmatch(text, -1) {
		if word := m[1]; !s.names[word] && !otherWords[word] && !strings.Contains(s.texts, word) {
			names = append(names, word)
		}
	}
	return names
}

// has reports whether a type has a member, or gets it of one that it embeds.
func (s *source) has(of, name string) bool {
	for member := range s.members[of] {
		if member == name || s.members[member][name] {
			return true
		}
	}
	return false
}

// importedFromElsewhere are the names of packages of other modules in a file, some of which ours have as well.
func importedFromElsewhere(file *ast.File) map[string]bool {
	names := map[string]bool{}
	for _, spec := range file.Imports {
		if path := strings.Trim(spec.Path.Value, `"`); !strings.HasPrefix(path, module) {
			names[filepath.Base(path)] = true
		}
	}
	return names
}

// TestDocCommentsBeginWithTheirName: a sentence begins with a capital, a comment that begins otherwise with the name of
// what it stands above; and none begins with the name of something else.
func TestDocCommentsBeginWithTheirName(t *testing.T) {
	t.Parallel()
	s := sourceOf(t, allSource)
	s.eachFile(func(file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			doc, names := described(n)
			word := firstWord.FindString(doc.Text())
			if word == "" || len(names) == 0 {
				return true
			}
			for _, name := range names {
				if name.Name == word {
					return true
				}
			}
			if !ast.IsExported(word) || humped.MatchString(word) && s.names[word] {
				t.Errorf("%s: what is said of %s is above %s", s.files.Position(doc.Pos()), word, names[0].Name)
			}
			return true
		})
	})
}

var firstWord = regexp.MustCompile(`^[A-Za-z]\w*`)

// described is the comment above a declaration, and what it declares. One above a group is about all of it.
func described(n ast.Node) (*ast.CommentGroup, []*ast.Ident) {
	switch n := n.(type) {
	case *ast.FuncDecl:
		return n.Doc, []*ast.Ident{n.Name}
	case *ast.Field:
		return n.Doc, n.Names
	case *ast.TypeSpec:
		return n.Doc, []*ast.Ident{n.Name}
	case *ast.ValueSpec:
		return n.Doc, n.Names
	case *ast.GenDecl:
		if len(n.Specs) == 1 && !n.Lparen.IsValid() {
			switch spec := n.Specs[0].(type) {
			case *ast.TypeSpec:
				return n.Doc, []*ast.Ident{spec.Name}
			case *ast.ValueSpec:
				return n.Doc, spec.Names
			}
		}
	}
	return nil, nil
}

var (
	listedFile = regexp.MustCompile(`[\w/]+\.go\b`)
	fileList   = regexp.MustCompile(`^//\t\w+\.go `)
)

// TestPackagesListTheirFiles: a doc.go names files that are there, and one with a list names all.
func TestPackagesListTheirFiles(t *testing.T) {
	t.Parallel()
	s := sourceOf(t, allSource)
	for dir, files := range s.folders {
		doc := files["doc.go"]
		if doc == nil || doc.Doc == nil {
			continue
		}
		listed := map[string]bool{}
		list := false
		for _, line := range doc.Doc.List {
			list = list || fileList.MatchString(line.Text)
			for _, name := range listedFile.FindAllString(line.Text, -1) {
				listed[name] = true
				if files[name] == nil {
					t.Errorf("%s/doc.go names %s, which is not there", dir, name)
				}
			}
		}
		for name := range files {
			if list && !listed[name] && name != "doc.go" && !strings.HasSuffix(name, "_test.go") {
				t.Errorf("%s/doc.go does not list %s", dir, name)
			}
		}
	}
}

func (s *source) eachFile(visit func(*ast.File)) {
	for _, files := range s.folders {
		for _, file := range files {
			visit(file)
		}
	}
}

package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var pathLike = regexp.MustCompile(`^\.?[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_.*-]+)*/?$`)

// TestPathsInDocsExist checks every piece of code that reads like a path of the repository: it begins
// with something at its top and has a slash, or ends like a source file.
func TestPathsInDocsExist(t *testing.T) {
	eachDocument(t, func(t *testing.T, d document) {
		for _, s := range d.spans() {
			if !pathLike.MatchString(s) {
				continue
			}
			top, _, deep := strings.Cut(s, "/")
			_, err := os.Stat(filepath.Join(root, top))
			if deep && err != nil || !deep && !strings.HasSuffix(s, ".go") && !strings.HasSuffix(s, ".md") {
				continue
			}
			if found, _ := filepath.Glob(filepath.Join(root, s)); len(found) == 0 {
				t.Errorf("there is no `%s`", s)
			}
		}
	})
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

func TestLinksInDocsHaveTheirTarget(t *testing.T) {
	eachDocument(t, func(t *testing.T, d document) {
		for _, m := range link.FindAllStringSubmatch(d.prose, -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			path, heading, _ := strings.Cut(m[1], "#")
			target := d.name
			if path != "" {
				target = filepath.Join(filepath.Dir(d.name), path)
			}
			data, err := os.ReadFile(filepath.Join(root, target))
			if err != nil {
				t.Errorf("%s: %v", m[1], err)
				continue
			}
			if heading != "" && !hasHeading(string(data), heading) {
				t.Errorf("%s: %s has no such heading", m[1], target)
			}
		}
	})
}

func TestIndexListsEveryPage(t *testing.T) {
	index := readDocument(t, "docs/README.md").prose
	for _, name := range documents {
		if page, ok := strings.CutPrefix(name, "docs/"); ok && page != "README.md" && !strings.Contains(index, "]("+page+")") {
			t.Errorf("docs/README.md does not list %s", page)
		}
	}
}

var headingLine = regexp.MustCompile(`(?m)^#+ (.+)$`)

func hasHeading(text, want string) bool {
	for _, m := range headingLine.FindAllStringSubmatch(text, -1) {
		if anchor(m[1]) == want {
			return true
		}
	}
	return false
}

var notInAnchors = regexp.MustCompile(`[^a-z0-9 _-]`)

// anchor returns what a link to a heading is called.
func anchor(heading string) string {
	return strings.ReplaceAll(notInAnchors.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

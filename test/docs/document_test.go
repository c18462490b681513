package docs

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the parts of the documents that are made from the code")

// root is the top of the repository.
const root = "../.."

// documents are those that are checked: all at the top and in docs.
var documents = list("*.md", "docs/*.md")

func list(patterns ...string) []string {
	var names []string
	for _, p := range patterns {
		found, err := filepath.Glob(filepath.Join(root, p))
		if err != nil || len(found) == 0 {
			panic("no document " + p)
		}
		for _, f := range found {
			name, _ := filepath.Rel(root, f) // both are relative, and one is in the other
			names = append(names, filepath.ToSlash(name))
		}
	}
	return names
}

// document is a Markdown file taken apart.
type document struct {
	name   string
	text   string
	blocks []block
	// prose is the text without its fenced blocks.
	prose string
}

// block is a fenced block.
type block struct {
	line     int
	language string
	// fragment: only part of a file, to be read over a whole one.
	fragment bool
	text     string
}

func readDocument(t *testing.T, name string) document {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	d := document{name: name, text: string(data)}
	var prose strings.Builder
	var open *block
	for i, line := range strings.Split(d.text, "\n") {
		info, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && open == nil:
			words := strings.Fields(info)
			if len(words) == 0 {
				t.Errorf("%s:%d: a block without a language; write text where there is none", name, i+1)
				words = []string{"text"}
			}
			open = &block{line: i + 1, language: words[0], fragment: len(words) > 1 && words[1] == "fragment"}
		case fence:
			d.blocks = append(d.blocks, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		default:
			prose.WriteString(line + "\n")
		}
	}
	if open != nil {
		t.Errorf("%s:%d: the block is never closed", name, open.line)
	}
	d.prose = prose.String()
	return d
}

func eachDocument(t *testing.T, f func(*testing.T, document)) {
	for _, name := range documents {
		t.Run(name, func(t *testing.T) { f(t, readDocument(t, name)) })
	}
}

var codeSpan = regexp.MustCompile("`([^`]+)`")

// spans are the pieces of code within the prose.
func (d document) spans() []string {
	var out []string
	for _, m := range codeSpan.FindAllStringSubmatch(d.prose, -1) {
		out = append(out, strings.Join(strings.Fields(m[1]), " "))
	}
	return out
}

// table returns the rows of the tables that stand beneath a heading, without their two first lines.
func (d document) table(t *testing.T, heading string) [][]string {
	t.Helper()
	_, below, found := strings.Cut(d.prose, heading+"\n")
	if !found {
		t.Fatalf("%s has no heading %q", d.name, heading)
	}
	level := strings.Repeat("#", strings.Count(strings.Fields(heading)[0], "#"))
	var rows [][]string
	for _, line := range strings.Split(below, "\n") {
		if marks, _, ok := strings.Cut(line, " "); ok && strings.Trim(marks, "#") == "" && marks != "" && len(marks) <= len(level) {
			break
		}
		cells, ok := strings.CutPrefix(line, "|")
		if !ok {
			continue
		}
		if strings.HasPrefix(cells, "---") {
			rows = rows[:len(rows)-1] // the header
			continue
		}
		var row []string
		cells = strings.ReplaceAll(strings.TrimSuffix(cells, "|"), `\|`, "¦")
		for _, cell := range strings.Split(cells, "|") {
			row = append(row, strings.TrimSpace(cell))
		}
		rows = append(rows, row)
	}
	return rows
}

package config

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// readDocument reads one YAML document into maps, lists and scalars, and notes where each value
// stands.
func readDocument(data []byte, r *report, lookup func(string) (string, bool)) map[string]any {
	r.source = strings.Split(string(data), "\n")
	root := parseYAML(data, r)
	switch {
	case root == nil && len(r.problems) > 0:
		return nil
	case root == nil, root.Kind == yaml.ScalarNode && root.ShortTag() == "!!null":
		r.unreadf("", "the file is empty; `sluice init` writes one to start from")
		return nil
	}
	n := newTreeReader(r, lookup)
	tree, ok := n.value("", root).(map[string]any)
	if n.left <= 0 {
		return nil
	}
	if !ok {
		r.unreadf("", "a configuration is made of `key: value` lines, and this is something else")
	}
	return tree
}

// ParseYAML reads one document as a configuration is read, for files beside it. The node is nil where the
// file is empty or has problems.
func ParseYAML(data []byte, file string) (*yaml.Node, Problems) {
	r := newReport(file)
	return parseYAML(data, r), r.problems
}

func parseYAML(data []byte, r *report) *yaml.Node {
	data = rewriteEscapes(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, next yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		if at, ok := oddSpace(strings.Split(string(data), "\n")); ok {
			r.oddSpace(at)
		} else {
			syntaxProblem(err, data, r)
		}
		return nil
	}
	if n := oddKey(&doc); n != nil {
		r.oddSpace(placeOfOdd(n, strings.Split(string(data), "\n")))
		return nil
	}
	switch err := dec.Decode(&next); {
	case errors.Is(err, io.EOF):
	case err != nil:
		syntaxProblem(err, data, r)
		return nil
	default:
		r.places[""] = place{line: next.Line, column: next.Column}
		r.unreadf("", "a second document starts here; keep one document in a file")
		return nil
	}
	if len(doc.Content) != 1 {
		return nil
	}
	return doc.Content[0]
}

// countsFromZero are the errors of the reader's grammar; those of its scanner count lines from one.
var countsFromZero = regexp.MustCompile(`^did not find expected ('-' indicator|key|node content|',' or|<)`)

var yamlErrorLine = regexp.MustCompile(`^yaml: line (\d+): (?s)(.*)$`)

// syntaxProblem reports what the YAML reader stumbled over. The two mistakes that it explains
// badly get a sentence of their own.
func syntaxProblem(err error, data []byte, r *report) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 0
	if m := yamlErrorLine.FindStringSubmatch(err.Error()); m != nil {
		line, _ = strconv.Atoi(m[1])
		message = m[2]
		if countsFromZero.MatchString(message) {
			line++
		}
	}
	lines := strings.Split(string(data), "\n")
	if line == 0 {
		line = anchorLine(message, lines)
	}
	if message == badAnchor && line > 0 && line <= len(lines) && beginsAsTag.MatchString(lines[line-1]) {
		message = badTag
	}
	if message == badKey && line > 0 && line <= len(lines) {
		if at := goesOnLine(lines, line); at > 0 {
			r.places[""] = place{line: at, column: 1}
			r.unreadf("", wholeInQuotes)
			return
		}
	}
	// The reader may name the line before.
	for at := line - 1; at <= line+1; at++ {
		if at < 1 || at > len(lines) {
			continue
		}
		switch text := lines[at-1]; {
		case strings.HasPrefix(strings.TrimLeft(text, " "), "\t"):
			r.places[""] = place{line: at, column: 1}
			r.unreadf("", "the line is indented with a tab; YAML wants spaces")
			return
		case unquotedInFlow.MatchString(text):
			r.places[""] = place{line: at, column: 1}
			r.unreadf("", `inside [ ] and { } a ${VAR} stands in quotes; write "${VAR}"`)
			return
		}
	}
	r.places[""] = place{line: line, column: 1}
	r.unreadf("", "%s", errors.New(yamlReason(excerpt.Of(message))))
}

// beginsAsTag is a line with a text that begins with !, in which a & or * comes later.
var beginsAsTag = regexp.MustCompile(`(^|[\[{,:-])\s*![^!\s].*\s[&*]`)

var unquotedInFlow = regexp.MustCompile(`[\[{,:]\s*[^\s"'#$]*\$\{`)

package yamldoc

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

// Parse reads one document. The node is nil where it is empty, or where the report tells of problems.
func Parse(data []byte, r *Report) *yaml.Node {
	r.source = strings.Split(string(data), "\n")
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
		r.locations[""] = Location{Line: next.Line, Column: next.Column}
		r.Unreadf("", "a second document starts here; keep one document in a file")
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
func syntaxProblem(err error, data []byte, r *Report) {
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
			r.locations[""] = Location{Line: at, Column: 1}
			r.Unreadf("", wholeInQuotes)
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
			r.locations[""] = Location{Line: at, Column: 1}
			r.Unreadf("", "the line is indented with a tab; YAML wants spaces")
			return
		case unquotedInFlow.MatchString(text):
			r.locations[""] = Location{Line: at, Column: 1}
			r.Unreadf("", `inside [ ] and { } a ${VAR} stands in quotes; write "${VAR}"`)
			return
		}
	}
	r.locations[""] = Location{Line: line, Column: 1}
	r.Unreadf("", "%s", errors.New(yamlReason(excerpt.Of(message))))
}

// beginsAsTag is a line with a text that begins with !, in which a & or * comes later.
var beginsAsTag = regexp.MustCompile(`(^|[\[{,:-])\s*![^!\s].*\s[&*]`)

var unquotedInFlow = regexp.MustCompile(`[\[{,:]\s*[^\s"'#$]*\$\{`)

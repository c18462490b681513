package routing

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// Issue is one thing wrong with an expression.
type Issue struct {
	// Message is a sentence without its place.
	Message string
	// Line and Character count from one, within the expression; both are zero where it has no place.
	Line, Character int
}

// String says where it is as well.
func (i Issue) String() string {
	switch {
	case i.Line == 0:
		return i.Message
	case i.Line > 1:
		return fmt.Sprintf("%s (at line %d, character %d)", i.Message, i.Line, i.Character)
	}
	return fmt.Sprintf("%s (at character %d)", i.Message, i.Character)
}

// at is the place as an index into the expression.
func (i Issue) at(source string) int {
	lines := strings.SplitAfter(source, "\n")
	if i.Line < 1 || i.Line > len(lines) {
		return 0
	}
	at := len(strings.Join(lines[:i.Line-1], ""))
	left := i.Character - 1
	for offset := range lines[i.Line-1] {
		if left == 0 {
			return at + offset
		}
		left--
	}
	return at + len(lines[i.Line-1])
}

// issues are an error: one line.
type issues []Issue

func (all issues) Error() string {
	parts := make([]string, len(all))
	for i := range all {
		parts[i] = all[i].String()
	}
	return strings.Join(parts, "; ")
}

// issuesOf takes the compiler's listing with carets apart, and says what to write instead. What comes
// behind a mistake in the syntax that is understood mostly follows from it, and is left out.
func issuesOf(source string, found *cel.Issues) issues {
	var all issues
	for _, e := range found.Errors() {
		i := Issue{Message: worded(e.Message)}
		if column := e.Location.Column(); column >= 0 {
			i.Line, i.Character = e.Location.Line(), column+1
		}
		if meant := (slip{source, i.at(source), e.Message, i.Message}).remedy(); meant != "" {
			i.Message += "; " + meant
			return append(all, i)
		}
		if all = append(all, i); len(all) == 3 {
			break
		}
	}
	if last := len(all) - 1; last >= 0 && strings.HasPrefix(all[last].Message, syntaxError) {
		all[last].Message += "; see docs/configuration.md#expressions"
	}
	return all
}

const syntaxError = "Syntax error: "

var (
	expected = regexp.MustCompile(` expecting (\{.*|<EOF>|'.'|IDENTIFIER)$`)
	quoted   = regexp.MustCompile(`(?s)'.{100,}'`)
)

func worded(message string) string {
	message = expected.ReplaceAllString(message, "")
	message = quoted.ReplaceAllStringFunc(message, excerpt.Of)
	return strings.ReplaceAll(message, "mismatched input '<EOF>'", "the expression ends too early")
}

// constantFails says where in the expression something is that fails whatever the event.
func constantFails(checked *cel.Ast, err error) error {
	var failed *types.Err
	if !errors.As(err, &failed) {
		return err
	}
	at := checked.NativeRep().SourceInfo().GetStartLocation(failed.NodeID())
	return issues{{Message: err.Error() + ", whatever the event; correct the constant", Line: at.Line(), Character: at.Column() + 1}}
}

package routing

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Sum returns what an expression gives that is of numbers alone, where that is another text than the
// expression: who writes 2026-01-01 or 0123 hardly means 2024 or 123.
func Sum(source string) (text string, ok bool) {
	env, err := environment()
	if err != nil || !strings.ContainsAny(source, "0123456789") {
		return "", false
	}
	parsed, issues := env.Parse(source)
	if issues.Err() != nil || !ofNumbers(parsed.NativeRep().Expr()) {
		return "", false
	}
	e, err := CompileExpression(source)
	if err != nil {
		return "", false
	}
	text, ok, err = e.Eval(&Event{Record: &kgo.Record{}})
	return text, ok && err == nil && text != strings.TrimSpace(source)
}

var (
	textLiteral = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|//.*`)
	// joined are numbers as texts write them: with a zero at the begin, or with dashes and no space between them.
	joined = regexp.MustCompile(`(?:^|[^\w.])(0\d+|\d+(?:-\d+)+)(?:[^\w.]|$)`)
	// bareDate is a date, with or without a time, that is no text.
	bareDate = regexp.MustCompile(`(\d{4}-\d\d-\d\d)(T[\d:.]+(?:Z|[+-]\d\d:\d\d))?`)
)

// SumWithin returns the first part of an expression that is written as texts write numbers, such as 01067 or
// 2026-01-01, and what it gives as a number.
func SumWithin(source string) (written, gives string) {
	m := joined.FindStringSubmatch(textLiteral.ReplaceAllString(source, `""`))
	if m == nil {
		return "", ""
	}
	gives, _ = Sum(m[1])
	return m[1], gives
}

// AsTimestamp is a date in an expression of CEL; empty for another text.
func AsTimestamp(written string) string {
	m := bareDate.FindStringSubmatch(written)
	if m == nil || m[0] != written {
		return ""
	}
	return fmt.Sprintf("timestamp(%q)", m[1]+cmp.Or(m[2], "T00:00:00Z"))
}

// ofNumbers reports whether an expression holds nothing but numbers and their operators.
func ofNumbers(e ast.Expr) bool {
	switch e.Kind() {
	case ast.LiteralKind:
		switch e.AsLiteral().Type() {
		case types.IntType, types.UintType, types.DoubleType:
			return true
		}
	case ast.CallKind:
		c := e.AsCall()
		return slices.Contains(arithmetic, c.FunctionName()) && !slices.ContainsFunc(c.Args(), func(arg ast.Expr) bool { return !ofNumbers(arg) })
	}
	return false
}

package expr

import (
	"math"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	celop "cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/routing/expr/dialect"
)

// Sum returns what an expression gives that is of numbers alone, where that is another text than the
// expression: who writes 2026-01-01 or 0123 hardly means 2024 or 123. Who writes 60 * 60 or 100u does.
func Sum(source string) (text string, ok bool) {
	env, err := dialect.Environment()
	if err != nil || !strings.ContainsAny(source, "0123456789") {
		return "", false
	}
	parsed, issues := env.Parse(source)
	if issues.Err() != nil || !ofNumbers(parsed.NativeRep().Expr()) {
		return "", false
	}
	e, err := Compile(source)
	if err != nil {
		return "", false
	}
	text, ok, err = e.Eval(&Event{Record: &kgo.Record{}})
	source = strings.TrimSpace(source)
	return text, ok && err == nil && text != strings.TrimRight(source, "uU") && !plainProduct.MatchString(source)
}

// plainProduct is what no text looks like.
var plainProduct = regexp.MustCompile(`^[\d.]+(?: +\* +[\d.]+)+$`)

var (
	// joinedInts are ints as texts write them: of several parts, with a zero at the begin, or of long parts. Others
	// are differences.
	joinedInts = regexp.MustCompile(`^(?:\d+(?:-\d+){2,}|\d+-0\d+|0\d+-\d+|\d{3,}-\d{3,})`)
	zeroFirst  = regexp.MustCompile(`^0\d+`)
)

// SumWithin returns the first part of an expression that is written as texts write numbers, such as 01067 or
// 2026-01-01, and what it gives as a number.
func SumWithin(source string) (written, gives string) {
	env, err := dialect.Environment()
	if err != nil || !strings.ContainsAny(source, "0123456789") {
		return "", ""
	}
	parsed, issues := env.Parse(source)
	if issues.Err() != nil {
		return "", ""
	}
	text, first := []rune(source), int32(math.MaxInt32)
	ast.PreOrderVisit(parsed.NativeRep().Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		begin, form := firstInt(e), zeroFirst
		if begin == nil {
			return
		}
		if begin != e {
			form = joinedInts
		}
		at, known := parsed.NativeRep().SourceInfo().GetOffsetRange(begin.ID())
		if !known || at.Start >= first {
			return
		}
		if m := form.FindString(string(text[at.Start:])); m != "" {
			written, first = m, at.Start
		}
	}))
	if written != "" {
		gives, _ = Sum(written)
	}
	return written, gives
}

// firstInt is the first literal of a difference of ints, or of one; nil for what is neither.
func firstInt(e ast.Expr) ast.Expr {
	switch e.Kind() {
	case ast.LiteralKind:
		if e.AsLiteral().Type() == types.IntType {
			return e
		}
	case ast.CallKind:
		c := e.AsCall()
		if c.FunctionName() == celop.Subtract && c.Args()[1].Kind() == ast.LiteralKind && firstInt(c.Args()[1]) != nil {
			return firstInt(c.Args()[0])
		}
	}
	return nil
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
		return slices.Contains(dialect.Arithmetic, c.FunctionName()) && !slices.ContainsFunc(c.Args(), func(arg ast.Expr) bool { return !ofNumbers(arg) })
	}
	return false
}

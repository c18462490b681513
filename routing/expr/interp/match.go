package interp

import (
	"fmt"
	"regexp"
	"regexp/syntax"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"

	"github.com/sluice-bridge/sluice/internal/re2"
	"github.com/sluice-bridge/sluice/routing/expr/dialect"
)

// maxRegexLength bounds, in bytes, a regular expression that comes from an event: a class such as \pL takes some
// kilobytes of memory for each of its characters, though it is one instruction.
const maxRegexLength = 1_000

// match is a call of matches. It is no InterpretableCall: CEL would put its own in its place.
type match struct {
	interpreter.InterpretableV2
	call *call
}

// newMatch compiles a pattern that is constant.
func newMatch(c *call) (interpreter.InterpretableV2, error) {
	c.impl, c.rule = nil, CallRule{Own: matchText}
	if constant, ok := c.args[1].(interpreter.InterpretableConst); ok {
		if pattern, ok := constant.Value().(types.String); ok {
			re, size, err := compileRegex(string(pattern))
			if err != nil {
				return nil, types.NewErrWithNodeID(c.ID(), "%w", err).(*types.Err)
			}
			c.rule.Own = func(m *Meter, args []ref.Val) ref.Val { return runRegex(m, re, size, args[0]) }
		}
	}
	return &match{c.InterpretableCall, c}, nil
}

// Exec implements interpreter.InterpretableV2.
func (n *match) Exec(frame *interpreter.ExecutionFrame) ref.Val { return n.call.Exec(frame) }

// Eval implements interpreter.Interpretable.
func (n *match) Eval(vars interpreter.Activation) ref.Val { return n.call.Eval(vars) }

func matchText(m *Meter, args []ref.Val) ref.Val {
	pattern, ok := args[1].(types.String)
	if !ok {
		return types.NoSuchOverloadErr()
	}
	if len(pattern) > maxRegexLength {
		return types.NewErr("the regular expression has more than %d bytes, and may not where it comes from the event", maxRegexLength)
	}
	// Compiling takes time by the instructions, of which there are many for a few characters.
	m.Operations(dialect.MaxRegexProgram + 10*len(pattern))
	re, size, err := compileRegex(string(pattern))
	if err != nil {
		return types.WrapErr(err)
	}
	return runRegex(m, re, size, args[0])
}

// runRegex charges for the worst: at each character all instructions of the program.
func runRegex(m *Meter, re *regexp.Regexp, size int, text ref.Val) ref.Val {
	s, ok := text.(types.String)
	if !ok {
		return types.NoSuchOverloadErr()
	}
	m.Spend(3 * size * min(len(s), WorkLimit))
	return types.Bool(re.MatchString(string(s)))
}

// compileRegex also returns how many instructions the program has. It counts them before it compiles: a few
// characters can repeat others a million times.
func compileRegex(pattern string) (*regexp.Regexp, int, error) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, 0, fmt.Errorf("the regular expression is wrong: %s", re2.Reason(err))
	}
	if instructionCount(parsed) > dialect.MaxRegexProgram {
		return nil, 0, fmt.Errorf("the regular expression takes more than %d instructions; let it repeat less", dialect.MaxRegexProgram)
	}
	re, err := types.CompileRegexWithLimit(pattern, dialect.MaxRegexProgram)
	if err != nil {
		return nil, 0, err
	}
	size, err := types.RegexProgramSize(pattern)
	return re, size, err
}

// instructionCount is about how many a regular expression compiles to, up to somewhat more than the limit.
func instructionCount(re *syntax.Regexp) int {
	n := max(len(re.Rune), 1)
	if re.Op == syntax.OpCharClass {
		n = 1
	}
	for _, sub := range re.Sub {
		if n += instructionCount(sub); n > dialect.MaxRegexProgram {
			return n
		}
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return n
}

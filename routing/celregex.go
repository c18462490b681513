package routing

import (
	"fmt"
	"regexp"
	"regexp/syntax"

	"cel.dev/cel-go/common/types"
)

const (
	// maxRegexProgram is how many instructions a regular expression may have.
	maxRegexProgram = 1_000
	// maxRegexLength bounds, in bytes, one that comes from an event: a class such as \pL takes some
	// kilobytes of memory for each of its characters, though it is one instruction.
	maxRegexLength = 1_000
)

// compileRegex also returns how many instructions the program has. It counts them before it compiles: a few
// characters can repeat others a million times.
func compileRegex(pattern string) (*regexp.Regexp, int, error) {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil, 0, fmt.Errorf("the regular expression is wrong: %s", RegexReason(err))
	}
	if instructions(parsed) > maxRegexProgram {
		return nil, 0, fmt.Errorf("the regular expression takes more than %d instructions; let it repeat less", maxRegexProgram)
	}
	re, err := types.CompileRegexWithLimit(pattern, maxRegexProgram)
	if err != nil {
		return nil, 0, err
	}
	size, err := types.RegexProgramSize(pattern)
	return re, size, err
}

// instructions is about how many a regular expression compiles to, up to somewhat more than the limit.
func instructions(re *syntax.Regexp) int {
	n := max(len(re.Rune), 1)
	if re.Op == syntax.OpCharClass {
		n = 1
	}
	for _, sub := range re.Sub {
		if n += instructions(sub); n > maxRegexProgram {
			return n
		}
	}
	if re.Op == syntax.OpRepeat {
		n *= max(re.Min, re.Max, 1)
	}
	return n
}

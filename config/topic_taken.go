package config

import (
	"regexp/syntax"
	"strings"

	"github.com/sluice-bridge/sluice/topic"
)

// takesNames reports whether there may be a topic that a regular expression matches: there is a way through it with
// nothing but characters of names, none of them before the begin or behind the end. Borders of words are taken for
// met.
func takesNames(re *syntax.Regexp) bool {
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return false
	}
	type state struct {
		pc           int
		begun, ended bool // whether there are characters before, and may be none behind
	}
	todo := []state{{pc: prog.Start}, {pc: prog.Start, begun: true}}
	for seen := map[state]bool{}; len(todo) > 0; {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[at] {
			continue
		}
		seen[at] = true
		next, inst := at, &prog.Inst[at.pc]
		next.pc = int(inst.Out)
		switch inst.Op {
		case syntax.InstMatch:
			if at.begun || !at.ended { // no name is empty
				return true
			}
			continue
		case syntax.InstFail:
			continue
		case syntax.InstAlt, syntax.InstAltMatch:
			todo = append(todo, state{int(inst.Arg), at.begun, at.ended})
		case syntax.InstEmptyWidth:
			if at.begun && inst.Arg&uint32(syntax.EmptyBeginText|syntax.EmptyBeginLine) != 0 {
				continue
			}
			next.ended = at.ended || inst.Arg&uint32(syntax.EmptyEndText|syntax.EmptyEndLine) != 0
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			if at.ended || !strings.ContainsFunc(topic.Characters, inst.MatchRune) {
				continue
			}
			next.begun = true
		case syntax.InstCapture, syntax.InstNop:
		}
		todo = append(todo, next)
	}
	return false
}

package routing

import (
	"regexp"
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// add joins two lists in a new one. CEL's refers to both, and a list that is added to itself a few
// dozen times takes for ever to look into.
func add(m *meter, args []ref.Val) ref.Val {
	a, ok1 := args[0].(traits.Lister)
	b, ok2 := args[1].(traits.Lister)
	if _, collects := a.(traits.MutableLister); !ok1 || !ok2 || collects {
		return mixed(m, args)
	}
	joined := make([]ref.Val, 0, elements(a)+elements(b))
	for _, list := range []traits.Lister{a, b} {
		for it := list.Iterator(); it.HasNext() == types.True; {
			joined = append(joined, it.Next())
		}
	}
	return types.NewRefValList(types.DefaultTypeAdapter, joined)
}

// distinct keeps the first of equal elements. CEL's compares each with each.
func distinct(m *meter, args []ref.Val) ref.Val {
	list, ok := args[0].(traits.Lister)
	if !ok {
		return nil
	}
	var kept []ref.Val
	alike := map[any][]ref.Val{}
	for it := list.Iterator(); it.HasNext() == types.True; {
		v := it.Next()
		m.spend(textSize(v))
		key := alikeKey(v)
		if !slices.ContainsFunc(alike[key], func(other ref.Val) bool {
			pair := [2]ref.Val{v, other}
			m.spend(scalarSize)
			chargeEqual(m, pair[:])
			return bool(equalValues(v, other))
		}) {
			kept = append(kept, v)
			m.allocate(operationWork)
			alike[key] = append(alike[key], v)
		}
	}
	return types.NewRefValList(types.DefaultTypeAdapter, kept)
}

// alikeKey returns a key that equal values share.
func alikeKey(v ref.Val) any {
	switch v := v.(type) {
	case types.String:
		return string(v)
	case types.Int, types.Uint, types.Double, *written:
		return float(v)
	}
	return nil
}

// match is a call of matches. It is no InterpretableCall: CEL would put its own in its place.
type match struct {
	interpreter.InterpretableV2
	call *call
}

// newMatch compiles a pattern that is constant.
func newMatch(c *call) (interpreter.InterpretableV2, error) {
	c.impl, c.rule = nil, callRule{own: matchText}
	if constant, ok := c.args[1].(interpreter.InterpretableConst); ok {
		if pattern, ok := constant.Value().(types.String); ok {
			re, size, err := compileRegex(string(pattern))
			if err != nil {
				return nil, types.NewErrWithNodeID(c.ID(), "%w", err).(*types.Err)
			}
			c.rule.own = func(m *meter, args []ref.Val) ref.Val { return runRegex(m, re, size, args[0]) }
		}
	}
	return &match{c.InterpretableCall, c}, nil
}

// Exec implements interpreter.InterpretableV2.
func (n *match) Exec(frame *interpreter.ExecutionFrame) ref.Val { return n.call.Exec(frame) }

// Eval implements interpreter.Interpretable.
func (n *match) Eval(vars interpreter.Activation) ref.Val { return n.call.Eval(vars) }

func matchText(m *meter, args []ref.Val) ref.Val {
	pattern, ok := args[1].(types.String)
	if !ok {
		return types.NoSuchOverloadErr()
	}
	if len(pattern) > maxRegexLength {
		return types.NewErr("the regular expression has more than %d bytes, and may not where it comes from the event", maxRegexLength)
	}
	// Compiling takes time by the instructions, of which there are many for a few characters.
	m.operations(maxRegexProgram + 10*len(pattern))
	re, size, err := compileRegex(string(pattern))
	if err != nil {
		return types.WrapErr(err)
	}
	return runRegex(m, re, size, args[0])
}

// runRegex charges for the worst: at each character all instructions of the program.
func runRegex(m *meter, re *regexp.Regexp, size int, text ref.Val) ref.Val {
	s, ok := text.(types.String)
	if !ok {
		return types.NoSuchOverloadErr()
	}
	m.spend(3 * size * min(len(s), WorkLimit))
	return types.Bool(re.MatchString(string(s)))
}

package interp

import (
	"errors"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// In CEL, reading a field that is not there is an error. Here it is null, at any depth: events of
// one topic differ in shape, and a rule about a field should simply not match those without it.
//
// absentIsNull does that by wrapping every step of a path (.field, [index]) in one that asks "if
// present". CEL asks has() through the same steps, so has() is replaced as well: it becomes a
// function call, which no step can answer wrongly.
//
// A value that is no object or list has no fields at all. Where textFails, because a condition would be
// false otherwise as if nobody wanted the event, the first step from the value, and from what json.decode
// reads, is another one; decodings are its calls. So are the steps from what is within, for texts that hold JSON.
func absentIsNull(textFails bool, decodings map[int64]bool) func(interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	return func(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
		if _, done := i.(*attribute); done {
			return i, nil
		}
		if a, ok := i.(interpreter.InterpretableAttribute); ok {
			of := &attribute{InterpretableAttribute: a, textFails: textFails}
			switch {
			case isValue(a):
				of.root = "the value"
			case decodings[a.ID()]:
				of.root = "what json.decode() reads"
			}
			return of, nil
		}
		return i, nil
	}
}

type attribute struct {
	interpreter.InterpretableAttribute
	steps     int
	textFails bool
	root      string // names the value, or a document within it; empty where it begins with something else
}

// isValue reports whether an attribute is the variable value.
func isValue(a interpreter.InterpretableAttribute) bool {
	named, ok := a.Attr().(interpreter.NamespacedAttribute)
	return ok && slices.Contains(named.CandidateVariableNames(), "value")
}

// Exec implements interpreter.InterpretableV2.
func (a *attribute) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	meterOf(frame).Operations(1 + a.steps)
	return a.InterpretableAttribute.Exec(frame)
}

// Eval implements interpreter.Interpretable.
func (a *attribute) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, a.Exec)
}

func (a *attribute) AddQualifier(q interpreter.Qualifier) (interpreter.Attribute, error) {
	a.steps++
	step := stepOf(q)
	switch {
	case !a.textFails:
	case a.steps == 1 && a.root != "":
		step = &firstStep{step, a.root}
	default:
		step = &laterStep{step}
	}
	return a.InterpretableAttribute.AddQualifier(step)
}

// stepOf returns a step that gives null for what is absent.
func stepOf(q interpreter.Qualifier) interpreter.Qualifier {
	switch q := q.(type) {
	case interpreter.ConstantQualifier:
		field, _ := q.Value().(types.String)
		return &constantStep{ConstantQualifier: q, field: string(field)}
	case interpreter.Attribute:
		return &computedStep{q}
	}
	return q
}

// firstStep is a step from the value itself, or from a document within it.
type firstStep struct {
	interpreter.Qualifier
	of string
}

func (s *firstStep) Qualify(vars interpreter.Activation, obj any) (any, error) {
	switch obj := obj.(type) {
	case types.String:
		if obj != "" { // an empty value is as good as none
			return nil, NoFieldsError{s.of, "a text", string(obj)}
		}
	case types.Bytes:
		return nil, NoFieldsError{s.of, "bytes", ""}
	case types.Bool:
		return nil, NoFieldsError{s.of, "true or false", ""}
	case types.Int, types.Double, *number.Written:
		return nil, NoFieldsError{s.of, "a number", ""}
	}
	return s.Qualifier.Qualify(vars, obj)
}

// laterStep is a step from a field, or an element. A text has no fields; one that holds JSON was meant to have
// some.
type laterStep struct {
	interpreter.Qualifier
}

func (s *laterStep) Qualify(vars interpreter.Activation, obj any) (any, error) {
	if text, ok := obj.(types.String); ok {
		if err := WantsDecoding(meterOf(vars), "a field", text); err != nil {
			return nil, err
		}
	}
	return s.Qualifier.Qualify(vars, obj)
}

// NoFieldsError is of what a condition wants fields, and which has none; what it is, and its text.
type NoFieldsError struct{ of, is, text string }

// Error is a sentence.
func (e NoFieldsError) Error() string {
	said := e.of + " is " + e.is + ", which has no fields"
	if codec.HoldsJSON(e.text) {
		said += "; it holds JSON: write json.decode(…) around it, as in json.decode(value.payload).total"
	}
	return said
}

// WantsDecoding is an error where what a condition looks into, which is that, is a text that holds JSON; else nil. It
// may be asked of one text time and again.
func WantsDecoding(m *Meter, is string, text types.String) error {
	if !codec.MayHoldJSON(string(text)) {
		return nil
	}
	m.Spend(4 * len(text))
	if !codec.HoldsJSON(string(text)) {
		return nil
	}
	return NoFieldsError{is, "a text", string(text)}
}

// constantStep is .field or [0]; field is empty where it is no string.
type constantStep struct {
	interpreter.ConstantQualifier
	field string
}

func (s *constantStep) Qualify(vars interpreter.Activation, obj any) (any, error) {
	if s.field != "" {
		switch o := obj.(type) {
		case fielded:
			if v, found := o.Field(s.field); found {
				return v, nil
			}
			return types.NullValue, nil
		case traits.Lister: // a list has no fields
			return types.NullValue, nil
		}
	}
	return orNull(s.QualifyIfPresent(vars, obj, false))
}

// computedStep is [expression].
type computedStep struct {
	interpreter.Attribute
}

func (s *computedStep) Qualify(vars interpreter.Activation, obj any) (any, error) {
	return orNull(s.QualifyIfPresent(vars, obj, false))
}

func orNull(v any, present bool, err error) (any, error) {
	switch {
	case err != nil && strings.HasPrefix(err.Error(), "invalid qualifier type"):
		return nil, errNoKey
	case err != nil && strings.HasPrefix(err.Error(), "unsupported index"):
		return nil, errNoPlace
	case err == nil && !present:
		return types.NullValue, nil
	}
	return v, err
}

var errNoPlace = errors.New("the index in [ ] of a list has to be an int; write int(…) around it, as in value.items[int(value.first)]")

var errNoKey = errors.New("the key in [ ] has to be a text, a number of at most 64 bits, true or false")

// hasDecoded is has() of a condition: one that asks for a field of a text that holds JSON fails.
func hasDecoded(m *Meter, args []ref.Val) ref.Val {
	if text, ok := args[0].(types.String); ok {
		if err := WantsDecoding(m, "what has() looks into", text); err != nil {
			return types.WrapErr(err)
		}
	}
	return nil
}

// fielded is what has fields, and finds them by their names faster than as a map.
type fielded interface {
	Field(name string) (ref.Val, bool)
}

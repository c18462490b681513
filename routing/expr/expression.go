package expr

import (
	"errors"
	"fmt"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/remedy"
)

// Expression is a CEL expression that gives text for an event: an attribute, a group id, a
// subject. It is immutable and safe for concurrent use.
type Expression struct {
	program *program
}

// Compile compiles and type-checks a CEL expression. Its result must be a string,
// number, bool, bytes, timestamp, duration, list or map; see Eval for how each is written.
func Compile(src string) (*Expression, error) {
	p, err := compileProgram(src, false, "a string, number, bool, bytes, timestamp, duration, list or map",
		cel.StringKind, cel.IntKind, cel.UintKind, cel.DoubleKind, cel.BoolKind, cel.BytesKind,
		cel.TimestampKind, cel.DurationKind, cel.ListKind, cel.MapKind, cel.NullTypeKind)
	if err != nil {
		return nil, err
	}
	return &Expression{program: p}, nil
}

// Eval evaluates the expression on an event. It returns false where the result is null, as with
// a field that is absent.
//
// A string is written as it is; a number in the fewest decimals that mean it, with an exponent
// only from 1e21 up and below 1e-6; bytes in base64; a timestamp in RFC 3339, UTC; a duration in
// seconds ("1.5s"); a list or map as JSON, as it came where it comes from the value.
func (e *Expression) Eval(ev *Event) (string, bool, error) {
	ev.Validate()
	if d := e.program.direct; d != nil {
		if text, ok, known := d.eval(ev); known {
			return text, ok, nil
		}
	}
	return e.interpret(ev)
}

func (e *Expression) interpret(ev *Event) (string, bool, error) {
	a := NewVariables(ev)
	defer a.Release()
	v, err := e.program.eval(a)
	if err != nil {
		return "", false, err
	}
	if v == types.NullValue {
		return "", false, nil
	}
	text, err := renderText(v)
	return text, err == nil, err
}

// String returns the expression as written.
func (e *Expression) String() string { return e.program.source }

// Condition is the expression of a rule's when. It is immutable and safe for concurrent use.
type Condition struct {
	program *program
}

const trueOrFalse = "true or false, as value.total != null && value.total > 1 does"

// CompileCondition compiles and type-checks an expression that gives true or false.
func CompileCondition(src string) (*Condition, error) {
	p, err := compileProgram(src, true, trueOrFalse, cel.BoolKind)
	if err != nil {
		return nil, err
	}
	return &Condition{program: p}, nil
}

// Holds evaluates the condition. A result that is no bool, null included, is an error: taken for
// false it would turn a misspelled field into a rule that silently never matches.
func (c *Condition) Holds(a *Variables) (bool, error) {
	v, err := c.program.eval(a)
	if err != nil {
		return false, err
	}
	b, ok := v.(types.Bool)
	if !ok {
		return false, fmt.Errorf("the condition gives %s; it must give %s", remedy.ValueName(v.Type()), trueOrFalse)
	}
	return bool(b), nil
}

// WithoutValue evaluates the condition where the value is not known; known is false where it hangs on it.
func (c *Condition) WithoutValue(a *Variables) (holds, known bool) {
	a.value = types.NewUnknown(0, nil)
	result, _ := c.program.eval(a)
	b, known := result.(types.Bool)
	return bool(b), known
}

// Needs says what has to be known of a record before the condition can be evaluated.
func (c *Condition) Needs() Needs { return c.program.needs }

// String returns the condition as written.
func (c *Condition) String() string { return c.program.source }

// Reads reports whether the condition reads the variable.
func (c *Condition) Reads(variable string) bool { return c.program.uses[variable] }

// Needs says what has to be known of a record before the expression can be evaluated.
func (e *Expression) Needs() Needs { return e.program.needs }

// Reads reports whether the expression reads the variable.
func (e *Expression) Reads(variable string) bool { return e.program.uses[variable] }

// WantsFields reports whether a condition failed because it wants fields of what has none, such as a value that is a
// text.
func WantsFields(err error) bool { return errors.As(err, new(interp.NoFieldsError)) }

package expr

import (
	"strconv"

	"cel.dev/cel-go/common/ast"
	celop "cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"

	"github.com/sluice-bridge/sluice/internal/jsonscan"
)

// direct evaluates the expressions that most configurations consist of without the interpreter: a
// path into the value or a header (value.account, headers["x-tenant"]), one of the other variables
// that are text, a constant. Where it does not know the answer for certain, it leaves the event to
// the interpreter.
type direct struct {
	variable string
	path     []string
	constant string // where there is no variable
}

// directOf returns nil where the expression is of another kind.
func directOf(e ast.Expr) *direct {
	switch e.Kind() {
	case ast.LiteralKind:
		if s, ok := e.AsLiteral().(types.String); ok {
			return &direct{constant: string(s)}
		}
	case ast.IdentKind:
		switch name := e.AsIdent(); name {
		case "value", "headers", "key", "topic", "correlation_id":
			return &direct{variable: name}
		}
	case ast.SelectKind:
		if s := e.AsSelect(); !s.IsTestOnly() {
			return directOf(s.Operand()).step(s.FieldName())
		}
	case ast.CallKind:
		c := e.AsCall()
		if c.FunctionName() != celop.Index || len(c.Args()) != 2 || c.Args()[1].Kind() != ast.LiteralKind {
			return nil
		}
		if field, ok := c.Args()[1].AsLiteral().(types.String); ok {
			return directOf(c.Args()[0]).step(string(field))
		}
	}
	return nil
}

func (d *direct) step(field string) *direct {
	if d == nil || d.variable != "value" && (d.variable != "headers" || len(d.path) > 0) {
		return nil
	}
	d.path = append(d.path, field)
	return d
}

// eval returns the text as Expression.Eval does; known is false where the interpreter has to tell.
func (d *direct) eval(ev *Event) (text string, ok, known bool) {
	switch d.variable {
	case "":
		return d.constant, true, true
	case "key":
		if ev.Record.Key == nil {
			return "", false, true
		}
		return lossyText(ev.Record.Key), true, true
	case "topic":
		return ev.Record.Topic, true, true
	case "correlation_id":
		return ev.CorrelationID, true, true
	case "headers":
		if len(d.path) == 0 {
			return "", false, false
		}
		v, found := LastHeader(ev.Record.Headers, d.path[0])
		if !found || v == nil {
			return "", false, true
		}
		return lossyText(v), true, true
	}
	if ev.Value.JSON == nil {
		return "", false, false
	}
	return renderJSON(ev.Value.JSON, d.path)
}

// renderJSON writes the value at a path of a document. A step into something else than an object is
// the interpreter's to judge.
func renderJSON(doc []byte, path []string) (text string, ok, known bool) {
	at := jsonscan.SkipSpace(doc, 0)
	for _, field := range path {
		if at >= len(doc) || doc[at] != '{' {
			return "", false, false
		}
		if at = jsonscan.FindMember(doc, at, field); at < 0 {
			return "", false, true
		}
	}
	if at >= len(doc) {
		return "", false, false
	}
	switch raw := doc[at:jsonscan.ValueEnd(doc, at)]; raw[0] {
	case '"':
		b, _ := jsonscan.Text(raw, nil)
		return string(b), true, true
	case '{', '[', 't', 'f':
		return string(raw), true, true
	case 'n':
		return "", false, true
	default:
		if n, isInt := parseInt(raw); isInt {
			return strconv.FormatInt(n, 10), true, true
		}
		return "", false, false
	}
}

package routing

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
)

const decodeName = "json.decode"

// decodeFunction is json.decode(text): what a JSON document within a text holds, as the fields of the
// value are seen. It is an addition to CEL, whose own json.parse gives an optional value.
var decodeFunction = cel.Function(decodeName,
	cel.Overload("json_decode_string", []*cel.Type{cel.StringType}, cel.DynType,
		cel.UnaryBinding(types.MaybeNoSuchOverloadErr)))

// decodeJSON reads a document lazily, on the meter of the evaluation.
func decodeJSON(m *meter, args []ref.Val) ref.Val {
	text, ok := args[0].(types.String)
	if !ok {
		return nil
	}
	doc := jsontext.SkipMark([]byte(text))
	if !jsonscan.Valid(doc) {
		return types.WrapErr(notDecoded(text))
	}
	return jsonValue(m, doc, jsonscan.SkipSpace(doc, 0))
}

// notDecoded is a text that json.decode does not take. Why not is found out when it is read.
type notDecoded string

func (e notDecoded) Error() string {
	return "json.decode: the text is no JSON document: " + codec.NotJSON([]byte(e)).Error()
}

// decodings are the calls of json.decode in an expression, by their ids.
func decodings(e ast.Expr) map[int64]bool {
	calls := map[int64]bool{}
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == decodeName {
			calls[e.ID()] = true
		}
	}))
	return calls
}

// encodeJSON writes a value as bodies and attributes are written. CEL's writes whole numbers of more
// than 53 bits as texts.
func encodeJSON(_ *meter, args []ref.Val) ref.Val {
	text, err := appendJSON(nil, args[0])
	if err != nil {
		return types.WrapErr(err)
	}
	return types.String(text)
}

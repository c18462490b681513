package routing

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/codec"
)

// decodeFunction is json.decode(text): what a JSON document within a text holds, as the fields of the
// value are seen. It is an addition to CEL, whose own json.parse gives an optional value.
var decodeFunction = cel.Function("json.decode",
	cel.Overload("json_decode_string", []*cel.Type{cel.StringType}, cel.DynType,
		cel.UnaryBinding(types.MaybeNoSuchOverloadErr)))

// decodeJSON reads a document lazily, on the meter of the evaluation.
func decodeJSON(m *meter, args []ref.Val) ref.Val {
	text, ok := args[0].(types.String)
	if !ok {
		return nil
	}
	doc := []byte(text)
	if !ValidJSON(doc) {
		return types.NewErr("json.decode: the text is no JSON document, or one nested deeper than %d levels", codec.MaxDepth)
	}
	return jsonValue(m, doc, skipSpace(doc, 0))
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

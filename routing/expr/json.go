package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
	"github.com/sluice-bridge/sluice/routing/expr/interp"
)

// decodeJSON reads a document lazily, on the meter of the evaluation.
func decodeJSON(m *interp.Meter, args []ref.Val) ref.Val {
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
	return "json.decode: the text is not a JSON document: " + codec.NotJSON([]byte(e)).Error()
}

// encodeJSON writes a value as bodies and attributes are written. CEL's writes whole numbers of more
// than 53 bits as texts.
func encodeJSON(_ *interp.Meter, args []ref.Val) ref.Val {
	text, err := appendJSON(nil, args[0])
	if err != nil {
		return types.WrapErr(err)
	}
	return types.String(text)
}

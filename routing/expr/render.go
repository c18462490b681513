package expr

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// renderText writes the result of an expression as text; see Expression.Eval.
func renderText(v ref.Val) (string, error) {
	switch v := v.(type) {
	case types.String:
		return string(v), nil
	case types.Int:
		return strconv.FormatInt(int64(v), 10), nil
	case types.Uint:
		return strconv.FormatUint(uint64(v), 10), nil
	case types.Double:
		return number.DoubleText(float64(v)), nil
	case *number.Written:
		return string(v.Raw), nil
	case types.Bool:
		return strconv.FormatBool(bool(v)), nil
	case types.Bytes:
		return base64.StdEncoding.EncodeToString(v), nil
	case types.Timestamp:
		return v.Time.UTC().Format(time.RFC3339Nano), nil
	case types.Duration:
		return strconv.FormatFloat(v.Duration.Seconds(), 'f', -1, 64) + "s", nil
	case *object:
		return string(v.raw), nil
	case *array:
		return string(v.raw), nil
	case traits.Mapper, traits.Lister:
		// Not CEL's own encoder, which writes whole numbers of more than 53 bits as texts, and some
		// characters in a way that is no JSON.
		text, err := appendJSON(nil, v)
		return string(text), err
	}
	return "", fmt.Errorf("the expression gives %s, which has no text form", v.Type().TypeName())
}

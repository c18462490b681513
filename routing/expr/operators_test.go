package expr

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/internal/decimal"
	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/number"
)

func TestDecimalsCompareAsRationals(t *testing.T) {
	written := rapid.StringMatching(`-?(0|[1-9][0-9]{0,3}|1[05]{18,22})(\.[05]{1,4})?([eE][+-]?[0-9])?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := written.Draw(t, "a"), written.Draw(t, "b")
		x, _ := new(big.Rat).SetString(a)
		y, _ := new(big.Rat).SetString(b)
		if got := decimal.Parse([]byte(a)).Compare(decimal.Parse([]byte(b))); got != x.Cmp(y) {
			t.Errorf("%s and %s: %d, want %d", a, b, got, x.Cmp(y))
		}
		var m interp.Meter
		m.Start(interp.WorkLimit)
		v, w := jsonNumber(&m, []byte(a)), jsonNumber(&m, []byte(b))
		if number.BeyondDoubles(v, w) && number.Compare(v, w) != x.Cmp(y) {
			t.Errorf("%#v and %#v: %d, want %d", v, w, number.Compare(v, w), x.Cmp(y))
		}
	})
}

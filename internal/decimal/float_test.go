package decimal

import (
	"math"
	"math/big"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

// exactNumber says what Float should, by way of big rationals.
func exactNumber(s string) (float64, bool) {
	r, _ := new(big.Rat).SetString(s)
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, false
	}
	shortest, _ := new(big.Rat).SetString(strconv.FormatFloat(f, 'e', -1, 64))
	return f + 0, r.Cmp(shortest) == 0
}

func TestFloatIsTakenOnlyWhereExact(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, s string) {
		got, ok := Float([]byte(s))
		want, wantOK := exactNumber(s)
		if ok != wantOK || ok && got != want || math.Signbit(got) && got == 0 {
			t.Errorf("%s: %v %v, want %v %v", s, got, ok, want, wantOK)
		}
	}
	for _, s := range []string{"0", "-0", "0.0", "-0.0e5", "0e400", "0e-400", "1", "-1", "999999999999999", "9007199254740993",
		"9007199254740992", "0.1", "0.1000000000000000055511151231257827", "0.10", "1e22", "1e23", "123456789012345e22",
		"1e308", "1.7976931348623157e308", "1.8e308", "5e-324", "4.9e-324", "2e-324", "1e400", "1e-400", "2.2250738585072014E-308",
		"0.000000000000000000000000000001", "100000000000000000000", "123456789.123456789", "12345678901234567890"} {
		check(t, s)
	}
	for _, s := range []string{"1e9999999999", "0e9999999999", "1e-9999999999", "1e999999999999999999999"} {
		if _, ok := Float([]byte(s)); ok {
			t.Errorf("%s is taken for exact", s)
		}
	}
	number := rapid.StringMatching(`-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?`)
	rapid.Check(t, func(t *rapid.T) { check(t, number.Draw(t, "number")) })
	// Next to the least, the least normal and the greatest double.
	edge := rapid.StringMatching(`-?(0|[1-9])(\.[0-9]{1,18})?e(-32[0-6]|-30[5-9]|-31[0-9]|30[7-9]|310)`)
	rapid.Check(t, func(t *rapid.T) { check(t, edge.Draw(t, "edge")) })
	bits := rapid.Uint64Range(1, 1<<55) // most are subnormal
	rapid.Check(t, func(t *rapid.T) {
		check(t, strconv.FormatFloat(math.Float64frombits(bits.Draw(t, "bits")), 'e', -1, 64))
	})
}

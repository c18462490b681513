package expr

import (
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

func TestParseIntAgreesWithStrconv(t *testing.T) {
	check := func(s string) (got, want string) {
		n, ok := parseInt([]byte(s))
		w, err := strconv.ParseInt(s, 10, 64)
		if !ok {
			n = 0
		}
		if err != nil {
			w = 0
		}
		return strconv.FormatInt(n, 10) + strconv.FormatBool(ok), strconv.FormatInt(w, 10) + strconv.FormatBool(err == nil)
	}
	for _, s := range []string{"0", "-0", "-", "", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
		"-9223372036854775809", "18446744073709551615", "18446744073709551616", "99999999999999999999", "1e3", "1.0"} {
		if got, want := check(s); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`-?[0-9]{1,21}(\.5|e1)?`).Draw(t, "number")
		if got, want := check(s); got != want {
			t.Fatalf("%q: %s, want %s", s, got, want)
		}
	})
}

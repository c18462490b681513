package remedy

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// wholeLiteral is an int or a uint of an expression, in decimals or hexadecimal, or the begin of a double.
var wholeLiteral = regexp.MustCompile(`^(-?)\s*(0x[0-9a-fA-F]+|[0-9]+)([uU.eE]?)`)

// tooLarge is about a number, at the begin of the source, that is beyond those of CEL.
func tooLarge(source string) (problem, remedy string) {
	m := wholeLiteral.FindStringSubmatch(source)
	if m == nil || strings.ContainsAny(m[3], ".eE") {
		return "the number is beyond the doubles, which end at 1.7976931348623157e308", "write a smaller one"
	}
	base, digits := 10, m[2]
	if hex, ok := strings.CutPrefix(digits, "0x"); ok {
		base, digits = 16, hex
	}
	n, _ := new(big.Int).SetString(m[1]+digits, base)
	bound := fmt.Sprintf("the ints, which end at %d", math.MaxInt64)
	switch {
	case m[3] != "":
		bound = fmt.Sprintf("the uints, which end at %d", uint64(math.MaxUint64))
	case n.Sign() < 0:
		bound = fmt.Sprintf("the ints, which begin at %d", math.MinInt64)
	}
	problem = fmt.Sprintf("%s is beyond %s", excerpt.Of(m[1]+m[2]), bound)
	if n.IsUint64() {
		return problem, fmt.Sprintf("write u behind it, %su", excerpt.Of(m[2]))
	}
	return problem, fmt.Sprintf(`compare its text, as in string(value.field) == "%s"`, excerpt.Of(n.String()))
}

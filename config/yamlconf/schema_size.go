package yamlconf

import (
	"fmt"
	"strconv"
	"strings"
)

// sizesUpTo is the pattern of sizes that are at most so many bytes, unit by unit.
func sizesUpTo(most int64) string {
	var units []string
	for _, u := range sizeUnits {
		units = append(units, numbersUpTo(most, int64(u.bytes))+" ?"+u.suffix)
	}
	return "^0*(" + strings.Join(units, "|") + "|" + numbersUpTo(most, 1) + ")$"
}

// numbersUpTo is the pattern of numbers, without zeros in front, that are at most so many units. A
// fraction behind the largest whole number is taken where that is less than most.
func numbersUpTo(most, unit int64) string {
	largest := strconv.FormatInt(most/unit, 10)
	fraction := `(\.\d+)?`
	if most%unit == 0 {
		fraction = `(\.0+)?`
	}
	less := []string{}
	if len(largest) > 1 {
		less = append(less, fmt.Sprintf(`\d{1,%d}`, len(largest)-1))
	}
	for i, digit := range []byte(largest) {
		if digit > '0' {
			less = append(less, fmt.Sprintf(`%s[0-%c]\d{%d}`, largest[:i], digit-1, len(largest)-i-1))
		}
	}
	all := largest + fraction
	if len(less) > 0 {
		all += "|(" + strings.Join(less, "|") + `)(\.\d+)?`
	}
	return "(" + all + ")"
}

package attribute

import (
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// The data types of attributes. Filter policies of SNS compare ranges with a Number, and each element of a
// String.Array (Amazon SNS Developer Guide, "Amazon SNS message attributes").
const (
	String = "String"
	Number = "Number"
	Array  = "String.Array"
)

// IsNumber reports whether AWS takes a text as a number: 38 digits between 10^-128 and 10^126 (Amazon SQS
// Developer Guide, "Message attribute data types").
func IsNumber(text string) bool {
	if strings.Trim(text, "0123456789+-.eE") != "" || !gjson.Valid(text) {
		return false
	}
	n := significant(text)
	f, err := strconv.ParseFloat(text, 64)
	f = math.Abs(f)
	return err == nil && n <= 38 && (n == 0 || f >= 1e-128 && f <= 1e126)
}

// significant counts the digits of a number without its exponent and the zeros at both ends.
func significant(number string) (n int) {
	zeros := 0 // since the last other digit
	for _, c := range number {
		switch {
		case c == 'e' || c == 'E':
			return n
		case c == '0' && n > 0:
			zeros++
		case c >= '1' && c <= '9':
			n, zeros = n+zeros+1, 0
		}
	}
	return n
}

// IsArray reports whether a text is a JSON array with nothing nested in it. To validate takes stack for each
// level, of which there is one then.
func IsArray(text string) bool {
	return brackets(text) == 1 && gjson.Valid(text) && gjson.Parse(text).IsArray()
}

// brackets counts those that open outside strings.
func brackets(text string) (n int) {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case !quoted && (c == '[' || c == '{'):
			n++
		}
	}
	return n
}

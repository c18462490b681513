package fake

import (
	"bytes"
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

const (
	maxAttributes     = 10
	maxAttributeName  = 256
	maxAttributeType  = 256
	maxNumberDigits   = 38
	numberExponentMax = 126
	numberExponentMin = -128
)

// checkAttributes returns what is wrong with a message's attributes, or "".
// Names, types and values as in the SQS developer guide, "message metadata".
// SNS takes more than ten and knows one more type, so its caller passes sns.
func checkAttributes(attrs []attr, sns bool) string {
	if !sns && len(attrs) > maxAttributes {
		return fmt.Sprintf("Number of message attributes [%d] exceeds the allowed maximum [%d].", len(attrs), maxAttributes)
	}
	for i := range attrs {
		a := &attrs[i]
		for j := range i {
			if bytes.Equal(attrs[j].name, a.name) {
				return fmt.Sprintf("Message attribute name '%s' already exists.", a.name)
			}
		}
		if p := attributeNameProblem(a.name); p != "" {
			return p
		}
		if p := attributeValueProblem(a, sns); p != "" {
			return p
		}
	}
	return ""
}

func attributeNameProblem(name []byte) string {
	switch {
	case len(name) == 0:
		return "The message attribute name must not be empty."
	case len(name) > maxAttributeName:
		return fmt.Sprintf("Length of message attribute name must be less than %d bytes.", maxAttributeName)
	case name[0] == '.', name[len(name)-1] == '.', bytes.Contains(name, []byte("..")):
		return fmt.Sprintf("Message (user) attribute name '%s' can not start or end with '.' or hold two in a row.", name)
	case hasPrefixFold(name, "aws."), hasPrefixFold(name, "amazon."):
		return fmt.Sprintf("Message (user) attribute name '%s' can not start with 'AWS.' or 'Amazon.'.", name)
	}
	for _, c := range name {
		if !isWord(c) && c != '-' && c != '.' {
			return "Message (user) attribute name can only contain upper and lower case letters, digits, periods, hyphens and underscores."
		}
	}
	return ""
}

func hasPrefixFold(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && strings.EqualFold(string(b[:len(prefix)]), prefix)
}

func attributeValueProblem(a *attr, sns bool) string {
	base, _, _ := bytes.Cut(a.typ, []byte("."))
	binary, number := string(base) == "Binary", string(base) == "Number"
	switch {
	case len(a.typ) == 0:
		return fmt.Sprintf("The message attribute '%s' must contain a non-empty message attribute type.", a.name)
	case len(a.typ) > maxAttributeType:
		return fmt.Sprintf("Length of message attribute type must be less than %d bytes.", maxAttributeType)
	case string(base) != "String" && !number && !binary:
		return fmt.Sprintf("The message attribute '%s' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.", a.name)
	case !a.hasValue || len(a.value) == 0:
		return fmt.Sprintf("The message attribute '%s' must contain a non-empty message attribute value for message attribute type '%s'.", a.name, a.typ)
	case binary != a.binary:
		return fmt.Sprintf("The message attribute '%s' with type '%s' must use field '%s'.", a.name, a.typ, valueField(binary))
	case number:
		if !validNumber(string(a.value)) {
			return fmt.Sprintf("Could not cast message attribute '%s' value to number.", a.name)
		}
	case !binary && !allowedText(a.value):
		return fmt.Sprintf("Invalid characters in the value of message attribute '%s'.", a.name)
	case sns && string(a.typ) == "String.Array" && !validArray(a.value):
		return fmt.Sprintf("The message attribute '%s' of type String.Array must hold a JSON array.", a.name)
	}
	return ""
}

func valueField(binary bool) string {
	if binary {
		return "BinaryValue"
	}
	return "StringValue"
}

var numberForm = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$`)

// validNumber checks the syntax, 38 significant digits, and the range
// 10^-128…10^126.
func validNumber(s string) bool {
	if plainDigits(s) {
		return true
	}
	if !numberForm.MatchString(s) {
		return false
	}
	mantissa, _, _ := strings.Cut(strings.ToLower(strings.TrimLeft(s, "+-")), "e")
	digits := strings.Trim(strings.Replace(mantissa, ".", "", 1), "0")
	if len(digits) > maxNumberDigits {
		return false
	}
	if digits == "" {
		return true
	}
	f, _, err := big.ParseFloat(s, 10, 64, big.ToNearestEven)
	if err != nil {
		return false
	}
	f.Abs(f)
	return f.Cmp(powerOfTen(numberExponentMin)) >= 0 && f.Cmp(powerOfTen(numberExponentMax)) <= 0
}

// plainDigits is the common case, which needs no arithmetic.
func plainDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != "" && len(s) <= maxNumberDigits
}

func powerOfTen(n int) *big.Float {
	f, _, _ := big.ParseFloat(fmt.Sprintf("1e%d", n), 10, 64, big.ToNearestEven)
	return f
}

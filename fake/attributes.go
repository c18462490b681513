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
		if p := attributeNameProblem(string(a.name)); p != "" {
			return p
		}
		if p := attributeValueProblem(a, sns); p != "" {
			return p
		}
	}
	return ""
}

func attributeNameProblem(name string) string {
	lower := strings.ToLower(name)
	switch {
	case name == "":
		return "The message attribute name must not be empty."
	case len(name) > maxAttributeName:
		return fmt.Sprintf("Length of message attribute name must be less than %d bytes.", maxAttributeName)
	case strings.HasPrefix(name, "."), strings.HasSuffix(name, "."), strings.Contains(name, ".."):
		return fmt.Sprintf("Message (user) attribute name '%s' can not start or end with '.' or hold two in a row.", name)
	case strings.HasPrefix(lower, "aws."), strings.HasPrefix(lower, "amazon."):
		return fmt.Sprintf("Message (user) attribute name '%s' can not start with 'AWS.' or 'Amazon.'.", name)
	}
	for i := range len(name) {
		if c := name[i]; !isWord(c) && c != '-' && c != '.' {
			return "Message (user) attribute name can only contain upper and lower case letters, digits, periods, hyphens and underscores."
		}
	}
	return ""
}

func attributeValueProblem(a *attr, sns bool) string {
	typ := string(a.typ)
	base, _, _ := strings.Cut(typ, ".")
	switch {
	case typ == "":
		return fmt.Sprintf("The message attribute '%s' must contain a non-empty message attribute type.", a.name)
	case len(typ) > maxAttributeType:
		return fmt.Sprintf("Length of message attribute type must be less than %d bytes.", maxAttributeType)
	case base != "String" && base != "Number" && base != "Binary":
		return fmt.Sprintf("The message attribute '%s' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.", a.name)
	case !a.hasValue || len(a.value) == 0:
		return fmt.Sprintf("The message attribute '%s' must contain a non-empty message attribute value for message attribute type '%s'.", a.name, typ)
	case (base == "Binary") != a.binary:
		return fmt.Sprintf("The message attribute '%s' with type '%s' must use field '%s'.", a.name, typ, valueField(base))
	case base == "Number":
		if !validNumber(string(a.value)) {
			return fmt.Sprintf("Could not cast message attribute '%s' value to number.", a.name)
		}
	case base == "String" && !allowedText(a.value):
		return fmt.Sprintf("Invalid characters in the value of message attribute '%s'.", a.name)
	case sns && typ == "String.Array" && !validArray(a.value):
		return fmt.Sprintf("The message attribute '%s' of type String.Array must hold a JSON array.", a.name)
	}
	return ""
}

func valueField(base string) string {
	if base == "Binary" {
		return "BinaryValue"
	}
	return "StringValue"
}

var numberForm = regexp.MustCompile(`^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$`)

// validNumber checks the syntax, 38 significant digits, and the range
// 10^-128…10^126.
func validNumber(s string) bool {
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

func powerOfTen(n int) *big.Float {
	f, _, _ := big.ParseFloat(fmt.Sprintf("1e%d", n), 10, 64, big.ToNearestEven)
	return f
}

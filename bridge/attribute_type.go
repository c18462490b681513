package bridge

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/routing"
)

// The data types of attributes. Filter policies of SNS compare ranges with a Number, and each element of a
// String.Array (Amazon SNS Developer Guide, "Amazon SNS message attributes").
const (
	TypeString = "String"
	TypeNumber = "Number"
	TypeArray  = "String.Array"
)

// AttributeTypes are data types by the attribute's name; String where it is not in it.
type AttributeTypes map[string]string

// check refuses a text that is none of its attribute's type: the type does not depend on the value.
func (t AttributeTypes) check(name, value string) error {
	switch t[name] {
	case TypeNumber:
		if !isNumber(value) {
			return fmt.Errorf("the type is %s, and the expression gives %q; let it give a number of up to 38 digits, or null", TypeNumber, excerpt.Of(value))
		}
	case TypeArray:
		if !isArray(value) {
			return errors.New("the type is " + TypeArray + ", and the expression gives no list of texts, numbers, true, false and null; write [ ] around one value, or leave out what is nested")
		}
	}
	return nil
}

// isNumber reports whether AWS takes a text as a number: 38 digits between 10^-128 and 10^126 (Amazon SQS
// Developer Guide, "Message attribute data types").
func isNumber(text string) bool {
	if !routing.ValidJSON([]byte(text)) || strings.Trim(text, "0123456789+-.eE") != "" {
		return false
	}
	mantissa, _, _ := strings.Cut(strings.ToLower(text), "e")
	digits := strings.Trim(strings.NewReplacer("-", "", ".", "").Replace(mantissa), "0")
	f, err := strconv.ParseFloat(text, 64)
	f = math.Abs(f)
	return err == nil && len(digits) <= 38 && (digits == "" || f >= 1e-128 && f <= 1e126)
}

func isArray(text string) bool {
	var elements []json.RawMessage
	if json.Unmarshal([]byte(text), &elements) != nil || elements == nil {
		return false
	}
	for _, e := range elements {
		if e[0] == '{' || e[0] == '[' {
			return false
		}
	}
	return true
}

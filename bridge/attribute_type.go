package bridge

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/sluice-bridge/sluice/internal/datatype"
	"github.com/sluice-bridge/sluice/internal/excerpt"
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

func (t AttributeTypes) of(name string) string { return cmp.Or(t[name], TypeString) }

// check refuses a text that is none of its attribute's type: the type does not depend on the value.
func (t AttributeTypes) check(name, value string) error {
	switch t[name] {
	case TypeNumber:
		if !datatype.Number(value) {
			return fmt.Errorf("the type is %s, and the expression gives %q; let it give a number of up to 38 digits, or null", TypeNumber, excerpt.Of(value))
		}
	case TypeArray:
		if !datatype.Array(value) {
			return errors.New("the type is " + TypeArray + ", and the expression gives no list of texts, numbers, true, false and null; write [ ] around one value, or leave out what is nested")
		}
	}
	return nil
}

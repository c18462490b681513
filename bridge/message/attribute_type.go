package message

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// AttributeTypes are data types by the attribute's name; String where it is not in it.
type AttributeTypes map[string]string

func (t AttributeTypes) of(name string) string { return cmp.Or(t[name], attribute.String) }

// check refuses a text that is none of its attribute's type: the type does not depend on the value.
func (t AttributeTypes) check(name, value string) error {
	switch t[name] {
	case attribute.Number:
		if !attribute.IsNumber(value) {
			return fmt.Errorf("the type is %s, and the expression gives %q; let it give a number of up to 38 digits, or null", attribute.Number, excerpt.Of(value))
		}
	case attribute.Array:
		if !attribute.IsArray(value) {
			return errors.New("the type is " + attribute.Array + ", and the expression gives no list of texts, numbers, true, false and null; write [ ] around one value, or leave out what is nested")
		}
	}
	return nil
}

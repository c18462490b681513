package codec

import (
	"errors"
	"fmt"
)

// SchemaHeader is the record header in which newer producers put the id of a value's schema, in
// place of the bytes before the value.
const SchemaHeader = "__value_schema_id"

var (
	errBadHeader = errors.New("the record's " + SchemaHeader + " header holds no schema id")
	errNoSuchID  = errors.New("no registry gives out such an id, so this is probably not how the value is marked; " + seeFormats)
)

// noHeader says what a value begins with that should begin with the id of a schema.
func noHeader(raw []byte) error {
	const wanted = "the value does not begin with a schema id (a zero byte and four more)"
	switch name := foreign(raw); {
	case name != "":
		return fmt.Errorf("%s, but as with %s; %s", wanted, name, seeFormats)
	case jsonDocument(raw) != nil:
		return errors.New(wanted + ", but is JSON; give the topic format: json")
	}
	return errors.New(wanted + "; is the topic's format right?")
}

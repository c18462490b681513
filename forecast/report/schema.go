package report

import (
	"cmp"
	"fmt"
	"strconv"

	"github.com/sluice-bridge/sluice/codec"
)

// describeSchema says for a person what expressions see of a schema, which there is.
func describeSchema(v *codec.Value) string {
	text := cmp.Or(v.Name, "(no name)")
	if v.Schema.ID != 0 {
		text += fmt.Sprintf(", id %d", v.Schema.ID)
	}
	if v.Schema.Subject == "" {
		return text + "; no subject is known"
	}
	return text + fmt.Sprintf(", version %d of subject %s", v.Schema.Version, v.Schema.Subject)
}

// appendSchema appends it as a member, if there is one.
func appendSchema(b []byte, v *codec.Value) []byte {
	if v.Schema == nil {
		return b
	}
	b = appendText(append(b, `,"schema":{"name":`...), v.Name)
	b = strconv.AppendInt(append(b, `,"id":`...), int64(v.Schema.ID), 10)
	b = appendText(append(b, `,"subject":`...), v.Schema.Subject)
	b = strconv.AppendInt(append(b, `,"version":`...), int64(v.Schema.Version), 10)
	return append(b, '}')
}

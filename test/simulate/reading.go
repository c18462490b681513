package simulate

// Reading is how a topic is read; the zero Reading is as JSON.
type Reading struct {
	Format string `json:"format,omitempty"`
	JSON   bool   `json:"json,omitempty"` // deliver: json
}

// Readings are those of topics, by name.
type Readings map[string]Reading

func (r Readings) schemas() bool {
	for _, reading := range r {
		if hasSchemas(reading.Format) {
			return true
		}
	}
	return false
}

func (r Reading) object() map[string]any {
	o := map[string]any{}
	if r.Format != "" {
		o["format"] = r.Format
	}
	if r.JSON {
		o["deliver"] = "json"
	}
	return o
}

// sees returns what rules see of a value; false where it cannot be decoded.
func (r Reading) sees(c *content) (document, bool) {
	switch {
	case len(c.value) == 0:
		return nothing, true
	case r.Format == "" || r.Format == "json":
		return c.doc, true
	case !hasSchemas(r.Format):
		doc := nothing
		doc.quoted = r.Format == "text" && c.doc.object
		return doc, true
	case c.encoded == nil || c.encoded.format != r.Format || c.encoded.json == nil:
		return nothing, false
	}
	return document{valid: true, object: true, kind: c.encoded.kind, number: -1}, true
}

// invalid reports whether a value was to be JSON and is not.
func (r Reading) invalid(c *content) bool {
	return (r.Format == "" || r.Format == "json") && len(c.value) > 0 && !c.doc.valid
}

// sends returns what is sent of a value, and whether that is JSON, or bytes whatever it is.
func (r Reading) sends(c *content) (value []byte, json, bytes bool) {
	switch {
	case hasSchemas(r.Format):
		if r.JSON && c.encoded != nil {
			return c.encoded.json, true, false
		}
		return c.value, false, r.Format != "json_schema"
	case r.Format == "bytes":
		return c.value, false, true
	case r.Format == "text":
		return c.value, false, false
	}
	return c.value, c.doc.valid, false
}

package message

import (
	"encoding/base64"
	"slices"

	"github.com/sluice-bridge/sluice/attribute"
)

// attach appends an attribute of the bridge's own where it has a value and is not omitted.
func (d *Destination) attach(attrs []Attribute, name, value string) []Attribute {
	if value == "" || len(d.Omit) > 0 && slices.Contains(d.Omit, name) {
		return attrs
	}
	return append(attrs, Attribute{name, value})
}

// takes says whether the destination may get a text as the value of an attribute. SNS evaluates filter
// policies on the attributes of a message only where each value is "a valid JSON string" as it stands
// (Amazon SNS Developer Guide, "Amazon SNS message attributes"): one with a quote, a backslash or a control
// character (RFC 8259, section 7) and every subscription with such a policy drops the message, whichever
// attribute the policy is about. No error tells: the metric NumberOfNotificationsFilteredOut-InvalidAttributes
// counts it.
func takes[T string | []byte](d *Destination, value T) bool {
	if !d.Profile.Filtered {
		return true
	}
	for i := range len(value) {
		if c := value[i]; c < 0x20 || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// separate moves attributes that the destination may not get as they are to the rest, which is folded.
// It works in the memory of attrs.
func (d *Destination) separate(attrs []Attribute, rest []headerGroup) ([]Attribute, []headerGroup) {
	if !d.Profile.Filtered {
		return attrs, rest
	}
	kept := attrs[:0]
	for _, a := range attrs {
		if takes(d, a.Value) || d.Types[a.Name] != "" { // a list is a JSON array
			kept = append(kept, a)
		} else {
			rest = append(rest, a.group())
		}
	}
	return kept, rest
}

func (a Attribute) group() headerGroup { return headerGroup{a.Name, [][]byte{[]byte(a.Value)}} }

// fold appends the one attribute that holds the rest, if there is any, as a JSON object: in base64 for
// SNS, which takes no quotes.
func (d *Destination) fold(attrs []Attribute, rest []headerGroup) []Attribute {
	if len(rest) == 0 {
		return attrs
	}
	b := []byte{'{'}
	for i, g := range rest {
		if i > 0 {
			b = append(b, ',')
		}
		b = g.append(b, textOrMarked)
	}
	b = append(b, '}')
	if d.Profile.Filtered {
		return append(attrs, Attribute{attribute.HeadersBase64, base64.StdEncoding.EncodeToString(b)})
	}
	return append(attrs, Attribute{attribute.Headers, string(b)})
}

// Folded returns the JSON object that an attribute holds in base64; "" where it is another attribute.
func (a Attribute) Folded() string {
	if a.Name != attribute.HeadersBase64 {
		return ""
	}
	text, _ := base64.StdEncoding.DecodeString(a.Value) // which fold has encoded
	return string(text)
}

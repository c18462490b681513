package message

import (
	"encoding/base64"
	"io"
	"mime"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/sluice-bridge/sluice/codec/jsontext"
)

// eventMember is a member of an event in structured mode, as it is written in JSON.
type eventMember struct {
	name, raw string
}

func (m eventMember) append(b []byte) []byte {
	return append(append(jsontext.AppendText(append(b, ','), m.name), ':'), m.raw...)
}

// text is the text of the member; empty where it is none.
func (m eventMember) text() string {
	if v := gjson.Parse(m.raw); v.Type == gjson.String {
		return v.String()
	}
	return ""
}

// unset says that an attribute is null, which is to have none (CloudEvents 1.0, JSON Event Format, section 2.1).
func (m eventMember) unset() bool { return m.raw == "null" && m.name != "data" }

// valid says whether readers take the member (CloudEvents 1.0, "Type System" and "Context Attributes";
// JSON Event Format, sections 2.2 and 3.1).
func (m eventMember) valid() bool {
	switch m.name {
	case "data":
		return true
	case "data_base64":
		_, err := io.Copy(io.Discard, base64.NewDecoder(base64.StdEncoding, strings.NewReader(m.text())))
		return err == nil && m.raw[0] == '"'
	case "specversion":
		return strings.HasPrefix(m.text(), "1.")
	case "id", "type", "subject":
		return eventText(m.text())
	case "source":
		return eventText(m.text()) && uriReference(m.text())
	case "dataschema":
		u, err := url.Parse(m.text())
		return err == nil && u.IsAbs() && uriReference(m.text())
	case "datacontenttype":
		return mediaType(m.text())
	case "time":
		_, err := time.Parse(time.RFC3339Nano, upperTime(m.text()))
		return err == nil
	}
	return eventName(m.name) && extensionValue(m.raw)
}

// extensionValue says whether an extension can have the value: a text, true, false, or a whole number of 32 bits.
func extensionValue(raw string) bool {
	if raw[0] == '"' || raw == "true" || raw == "false" {
		return true
	}
	_, err := strconv.ParseInt(raw, 10, 32)
	return err == nil
}

// eventName says whether an attribute can have this name: lower-case letters and digits (CloudEvents 1.0,
// "Naming Conventions").
func eventName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
}

// mediaType says whether s is one (RFC 2046).
func mediaType(s string) bool {
	_, _, err := mime.ParseMediaType(s)
	return err == nil && eventText(s)
}

// upperTime is a time with T and Z as most readers want them. RFC 3339, section 5.6, allows t and z.
func upperTime(s string) string { return strings.ToUpper(s) }

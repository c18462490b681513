package codec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

var errTwice = errors.New("it is a text that holds JSON, as from a producer that encodes twice; have it encode once, or read it in a condition by json.decode(value)")

// NotJSON says, in a clause without a subject, why a value is no JSON document, or none but a text, and where: bytes
// count from one. It is for people, and slow.
func NotJSON(raw []byte) error {
	doc := jsontext.SkipMark(raw)
	if cause := otherwise(doc); cause != "" {
		return errors.New(cause)
	}
	if jsontext.DeeperThan(doc, jsontext.MaxDepth) {
		return jsontext.ErrTooDeep
	}
	var syntax *json.SyntaxError
	if !errors.As(json.Unmarshal(doc, new(json.RawMessage)), &syntax) {
		return errTwice
	}
	at := int(syntax.Offset) + len(raw) - len(doc)
	rest := string(raw[max(at-1, 0):])
	switch {
	case strings.HasPrefix(syntax.Error(), "unexpected end"):
		return fmt.Errorf("it ends too early, after %d bytes", len(raw))
	case strings.HasSuffix(syntax.Error(), "after top-level value"):
		return fmt.Errorf("more follows the document, from byte %d on: %q", at, excerpt.Of(rest))
	}
	for _, word := range []string{"NaN", "Infinity"} {
		if strings.HasPrefix(rest, word) {
			return fmt.Errorf("%s at byte %d is not a number in JSON", word, at)
		}
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return fmt.Errorf("%q cannot stand at byte %d", r, at)
}

// otherwise says what a value is, where it begins as something else does; "" where it does not.
func otherwise(b []byte) string {
	begins := func(c byte) bool { return bytes.IndexByte([]byte("{[\" \t\r\n"), c) >= 0 } // a document
	if len(b) > 3 && (b[0] == 0 && b[2] == 0 && begins(b[1]) || b[1] == 0 && b[3] == 0 && begins(b[0])) ||
		bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return "it is UTF-16; JSON is UTF-8"
	}
	if name := foreign(b); name != "" {
		return fmt.Sprintf("it begins as with %s; %s", name, seeFormats)
	}
	key, rest, ok := cutKey(b)
	switch {
	case !ok || b[0] != magicID || !key.valid():
		return ""
	case validJSON(rest):
		return fmt.Sprintf("it begins with a schema id, %s; give the topic format: json_schema", key)
	}
	return fmt.Sprintf("it begins with a schema id, %s; give the topic format: avro or protobuf", key)
}

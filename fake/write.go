package fake

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
)

// appendJSON appends a JSON string.
func appendJSON(b []byte, s string) []byte {
	plain := true
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c == '"' || c == '\\' || c >= 0x7F {
			plain = false
			break
		}
	}
	if plain {
		b = append(b, '"')
		b = append(b, s...)
		return append(b, '"')
	}
	text, _ := json.Marshal(s) // a string always encodes
	return append(b, text...)
}

// appendXML appends escaped character data.
func appendXML(b []byte, s string) []byte {
	if !strings.ContainsAny(s, "<>&'\"\t\n\r") {
		return append(b, s...)
	}
	var w bytes.Buffer
	_ = xml.EscapeText(&w, []byte(s)) // a buffer takes everything
	return append(b, w.Bytes()...)
}

func lastPart(s, separator string) string {
	return s[strings.LastIndex(s, separator)+1:]
}

package jsontext

import "bytes"

// ByteOrderMark is the byte order mark of UTF-8. Some programs write it before JSON, which RFC 8259, section 8.1,
// lets readers ignore.
var ByteOrderMark = []byte("\xef\xbb\xbf")

// SkipMark returns a value without the byte order mark that it may begin with.
func SkipMark(raw []byte) []byte {
	if len(raw) > 0 && raw[0] == ByteOrderMark[0] {
		return bytes.TrimPrefix(raw, ByteOrderMark)
	}
	return raw
}

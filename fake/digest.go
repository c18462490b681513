package fake

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"slices"
)

func bodyMD5(body []byte) [md5.Size * 2]byte {
	sum := md5.Sum(body)
	var out [md5.Size * 2]byte
	hex.Encode(out[:], sum[:])
	return out
}

// attributesMD5 is the digest of message attributes that SDKs compare with their
// own (SQS developer guide, "calculating the MD5 message digest for message
// attributes"). It wants at least one attribute, and sorts attrs in place. scratch
// is overwritten and returned, perhaps grown.
func attributesMD5(attrs []attr, scratch []byte) (sum [md5.Size * 2]byte, grown []byte) {
	slices.SortFunc(attrs, func(a, b attr) int { return bytes.Compare(a.name, b.name) })
	b := scratch[:0]
	for i := range attrs {
		a := &attrs[i]
		b = appendSized(b, a.name)
		b = appendSized(b, a.typ)
		if a.binary {
			b = append(b, 2)
		} else {
			b = append(b, 1)
		}
		b = appendSized(b, a.value)
	}
	return bodyMD5(b), b
}

func appendSized(b, v []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(v)))
	return append(b, v...)
}

package fake

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"hash"
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
// attributes"). It is empty when there are none. It sorts attrs in place.
func attributesMD5(attrs []attr) string {
	if len(attrs) == 0 {
		return ""
	}
	slices.SortFunc(attrs, func(a, b attr) int { return bytes.Compare(a.name, b.name) })
	h := md5.New()
	for _, a := range attrs {
		writeSized(h, a.name)
		writeSized(h, a.typ)
		if a.binary {
			h.Write([]byte{2})
		} else {
			h.Write([]byte{1})
		}
		writeSized(h, a.value)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func writeSized(h hash.Hash, b []byte) {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(b)))
	h.Write(n[:])
	h.Write(b)
}

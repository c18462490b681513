package progress

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// ResourceID tells whether destinations of different names lead to the same queue or topic. It is short, as notes
// hold it: hashes of 48 and 24 bits.
type ResourceID string

// NewResourceID returns the id of a queue or topic. Where the account is not known it is empty.
func NewResourceID(service, region, account, name string) ResourceID {
	hash := func(bytes int, parts ...string) string {
		sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
		return base64.RawURLEncoding.EncodeToString(sum[:bytes])
	}
	id := hash(6, service, region, name)
	if account != "" {
		id += "." + hash(3, account)
	}
	return ResourceID(id)
}

// Same says whether two of them may be the same: an account that is not known may be that of the other. One
// that is not known, the empty one, is like no other.
func (p ResourceID) Same(other ResourceID) bool {
	a, accountA, _ := strings.Cut(string(p), ".")
	b, accountB, _ := strings.Cut(string(other), ".")
	return a != "" && a == b && (accountA == accountB || accountA == "" || accountB == "")
}

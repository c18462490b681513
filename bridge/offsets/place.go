package offsets

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

// Place tells whether destinations of different names lead to the same queue or topic. It is short, as notes
// hold it: hashes of 48 and 24 bits.
type Place string

// NewPlace returns the place of a queue or topic. Where the account is not known it is empty.
func NewPlace(service, region, account, name string) Place {
	hash := func(bytes int, parts ...string) string {
		sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
		return base64.RawURLEncoding.EncodeToString(sum[:bytes])
	}
	place := hash(6, service, region, name)
	if account != "" {
		place += "." + hash(3, account)
	}
	return Place(place)
}

// Same says whether two places may be the same: an account that is not known may be that of the other. A place
// that is not known, the empty one, is like no other.
func (p Place) Same(other Place) bool {
	a, accountA, _ := strings.Cut(string(p), ".")
	b, accountB, _ := strings.Cut(string(other), ".")
	return a != "" && a == b && (accountA == accountB || accountA == "" || accountB == "")
}

package yamldoc

import (
	"fmt"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/suggest"
)

// Mismatch is the format of what is said of a value of one kind where another is wanted.
const Mismatch = "this is %s where %s is wanted"

// UnknownKey says what to write for a key that is none of those in its place, and which of them was probably meant;
// empty where none is near.
func UnknownKey(key string, keys []string) (problem excerpt.Verbatim, near string) {
	if near = suggest.Nearest(key, keys); near != "" {
		return excerpt.Verbatim(fmt.Sprintf("unknown key; did you mean %q?", near)), near
	}
	return "unknown key; the keys here are " + excerpt.Listing(keys, "and"), ""
}

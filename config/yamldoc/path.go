package yamldoc

import (
	"fmt"
	"strings"
)

// Join returns the path of a key below a path: "rules[2].match".
func Join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// Index returns the path of an item below a path: "rules[2]".
func Index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// parent cuts the last step off a path. Keys may hold dots themselves, in which case the first
// cuts name nothing and are cut again by the caller.
func parent(path string) string {
	if i := strings.LastIndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return ""
}

// within reports whether a path is another one or lies in it.
func within(path, outer string) bool {
	rest, ok := strings.CutPrefix(path, outer)
	return ok && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

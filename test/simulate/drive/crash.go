package drive

import (
	"regexp"
	"strings"
)

var (
	cause    = regexp.MustCompile(`(?m)^(?:panic: |fatal error: )(.*)$`)
	function = regexp.MustCompile(`(?m)^github\.com/sluice-bridge/sluice/(.*)\([^()]*\)$`)
	variable = regexp.MustCompile(`0x[0-9a-f]+|[0-9]+`)
)

// crashed returns what a crash has in common with those of the same fault: what the runtime says, and the
// first function of ours in its first stack.
func crashed(output string) string {
	at := cause.FindStringSubmatchIndex(output)
	if at == nil {
		return "it ends without a word"
	}
	text := variable.ReplaceAllString(strings.TrimSuffix(output[at[2]:at[3]], " [recovered]"), "…")
	if f := function.FindStringSubmatch(output[at[1]:]); f != nil {
		text += " in " + f[1]
	}
	return text
}

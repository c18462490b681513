// Package re2 says in our words what is wrong with a regular expression.
package re2

import (
	"regexp"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// Reason says what is wrong with a regular expression. Its error comes from package regexp, which
// knows RE2's language: other engines have more.
func Reason(err error) string {
	reason := excerpt.Of(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	for _, known := range knownReasons {
		if rest, ok := strings.CutPrefix(reason, known.said); ok {
			reason = known.meant + rest
			break
		}
	}
	switch {
	case strings.Contains(reason, "`(?=`"), strings.Contains(reason, "`(?!`"), strings.Contains(reason, "`(?<"):
		return reason + "; RE2 looks neither ahead nor back, so say it with a rule before it that drops, or another condition"
	case groupReference.MatchString(reason):
		return reason + "; RE2 refers to no groups, so write out what is to repeat"
	}
	return reason
}

const noEscape = "RE2 has no escape "

var groupReference = regexp.MustCompile("^" + noEscape + "`\\\\[1-9]")

// knownReasons are our words for those of package regexp/syntax, which mostly quotes the part in question.
var knownReasons = []struct{ said, meant string }{
	{"invalid or unsupported Perl syntax: ", "RE2 does not have "},
	{"invalid escape sequence: ", noEscape},
	{"invalid nested repetition operator: ", "one sign of repetition follows another: "},
	{"missing argument to repetition operator: ", "a sign of repetition has nothing to repeat: "},
	{"invalid repeat count: ", "RE2 repeats at most 1000 times, from the lower count on: "},
	{"invalid named capture: ", "this begins no group that RE2 has: "},
	{"invalid character class range: ", "there is no such class or range of characters: "},
	{"missing closing ): ", "a ) is missing: "},
	{"missing closing ]: ", "a ] is missing: "},
	{"unexpected ): ", "a ) is too many: "},
	{"trailing backslash at end of expression: ", "it ends in a backslash"},
	{"expression nests too deeply: ", "it nests too deep: "},
	{"expression too large: ", "it is too large: "},
}

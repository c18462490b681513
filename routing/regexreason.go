package routing

import (
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// RegexReason says what is wrong with a regular expression. Its error comes from package regexp, which
// knows RE2's language: other engines have more.
func RegexReason(err error) string {
	reason := excerpt.Of(strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	switch {
	case strings.Contains(reason, "`(?=`"), strings.Contains(reason, "`(?!`"), strings.Contains(reason, "`(?<"):
		return reason + "; RE2 looks neither ahead nor back, so say it with a rule before it that drops, or another condition"
	case strings.HasPrefix(reason, "invalid escape sequence: `\\") && strings.ContainsAny(reason[len("invalid escape sequence: `\\"):], "123456789"):
		return reason + "; RE2 refers to no groups, so write out what is to repeat"
	}
	return reason
}

package address

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

const longestQueue = 80

var accountID = regexp.MustCompile(`^\d{12}$`)

// ParseQueue takes the address of a queue apart: a URL, an ARN or a name. The error says what to
// write instead.
func ParseQueue(text string) (Address, error) {
	switch {
	case strings.Contains(text, "://"):
		return parseQueueURL(text)
	case strings.HasPrefix(text, "arn:"):
		return parseQueueARN(text)
	case !isName(text, longestQueue):
		return Address{}, fmt.Errorf("%q is not a queue; write its URL, its ARN, or its name of up to 80 letters, digits, dashes and underscores", excerpt.Setting(text))
	}
	return Address{Service: SQS, Name: text}, nil
}

func parseQueueARN(text string) (Address, error) {
	a := parseARN(text)
	if a.Service == SNS {
		return Address{}, fmt.Errorf("%q is an SNS topic; write it under sns", excerpt.Setting(text))
	}
	if a.Service != SQS || !isName(a.Name, longestQueue) {
		return Address{}, fmt.Errorf("%q is not the ARN of a queue; write arn:aws:sqs:REGION:ACCOUNT:NAME", excerpt.Setting(text))
	}
	return a, nil
}

// parseQueueURL reads a URL whose path ends in ACCOUNT/NAME. With emulators it may be something
// else than the account, or nothing, that is before the name.
func parseQueueURL(text string) (Address, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || strings.ContainsAny(text, "?#") {
		return Address{}, notURL(text)
	}
	steps := strings.Split(strings.Trim(u.Path, "/"), "/")
	a := Address{Service: SQS, Name: steps[len(steps)-1], URL: text}
	if len(steps) > 1 && accountID.MatchString(steps[len(steps)-2]) {
		a.Account = steps[len(steps)-2]
	}
	if !isName(a.Name, longestQueue) {
		return Address{}, fmt.Errorf("%q does not end in the name of a queue; write https://sqs.REGION.amazonaws.com/ACCOUNT/NAME", excerpt.Setting(text))
	}
	h := parseHost(strings.ToLower(u.Hostname()))
	if h.aws && a.Account == "" {
		return Address{}, notURL(text)
	}
	a.Region, a.FIPS, a.DualStack = h.region, h.fips, h.dualStack
	if !h.public {
		a.Endpoint = u.Scheme + "://" + u.Host
	}
	return a, nil
}

func notURL(text string) error {
	return fmt.Errorf("%q is not the URL of a queue; write https://sqs.REGION.amazonaws.com/ACCOUNT/NAME", excerpt.Setting(text))
}

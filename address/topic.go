package address

import (
	"fmt"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

const longestTopic = 256

// ParseTopic takes the ARN of a topic apart. The error says what to write instead.
func ParseTopic(text string) (Address, error) {
	a := parseARN(text)
	if a.Service == SQS {
		return Address{}, fmt.Errorf("%q is an SQS queue; write it under sqs", excerpt.Setting(text))
	}
	if a.Service != SNS || !isName(a.Name, longestTopic) {
		return Address{}, fmt.Errorf("%q is not the ARN of a topic; write arn:aws:sns:REGION:ACCOUNT:NAME", excerpt.Setting(text))
	}
	return a, nil
}

package address

import "regexp"

var arn = regexp.MustCompile(`^arn:aws[a-z-]*:(sqs|sns):([a-z0-9-]+):(\d{12}):(.+)$`)

// parseARN returns an address without a service where the text is no ARN of either.
func parseARN(text string) Address {
	m := arn.FindStringSubmatch(text)
	if m == nil {
		return Address{}
	}
	return Address{Service: Service(m[1]), Region: m[2], Account: m[3], Name: m[4], ARN: text}
}

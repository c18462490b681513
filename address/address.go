// Package address takes the addresses of queues and topics apart: URLs, ARNs and names. It is the
// only place that knows their forms.
package address

import (
	"regexp"
	"strings"
)

// Service is the AWS service that a queue or topic belongs to, by its signing name.
type Service string

// The services.
const (
	SQS Service = "sqs"
	SNS Service = "sns"
)

// Address is a queue or topic, taken apart. What the form of the address does not tell is empty.
// Addresses compare with ==.
type Address struct {
	Service Service
	// Name of the queue or topic, with its .fifo.
	Name string
	// Region of the queue or topic.
	Region string
	// Account is the owner's twelve digits.
	Account string
	// ARN or URL is set where the address is one.
	ARN string
	URL string
	// Endpoint is the scheme and host of a URL that is not at one of AWS's public hosts: an
	// emulator, a VPC endpoint, a private name. Requests belong there, as the public host is often
	// out of reach where such a one is written.
	Endpoint string
	// FIPS and DualStack are the variants of the public host that a URL is at.
	FIPS, DualStack bool
}

// FIFO reports whether the queue or topic is a FIFO one. The suffix is mandatory for those and
// forbidden to others.
func (a Address) FIFO() bool { return strings.HasSuffix(a.Name, fifo) }

const fifo = ".fifo"

var characters = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func isName(name string, longest int) bool {
	return len(name) <= longest && characters.MatchString(strings.TrimSuffix(name, fifo))
}

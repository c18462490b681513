package sns

import (
	"fmt"
	"strings"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
)

// Destination is a topic as the configuration names it.
type Destination struct {
	// ARN is the whole name.
	ARN string
	// Region and Account are parts of it.
	Region, Account string
	// Name of the topic, with its .fifo suffix where it has one.
	Name string
}

// FIFO tells whether the name is that of a FIFO topic; the suffix is mandatory for those and
// forbidden to others (SNS API reference, CreateTopic).
func (d Destination) FIFO() bool { return strings.HasSuffix(d.Name, ".fifo") }

// Parse reads arn:PARTITION:sns:REGION:ACCOUNT:NAME. The error says what to write instead.
func Parse(s string) (Destination, error) {
	part := strings.Split(s, ":")
	if len(part) != 6 || part[0] != "arn" || part[2] != "sns" || part[3] == "" || part[4] == "" || part[5] == "" {
		return Destination{}, fmt.Errorf("%q is not a topic's ARN; write it like arn:aws:sns:eu-west-1:111122223333:alerts", s)
	}
	return Destination{ARN: s, Region: part[3], Account: part[4], Name: part[5]}, nil
}

// target is whom the topic's requests are sent to.
func (d Destination) target(o Options) awsapi.Target {
	return awsapi.Target{
		Service:  awsapi.SNS,
		Region:   d.Region,
		Endpoint: o.Endpoint,
		Identity: o.Identity,
	}
}

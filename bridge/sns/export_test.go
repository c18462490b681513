package sns

import awsapi "github.com/sluice-bridge/sluice/bridge/aws"

// For the tests of package sns_test.
var (
	AppendRequest = appendRequest
	RequestPrefix = requestPrefix
)

// NewOn makes a sink on a client.
func NewOn(c *awsapi.Client, arn string) *Sink {
	return &Sink{client: c, prefix: requestPrefix(arn)}
}

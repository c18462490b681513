package sqs

import awsapi "github.com/sluice-bridge/sluice/bridge/aws"

// For the tests of package sqs_test.
var (
	AppendRequest = appendRequest
	RequestPrefix = requestPrefix
)

// NewOpened makes a sink that needs no Open.
func NewOpened(c *awsapi.Client, url string) *Sink {
	s := &Sink{client: c}
	prefix := requestPrefix(url)
	s.prefix.Store(&prefix)
	return s
}

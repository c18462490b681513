package routing

import (
	"slices"
	"strings"
)

// ownAttributes are the names of attributes that the bridge sets, and those by which AWS's libraries find large
// bodies in S3.
var ownAttributes = []string{
	"correlation_id", "kafka_topic", "kafka_position", "kafka_key", "kafka_timestamp", "kafka_headers", "kafka_headers_base64",
	"kafka_tombstone", "replayed", "traceparent", "content_encoding", "dead_letter_reason",
	"ExtendedPayloadSize", "SQSLargePayloadSize", "S3Key",
}

// Omittable are those of the bridge's own that a destination may do without. The others say how a body is to be read.
var Omittable = []string{"correlation_id", "kafka_topic", "kafka_position", "kafka_timestamp", "kafka_key", "traceparent"}

// Reserved reports whether no header or configuration may give an attribute that name, in whatever
// capitals: a consumer may take it for the bridge's own.
func Reserved(name string) bool {
	return slices.ContainsFunc(ownAttributes, func(own string) bool { return strings.EqualFold(own, name) })
}

// OfAWS reports whether a name begins as those that AWS keeps to itself (Amazon SQS Developer Guide,
// "message attributes").
func OfAWS(name string) bool {
	return beginsFolded(name, "aws.") || beginsFolded(name, "amazon.")
}

func beginsFolded(name, prefix string) bool {
	return len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix)
}

package attribute

import (
	"regexp"
	"slices"
	"strings"
)

// The attributes that the bridge attaches itself.
const (
	CorrelationID    = "correlation_id"
	KafkaTopic       = "kafka_topic"
	KafkaPosition    = "kafka_position"
	KafkaTimestamp   = "kafka_timestamp"
	KafkaKey         = "kafka_key"
	KafkaTombstone   = "kafka_tombstone"
	Headers          = "kafka_headers"
	HeadersBase64    = "kafka_headers_base64"
	Traceparent      = "traceparent"
	Replayed         = "replayed"
	ContentEncoding  = "content_encoding"
	DeadLetterReason = "dead_letter_reason"
)

// reservedNames are those, and the names by which AWS's libraries find large bodies in S3.
var reservedNames = []string{
	CorrelationID, KafkaTopic, KafkaPosition, KafkaKey, KafkaTimestamp, Headers, HeadersBase64,
	KafkaTombstone, Replayed, Traceparent, ContentEncoding, DeadLetterReason,
	"ExtendedPayloadSize", "SQSLargePayloadSize", "S3Key",
}

// Omittable are those of the bridge's own that a destination may do without. The others say how a body is to be read.
var Omittable = []string{CorrelationID, KafkaTopic, KafkaPosition, KafkaTimestamp, KafkaKey, Traceparent}

// Reserved reports whether no header or configuration may give an attribute that name, in whatever
// capitals: a consumer may take it for the bridge's own.
func Reserved(name string) bool {
	return slices.ContainsFunc(reservedNames, func(own string) bool { return strings.EqualFold(own, name) })
}

// OfAWS reports whether a name begins as those that AWS keeps to itself (Amazon SQS Developer Guide,
// "message attributes").
func OfAWS(name string) bool {
	return beginsFolded(name, "aws.") || beginsFolded(name, "amazon.")
}

func beginsFolded(name, prefix string) bool {
	return len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix)
}

// MaxName is the longest name of an attribute, in characters; 256 are documented, and the last is better not tried.
const MaxName = 255

var legalName = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)

// IsName reports whether an attribute can have a name: letters, digits, dashes, underscores, and single dots in between
// (Amazon SQS Developer Guide, "message attributes").
func IsName(name string) bool { return len(name) <= MaxName && legalName.MatchString(name) }

// Rename writes _ for each character that a name may not have, where it may not have it.
func Rename(name string) string {
	if strings.IndexFunc(name, notInName) < 0 && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".") && !strings.Contains(name, "..") {
		return name
	}
	runes := []rune(name)
	for i, r := range runes {
		if notInName(r) || r == '.' && (i == 0 || i == len(runes)-1 || runes[i-1] == '.') {
			runes[i] = '_'
		}
	}
	return string(runes)
}

func notInName(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' || r == '.')
}

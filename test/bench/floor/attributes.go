package main

import (
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
)

// attribute is a message attribute of type String.
type attribute struct{ name, value string }

// attributes returns what the bridge attaches to a record with a key and a correlation header.
func attributes(r *kgo.Record) [5]attribute {
	var correlation string
	for i := range r.Headers {
		if r.Headers[i].Key == "x-correlation-id" {
			correlation = string(r.Headers[i].Value)
		}
	}
	position := strconv.AppendInt(make([]byte, 0, 24), int64(r.Partition), 10)
	position = append(position, ':')
	position = strconv.AppendInt(position, r.Offset, 10)
	return [5]attribute{
		{"correlation_id", correlation},
		{"kafka_topic", r.Topic},
		{"kafka_position", string(position)},
		{"kafka_timestamp", strconv.FormatInt(r.Timestamp.UnixMilli(), 10)},
		{"kafka_key", string(r.Key)},
	}
}

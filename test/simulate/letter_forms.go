package simulate

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// readLetter reads a dead letter that went to a queue or topic.
func readLetter(m fake.Message) letter {
	var e struct {
		Reason      string `json:"reason"`
		Source      string `json:"source"`
		Destination string `json:"destination"`
		Key         []byte `json:"key_base64"`
		Value       []byte `json:"value_base64"`
		Headers     []struct {
			Name  string `json:"name"`
			Value []byte `json:"value_base64"`
		} `json:"headers"`
		Batch struct {
			Next  int64  `json:"next_offset"`
			Bytes int    `json:"bytes"`
			Codec string `json:"codec"`
		} `json:"batch"`
	}
	_ = json.Unmarshal([]byte(m.Body), &e) // what is not there is found missing
	l := letter{
		at: source(e.Source), reason: e.Reason, destination: e.Destination, stamp: m.Attributes["kafka_timestamp"].String,
		when: time.Now(), offset: -1, key: e.Key, value: e.Value, next: e.Batch.Next, bytes: e.Batch.Bytes, codec: e.Batch.Codec,
	}
	for _, h := range e.Headers {
		l.headers = append(l.headers, kgo.RecordHeader{Key: h.Name, Value: h.Value})
	}
	return l
}

// readLetterRecord reads a dead letter that went to a topic of Kafka.
func readLetterRecord(r *kgo.Record) letter {
	l := letter{when: r.Timestamp, offset: r.Offset, key: r.Key, value: r.Value}
	said := map[string]string{}
	for _, h := range r.Headers {
		if name, ok := strings.CutPrefix(h.Key, "sluice-"); ok {
			said[name] = string(h.Value)
		} else {
			l.headers = append(l.headers, h)
		}
	}
	l.at, l.reason, l.destination, l.stamp = source(said["source"]), said["reason"], said["destination"], said["source-timestamp"]
	l.next, _ = strconv.ParseInt(said["next-offset"], 10, 64) // 0 where there is none
	l.bytes, _ = strconv.Atoi(said["batch-bytes"])
	l.codec = said["batch-codec"]
	return l
}

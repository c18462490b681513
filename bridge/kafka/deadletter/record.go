package deadletter

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/topic"
)

// headerPrefix begins the names of the headers that say what became of a record.
const headerPrefix = "sluice-"

// recordOf is a dead letter as it stands in its topic: the record as it was, with headers that
// say what happened to it.
func recordOf(letter message.DeadLetter) *kgo.Record {
	r := letter.Record
	headers := append(make([]kgo.RecordHeader, 0, len(r.Headers)+8), withoutOwnHeaders(r.Headers)...)
	add := func(name, value string) {
		if value != "" {
			headers = append(headers, kgo.RecordHeader{Key: headerPrefix + name, Value: []byte(value)})
		}
	}
	add("reason", string(letter.Reason))
	add("error", letter.Error)
	add("rule", letter.Rule)
	add("destination", letter.Destination)
	add("source", letter.Source())
	if r.LeaderEpoch > 0 {
		// Without it the record would have another id when it is sent again.
		add("source-epoch", strconv.Itoa(int(r.LeaderEpoch)))
	}
	produced := "unknown"
	if !r.Timestamp.IsZero() {
		produced = strconv.FormatInt(r.Timestamp.UnixMilli(), 10)
	}
	add("source-timestamp", produced)
	add("timestamp", letter.Time.UTC().Format(time.RFC3339Nano))
	add("attempts", strconv.Itoa(letter.Attempts))
	if b := letter.Batch; b != nil {
		add("next-offset", strconv.FormatInt(b.Next, 10))
		add("batch-bytes", strconv.Itoa(b.Bytes))
		add("batch-codec", b.Codec)
	}
	return &kgo.Record{Key: r.Key, Value: r.Value, Headers: headers}
}

// withoutOwnHeaders leaves out what an earlier life as a dead letter has left.
func withoutOwnHeaders(headers []kgo.RecordHeader) []kgo.RecordHeader {
	var kept []kgo.RecordHeader
	for _, h := range headers {
		if !strings.HasPrefix(h.Key, headerPrefix) {
			kept = append(kept, h)
		}
	}
	return kept
}

var sourceSyntax = regexp.MustCompile(`^([^/]+)/(\d{1,10})/(\d{1,19})$`)

// Read reads a dead letter: the record is again as it was, in its place. It reports whether a
// record is one that the bridge has written.
func Read(r *kgo.Record) (letter message.DeadLetter, ok bool) {
	said := map[string]string{}
	for _, h := range r.Headers {
		if name, ok := strings.CutPrefix(h.Key, headerPrefix); ok {
			said[name] = string(h.Value)
		}
	}
	m := sourceSyntax.FindStringSubmatch(said["source"])
	if m == nil || !topic.IsName(m[1]) || said["reason"] == "" {
		return letter, false
	}
	partition, err := strconv.ParseInt(m[2], 10, 32)
	if err != nil {
		return letter, false
	}
	offset, err := strconv.ParseInt(m[3], 10, 64)
	if err != nil {
		return letter, false
	}
	at, err := time.Parse(time.RFC3339Nano, said["timestamp"])
	if err != nil {
		at = r.Timestamp
	}
	produced := at // of a letter that says nothing
	switch ms, err := strconv.ParseInt(said["source-timestamp"], 10, 64); {
	case err == nil:
		produced = kafka.TimeOf(ms)
	case said["source-timestamp"] != "":
		produced = time.Time{}
	}
	epoch := int32(-1)
	if n, err := strconv.ParseInt(said["source-epoch"], 10, 32); err == nil {
		epoch = int32(n)
	}
	attempts, _ := strconv.Atoi(said["attempts"]) // 0 where it says nothing of use
	return message.DeadLetter{
		Record: &kgo.Record{
			Topic: m[1], Partition: int32(partition), Offset: offset, Timestamp: produced, LeaderEpoch: epoch,
			Key: r.Key, Value: r.Value, Headers: withoutOwnHeaders(r.Headers),
		},
		Reason: message.Reason(said["reason"]), Error: said["error"], Rule: said["rule"], Destination: said["destination"],
		Attempts: attempts, Time: at, Batch: readBatch(said, offset, epoch, produced),
	}, true
}

// readBatch reads what a dead letter says of the batch that it stands for; nil where it holds a
// record.
func readBatch(said map[string]string, first int64, epoch int32, latest time.Time) *message.Unreadable {
	next, err := strconv.ParseInt(said["next-offset"], 10, 64)
	if err != nil || next <= first {
		return nil
	}
	bytes, _ := strconv.Atoi(said["batch-bytes"]) // 0 where it says nothing of use
	return &message.Unreadable{
		First: first, Next: next, Epoch: epoch, Time: latest, Bytes: bytes, Codec: said["batch-codec"],
		Reason: message.Reason(said["reason"]), Why: errors.New(said["error"]),
	}
}

package message

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/routing/expr"
)

// RecordInfo is what every delivery of one record says of where it comes from. All of it is one
// string, cut into parts, so that a record costs one allocation however many places it goes to.
// Nothing here but the value refers to the memory of the record.
type RecordInfo struct {
	Value         []byte           // what is sent: as it came, or decoded to JSON
	Kind          expr.ContentKind // of the value; 0 where it is JSON or text
	CorrelationID string
	position      string // partition:offset
	timestamp     string // milliseconds since the epoch; empty where it is not known
	key           string // empty where the key is null, empty, or cannot be sent as text
	group         string // message group id where no expression gives one
	identity      string // of the record, however often it is sent
	deduplication string // the same, unless it is sent again on purpose
	traceparent   string // empty where the record has none
	traceHeader   string // X-Ray form of traceparent
	replayed      bool   // on purpose, and to be marked so

	// Bodies that are made once for all messages that have them; nil: not yet.
	plain    []byte // the value, marked
	mark     Attribute
	envelope []byte // of JSON, around the value
	Made     int64  // bytes that were made for messages to share
}

// NewRecordInfo is of one record; again is nil for the first time that it is sent. buf is scratch memory
// and is returned for the next one.
func NewRecordInfo(r *kgo.Record, origin *offsets.TopicIdentity, again *Resend, correlationID string, buf []byte) (RecordInfo, []byte) {
	b := buf[:0]
	var ends [8]int
	b = append(b, correlationID...)
	if correlationID == "" || !sendable(correlationID) {
		b = b[:0]
		b = origin.AppendRecordID(b, r)
	}
	ends[0] = len(b)
	b = strconv.AppendInt(b, int64(r.Partition), 10)
	b = append(b, ':')
	b = strconv.AppendInt(b, r.Offset, 10)
	ends[1] = len(b)
	if !r.Timestamp.IsZero() {
		b = strconv.AppendInt(b, r.Timestamp.UnixMilli(), 10)
	}
	ends[2] = len(b)
	if sendable(r.Key) {
		b = append(b, r.Key...)
	}
	ends[3] = len(b)
	b = appendGroup(b, r)
	ends[4] = len(b)
	b = appendID(b, func(b []byte) []byte { return origin.AppendRecordID(b, r) })
	ends[5] = len(b)
	deduplication := ends[4]
	if again != nil {
		deduplication = len(b)
		b = appendID(b, func(b []byte) []byte {
			return append(append(origin.AppendRecordID(b, r), '.'), again.id...)
		})
	}
	ends[6] = len(b)
	parent := HeaderOf(r, "traceparent")
	if sendable(parent) {
		b = append(b, parent...)
	}
	ends[7] = len(b)
	if trace, ok := routing.ParseTraceparent(string(b[ends[6]:ends[7]])); ok {
		b = appendTraceHeader(b, trace)
	}
	s := string(b)
	return RecordInfo{
		CorrelationID: s[:ends[0]],
		position:      s[ends[0]:ends[1]],
		timestamp:     s[ends[1]:ends[2]],
		key:           s[ends[2]:ends[3]],
		group:         s[ends[3]:ends[4]],
		identity:      s[ends[4]:ends[5]],
		deduplication: s[deduplication:ends[6]],
		traceparent:   s[ends[6]:ends[7]],
		traceHeader:   s[ends[7]:],
		replayed:      again != nil && again.replayed,
	}, b
}

// appendGroup appends the message group id of a record: its key, else topic/partition.
func appendGroup(b []byte, r *kgo.Record) []byte {
	return appendID(b, func(b []byte) []byte {
		if len(r.Key) > 0 {
			return append(b, r.Key...)
		}
		b = append(b, r.Topic...)
		b = append(b, '/')
		return strconv.AppendInt(b, int64(r.Partition), 10)
	})
}

// appendID appends what add appends, or its SHA-256 in hexadecimal where that is no valid id.
func appendID(b []byte, add func([]byte) []byte) []byte {
	start := len(b)
	b = add(b)
	if validID(b[start:]) {
		return b
	}
	sum := sha256.Sum256(b[start:])
	return hex.AppendEncode(b[:start], sum[:])
}

// appendTraceHeader appends the X-Ray form of a W3C trace context (AWS X-Ray Developer Guide,
// "Tracing header"): the first 8 hexadecimal digits of the trace id stand for its time.
func appendTraceHeader(b []byte, t routing.Traceparent) []byte {
	b = append(b, "Root=1-"...)
	b = append(b, t.TraceID[:8]...)
	b = append(b, '-')
	b = append(b, t.TraceID[8:]...)
	b = append(b, ";Parent="...)
	b = append(b, t.SpanID...)
	if strings.ContainsRune("13579bdf", rune(t.Flags[1])) { // bit 0: sampled
		return append(b, ";Sampled=1"...)
	}
	return append(b, ";Sampled=0"...)
}

// HeaderOf returns the value of the last header of that name, or nil.
func HeaderOf(r *kgo.Record, name string) []byte {
	for i := len(r.Headers) - 1; i >= 0; i-- {
		if r.Headers[i].Key == name {
			return r.Headers[i].Value
		}
	}
	return nil
}

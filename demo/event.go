package demo

import (
	"encoding/json"
	"hash/fnv"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Event is a record to be produced, with what the producer knows of it. The [Oracle] looks at these
// facts and never into the value, which the bridge has to read.
type Event struct {
	Topic   string
	Key     []byte
	Value   []byte
	Headers []kgo.RecordHeader

	Type    string // empty where the value has none to be read
	Total   float64
	Items   int // -1: none are told
	Tenant  string
	Account string
	// Flaw is what makes it a bad one.
	Flaw Flaw
}

// Flaw is what is wrong with an event.
type Flaw uint8

// The flaws.
const (
	NoFlaw    Flaw = iota
	Torn           // the value is cut off
	Unknown        // of a type that no rule knows
	TextTotal      // an amount that is no number, which makes a rule fail
	NumberID       // an id that is no text, which makes a subject fail
	Huge           // too large for a topic of SNS
)

// topics and their partitions.
var topics = map[string]int32{"orders": 6, "payments": 4, "customers": 2, "telemetry": 3}

// partitionOf places a key, as every producer of it would.
func partitionOf(topic string, key []byte) int32 {
	h := fnv.New32a()
	_, _ = h.Write(key)                             // never fails
	return int32(h.Sum32() % uint32(topics[topic])) //nolint:gosec // a few partitions
}

// encode is for values that can always be encoded.
func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("encoding an event: " + err.Error())
	}
	return b
}

func header(name, value string) kgo.RecordHeader {
	return kgo.RecordHeader{Key: name, Value: []byte(value)}
}

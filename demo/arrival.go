package demo

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"

	"github.com/sluice-bridge/sluice/fake"
)

// Content is the hash of a record's value. A record without a value has none.
type Content struct {
	hash uint64
	null bool
}

var contentSeed = maphash.MakeSeed()

// ContentOf hashes a value.
func ContentOf(value []byte) Content {
	if value == nil {
		return Content{null: true}
	}
	return Content{hash: maphash.Bytes(contentSeed, value)}
}

// Arrival is a message as it came out at the far end, or a dead letter.
type Arrival struct {
	Position
	Content Content
	Group   string
	// Ordered is set where the destination keeps the order of a group.
	Ordered bool
}

// parsePosition reads topic/partition/offset.
func parsePosition(topic, partition, offset string) (Position, error) {
	p, err1 := strconv.ParseInt(partition, 10, 32)
	o, err2 := strconv.ParseInt(offset, 10, 64)
	return Position{topic, int32(p), o}, errors.Join(err1, err2)
}

// readMessage reads what the bridge tells in attributes, and turns the body into the value again.
func readMessage(m *fake.Message, ordered bool) (Arrival, error) {
	part, offset, _ := strings.Cut(m.Attributes["kafka_position"].String, ":")
	at, err := parsePosition(m.Attributes["kafka_topic"].String, part, offset)
	if err != nil {
		return Arrival{}, fmt.Errorf("a message without the attributes that say where it comes from: %w", err)
	}
	a := Arrival{Position: at, Group: m.GroupID, Ordered: ordered}
	switch m.Attributes["kafka_tombstone"].String {
	case "true":
		a.Content = ContentOf(nil)
		return a, nil
	case "empty":
		a.Content = ContentOf([]byte{})
		return a, nil
	}
	value := []byte(m.Body)
	if m.Attributes["content_encoding"].String == "base64" {
		if value, err = base64.StdEncoding.DecodeString(m.Body); err != nil {
			return Arrival{}, fmt.Errorf("%v is marked as base64 and is not: %w", at, err)
		}
	}
	a.Content = ContentOf(value)
	return a, nil
}

// deadLetter is a dead letter.
type deadLetter struct {
	Arrival
	destination string // empty where it had none
	reason      string
}

// readEnvelope reads a dead letter that was sent to a destination.
func readEnvelope(m *fake.Message) (deadLetter, error) {
	var e struct {
		Reason      string `json:"reason"`
		Destination string `json:"destination"`
		Source      string `json:"source"`
		Value       []byte `json:"value_base64"`
	}
	if err := json.Unmarshal([]byte(m.Body), &e); err != nil {
		return deadLetter{}, fmt.Errorf("reading a dead letter: %w", err)
	}
	return newDeadLetter(e.Source, e.Destination, e.Reason, e.Value)
}

func newDeadLetter(source, destination, reason string, value []byte) (deadLetter, error) {
	parts := strings.Split(source, "/")
	if len(parts) != 3 {
		return deadLetter{}, fmt.Errorf("a dead letter that comes from %q", source)
	}
	at, err := parsePosition(parts[0], parts[1], parts[2])
	return deadLetter{Arrival{Position: at, Content: ContentOf(value)}, destination, reason}, err
}

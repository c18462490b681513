package message

import (
	"encoding/json"
	"time"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// letterEnvelope is a dead letter as a message: everything that the Kafka form says in headers.
type letterEnvelope struct {
	Reason      Reason           `json:"reason"`
	Error       string           `json:"error"`
	Rule        string           `json:"rule,omitempty"`
	Destination string           `json:"destination,omitempty"`
	Source      string           `json:"source"`                 // topic/partition/offset
	SourceEpoch int32            `json:"source_epoch,omitempty"` // leader epoch that wrote the record; not said of the first
	Timestamp   string           `json:"timestamp"`
	Attempts    int              `json:"attempts"`
	Key         []byte           `json:"key_base64"`   // null for a null key
	Value       []byte           `json:"value_base64"` // null for a tombstone
	Headers     []envelopeHeader `json:"headers"`
	Batch       *letterBatch     `json:"batch,omitempty"` // of a letter that stands for a batch, and holds no record
}

type envelopeHeader struct {
	Name  string `json:"name"`
	Value []byte `json:"value_base64"`
}

// LetterMessage builds the message of a dead letter for a destination; again as in NewRecordInfo.
func LetterMessage(letter DeadLetter, origin *offsets.TopicIdentity, again *Resend, correlationID string, dest Destination) Message {
	r := letter.Record
	e := letterEnvelope{
		Reason:      letter.Reason,
		Error:       letter.Error,
		Rule:        letter.Rule,
		Destination: letter.Destination,
		Source:      letter.Source(),
		SourceEpoch: max(r.LeaderEpoch, 0),
		Timestamp:   letter.Time.UTC().Format(time.RFC3339Nano),
		Attempts:    letter.Attempts,
		Key:         r.Key,
		Value:       r.Value,
		Headers:     make([]envelopeHeader, len(r.Headers)),
		Batch:       newLetterBatch(letter.Batch),
	}
	for i, h := range r.Headers {
		e.Headers[i] = envelopeHeader{h.Key, h.Value}
	}
	body, err := json.Marshal(e)
	if err != nil {
		panic("encoding strings and bytes: " + err.Error()) // cannot happen
	}
	st, _ := NewRecordInfo(r, origin, again, correlationID, nil)
	attrs := dest.attach(nil, attribute.CorrelationID, st.CorrelationID)
	attrs = dest.attach(attrs, attribute.KafkaTopic, r.Topic)
	attrs = dest.attach(attrs, attribute.KafkaPosition, st.position)
	attrs = dest.attach(attrs, attribute.DeadLetterReason, string(letter.Reason))
	attrs = dest.attach(attrs, attribute.KafkaTimestamp, st.timestamp)
	attrs, rest := dest.separate(attrs, nil)
	m := Message{Body: body, Attributes: dest.fold(attrs, rest), CorrelationID: st.CorrelationID}
	if dest.FIFO {
		m.GroupID = st.group
		// Not the id of the record itself, which may have gone to the same queue, nor that of its
		// dead letter for another destination.
		m.DeduplicationID = string(appendID(nil, func(b []byte) []byte {
			b = append(append(b, st.deduplication...), ".dead-letter."...)
			return append(b, letter.Destination...)
		}))
	}
	m.Size = m.measure()
	return m
}

package message

import (
	"github.com/sluice-bridge/sluice/attribute"
)

// Message is what one delivery sends. The encoder builds it once and it is kept, unchanged,
// for every retry, so that a record leaves with the same ids however often it is sent.
type Message struct {
	// Body is never empty, is valid UTF-8 and holds only the characters SQS and SNS accept.
	Body []byte
	// Attributes are at most ten, with distinct names and values that are not empty.
	Attributes []Attribute
	// Types are the data types of attributes by name, where they are not String. They are the
	// destination's.
	Types AttributeTypes
	// GroupID is the message group id: set for every FIFO destination, and for a standard one
	// where fair queues are wanted. 1 to 128 characters of printable ASCII, no space.
	GroupID string
	// DeduplicationID is set for FIFO destinations only; same shape as GroupID.
	DeduplicationID string
	// TraceHeader is the X-Ray header for the AWSTraceHeader system attribute of SQS, or empty.
	TraceHeader string
	// Subject is the SNS subject, or empty.
	Subject string
	// CorrelationID is the record's, whether an attribute says it or not.
	CorrelationID string
	// Size in bytes as SQS and SNS count it: body, and name, type and value of each attribute.
	Size int
}

// Attribute is one message attribute: a value that is valid UTF-8, in the character set of
// Message.Body.
type Attribute struct {
	Name  string
	Value string
}

// DataType is the data type of an attribute; it counts towards the size.
func (m *Message) DataType(name string) string {
	if len(m.Types) == 0 {
		return attribute.String
	}
	return m.Types.of(name)
}

// measure returns the size of the message in bytes as SQS and SNS count it
// (Amazon SQS Developer Guide, "SQS message metadata": name, type and value each count).
func (m *Message) measure() int {
	n := len(m.Body)
	for i := range m.Attributes {
		n += len(m.Attributes[i].Name) + len(m.DataType(m.Attributes[i].Name)) + len(m.Attributes[i].Value)
	}
	return n
}

package sqs

import (
	"github.com/sluice-bridge/sluice/bridge/message"
)

// entryBytes is about what an entry takes beside its body and attributes.
const entryBytes = 256

// requestPrefix is the request body up to its first entry; it is the same for every batch.
func requestPrefix(url string) []byte {
	b := append([]byte(nil), `{"QueueUrl":"`...)
	b = appendEscaped(b, url)
	return append(b, `","Entries":[`...)
}

// appendRequest appends the JSON of a SendMessageBatch request. Entry ids are the positions in the
// batch, "0" to "9".
func appendRequest(b, prefix []byte, batch []*message.Message) []byte {
	need, longest := len(prefix), 0
	for _, m := range batch {
		need += max(m.Size, len(m.Body)) + len(m.Body)/8 + entryBytes
		longest = max(longest, len(m.Body))
	}
	need += 2 * min(longest, stretch) // appendEscaped asks for that much
	if cap(b)-len(b) < need {
		b = append(make([]byte, 0, len(b)+need), b...)
	}
	b = append(b, prefix...)
	for i, m := range batch {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"Id":"`...)
		b = append(b, '0'+byte(i))
		b = append(b, `","MessageBody":"`...)
		b = appendEscaped(b, m.Body)
		b = append(b, '"')
		b = appendAttributes(b, m)
		if m.TraceHeader != "" {
			b = append(b, `,"MessageSystemAttributes":{"AWSTraceHeader":{"DataType":"String","StringValue":"`...)
			b = appendEscaped(b, m.TraceHeader)
			b = append(b, `"}}`...)
		}
		if m.GroupID != "" {
			b = append(b, `,"MessageGroupId":"`...)
			b = appendEscaped(b, m.GroupID)
			b = append(b, '"')
		}
		if m.DeduplicationID != "" {
			b = append(b, `,"MessageDeduplicationId":"`...)
			b = appendEscaped(b, m.DeduplicationID)
			b = append(b, '"')
		}
		b = append(b, '}')
	}
	return append(b, `]}`...)
}

func appendAttributes(b []byte, m *message.Message) []byte {
	if len(m.Attributes) == 0 {
		return b
	}
	b = append(b, `,"MessageAttributes":{`...)
	for i := range m.Attributes {
		a := &m.Attributes[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = appendEscaped(b, a.Name)
		b = append(b, `":{"DataType":"`...)
		b = append(b, m.DataType(a.Name)...)
		b = append(b, `","StringValue":"`...)
		b = appendEscaped(b, a.Value)
		b = append(b, `"}`...)
	}
	return append(b, '}')
}

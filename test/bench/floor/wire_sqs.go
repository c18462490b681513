package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
)

// sqsWire is SendMessageBatch in the AWS JSON 1.0 protocol.
type sqsWire struct{}

var sqsHeaders = http.Header{
	"Content-Type": {"application/x-amz-json-1.0"},
	"X-Amz-Target": {"AmazonSQS.SendMessageBatch"},
}

func (sqsWire) service() string      { return "sqs" }
func (sqsWire) headers() http.Header { return sqsHeaders }

func (sqsWire) append(b []byte, target string, batch []*kgo.Record) []byte {
	b = append(b, `{"QueueUrl":"`...)
	b = append(b, target...)
	b = append(b, `","Entries":[`...)
	for i, r := range batch {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"Id":"`...)
		b = append(b, '0'+byte(i))
		b = append(b, `","MessageBody":"`...)
		b = appendEscaped(b, r.Value)
		b = append(b, `","MessageAttributes":{`...)
		for k, a := range attributes(r) {
			if k > 0 {
				b = append(b, ',')
			}
			b = append(b, '"')
			b = append(b, a.name...)
			b = append(b, `":{"DataType":"String","StringValue":"`...)
			b = append(b, a.value...)
			b = append(b, `"}`...)
		}
		b = append(b, `}}`...)
	}
	return append(b, `]}`...)
}

// appendEscaped appends the inside of a JSON string; the bench's values are text.
func appendEscaped(b, text []byte) []byte {
	from := 0
	for i, c := range text {
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		b = append(b, text[from:i]...)
		from = i + 1
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		default:
			b = append(b, '\\', 'u', '0', '0', "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		}
	}
	return append(b, text[from:]...)
}

// failed looks for the list first: an answer without one need not be parsed.
func (sqsWire) failed(answer []byte) ([]int, error) {
	if !bytes.Contains(answer, []byte(`"Failed"`)) {
		return nil, nil
	}
	var out struct{ Failed []struct{ ID string } }
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, err
	}
	var at []int
	for _, f := range out.Failed {
		n, err := strconv.Atoi(f.ID)
		if err != nil {
			return nil, err
		}
		at = append(at, n)
	}
	return at, nil
}

package main

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"net/url"
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
)

// snsWire is PublishBatch in the AWS Query protocol.
type snsWire struct{}

var snsHeaders = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}

func (snsWire) service() string      { return "sns" }
func (snsWire) headers() http.Header { return snsHeaders }

func (snsWire) append(b []byte, target string, batch []*kgo.Record) []byte {
	b = append(b, "Action=PublishBatch&Version=2010-03-31&TopicArn="...)
	b = append(b, url.QueryEscape(target)...)
	for i, r := range batch {
		b = appendEntry(b, i)
		b = append(b, "Id="...)
		b = append(b, '0'+byte(i))
		b = appendEntry(b, i)
		b = append(b, "Message="...)
		b = appendForm(b, r.Value)
		for k, a := range attributes(r) {
			b = appendAttribute(b, i, k)
			b = append(b, "Name="...)
			b = append(b, a.name...)
			b = appendAttribute(b, i, k)
			b = append(b, "Value.DataType=String"...)
			b = appendAttribute(b, i, k)
			b = append(b, "Value.StringValue="...)
			b = appendForm(b, a.value)
		}
	}
	return b
}

func appendEntry(b []byte, i int) []byte {
	b = append(b, "&PublishBatchRequestEntries.member."...)
	b = strconv.AppendInt(b, int64(i+1), 10)
	return append(b, '.')
}

func appendAttribute(b []byte, i, k int) []byte {
	b = appendEntry(b, i)
	b = append(b, "MessageAttributes.entry."...)
	b = append(b, '1'+byte(k), '.')
	return b
}

// appendForm appends text in percent-encoding.
func appendForm[T string | []byte](b []byte, text T) []byte {
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == '~':
			b = append(b, c)
		default:
			b = append(b, '%', "0123456789ABCDEF"[c>>4], "0123456789ABCDEF"[c&15])
		}
	}
	return b
}

func (snsWire) failed(answer []byte) ([]int, error) {
	if !bytes.Contains(answer, []byte("<Failed><")) {
		return nil, nil
	}
	var out struct {
		ID []int `xml:"PublishBatchResult>Failed>member>Id"`
	}
	if err := xml.Unmarshal(answer, &out); err != nil {
		return nil, err
	}
	return out.ID, nil
}

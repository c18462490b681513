package message_test

import (
	"math"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
)

func TestJSONEnvelopeIsWrittenToTheByte(t *testing.T) {
	whole := bridgetest.WithHeaders(bridgetest.Record(`{"a": 1}`), "tenant", "acme", "x", "1", "bin", "\xff\x00", "x", "2", "mixed", "a", "mixed", "\xfe",
		"x-correlation-id", "c \"1\"")
	whole.Headers = append(whole.Headers, kgo.RecordHeader{Key: "nil"}, kgo.RecordHeader{Key: "empty", Value: []byte{}},
		kgo.RecordHeader{Key: "x"}, kgo.RecordHeader{Key: "bin2", Value: []byte{1}}, kgo.RecordHeader{Key: "bin2"})
	binaryKey := bridgetest.Record("text")
	binaryKey.Key = []byte{0xff, 0}
	structuredKey := bridgetest.Record("1")
	structuredKey.Key = []byte(` {"id": 5}`)
	numberKey := bridgetest.Record("true")
	numberKey.Key = []byte("0017")
	nothing := bridgetest.Record("")
	nothing.Key, nothing.Value, nothing.Timestamp = nil, nil, time.Time{}
	empty := bridgetest.Record("")
	empty.Key, empty.Timestamp = []byte{}, time.UnixMilli(math.MaxInt64/1000)
	const place, made = `"topic":"orders","partition":3,"offset":1234567,`, `"correlation_id":"cluster.AQIDAAAAAAAAAAAAAAAAAA.3.1234567"}`
	for _, c := range []struct {
		r               *kgo.Record
		want, tombstone string
	}{
		{whole, `{"key":"k-1","value":{"a": 1},"headers":{"tenant":"acme","x":["1","2",null],"x-correlation-id":"c \"1\"","nil":null,"empty":""},` +
			`"headers_base64":{"bin":"/wA=","mixed":["YQ==","/g=="],"bin2":["AQ==",null]},` + place + `"timestamp":"2023-11-14T22:13:20.123Z","correlation_id":"c \"1\""}`, ""},
		{binaryKey, `{"key_base64":"/wA=","value":"text","headers":{},` + place + `"timestamp":"2023-11-14T22:13:20.123Z",` + made, ""},
		{structuredKey, `{"key": {"id": 5},"value":1,"headers":{},` + place + `"timestamp":"2023-11-14T22:13:20.123Z",` + made, ""},
		{numberKey, `{"key":"0017","value":true,"headers":{},` + place + `"timestamp":"2023-11-14T22:13:20.123Z",` + made, ""},
		{nothing, `{"key":null,"value":null,"headers":{},` + place + `"timestamp":null,` + made, "true"},
		{empty, `{"key":"","value":"","headers":{},` + place + `"timestamp":null,` + made, "empty"},
	} {
		m := encoding{dest: message.Destination{Envelope: message.EnvelopeJSON}}.must(t, c.r)
		if string(m.Body) != c.want {
			t.Errorf("got  %s\nwant %s", m.Body, c.want)
		}
		if bridgetest.Attribute(&m, attribute.KafkaTombstone) != c.tombstone || bridgetest.Attribute(&m, attribute.ContentEncoding) != "" {
			t.Errorf("%s: marked %q and %q", c.want, bridgetest.Attribute(&m, attribute.KafkaTombstone), bridgetest.Attribute(&m, attribute.ContentEncoding))
		}
	}
}

package message_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/cloudevents/sdk-go/v2/event"
	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// readEvent reads an event as others do, and checks that it is a valid one.
func readEvent(t testing.TB, body []byte) event.Event {
	t.Helper()
	var e event.Event
	if err := json.Unmarshal(body, &e); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	if err := e.Validate(); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return e
}

// The CloudEvents SDK reads what we write, and finds the value in it.
func TestCloudEventsAreReadByTheSDK(t *testing.T) {
	long := bridgetest.Record("long")
	long.Key = []byte(strings.Repeat("ø", 500))
	for _, c := range []struct {
		name     string
		format   codec.Format
		r        *kgo.Record
		kind     string // of the data
		data     string
		inBase64 bool
	}{
		{name: "object", r: bridgetest.Record(`{"a": 1.50, "b":"é\u00e9"}`), kind: "application/json", data: `{"a": 1.50, "b":"é\u00e9"}`},
		{name: "string", r: bridgetest.Record(`"abc"`), kind: "application/json", data: `"abc"`},
		{name: "text", r: bridgetest.Record("plain <text> & \"more\"\n€"), kind: "text/plain", data: "plain <text> & \"more\"\n€"},
		{name: "text topic", format: codec.FormatText, r: bridgetest.Record(`{"a":1}`), kind: "text/plain", data: `{"a":1}`},
		{name: "binary", r: bridgetest.Record("\xff\x00"), kind: "application/octet-stream", data: "\xff\x00", inBase64: true},
		{name: "bytes topic", format: codec.FormatBytes, r: bridgetest.Record(`{"a":1}`), kind: "application/octet-stream", data: `{"a":1}`, inBase64: true},
		{name: "long key", r: long, kind: "text/plain", data: "long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := encoding{dest: message.Destination{Envelope: message.EnvelopeCloudEvents}, format: c.format}.must(t, bridgetest.WithHeaders(c.r, "traceparent", bridgetest.Traceparent))
			e := readEvent(t, m.Body)
			if e.ID() != "cluster.AQIDAAAAAAAAAAAAAAAAAA.3.1234567" || e.Source() != "/kafka/orders" || e.Type() != "kafka.record" ||
				e.Subject() != string(c.r.Key) || !e.Time().Equal(c.r.Timestamp) {
				t.Errorf("%s", m.Body)
			}
			x := e.Extensions()
			if x["partitionkey"] != string(c.r.Key) || x["traceparent"] != bridgetest.Traceparent || x["correlationid"] != "4bf92f3577b34da6a3ce929d0e0e4736" || len(x) != 3 {
				t.Errorf("extensions %v", x)
			}
			if e.DataContentType() != c.kind || string(e.Data()) != c.data || e.DataBase64 != c.inBase64 {
				t.Errorf("%s %q in %s", e.DataContentType(), e.Data(), m.Body)
			}
			if bridgetest.Attribute(&m, attribute.ContentEncoding) != "" || bridgetest.Attribute(&m, attribute.KafkaTombstone) != "" {
				t.Errorf("%v", m.Attributes)
			}
		})
	}
}

func TestCloudEventOfATombstoneHasNoData(t *testing.T) {
	e := encoding{dest: message.Destination{Envelope: message.EnvelopeCloudEvents}}
	r := bridgetest.Record("")
	r.Value = nil
	m := e.must(t, r)
	if got := readEvent(t, m.Body); got.Data() != nil || got.DataContentType() != "" || bridgetest.Attribute(&m, attribute.KafkaTombstone) != "true" {
		t.Errorf("%s, marked %q", m.Body, bridgetest.Attribute(&m, attribute.KafkaTombstone))
	}
	r.Value = []byte{}
	m = e.must(t, r)
	if got := readEvent(t, m.Body); len(got.Data()) != 0 || got.DataContentType() != "text/plain" || bridgetest.Attribute(&m, attribute.KafkaTombstone) != "empty" {
		t.Errorf("%s, marked %q", m.Body, bridgetest.Attribute(&m, attribute.KafkaTombstone))
	}
}

// A CloudEvent, to the byte, and one of a record that has next to nothing.
func TestCloudEventsAreWrittenToTheByte(t *testing.T) {
	e := encoding{dest: message.Destination{Envelope: message.EnvelopeCloudEvents}, route: routing.Destination{
		Body: "value.detail", CloudEvents: routing.CloudEvents{Type: "value.type", Source: "value.source", Subject: "value.id"},
	}}
	m := e.must(t, bridgetest.WithHeaders(bridgetest.Record(`{"type":"order.paid","source":"/shop/orders?x=%20#y","id":"o-1","detail":{"total": 5.0}}`), "x-correlation-id", "c-1", "traceparent", "none"))
	want := `{"specversion":"1.0","id":"cluster.AQIDAAAAAAAAAAAAAAAAAA.3.1234567","source":"/shop/orders?x=%20#y","type":"order.paid",` +
		`"time":"2023-11-14T22:13:20.123Z","subject":"o-1","partitionkey":"k-1","correlationid":"c-1","datacontenttype":"application/json","data":{"total": 5.0}}`
	if string(m.Body) != want {
		t.Errorf("got  %s\nwant %s", m.Body, want)
	}
	readEvent(t, m.Body)

	// Null and empty results stand for the defaults, and a key with a tab can be no attribute.
	e.route.Body = ""
	bare := bridgetest.WithHeaders(bridgetest.Record(`{"type":null,"source":"","n":1}`), "x-correlation-id", "c\t1")
	bare.Key, bare.Timestamp = []byte("a\tb"), time.Time{}
	m = e.must(t, bare)
	want = `{"specversion":"1.0","id":"cluster.AQIDAAAAAAAAAAAAAAAAAA.3.1234567","source":"/kafka/orders","type":"kafka.record",` +
		`"datacontenttype":"application/json","data":{"type":null,"source":"","n":1}}`
	if string(m.Body) != want {
		t.Errorf("got  %s\nwant %s", m.Body, want)
	}
	readEvent(t, m.Body)
}

// What CloudEvents does not take as an attribute is refused, with its place.
func TestCloudEventsRefuseBadAttributes(t *testing.T) {
	for place, exprs := range map[string][]string{
		"cloudevents.source":  {`"/a b"`, `"/ø"`, `"a\\b"`, `"%zz"`, `"/a\n"`},
		"cloudevents.type":    {`"a\u0085"`, `"\ufdd0"`, `"\U0001fffe"`},
		"cloudevents.subject": {`"a\t"`, `string(1 / int(value.zero))`},
	} {
		for _, expr := range exprs {
			e := encoding{dest: message.Destination{Envelope: message.EnvelopeCloudEvents}}
			switch place {
			case "cloudevents.source":
				e.route.CloudEvents.Source = expr
			case "cloudevents.type":
				e.route.CloudEvents.Type = expr
			default:
				e.route.CloudEvents.Subject = expr
			}
			_, err := e.of(t, bridgetest.Record(`{"zero":0}`))
			var at *message.EncodeError
			if !errors.As(err, &at) || at.Path != place {
				t.Errorf("%s: %v", expr, err)
			}
		}
	}
}

// Whatever a record holds, its event is valid, says the same at each sending, and holds the value.
func TestCloudEventOfAnyRecordIsValid(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := &kgo.Record{
			Topic: rapid.StringMatching(`[A-Za-z0-9._-]{1,40}`).Draw(rt, "topic"), Offset: rapid.Int64Min(0).Draw(rt, "offset"),
			Timestamp: time.UnixMilli(rapid.Int64().Draw(rt, "time")),
			Key:       rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Map(rapid.String(), toBytes)).Draw(rt, "key"),
			Value: rapid.OneOf(rapid.SliceOfN(rapid.Byte(), 1, 50), rapid.Map(rapid.StringN(1, 30, -1), toBytes), rapid.Map(rapid.String(), func(s string) []byte {
				b, _ := json.Marshal(map[string]string{s: s})
				return b
			})).Draw(rt, "value"),
		}
		bridgetest.WithHeaders(r, "x-correlation-id", rapid.String().Draw(rt, "correlation"), "traceparent", rapid.SampledFrom([]string{bridgetest.Traceparent, "x"}).Draw(rt, "trace"))
		e := encoding{dest: message.Destination{Envelope: message.EnvelopeCloudEvents}}
		m := e.must(t, r)
		if again := e.must(t, r); string(again.Body) != string(m.Body) {
			rt.Errorf("once %s, then %s", m.Body, again.Body)
		}
		got := readEvent(t, m.Body)
		have, want := string(got.Data()), string(r.Value)
		if got.DataContentType() == "application/json" { // spaces around it are anybody's
			have, want = strings.TrimSpace(have), strings.TrimSpace(want)
		}
		if have != want {
			rt.Errorf("%q came back as %q", want, have)
		}
	})
}

func toBytes(s string) []byte { return []byte(s) }

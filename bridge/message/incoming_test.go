package message_test

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// inBinary is a record that is an event in binary mode, with further headers.
func inBinary(value string, headers ...string) *kgo.Record {
	return bridgetest.WithHeaders(bridgetest.Record(value), append([]string{
		"ce_specversion", "1.0", "ce_id", "e-1", "ce_source", "/shop", "ce_type", "order.paid", "ce_time", "2026-01-31T10:00:00.123456Z",
	}, headers...)...)
}

func TestIncomingCloudEventStaysTheSame(t *testing.T) {
	const (
		own      = `"partitionkey":"k-1","correlationid":"4bf92f3577b34da6a3ce929d0e0e4736"`
		trace    = `"traceparent":"` + bridgetest.Traceparent + `"`
		began    = `{"specversion":"1.0","id":"e-1","source":"/shop","type":"order.paid","time":"2026-01-31T10:00:00.123456Z",`
		added    = `"partitionkey":"k-1",` + trace + `,"correlationid":"4bf92f3577b34da6a3ce929d0e0e4736",`
		wrapping = `{"specversion":"1.0","id":"cluster.AQIDAAAAAAAAAAAAAAAAAA.3.1234567","source":"/kafka/orders","type":"kafka.record","time":"2023-11-14T22:13:20.123Z","subject":"k-1",` + added
	)
	said := routing.CloudEvents{Type: `"said"`, Source: `"/said"`, Subject: `"said"`}
	for _, c := range []struct {
		name   string
		r      *kgo.Record
		format codec.Format
		route  routing.Destination
		want   string
	}{
		{name: "binary, JSON", r: inBinary(`{"a": 1.0}`, "content-type", "application/json; charset=utf-8"),
			want: began + added + `"datacontenttype":"application/json; charset=utf-8","data":{"a": 1.0}}`},
		{name: "binary, JSON that is not said", r: inBinary(`{"a": 1.0}`), want: began + added + `"datacontenttype":"application/json","data":{"a": 1.0}}`},
		{name: "binary, a text that could be JSON", r: inBinary(`12`, "content-type", "text/plain"), want: began + added + `"datacontenttype":"text/plain","data":"12"}`},
		{name: "binary, no JSON", r: inBinary(`{`, "content-type", "application/json"), want: began + added + `"datacontenttype":"text/plain","data":"{"}`},
		{name: "binary, bytes", format: codec.FormatBytes, r: inBinary("\xff", "content-type", "application/avro"),
			want: began + added + `"datacontenttype":"application/avro","data_base64":"/w=="}`},
		{name: "binary, extensions", r: inBinary("{}", "ce_subject", "o-1", "ce_dataschema", "https://s/1", "ce_tenant", `a "b"`, "ce_Odd", "x", "ce_", "y", "ce_data", "z", "ce_empty", "", "ce_partitionkey", "p"),
			want: began + `"subject":"o-1","dataschema":"https://s/1","tenant":"a \"b\"","partitionkey":"p",` + trace + `,"correlationid":"4bf92f3577b34da6a3ce929d0e0e4736","datacontenttype":"application/json","data":{}}`},
		{name: "binary, reshaped", r: inBinary(`{"a":[1]}`, "content-type", "text/x", "ce_dataschema", "https://s/1"), route: routing.Destination{Body: "value.a", CloudEvents: said},
			want: `{"specversion":"1.0","id":"e-1","source":"/said","type":"said","time":"2026-01-31T10:00:00.123456Z","subject":"said",` + added + `"datacontenttype":"application/json","data":[1]}`},
		{name: "binary, without a time", r: bridgetest.WithHeaders(bridgetest.Record("{}"), "ce_specversion", "1.0", "ce_id", "e-1", "ce_source", "/shop", "ce_type", "t"),
			want: `{"specversion":"1.0","id":"e-1","source":"/shop","type":"t",` + added + `"datacontenttype":"application/json","data":{}}`},

		{name: "structured", r: bridgetest.Record(`{"specversion":"1.0","id":"e-1","source":"/shop","type":"order.paid","time":"2026-01-31T10:00:00.123456Z","n":7,"traceparent":"x","datacontenttype":"application/json","data": {"a": 1.0}}`),
			want: began + `"n":7,"traceparent":"x",` + own + `,"datacontenttype":"application/json","data":{"a": 1.0}}`},
		{name: "structured, that says so, behind a mark", r: bridgetest.WithHeaders(bridgetest.Record("\xef\xbb\xbf"+`{"data_base64":"/w==","type":"t","id":"1","source":"s","specversion":"1.0"}`), "content-type", "application/cloudevents+json; charset=UTF-8", "ce_specversion", "1.0"),
			want: `{"specversion":"1.0","type":"t","id":"1","source":"s",` + added + `"data_base64":"/w=="}`},
		{name: "structured, reshaped", r: bridgetest.Record(`{"specversion":"1.0","id":"1","source":"s","type":"t","subject":"x","dataschema":"https://s/1","datacontenttype":"text/x","data":{"a":1}}`),
			route: routing.Destination{Body: "value.data.a", CloudEvents: said},
			want:  `{"specversion":"1.0","id":"1","source":"/said","type":"said","subject":"said",` + added + `"datacontenttype":"application/json","data":1}`},

		{name: "structured, null for none", r: bridgetest.Record(`{"specversion":"1.0","id":"1","source":"s","type":"t","time":"now","time":null,"subject":null,"datacontenttype":null,"dataschema":null,"correlationid":null,"partitionkey":null,"Odd Name":null,"data_base64":null,"data":null}`),
			want: `{"specversion":"1.0","id":"1","source":"s","type":"t",` + added + `"data":null}`},
		{name: "structured, times in lower case", r: bridgetest.Record(`{"specversion":"1.0","id":"1","source":"s","type":"t","time":"2026-01-31t10:00:00.5z"}`),
			want: `{"specversion":"1.0","id":"1","source":"s","type":"t","time":"2026-01-31T10:00:00.5Z",` + strings.TrimSuffix(added, ",") + `}`},
		{name: "binary, times in lower case", r: inBinary("{}", "ce_time", "2026-01-31t10:00:00.123456z"), want: began + added + `"datacontenttype":"application/json","data":{}}`},
		{name: "binary, a type of data that is none", r: inBinary("{}", "content-type", "text/", "ce_datacontenttype", "text/"), want: began + added + `"datacontenttype":"application/json","data":{}}`},
		{name: "structured, extensions", r: bridgetest.Record(`{"specversion":"1.0","id":"1","source":"s","type":"t","a":true,"b":-7,"c":"","partitionkey":1}`),
			want: `{"specversion":"1.0","id":"1","source":"s","type":"t","a":true,"b":-7,"c":"","partitionkey":1,` + trace + `,"correlationid":"4bf92f3577b34da6a3ce929d0e0e4736"}`},

		{name: "another version", r: bridgetest.Record(`{"specversion":"0.3","id":"1","source":"s","type":"t"}`), want: wrapping + `"datacontenttype":"application/json","data":{"specversion":"0.3","id":"1","source":"s","type":"t"}}`},
		{name: "not all that it needs", r: bridgetest.Record(`{"specversion":"1.0","id":"","source":"s","type":"t"}`), want: wrapping + `"datacontenttype":"application/json","data":{"specversion":"1.0","id":"","source":"s","type":"t"}}`},
		{name: "a source that is none", r: inBinary("{}", "ce_source", "/a b"), want: wrapping + `"datacontenttype":"application/json","data":{}}`},
		{name: "a time that is none", r: inBinary("{}", "ce_time", "now"), want: wrapping + `"datacontenttype":"application/json","data":{}}`},
		{name: "several", r: bridgetest.Record(`[{"specversion":"1.0","id":"1","source":"s","type":"t"}]`), want: wrapping + `"datacontenttype":"application/json","data":[{"specversion":"1.0","id":"1","source":"s","type":"t"}]}`},
		{name: "a text topic", format: codec.FormatText, r: bridgetest.Record(`{"specversion":"1.0","id":"1","source":"s","type":"t"}`),
			want: wrapping + `"datacontenttype":"text/plain","data":"{\"specversion\":\"1.0\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := encoding{dest: message.Destination{Envelope: message.EnvelopeCloudEvents}, route: c.route, format: c.format}.must(t, bridgetest.WithHeaders(c.r, "traceparent", bridgetest.Traceparent))
			if string(m.Body) != c.want {
				t.Errorf("got  %s\nwant %s", m.Body, c.want)
			}
			readEvent(t, m.Body)
		})
	}
	r := inBinary("")
	r.Value = nil
	m := encoding{dest: message.Destination{Envelope: message.EnvelopeCloudEvents}}.must(t, r)
	if e := readEvent(t, m.Body); e.ID() != "e-1" || e.Data() != nil || bridgetest.Attribute(&m, attribute.KafkaTombstone) != "true" {
		t.Errorf("a tombstone: %s", m.Body)
	}
}

// What is no CloudEvent to others is data of one.
func TestRecordThatIsNoCloudEventIsDataOfOne(t *testing.T) {
	t.Parallel()
	for _, member := range []string{
		`"Weird Ext":{"a":1}`, `"ext":{"a":1}`, `"ext":[]`, `"Ext":"x"`, `"":"x"`, `"ex_t":null,"ex-t":"x"`, `"ext":1.5`, `"ext":2147483648`, `"ext":1e2`,
		`"partitionkey":{}`, `"traceparent":[1]`,
		`"id":7`, `"type":null`, `"source":null`, `"specversion":1.0`,
		`"subject":""`, `"subject":7`, `"subject":{}`, `"dataschema":7`, `"dataschema":"/s/1"`, `"dataschema":"a b"`,
		`"datacontenttype":7`, `"datacontenttype":"text/"`, `"datacontenttype":""`,
		`"time":7`, `"time":""`, `"time":"2026-01-31"`,
		`"data_base64":"!"`, `"data_base64":7`, `"data_base64":"/w==","data":1`,
	} {
		value := `{"specversion":"1.0","id":"1","source":"s","type":"t",` + member + `}`
		m := encoding{dest: message.Destination{Envelope: message.EnvelopeCloudEvents}}.must(t, bridgetest.Record(value))
		if e := readEvent(t, m.Body); e.Type() != "kafka.record" || string(e.Data()) != value {
			t.Errorf("%s: %s", member, m.Body)
		}
	}
	for _, header := range [][2]string{{"ce_dataschema", "/s/1"}, {"ce_time", "2026-01-31"}} {
		m := encoding{dest: message.Destination{Envelope: message.EnvelopeCloudEvents}}.must(t, inBinary("{}", header[0], header[1]))
		if e := readEvent(t, m.Body); e.Type() != "kafka.record" {
			t.Errorf("%s: %s", header, m.Body)
		}
	}
}

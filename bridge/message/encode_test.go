package message_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/bridge/sns"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/quota"
	"github.com/sluice-bridge/sluice/routing"
)

// encoding is an encoder for one destination, and the rule that leads there.
type encoding struct {
	dest   message.Destination
	route  routing.Destination
	rule   map[string]string // attributes
	field  string            // of the correlation id
	origin offsets.TopicIdentity
	again  *message.Resend
	format codec.Format // JSON where nothing is said
	json   bool         // is delivered
}

func (e encoding) of(t testing.TB, r *kgo.Record) (message.Message, error) {
	t.Helper()
	e.route.Name, e.dest.Name = "d", "d"
	if e.dest.Profile == (message.Profile{}) {
		e.dest.Profile = sqs.Profile
	}
	if e.origin == (offsets.TopicIdentity{}) {
		e.origin = offsets.NewTopicIdentity("cluster", r.Topic, [16]byte{1, 2, 3})
	}
	table, err := routing.Compile(routing.Options{
		Rules:        []routing.Rule{{Name: "all", To: []string{"d"}, Attributes: e.rule}},
		Destinations: []routing.Destination{e.route}, Unmatched: "drop",
	})
	if err != nil {
		t.Fatal(err)
	}
	correlation, err := routing.CompileCorrelation([]string{"x-correlation-id"}, e.field)
	if err != nil {
		t.Fatal(err)
	}
	reading := readingOf(t, e.format)
	reading.DeliverJSON = e.json
	encoder := message.NewEncoder(table, correlation, []message.Destination{e.dest})
	x := pipeline.NewExplainer(encoder, func(string) pipeline.Reading { return reading }, false)
	var out pipeline.Explanation
	if err := x.Explain(r, e.origin, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Deliveries) != 1 {
		t.Fatalf("%d deliveries", len(out.Deliveries))
	}
	if e.again != nil {
		var m message.Message
		st, _ := message.NewRecordInfo(r, &e.origin, e.again, out.Event.CorrelationID, nil)
		st.Value = r.Value
		_, err := encoder.Encode(&m, &out.Event, &st, out.Decision.Targets[0])
		return m, err
	}
	return out.Deliveries[0].Message, out.Deliveries[0].Err
}

// must encodes and checks that AWS would take the message.
func (e encoding) must(t testing.TB, r *kgo.Record) message.Message {
	t.Helper()
	m, err := e.of(t, r)
	if err != nil {
		t.Fatal(err)
	}
	e.check(t, &m)
	return m
}

// check holds a message to what SQS and SNS take.
func (e encoding) check(t testing.TB, m *message.Message) {
	t.Helper()
	if len(m.Body) == 0 || !message.Allowed(string(m.Body)) {
		t.Errorf("body %q", m.Body)
	}
	if len(m.Attributes) > quota.Attributes {
		t.Errorf("%d attributes", len(m.Attributes))
	}
	size, names := len(m.Body), map[string]bool{}
	for _, a := range m.Attributes {
		if names[a.Name] || a.Value == "" || !message.Allowed(a.Value) {
			t.Errorf("attribute %s = %q, seen before: %v", a.Name, a.Value, names[a.Name])
		}
		names[a.Name] = true
		size += len(a.Name) + len(m.DataType(a.Name)) + len(a.Value)
	}
	if m.Size != size {
		t.Errorf("size %d, want %d", m.Size, size)
	}
	if e.dest.FIFO != (m.DeduplicationID != "") || e.dest.FIFO && m.GroupID == "" {
		t.Errorf("ids %q and %q, FIFO %v", m.GroupID, m.DeduplicationID, e.dest.FIFO)
	}
	for _, id := range []string{m.GroupID, m.DeduplicationID} {
		if id != "" && (len(id) > 128 || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })) {
			t.Errorf("id %q", id)
		}
	}
}

func TestMessageTellsTopicPositionAndKey(t *testing.T) {
	m := encoding{}.must(t, bridgetest.Record(`{"a":1}`))
	for name, want := range map[string]string{
		attribute.KafkaTopic: "orders", attribute.KafkaPosition: "3:1234567", attribute.KafkaTimestamp: "1700000000123", attribute.KafkaKey: "k-1",
		attribute.KafkaTombstone: "", attribute.ContentEncoding: "", attribute.Traceparent: "",
	} {
		if got := bridgetest.Attribute(&m, name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if m.GroupID != "" || m.DeduplicationID != "" || m.TraceHeader != "" || m.Subject != "" {
		t.Errorf("%+v", m)
	}
}

// A body comes out byte for byte as it went in, or in base64 and marked.
func TestBodyIsSentAsItIsOrInBase64(t *testing.T) {
	for _, body := range []string{
		"{\"a\": \"\\u0000\" }\r\n\t", "<html>&amp;</html>", "ø€😀", "\ufeffwith a mark", " ", "null", strings.Repeat("x", 1<<20),
	} {
		m := encoding{}.must(t, bridgetest.Record(body))
		if !bytes.Equal(m.Body, []byte(body)) || bridgetest.Attribute(&m, attribute.ContentEncoding) != "" {
			t.Errorf("%.40q became %.40q", body, m.Body)
		}
	}
	for _, body := range []string{"\xff\xfe", "a\x00b", "caf\xe9", "\uffff", "tail\xe2\x82"} {
		m := encoding{}.must(t, bridgetest.Record(body))
		if got, err := base64.StdEncoding.DecodeString(string(m.Body)); err != nil || string(got) != body || bridgetest.Attribute(&m, attribute.ContentEncoding) != "base64" {
			t.Errorf("%q became %q, marked %q", body, m.Body, bridgetest.Attribute(&m, attribute.ContentEncoding))
		}
	}
}

// SQS refuses an empty body: no value, and an empty one, are told apart by an attribute.
func TestAbsentAndEmptyValuesAreToldApart(t *testing.T) {
	r := bridgetest.Record("")
	r.Value = nil
	if m := (encoding{}).must(t, r); string(m.Body) != "null" || bridgetest.Attribute(&m, attribute.KafkaTombstone) != "true" {
		t.Errorf("%s, %q", m.Body, bridgetest.Attribute(&m, attribute.KafkaTombstone))
	}
	r.Value = []byte{}
	if m := (encoding{}).must(t, r); string(m.Body) != "null" || bridgetest.Attribute(&m, attribute.KafkaTombstone) != "empty" {
		t.Errorf("%s, %q", m.Body, bridgetest.Attribute(&m, attribute.KafkaTombstone))
	}
}

// Ten attributes are the limit: of our own, key and trace context share one where there are four
// configured ones and a mark.
func TestAttributesStayWithinTheLimitOfTen(t *testing.T) {
	e := encoding{
		route: routing.Destination{Attributes: map[string]string{"one": `"1"`, "two": `"2"`}},
		rule:  map[string]string{"three": `"3"`, "four": `"4"`},
	}
	r := bridgetest.WithHeaders(bridgetest.Record("x"), "traceparent", bridgetest.Traceparent)
	if m := e.must(t, r); len(m.Attributes) != 10 || bridgetest.Attribute(&m, attribute.KafkaKey) != "k-1" || bridgetest.Attribute(&m, attribute.Traceparent) != bridgetest.Traceparent {
		t.Errorf("%v", m.Attributes)
	}
	r.Value = []byte{0xff}
	m := e.must(t, r)
	var folded map[string]string
	if err := json.Unmarshal([]byte(bridgetest.Attribute(&m, attribute.Headers)), &folded); err != nil {
		t.Fatal(err)
	}
	if len(m.Attributes) != 10 || folded[attribute.KafkaKey] != "k-1" || folded[attribute.Traceparent] != bridgetest.Traceparent || bridgetest.Attribute(&m, "four") != "4" {
		t.Errorf("%v", m.Attributes)
	}
	r.Key = nil
	if m := e.must(t, r); bridgetest.Attribute(&m, attribute.Traceparent) != bridgetest.Traceparent || bridgetest.Attribute(&m, attribute.Headers) != "" {
		t.Errorf("folded although it fits: %v", m.Attributes)
	}
}

// AWS refuses empty attributes: what has no value is left out.
func TestEmptyAttributesAreLeftOut(t *testing.T) {
	e := encoding{rule: map[string]string{"gone": "value.nothing", "empty": `""`, "kept": "value.a", "null": "value.n"}}
	r := bridgetest.Record(`{"a":1,"n":null}`)
	r.Key = []byte{}
	m := e.must(t, r)
	if bridgetest.Attribute(&m, "kept") != "1" || len(m.Attributes) != 5 {
		t.Errorf("%v", m.Attributes)
	}
}

func TestKeyThatCannotBeSentIsLeftOut(t *testing.T) {
	for key, want := range map[string]string{"\xff": "", "a\x00": "", "ø": "ø"} {
		r := bridgetest.Record("x")
		r.Key = []byte(key)
		if got := bridgetest.Attribute(&[]message.Message{encoding{}.must(t, r)}[0], attribute.KafkaKey); got != want {
			t.Errorf("key %q gives %q", key, got)
		}
	}
}

func TestGroupIDComesFromExpressionKeyOrPartition(t *testing.T) {
	fifo := encoding{dest: message.Destination{FIFO: true}}
	group := func(e encoding, key string) string {
		r := bridgetest.Record(`{"account":"a 1","id":"x7"}`)
		r.Key = []byte(key)
		return e.must(t, r).GroupID
	}
	if got := group(fifo, "k-1"); got != "k-1" {
		t.Errorf("the key gives %q", got)
	}
	if got := group(fifo, ""); got != "orders/3" {
		t.Errorf("no key gives %q", got)
	}
	for _, key := range []string{"with space", "\xff\x00", strings.Repeat("k", 129), "ü"} {
		if got := group(fifo, key); len(got) != 64 || got != group(fifo, key) || got == group(fifo, key+"x") {
			t.Errorf("%.20q gives %q", key, got)
		}
	}
	by := func(expr string) encoding {
		return encoding{dest: message.Destination{FIFO: true}, route: routing.Destination{GroupID: expr}}
	}
	if got := group(by("value.id"), "k"); got != "x7" {
		t.Errorf("an expression gives %q", got)
	}
	if got := group(by("value.account"), "k"); len(got) != 64 {
		t.Errorf("a value that is no id gives %q", got)
	}
	if got := group(by("value.nothing"), "k"); got != "k" {
		t.Errorf("an expression without a value gives %q", got)
	}
	fair := encoding{route: routing.Destination{GroupID: "value.id"}}
	if got := group(fair, "k"); got != "x7" {
		t.Errorf("a fair queue's group is %q", got)
	}
}

// The deduplication id is a function of cluster, topic id, partition, offset and leader epoch, and of
// nothing else. Another record at the same offset, after an unclean election, has a later epoch.
func TestDeduplicationIDDependsOnPositionOnly(t *testing.T) {
	id := func(cluster string, topic byte, change func(*kgo.Record)) string {
		r := bridgetest.Record("x")
		change(r)
		return encoding{dest: message.Destination{FIFO: true}, origin: offsets.NewTopicIdentity(cluster, r.Topic, [16]byte{topic})}.must(t, r).DeduplicationID
	}
	same := func(r *kgo.Record) { r.Value, r.Timestamp, r.Key = []byte("other"), time.Now(), nil }
	first := id("c", 1, func(*kgo.Record) {})
	if got := id("c", 1, same); got != first {
		t.Errorf("%q and %q for one record", first, got)
	}
	if !strings.HasPrefix(first, "c.") || !strings.HasSuffix(first, ".3.1234567") {
		t.Errorf("%q", first)
	}
	seen := map[string]bool{first: true}
	for what, other := range map[string]string{
		"cluster":   id("c2", 1, same),
		"topic id":  id("c", 2, same),
		"partition": id("c", 1, func(r *kgo.Record) { r.Partition = 31 }),
		"offset":    id("c", 1, func(r *kgo.Record) { r.Offset = 234567 }),
		"epoch":     id("c", 1, func(r *kgo.Record) { r.LeaderEpoch = 1 }),
		"epoch 12":  id("c", 1, func(r *kgo.Record) { r.LeaderEpoch = 12 }),
	} {
		if seen[other] {
			t.Errorf("another %s gives %q again", what, other)
		}
		seen[other] = true
	}
	if unknown := id("c", 1, func(r *kgo.Record) { r.LeaderEpoch = -1 }); unknown != first {
		t.Errorf("%q where the epoch is not known, %q where it is the first", unknown, first)
	}
	if long := id(strings.Repeat("c", 100), 1, same); len(long) != 64 {
		t.Errorf("%q", long)
	}
	if old := (encoding{dest: message.Destination{FIFO: true}, origin: offsets.NewTopicIdentity("c", "orders", [16]byte{})}).must(t, bridgetest.Record("x")).DeduplicationID; old != "c.orders.3.1234567" {
		t.Errorf("a broker without topic ids gives %q", old)
	}
}

func TestCorrelationIDComesFromHeaderFieldOrTrace(t *testing.T) {
	e := encoding{field: "value.cid"}
	made := "cluster.AQIDAAAAAAAAAAAAAAAAAA.3.1234567"
	for _, c := range []struct {
		name, value, want string
		headers           []string
	}{
		{"header", `{"cid":"f"}`, "h", []string{"x-correlation-id", "h", "traceparent", bridgetest.Traceparent}},
		{"field", `{"cid":"f"}`, "f", []string{"traceparent", bridgetest.Traceparent}},
		{"trace id", `{}`, "4bf92f3577b34da6a3ce929d0e0e4736", []string{"traceparent", bridgetest.Traceparent}},
		{"made", `{}`, made, nil},
		{"empty header", `{}`, made, []string{"x-correlation-id", ""}},
		{"header that cannot be sent", `{}`, made, []string{"x-correlation-id", "a\x01b"}},
		{"header that is no text", `{"cid":"f"}`, "f", []string{"x-correlation-id", "\xff"}},
	} {
		m := e.must(t, bridgetest.WithHeaders(bridgetest.Record(c.value), c.headers...))
		if got := bridgetest.Attribute(&m, attribute.CorrelationID); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTraceHeaderIsMadeOfTraceparent(t *testing.T) {
	r := bridgetest.WithHeaders(bridgetest.Record("x"), "traceparent", bridgetest.Traceparent)
	const want = "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1"
	if m := (encoding{}).must(t, r); m.TraceHeader != want {
		t.Errorf("%q", m.TraceHeader)
	}
	if m := (encoding{dest: message.Destination{Profile: sns.Profile}}).must(t, r); m.TraceHeader != "" || bridgetest.Attribute(&m, attribute.Traceparent) != bridgetest.Traceparent {
		t.Errorf("SNS: %q, %q", m.TraceHeader, bridgetest.Attribute(&m, attribute.Traceparent))
	}
	for _, bad := range []string{"nonsense", "\xff", bridgetest.Traceparent[:54], "00-" + strings.Repeat("0", 32) + bridgetest.Traceparent[35:]} {
		if m := (encoding{}).must(t, bridgetest.WithHeaders(bridgetest.Record("x"), "traceparent", bad)); m.TraceHeader != "" {
			t.Errorf("%q gives %q", bad, m.TraceHeader)
		}
	}
}

func TestSubjectThatSNSRefusesIsAFailure(t *testing.T) {
	e := encoding{dest: message.Destination{Profile: sns.Profile}, route: routing.Destination{Subject: "value.s"}}
	subject := func(s string) *kgo.Record {
		text, _ := json.Marshal(map[string]string{"s": s})
		return bridgetest.Record(string(text))
	}
	for _, ok := range []string{"", "hello", strings.Repeat("ø", 100)} {
		if m := e.must(t, subject(ok)); m.Subject != ok {
			t.Errorf("%q became %q", ok, m.Subject)
		}
	}
	for _, bad := range []string{strings.Repeat("x", 101), "two\nlines", "tab\t", "bell\a"} {
		_, err := e.of(t, subject(bad))
		var at *message.EncodeError
		if !errors.As(err, &at) || at.Path != "subject" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestEncodeFailureNamesItsPlace(t *testing.T) {
	for place, e := range map[string]encoding{
		"attributes.a": {rule: map[string]string{"a": `"a\u0001b"`}},
		"attributes.b": {rule: map[string]string{"b": "string(1 / (int(value.zero)))"}},
		"group_id":     {route: routing.Destination{GroupID: "string(1 / (int(value.zero)))"}, dest: message.Destination{FIFO: true}},
	} {
		_, err := e.of(t, bridgetest.Record(`{"zero":0}`))
		var at *message.EncodeError
		if !errors.As(err, &at) || at.Path != place {
			t.Errorf("%s: %v", place, err)
		}
	}
}

// FuzzEncode: whatever a record holds, its message is one that AWS takes.
func FuzzEncode(f *testing.F) {
	f.Add([]byte("k"), []byte(`{"a":"x"}`), "x-correlation-id", []byte("c"), "topic", int64(5))
	f.Add([]byte{0xff}, []byte{}, "traceparent", []byte(bridgetest.Traceparent), "", int64(-1))
	f.Add([]byte(nil), []byte("\xff\x00"), "", []byte(nil), strings.Repeat("t", 249), int64(1)<<62)
	f.Add([]byte("\u2028<&>\""), []byte("{\"a\":\"\\u0001\"}"), "traceparent", []byte("\t"), "t", int64(0))
	f.Fuzz(func(t *testing.T, key, value []byte, name string, header []byte, topic string, offset int64) {
		if !message.Allowed(topic) || topic == "" || strings.HasPrefix(topic, "/") {
			t.Skip("Kafka has no such topic")
		}
		r := &kgo.Record{Topic: topic, Key: key, Value: value, Offset: offset, Timestamp: time.UnixMilli(offset / 1000),
			Headers: []kgo.RecordHeader{{Key: name, Value: header}, {Key: "traceparent", Value: []byte(bridgetest.Traceparent)}, {Key: name, Value: header}}}
		for _, e := range []encoding{
			{},
			{dest: message.Destination{FIFO: true}, route: routing.Destination{GroupID: "value.a"}},
			{dest: message.Destination{Envelope: message.EnvelopeJSON, Headers: message.NewHeaderFilter([]string{"*"})}, rule: map[string]string{"one": "key"}},
			{dest: message.Destination{Envelope: message.EnvelopeCloudEvents}, format: codec.FormatText,
				route: routing.Destination{Body: "value", CloudEvents: routing.CloudEvents{Type: "key", Source: "key"}}},
			{dest: message.Destination{Headers: message.NewHeaderFilter([]string{"*"})}, route: routing.Destination{Body: "{'v': value, 'h': headers}"},
				rule: map[string]string{"one": "value.a", "two": "key", "three": "headers", "four": "value"}},
			{dest: message.Destination{Profile: sns.Profile, FIFO: true}, field: "value.a", route: routing.Destination{Subject: "value.a"},
				rule: map[string]string{"one": "value.a", "two": "key", "three": "headers", "four": "value"}},
		} {
			m, err := e.of(t, r)
			var at *message.EncodeError
			switch {
			case err == nil:
				e.check(t, &m)
			case !errors.As(err, &at):
				t.Errorf("%v", err)
			}
		}
	})
}

// A destination that leads where another one does has ids of its own, which AWS takes however long
// they get.
func TestNamedDestinationHasDeduplicationIDsOfItsOwn(t *testing.T) {
	r := &kgo.Record{Topic: "t", Partition: 3, Offset: 42, Value: []byte("{}")}
	plain := encoding{dest: message.Destination{FIFO: true}}.must(t, r)
	named := encoding{dest: message.Destination{FIFO: true, NamedID: true}}.must(t, r)
	if want := plain.DeduplicationID + "/d"; named.DeduplicationID != want {
		t.Errorf("%q, want %q", named.DeduplicationID, want)
	}
	long := encoding{dest: message.Destination{FIFO: true, NamedID: true}, origin: offsets.NewTopicIdentity(strings.Repeat("c", 100), "t", [16]byte{1})}
	if id := long.must(t, r).DeduplicationID; len(id) != 64 {
		t.Errorf("%q", id)
	}
}

func readingOf(t testing.TB, format codec.Format) pipeline.Reading {
	t.Helper()
	d, err := codec.NewDecoder(codec.Options{Format: format})
	if err != nil {
		t.Fatal(err)
	}
	return pipeline.Reading{Decoder: d}
}

package simulate

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// expected is what has to arrive of a record.
type expected struct {
	body       string
	attributes map[string]string
	group      string // of a FIFO destination
}

// message returns what a destination has to get of a record.
func (s *Setup) message(r *record, d *Destination) expected {
	m := expected{attributes: map[string]string{
		"correlation_id": r.name(), "kafka_topic": r.topic, "kafka_position": fmt.Sprintf("%d:%d", r.partition, r.offset),
		"kafka_timestamp": strconv.FormatInt(r.stamp, 10),
	}}
	switch {
	case len(r.key) == 0 || !sendable(r.key):
	case d.topic() && !filterable(r.key):
		m.attributes["kafka_headers_base64"] = base64.StdEncoding.EncodeToString([]byte(`{"kafka_key":` + quoted(string(r.key)) + "}"))
	default:
		m.attributes["kafka_key"] = string(r.key)
	}
	switch {
	case r.value == nil:
		m.attributes["kafka_tombstone"] = "true"
	case len(r.value) == 0:
		m.attributes["kafka_tombstone"] = "empty"
	}
	value, isJSON, isBytes := s.Reads[r.topic].sends(&r.content)
	switch {
	case d.Envelope:
		m.body = envelope(r, value, isJSON, isBytes)
	case len(value) == 0:
		m.body = "null"
	case !sendable(value):
		m.body, m.attributes["content_encoding"] = base64.StdEncoding.EncodeToString(value), "base64"
	default:
		m.body = string(value)
	}
	if d.fifo() {
		m.group = r.group()
	}
	return m
}

// size is what counts against the limits of a service.
func (m expected) size() int {
	n := len(m.body)
	for name, value := range m.attributes {
		n += len(name) + len("String") + len(value)
	}
	return n
}

// differs says how a message that arrived is not as it has to be; empty where it is.
func (m expected) differs(got fake.Message) string {
	if got.Body != m.body {
		return fmt.Sprintf("its body is %s and not %s", clip(got.Body), clip(m.body))
	}
	attributes := map[string]string{}
	for name, a := range got.Attributes {
		attributes[name] = a.String
	}
	if !maps.Equal(attributes, m.attributes) {
		return fmt.Sprintf("its attributes are %v and not %v", attributes, m.attributes)
	}
	if got.GroupID != m.group {
		return fmt.Sprintf("its message group is %q and not %q", got.GroupID, m.group)
	}
	return ""
}

func clip(s string) string {
	const most = 120
	if len(s) <= most {
		return strconv.Quote(s)
	}
	return fmt.Sprintf("%q… (%d bytes)", s[:most], len(s))
}

// name is what a record is called in the correlation id.
func (r *record) name() string { return "r" + strconv.Itoa(r.id) }

// group is the message group of a record: its key, or its place where it has none, as far as that may be
// one (Amazon SQS API Reference, SendMessage).
func (r *record) group() string {
	id := r.key
	if len(id) == 0 {
		id = fmt.Appendf(nil, "%s/%d", r.topic, r.partition)
	}
	if len(id) > 128 || slices.ContainsFunc(id, func(c byte) bool { return c <= ' ' || c > '~' }) {
		sum := sha256.Sum256(id)
		return hex.EncodeToString(sum[:])
	}
	return string(id)
}

// sendable says whether SQS and SNS take bytes as text (Amazon SQS API Reference, SendMessage).
func sendable(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	return !bytes.ContainsFunc(b, func(c rune) bool {
		return c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0xFFFE || c == 0xFFFF
	})
}

// filterable says whether SNS filters by an attribute with this text: it has to be a JSON string as it stands (Amazon
// SNS Developer Guide, "Amazon SNS message attributes").
func filterable(b []byte) bool { return json.Valid([]byte(`"` + string(b) + `"`)) }

// envelope is a body with envelope: json.
func envelope(r *record, value []byte, isJSON, isBytes bool) string {
	isObject := bytes.HasPrefix(r.key, []byte("{"))
	stamp := "null"
	if at := time.UnixMilli(r.stamp).UTC(); r.stamp != -1 && at.Year() >= 0 && at.Year() <= 9999 {
		stamp = at.Format(`"2006-01-02T15:04:05.000Z"`)
	}
	return fmt.Sprintf(`{%s,%s%s,"topic":%s,"partition":%d,"offset":%d,"timestamp":%s,"correlation_id":%s}`,
		field("key", r.key, isObject, false), field("value", value, isJSON, isBytes), headerMembers(r.headers),
		quoted(r.topic), r.partition, r.offset, stamp, quoted(r.name()))
}

func field(name string, value []byte, isJSON, isBytes bool) string {
	switch {
	case value == nil:
		return fmt.Sprintf(`"%s":null`, name)
	case isBytes || !sendable(value):
		return fmt.Sprintf(`"%s_base64":"%s"`, name, base64.StdEncoding.EncodeToString(value))
	case isJSON:
		return fmt.Sprintf(`"%s":%s`, name, value)
	}
	return fmt.Sprintf(`"%s":%s`, name, quoted(string(value)))
}

// headerMembers are the headers of an envelope: those of one name together, and those that are no text
// apart.
func headerMembers(headers []kgo.RecordHeader) string {
	var texts, binary string
	for i, h := range headers {
		if slices.ContainsFunc(headers[:i], func(o kgo.RecordHeader) bool { return o.Key == h.Key }) {
			continue // it is with the first of its name
		}
		var all []string
		text := true
		for _, o := range headers[i:] {
			if o.Key == h.Key {
				text = text && sendable(o.Value)
				all = append(all, string(o.Value))
			}
		}
		write := quoted
		if !text {
			write = func(s string) string { return quoted(base64.StdEncoding.EncodeToString([]byte(s))) }
		}
		value := write(all[0])
		if len(all) > 1 {
			value = "["
			for j, v := range all {
				if j > 0 {
					value += ","
				}
				value += write(v)
			}
			value += "]"
		}
		if text {
			texts += "," + quoted(h.Key) + ":" + value
		} else {
			binary += "," + quoted(h.Key) + ":" + value
		}
	}
	out := `,"headers":{` + strings.TrimPrefix(texts, ",") + "}"
	if binary != "" {
		out += `,"headers_base64":{` + binary[1:] + "}"
	}
	return out
}

func quoted(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string, into memory
	return string(bytes.TrimSpace(b.Bytes()))
}

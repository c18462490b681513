package simulate

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"
)

// idHeader names the record in everything that becomes of it: the bridge takes its value as the
// correlation id, and a dead letter keeps the header.
const idHeader = "x-correlation-id"

// content is what a record holds, and what there is to know of it without looking into the bytes.
type content struct {
	key, value []byte // nil for null
	headers    []kgo.RecordHeader
	doc        document // what a reader of JSON sees in the value
	encoded    *encoded // how the value is framed by a schema; nil where it is not
}

// document is what rules can see of a value.
type document struct {
	valid  bool // it is JSON
	object bool
	kind   int  // -1 for none
	number int  // the field n; -1 for none
	items  int  // of the list of that name, which a costly expression runs over
	quoted bool // it is a text that holds an object
}

var nothing = document{kind: -1, number: -1}

// fill makes the content of a record. Some records of a burst are of its flavours.
func (b *Burst) fill(r random, sc *Scenario, rec *record, key int) {
	c := &rec.content
	c.key = []byte("k" + strconv.Itoa(key))
	c.headers = []kgo.RecordHeader{{Key: idHeader, Value: []byte("r" + strconv.Itoa(rec.id))}}
	f := &filler{random: r, scenario: sc, burst: b, record: rec, key: key}
	f.fields = map[string]any{"id": rec.id, "kind": rec.kind, "pad": strings.Repeat("x", b.Size)}
	if rec.kind < 0 {
		delete(f.fields, "kind")
	}
	c.doc = document{valid: true, object: true, kind: rec.kind, number: -1}
	f.encode()
	if len(b.Flavours) == 0 || !r.one(3) {
		return
	}
	for _, name := range []string{pick(r, b.Flavours), pick(r, b.Flavours)} {
		rec.flavours = append(rec.flavours, name)
		flavours[name](f)
	}
}

// filler fills the content of one record.
type filler struct {
	random
	scenario *Scenario
	burst    *Burst
	record   *record
	key      int
	fields   map[string]any
}

// encode writes the fields as the topic is read at first.
func (f *filler) encode() {
	c := &f.record.content
	text, _ := json.Marshal(f.fields)
	c.value, c.encoded = text, nil
	if format := f.scenario.Setup.Reads[f.burst.Topic].Format; hasSchemas(format) {
		c.encoded = encode(format, f.record.id, f.record.kind, f.fields["pad"].(string), f.IntN(schemasOf[format].count))
		c.value = c.encoded.framed()
		c.doc = nothing
	}
}

// raw sets a value that is no object like those of plain records.
func (f *filler) raw(value []byte, doc document) {
	f.record.content.value, f.record.content.doc, f.record.content.encoded = value, doc, nil
}

// flavours are what records may be beside plain ones; each changes the key, the value, or the headers.
var flavours = map[string]func(f *filler){
	"no key":     func(f *filler) { f.record.key = nil },
	"empty key":  func(f *filler) { f.record.key = []byte{} },
	"binary key": func(f *filler) { f.record.key = []byte{0xff, 0, byte(f.key)} },
	"long key":   func(f *filler) { f.record.key = fmt.Appendf(nil, "%s%d", strings.Repeat("long", 40), f.key) },
	"odd key":    func(f *filler) { f.record.key = fmt.Appendf(nil, "käy %d", f.key) },
	"json key":   func(f *filler) { f.record.key = fmt.Appendf(nil, `{"key":%d}`, f.key) },

	"headers": func(f *filler) {
		f.record.headers = append(f.record.headers, kgo.RecordHeader{Key: "tenant", Value: []byte("a")},
			kgo.RecordHeader{Key: "tenant", Value: []byte("b")}, kgo.RecordHeader{Key: "sum", Value: []byte{0xff, 1}})
	},

	"tombstone": func(f *filler) { f.raw(nil, nothing) },
	"empty":     func(f *filler) { f.raw([]byte{}, nothing) },
	"binary":    func(f *filler) { f.raw([]byte{0xff, 0xfe, 0, byte(f.record.id)}, nothing) },
	"text":      func(f *filler) { f.raw(fmt.Appendf(nil, "no JSON: %d\n<ü>", f.record.id), nothing) },
	"control":   func(f *filler) { f.raw(fmt.Appendf(nil, "bell \x07 %d", f.record.id), nothing) },
	"cut off":   func(f *filler) { f.raw(fmt.Appendf(nil, `{"id":%d,"kind":1`, f.record.id), nothing) },
	"array": func(f *filler) {
		f.raw(fmt.Appendf(nil, `[%d]`, f.record.id), document{valid: true, kind: -1, number: -1})
	},
	"number": func(f *filler) {
		f.raw(fmt.Appendf(nil, ` %d`, f.record.id), document{valid: true, kind: -1, number: -1})
	},
	"null": func(f *filler) { f.raw([]byte("null"), document{valid: true, kind: -1, number: -1}) },
	"deep": func(f *filler) {
		f.raw([]byte(`{"kind":1,"in":`+strings.Repeat("[", 2000)+strings.Repeat("]", 2000)+"}"), nothing)
	},
	"spaced": func(f *filler) { // no byte of it may be lost
		doc := document{valid: true, object: true, kind: f.record.kind, number: -1}
		f.raw(fmt.Appendf(nil, "{ \"kind\" : %d,\n\t\"big\":12345678901234567890.10, \"é\":\"\\u00e9\\/\" }\r\n", f.record.kind), doc)
	},
	"positive": func(f *filler) { f.numbered(1) },
	"zero":     func(f *filler) { f.numbered(0) },
	"list":     func(f *filler) { f.listed(100) },
	"costly": func(f *filler) {
		if f.one(8) { // each takes as long as ten thousand others
			f.listed(1500)
			return
		}
		f.listed(100)
	},

	"near limit": func(f *filler) { f.sized(pick(f.random, f.scenario.limits()) - overhead + f.IntN(60) - 30) },
	"oversized": func(f *filler) {
		if f.one(40) { // each is copied a dozen times on its way
			f.sized(4<<20 + 1000) // beyond what any service may take
			return
		}
		f.sized(pick(f.random, f.scenario.limits()) * 5 / 4)
	},

	"unknown id": func(f *filler) {
		f.frame(&encoded{format: "avro", id: 1_000_000 + uint32(f.IntN(1_000_000)), payload: []byte("1234")})
	},
	"no id": func(f *filler) {
		f.raw(fmt.Appendf(nil, `{"id":%d}`, f.record.id), document{valid: true, object: true, kind: -1, number: -1})
	},
	"other type": func(f *filler) {
		other := map[string]string{"avro": "protobuf", "protobuf": "json_schema", "json_schema": "avro"}[f.scenario.Setup.Reads[f.burst.Topic].Format]
		if other == "" {
			other = "avro"
		}
		f.frame(encode(other, f.record.id, 1, "", 0))
	},
	"misfit": func(f *filler) {
		format := f.scenario.Setup.Reads[f.burst.Topic].Format
		if !hasSchemas(format) {
			format = "avro"
		}
		f.frame(&encoded{format: format, id: schemasOf[format].first, payload: []byte{0x80, 0x80}})
	},
}

// overhead is about what a record has beside the padding of its value, with attributes.
const overhead = 175

func (f *filler) numbered(n int) {
	f.raw(fmt.Appendf(nil, `{"id":%d,"kind":%d,"n":%d}`, f.record.id, f.record.kind, n),
		document{valid: true, object: true, kind: f.record.kind, number: n})
}

func (f *filler) listed(n int) {
	f.raw(fmt.Appendf(nil, `{"id":%d,"kind":%d,"items":[1%s]}`, f.record.id, f.record.kind, strings.Repeat(",1", n-1)),
		document{valid: true, object: true, kind: f.record.kind, number: -1, items: n})
}

func (f *filler) sized(n int) {
	f.raw(fmt.Appendf(nil, `{"id":%d,"kind":%d,"pad":"%s"}`, f.record.id, f.record.kind, strings.Repeat("y", max(n, 0))),
		document{valid: true, object: true, kind: f.record.kind, number: -1})
}

// frame sets a value that names a schema.
func (f *filler) frame(e *encoded) {
	f.raw(e.framed(), nothing)
	f.record.encoded = e
}

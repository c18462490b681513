//go:build !race

package protobuf

import (
	"bytes"
	"errors"
	"runtime"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/sluice-bridge/sluice/codec/schema"
)

const protoShapes = `syntax = "proto3";
message M {
  repeated M all = 1;
  M one = 2;
  map<string, M> dict = 3;
  repeated int32 numbers = 4;
  repeated string texts = 5;
  repeated bool flags = 6 [packed = false];
  map<int32, int32> small = 7;
  int32 a = 8; int32 b = 9; int32 c = 10; int32 d = 11; int32 e = 12; int32 f = 13; int32 g = 14; int32 h = 15;
  repeated double doubles = 16;
  string text = 17;
}`

// What the library makes of a payload is known before, whatever its shape, and not known as far more.
func TestSizeOfDecodedPayloadIsKnownBefore(t *testing.T) {
	typ, err := parseText(&schema.Source{Text: protoShapes})
	if err != nil {
		t.Fatal(err)
	}
	const n = 20000
	times := func(piece ...byte) []byte { return bytes.Repeat(piece, n) }
	field := func(number protowire.Number, inside []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, number, protowire.BytesType), inside)
	}
	distinct := func(number protowire.Number, key protowire.Type) (b []byte) {
		for i := range n {
			entry := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), uint64(i))
			if key == protowire.BytesType {
				entry = field(1, []byte{'a' + byte(i%26), 'a' + byte(i/26%26), 'a' + byte(i/676%26), 'a' + byte(i/17576)})
			}
			b = append(b, field(number, entry)...)
		}
		return b
	}
	deep := []byte{}
	for range 900 {
		deep = field(2, deep)
	}
	for name, payload := range map[string][]byte{
		"empty messages":     times(10, 0),
		"messages in such":   times(10, 2, 10, 0),
		"of one number":      times(10, 2, 64, 1),
		"of eight numbers":   times(10, 16, 64, 1, 72, 1, 80, 1, 88, 1, 96, 1, 104, 1, 112, 1, 120, 1),
		"of ten fields":      times(10, 21, 64, 1, 72, 1, 80, 1, 88, 1, 96, 1, 104, 1, 112, 1, 120, 1, 18, 0, 138, 1, 0),
		"a text of each":     times(10, 11, 138, 1, 8, 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
		"deep":               bytes.Repeat(field(1, deep), 20),
		"maps of messages":   distinct(3, protowire.BytesType),
		"maps of numbers":    distinct(7, protowire.VarintType),
		"packed":             field(4, times(1)),
		"packed doubles":     field(16, times(0, 0, 0, 0, 0, 0, 0, 0)),
		"not packed":         times(48, 1),
		"empty texts":        times(42, 0),
		"texts":              times(42, 3, 'a', 'b', 'c'),
		"a map in each":      times(10, 4, 58, 2, 8, 1),
		"an entry in each":   times(10, 2, 58, 0),
		"a dict in each":     times(10, 2, 26, 0),
		"a set dict in each": times(10, 6, 26, 4, 18, 2, 64, 1),
		"three of a map":     times(10, 12, 58, 2, 8, 1, 58, 2, 8, 2, 58, 2, 8, 3),
		"maps by turns":      times(10, 16, 58, 2, 8, 1, 26, 2, 10, 0, 58, 2, 8, 2, 26, 2, 10, 0),
		"a list in each":     times(10, 3, 34, 1, 1),
		"unknown":            times(160, 6, 1),
		"unknown in each":    times(10, 3, 160, 6, 1),
		"the same again":     times(138, 1, 4, 'a', 'b', 'c', 'd'),
		"one long text":      field(17, times('x')),
		"unknown group":      times(163, 6, 164, 6),
		"messages, ordinary": bytes.Repeat(field(1, append([]byte{64, 1}, field(17, []byte("a text of it"))...)), n),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			s := sizer{left: 1 << 40}
			if err := s.message(typ.top[0].desc, payload, sizeMessage+sizeFields, 0); err != nil {
				t.Fatal(err)
			}
			w := jsonWriter{tree: -1 << 40}
			runtime.GC()
			runtime.ReadMemStats(&before)
			msg, _, err := w.parse(typ.top[0], payload)
			if err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			made, known := int(after.HeapAlloc-before.HeapAlloc), 1<<40-s.left
			if made > known+64<<10 || made > sizeMost*len(payload)+64<<10 {
				t.Errorf("%d bytes are made, %d known, most %d", made, known, sizeMost*len(payload))
			}
			if known > 5*made+2*n*sizeField {
				t.Errorf("%d bytes are made of what is taken for %d", made, known)
			}
			runtime.KeepAlive(msg)
		})
	}
}

// A value that would take too much is refused before any of it is made.
func TestPayloadThatTakesTooMuchIsRefusedUnread(t *testing.T) {
	typ, err := parseText(&schema.Source{Text: protoShapes})
	if err != nil {
		t.Fatal(err)
	}
	for name, payload := range map[string][]byte{
		"messages": bytes.Repeat([]byte{10, 0}, 4<<20),
		"packed":   protowire.AppendBytes([]byte{34}, bytes.Repeat([]byte{1}, 8<<20)),
		"groups":   protowire.AppendBytes([]byte{10}, bytes.Repeat([]byte{10, 2, 18, 0}, 1<<20)),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := typ.top[0].Transcode(nil, payload)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, errTree) {
				t.Errorf("got %v", err)
			}
			if made := after.TotalAlloc - before.TotalAlloc; made > 1<<20 {
				t.Errorf("%d bytes were made on the way", made)
			}
		})
	}
	ordinary := append([]byte{64, 1}, protowire.AppendString(protowire.AppendTag(nil, 17, protowire.BytesType), "twenty bytes of text")...)
	large := bytes.Repeat(protowire.AppendBytes([]byte{10}, ordinary), 1<<20/len(ordinary))
	if out, err := typ.top[0].Transcode(nil, large); err != nil || strings.Count(string(out), "twenty") != 1<<20/len(ordinary) {
		t.Errorf("a MiB of small messages: %v", err)
	}
	var counts []byte
	for i := 0; len(counts) < 1<<20; i++ {
		counts = protowire.AppendBytes(append(counts, 58), append(protowire.AppendVarint([]byte{8}, uint64(i)), 16, 1))
	}
	if _, err := typ.top[0].Transcode(nil, counts); err != nil {
		t.Errorf("a MiB of a map of numbers: %v", err)
	}
}

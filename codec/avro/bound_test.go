//go:build !race

package avro

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"testing"

	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/codec/schema"
)

// What decodes to more than there may be ends early, wherever it is that it grows.
func TestDecodedValueIsBounded(t *testing.T) {
	long := func(n int, c byte) []byte {
		return append(binary.AppendVarint(nil, int64(n)), bytes.Repeat([]byte{c}, n)...)
	}
	const rows = 1 << 20
	for name, c := range map[string]struct {
		schema  string
		payload []byte
	}{
		"escapes":       {`"string"`, long(8<<20, 1)},
		"a long text":   {`"string"`, long(jsontext.MaxDecoded, 'a')},
		"base64":        {`"bytes"`, long(14<<20, 0)},
		"empty records": {`{"type":"array","items":{"type":"record","name":"R","fields":[]}}`, append(binary.AppendVarint(nil, 1<<40), 0)},
		"rows of nulls": {`{"type":"array","items":{"type":"record","name":"R","fields":[{"name":"a_long_name_of_a_field","type":["null","string"]}]}}`,
			append(append(binary.AppendVarint(nil, rows), make([]byte, rows)...), 0)},
		"keys": {`{"type":"map","values":"null"}`, append(append(binary.AppendVarint(nil, 1), long(8<<20, 1)...), 0)},
	} {
		t.Run(name, func(t *testing.T) {
			typ, err := parseText(&schema.Source{Text: c.schema})
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			out, err := typ.Transcode(nil, c.payload)
			runtime.ReadMemStats(&after)
			if !errors.Is(err, jsontext.ErrTooLarge) && !errors.Is(err, errIdle) {
				t.Errorf("%d bytes, %v", len(out), err)
			}
			if made := after.TotalAlloc - before.TotalAlloc; made > 8*jsontext.MaxDecoded { // as it grows
				t.Errorf("%d MiB were made", made>>20)
			}
		})
	}
}

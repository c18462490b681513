package codec

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/codectest"
)

const avroPoint = `{"type":"record","name":"P","fields":[{"name":"x","type":"int"}]}`

func TestFormatsWithSchemasNeedARegistry(t *testing.T) {
	for _, f := range []Format{FormatAvro, FormatProtobuf, FormatJSONSchema} {
		if _, err := NewDecoder(Options{Format: f}); err == nil {
			t.Errorf("%s goes without a registry", f)
		}
	}
	if _, err := NewDecoder(Options{Format: "xml"}); err == nil {
		t.Error("xml is taken for a format")
	}
}

func TestDecoderReadsPlainFormatsAsDecodeDoes(t *testing.T) {
	for _, f := range []Format{"", FormatJSON, FormatText, FormatBytes} {
		d := newDecoder(t, f, nil)
		for _, raw := range [][]byte{nil, {}, []byte(`{"a":1}`), []byte(`{"a":`), {0, 0, 0, 0, 1, 2}} {
			for _, want := range []bool{true, false} {
				got, err := d.Decode(raw, want)
				same := Decode(d.Format(), raw, want)
				if err != nil || string(got.JSON) != string(same.JSON) || (got.JSON == nil) != (same.JSON == nil) ||
					(got.Raw == nil) != (raw == nil) || got.Binary != same.Binary {
					t.Errorf("%q %q: %+v, %v; Decode says %+v", f, raw, got, err, same)
				}
			}
		}
	}
}

func TestUnwantedValueIsNotLookedUp(t *testing.T) {
	_, registry := fakeRegistry(t)
	d := newDecoder(t, FormatAvro, registry)
	for _, raw := range [][]byte{[]byte("garbage"), framed(1, nil)} {
		v, err := d.Decode(raw, false)
		if err != nil || v.JSON != nil || string(v.Raw) != string(raw) {
			t.Errorf("%q: %+v, %v", raw, v, err)
		}
	}
	if len(registry.pending) != 0 {
		t.Error("the registry was asked")
	}
}

func TestDecoderLeavesTombstoneEmpty(t *testing.T) {
	_, registry := fakeRegistry(t)
	for _, f := range []Format{FormatAvro, FormatProtobuf, FormatJSONSchema} {
		for _, raw := range [][]byte{nil, {}} {
			if v, err := newDecoder(t, f, registry).Decode(raw, true); err != nil || v.JSON != nil {
				t.Errorf("%s: %+v, %v", f, v, err)
			}
		}
	}
}

func TestUndecodableValueTellsItsReason(t *testing.T) {
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeAvro, avroPoint)
	seed(fake, 2, sr.TypeProtobuf, `syntax = "proto3"; message M {}`)
	seed(fake, 3, sr.TypeAvro, `{"type":"record","name":"P"}`)
	seed(fake, 4, sr.TypeJSON, `{}`)
	cases := []struct {
		name   string
		raw    []byte
		reason Reason
		text   string
	}{
		{"JSON", []byte(`{"x":1}`), ReasonHeader, "does not begin with a schema id"},
		{"too short", []byte{0, 0, 0, 1}, ReasonHeader, "does not begin with a schema id"},
		{"GUID before the value", append([]byte{1}, make([]byte, 20)...), ReasonHeader, "does not begin with a schema id"},
		{"Apicurio", append(make([]byte, 8), 7, 2, 4), ReasonHeader, "but as with Apicurio Registry with ids of eight bytes; see docs/formats.md"},
		{"Glue", append([]byte{3, 5}, make([]byte, 16)...), ReasonHeader, "but as with AWS Glue Schema Registry"},
		{"Azure", append(make([]byte, 4), "0123456789abcdef0123456789abcdef"...), ReasonHeader, "but as with Azure Schema Registry"},
		{"Cloudera", []byte{1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 1, 2}, ReasonHeader, "but as with Cloudera Schema Registry"},
		{"single object", []byte("\xc3\x01fingerprint"), ReasonHeader, "but as with Avro's single-object encoding"},
		{"a file", []byte("Obj\x01"), ReasonHeader, "but as with an Avro container file"},
		{"JSON behind a mark", []byte("\xef\xbb\xbf{}"), ReasonHeader, "but is JSON; give the topic format: json"},
		{"id 0", framed(0, []byte{2}), ReasonUnknownSchema, "schema 0: no registry gives out such an id, so"},
		{"negative id", framed(-1, []byte{2}), ReasonUnknownSchema, "schema -1"},
		{"unknown", framed(99, []byte{2}), ReasonUnknownSchema, "schema 99"},
		{"Protobuf", framed(2, []byte{0}), ReasonSchemaType, "protobuf and the topic's format is avro"},
		{"JSON Schema", framed(4, []byte{0}), ReasonSchemaType, "json_schema and the topic's format is avro"},
		{"bad schema", framed(3, []byte{0}), ReasonBadSchema, "schema 3"},
		{"bad data", framed(1, []byte{2, 2}), ReasonData, "does not fit schema 1"},
	}
	d := newDecoder(t, FormatAvro, registry)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v, err := decodeSoon(t, d, c.raw)
			wantUndecodable(t, err, c.reason, c.text)
			if string(v.Raw) != string(c.raw) || v.JSON != nil {
				t.Errorf("the value is %+v", v)
			}
		})
	}
}

func TestDecoderReadsValuesOfJSONSchema(t *testing.T) {
	fake, registry := fakeRegistry(t)
	seed(fake, 5, sr.TypeJSON, `{"type":"object","required":["b"]}`)
	seed(fake, 6, sr.TypeAvro, avroPoint)
	d := newDecoder(t, FormatJSONSchema, registry)
	v, err := decodeSoon(t, d, framed(5, []byte(`{"a":1}`)))
	if err != nil || string(v.JSON) != `{"a":1}` || len(v.Raw) != 12 || v.Binary {
		t.Errorf("%+v, %v", v, err)
	}
	_, err = decodeSoon(t, d, framed(5, []byte(`{"a":`)))
	wantUndecodable(t, err, ReasonData, "it ends too early")
	_, err = decodeSoon(t, d, framed(6, []byte(`{"a":1}`)))
	wantUndecodable(t, err, ReasonSchemaType, "it is of type avro and the topic's format is json_schema")
	_, err = decodeSoon(t, d, framed(7, []byte(`{"a":1}`)))
	wantUndecodable(t, err, ReasonUnknownSchema, "does not have it")
	_, err = d.Decode([]byte(`{"a":1}`), true)
	wantUndecodable(t, err, ReasonHeader, "does not begin")
}

func TestSchemaIsFoundByGUIDInHeader(t *testing.T) {
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeAvro, avroPoint)
	seed(fake, 2, sr.TypeProtobuf, codectest.ProtoOrder)
	seed(fake, 3, sr.TypeJSON, `{}`)
	fake.Intercept(func(w http.ResponseWriter, r *http.Request) bool { // as registries do, without the id
		if !strings.Contains(r.URL.Path, "/guids/") || strings.HasSuffix(r.URL.Path, "/ids") {
			return false
		}
		for id := 1; id <= 3; id++ {
			if s, _ := fake.GetSchema(fmt.Sprintf("s%d", id), 1); strings.HasSuffix(r.URL.Path, s.GUID) {
				_ = json.NewEncoder(w).Encode(s.Schema)
			}
		}
		return true
	})
	guid := func(id int, rest ...byte) []byte {
		s, ok := fake.GetSchema(fmt.Sprintf("s%d", id), 1)
		if !ok || s.GUID == "" {
			t.Fatal("the fake has no GUID")
		}
		h := []byte{1}
		for i := 0; i < len(s.GUID); {
			if s.GUID[i] == '-' {
				i++
				continue
			}
			var b byte
			if _, err := fmt.Sscanf(s.GUID[i:i+2], "%02x", &b); err != nil {
				t.Fatal(err)
			}
			h = append(h, b)
			i += 2
		}
		return append(h, rest...)
	}
	cases := []struct {
		name        string
		format      Format
		header, raw []byte
		want        string
	}{
		{"GUID", FormatAvro, guid(1), []byte{4}, `{"x":2}`},
		{"id", FormatAvro, framed(1, nil), []byte{4}, `{"x":2}`},
		{"none", FormatAvro, nil, framed(1, []byte{4}), `{"x":2}`},
		{"message indexes", FormatProtobuf, guid(2, 0), []byte{10, 1, 'x'}, `{"id":"x"}`},
		{"JSON", FormatJSONSchema, guid(3), []byte(`[1]`), `[1]`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d := newDecoder(t, c.format, registry).WithSubjects("t", true)
			for {
				changed := registry.Changed()
				v, err := d.DecodeWithHeader(c.header, c.raw, true)
				if errors.Is(err, ErrPending) {
					<-changed
					continue
				}
				if err != nil || string(v.JSON) != c.want {
					t.Errorf("%s, %v", v.JSON, err)
				}
				if v.Schema.Subject != fmt.Sprintf("s%d", v.Schema.ID) || v.Schema.Version != 1 {
					t.Errorf("%+v", v.Schema)
				}
				return
			}
		})
	}
	_, err := newDecoder(t, FormatAvro, registry).DecodeWithHeader([]byte("x"), []byte{4}, true)
	wantUndecodable(t, err, ReasonHeader, "header holds no schema id")
}

func TestDecodedValueStaysWhileOthersAreDecoded(t *testing.T) {
	fake, registry := fakeRegistry(t)
	for id := 1; id <= 8; id++ {
		seed(fake, id, sr.TypeAvro, fmt.Sprintf(`{"type":"record","name":"P","fields":[{"name":"x%d","type":"int"}]}`, id))
	}
	d := newDecoder(t, FormatAvro, registry)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			var kept []Value
			for i := range 200 {
				v, err := decodeSoon(t, d, framed(1+(g+i)%8, []byte{byte(2 * (i % 64))}))
				if err != nil {
					t.Error(err)
					return
				}
				kept = append(kept, v)
			}
			for i, v := range kept {
				if want := fmt.Sprintf(`{"x%d":%d}`, 1+(g+i)%8, i%64); string(v.JSON) != want {
					t.Errorf("got %s, want %s", v.JSON, want)
				}
			}
		})
	}
	wg.Wait()
}

// Whatever stands in a record, decoding ends and says what it is.
func FuzzDecoder(f *testing.F) {
	fake, registry := fakeRegistry(f)
	seed(fake, 1, sr.TypeAvro, codectest.FuzzAvro)
	seed(fake, 2, sr.TypeProtobuf, codectest.ProtoOrder)
	decoders := []*Decoder{newDecoder(f, FormatAvro, registry), newDecoder(f, FormatProtobuf, registry), newDecoder(f, FormatJSONSchema, registry)}
	f.Add([]byte{}, framed(1, codectest.EncodeAvro(f, codectest.FuzzAvro, codectest.FuzzAvroValue())))
	f.Add([]byte{}, framed(2, []byte{10, 1, 'x'}, 1, 0))
	f.Add(framed(2, []byte{0}), []byte{10, 1, 'x'})
	f.Fuzz(func(t *testing.T, header, raw []byte) {
		for _, d := range decoders {
			v, err := d.DecodeWithHeader(header, raw, true)
			var no *UndecodableError
			if err != nil && !errors.Is(err, ErrPending) && !errors.As(err, &no) {
				t.Fatalf("an error of no class: %v", err)
			}
			if err == nil && v.JSON != nil && !validJSON(v.JSON) {
				t.Fatalf("not JSON: %s", v.JSON)
			}
		}
	})
}

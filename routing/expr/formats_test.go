package expr

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/bufbuild/protocompile"
	"github.com/twmb/avro"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"
	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/sluice-bridge/sluice/codec"
)

// TestExamplesOfTheFormatsPageHold runs the examples of the page on formats: a schema, a value in the notation of its
// format, what rules see of it, and conditions.
func TestExamplesOfTheFormatsPageHold(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	fake := srfake.New()
	defer fake.Close()
	registry, err := codec.NewRegistry(codec.RegistryOptions{URLs: []string{fake.URL()}})
	if err != nil {
		t.Fatal(err)
	}
	defer registry.Close()
	var ex documentedFormat
	conditions := 0
	for i, block := range strings.Split(string(raw), "```") {
		language, text, _ := strings.Cut(block, "\n")
		switch {
		case i%2 == 0:
		case language == "avro" || language == "proto":
			ex = documentedFormat{schema: text, proto: language == "proto", id: ex.id + 1}
			kind := sr.TypeAvro
			if ex.proto {
				kind = sr.TypeProtobuf
			}
			fake.SeedSchema("orders-value", ex.id, ex.id, sr.Schema{Type: kind, Schema: text})
		case language == "sent":
			ex.decode(t, registry, text)
		case language == "json":
			var want bytes.Buffer
			for _, line := range strings.Split(text, "\n") {
				want.WriteString(strings.TrimSpace(line))
			}
			if !bytes.Equal(want.Bytes(), ex.value.JSON) {
				t.Errorf("rules see\n%s\nof\n%s", ex.value.JSON, text)
			}
		case language == "conditions":
			for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
				conditions++
				mark, source, _ := strings.Cut(line, " ")
				c, err := CompileCondition(source)
				if err != nil {
					t.Fatal(err)
				}
				ok, err := c.Holds(NewVariables(&Event{Record: &kgo.Record{Topic: "orders"}, Value: ex.value}))
				if err != nil || ok != (mark == "✓") || mark != "✓" && mark != "✗" {
					t.Errorf("%s: %v, %v", line, ok, err)
				}
			}
		case language != "yaml fragment":
			t.Errorf("a block in %q is not run", language)
		}
	}
	if conditions < 30 {
		t.Errorf("only %d conditions were found", conditions)
	}
}

type documentedFormat struct {
	schema string
	proto  bool
	id     int
	value  codec.Value
}

func (d *documentedFormat) decode(t *testing.T, registry *codec.Registry, text string) {
	t.Helper()
	format, encode, indexes := codec.FormatAvro, d.record, []int(nil)
	if d.proto {
		format, encode, indexes = codec.FormatProtobuf, d.message, []int{0}
	}
	payload := encode(t, text)
	value, err := new(sr.ConfluentHeader).AppendEncode(nil, d.id, indexes)
	if err != nil {
		t.Fatal(err)
	}
	decoder, err := codec.NewDecoder(codec.Options{Format: format, Registry: registry})
	if err != nil {
		t.Fatal(err)
	}
	for {
		changed := registry.Changed()
		if d.value, err = decoder.Decode(append(value, payload...), true); !errors.Is(err, codec.ErrPending) {
			break
		}
		<-changed
	}
	if err != nil {
		t.Fatal(err)
	}
}

// record encodes what is written in Avro's JSON.
func (d *documentedFormat) record(t *testing.T, text string) []byte {
	t.Helper()
	// The library holds decimals to the specification, and this one is no decimal.
	schema, err := avro.Parse(strings.ReplaceAll(d.schema, `"logicalType": "decimal", "scale"`, `"scale"`))
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := schema.DecodeJSON([]byte(text), &v, avro.TaggedUnions()); err != nil {
		t.Fatal(err)
	}
	b, err := schema.Encode(v, avro.TaggedUnions())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// message encodes what is written in the text format. Of the schema that is read, the library would miss the
// import that carries options.
func (d *documentedFormat) message(t *testing.T, text string) []byte {
	t.Helper()
	schema := strings.ReplaceAll(d.schema, `import "buf/validate/validate.proto";`, "")
	schema = strings.ReplaceAll(schema, ` [(buf.validate.field).string.min_len = 1]`, "")
	c := protocompile.Compiler{Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{
		Accessor: protocompile.SourceAccessorFromMap(map[string]string{"x.proto": schema}),
	})}
	files, err := c.Compile(t.Context(), "x.proto")
	if err != nil {
		t.Fatal(err)
	}
	m := dynamicpb.NewMessage(files[0].Messages().Get(0))
	if err := prototext.Unmarshal([]byte(text), m); err != nil {
		t.Fatal(err)
	}
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

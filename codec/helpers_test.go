package codec

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
	"github.com/twmb/franz-go/pkg/sr/srfake"

	"github.com/sluice-bridge/sluice/codec/schema"
)

// fakeRegistry is an embedded registry and a client of it.
func fakeRegistry(t testing.TB) (*srfake.Registry, *Registry) {
	t.Helper()
	fake := srfake.New()
	t.Cleanup(fake.Close)
	return fake, newRegistry(t, RegistryOptions{URLs: []string{fake.URL()}})
}

func newRegistry(t testing.TB, opts RegistryOptions) *Registry {
	t.Helper()
	r, err := NewRegistry(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func newDecoder(t testing.TB, format Format, r *Registry) *Decoder {
	t.Helper()
	d, err := NewDecoder(Options{Format: format, Registry: r})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// seed puts a schema into the registry under an id.
func seed(fake *srfake.Registry, id int, kind sr.SchemaType, text string, refs ...sr.SchemaReference) {
	fake.SeedSchema(fmt.Sprintf("s%d", id), 1, id, sr.Schema{Type: kind, Schema: text, References: refs})
}

// framed puts the header for id before payload.
func framed(id int, payload []byte, indexes ...int) []byte {
	b, err := new(sr.ConfluentHeader).AppendEncode(nil, id, indexes)
	if err != nil {
		panic(err)
	}
	return append(b, payload...)
}

// decodeSoon decodes raw, waiting for the schema as a caller does.
func decodeSoon(t testing.TB, d *Decoder, raw []byte) (Value, error) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		changed := d.registry.Changed()
		v, err := d.Decode(raw, true)
		if !errors.Is(err, ErrPending) {
			return v, err
		}
		select {
		case <-changed:
		case <-deadline:
			t.Fatal("still pending after 10 s")
		}
	}
}

func mustDecode(t testing.TB, d *Decoder, raw []byte) string {
	t.Helper()
	v, err := decodeSoon(t, d, raw)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(v.JSON) {
		t.Fatalf("not JSON: %s", v.JSON)
	}
	if &v.Raw[0] != &raw[0] || len(v.Raw) != len(raw) {
		t.Error("Raw is not the value as it came")
	}
	return string(v.JSON)
}

// wantUndecodable fails unless err is undecodable for that reason, with text in its words.
func wantUndecodable(t *testing.T, err error, reason Reason, text string) {
	t.Helper()
	var no *UndecodableError
	if !errors.As(err, &no) {
		t.Fatalf("got %v, want an UndecodableError", err)
	}
	if no.Reason != reason || !strings.Contains(no.Error(), text) {
		t.Errorf("got %s %q, want %s with %q", no.Reason, no.Error(), reason, text)
	}
}

// compile makes a schema of a text alone.
func compile(src *schema.Source) (*registered, error) {
	made, err := new(compiler).compile(src)
	if err != nil {
		return nil, err
	}
	return &registered{Compiled: made}, nil
}

// weighs is what schemas take in memory together.
func weighs(all ...*registered) (weight int) {
	parts := map[*schema.Part]bool{}
	for _, s := range all {
		weight += s.weight()
		for _, p := range s.Parts() {
			if !parts[p] {
				weight += p.Weight
			}
			parts[p] = true
		}
	}
	return weight
}

// heavy is a schema that takes so much in memory.
func heavy(weight int) *registered {
	return &registered{Compiled: &schema.Compiled{Part: schema.Part{Weight: weight - weightSchema}}}
}

package codec

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/schema"
)

// The value says by which schema it was decoded: of a union and of a file with several messages, by which
// of the types.
func TestValueNamesTheTypeItWasDecodedBy(t *testing.T) {
	t.Parallel()
	fake, registry := fakeRegistry(t)
	record := func(name string) string {
		return `{"type":"record","namespace":"shop","name":"` + name + `","fields":[]}`
	}
	seed(fake, 1, sr.TypeAvro, record("Paid"))
	seed(fake, 2, sr.TypeAvro, `[`+record("A")+`,"null",`+record("B")+`]`)
	seed(fake, 3, sr.TypeAvro, `"string"`)
	seed(fake, 4, sr.TypeProtobuf, `syntax = "proto3"; package shop; message A {} message B { message C {} }`)
	seed(fake, 5, sr.TypeJSON, `{"title":"Order","type":"object"}`)
	seed(fake, 6, sr.TypeJSON, `true`)
	for _, c := range []struct {
		format Format
		value  []byte
		want   string
	}{
		{FormatAvro, framed(1, nil), "shop.Paid"},
		{FormatAvro, framed(2, []byte{0}), "shop.A"},
		{FormatAvro, framed(2, []byte{2}), ""},
		{FormatAvro, framed(2, []byte{4}), "shop.B"},
		{FormatAvro, framed(3, []byte{0}), ""},
		{FormatProtobuf, framed(4, nil, 0), "shop.A"},
		{FormatProtobuf, framed(4, nil, 1, 0), "shop.B.C"},
		{FormatJSONSchema, framed(5, []byte("{}")), "Order"},
		{FormatJSONSchema, framed(6, []byte("{}")), ""},
	} {
		v, err := decodeSoon(t, newDecoder(t, c.format, registry), c.value)
		if err != nil || v.Name != c.want || v.Schema == nil || v.Schema.ID != int(c.value[4]) || v.Schema.Subject != "" {
			t.Errorf("% x: %q, %+v, %v", c.value, v.Name, v.Schema, err)
		}
	}
	if v, err := newDecoder(t, FormatAvro, registry).Decode(nil, true); err != nil || v.Schema != nil {
		t.Errorf("%+v, %v", v, err)
	}
}

// Of the subjects that a schema is registered under, that counts which a producer to the topic uses.
func TestSubjectIsThatOfTheTopicsProducer(t *testing.T) {
	t.Parallel()
	fake, registry := fakeRegistry(t)
	paid := sr.Schema{Type: sr.TypeAvro, Schema: `{"type":"record","namespace":"shop","name":"Paid","fields":[]}`}
	var asked atomic.Int64
	fake.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/versions") {
			return false
		}
		asked.Add(1)
		if strings.Contains(r.URL.Path, "/8/") {
			return false
		}
		fmt.Fprint(w, `[{"subject":"shop.Paid","version":1},{"subject":"orders-value","version":4},{"subject":"orders-value","version":3},{"subject":"refunds-shop.Paid","version":2}]`)
		return true
	})
	seed(fake, 7, sr.TypeAvro, paid.Schema)
	fake.SeedSchema("only", 5, 8, paid)
	d := newDecoder(t, FormatAvro, registry)
	for _, c := range []struct {
		topic string
		id    int
		want  Schema
	}{
		{"orders", 7, Schema{7, "orders-value", 4}},
		{"refunds", 7, Schema{7, "refunds-shop.Paid", 2}},
		{"others", 7, Schema{7, "shop.Paid", 1}},
		{"others", 8, Schema{8, "only", 5}},
	} {
		v, err := decodeSoon(t, d.WithSubjects(c.topic, true), framed(c.id, nil))
		if err != nil || v.Schema == nil || *v.Schema != c.want {
			t.Errorf("%s: %+v, %v", c.topic, v.Schema, err)
		}
	}
	if asked.Load() != 4 {
		t.Errorf("asked %d times", asked.Load())
	}
	if v, err := decodeSoon(t, d, framed(7, nil)); err != nil || v.Schema.Subject != "" || asked.Load() != 4 {
		t.Errorf("asked %d times: %+v, %v", asked.Load(), v.Schema, err)
	}
	if s := about(&schema.Source{ID: 1, Subjects: []sr.SubjectVersion{{Subject: "a", Version: 1}, {Subject: "b", Version: 1}}}, "t", nil); s != (Schema{ID: 1}) {
		t.Errorf("of two that nobody tells apart: %+v", s)
	}
}

// A registry that does not tell of subjects holds up nobody; one that has trouble does.
func TestRegistryWithoutSubjectsHoldsUpNothing(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 403, 404, 405, 500, 503} {
		fake, registry := fakeRegistry(t)
		seed(fake, 1, sr.TypeAvro, `"string"`)
		var refused atomic.Int64
		fake.Intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, "/versions") || status >= 500 && refused.Load() > 0 {
				return false
			}
			refused.Add(1)
			w.WriteHeader(status)
			fmt.Fprint(w, map[int]string{200: `{"schema":"{}"}`, 201: "<html>"}[status])
			return true
		})
		decoder := newDecoder(t, FormatAvro, registry)
		if v, err := decodeSoon(t, decoder.WithSubjects("t", false), framed(1, []byte{0})); err != nil || v.Schema.Subject != "" || refused.Load() != 1 {
			t.Errorf("%d, where it is not needed: %+v, %v, after %d", status, v.Schema, err, refused.Load())
		}
		if text, _ := registry.Trouble(); text != "" {
			t.Errorf("%d, where it is not needed: %s", status, text)
		}
		refused.Store(0)
		v, err := decodeSoon(t, decoder.WithSubjects("t", true), framed(1, []byte{0}))
		want := ""
		if status >= 500 {
			want = "s1"
		}
		if err != nil || v.Schema.Subject != want || refused.Load() != 1 {
			t.Errorf("%d: %+v, %v, after %d", status, v.Schema, err, refused.Load())
		}
	}
}

// A subject that is only to be shown is not waited for.
func TestSubjectThatIsOnlyShownIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeAvro, `"string"`)
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	fake.Intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		silent := strings.HasSuffix(r.URL.Path, "/versions")
		if silent {
			<-over
		}
		return silent
	})
	v, err := decodeSoon(t, newDecoder(t, FormatAvro, registry).WithSubjects("t", false), framed(1, []byte{0}))
	if err != nil || v.Schema.Subject != "" {
		t.Errorf("%+v, %v", v.Schema, err)
	}
}

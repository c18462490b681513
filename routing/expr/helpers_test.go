package expr

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
)

// event makes an event on topic "orders" with a value.
func event(value string) *Event {
	return &Event{
		Record: &kgo.Record{
			Topic: "orders", Partition: 3, Offset: 42, Key: []byte("k-1"), Value: []byte(value),
			Timestamp: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC),
			Headers:   []kgo.RecordHeader{{Key: "tenant", Value: []byte("acme")}},
		},
		Value: codec.Decode(codec.FormatJSON, []byte(value), true),
	}
}

func holds(t *testing.T, when string, ev *Event) (bool, error) {
	t.Helper()
	c, err := CompileCondition(when)
	if err != nil {
		t.Fatal(err)
	}
	a := NewVariables(ev)
	defer a.Release()
	return c.Holds(a)
}

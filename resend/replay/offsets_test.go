package replay

import (
	"reflect"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
)

func TestRangesOfOffsetsAreRead(t *testing.T) {
	got, err := ParseOffsets([]string{"3:1000-2000", "orders.v1/0:5", "0:7-", "1:0-0"})
	want := []Offsets{{"", 3, 1000, 2000}, {"orders.v1", 0, 5, 5}, {"", 0, 7, -1}, {"", 1, 0, 0}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	for _, text := range []string{"a b/3:1", "../3:1", "/3:1", "a/b/3:1", "orders:1"} {
		if got, err := ParseOffsets([]string{text}); err == nil {
			t.Errorf("%s is read as %v", text, got)
		}
	}
}

// Ranges are those of the topic, within what can be read; what is not there is told with what is.
func TestNamedRangesAreWithinTheTopic(t *testing.T) {
	have := []reader.Range{{Partition: 0, First: 10, End: 20}, {Partition: 1, First: 5, End: 5}, {Partition: 2, First: 0, End: 100}}
	for _, c := range []struct {
		of   []Offsets
		want []reader.Range
		err  string
	}{
		{[]Offsets{{"", 0, 10, 19}, {"t", 2, 7, -1}, {"other", 9, 9, 9}}, []reader.Range{{Partition: 0, First: 10, End: 20}, {Partition: 2, First: 7, End: 100}}, ""},
		{[]Offsets{{"", 0, 9, 12}}, nil, "t/0 can be read from 10 to 19"},
		{[]Offsets{{"", 0, 12, 20}}, nil, "t/0 can be read from 10 to 19"},
		{[]Offsets{{"", 0, 20, -1}}, nil, "t/0 can be read from 10 to 19"},
		{[]Offsets{{"", 1, 5, 5}}, nil, "t/1 is empty"},
		{[]Offsets{{"", 3, 5, 5}}, nil, "there is no t/3: the topic has 3 partitions"},
		{[]Offsets{{"", 0, 10, 11}, {"t", 0, 13, 14}}, nil, "t/0 is named twice"},
	} {
		got, err := named(c.of, "t", true, have)
		if !reflect.DeepEqual(got, c.want) && c.err == "" || (err != nil) != (c.err != "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%v: %v, %v; want %v, %q", c.of, got, err, c.want, c.err)
		}
	}
	if _, err := named([]Offsets{{"", 0, 10, 11}}, "t", false, have); err == nil || !strings.Contains(err.Error(), "write it like t/0:10") {
		t.Error(err)
	}
}

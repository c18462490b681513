//go:build !race

package pipeline

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/quota"
	"github.com/sluice-bridge/sluice/routing"
)

// fanOut is a pipeline to ten lanes that never open.
type fanOut struct {
	*testbed
	pipeline *Pipeline
}

const fannedOut = 10

func newFanOut(t testing.TB, dest message.Destination, route routing.Destination, format codec.Format) *fanOut {
	t.Helper()
	f := &fanOut{testbed: newTestbed(t, &bridgetest.Sink{})}
	rule := routing.Rule{Name: "all"}
	var lanes []*delivery.Lane
	var dests []message.Destination
	var routes []routing.Destination
	for i := range fannedOut {
		name := fmt.Sprintf("d%d", i)
		dest.Name, route.Name, dest.Profile = name, name, sqs.Profile
		rule.To, dests, routes = append(rule.To, name), append(dests, dest), append(routes, route)
		closed := &bridgetest.Sink{AtOpening: func(int) error { return errors.New("it is down") }}
		lanes = append(lanes, delivery.NewLane(delivery.LaneOptions{Destination: dest, MaxMessages: quota.Entries, Concurrency: 4, Retry: delivery.Retry{Initial: 100 * time.Millisecond, Max: 30 * time.Second},
			RequestTimeout: time.Second, After: []<-chan struct{}{make(chan struct{})}}, closed, f.letters, f.observe))
	}
	table, err := routing.Compile(routing.Options{Rules: []routing.Rule{rule}, Destinations: routes})
	if err != nil {
		t.Fatal(err)
	}
	correlation, err := routing.CompileCorrelation(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	f.pipeline = New(Options{Group: "g", Encoder: message.NewEncoder(table, correlation, dests),
		Lanes: lanes, Reading: readAs(t, format), Letters: f.letters, Observer: f.observe})
	t.Cleanup(func() {
		for _, l := range lanes {
			l.Close()
		}
		f.close()
	})
	return f
}

// accept takes records in batches, as fetches bring them: each within one piece of memory.
func (f *fanOut) accept(n int, key, value func(int) []byte) {
	const batch = 100
	for ; n > 0; n -= batch {
		var fetch []byte
		var ends []int
		for i := range batch {
			fetch = append(fetch, key(i+n)...)
			ends = append(ends, len(fetch))
			fetch = append(fetch, value(i+n)...)
			ends = append(ends, len(fetch))
		}
		records := make([]*kgo.Record, batch)
		begin := 0
		for i := range records {
			records[i] = &kgo.Record{Topic: "t", Offset: f.next, Key: fetch[begin:ends[2*i]], Value: fetch[ends[2*i]:ends[2*i+1]], Timestamp: time.Now()}
			begin = ends[2*i+1]
			f.next++
		}
		for len(records) > 0 { // a call works for a slice of time
			n, _ := f.pipeline.Accept(f.part, records)
			records = records[n:]
		}
	}
}

func heapInUse() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // what pools held through the first
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// What waits for ten destinations that are down takes no more memory than the window counts, whatever
// the messages are made of.
func TestWindowCoversMemoryOfWhatWaits(t *testing.T) {
	text := func(n int) func(int) []byte {
		return func(i int) []byte { return fmt.Appendf(nil, `{"id":%d,"text":%q}`, i, strings.Repeat("x", n)) }
	}
	key := func(i int) []byte { return fmt.Appendf(nil, "key-%d", i) }
	for _, c := range []struct {
		name    string
		dest    message.Destination
		route   routing.Destination
		format  codec.Format
		records int
		value   func(int) []byte
		shared  int64 // bytes of value that all deliveries of a record may hold together; 0: any
	}{
		{name: "large", records: 200, value: text(64 << 10), shared: 65 << 10},
		{name: "small", records: 5000, value: text(10)},
		{name: "small fifo", dest: message.Destination{FIFO: true}, records: 5000, value: text(10)},
		{name: "json", dest: message.Destination{Envelope: message.EnvelopeJSON}, records: 200, value: text(64 << 10), shared: 2 * 70 << 10},
		{name: "cloudevents", dest: message.Destination{Envelope: message.EnvelopeCloudEvents}, records: 200, value: text(16 << 10)},
		{name: "made", route: routing.Destination{Body: `"a" + value.text`}, records: 200, value: text(16 << 10)},
		{name: "taken", route: routing.Destination{Body: `value`}, records: 200, value: text(64 << 10), shared: 65 << 10},
		{name: "attributes", route: routing.Destination{Attributes: map[string]string{"a": "value.text", "b": `"b" + value.text`}}, records: 200, value: text(16 << 10)},
		{name: "binary", format: codec.FormatBytes, records: 200, value: func(int) []byte { return bytes.Repeat([]byte{0xff}, 48<<10) }, shared: 48<<10 + 66<<10},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.format == "" {
				c.format = codec.FormatJSON
			}
			f := newFanOut(t, c.dest, c.route, c.format)
			f.accept(100, key, c.value) // what is made once
			_, counted := f.window.Held()
			before := heapInUse()
			f.accept(c.records, key, c.value)
			grown := heapInUse() - before
			_, now := f.window.Held()
			if counted = now - counted; grown > counted {
				t.Errorf("%d bytes a record on the heap, and %d are counted", grown/int64(c.records), counted/int64(c.records))
			}
			if most := c.shared + fannedOut*1536; c.shared > 0 && grown > int64(c.records)*most {
				t.Errorf("%d bytes a record on the heap, for a value of %d", grown/int64(c.records), len(c.value(0)))
			}
		})
	}
}

// What ends a transaction is no record, also where it waited to be registered.
func TestKeptControlRecordsStayControlRecords(t *testing.T) {
	part := offsets.NewTracker("t", 0, offsets.TopicIdentity{}, offsets.NewWindow(10, 1<<20))
	r := &kgo.Record{Topic: "t", Offset: 7, Attrs: kgo.NewRecordAttrs(kgo.RecordAttrsOpts{Control: true})}
	waiting := offsets.NewWaiting(part)
	waiting.Add([]*kgo.Record{r})
	if waiting.Keep(); waiting.Records[0] == r || !waiting.Records[0].Attrs.IsControl() {
		t.Error("a copy of a control record is an ordinary one")
	}
}

package consumer

import (
	"encoding/binary"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/codec"
)

// costly is an intake to which each record of partition 0 is so much work that it takes one at a time.
type costly struct {
	*pipeline.Pipeline
	cost time.Duration
}

func (c *costly) Accept(part *offsets.Tracker, records []*kgo.Record) (int, string) {
	if part.ID == 0 {
		time.Sleep(c.cost)
		records = records[:1]
	}
	return c.Pipeline.Accept(part, records)
}

// pipeline is what the member hands records to.
func (m *member) pipeline() *pipeline.Pipeline { return m.source.intake.(*pipeline.Pipeline) }

// arrived counts the bodies that begin with prefix.
func (m *member) arrived(prefix string) int {
	n := 0
	for body := range m.sink.times() {
		if strings.HasPrefix(body, prefix) {
			n++
		}
	}
	return n
}

const costlyRecords = 1000

// laborious starts a member with a partition of records that would take it half a minute.
func laborious(t *testing.T, partitions int32) (*member, *kgo.Client, func() *member) {
	t.Helper()
	k := kafkatest.Cluster(t, partitions)
	c := kafkatest.Dial(t, k)
	kafkatest.Produce(t, c, kafkatest.Numbered("t", 0, "costly", costlyRecords)...)
	m := build(t, k)
	m.source.intake = &costly{m.pipeline(), 30 * time.Millisecond}
	m.run()
	kafkatest.Await(t, "the first of the records", func() bool { return m.arrived("costly") > 0 })
	return m, c, func() *member { return join(t, k) }
}

// While records of one partition take long, the other flows and the loop shows that it is alive.
func TestCostlyRecordsHoldNobodyUp(t *testing.T) {
	t.Parallel()
	m, c, _ := laborious(t, 2)
	turns, taken := m.source.Progress()[0], m.arrived("costly")
	kafkatest.Produce(t, c, kafkatest.Numbered("t", 1, "cheap", 500)...)
	kafkatest.Await(t, "the records of the other partition", func() bool { return m.arrived("cheap") == 500 })
	kafkatest.Await(t, "more of the costly ones", func() bool { return m.arrived("costly") >= taken+10 })
	if n := m.arrived("costly"); n == costlyRecords {
		t.Error("the other partition had to wait for all costly records")
	}
	if more := m.source.Progress()[0] - turns; more < 10 {
		t.Errorf("%d turns of the loop", more)
	}
}

// A rebalance gets its turn between records, and a stop need not wait for those that were not taken: whoever
// comes next reads them.
func TestCostlyRecordsAreGivenUp(t *testing.T) {
	t.Parallel()
	one, _, another := laborious(t, 2)
	two := another()
	kafkatest.Await(t, "a partition each", func() bool { return one.owned() == 1 && two.owned() == 1 })
	one.leave()
	if n := one.arrived("costly"); n == costlyRecords {
		t.Error("the rebalance or the stop waited for all costly records")
	}
	kafkatest.Await(t, "the other records", func() bool { return one.arrived("costly")+two.arrived("costly") >= costlyRecords })
	for body, n := range one.sink.times() {
		if n += two.sink.times()[body]; n != 1 {
			t.Errorf("%s arrived %d times", body, n)
		}
	}
}

// What waits when a partition is read again from its mark is read again, once and in order.
func TestCostlyRecordsAreReadAgain(t *testing.T) {
	t.Parallel()
	m, _, _ := laborious(t, 1)
	m.source.Rewind([]offsets.Ack{m.assignment("t", 0).part})
	m.swap(m.source.intake.(*costly).Pipeline)
	kafkatest.Await(t, "all records", func() bool { return m.arrived("costly") == costlyRecords })
	m.leave()
	last := -1
	for _, body := range m.sink.got {
		var n int
		if _, err := fmt.Sscanf(body, "costly%d", &n); err != nil {
			t.Fatal(err)
		}
		if n > last+1 {
			t.Fatalf("%s arrived after costly%d", body, last)
		}
		last = max(last, n)
	}
}

// byID is a registry that has one schema, 7, and may be told not to answer.
func byID(t *testing.T) (url string, away *atomic.Bool) {
	t.Helper()
	away = &atomic.Bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case away.Load():
			http.Error(w, "away", http.StatusServiceUnavailable)
		case strings.HasPrefix(r.URL.Path, "/schemas/ids/7"):
			fmt.Fprint(w, `{"schema":"\"string\""}`)
		default:
			http.Error(w, `{"error_code":40403,"message":"Schema not found"}`, http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL, away
}

// schooled starts a member that reads Avro, and counts what has no schema.
func schooled(t *testing.T, m *member, url string) *atomic.Int64 {
	t.Helper()
	registry, err := codec.NewRegistry(codec.RegistryOptions{URLs: []string{url}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(registry.Close)
	decoder, err := codec.NewDecoder(codec.Options{Format: codec.FormatAvro, Registry: registry})
	if err != nil {
		t.Fatal(err)
	}
	var undecodable atomic.Int64
	opts := m.pipeline().Options
	opts.Reading = func(string) pipeline.Reading { return pipeline.Reading{Decoder: decoder, DeliverJSON: true} }
	opts.Unroutable = func(message.Reason) { undecodable.Add(1) }
	m.source.intake = pipeline.New(opts)
	m.run()
	return &undecodable
}

// avroText is an Avro string by the schema of an id.
func avroText(partition int32, id int, text string) *kgo.Record {
	value := binary.BigEndian.AppendUint32([]byte{0}, uint32(id))
	return &kgo.Record{Topic: "t", Partition: partition, Value: append(append(value, byte(2*len(text))), text...)}
}

// Records of which each names another unknown schema hold their partition up for seconds, and not for half
// a second each; the others go on.
func TestUnknownSchemasHoldUpOnePartition(t *testing.T) {
	t.Parallel()
	const n = 500
	k := kafkatest.Cluster(t, 2)
	var records []*kgo.Record
	for i := range n {
		records = append(records, avroText(0, 1000+i, "x"), avroText(1, 7, "known"))
	}
	records = append(records, avroText(0, 7, "behind"))
	kafkatest.Produce(t, kafkatest.Dial(t, k), records...)
	url, _ := byID(t)
	m := build(t, k)
	undecodable := schooled(t, m, url)
	commits(t, k, "t", 1, n)
	commits(t, k, "t", 0, n+1)
	if got := undecodable.Load(); got != n {
		t.Errorf("%d of %d were undecodable", got, n)
	}
	if times := m.sink.times(); times[`"known"`] != n || times[`"behind"`] != 1 {
		t.Errorf("arrived: %v", times)
	}
}

// A registry that does not answer makes a partition wait, and that is told with the schema and the
// registry, until they have come or the assignment ends.
func TestMissingSchemasAreTold(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), avroText(0, 7, "a"), avroText(0, 8, "b"), avroText(0, 9, "c"), avroText(0, 10, "d"))
	url, away := byID(t)
	away.Store(true)
	m := build(t, k)
	undecodable := schooled(t, m, url)
	want := "records wait for schemas 7, 8, 9 and more, which the registry at " + strings.TrimPrefix(url, "http://") + " is asked for"
	kafkatest.Await(t, "the partition to be told of", func() bool { return m.board.Is("schemas of t/0") == want })
	if n := undecodable.Load() + int64(m.sink.count()); n > 0 {
		t.Errorf("%d records were taken", n)
	}
	m.source.Rewind([]offsets.Ack{m.assignment("t", 0).part})
	if text := m.board.Is("schemas of t/0"); text != "" {
		t.Errorf("told after the end of the assignment: %s", text)
	}
	away.Store(false)
	commits(t, k, "t", 0, 4)
	kafkatest.Await(t, "the end of the trouble", func() bool { return m.board.Is("schemas of t/0") == "" })
}

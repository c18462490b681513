package bridge

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// What a commit carries is what is read from it, as long as the mark has not passed it.
func TestReachNote(t *testing.T) {
	all := Reach{Rest: 1000, Done: map[string]int64{"ledger": 120, "alerts": 1200}, Away: map[string]int64{"audit": 7}}
	for _, c := range []struct {
		reach Reach
		mark  int64
		want  string
	}{
		{Reach{}, 5, "sluice - {}"},
		{Reach{Rest: 5}, 5, "sluice - {}"},
		{Reach{Rest: 6}, 5, `sluice - {"rest":6}`},
		{all, 120, `sluice - {"rest":1000,"done":{"alerts":1200,"ledger":120},"away":{"audit":7}}`},
		{all, 1000, `sluice - {"rest":1000,"done":{"alerts":1200,"ledger":120},"away":{"audit":7}}`},
		{all, 1200, `sluice - {"away":{"audit":7}}`},
	} {
		note := c.reach.Note(Origin{}, c.mark)
		if note != c.want {
			t.Errorf("%+v at %d: %s; want %s", c.reach, c.mark, note, c.want)
		}
		read, ok := ParseReach(note)
		if !ok {
			t.Errorf("%s is not read", note)
		}
		for _, d := range []string{"ledger", "alerts", "audit", "other"} {
			if got, want := read.Of(d, c.mark), c.reach.Of(d, c.mark); got != want {
				t.Errorf("%s at %d: %s is done to %d; want %d", note, c.mark, d, got, want)
			}
		}
	}
}

// What others put beside an offset, and what a broker would refuse, says nothing.
func TestReachUnknown(t *testing.T) {
	for _, note := range []string{"", "sluice-5d1f", "sluice - {", `sluice/2 {"rest":1}`} {
		if r, ok := ParseReach(note); ok {
			t.Errorf("%q is read as %+v", note, r)
		}
	}
	topic := NewOrigin("c", "t", [16]byte{1})
	long := Reach{Away: map[string]int64{}}
	for i := 0; long.Note(topic, 0) != topic.Mark(); i++ {
		if n := len(long.Note(topic, 0)); n > 4096 {
			t.Fatalf("a note of %d bytes", n)
		}
		long.Away[fmt.Sprintf("destination-%d", i)] = int64(i)
	}
	if len(long.Away) < 100 {
		t.Errorf("no room for %d destinations", len(long.Away))
	}
}

// Each destination gets the records from where it is done, whatever the gaps between offsets; what
// comes of a record besides happens from where the rest is done.
func TestPipelineReach(t *testing.T) {
	offsets := []int64{3, 5, 100, 101, 250, 999, 1000, 1001, 1500}
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		names := []string{"behind", "before", "other"}
		sinks := map[string]*fakeSink{}
		var dests []Destination
		var targets []routing.Destination
		var lanes []*Lane
		for _, name := range names {
			dest := Destination{Name: name, Service: "sqs"}
			sinks[name] = &fakeSink{limits: r.sink.limits}
			lane := r.newLane(sinks[name], func(o *LaneOptions) { o.Destination = dest })
			defer lane.Close()
			dests, targets, lanes = append(dests, dest), append(targets, routing.Destination{Name: name}), append(lanes, lane)
		}
		table, err := routing.Compile(routing.Options{Rules: []routing.Rule{
			{Name: "dead", When: "offset == 101 || offset == 1001 ? 1 / int(value.nought) > 0 : false", To: names},
			{Name: "all", When: "offset != 101 && offset != 1001", To: names},
		}, Destinations: targets, Unmatched: "drop"})
		if err != nil {
			t.Fatal(err)
		}
		correlation, err := routing.CompileCorrelation(nil, "")
		if err != nil {
			t.Fatal(err)
		}
		p := NewPipeline(PipelineOptions{Group: "g", Encoder: NewEncoder(table, correlation, dests), Rules: []string{"dead", "all"},
			Lanes: lanes, Reading: readAs(t, codec.FormatJSON), Letters: r.letters, Metrics: r.metrics})

		r.part.Begin(Mark{Offset: 3, Epoch: -1}, Reach{Rest: 1000, Done: map[string]int64{"behind": 3, "before": 1200}})
		var records []*kgo.Record
		for _, o := range offsets {
			records = append(records, &kgo.Record{Topic: "t", Offset: o, Value: fmt.Appendf(nil, `{"id":%d,"nought":0}`, o)})
		}
		p.Accept(r.part, records)
		pass(time.Second)
		for name, want := range map[string][]int64{
			"behind": {3, 5, 100, 250, 999, 1000, 1500},
			"before": {1500},
			"other":  {1000, 1500},
		} {
			var bodies []string
			for _, o := range want {
				bodies = append(bodies, fmt.Sprintf(`{"id":%d,"nought":0}`, o))
			}
			if got := sinks[name].accepted(); !same(got, bodies) {
				t.Errorf("%s got %v; want %v", name, got, bodies)
			}
		}
		if got := r.writer.values(); len(got) != 1 || !strings.Contains(got[0], "1001") {
			t.Errorf("dead letters: %v", got)
		}
		if n := testutil.ToFloat64(r.metrics.matched.WithLabelValues("all")); n != 2 {
			t.Errorf("%v matches counted", n)
		}
		if at := r.part.Mark().Offset; at != 1501 {
			t.Errorf("settled to %d", at)
		}
	})
}

// Of records that came in the place of lost ones nothing is done.
func TestReachBack(t *testing.T) {
	before := Reach{Rest: 10, Done: map[string]int64{"a": 3, "b": 12}, Away: map[string]int64{"c": 9}}
	want := Reach{Rest: 5, Done: map[string]int64{"a": 3, "b": 5}, Away: map[string]int64{"c": 5}}
	if got := before.Back(5); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
	if before.Done["b"] != 12 {
		t.Error("the earlier one has changed")
	}
}

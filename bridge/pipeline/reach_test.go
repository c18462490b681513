package pipeline

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// Each destination gets the records from where it is done, whatever the gaps between offsets; what
// comes of a record besides happens from where the rest is done.
func TestDestinationsGetRecordsFromWhereTheyAreDone(t *testing.T) {
	at := []int64{3, 5, 100, 101, 250, 999, 1000, 1001, 1500}
	synctest.Test(t, func(t *testing.T) {
		r := newTestbed(t, &bridgetest.Sink{})
		defer r.close()
		names := []string{"behind", "before", "other"}
		sinks := map[string]*bridgetest.Sink{}
		var dests []message.Destination
		var targets []routing.Destination
		var lanes []*delivery.Lane
		for _, name := range names {
			dest := message.Destination{Name: name, Profile: sqs.Profile}
			sinks[name] = &bridgetest.Sink{Limits: r.far.Limits}
			lane := r.newLane(sinks[name], func(o *delivery.LaneOptions) { o.Destination = dest })
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
		p := New(Options{Group: "g", Encoder: message.NewEncoder(table, correlation, dests),
			Lanes: lanes, Reading: readAs(t, codec.FormatJSON), Letters: r.letters, Observer: r.observe})

		r.part.Begin(offsets.Position{Offset: 3, Epoch: -1}, progress.Progress{Default: 1000, Done: map[string]int64{"behind": 3, "before": 1200}})
		var records []*kgo.Record
		for _, o := range at {
			records = append(records, &kgo.Record{Topic: "t", Offset: o, Value: fmt.Appendf(nil, `{"id":%d,"nought":0}`, o)})
		}
		p.Accept(r.part, records)
		bridgetest.Pass(time.Second)
		for name, want := range map[string][]int64{
			"behind": {3, 5, 100, 250, 999, 1000, 1500},
			"before": {1500},
			"other":  {1000, 1500},
		} {
			var bodies []string
			for _, o := range want {
				bodies = append(bodies, fmt.Sprintf(`{"id":%d,"nought":0}`, o))
			}
			if got := sinks[name].Accepted(); !bridgetest.Same(got, bodies) {
				t.Errorf("%s got %v; want %v", name, got, bodies)
			}
		}
		if got := r.writer.Values(); len(got) != 1 || !strings.Contains(got[0], "1001") {
			t.Errorf("dead letters: %v", got)
		}
		if n := bridgetest.Counted(t, r.metrics, "sluice_rule_matched_total", "rule", "all"); n != 2 {
			t.Errorf("%v matches counted", n)
		}
		if at := r.part.Committable().Offset; at != 1501 {
			t.Errorf("settled to %d", at)
		}
	})
}

// Of records that came in the place of lost ones nothing is done.
func TestReachGoesBackToAnOffset(t *testing.T) {
	before := progress.Progress{Default: 10, Done: map[string]int64{"a": 3, "b": 12}, Isolated: map[string]int64{"c": 9}}
	want := progress.Progress{Default: 5, Done: map[string]int64{"a": 3, "b": 5}, Isolated: map[string]int64{"c": 5}}
	if got := before.Back(5); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
	if before.Done["b"] != 12 {
		t.Error("the earlier one has changed")
	}
}

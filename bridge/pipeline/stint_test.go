package pipeline

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/routing"
)

// Records that are costly to decide on, or to make messages of, are taken a few at a time; each is taken
// once.
func TestAcceptIsBoundedByWork(t *testing.T) {
	list := "[" + strings.Repeat("1,", 200) + "1]"
	const pairs = `value.l.all(x, value.l.all(y, x == y))`
	for name, opts := range map[string]routing.Options{
		"rules": {
			Rules:        []routing.Rule{{Name: "pairs", When: pairs, To: []string{"d"}}},
			Destinations: []routing.Destination{{Name: "d"}},
		},
		"expressions": {
			Rules:        []routing.Rule{{Name: "all", To: []string{"d"}}},
			Destinations: []routing.Destination{{Name: "d", Attributes: map[string]string{"pairs": pairs}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := routing.Compile(opts)
			if err != nil {
				t.Fatal(err)
			}
			far := &bridgetest.Sink{}
			r := newTestbed(t, far)
			defer r.close()
			p := r.newPipeline(t, func(o *Options) {
				o.Encoder = message.NewEncoder(table, o.Encoder.Correlation, o.Encoder.Destinations)
			})
			const n = 8
			var values []string
			for i := range n {
				values = append(values, fmt.Sprintf(`{"i":%d,"l":%s}`, i, list))
			}
			calls := 0
			for records := r.records(values...); len(records) > 0; calls++ {
				taken, lacks := p.Accept(r.part, records)
				if taken == 0 || lacks != "" {
					t.Fatalf("%d taken, lacking %q", taken, lacks)
				}
				records = records[taken:]
			}
			if calls < 2 {
				t.Error("all are taken at once")
			}
			p.Flush()
			if !r.part.Drain(context.Background()) || r.part.Committable().Offset != n {
				t.Errorf("settled up to %d", r.part.Committable().Offset)
			}
			if got := far.Accepted(); !bridgetest.Same(got, values) {
				t.Errorf("%d of %d arrived", len(got), n)
			}
		})
	}
}

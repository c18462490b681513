package embedded

import (
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/demo"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/routing"
)

// patience is how long a schema registry may keep silent.
const patience = 10 * time.Second

// routeBy returns where records should go by what `sluice route` says of a configuration. It is
// not safe for concurrent use.
func routeBy(cfg *config.Config) (func(*kgo.Record) demo.Fate, error) {
	explainer, err := forecast.New(cfg, patience, nil)
	if err != nil {
		return nil, err
	}
	names := cfg.DestinationNames()
	var x pipeline.Explanation
	return func(r *kgo.Record) demo.Fate {
		var fate demo.Fate
		if err := explainer.Explain(r, offsets.NewOrigin("demo", r.Topic, [16]byte{}), &x); err != nil {
			fate.Lost = true
			return fate
		}
		if x.Decision.Outcome == routing.DeadLetter {
			fate.Lost = true
			return fate
		}
		for i := range x.Deliveries {
			p := &x.Deliveries[i]
			destination := slices.Index(names, p.Destination.Name)
			if len(p.Problems()) > 0 {
				fate.Letter(destination, "") // which of several reasons is not asked
				continue
			}
			fate.To(destination, p.Message.GroupID)
		}
		return fate
	}, nil
}

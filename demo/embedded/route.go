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
func routeBy(cfg *config.Config) (func(*kgo.Record) demo.Due, error) {
	explainer, err := forecast.New(cfg, patience, nil)
	if err != nil {
		return nil, err
	}
	names := cfg.DestinationNames()
	var x pipeline.Explanation
	return func(r *kgo.Record) demo.Due {
		var due demo.Due
		if err := explainer.Explain(r, offsets.NewTopicIdentity("demo", r.Topic, [16]byte{}), &x); err != nil {
			due.Lost = true
			return due
		}
		if x.Decision.Outcome == routing.DeadLetter {
			due.Lost = true
			return due
		}
		for i := range x.Deliveries {
			p := &x.Deliveries[i]
			destination := slices.Index(names, p.Destination.Name)
			if len(p.Problems()) > 0 {
				due.DeadLetter(destination, "") // which of several reasons is not asked
				continue
			}
			due.To(destination, p.Message.GroupID)
		}
		return due
	}, nil
}

package wiring

import (
	"time"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/config"
)

// Replaced are the destinations of a configuration that another one follows.
type Replaced struct {
	Config       *config.Config
	Destinations []message.Destination
}

// Destinations returns the destinations of a configuration in the order of its routing table. Before is nil
// where it follows none.
func Destinations(cfg *config.Config, before *Replaced) []message.Destination {
	var all []message.Destination
	for _, name := range cfg.DestinationNames() {
		d := cfg.Destinations[name]
		all = append(all, message.Destination{
			Name: name, Profile: Profile(d), FIFO: d.FIFO(), NamedID: namedID(before, cfg, d), Isolated: d.Isolated, Resource: Place(d),
			Envelope: message.Envelope(d.Envelope), Headers: message.NewHeaderFilter(d.ForwardHeaders), Omit: d.Omitted(),
			Types: attributeTypes(d),
		})
	}
	return all
}

func attributeTypes(d config.Destination) message.AttributeTypes {
	var types message.AttributeTypes
	for name, t := range d.AttributeTypes {
		if t == attribute.String {
			continue
		}
		if types == nil {
			types = message.AttributeTypes{}
		}
		types[name] = string(t)
	}
	return types
}

// namedID says whether the deduplication ids of a destination have its name, under a configuration that follows
// another, which may be nil. One that leads where it did keeps its kind, since what it has sent may be sent again. Of
// all that lead to one place at most one goes without: what another one sends there for the same record would be
// dropped. So would that of one which comes to the place of another; but one whose name is new there may be the
// same as before.
func namedID(before *Replaced, cfg *config.Config, dest config.Destination) bool {
	named := Shared(cfg, dest)
	if before == nil {
		return named
	}
	_, known := before.Config.Destinations[dest.Name]
	for _, was := range before.Destinations {
		at := before.Config.Destinations[was.Name]
		if was.Name == dest.Name && Place(at) == Place(dest) {
			return was.NamedID
		}
		named = named || at.SamePlace(dest) && (was.NamedID || known && was.Name != dest.Name)
	}
	return named
}

// Shared says whether another destination leads to the place of one.
func Shared(cfg *config.Config, dest config.Destination) bool {
	for name, other := range cfg.Destinations {
		if name != dest.Name && other.SamePlace(dest) {
			return true
		}
	}
	return false
}

// LaneOptions returns how a destination is sent to.
func LaneOptions(d config.Destination, dest message.Destination, after []<-chan struct{}) delivery.LaneOptions {
	return delivery.LaneOptions{
		Destination: dest,
		Batched:     d.Ordering == config.Batched,
		MaxMessages: d.Batch.MaxMessages,
		MaxBytes:    int(d.Batch.MaxBytes),
		Linger:      time.Duration(d.Batch.Linger),
		Concurrency: d.Concurrency,
		Retry: delivery.Retry{
			Initial:     time.Duration(d.Retry.Initial),
			Max:         time.Duration(d.Retry.Max),
			GiveUpAfter: time.Duration(d.Retry.GiveUpAfter),
		},
		RequestTimeout: RequestTimeout,
		After:          after,
	}
}

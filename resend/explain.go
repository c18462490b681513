package resend

import (
	"errors"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// Explainer decides on a record as the pipeline would, and sends nothing. It waits for schemas.
type Explainer interface {
	Explain(r *kgo.Record, origin offsets.TopicIdentity, x *pipeline.Explanation) error
	// Ahead has the schema of a record looked up that comes later, and does not wait.
	Ahead(r *kgo.Record)
}

// Dropped is what becomes of a record that has no destination, beside the reasons for dead letters.
const Dropped = "dropped"

// Explain says why a record has no destination; "" where it has one.
func Explain(ex Explainer, r *kgo.Record, origin offsets.TopicIdentity, x *pipeline.Explanation) (string, error) {
	err := ex.Explain(r, origin, x)
	switch {
	case err != nil && !errors.As(err, new(*codec.UndecodableError)):
		return "", err
	case err == nil && x.Decision.Outcome == routing.Dropped:
		return Dropped, nil
	}
	return string(pipeline.WhyUnroutable(&x.Decision, err)), nil
}

// Needed returns the destinations that a preview has found something for; all, where it has not seen everything.
func Needed(all []string, whole bool, found func(name string) bool) []string {
	if !whole {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !found(name) })
}

package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/codec"
)

// fewSchemas is how many schemas a text names.
const fewSchemas = 3

// lacking has the schemas of records fetched that are all of one topic and of which the first waits for
// its own, so that they are looked up side by side and not one after another. It names those that are
// not there yet, for whoever waits for them: the current rules or earlier ones.
func (p *Pipeline) lacking(records []*kgo.Record) string {
	decoder := p.waits.topic(records[0].Topic).Decoder
	var names []string
	more := ""
	for _, r := range records {
		if r.Attrs.IsControl() {
			continue // whose value is Kafka's
		}
		name, room := decoder.Ahead(message.HeaderOf(r, codec.SchemaHeader), r.Value)
		switch {
		case name == "" || slices.Contains(names, name):
		case len(names) < fewSchemas:
			names = append(names, name)
		default:
			more = " and more"
		}
		if !room {
			break
		}
	}
	switch len(names) {
	case 0:
		return "" // it has come meanwhile
	case 1:
		return fmt.Sprintf("schema %s, which the registry at %s is asked for", names[0], decoder.Registry())
	}
	return fmt.Sprintf("schemas %s%s, which the registry at %s is asked for", strings.Join(names, ", "), more, decoder.Registry())
}

// Ahead has the schema of a record looked up that comes later, if deciding on it needs one. It does not wait.
func (d *decider) Ahead(r *kgo.Record) {
	if topic := d.topic(r.Topic); topic.wanted && !r.Attrs.IsControl() {
		topic.Decoder.Ahead(message.HeaderOf(r, codec.SchemaHeader), r.Value)
	}
}

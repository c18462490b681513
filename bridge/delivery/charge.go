package delivery

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/memory"
	"github.com/sluice-bridge/sluice/bridge/message"
)

// deliveryOverhead is what a delivery costs besides its message, about: its structure, its place
// in queues, and what a queue by message group has for each.
const deliveryOverhead = 1024

// LetterCharge returns what a dead letter counts: the record once more, in the request that carries it.
func LetterCharge(r *kgo.Record) int64 { return deliveryOverhead + memory.Payload(r) }

// MessageCharge returns what the delivery of a message counts, of which so many bytes of body are its
// own: those, the texts of its attributes, and all of it once more in the request that carries it.
func MessageCharge(m *message.Message, own int, p *message.Profile) int64 {
	return deliveryOverhead + int64(m.Size-len(m.Body)+own+p.Swelling*m.Size)
}

package opening

import (
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// resumeWithin is how long a lost partition's mark is believed: longer, and somebody may have
// reset the group's offsets on purpose.
const resumeWithin = 5 * time.Minute

// Lost holds the marks of partitions that were lost, so that what was settled and not yet committed is not read again when
// they come back.
type Lost map[kafka.TopicPartition]lost

type lost struct {
	mark   offsets.Position
	origin offsets.TopicIdentity
	at     time.Time
}

// Remember notes that a partition of a topic was lost now, and up to where it was settled.
func (l Lost) Remember(at kafka.TopicPartition, mark offsets.Position, origin offsets.TopicIdentity) {
	l[at] = lost{mark, origin, time.Now()}
}

// Mark returns up to where a partition was settled that was lost not long ago; false where that is not known of this topic.
func (l Lost) Mark(at kafka.TopicPartition, origin offsets.TopicIdentity) (offsets.Position, bool) {
	was, ok := l[at]
	return was.mark, ok && was.origin == origin && time.Since(was.at) <= resumeWithin
}

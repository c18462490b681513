package problem

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// Unread remembers what cannot be read: partitions; topics, as partition -1; and with no topic
// whatever a broker answers. Each is over when that is known, not when nothing was heard of it for a
// while: the client tells some errors once only, and none of what it does not ask for.
type Unread struct {
	health *HealthScope
	group  string

	count atomic.Int32 // of all, to be quick where there are none
	mu    sync.Mutex
	all   map[kafka.TopicPartition]failure
}

type failure struct {
	reported time.Time // when it was last told
	// once is for what the client tells once, since it has given the partition up: a look at the
	// broker says nothing of that.
	once bool
}

// NewUnread returns one for a consumer group, in which nothing is wrong.
func NewUnread(health *HealthScope, group string) *Unread {
	return &Unread{health: health, group: group, all: map[kafka.TopicPartition]failure{}}
}

// key is what Health calls a place.
func (f *Unread) key(at kafka.TopicPartition) string {
	switch {
	case at.Topic == "":
		return "fetches of " + f.group
	case at.Partition < 0:
		return "topic " + at.Topic
	default:
		return "partition " + at.String()
	}
}

// Report says what is wrong with a place. Once says that the client tells of it once, and a look at the broker nothing.
func (f *Unread) Report(at kafka.TopicPartition, text string, once bool) {
	f.mu.Lock()
	f.all[at] = failure{reported: time.Now(), once: once || f.all[at].once}
	f.count.Store(int32(len(f.all))) //nolint:gosec // at most one for each partition
	f.mu.Unlock()
	f.health.Report(f.key(at), text)
}

// Has says whether something is wrong with a place.
func (f *Unread) Has(at kafka.TopicPartition) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, is := f.all[at]
	return is
}

// Resolve says that a place is known to be read, or to be readable.
func (f *Unread) Resolve(at kafka.TopicPartition) {
	if f.remove(at) {
		f.health.Resolve(f.key(at))
	}
}

// Drop says that a place is no concern of this member any more.
func (f *Unread) Drop(at kafka.TopicPartition) {
	if f.remove(at) {
		f.health.Drop(f.key(at))
	}
}

func (f *Unread) remove(at kafka.TopicPartition) bool {
	if f.count.Load() == 0 {
		return false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	_, was := f.all[at]
	delete(f.all, at)
	f.count.Store(int32(len(f.all))) //nolint:gosec // at most one for each partition
	return was
}

// QuietAfter is how long nothing must have been told of a place before it is looked whether it is well
// again, where no record comes to show it: an error that lasts comes again within seconds.
const QuietAfter = 10 * time.Second

// Quiet returns the places of which nothing was told of late, and of which a look at the broker says
// something.
func (f *Unread) Quiet(now time.Time) []kafka.TopicPartition {
	if f.count.Load() == 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var places []kafka.TopicPartition
	for at, is := range f.all {
		if !is.once && now.Sub(is.reported) >= QuietAfter {
			places = append(places, at)
		}
	}
	return places
}

package consumer

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// failing remembers what cannot be read: partitions; topics, as partition -1; and with no topic
// whatever a broker answers. Each is over when that is known, not when nothing was heard of it for a
// while: the client tells some errors once only, and none of what it does not ask for.
type failing struct {
	health *scope
	group  string

	count atomic.Int32 // of all, to be quick where there are none
	mu    sync.Mutex
	all   map[kafka.TopicPartition]failure
}

type failure struct {
	told time.Time // when it was last told
	// once is for what the client tells once, since it has given the partition up: a look at the
	// broker says nothing of that.
	once bool
}

func newFailing(health *scope, group string) *failing {
	return &failing{health: health, group: group, all: map[kafka.TopicPartition]failure{}}
}

// key is what Health calls a place.
func (f *failing) key(at kafka.TopicPartition) string {
	switch {
	case at.Topic == "":
		return "fetches of " + f.group
	case at.Partition < 0:
		return "topic " + at.Topic
	default:
		return "partition " + at.String()
	}
}

// tell says what is wrong with a place.
func (f *failing) tell(at kafka.TopicPartition, text string, once bool) {
	f.mu.Lock()
	f.all[at] = failure{told: time.Now(), once: once || f.all[at].once}
	f.count.Store(int32(len(f.all))) //nolint:gosec // at most one for each partition
	f.mu.Unlock()
	f.health.Trouble(f.key(at), text)
}

// tells says whether something is wrong with a place.
func (f *failing) tells(at kafka.TopicPartition) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, is := f.all[at]
	return is
}

// over says that a place is known to be read, or to be readable.
func (f *failing) over(at kafka.TopicPartition) {
	if f.remove(at) {
		f.health.Recovered(f.key(at))
	}
}

// forget says that a place is no concern of this member any more.
func (f *failing) forget(at kafka.TopicPartition) {
	if f.remove(at) {
		f.health.Forget(f.key(at))
	}
}

func (f *failing) remove(at kafka.TopicPartition) bool {
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

// quietAfter is how long nothing must have been told of a place before it is looked whether it is well
// again, where no record comes to show it: an error that lasts comes again within seconds.
const quietAfter = 10 * time.Second

// quiet returns the places of which nothing was told of late, and of which a look at the broker says
// something.
func (f *failing) quiet(now time.Time) []kafka.TopicPartition {
	if f.count.Load() == 0 {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	var places []kafka.TopicPartition
	for at, is := range f.all {
		if !is.once && now.Sub(is.told) >= quietAfter {
			places = append(places, at)
		}
	}
	return places
}

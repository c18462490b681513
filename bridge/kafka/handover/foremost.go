package handover

import (
	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Foremost is how far the foremost of several groups was in partitions. A name may stand for several topics, of
// which all but the latest are no more.
type Foremost map[kafka.TopicPartition][]Position

// ForemostOf returns how far the foremost of groups is.
func ForemostOf(groups map[string]Reached) Foremost {
	foremost := Foremost{}
	for _, g := range groups {
		for topic, partitions := range g {
			for id, p := range partitions {
				foremost.add(kafka.TopicPartition{Topic: topic, Partition: id}, p)
			}
		}
	}
	return foremost
}

func (f Foremost) add(at kafka.TopicPartition, p Position) {
	for i := range f[at] {
		if had := &f[at][i]; had.of(p.Topic) {
			had.Read = max(had.Read, p.Read)
			had.Topic = max(had.Topic, p.Topic) // one of them may not be known
			return
		}
	}
	f[at] = append(f[at], p)
}

// Until returns the offset below which a partition was read; 0 where that is not known.
func (f Foremost) Until(part *offsets.Tracker) int64 {
	for _, p := range f[kafka.TopicPartition{Topic: part.Topic, Partition: part.ID}] {
		if part.Origin.Matches(p.Topic) {
			return p.Read
		}
	}
	return 0
}

// Uneven says whether some destinations may have had more than others: those of another group, or by a note.
func Uneven(groups map[string]Reached) bool {
	for _, g := range groups {
		for _, partitions := range g {
			for _, p := range partitions {
				if p.uneven {
					return true
				}
			}
		}
	}
	return len(groups) > 1
}

// Passed says whether groups have settled all that was read. A topic of which none of them has a position is
// no more, and so is one that they have positions of under another identity.
func (f Foremost) Passed(groups map[string]Reached) bool {
	for at, positions := range f {
		for _, p := range positions {
			known, behind := false, false
			for _, g := range groups {
				is, has := g[at.Topic][at.Partition]
				has = has && is.of(p.Topic)
				known, behind = known || has, behind || !has || is.Settled < p.Read
			}
			if known && behind {
				return false
			}
		}
	}
	return true
}

// Behind returns how many records a group is read less far than the foremost, gaps between offsets included, and in
// how many partitions.
func (r Reached) Behind(foremost Foremost) (records int64, partitions int) {
	for at, positions := range foremost {
		for _, p := range positions {
			if n := p.Read - r[at.Topic][at.Partition].Read; n > 0 {
				records, partitions = records+n, partitions+1
			}
		}
	}
	return records, partitions
}

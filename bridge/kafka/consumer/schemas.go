package consumer

import (
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

const (
	// schemaPatience is how long a partition may wait for schemas, one after the other, before that is told: to
	// fetch one takes some milliseconds, and an instance of the registry may be away for some seconds.
	schemaPatience = 5 * time.Second
	// schemaQuiet is how long it must not have waited for one to be well again: where every poll brings
	// unknown ones, it waits again and again, though never for long.
	schemaQuiet = 5 * time.Second
	// schemaTurn is how often one of the partitions is read again that were put back, while no more may wait: as
	// it has to be put back where its schema has not come, which throws away what is prefetched of all partitions.
	schemaTurn = time.Second
)

// lacking notes that a partition waits for schemas, and has since the latest note if it waited then. Of the poll
// loop.
func (s *Source) lacking(a *assignment, lacks string, now time.Time) {
	if a.lacks != "" {
		a.lackingFor += now.Sub(a.lackingLast)
	}
	a.lacks, a.lackingLast = lacks, now
	if a.lackingFor >= schemaPatience {
		text := "records wait for " + a.lacks
		if a.back {
			text += ", or did when they were last read: they are read again in turn, as there is no room for more that waits"
		}
		s.health.Trouble(schemasKey(a.TopicPartition), text)
	}
}

// complete ends the trouble of partitions that have not waited for a schema for some time. Of the poll
// loop.
func (s *Source) complete(now time.Time) {
	s.gate.RLock()
	defer s.gate.RUnlock()
	for _, a := range s.assigned {
		if a.back && a.lacks != "" && now.Sub(a.lackingLast) >= time.Second {
			s.lacking(a, a.lacks, now) // it is not offered again, and waits all the same
		}
		if waits := a.lacks != "" && len(a.waiting) > 0; !a.lackingLast.IsZero() && !waits && now.Sub(a.lackingLast) >= schemaQuiet {
			a.lackingLast, a.lackingFor = time.Time{}, 0
			s.health.Recovered(schemasKey(a.TopicPartition))
		}
	}
}

func schemasKey(p kafka.TopicPartition) string { return "schemas of " + p.String() }

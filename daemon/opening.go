package daemon

import (
	"context"
	"slices"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka/membership"
	"github.com/sluice-bridge/sluice/bridge/kafka/opening"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/wiring/await"
)

// leaderPatience is how long a start waits for partitions that have no leader: brokers that restart take
// seconds to choose others.
const leaderPatience = 30 * time.Second

// reloadPatience is the same for a reload, which ends in time. Until it is over all that was read is read on.
const reloadPatience = reloadTimeout / 2

// opening is for what is new to the shared group of these topics, which is where the groups of destinations begin
// too.
func (d *Daemon) opening(p *plan, topics []string, patience time.Duration) *opening.Opening {
	k := p.config.Kafka
	lookup := p.config.StartLookup()
	return opening.New(opening.Options{
		Connection: p.connection(), Group: k.Group, Topics: topics,
		Start: func(topic string) (opening.Start, string) {
			s, entry := lookup(topic)
			return start(s, p.made), entry
		},
		Since: p.made, ReadUncommitted: k.IsolationLevel == config.ReadUncommitted, WaitForLeaders: patience,
	}, d.log)
}

// gatherPatience is how long a start and a reload wait for members under another client id that come together: Kafka
// gives a group that begins 3 s for that.
const gatherPatience = 10 * time.Second

// vacancy is for groups that are to be joined.
func (d *Daemon) vacancy(p *plan, groups []string) *membership.Vacancy {
	return membership.NewVacancy(membership.VacancyOptions{Connection: p.connection(), Groups: groups, Timeout: gatherPatience}, d.log)
}

// open commits where the shared group begins. After an error nothing may be read: it would begin, and commit
// that, elsewhere.
func (d *Daemon) open(ctx context.Context, p *plan, opening *opening.Opening) error {
	err := await.Reported(ctx, d.board, "group "+p.config.Kafka.Group, "looking up where it begins", opening.Try)
	p.starts = opening.Starts()
	return err
}

// sameGroups says whether another configuration has the same brokers, and the same shared group there. It goes by their
// addresses, and not by ids of topics as earlier rules do: it decides whether brokers are to be asked at all. Other
// addresses may be another cluster, where the group has read nothing; where they are not, to look all topics up once
// more finds the offsets that the group has.
func sameGroups(a, b *config.Config) bool {
	return a.Kafka.Group == b.Kafka.Group && slices.Equal(a.Kafka.Brokers, b.Kafka.Brokers)
}

// lookUpMore finds where begins what a plan reads that the one before it does not; nil where there is nothing.
// An error means that this is not known in time.
func (d *Daemon) lookUpMore(ctx context.Context, p, before *plan) (*opening.Opening, error) {
	more := p.config.Subscriptions()
	if sameGroups(before.config, p.config) {
		read := before.config.Subscriptions()
		more = slices.DeleteFunc(more, func(t string) bool { return slices.Contains(read, t) })
	}
	if len(more) == 0 {
		return nil, nil
	}
	opening := d.opening(p, more, reloadPatience)
	return opening, await.Success(ctx, opening.LookUp, func(error) {})
}

// openMore is open for what was looked up, beside what the plan before has begun.
func (d *Daemon) openMore(ctx context.Context, p, before *plan, more *opening.Opening) error {
	if more != nil {
		if err := d.open(ctx, p, more); err != nil {
			return err
		}
	}
	if !sameGroups(before.config, p.config) {
		return nil
	}
	// Not everything of before may have been committed since.
	for topic, partitions := range before.starts {
		if p.starts[topic] == nil {
			for _, o := range partitions {
				p.starts.Add(o)
			}
		}
	}
	return nil
}

// start resolves a start relative to when the configuration was taken.
func start(s config.Start, now time.Time) opening.Start {
	at, _ := s.Time(now)
	return opening.Start{Latest: s.Latest, At: at}
}

package daemon

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sluice-bridge/sluice/bridge"
	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/config"
)

// leaderPatience is how long a start waits for partitions that have no leader: brokers that restart take
// seconds to choose others.
const leaderPatience = 30 * time.Second

// open commits where the shared group begins, in what is new to it of these topics, which is where the groups
// of destinations begin too. After an error nothing may be read: it would begin, and commit that, elsewhere.
func (d *Daemon) open(ctx context.Context, p *plan, topics []string) error {
	k := p.config.Kafka
	lookup := p.config.StartLookup()
	opening := kafka.NewOpening(kafka.OpeningOptions{
		Connection: p.connection(), Group: k.Group, Topics: topics,
		Start: func(topic string) (kafka.Start, string) {
			s, entry := lookup(topic)
			return start(s, p.made), entry
		},
		Since: p.made, ReadUncommitted: k.IsolationLevel == config.ReadUncommitted, Patience: leaderPatience,
	}, d.log)
	err := d.persist(ctx, "group "+k.Group, "looking up where it begins", opening.Try)
	p.starts = opening.Starts()
	return err
}

// openMore is open for what a plan reads that the one before it does not.
func (d *Daemon) openMore(ctx context.Context, p, before *plan) error {
	was := before.config
	if was.Kafka.Group != p.config.Kafka.Group || !slices.Equal(was.Kafka.Brokers, p.config.Kafka.Brokers) {
		return d.open(ctx, p, p.config.Subscriptions())
	}
	read := was.Subscriptions()
	more := slices.DeleteFunc(p.config.Subscriptions(), func(t string) bool { return slices.Contains(read, t) })
	if len(more) > 0 {
		if err := d.open(ctx, p, more); err != nil {
			return err
		}
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
func start(s config.Start, now time.Time) kafka.Start {
	at, _ := s.Time(now)
	return kafka.Start{Latest: s.Latest, At: at}
}

// persist tries something until that succeeds, and tells of what is wrong meanwhile. It returns an error where ctx
// ends before, and where no later try can mend it: notes of a newer version.
func (d *Daemon) persist(ctx context.Context, key, doing string, try func(context.Context) error) error {
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 10*time.Second) {
		once, cancel := context.WithTimeout(ctx, 10*time.Second)
		err := try(once)
		cancel()
		var newer *bridge.NewerNote
		switch {
		case err == nil:
			d.board.Recovered(key)
			return nil
		case errors.As(err, &newer):
			return err
		}
		if ctx.Err() == nil {
			d.board.Trouble(key, doing+": "+err.Error())
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

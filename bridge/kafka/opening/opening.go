package opening

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Start is where reading begins in what a group has no offset of. The zero Start is the earliest record.
type Start struct {
	// Latest is the end of the log.
	Latest bool
	// At is the time of the first record to read, where neither is meant.
	At time.Time
}

func (s Start) earliest() bool { return s == Start{} }

// Options say where a group begins that is new, or that is to read topics which are new to it.
type Options struct {
	Connection kafka.Connection
	Group      string
	// Topics are those that may be new, as in Options.
	Topics []string
	// Start tells where a topic begins, and which entry of the configuration says that of topics in
	// particular: it holds where the group has no offset of any topic of the entry. Without an entry it
	// is the start of a group that has no offset at all.
	Start func(topic string) (start Start, entry string)
	// Since is when "latest" was asked for: what is written after that is not passed over.
	Since           time.Time
	ReadUncommitted bool
	// WaitForLeaders is how long partitions are waited for that have no leader, before they are left out.
	WaitForLeaders time.Duration
}

// Opening commits where reading begins, before a member joins: in the name of the whole group and for all
// partitions at once, so that instances which start together agree. A partition that has no offset
// after that is newer than the start, and is read from its first record.
type Opening struct {
	opts  Options
	log   *zap.Logger
	begun time.Time // of the first try that a broker has answered

	resolved bool
	fresh    bool // the group had no offset at all
	opened   map[kafka.TopicPartition]opened
	made     kadm.Offsets // what this has committed, or may have
}

// opened is where a partition is to begin.
type opened struct {
	entry string
	kadm.Offset
	passed, ahead int64 // records at most before and behind it
}

// New makes no request.
func New(opts Options, log *zap.Logger) *Opening {
	return &Opening{opts: opts, log: log.With(zap.String("group", opts.Group))}
}

// Starts returns where partitions begin of which a group has no offset when they are assigned: in the group of a
// destination, which begins where the shared group does, and in one that had members which know nothing of
// the topics, so that nothing could be committed. Each member commits those of its partitions before it
// reads.
func (o *Opening) Starts() kadm.Offsets {
	starts := kadm.Offsets{}
	for _, start := range o.opened {
		starts.Add(start.Offset)
	}
	return starts
}

// LookUp finds out where reading begins, and is to be repeated after an error. That it may last does no harm to
// members of the group.
func (o *Opening) LookUp(ctx context.Context) error {
	return kafka.WithClient(ctx, o.opts.Connection, func(client *kgo.Client) error { return o.lookUp(ctx, client) })
}

func (o *Opening) lookUp(ctx context.Context, client *kgo.Client) error {
	if o.resolved {
		return nil
	}
	err := o.resolve(ctx, client)
	o.resolved = err == nil
	return err
}

// Try does what is left to do, and is to be repeated after an error.
func (o *Opening) Try(ctx context.Context) error {
	return kafka.WithClient(ctx, o.opts.Connection, func(client *kgo.Client) error { return o.try(ctx, client) })
}

func (o *Opening) try(ctx context.Context, client *kgo.Client) error {
	if err := o.lookUp(ctx, client); err != nil {
		return err
	}
	if len(o.opened) == 0 {
		return nil
	}
	admin := kadm.NewClient(client)
	// Only now: whoever was first has committed before it read anything, and that stands.
	committed, err := kafka.FetchOffsets(ctx, admin, o.opts.Group)
	if err != nil {
		return err
	}
	missing := kadm.Offsets{}
	for at, start := range o.opened {
		if has, ok := committed.Lookup(at.Topic, at.Partition); !ok || has.At < 0 {
			missing.Add(start.Offset)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	o.made = missing
	answers, err := admin.CommitOffsets(ctx, o.opts.Group, missing)
	if err == nil {
		err = o.refused(answers)
	}
	switch {
	case err == nil:
		o.tell()
		return nil
	case inUse(err):
		// The start of the group itself was the business of whoever joined first. The members know nothing
		// of topics that have no offset yet.
		maps.DeleteFunc(o.opened, func(_ kafka.TopicPartition, start opened) bool { return start.entry == "" })
		return nil
	}
	return fmt.Errorf("committing where group %s begins: %w", o.opts.Group, err)
}

// TakeBack removes what was committed: nobody reads there, and whoever asks for another start is to get it. What
// another instance goes on from stays.
func (o *Opening) TakeBack(ctx context.Context) error {
	if len(o.made) == 0 {
		return nil
	}
	return kafka.WithClient(ctx, o.opts.Connection, func(client *kgo.Client) error {
		admin := kadm.NewClient(client)
		committed, err := kafka.FetchOffsets(ctx, admin, o.opts.Group)
		if err != nil {
			return err
		}
		var unused kadm.TopicsSet
		o.made.Each(func(made kadm.Offset) {
			if has, ok := committed.Lookup(made.Topic, made.Partition); ok && has.At == made.At {
				unused.Add(made.Topic, made.Partition)
			}
		})
		if len(unused) == 0 {
			return nil
		}
		answers, err := admin.DeleteOffsets(ctx, o.opts.Group, unused)
		answers.EachError(func(_ string, _ int32, refused error) {
			if err == nil && !errors.Is(refused, kerr.GroupSubscribedToTopic) {
				err = refused
			}
		})
		if err != nil {
			return fmt.Errorf("removing where group %s was to begin: %w", o.opts.Group, err)
		}
		return nil
	})
}

// refused tells of topics whose offsets this application may not commit, which keeps none of the others from being
// read: who is given their partitions commits where they begin, once it may. What else was refused is an error.
func (o *Opening) refused(answers kadm.OffsetResponses) (failed error) {
	told := map[string]bool{}
	answers.Each(func(r kadm.OffsetResponse) {
		switch {
		case r.Err == nil || told[r.Topic]:
		case errors.Is(r.Err, kerr.TopicAuthorizationFailed):
			told[r.Topic] = true
			o.log.Warn("the offset at which the topic begins cannot be committed; the topic is not read before it can", zap.String("topic", r.Topic), zap.Error(r.Err))
		case failed == nil:
			failed = r.Err
		}
	})
	return failed
}

// inUse says whether a commit was refused because the group has members, in whose name it was not made.
func inUse(err error) bool {
	return errors.Is(err, kerr.UnknownMemberID) || errors.Is(err, kerr.IllegalGeneration) || errors.Is(err, kerr.RebalanceInProgress)
}

func (o *Opening) tell() {
	type sum struct{ partitions, passed, ahead int64 }
	topics := map[string]sum{}
	for at, start := range o.opened {
		s := topics[at.Topic]
		topics[at.Topic] = sum{s.partitions + 1, s.passed + start.passed, s.ahead + start.ahead}
	}
	what := "the topic is new to the group, and begins where its start says"
	if o.fresh {
		what = "the group is new, and begins where its start says"
	}
	for topic, s := range topics {
		o.log.Info(what, zap.String("topic", topic), zap.Int64("partitions", s.partitions),
			zap.Int64("records_passed_over", s.passed), zap.Int64("records_to_read", s.ahead))
	}
}

// markOf is the metadata of an offset that nobody has a note for: the mark of its topic.
func markOf(cluster, topic string, id [16]byte) string {
	return offsets.NewTopicIdentity(cluster, topic, id).Fingerprint()
}

package membership

import (
	"errors"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

func lockGroup(t *testing.T, brokers []string, topic string, timeout time.Duration) (*GroupLock, error) {
	t.Helper()
	return LockGroup(t.Context(), LockOptions{
		Connection: kafka.Connection{Brokers: brokers, ClientID: "lock"}, Group: topic + ".redrive", Topic: topic,
		Partitions: []int32{0, 1, 2}, Timeout: timeout, Log: zap.NewNop(),
	})
}

// One process has the group; the next finds what the first has committed, metadata included.
func TestLockIsExclusive(t *testing.T) {
	kafkatest.EachKafka(t, 3, func(t *testing.T, brokers []string, topic string) {
		c := kafkatest.Client(t, brokers)
		for p := range int32(3) {
			kafkatest.ProduceTimed(t, c, topic, p, 1, 2, 3)
		}
		first, err := lockGroup(t, brokers, topic, 30*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lockGroup(t, brokers, topic, 500*time.Millisecond); !errors.Is(err, ErrLocked) {
			t.Errorf("a second lock: %v", err)
		}
		if err := first.Commit(t.Context(), map[int32]Offset{0: {2, "two"}, 2: {0, "none"}}); err != nil {
			t.Fatal(err)
		}
		first.Release()
		second, err := lockGroup(t, brokers, topic, 30*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		defer second.Release()
		got, err := second.Committed(t.Context())
		if err != nil || len(got) != 2 || got[0] != (Offset{2, "two"}) || got[2] != (Offset{0, "none"}) {
			t.Errorf("%v, %v", got, err)
		}
	})
}

// Somebody who joins all the same takes the group away: the first is told, and can still commit what
// it has done, for which the newcomer waits.
func TestLockThatIsTakenAwayStillCommits(t *testing.T) {
	kafkatest.EachKafka(t, 3, func(t *testing.T, brokers []string, topic string) {
		first, err := lockGroup(t, brokers, topic, 30*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		newcomer := kafkatest.Client(t, brokers, kgo.ConsumerGroup(topic+".redrive"), kgo.ConsumeTopics(topic),
			kgo.SessionTimeout(10*time.Second), kgo.HeartbeatInterval(100*time.Millisecond), kgo.DisableAutoCommit())
		select {
		case <-first.Lost():
		case <-time.After(30 * time.Second):
			t.Fatal("nobody told the first")
		}
		if err := first.Commit(t.Context(), map[int32]Offset{0: {7, "seven"}, 1: {8, ""}, 2: {9, ""}}); err != nil {
			t.Error(err)
		}
		first.Release()
		got, err := Committed(t.Context(), kadm.NewClient(newcomer), topic+".redrive", topic)
		if err != nil || got[0] != (Offset{7, "seven"}) || got[2].At != 9 {
			t.Errorf("%v, %v", got, err)
		}
	})
}

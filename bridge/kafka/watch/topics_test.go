package watch

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/fake"
)

// lookAtTopics returns brokers with a topic t, what looks at it, and where that tells of it.
func lookAtTopics(t *testing.T) (*fake.Kafka, *topicLook, *kafkatest.Board) {
	k, board := kafkatest.Cluster(t, 1), kafkatest.NewBoard()
	return k, newTopicLook(kafkatest.Dial(t, k), board), board
}

// undescribed has brokers describe topic t no more.
func undescribed(k *fake.Kafka) *kfake.FaultHandle {
	return k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Metadata}, Topic: "t", Err: kerr.LeaderNotAvailable, Count: -1})
}

// A topic that is read, and that brokers describe no more, is told of: nobody hears of its new partitions. Not where one
// look alone finds it so.
func TestTopicThatIsNotDescribedAnyMoreIsTold(t *testing.T) {
	t.Parallel()
	k, look, board := lookAtTopics(t)
	topics := []string{"t", "/t|u/"}
	if !look.at(t.Context(), topics, nil) || board.Is("topic t") != "" {
		t.Fatalf("not there: %s", board.Is("topic t"))
	}
	fault := undescribed(k)
	if look.at(t.Context(), topics, nil) || board.Is("topic t") != "" {
		t.Fatalf("told at the first look: %s", board.Is("topic t"))
	}
	if look.at(t.Context(), topics, nil) || !strings.Contains(board.Is("topic t"), "it cannot be read: LEADER_NOT_AVAILABLE") {
		t.Errorf("told: %q", board.Is("topic t"))
	}
	fault.Remove()
	if !look.at(t.Context(), topics, nil) || board.Is("topic t") != "" {
		t.Errorf("told though it is described: %s", board.Is("topic t"))
	}
}

// What is missing from the beginning is told of at once.
func TestTopicThatIsMissingIsTold(t *testing.T) {
	t.Parallel()
	_, look, board := lookAtTopics(t)
	there := look.at(t.Context(), []string{"u", "/v.*/"}, nil)
	u, v := board.Is("topic u"), board.Is("topic /v.*/")
	if there || !strings.Contains(u, "does not exist") || v != "no topic matches; one is read when it is created" {
		t.Errorf("told: %q, %q", u, v)
	}
}

// So is one that a regular expression stands for, as long as partitions of it are owned.
func TestMatchingTopicThatIsNotDescribedAnyMoreIsTold(t *testing.T) {
	t.Parallel()
	k, look, board := lookAtTopics(t)
	topics, held := []string{"/^t/"}, []Held{{At: kafka.TopicPartition{Topic: "t"}}}
	if !look.at(t.Context(), topics, held) {
		t.Fatalf("not there: %s", board.Is("topic t"))
	}
	undescribed(k)
	look.at(t.Context(), topics, held)
	if look.at(t.Context(), topics, held); !strings.Contains(board.Is("topic t"), "LEADER_NOT_AVAILABLE") {
		t.Fatalf("told: %q", board.Is("topic t"))
	}
	if look.at(t.Context(), topics, nil); board.Is("topic t") != "" {
		t.Errorf("told of a topic that is nobody's: %s", board.Is("topic t"))
	}
}

// What somebody else has told of a topic is not over for this watch to see it once more.
func TestTopicIsResolvedByWhoToldOfIt(t *testing.T) {
	t.Parallel()
	k, look, board := lookAtTopics(t)
	look.at(t.Context(), []string{"t"}, nil)
	fault := undescribed(k)
	look.at(t.Context(), []string{"t"}, nil) // the first look, of which nothing is told
	board.Report("topic t", "set aside")
	fault.Remove()
	if !look.at(t.Context(), []string{"t"}, nil) || board.Is("topic t") != "set aside" {
		t.Errorf("told: %q", board.Is("topic t"))
	}
}

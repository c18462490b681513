package deadletter

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"golang.org/x/sync/errgroup"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/fake"
)

// narrow makes the dead-letter topic as brokers do by default.
func narrow(t *testing.T, k *fake.Kafka) *kadm.Client {
	t.Helper()
	admin := kadm.NewClient(kafkatest.Dial(t, k))
	if _, err := admin.CreateTopic(t.Context(), 1, 1, nil, "dead"); err != nil {
		t.Fatal(err)
	}
	return admin
}

// widened does what the remedy says.
func widened(t *testing.T, admin *kadm.Client, remedy string) {
	t.Helper()
	size := kadm.StringPtr("33554432")
	if want := "--alter --topic dead --add-config max.message.bytes=" + *size; !strings.Contains(remedy, want) {
		t.Errorf("%q has no remedy %q", remedy, want)
	}
	answers, err := admin.AlterTopicConfigs(t.Context(), []kadm.AlterConfig{{Name: "max.message.bytes", Value: size}}, "dead")
	if err != nil || answers[0].Err != nil {
		t.Fatal(err, answers)
	}
}

// A dead letter that does not fit says so with its size, the topic's and the remedy, and fits then.
func TestLetterThatDoesNotFitTellsTheRemedy(t *testing.T) {
	k := kafkatest.Cluster(t, 1)
	admin := narrow(t, k)
	l := newProducer(t, k)
	letter := message.DeadLetter{Record: &kgo.Record{Topic: "t", Value: kafkatest.Noise(1_048_570)}, Reason: message.ReasonTooLarge}
	err := l.Write(t.Context(), letter)
	if err == nil || !strings.Contains(err.Error(), "topic dead takes 1048588") || !strings.HasPrefix(err.Error(), "it has 1048") {
		t.Fatalf("%v", err)
	}
	widened(t, admin, err.Error())
	if err := l.Write(t.Context(), letter); err != nil {
		t.Error(err)
	}
}

// A dead letter beyond what topics of our own making take goes to one that was made to take it; beyond
// what brokers take at all, the remedy is another.
func TestLetterBeyondOurTopicsGoesToAWiderOne(t *testing.T) {
	k := kafkatest.Cluster(t, 1)
	admin := narrow(t, k)
	l := newProducer(t, k)
	letter := message.DeadLetter{Record: &kgo.Record{Topic: "t", Value: kafkatest.Noise(33 << 20)}, Reason: message.ReasonTooLarge}
	err := l.Write(t.Context(), letter)
	if err == nil {
		t.Fatal("a narrow topic took it")
	}
	_, size, _ := strings.Cut(err.Error(), "--add-config max.message.bytes=")
	size, _, _ = strings.Cut(size, " ")
	answers, altered := admin.AlterTopicConfigs(t.Context(), []kadm.AlterConfig{{Name: "max.message.bytes", Value: &size}}, "dead")
	if altered != nil || answers[0].Err != nil {
		t.Fatal(altered, answers)
	}
	if err := l.Write(t.Context(), letter); err != nil {
		t.Error(err)
	}
	letter.Record.Value = make([]byte, maxRequestBytes)
	if err := l.Write(t.Context(), letter); err == nil || !strings.Contains(err.Error(), "have a rule drop the record") || strings.Contains(err.Error(), "--alter") {
		t.Errorf("beyond what brokers take: %v", err)
	}
}

// Producer that fit one by one are not refused for what they are together.
func TestLettersThatFitAreNotRefusedTogether(t *testing.T) {
	k := kafkatest.Cluster(t, 1)
	narrow(t, k)
	l := newProducer(t, k)
	var writes errgroup.Group
	for i := range 40 {
		size := 400_000 + i%2*300_000
		writes.Go(func() error {
			return l.Write(t.Context(), message.DeadLetter{Record: &kgo.Record{Topic: "t", Value: kafkatest.Noise(size)}})
		})
	}
	if err := writes.Wait(); err != nil {
		t.Error(err)
	}
}

// A dead-letter topic that takes less than what is read is told of, until it is widened.
func TestNarrowDeadLetterTopicIsTold(t *testing.T) {
	k := kafkatest.Cluster(t, 1)
	l := newProducer(t, k)
	for _, topics := range [][]string{{"t"}, {"/^t$/", "missing"}} {
		if warning := l.CheckSize(t.Context(), topics); warning != "" {
			t.Errorf("without a dead-letter topic: %s", warning)
		}
	}
	admin := narrow(t, k)
	var warning string
	for _, topics := range [][]string{{"t"}, {"/^t$/", "missing"}} {
		warning = l.CheckSize(t.Context(), topics)
		if !strings.HasPrefix(warning, "topic dead takes 1048588 bytes and t, which is read, takes 1048588") {
			t.Errorf("%v: %q", topics, warning)
		}
	}
	if w := l.CheckSize(t.Context(), []string{"missing"}); w != "" {
		t.Error(w)
	}
	widened(t, admin, warning)
	if w := l.CheckSize(t.Context(), []string{"t"}); w != "" {
		t.Error(w)
	}
}

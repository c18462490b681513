package fake_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/sluice-bridge/sluice/fake"
)

func TestFaultsTellWhatTheyTouch(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}})
	c := sqsClient(t, a)
	q := a.Queue("q")
	send := func() *sqs.SendMessageBatchOutput {
		out, _ := c.SendMessageBatch(deadline(t), batch(q, "good", "bad", "worse"))
		return out
	}
	bad := func(e fake.Entry) bool { return e.Body == "bad" }
	for _, row := range []struct {
		effect fake.Effect
		want   []string
	}{
		{fake.FailEntry("InternalError", false), []string{"bad"}},
		{fake.DropEntry(), []string{"bad"}},
		{fake.Poison(), []string{"good", "bad", "worse"}},
		{fake.InternalError().Stored(), []string{"good", "bad", "worse"}},
	} {
		var touched []string
		h := a.Inject(fake.Fault{When: bad, Effect: row.effect, Touched: func(e fake.Entry) { touched = append(touched, e.Body) }})
		send()
		h.Remove()
		send()
		if !slices.Equal(touched, row.want) {
			t.Errorf("%+v touched %q, want %q", row.effect, touched, row.want)
		}
	}
}

func TestAQueueThatIsDeletedMayBeMadeAgain(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}})
	c := sqsClient(t, a)
	old := a.Queue("q")
	old.Delete()
	if _, err := c.SendMessageBatch(deadline(t), batch(old, "x")); err == nil {
		t.Error("a queue that was deleted takes messages")
	}
	made, err := a.CreateQueue("q", fake.QueueOptions{})
	if err != nil || made == old {
		t.Fatalf("the queue made again is %v, the old one: %t", err, made == old)
	}
	old.Delete()
	if _, err := c.SendMessageBatch(deadline(t), batch(made, "x")); err != nil || made.Count() != 1 || old.Count() != 0 {
		t.Errorf("%v; the new queue has %d messages, the old one %d", err, made.Count(), old.Count())
	}
}

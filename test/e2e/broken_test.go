package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

// TestBrokenDestinationHoldsUpNoOther breaks one of three destinations in ways that a person has to
// mend. The other two flow on and commit, nothing is dead-lettered, readiness and the log say what
// is wrong, and once it is mended everything arrives without a hand on the bridge.
func TestBrokenDestinationHoldsUpNoOther(t *testing.T) {
	cases := []struct {
		name   string
		fault  fake.Fault
		reason string // in readiness
	}{
		{"queue missing", fake.Fault{Effect: fake.QueueMissing()}, "NonExistentQueue"},
		{"access denied", fake.Fault{Effect: fake.AccessDenied()}, "AccessDenied"},
		{"kms key disabled", fake.Fault{Action: "SendMessageBatch", Effect: fake.KMSDisabled()}, "KmsDisabled"},
	}
	onBothKafkas(t, func(t *testing.T, b *broker) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel() // the bridge waits before it looks again
				a := cloud(t, fake.Options{})
				broken := toQueue(t, b, a, "broken.fifo", 2)
				well := []*way{toQueue(t, b, a, "orders", 2), toTopic(t, b, a, "audit.fifo", 2)}
				ways := append(slices.Clone(well), broken)
				group := "broken-" + unique()
				const each = 500
				records := feed(t, b, ways, each, 20, 0)
				c.fault.Target = broken.target
				fault := a.Inject(c.fault)

				p := start(t, waysConfig(b, a, group, ways, "", ""))
				for i, w := range well {
					w.end.wait(t, each)
					w.end.allArrived(t, records[i])
				}
				b.committed(t, group, topicsOf(well)...)
				p.await("readiness to say what is wrong", func() bool {
					status, problems := p.problems()
					text := problems["destination "+broken.name]
					return status == http.StatusServiceUnavailable && len(problems) == 1 && strings.Contains(text, c.reason)
				})
				// Meanwhile the others go on.
				for i, r := range feed(t, b, well, each, 20, each) {
					well[i].end.wait(t, 2*each)
					records[i] = append(records[i], r...)
				}
				b.committed(t, group, topicsOf(well)...)
				if n := b.committedAt(t, group, broken.topic); n > 0 {
					t.Errorf("%d records of the broken destination are committed", n)
				}

				fault.Remove()
				broken.end.wait(t, each)
				b.committed(t, group, broken.topic)
				p.ready().stop()
				for i, w := range ways {
					w.end.allArrived(t, records[i])
					w.checkOrder(t)
				}
				b.noDeadLetters(t, group)
				what := "destination " + broken.name
				if n, m := p.logged("unhealthy", what), p.logged("recovered", what); n != 1 || m != 1 {
					t.Errorf("the log tells %d times of the trouble and %d times of its end", n, m)
				}
			})
		}
	})
}

func TestBridgeStartsBeforeItsQueueExists(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	a := cloud(t, fake.Options{})
	group, topic := "appears-"+unique(), b.topic(t, "orders", 2)
	records := events(topic, 300, 20, 0)
	b.produce(t, records)
	p := start(t, waysConfig(b, a, group, []*way{{name: "late", address: "sqs: late.fifo", topic: topic}}, "", ""))
	p.await("readiness to name the queue", func() bool {
		_, problems := p.problems()
		return strings.Contains(problems["destination late"], "NonExistentQueue")
	})
	q, err := a.CreateQueue("late.fifo", fake.QueueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	end := watch(q)
	end.wait(t, len(records))
	b.committed(t, group, topic)
	p.ready().stop()
	end.allArrived(t, records)
	end.inOrder(t)
}

// problems returns the status of readiness and what is wrong, by what it is wrong with.
func (p *process) problems() (int, map[string]string) {
	status, body := p.get("/readyz")
	var answer struct {
		Problems []struct{ What, Text string }
	}
	_ = json.Unmarshal([]byte(body), &answer)
	found := map[string]string{}
	for _, e := range answer.Problems {
		found[e.What] = e.Text
	}
	return status, found
}

// logged counts the lines of the log with a message about something.
func (p *process) logged(msg, what string) int {
	n := 0
	for line := range strings.Lines(p.Log.String()) {
		var e struct{ Msg, What string }
		if json.Unmarshal([]byte(line), &e) == nil && e.Msg == msg && e.What == what {
			n++
		}
	}
	return n
}

// metricSum adds up the series of a metric whose labels contain all of the texts.
func (p *process) metricSum(name string, texts ...string) float64 {
	_, body := p.get("/metrics")
	sum := 0.0
	for line := range strings.Lines(body) {
		series, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if !strings.HasPrefix(series, name) || slices.ContainsFunc(texts, func(s string) bool { return !strings.Contains(series, s) }) {
			continue
		}
		var v float64
		_, _ = fmt.Sscan(value, &v)
		sum += v
	}
	return sum
}

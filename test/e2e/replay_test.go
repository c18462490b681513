package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// resent is what sluice replay and redrive print.
type resent struct {
	ID           string           `json:"id"`
	Records      int              `json:"records"`
	Redriven     int              `json:"redriven"`
	Acknowledged map[string]int64 `json:"acknowledged"`
	Letters      map[string]int64 `json:"dead_letters"`
	Unroutable   map[string]int64 `json:"without_destination"`
	Stay         map[string]int64 `json:"stay"`
	Resume       string           `json:"resume"`
	Error        string           `json:"error"`
	code         int
}

// resend runs sluice replay or redrive to its end.
func resend(t *testing.T, command, config string, args ...string) resent {
	t.Helper()
	return ended(t, launch(t, command, config, append(args, "--yes", "--json")))
}

func ended(t *testing.T, p *process) resent {
	t.Helper()
	out := resent{code: p.exitCode()}
	text := strings.TrimSpace(p.Out.String())
	if text == "" {
		t.Fatalf("it printed nothing, and\n%s", p.Log)
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return out
}

// marked counts the messages of a queue that say that they are replayed.
func marked(q *fake.Queue) int {
	n := 0
	for _, m := range q.Messages() {
		if m.Attributes["replayed"].String == "true" {
			n++
		}
	}
	return n
}

// TestReplaySendsWhatIsChosenBesideTheBridge sends records again beside the running bridge: to
// standard and FIFO queues, isolated or not, marked, and with no offset of any group moved. What is
// chosen, and nothing else, is sent.
func TestReplaySendsWhatIsChosenBesideTheBridge(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		group, topic := "replay-"+unique(), b.topic(t, "orders", 3)
		records := events(topic, 600, 20, 0)
		begin := time.Now().Add(-time.Hour).Truncate(time.Second)
		for i, r := range records {
			r.Timestamp = begin.Add(time.Duration(i) * time.Second)
		}
		b.produce(t, records)
		config := isolatedConfig(b, a, group, topic, "isolated: true", "ledger")
		config = strings.Replace(config, "rules: [", fmt.Sprintf("rules: [{name: first, topics: [%s], match: {seq: [{numeric: [\"<\", 10]}]}, to: [orders], continue: true}, ", topic), 1)
		p := start(t, config)
		orders.wait(t, len(records))
		ledger.wait(t, len(records))
		own := group + ".ledger"
		b.committed(t, group, topic)
		b.committed(t, own, topic)
		before := fmt.Sprint(b.offsets(t, group), b.offsets(t, own))

		sent := func(what string, fifo bool, standard, toFIFO int, args ...string) resent {
			t.Helper()
			n, f := orders.queue.Count(), ledger.queue.Count()
			got := resend(t, "replay", config, args...)
			if got.code != 0 || got.Error != "" || got.Resume != "" {
				t.Errorf("%s: %+v", what, got)
			}
			if n = orders.queue.Count() - n; n != standard {
				t.Errorf("%s: %d messages to the standard queue, want %d", what, n, standard)
			}
			if f = ledger.queue.Count() - f; fifo && f != toFIFO {
				t.Errorf("%s: %d messages to the FIFO queue, want %d", what, f, toFIFO)
			}
			return got
		}
		whole := sent("everything", true, 600, 600, "--topic", topic)
		if whole.Records != 600 || whole.Acknowledged["orders"] != 600 || whole.Acknowledged["ledger"] != 600 {
			t.Errorf("%+v", whole)
		}
		sent("the same replay", true, 600, 0, "--topic", topic, "--id", whole.ID)
		sent("a destination", true, 0, 600, "--destination", "ledger")
		sent("a rule", true, 10, 0, "--rule", "first")
		sent("times", true, 100, 100, "--from", begin.Add(50*time.Second).Format(time.RFC3339), "--to", begin.Add(150*time.Second).Format(time.RFC3339))
		sent("offsets", true, 15, 15, "--topic", topic, "--offset", "0:10-19", "--offset", topic+"/2:3-7")
		sent("one record", true, 1, 1, "--topic", topic, "--offset", "1:4")

		if n, m := orders.queue.Count()-600, marked(orders.queue); n != m {
			t.Errorf("%d messages were replayed, and %d are marked", n, m)
		}
		if n, m := ledger.queue.Count()-600, marked(ledger.queue); n != m {
			t.Errorf("%d messages to the FIFO queue were replayed, and %d are marked", n, m)
		}
		p.ready().stop()
		if after := fmt.Sprint(b.offsets(t, group), b.offsets(t, own)); after != before {
			t.Errorf("committed offsets moved from\n%s to\n%s", before, after)
		}
		b.noDeadLetters(t, group)
	})
}

// TestReplayCountsRecordsWithoutDestination replays what has no destination and what AWS refuses:
// the first is counted, the second becomes a dead letter.
func TestReplayCountsRecordsWithoutDestination(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	a := cloud(t, fake.Options{Queues: []string{"orders"}})
	group, topic := "unroutable-"+unique(), b.topic(t, "orders", 1)
	for _, v := range []string{`{"n":1}`, `{"n":2}`, `{"n":"x"}`, `{"m":1}`, `{"n":-1}`} {
		b.produce(t, []*kgo.Record{{Topic: topic, Value: []byte(v)}})
	}
	a.Inject(fake.Fault{Target: "orders", When: func(e fake.Entry) bool { return e.Body == `{"n":2}` }, Effect: fake.FailEntry("InvalidMessageContents", true)})
	got := resend(t, "replay", fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations: {orders: {sqs: orders}}
rules:
  - {name: none, topics: [%s], match: {n: [-1]}, drop: true}
  - {name: all, when: value.n > 0, to: [orders]}
unmatched: dead_letter
`, b.addr, group, a.URL, topic), "--topic", topic)
	if got.code != 0 || got.Records != 5 || got.Acknowledged["orders"] != 1 || got.Letters["rejected"] != 1 || len(got.Letters) != 1 ||
		got.Unroutable["rule_error"]+got.Unroutable["unmatched"] != 2 {
		t.Errorf("%+v", got)
	}
	if n := b.end(t, letters(group)); n != 1 {
		t.Errorf("%d dead letters, want that of the refused message", n)
	}
}

// TestInterruptedReplayIsContinuedByTheCommandItPrints stops a replay with SIGTERM, and lets the
// command that it prints send the rest: everything is sent, and nothing twice.
func TestInterruptedReplayIsContinuedByTheCommandItPrints(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		a.Inject(fake.Fault{Action: "SendMessageBatch", Effect: fake.Latency(latency)})
		group, topic := "again-"+unique(), b.topic(t, "orders", 3)
		other := b.topic(t, "others", 2)
		records := append(events(topic, 1500, 100, 0), events(other, 1500, 100, 0)...)
		b.produce(t, records)
		config := strings.Replace(isolatedConfig(b, a, group, topic, "isolated: true", "ledger"), "rules: [", fmt.Sprintf("rules: [{name: other, topics: [%s], to: [orders, ledger]}, ", other), 1)
		p := launch(t, "replay", config, []string{"--topic", topic, "--topic", other, "--yes", "--json"})
		orders.wait(t, 300)
		p.terminate()
		got := ended(t, p)
		for runs := 1; got.Resume != ""; runs++ {
			if got.code != 1 || !strings.Contains(got.Resume, "--id "+got.ID) || got.Error == "" || runs > 3 {
				t.Fatalf("run %d: %+v", runs, got)
			}
			words := strings.Fields(got.Resume)
			if !slices.Equal(words[:3], []string{"sluice", "replay", "-c"}) {
				t.Fatal(got.Resume)
			}
			p = launch(t, "replay", config, append(words[4:], "--yes", "--json"))
			if runs == 1 {
				orders.wait(t, 2000)
				p.terminate()
			}
			got = ended(t, p)
		}
		if got.code != 0 {
			t.Errorf("%+v", got)
		}
		orders.allArrived(t, records)
		ledger.allArrived(t, records)
		ledger.inOrder(t)
	})
}

// TestReplayKeepsToItsRate sends at a rate: no machine is too slow for it to take as long as that at least.
func TestReplayKeepsToItsRate(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
	group, topic := "rate-"+unique(), b.topic(t, "orders", 2)
	b.produce(t, events(topic, 60, 20, 0))
	began := time.Now()
	got := resend(t, "replay", isolatedConfig(b, a, group, topic, "isolated: true", "ledger"), "--topic", topic, "--rate", "100")
	if took := time.Since(began); got.code != 0 || got.Acknowledged["orders"] != 60 || took < 1100*time.Millisecond {
		t.Errorf("%+v in %v", got, took)
	}
}

// TestReplayEndsAtABrokenDestination meets a destination that breaks: it ends with what is wrong, and says what is
// left.
func TestReplayEndsAtABrokenDestination(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
	group, topic := "broken-"+unique(), b.topic(t, "orders", 2)
	b.produce(t, events(topic, 60, 20, 0))
	config := isolatedConfig(b, a, group, topic, "isolated: true", "ledger")
	fault := a.Inject(fake.Fault{Target: "ledger.fifo", Action: "SendMessageBatch", Effect: fake.AccessDenied()})
	got := resend(t, "replay", config, "--topic", topic, "--timeout", "1s")
	if got.code != 1 || !strings.Contains(got.Error, "destination ledger") || !strings.Contains(got.Error, "AccessDenied") || got.Resume == "" || got.Acknowledged["orders"] != 60 {
		t.Errorf("%+v", got)
	}
	fault.Remove()
	a.Inject(fake.Fault{Target: "ledger.fifo", Effect: fake.QueueMissing()})
	p := launch(t, "replay", config, []string{"--topic", topic, "--yes", "--timeout", "2s"})
	if code := p.exitCode(); code != 1 || p.Out.String() != "" || strings.Count(p.Log.String(), "\n") != 1 || !strings.Contains(p.Log.String(), "destination ledger cannot be opened") {
		t.Errorf("exit %d\n%s%s", code, p.Out, p.Log)
	}
}

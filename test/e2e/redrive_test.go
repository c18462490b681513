package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// refused lets the bridge run until all of so many events are dead letters, and returns what is to be
// done so that they are refused no more.
func refused(t *testing.T, b *broker, a *fake.AWS, group, config string, n int) (accept func()) {
	t.Helper()
	fault := a.Inject(fake.Fault{Action: "SendMessageBatch", Effect: fake.FailEntry("InvalidMessageContents", true)})
	p := start(t, config)
	p.await("the dead letters", func() bool { return b.end(t, letters(group)) == int64(n) })
	p.await("their commit", func() bool { return p.metric(`sluice_in_flight_records{group="`+group+`"}`) == "0" })
	p.stop()
	return fault.Remove
}

func redriveConfig(b *broker, a *fake.AWS, group, topic string) string {
	return strings.Replace(isolatedConfig(b, a, group, topic, "attributes: {account: value.account}", "ledger"), "isolated: true", "", 1)
}

// TestRedriveSendsLettersToTheirDestinations sends dead letters to where they were for, some first and
// the rest later: all come, each once, and each message is what it would have been.
func TestRedriveSendsLettersToTheirDestinations(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		group, topic := "redrive-"+unique(), b.topic(t, "orders", 3)
		b.newLeaders(t, topic, 3)
		records := events(topic, 300, 20, 0)
		for i, r := range records {
			r.Timestamp = time.UnixMilli(1_700_000_000_000 + int64(i))
			r.Headers = []kgo.RecordHeader{{Key: "x", Value: []byte("y")}}
		}
		b.produce(t, records)
		config := redriveConfig(b, a, group, topic)
		accept := refused(t, b, a, group, config, 600)
		accept()

		some := resend(t, "redrive", config, "--destination", "ledger")
		if some.code != 0 || some.Redriven != 300 || some.Acknowledged["ledger"] != 300 || len(some.Acknowledged) != 1 {
			t.Errorf("one destination: %+v", some)
		}
		if none := resend(t, "redrive", config, "--reason", "too_large", "--dry-run"); none.code != 0 {
			t.Errorf("a reason that none has: %+v", none)
		}
		ledger.allArrived(t, records)
		ledger.inOrder(t)
		rest := resend(t, "redrive", config)
		if rest.code != 0 || rest.Redriven != 300 || rest.Acknowledged["orders"] != 300 || len(rest.Acknowledged) != 1 {
			t.Errorf("the rest: %+v", rest)
		}
		orders.allArrived(t, records)
		if p := launch(t, "redrive", config, []string{"--yes"}); p.exitCode() != 0 || !strings.Contains(p.Log.String(), "there is nothing to send") {
			t.Errorf("nothing is left: %s%s", p.Out, p.Log)
		}
		b.committed(t, group+".redrive", letters(group))
		sameAsRouted(t, config, topic, ledger)
	})
}

// sameAsRouted compares what arrived with what sluice route says of the records.
func sameAsRouted(t *testing.T, config, topic string, end *farEnd) {
	t.Helper()
	want := map[string]map[string]string{}
	p := launch(t, "route", config, []string{"--json", "--topic", topic, "--last", "1000"})
	if p.exitCode() != 0 {
		t.Fatal(p.Log)
	}
	for line := range strings.Lines(p.Out.String()) {
		var routed struct {
			Partition, Offset int
			Deliveries        []struct {
				Destination string
				Attributes  map[string]string
			}
		}
		if err := json.Unmarshal([]byte(line), &routed); err != nil {
			t.Fatal(err)
		}
		for _, d := range routed.Deliveries {
			if strings.HasPrefix(end.queue.Name, d.Destination) {
				want[fmt.Sprintf("%d:%d", routed.Partition, routed.Offset)] = d.Attributes
			}
		}
	}
	got := end.queue.Messages()
	if len(got) != len(want) {
		t.Errorf("%d messages of %d records", len(got), len(want))
	}
	for _, m := range got {
		w := want[m.Attributes["kafka_position"].String]
		if len(w) != len(m.Attributes) || w == nil {
			t.Fatalf("attributes %v, want %v", m.Attributes, w)
		}
		for name, value := range w {
			if m.Attributes[name].String != value {
				t.Fatalf("attribute %s is %q, want %q", name, m.Attributes[name].String, value)
			}
		}
	}
}

// TestKilledRedriveLosesNoLetter kills a redrive with SIGKILL in the middle, and runs it again: every letter
// arrives, what was committed does not come again, and a FIFO queue sees no duplicate.
func TestKilledRedriveLosesNoLetter(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		group, topic := "killed-"+unique(), b.topic(t, "orders", 3)
		records := events(topic, 1000, 200, 0)
		b.produce(t, records)
		config := redriveConfig(b, a, group, topic)
		refused(t, b, a, group, config, 2000)()
		a.Inject(fake.Fault{Action: "SendMessageBatch", Effect: fake.Latency(latency)})

		p := launch(t, "redrive", config, []string{"--yes", "--json", "--rate", "1000"})
		orders.wait(t, 200)
		p.await("a commit of letters that have left", func() bool { return b.committedAt(t, group+".redrive", letters(group)) > 0 })
		p.kill()
		committed := b.offsets(t, group+".redrive")
		again := resend(t, "redrive", config)
		if again.code != 0 || again.Redriven == 2000 {
			t.Errorf("%+v", again)
		}
		orders.noneMissing(t, records)
		ledger.allArrived(t, records)
		below := 0
		for _, r := range b.deadLetters(t, letters(group), 2000) {
			at, ok := committed.Lookup(r.Topic, r.Partition)
			if !ok || r.Offset >= at.At || headersOf(r)["sluice-destination"] != "orders" {
				continue
			}
			var e event
			_ = json.Unmarshal(r.Value, &e)
			if below++; orders.seen[e.ID] != 1 {
				t.Errorf("%s had left its topic, and came %d times", e.ID, orders.seen[e.ID])
			}
		}
		t.Logf("%d letters had left for certain, %d came twice", below, orders.duplicates())
		b.committed(t, group+".redrive", letters(group))
	})
}

// TestStoppedRedriveIsContinuedByTheNext stops a redrive in good order: the next one sends exactly the rest.
func TestStoppedRedriveIsContinuedByTheNext(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
	orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
	group, topic := "stopped-"+unique(), b.topic(t, "orders", 3)
	records := events(topic, 500, 50, 0)
	b.produce(t, records)
	config := redriveConfig(b, a, group, topic)
	refused(t, b, a, group, config, 1000)()
	a.Inject(fake.Fault{Action: "SendMessageBatch", Effect: fake.Latency(latency)})
	// So slow that it cannot be done before it is stopped.
	p := launch(t, "redrive", config, []string{"--yes", "--json", "--rate", "5", "--destination", "orders"})
	orders.wait(t, 10)
	other := launch(t, "redrive", config, []string{"--yes", "--timeout", "3s"})
	if code := other.exitCode(); code != 1 || !strings.Contains(other.Log.String(), "wait for the other redrive to end") {
		t.Errorf("a second redrive beside the first: exit %d\n%s", code, other.Log)
	}
	p.terminate()
	first := ended(t, p)
	if first.code != 1 || first.Error != "stopped" || first.Redriven == 0 || first.Redriven == 500 {
		t.Errorf("%+v", first)
	}
	if rest := resend(t, "redrive", config); rest.code != 0 || rest.Redriven != 1000-first.Redriven {
		t.Errorf("%d of 1000 had left, and then: %+v", first.Redriven, rest)
	}
	orders.allArrived(t, records)
	ledger.allArrived(t, records)
}

// TestLettersRefusedAgainAreNewLetters lets some be refused again: they are new letters, with their
// attempts added up, and are not read again by the run that wrote them.
func TestLettersRefusedAgainAreNewLetters(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	a := cloud(t, fake.Options{Queues: []string{"orders"}})
	w := toQueue(t, b, a, "refusing", 2)
	group := "again-" + unique()
	b.produce(t, events(w.topic, 20, 5, 0))
	config := waysConfig(b, a, group, []*way{w}, "", "")
	accept := refused(t, b, a, group, config, 20)
	got := resend(t, "redrive", config)
	if got.code != 0 || got.Redriven != 20 || got.Letters["rejected"] != 20 || b.end(t, letters(group)) != 40 {
		t.Errorf("%+v", got)
	}
	attempts := map[string]int{}
	for _, r := range b.deadLetters(t, letters(group), 40) {
		attempts[headersOf(r)["sluice-attempts"]]++
	}
	if attempts["1"] != 20 || attempts["2"] != 20 {
		t.Errorf("attempts %v", attempts)
	}
	accept()
	if got := resend(t, "redrive", config); got.code != 0 || got.Redriven != 20 {
		t.Errorf("%+v", got)
	}
	w.end.allArrived(t, events(w.topic, 20, 5, 0))
}

// TestRedriveStopsWhereItCannotNoteMoreLetters leaves out so many letters in between that what has
// left cannot be kept any more: it stops and says so, and the next run sends exactly the rest.
func TestRedriveStopsWhereItCannotNoteMoreLetters(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
	group, topic := "full-"+unique(), b.topic(t, "orders", 1)
	orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
	records := events(topic, 12_500, 12_500, 0)
	if _, err := b.admin.CreateTopic(t.Context(), 1, 1, nil, letters(group)); err != nil {
		t.Fatal(err)
	}
	var all []*kgo.Record
	for i, r := range records {
		for _, to := range []string{"orders", "ledger"} {
			all = append(all, &kgo.Record{Topic: letters(group), Key: r.Key, Value: r.Value, Headers: []kgo.RecordHeader{
				{Key: "sluice-reason", Value: []byte("rejected")}, {Key: "sluice-destination", Value: []byte(to)},
				{Key: "sluice-source", Value: fmt.Appendf(nil, "%s/0/%d", topic, i)},
			}})
		}
	}
	b.produce(t, all)
	config := redriveConfig(b, a, group, topic)
	some := resend(t, "redrive", config, "--destination", "ledger")
	if some.code != 1 || !strings.Contains(some.Error, "redrive those without filters") || some.Redriven == 0 || some.Redriven == 12_500 || int(some.Acknowledged["ledger"]) != some.Redriven {
		t.Errorf("%+v", some)
	}
	if rest := resend(t, "redrive", config); rest.code != 0 || rest.Redriven != 25_000-some.Redriven {
		t.Errorf("%d have left, and then: %+v", some.Redriven, rest)
	}
	orders.allArrived(t, records)
	ledger.allArrived(t, records)
	ledger.inOrder(t)
}

// TestReroutedLettersGoWhereTheRulesSayNow sends letters where the rules say now, and leaves alone what is for nobody.
func TestReroutedLettersGoWhereTheRulesSayNow(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
	w := toQueue(t, b, a, "former", 1)
	group := "reroute-" + unique()
	records := events(w.topic, 10, 5, 0)
	b.produce(t, records)
	config := waysConfig(b, a, group, []*way{w}, "", "")
	refused(t, b, a, group, config, 10)()
	b.produce(t, []*kgo.Record{{Topic: letters(group), Value: []byte("not a letter")}, {Topic: letters(group), Headers: []kgo.RecordHeader{
		{Key: "sluice-reason", Value: []byte("unmatched")}, {Key: "sluice-source", Value: []byte("elsewhere/0/1")}}}})
	orders := watch(a.Queue("orders"))
	now := strings.ReplaceAll(strings.ReplaceAll(config, "former: {sqs: former}", "orders: {sqs: orders}"), "to: [former]", "to: [orders]")
	look := launch(t, "redrive", now, []string{"--dry-run", "--json"})
	if look.exitCode() != 0 || !strings.Contains(look.Out.String(), "its destination is not in the configuration") {
		t.Errorf("%s%s", look.Out, look.Log)
	}
	got := resend(t, "redrive", now, "--reroute")
	if got.code != 0 || got.Redriven != 10 || got.Acknowledged["orders"] != 10 || got.Stay["it is not a dead letter of the bridge"] != 1 ||
		got.Stay["the rules give it no destination: unmatched"] != 1 {
		t.Errorf("%+v", got)
	}
	orders.allArrived(t, records)
}

// A redrive without a terminal and without --yes shows what it would do, and does nothing.
func TestUnconfirmedRedriveDoesNothing(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
	group, topic := "unasked-"+unique(), b.topic(t, "orders", 1)
	b.produce(t, events(topic, 5, 5, 0))
	config := redriveConfig(b, a, group, topic)
	for _, c := range []struct{ command, args, out, log string }{
		{"redrive", "", "", "the dead-letter topic " + letters(group) + " does not exist"},
		{"replay", "--topic " + topic, "5  " + topic + ": to ledger, by all", "add --yes to send"},
		{"replay", "--topic " + topic + " --preview 3", "of the first 3 records, out of up to 5", "add --yes to send"},
	} {
		p := launch(t, c.command, config, strings.Fields(c.args))
		code := p.exitCode()
		if !strings.Contains(p.Out.String(), c.out) || !strings.Contains(p.Log.String(), c.log) || strings.Count(p.Log.String(), "\n") != 1 ||
			(code == 2) != (c.command == "replay") || code == 0 {
			t.Errorf("%v: exit %d\n%s%s", c, code, p.Out, p.Log)
		}
	}
	refused(t, b, a, group, config, 10)()
	p := launch(t, "redrive", config, nil)
	if code := p.exitCode(); code != 2 || !strings.Contains(p.Out.String(), "5  rejected by ledger, rule all: to ledger") {
		t.Errorf("exit %d\n%s%s", code, p.Out, p.Log)
	}
	if n := a.Queue("orders").Count() + a.Queue("ledger.fifo").Count(); n != 0 {
		t.Errorf("%d messages were sent", n)
	}
}

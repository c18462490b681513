package e2e

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/fake"
)

func TestBridgeStartsBeforeItsBroker(t *testing.T) {
	t.Parallel()
	a := cloud(t, fake.Options{Queues: []string{"orders"}})
	end := watch(a.Queue("orders"))
	addr := freeAddress(t)
	group := "appears-" + unique()
	config := waysConfig(&broker{addr: addr}, a, group, []*way{{name: "orders", address: "sqs: orders", topic: "orders"}}, "", "")
	p := start(t, config)
	p.await("readiness to say that no broker answers", func() bool {
		status, problems := p.problems()
		return status == http.StatusServiceUnavailable && len(problems) > 0
	})
	_, port, _ := net.SplitHostPort(addr)
	n, _ := strconv.Atoi(port)
	k, err := fake.StartKafka(fake.KafkaOptions{Ports: []int{n}, Topics: map[string]int32{"orders": 2}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	b := connect(t, addr)
	records := events("orders", 200, 10, 0)
	b.produce(t, records)
	end.wait(t, len(records))
	b.committed(t, group, "orders")
	p.ready().stop()
	end.allArrived(t, records)
}

func TestBridgeStopsWhileItWaitsForABroker(t *testing.T) {
	a := cloud(t, fake.Options{})
	p := start(t, waysConfig(&broker{addr: freeAddress(t)}, a, "none", []*way{{name: "orders", address: "sqs: orders", topic: "orders"}}, "", ""))
	p.await("the admin page", func() bool { status, _ := p.problems(); return status != 0 })
	began := time.Now()
	p.stop()
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("it took %s to stop", d)
	}
}

func TestBridgeStartsBeforeTheEndpointOfAWS(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	addr := freeAddress(t)
	group, topic := "endpoint-"+unique(), b.topic(t, "orders", 2)
	records := events(topic, 200, 10, 0)
	b.produce(t, records)
	p := start(t, waysConfig(b, &fake.AWS{URL: "http://" + addr}, group, []*way{{name: "orders", address: "sqs: orders.fifo", topic: topic}}, "", ""))
	p.await("readiness to say that nobody answers", func() bool {
		_, problems := p.problems()
		return strings.Contains(problems["destination orders"], "refused")
	})
	a := cloud(t, fake.Options{Addr: addr, Queues: []string{"orders.fifo"}})
	end := watch(a.Queue("orders.fifo"))
	end.wait(t, len(records))
	b.committed(t, group, topic)
	p.ready().stop()
	end.allArrived(t, records)
	end.inOrder(t)
}

// TestCrashEndsTheProcessByASignal ends it as the watchdog of systemd does, which is how a panic
// ends too: by a signal, and not with the exit code of a wrong configuration.
func TestCrashEndsTheProcessByASignal(t *testing.T) {
	a := cloud(t, fake.Options{})
	for _, signal := range []syscall.Signal{syscall.SIGABRT, syscall.SIGQUIT} {
		p := start(t, waysConfig(&broker{addr: freeAddress(t)}, a, "none", []*way{{name: "orders", address: "sqs: orders", topic: "orders"}}, "", ""))
		p.await("the admin page", func() bool { status, _ := p.problems(); return status != 0 })
		p.Signal(signal)
		if code := p.exitCode(); code != -1 || !strings.Contains(p.Err().Error(), syscall.SIGABRT.String()) {
			t.Errorf("after %v it ended with code %d: %v", signal, code, p.Err())
		}
		if !strings.Contains(p.Log.String(), "goroutine ") {
			t.Errorf("after %v it left no trace", signal)
		}
	}
}

func TestBridgeIsNotReadyWhileItDrains(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{})
	w := toQueue(t, b, a, "orders", 1)
	a.Inject(fake.Fault{Action: w.action(), Effect: fake.Silence()})
	group := "draining-" + unique()
	p := start(t, waysConfig(b, a, group, []*way{w}, "", "")).ready()
	b.produce(t, events(w.topic, 1, 1, 0))
	p.await("a record in flight", func() bool { return p.metric(`sluice_in_flight_records{group="`+group+`"}`) == "1" })
	p.terminate()
	p.await("readiness to say that it stops", func() bool {
		status, problems := p.problems()
		return status == http.StatusServiceUnavailable && strings.HasPrefix(problems["bridge"], "stopping")
	})
	p.terminate() // a second time: at once
	p.exitCode()
}

// TestStartEndsWithoutADeadLetterTopic starts where the dead-letter topic is missing and may not be made.
func TestStartEndsWithoutADeadLetterTopic(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{})
	w := toQueue(t, b, a, "orders", 1)
	b.embedded.Cluster.ControlKey(int16(kmsg.CreateTopics), func(req kmsg.Request) (kmsg.Response, error, bool) {
		b.embedded.Cluster.KeepControl()
		resp := req.ResponseKind().(*kmsg.CreateTopicsResponse)
		for _, topic := range req.(*kmsg.CreateTopicsRequest).Topics {
			answer := kmsg.NewCreateTopicsResponseTopic()
			answer.Topic, answer.ErrorCode = topic.Topic, kerr.TopicAuthorizationFailed.Code
			resp.Topics = append(resp.Topics, answer)
		}
		return resp, nil, true
	})
	group := "denied-" + unique()
	p := start(t, waysConfig(b, a, group, []*way{w}, "", ""))
	if code := p.exitCode(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	last := tail(p.Log.String(), 1)
	if !strings.Contains(last, letters(group)) || !strings.Contains(last, "TOPIC_AUTHORIZATION_FAILED") || !strings.Contains(last, "create it") {
		t.Errorf("it says %q", last)
	}
}

// TestWrongConfigurationEndsTheStartAtOnce ends at once, with a sentence for each mistake.
func TestWrongConfigurationEndsTheStartAtOnce(t *testing.T) {
	for _, c := range []struct{ name, config, want string }{
		{"unknown key", "kafka: {brokers: [a], grup: b}\n", `bridge.yaml:1: kafka.grup: unknown key; did you mean "group"?`},
		{"not yaml", "kafka: [\n", "bridge.yaml:"},
		{"empty", "", "bridge.yaml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := start(t, c.config)
			if code := p.exitCode(); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			if out := p.Log.String(); !strings.Contains(out, c.want) || strings.Contains(out, "goroutine") {
				t.Errorf("it says %q, want %q", out, c.want)
			}
		})
	}
}

// TestTakenPortEndsTheStart starts where something else listens on the admin address.
func TestTakenPortEndsTheStart(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{})
	w := toQueue(t, b, a, "orders", 1)
	config := waysConfig(b, a, "taken-"+unique(), []*way{w}, "", "")
	taken := strings.TrimPrefix(a.URL, "http://")
	p := start(t, strings.Replace(config, "ADMIN", taken, 1))
	if code := p.exitCode(); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	if last := tail(p.Log.String(), 1); !strings.Contains(last, "admin.listen") || !strings.Contains(last, taken) {
		t.Errorf("it says %q", last)
	}
}

// TestStopEndsDespiteAHangingDestination stops the bridge while a destination does not answer: within the drain
// timeout at the first signal, at once at the second. What was in flight comes after the restart.
func TestStopEndsDespiteAHangingDestination(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		for _, c := range []struct {
			name        string
			drain       string
			signals     int
			least, most time.Duration
		}{
			{"drain timeout", "2s", 1, 1900 * time.Millisecond, 7 * time.Second},
			{"second signal", "60s", 2, 0, 5 * time.Second},
		} {
			t.Run(c.name, func(t *testing.T) {
				a := cloud(t, fake.Options{})
				hanging, well := toQueue(t, b, a, "hanging.fifo", 1), toQueue(t, b, a, "orders", 1)
				ways := []*way{hanging, well}
				group := "hanging-" + unique()
				records := feed(t, b, ways, 100, 10, 0)
				gate := make(chan struct{})
				hold := a.Inject(fake.Fault{Target: hanging.target, Action: hanging.action(), Effect: fake.Hold(gate)})
				config := waysConfig(b, a, group, ways, "", "drain_timeout: "+c.drain+"\n")
				p := start(t, config)
				b.committed(t, group, well.topic)
				within(t, "requests that hang", hold.WaitHits, 1)
				began := time.Now()
				for i := range c.signals {
					p.terminate()
					p.await("the signal to be seen", func() bool { return strings.Count(p.Log.String(), `"msg":"signal"`) > i })
				}
				if code := p.exitCode(); code != 0 {
					t.Errorf("exit code %d", code)
				}
				if d := time.Since(began); d < c.least || d > c.most {
					t.Errorf("it took %s to stop", d)
				}
				hold.Remove()
				close(gate)
				p = start(t, config)
				b.committed(t, group, topicsOf(ways)...)
				p.stop()
				for i, w := range ways {
					w.end.allArrived(t, records[i])
					w.checkOrder(t)
				}
			})
		}
	})
}

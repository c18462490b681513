package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

// TestDeadDestinationHoldsUpOnlyWhatSharesItsRecords has a destination that is down while others
// flow. What goes elsewhere is not held up however much of it there is; what shares its records
// goes on until the in-flight window is full, and no further; all arrives in the end.
func TestDeadDestinationHoldsUpOnlyWhatSharesItsRecords(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"dead.fifo", "beside", "apart"}})
		dead, beside, apart := watch(a.Queue("dead.fifo")), watch(a.Queue("beside")), watch(a.Queue("apart"))
		group := "dead-" + unique()
		shared, other := b.topic(t, "shared", 3), b.topic(t, "other", 3)
		const limit, n = 900, 3000
		records, others := events(shared, n, 100, 0), events(other, n, 100, 0)
		pad := strings.Repeat("p", 2000)
		for _, r := range records {
			r.Value = []byte(strings.TrimSuffix(string(r.Value), "}") + `,"pad":"` + pad + `"}`)
		}
		down := a.Inject(fake.Fault{Target: "dead.fifo", Action: "SendMessageBatch", Effect: fake.ServiceUnavailable()})
		b.produce(t, records)
		b.produce(t, others)
		p := start(t, fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations: {dead: {sqs: dead.fifo, retry: {max: 500ms}}, beside: {sqs: beside}, apart: {sqs: apart}}
rules:
  - {name: shared, topics: [%s], to: [dead, beside]}
  - {name: other, topics: [%s], to: [apart]}
limits: {in_flight: %d, in_flight_bytes: 4MiB}
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, a.URL, shared, other, limit))
		apart.wait(t, n)
		b.committed(t, group, other)
		p.await("readiness to name the destination", func() bool {
			_, problems := p.problems()
			return strings.Contains(problems["destination dead"], "ServiceUnavailable")
		})
		if got := beside.distinct(); got == 0 || got > limit {
			t.Errorf("%d records went on beside the dead destination; the window is %d", got, limit)
		}
		if got := p.metricSum("sluice_in_flight_records"); got > limit {
			t.Errorf("%v records in flight; the window is %d", got, limit)
		}
		if got := p.metricSum("sluice_in_flight_bytes"); got > 4<<20 {
			t.Errorf("%v bytes in flight; the window is 4 MiB", got)
		}
		if got := b.committedAt(t, group, shared); got > 0 {
			t.Errorf("%d records are committed that the dead destination has not", got)
		}
		down.Remove()
		dead.wait(t, n)
		beside.wait(t, n)
		b.committed(t, group, shared)
		p.ready().stop()
		dead.allArrived(t, records)
		dead.inOrder(t)
		beside.allArrived(t, records)
		apart.allArrived(t, others)
		b.noDeadLetters(t, group)
	})
}

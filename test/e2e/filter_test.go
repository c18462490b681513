package e2e

import (
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// A subscription of SNS that filters gets what it filters for, whatever keys and headers hold.
func TestFilteringSubscriptionGetsWhatItFiltersFor(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Topics: []string{"alerts"}, Queues: []string{"gold"}})
		s, err := a.Subscribe(a.Topic("alerts"), a.Queue("gold"), true)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Filter(`{"tier": ["gold"]}`); err != nil {
			t.Fatal(err)
		}
		group, topic := "filters-"+unique(), b.topic(t, "orders", 1)
		var all []*kgo.Record
		for i, strange := range []string{"plain", `{"id":42}`, `C:\dir`, "two\nlines", "\xff"} {
			all = append(all, &kgo.Record{Topic: topic, Key: []byte(strange), Value: fmt.Appendf(nil, `{"tier":"gold","tags":["a%d"],"note":"say \"x\""}`, i),
				Headers: []kgo.RecordHeader{{Key: "x-correlation-id", Value: []byte(strange)}, {Key: "x-path", Value: []byte(strange)}, {Key: "x-path", Value: []byte("again")}}})
		}
		b.produce(t, all)
		p := start(t, fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations:
  alerts:
    sns: %q
    attributes: {tier: value.tier, tags: value.tags, note: value.note}
    forward_headers: ["x-*"]
rules:
  - {name: all, topics: [%s], to: [alerts]}
correlation: {headers: [x-correlation-id]}
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, a.URL, a.Topic("alerts").ARN, topic))
		b.committed(t, group, topic)
		p.stop()
		b.noDeadLetters(t, group)
		if n := a.Queue("gold").Count(); n != len(all) {
			t.Errorf("%d of %d arrived: %v", n, len(all), a.Topic("alerts").Undelivered())
		}
	})
}

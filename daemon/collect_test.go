package daemon

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/fake"
)

// TestMetricsTellTheIsolatedGroupApart: two consumer groups in one registry.
func TestMetricsTellTheIsolatedGroupApart(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	broker, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"orders": 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	aws, err := fake.StartAWS(fake.Options{Queues: []string{"shared", "alone"}})
	if err != nil {
		t.Fatal(err)
	}
	defer aws.Close()
	cfg, err := config.Parse(fmt.Appendf(nil, `
kafka: {brokers: [%s], group: g}
aws: {region: eu-west-1, endpoint: "%s"}
destinations: {shared: {sqs: shared}, alone: {sqs: alone, isolated: true}}
rules: [{topics: [orders], to: [shared, alone]}]
admin: {listen: ""}
`, broker.Addresses()[0], aws.URL), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	d := New(Options{Log: zap.NewNop()})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx, ctx, cfg) }()
	for groups := map[string]bool{}; len(groups) < 2; {
		select {
		case err := <-ended:
			t.Fatalf("the daemon ended with the groups %v: %v", groups, err)
		case <-time.After(10 * time.Millisecond):
		}
		families, err := d.Registry().Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range families {
			if f.GetName() == "sluice_uncommitted_records" {
				for _, m := range f.GetMetric() {
					groups[m.GetLabel()[0].GetValue()] = true
				}
			}
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

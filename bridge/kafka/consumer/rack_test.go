package consumer

import (
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// A member tells brokers where it is, so that they can have it fetch from a replica there.
func TestRackIsTold(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	var rack atomic.Value
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Observe: true, Count: -1, When: func(req kmsg.Request) bool {
		if fetch, ok := req.(*kmsg.FetchRequest); ok {
			rack.Store(fetch.Rack)
		}
		return true
	}})
	build(t, k, func(o *Options) { o.Rack = "euw1-az1" })
	kafkatest.Await(t, "a fetch with the rack", func() bool { return rack.Load() == "euw1-az1" })
}

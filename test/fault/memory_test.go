package fault

import (
	"bytes"
	"fmt"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/test/process"
)

// TestMemory has records of each size wait for destinations that are all down, three times as much as the
// window holds, and measures the memory of the bridge.
func TestMemory(t *testing.T) {
	if testing.Short() || runtime.GOOS != "linux" {
		t.Skip("reads /proc")
	}
	env := environment(t)
	var err error
	if env.Binary, err = process.Build(env.Dir, false); err != nil { // the race detector has a memory of its own
		t.Fatal(err)
	}
	for _, size := range []int{1 << 10, 1000 << 10} {
		for name, down := range map[string]fake.Effect{"refusing": fake.ServiceUnavailable(), "silent": fake.Silence()} {
			t.Run(fmt.Sprintf("%dKiB-%s", size>>10, name), func(t *testing.T) {
				waitWithAllDown(t, env, size, down)
			})
		}
	}
}

func waitWithAllDown(t *testing.T, env Env, size int, down fake.Effect) {
	w, err := newWorld(t.Context(), env, "memory", uint64(size))
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	w.setting.inFlight, w.setting.inFlightBytes = 1<<20, 32<<20
	for d := range destinations {
		w.inject(d, fake.Fault{Effect: down})
	}
	fill(t, w, size, 3*w.setting.inFlightBytes)
	i, err := w.start()
	if err != nil {
		t.Fatal(err)
	}
	var peak, held int64
	series := fmt.Sprintf("sluice_in_flight_bytes{group=%q}", w.group)
	still := 0 // looks at which nothing more was read
	err = w.until("the window to be full", func() bool {
		rss, err := resident(i.PID())
		if err != nil {
			return false
		}
		peak = max(peak, rss)
		bytes, _ := strconv.ParseFloat(i.Metric(series), 64)
		if int64(bytes) > held || held == 0 {
			still = 0
		}
		held = max(held, int64(bytes))
		still++
		return still > 50
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes in flight of %d, at most %d MiB resident", held, w.setting.inFlightBytes, peak>>20)
	if held < int64(w.setting.inFlightBytes)/2 || held > int64(w.setting.inFlightBytes)+int64(2*size) {
		t.Errorf("%d bytes in flight, of a window of %d", held, w.setting.inFlightBytes)
	}
	if bound := Bound(w.setting.inFlightBytes); peak > int64(bound) {
		t.Errorf("%d MiB resident, and the bound is %d MiB", peak>>20, bound>>20)
	}
}

// fill produces so many bytes of records, half of them payments and half orders.
func fill(t *testing.T, w *World, size, total int) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(w.kafka.Addr), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchMaxBytes(1023<<10),
		kgo.ProducerBatchCompression(kgo.NoCompression()), kgo.ProduceRequestTimeout(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	pad := bytes.Repeat([]byte("p"), size-100)
	for n := range total / size {
		kind := []string{"order", "payment"}[n%2]
		value := fmt.Appendf(nil, `{"kind":%q,"id":%d,"pad":%q}`, kind, n, pad)
		client.Produce(t.Context(), &kgo.Record{Topic: w.topic, Partition: int32(n % partitions), Key: fmt.Appendf(nil, "k%d", n%100), Value: value,
			Headers: []kgo.RecordHeader{{Key: "kind", Value: []byte(kind)}}}, func(_ *kgo.Record, err error) {
			if err != nil {
				t.Error(err)
			}
		})
	}
	if err := client.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

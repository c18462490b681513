package fault

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/test/process"
)

// TestMemoryIsBoundedWhileDestinationsAreDown has records of each size wait for destinations that are all down, three times as much as the
// window holds, and measures the memory of the bridge.
func TestMemoryIsBoundedWhileDestinationsAreDown(t *testing.T) {
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
	held, err := w.standstill(i)
	if err != nil {
		t.Fatal(err)
	}
	i.remember()
	peak, bound := i.peak, w.setting.bound()
	t.Logf("%d bytes in flight of %d, at most %d MiB resident", held, w.setting.inFlightBytes, peak>>20)
	const surrounds = 8 << 10 // what counts of the last record beside itself and its message
	if held < int64(w.setting.inFlightBytes)/2 || held > int64(w.setting.inFlightBytes)+int64(2*size)+surrounds {
		t.Errorf("%d bytes in flight, of a window of %d", held, w.setting.inFlightBytes)
	}
	if peak == 0 || peak > bound {
		t.Errorf("%d MiB resident, and the bound is %d MiB", peak>>20, bound>>20)
	}
}

// fill produces so many bytes of records, half of them payments and half orders.
func fill(t *testing.T, w *World, size, total int) {
	t.Helper()
	pad := bytes.Repeat([]byte("p"), size-100)
	err := w.produce(plainly, total/size, func(n int) *kgo.Record {
		kind := []string{"order", "payment"}[n%2]
		value := fmt.Appendf(nil, `{"kind":%q,"id":%d,"pad":%q}`, kind, n, pad)
		return &kgo.Record{Topic: w.topic, Partition: int32(n % partitions), Key: fmt.Appendf(nil, "k%d", n%100), Value: value,
			Headers: []kgo.RecordHeader{{Key: "kind", Value: []byte(kind)}}}
	})
	if err != nil {
		t.Fatal(err)
	}
}

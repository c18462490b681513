package fault

import (
	"bytes"
	bin "encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// sideSchedules are about memory too: of what producers and a registry may bring about.
var sideSchedules = []Schedule{
	{Name: "few-of-many", What: "one of fifty large records is for a destination that takes ten seconds to answer; memory is bounded",
		set: besides(64 << 20), play: fewOfMany},
	{Name: "schemas-unknown", What: "the registry is down, and the records of 150 partitions wait for their schema; memory is bounded",
		set: besides(16 << 20), play: schemasUnknown},
	{Name: "hostile-values", What: "some KiB of Avro and Protobuf that decode to gigabytes; memory is bounded",
		set: besides(64 << 20), play: hostileValues},
}

func besides(inFlightBytes int) func(*settings) {
	return func(s *settings) {
		s.bounded, s.side = true, true
		s.inFlight, s.inFlightBytes = 1<<20, inFlightBytes
	}
}

func fewOfMany(w *World) error {
	slow := w.aws.Inject(fake.Fault{Target: "side", Effect: fake.Latency(10 * time.Second)})
	defer slow.Remove()
	const size, count, of = 64 << 10, 8000, 50
	pad := strings.Repeat("p", size)
	w.side.expected = count / of
	if err := w.produce(plainly, count, func(n int) *kgo.Record {
		return &kgo.Record{Topic: w.sideTopic("few"), Partition: int32(n / 20 % partitions),
			Value: fmt.Appendf(nil, `{"few":%v,"id":%d,"pad":%q}`, n%of == 0, n, pad)}
	}); err != nil {
		return err
	}
	series := fmt.Sprintf(`sluice_records_consumed_total{group=%q,topic=%q}`, w.group, w.sideTopic("few"))
	if err := w.until("all to be read", func() bool {
		n, _ := strconv.ParseFloat(w.any().Metric(series), 64)
		return n >= count
	}); err != nil {
		return err
	}
	slow.Remove()
	return w.side.served(0)
}

// framed is a value that names its schema, as Confluent's serializers write it.
func framed(id uint32, payload ...byte) []byte {
	return append(bin.BigEndian.AppendUint32([]byte{0}, id), payload...)
}

func schemasUnknown(w *World) error {
	const size, each = 100 << 10, 10
	pad := strings.Repeat("p", size)
	w.side.expected = each * manyPartitions
	if err := w.produce(plainly, each*manyPartitions, func(n int) *kgo.Record {
		v := bin.AppendVarint(framed(schemaOf), int64(n))
		v = append(bin.AppendVarint(v, int64(len(pad))), pad...)
		return &kgo.Record{Topic: w.sideTopic("schemas"), Partition: int32(n % manyPartitions), Value: v}
	}); err != nil {
		return err
	}
	if _, err := w.standstill(w.any()); err != nil {
		return err
	}
	w.side.knows.Store(true)
	return w.side.served(0)
}

func hostileValues(w *World) error {
	w.side.knows.Store(true)
	const rows, avros, protos = 20_000, 24, 6
	nulls := append(append(bin.AppendVarint(framed(schemaRows), rows), make([]byte, rows*40)...), 0)
	nests := append(framed(schemaNest, 0), bytes.Repeat([]byte{10, 0}, 4<<20)...)
	for _, p := range []struct {
		kind  string
		count int
		value []byte
	}{{"rows", avros, nulls}, {"nests", protos, nests}} {
		if err := w.produce(packed, p.count, func(n int) *kgo.Record {
			return &kgo.Record{Topic: w.sideTopic(p.kind), Partition: int32(n % partitions), Value: p.value}
		}); err != nil {
			return err
		}
	}
	return w.side.served(avros + protos)
}

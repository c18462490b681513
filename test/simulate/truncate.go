package simulate

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/twmb/franz-go/pkg/kfake"
)

// truncate cuts off the tail of a log, as the election of a leader does that does not have it, and begins a
// leader epoch. The end is that of a batch, at an offset at most. Before anybody can see it, then is told. The
// embedded Kafka has no such thing, so this reaches into it, on the goroutine that owns what is changed; a test
// holds that it still finds its way.
func truncate(c *kfake.Cluster, topic string, partition int32, offset int64, then func(end int64, epoch int32)) error {
	if c.PartitionInfo(topic, partition) == nil {
		return fmt.Errorf("%s/%d is not there", topic, partition)
	}
	cluster := reflect.ValueOf(c).Elem()
	work := inside(cluster, "adminCh").Interface().(chan func())
	done := make(chan struct{})
	work <- func() {
		defer close(done)
		partitions := inside(inside(cluster, "data"), "tps").MapIndex(reflect.ValueOf(topic))
		log := partitions.MapIndex(reflect.ValueOf(partition)).Elem()
		end := cutAt(log, offset)
		number := inside(log, "epoch")
		number.SetInt(number.Int() + 1)
		then(end, int32(number.Int()))
	}
	<-done
	return nil
}

// cutAt removes the batches from the one on that holds an offset, of a kfake.partData.
func cutAt(log reflect.Value, offset int64) int64 {
	highWatermark := inside(log, "highWatermark")
	end := highWatermark.Int()
	segments := inside(log, "segments")
	for i := range segments.Len() {
		index := inside(segments.Index(i), "index")
		kept := 0
		for ; kept < index.Len(); kept++ {
			batch := index.Index(kept)
			first := inside(batch, "firstOffset").Int()
			if first+inside(batch, "lastOffsetDelta").Int() >= offset {
				end = min(end, max(first, inside(log, "logStartOffset").Int()))
				break
			}
		}
		index.Set(index.Slice(0, kept))
	}
	highWatermark.SetInt(end)
	if stable := inside(log, "lastStableOffset"); stable.Int() > end {
		stable.SetInt(end)
	}
	aborted := inside(log, "abortedTxns")
	kept := 0
	for kept < aborted.Len() && inside(aborted.Index(kept), "lastOffset").Int() < end {
		kept++
	}
	aborted.Set(aborted.Slice(0, kept))
	return end
}

// inside returns a field that is not exported, as one that can be set.
func inside(of reflect.Value, field string) reflect.Value {
	f := of.FieldByName(field)
	return reflect.NewAt(f.Type(), unsafe.Pointer(f.UnsafeAddr())).Elem() // there is no other way in
}

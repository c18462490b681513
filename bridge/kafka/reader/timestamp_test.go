package reader

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// FuzzBatchTimes reads what is not a batch.
func FuzzBatchTimes(f *testing.F) {
	b := kmsg.RecordBatch{Magic: 2, Length: 61 - 12 + 10, NumRecords: 1, FirstTimestamp: 7, Records: []byte{18, 0, 2, 4, 1, 1, 0, 0, 0, 0}}
	f.Add(b.AppendTo(nil))
	f.Fuzz(func(t *testing.T, raw []byte) {
		batchTimes(raw, kgo.DefaultDecompressor())
	})
}

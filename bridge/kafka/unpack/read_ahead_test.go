package unpack

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// fetched tells r of batches of 100 kB that unfold to ratio times as much.
func fetched(r *ReadAhead, broker int32, batches, ratio int) {
	for range batches {
		r.OnFetchBatchRead(kgo.BrokerMetadata{NodeID: broker}, "", 0,
			kgo.FetchBatchMetrics{CompressedBytes: 100_000, UncompressedBytes: 100_000 * ratio})
	}
}

func TestFetchesAreSizedByWhatTheyUnfoldTo(t *testing.T) {
	const want = 4 << 20
	r := NewReadAhead(want)
	var asked int32
	r.Update = func(fetch, partition int32) {
		if asked = fetch; partition != fetch {
			t.Errorf("%d bytes of a partition, %d in all", partition, fetch)
		}
	}
	about := func(bytes int32, why string) {
		t.Helper()
		if asked < bytes-bytes/3 || asked > bytes+bytes/3 {
			t.Errorf("%s: %d bytes are asked, expected about %d", why, asked, bytes)
		}
	}
	asked = r.Asked
	about(want/presumedRatio, "before anything is known")
	fetched(r, 1, 100, 1)
	const plain = (want + plainSlack) / plainRatio
	about(plain, "not compressed")
	fetched(r, 1, 100, 16)
	about(want/16, "compressed")
	fetched(r, 2, 100, 16)
	about(want/32, "two brokers share it")
	fetched(r, 2, 100, 10_000)
	about(leastFetch, "compressed to nothing")
	fetched(r, 2, 1000, 1)
	about(plain/2, "what was read long ago does not count")
}

func TestSmallRecordsCountWithWhatTheClientHoldsForThem(t *testing.T) {
	r := NewReadAhead(2 << 20)
	var asked int32
	r.Update = func(fetch, _ int32) { asked = fetch }
	for range 1000 {
		r.OnFetchBatchRead(kgo.BrokerMetadata{NodeID: 1}, "", 0,
			kgo.FetchBatchMetrics{CompressedBytes: 50 * structBytes, UncompressedBytes: 50 * structBytes, NumRecords: 50})
	}
	if asked < 3<<18 || asked > 5<<18 {
		t.Errorf("%d bytes are asked, expected about 1 MiB", asked)
	}
}

// Nothing is known before the first fetch, and it may unfold a thousandfold.
func TestTheFirstFetchIsSmall(t *testing.T) {
	r := NewReadAhead(4 << 20)
	if r.Asked > 16<<10 {
		t.Errorf("%d bytes are asked first", r.Asked)
	}
	var asked int32
	r.Update = func(fetch, _ int32) { asked = fetch }
	for turns := 0; asked < 1<<20; turns++ {
		if turns == 10 {
			t.Fatalf("after ten fetches of what is not compressed %d bytes are asked", asked)
		}
		n := int(r.Asked)
		r.OnFetchBatchRead(kgo.BrokerMetadata{NodeID: 1}, "", 0, kgo.FetchBatchMetrics{CompressedBytes: n, UncompressedBytes: n})
	}
}

func TestAFetchSizeIsNotChangedForLittle(t *testing.T) {
	r := NewReadAhead(4 << 20)
	r.Update = func(int32, int32) { t.Error("changed") }
	fetched(r, 1, 1000, presumedRatio)
}

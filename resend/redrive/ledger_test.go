package redrive

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var topicID = [16]byte{1, 2, 3}

// Runs over a partition with gaps, each of another choice, that end at any moment: what is committed
// never says that a letter has left which has not, and a commit that fits says of all that have.
func TestCommitNeverNamesALetterThatStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var offsets []int64
		at := int64(0)
		for range rapid.IntRange(1, 200).Draw(t, "letters") {
			at += rapid.Int64Range(1, 3).Draw(t, "gap")
			offsets = append(offsets, at)
		}
		left := map[int64]bool{}
		committed, metadata := int64(-1), ""
		for range rapid.IntRange(1, 4).Draw(t, "runs") {
			l, _, _ := openLedger(topicID, 0, committed, metadata)
			read := offsets[:rapid.IntRange(0, len(offsets)).Draw(t, "read")]
			var going []int64
			for _, o := range read {
				if o < l.next {
					if !left[o] {
						t.Fatalf("letter %d would never be read again", o)
					}
					continue
				}
				if l.has(o) != left[o] {
					t.Fatalf("letter %d: has left %v, and the ledger says %v", o, left[o], l.has(o))
				}
				goes := !left[o] && rapid.Bool().Draw(t, "goes") && l.fits(o)
				l.add(o, goes)
				if goes {
					going = append(going, o)
				}
			}
			going = rapid.Permutation(going).Draw(t, "order")
			for _, o := range going[:rapid.IntRange(0, len(going)).Draw(t, "acknowledged")] {
				l.leave(o)
				left[o] = true
			}
			offset, m, ok := l.progress()
			if !ok {
				t.Fatal("so few letters fit")
			}
			committed, metadata = offset, m
		}
	})
}

// What fits says that it would, fits when all of it has left.
func TestWhatFitsTheLedgerStillFitsWhenAllHasLeft(t *testing.T) {
	for name, every := range map[string]int64{"every other": 2, "one in a hundred": 100, "one in a thousand": 1000} {
		l, _, _ := openLedger(topicID, 0, -1, "")
		var going []int64
		o := int64(0)
		for ; ; o++ {
			goes := o%every == every-1
			if goes && !l.fits(o) {
				break
			}
			l.add(o, goes)
			if goes {
				going = append(going, o)
			}
			if o > 100_000_000 {
				t.Fatal("it is never full")
			}
		}
		slices.Reverse(going)
		for _, o := range going {
			l.leave(o)
		}
		offset, metadata, ok := l.progress()
		if !ok || offset != 0 || len(metadata) > maxMetadata || len(metadata) < maxMetadata-10 {
			t.Errorf("%s: at %d, %d bytes, fits %v", name, offset, len(metadata), ok)
		}
		again, _, _ := openLedger(topicID, 0, offset, metadata)
		for _, o := range going {
			if !again.has(o) || again.has(o-1) {
				t.Fatalf("%s: %d is not told apart", name, o)
			}
		}
		t.Logf("%s: %d letters fit", name, len(going))
	}
}

// Offsets that somebody else has set are kept to; those of a topic that is no more are not.
func TestOffsetsOfOthersAreKeptTo(t *testing.T) {
	_, ours, _ := func() (int64, string, bool) { l, _, _ := openLedger([16]byte{9}, 0, -1, ""); return l.progress() }()
	for _, c := range []struct {
		metadata string
		of       bool
	}{{"", true}, {"kgo-member-1", true}, {strings.Repeat("1", 60), true}, {ours, false}, {ours[:len(ours)-1] + "x", true}} {
		if l, of, err := openLedger(topicID, 3, 7, c.metadata); err != nil || of != c.of || of && l.next != 7 || !of && l.next != 3 {
			t.Errorf("%q: use %v, next %d", c.metadata, of, l.next)
		}
	}
}

// What a later version has committed is not taken for nothing: that would send again what has left.
func TestCommitOfANewerVersionIsRefused(t *testing.T) {
	l, _, _ := openLedger(topicID, 0, -1, "")
	_, ours, _ := l.progress()
	for metadata, newer := range map[string]bool{
		ours: false, "2" + ours[1:]: true, "9" + ours[1:headBytes-1] + "?what then is": true, "2" + ours[1:headBytes-1]: true,
		"": false, "2": false, "2 is a number of somebody else": false, "x" + ours[1:]: false,
	} {
		if _, _, err := openLedger(topicID, 0, 7, metadata); errors.Is(err, errNewer) != newer {
			t.Errorf("%q: %v", metadata, err)
		}
		if _, _, err := openLedger([16]byte{9}, 0, 7, metadata); err != nil {
			t.Errorf("%q, of another topic: %v", metadata, err)
		}
	}
}

func FuzzLedger(f *testing.F) {
	l, _, _ := openLedger(topicID, 0, -1, "")
	for o := range int64(9) {
		l.add(o, o%2 == 1)
		l.leave(o - o%2 + 1)
	}
	_, m, _ := l.progress()
	f.Add(int64(0), m)
	f.Add(int64(1<<62), m[:headBytes-1]+"b_-8")
	f.Add(int64(5), "10000\r000000000000\r0000b") // base64 leaves line breaks out
	f.Add(int64(5), m[:headBytes]+"gICAgICAgICAAQE")
	f.Fuzz(func(t *testing.T, offset int64, metadata string) {
		_, left := decode(max(offset, 0), metadata)
		at := max(offset, 0)
		for _, iv := range left {
			if iv.first < at || iv.end < iv.first {
				t.Fatalf("%v", left)
			}
			at = iv.end
		}
	})
}

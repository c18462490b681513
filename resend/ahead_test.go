package resend

import (
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// All records come, in order and before an error; each is asked about before it comes, and what is read ahead
// is bounded in number and bytes.
func TestRecordsAreAskedAboutBeforeTheyCome(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		records, bytes int
		err            error
		take           int // ends with so many
		ahead          int // at the most, with the first
	}{
		"few":        {3, 10, nil, 100, 3},
		"none":       {0, 10, nil, 100, 0},
		"many":       {1000, 10, nil, 10000, mostAhead},
		"large ones": {100, 3 << 20, nil, 1000, 2},
		"broken":     {300, 10, broken, 1000, mostAhead},
		"ended":      {1000, 10, nil, 5, mostAhead},
	} {
		t.Run(name, func(t *testing.T) {
			ended := false
			var read iter.Seq2[*kgo.Record, error] = func(yield func(*kgo.Record, error) bool) {
				defer func() { ended = true }()
				for i := range c.records {
					if !yield(&kgo.Record{Offset: int64(i), Value: make([]byte, c.bytes)}, nil) {
						return
					}
				}
				if c.err != nil {
					yield(nil, c.err)
				}
			}
			var asked, got []int64
			most := 0
			var err error
			for r, e := range LookAhead(read, func(r *kgo.Record) { asked = append(asked, r.Offset) }) {
				if err = e; e != nil {
					continue
				}
				most = max(most, len(asked)-len(got))
				if got = append(got, r.Offset); !slices.Contains(asked, r.Offset) {
					t.Fatalf("%d comes unasked", r.Offset)
				}
				if len(got) == c.take {
					break
				}
			}
			if len(got) != min(c.records, c.take) || !slices.IsSorted(got) || !errors.Is(err, c.err) || !ended {
				t.Errorf("%d came, %v, ended %v", len(got), err, ended)
			}
			if most != c.ahead {
				t.Errorf("%d were read ahead", most)
			}
		})
	}
}

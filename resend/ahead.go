package resend

import (
	"iter"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// mostAhead is how many records are read ahead so that their schemas are looked up side by side: more than
	// a registry is asked for at once.
	mostAhead = 256
	// aheadBytes is about how much memory they may take beside the first.
	aheadBytes = 4 << 20
)

// LookAhead yields what is read, and has ask told of each record before: in the order in which they come, and
// up to mostAhead records earlier.
func LookAhead(records iter.Seq2[*kgo.Record, error], ask func(*kgo.Record)) iter.Seq2[*kgo.Record, error] {
	return func(yield func(*kgo.Record, error) bool) {
		next, stop := iter.Pull2(records)
		defer stop()
		var queue []*kgo.Record
		var bytes int
		var failed error
		for more := true; ; {
			for more && len(queue) < mostAhead && bytes < aheadBytes {
				var r *kgo.Record
				r, failed, more = next()
				if more = more && failed == nil; more {
					ask(r)
					queue, bytes = append(queue, r), bytes+size(r)
				}
			}
			if len(queue) == 0 {
				break
			}
			r := queue[0]
			queue[0], queue = nil, queue[1:]
			bytes -= size(r)
			if !yield(r, nil) {
				return
			}
		}
		if failed != nil {
			yield(nil, failed)
		}
	}
}

func size(r *kgo.Record) int { return len(r.Key) + len(r.Value) }

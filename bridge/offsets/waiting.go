package offsets

import "github.com/twmb/franz-go/pkg/kgo"

// Waiting are records of an assignment that were read, and are not registered yet. It is not safe for concurrent use.
type Waiting struct {
	Records []*kgo.Record
	of      *Tracker
	counted bool // they count in the window, and are out of the memory of their fetch
}

// NewWaiting returns that of an assignment of which none waits.
func NewWaiting(of *Tracker) Waiting { return Waiting{of: of} }

// Add has more records wait behind them.
func (w *Waiting) Add(records []*kgo.Record) {
	if len(w.Records) == 0 {
		w.Records = records
		return
	}
	if w.counted {
		records = w.of.keep(records)
	}
	w.Records = append(w.Records, records...)
}

// Keep takes what waits out of the memory of its fetch, and counts it in the window, until it is Taken or the assignment
// is closed.
func (w *Waiting) Keep() { w.Records, w.counted = w.of.keep(w.Records), true }

// Kept says whether what waits is out of the memory of its fetch.
func (w *Waiting) Kept() bool { return w.counted }

// Fits says whether what waits leaves most of what is free in the window to others.
func (w *Waiting) Fits() bool {
	_, free := w.of.window.Bytes()
	return chargeOf(w.Records).bytes <= free/4
}

// Taken forgets the first n of them.
func (w *Waiting) Taken(n int) {
	if w.counted {
		w.of.count(chargeOf(w.Records[:n]), -1)
	}
	if n == len(w.Records) {
		w.Records, w.counted = nil, false
		return
	}
	clear(w.Records[:n])
	w.Records = w.Records[n:]
}

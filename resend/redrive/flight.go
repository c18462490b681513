package redrive

import "github.com/sluice-bridge/sluice/bridge/offsets"

// flight is a dead letter on its way. Its deliveries report to it, and it has left its topic when all of them are
// acknowledged.
type flight struct {
	run    *Redrive
	ledger *ledger
	offset int64 // of the letter
	record offsets.Entry
}

// Register implements pipeline.Registrar: of one record.
func (f *flight) Register(batch []offsets.Entry) (seq uint64, ok bool) {
	r := f.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended.Load() {
		return 0, false
	}
	f.record = batch[0]
	r.flying++
	r.flow.Sender.Window().Hold(1, f.record.Bytes)
	if f.record.Pending == 0 {
		f.left()
	}
	return 0, true
}

// Settle implements offsets.Ack.
func (f *flight) Settle(_ uint64, held int64) {
	r := f.run
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended.Load() {
		return
	}
	if f.record.Pending--; f.record.Pending == 0 {
		f.left()
		return
	}
	f.record.Bytes -= held
	r.flow.Sender.Window().Release(0, held)
}

// left takes down that the letter has left its topic. Called with the run's mu held.
func (f *flight) left() {
	r := f.run
	r.flow.Sender.Window().Release(1, f.record.Bytes)
	r.flying--
	r.waiting--
	f.ledger.leave(f.offset)
	r.counts.Redriven++
}

// Closed implements offsets.Ack.
func (f *flight) Closed() bool { return f.run.ended.Load() }

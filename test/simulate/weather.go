package simulate

import (
	"slices"
	"sync"
	"time"
)

// fault is something that is broken for a time, as the model knows it.
type fault struct {
	what     string
	nature   nature
	place    string        // empty: all
	role     bool          // it is about assumed roles only
	all      bool          // every request fails
	delay    time.Duration // by which a request is answered later
	picks    bool          // only requests with certain messages fail, as long as it lasts
	from, to time.Time
}

// begin notes that something is broken; the function that it returns, that it is so no more.
func (l *ledger) begin(f fault) (end func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f.from = time.Now()
	l.faults = append(l.faults, &f)
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		f.to = time.Now()
	})
}

// concerns says whether a fault is one of a place.
func (l *ledger) concerns(f *fault, place string) bool {
	if f.role {
		return l.anywhere(time.Time{}, func(d *Destination) bool { return d.Place == place && d.Role })
	}
	return f.place == "" || f.place == place
}

// faulty returns a fault that a place has had since a time; nil where all was well with it. An address that
// leads nowhere is one of the place that it should lead to.
func (l *ledger) faulty(place string, since time.Time) *fault {
	return l.faultyBy(place, since, func(*fault) bool { return true })
}

func (l *ledger) faultyBy(place string, since time.Time, which func(*fault) bool) *fault {
	for _, f := range l.faults {
		if (f.to.IsZero() || !f.to.Before(since)) && l.concerns(f, place) && which(f) {
			return f
		}
	}
	wrong := &fault{what: "wrong address", nature: passing, place: place}
	if l.anywhere(since, func(d *Destination) bool { return d.Place == place && d.Wrong }) && which(wrong) {
		return wrong
	}
	return nil
}

// anywhere says whether a destination of any configuration since a time is such a one.
func (l *ledger) anywhere(since time.Time, such func(*Destination) bool) bool {
	for i := range l.reigns {
		g := &l.reigns[i]
		if !g.to.IsZero() && g.to.Before(since) {
			continue
		}
		for j := range g.setup.Destinations {
			if such(&g.setup.Destinations[j]) {
				return true
			}
		}
	}
	return false
}

// breakage is something that is broken until it is mended, once.
type breakage struct {
	mend  func()
	ended chan struct{} // of capacity 1: full once somebody mends it
	whole chan struct{} // closed when it is mended
}

// during breaks something: mend is called after a time, which is zero for never, or when everything heals. It
// may wait.
func (w *world) during(d time.Duration, mend func()) {
	b := &breakage{mend: mend, ended: make(chan struct{}, 1), whole: make(chan struct{})}
	w.broken = append(w.broken, b)
	if d > 0 {
		w.tasks.Go(func() {
			if sleep(w.ctx, d); w.ctx.Err() == nil {
				b.end()
			}
		})
	}
}

// end returns when it is mended.
func (b *breakage) end() {
	select {
	case b.ended <- struct{}{}:
		b.mend()
		close(b.whole)
	default:
		<-b.whole
	}
}

// mend ends what during began and is not over, the last first.
func (w *world) mend() {
	for _, b := range slices.Backward(w.broken) {
		b.end()
	}
	w.broken = nil
}

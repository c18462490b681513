package fault

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// proxyRefusal has what stands between the bridge and the services refuse requests. Nobody but the bridge
// can find out what for.
func proxyRefusal(w *World) error {
	if err := longRefused(w); err != nil {
		return err
	}
	for _, status := range []int{403, 413} {
		if err := w.refuseBodies(fake.HTMLError(status)); err != nil {
			return err
		}
	}
	return allRefused(w)
}

// longRefused refuses requests for their length. Each message alone is short enough, as a form too.
func longRefused(w *World) error {
	var long handles
	for d := range destinations {
		long = append(long, w.inject(d, fake.Fault{Above: 8 << 10, Effect: fake.HTMLError(413)}))
	}
	defer long.remove()
	return w.progress(2000)
}

// refuseBodies refuses requests with some of the poisoned messages of a while, and goes on until they are
// dead letters. Others pass all the while: without that nobody could tell.
func (w *World) refuseBodies(effect fake.Effect) error {
	const some, each = 1500, 3
	first, _ := w.ledger.state()
	refused := func(id int) bool { return id >= first && id < first+some && id%each == 0 }
	w.poison.Remove() // of the faults that match, the first one counts
	proxy := w.inject(payments, fake.Fault{Effect: effect, When: func(e fake.Entry) bool {
		var b body
		return poisonous(e) && json.Unmarshal([]byte(e.Body), &b) == nil && refused(b.ID)
	}})
	w.poison = w.inject(payments, fake.Fault{When: poisonous, Effect: fake.FailEntry("InvalidMessageContents", true)})
	defer proxy.Remove()
	if err := w.produced(some); err != nil {
		return err
	}
	return w.until("what the proxy refuses to be dead letters", func() bool { return w.ledger.unburied(refused) == 0 })
}

// unburied is how many poisoned events of those that are asked for are not dead letters yet.
func (l *ledger) unburied(which func(id int) bool) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range l.events {
		if e := &l.events[id]; e.kind.refused && e.letters == 0 && which(id) {
			n++
		}
	}
	return n
}

// allRefused refuses everything for one destination. Nothing is a dead letter for that.
func allRefused(w *World) error {
	all := w.inject(w.rng.IntN(destinations), fake.Fault{Effect: fake.HTMLError(403)})
	defer all.Remove()
	began := time.Now()
	return w.until("ten seconds of it", func() bool { return time.Since(began) > 10*time.Second })
}

// limitsRaised has an instance read a low limit, and raises that then: what comes now is not too large.
func limitsRaised(w *World) error {
	limit := func(bytes int) (err error) {
		for _, name := range w.setting.crowdNames() {
			if err = w.aws.Queue(name).Set("MaximumMessageSize", fmt.Sprint(bytes)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := limit(4 << 10); err != nil {
		return err
	}
	if err := stopAndStart(w); err != nil {
		return err
	}
	for _, size := range []int{1 << 10, 16 << 10, 200 << 10} {
		if err := limit(max(4*size, 4<<10)); err != nil {
			return err
		}
		if err := w.crowd.fill(plainly, 50, size); err != nil {
			return err
		}
		if err := w.crowd.served(); err != nil {
			return err
		}
	}
	return nil
}

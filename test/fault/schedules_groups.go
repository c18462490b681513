package fault

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// groupSchedules are about where consumer groups begin.
var groupSchedules = []Schedule{
	{Name: "isolate-more", What: "a second and a third destination get groups of their own, by a reload and by a restart, while the first is down",
		play: isolateMore},
	{Name: "isolate-renamed", What: "an isolated destination is renamed while it is down, by a reload and by a restart", play: renameIsolated},
	{Name: "rule-moves", What: "a rule moves from an isolated destination that is down to another one, and that is corrected then, by reloads",
		Duplicates: readAgain, play: moveRule},
	{Name: "latest-away", What: "with start: latest and stamps of long ago, partitions are added while the bridge is away, and while it runs",
		play: latestAway},
}

// isolate gives a destination a group of its own, in the configuration to come.
func (w *World) isolate(destination int) {
	w.ledger.setApart(destination)
	w.setting.tuning[destination] = ", isolated: true"
}

// restart stops an instance in good order, and starts it under the current settings.
func (w *World) restart() error {
	i := w.any()
	if err := i.stop(); err != nil {
		return err
	}
	_, err := w.startAs(i.name)
	return err
}

// reload gives an instance the current settings.
func (w *World) reload() error { return w.any().reload("success", "") }

func isolateMore(w *World) error {
	w.isolate(orders)
	if err := w.reload(); err != nil {
		return err
	}
	if err := w.progress(500); err != nil {
		return err
	}
	h := w.inject(orders, fake.Fault{Effect: fake.QueueMissing()})
	defer h.Remove()
	for _, next := range []struct {
		destination int
		change      func() error
	}{{payments, w.reload}, {alerts, w.restart}} {
		w.isolate(next.destination)
		if err := next.change(); err != nil {
			return err
		}
		if err := w.progress(4 * w.setting.inFlight); err != nil {
			return err
		}
	}
	return nil
}

// renameIsolated renames orders, which shows what comes twice.
func renameIsolated(w *World) error {
	w.isolate(orders)
	if err := w.reload(); err != nil {
		return err
	}
	h := w.inject(orders, fake.Fault{Effect: fake.QueueMissing()})
	defer h.Remove()
	for _, to := range []struct {
		name   string
		change func() error
	}{{"parcels", w.reload}, {"shipments", w.restart}} {
		if err := w.progress(4 * w.setting.inFlight); err != nil {
			return err
		}
		w.setting.names[orders] = to.name
		if err := to.change(); err != nil {
			return err
		}
	}
	return w.progress(500)
}

// moveRule moves a rule between two destinations of the queue orders, of which one is isolated and lags.
func moveRule(w *World) error {
	relay, err := fake.StartRelay(strings.TrimPrefix(w.aws.URL, "http://"))
	if err != nil {
		return err
	}
	defer relay.Close()
	w.isolate(orders)
	w.setting.tuning[orders] += fmt.Sprintf(", endpoint: %q", "http://"+relay.Address())
	w.setting.destination = "  parcels: {sqs: orders, retry: *retry}\n"
	const moved = "  - {name: parcels, topics: [%s], headers: {kind: [order]}, to: [parcels]}\n"
	if err := w.reload(); err != nil {
		return err
	}
	if err := w.progress(500); err != nil {
		return err
	}
	relay.Close()
	for _, change := range []func(){
		func() { w.setting.rule = fmt.Sprintf(moved, w.topic) },
		func() { w.allowAgain(); w.setting.tuning[orders] = ", isolated: true" },
	} {
		if err := w.progress(4 * w.setting.inFlight); err != nil {
			return err
		}
		change()
		if err := w.reload(); err != nil {
			return err
		}
	}
	return nil
}

// latestAway has records in partitions of which the group has no offset.
func latestAway(w *World) error {
	w.setting.start = "latest"
	w.feed.change(func() { w.feed.age = time.Hour })
	i := w.any()
	if err := i.stop(); err != nil {
		return err
	}
	if err := morePartitions(w); err != nil {
		return err
	}
	if err := w.produced(1500); err != nil {
		return err
	}
	if _, err := w.startAs(i.name); err != nil {
		return err
	}
	if err := w.progress(1500); err != nil {
		return err
	}
	return addPartitions(w)
}

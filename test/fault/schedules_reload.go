package fault

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

const readAgain = "what was in flight when records were read again"

// reloadSchedules are about reloads while a destination does not work.
var reloadSchedules = []Schedule{
	{Name: "correct-unreachable", What: "the address of a destination goes away, and is corrected by a reload",
		Duplicates: readAgain, play: correctUnreachable},
	{Name: "remove-unreachable", What: "a destination is added, its address goes away, and it is removed, by reloads",
		Duplicates: readAgain, play: removeUnreachable},
	{Name: "rename-failing", What: "a FIFO destination is renamed again and again while it is slow and has single entries fail",
		set: func(s *settings) { s.inFlight = 2000 }, play: renameFailing},
	{Name: "rename-down", What: "a FIFO destination is renamed twice while it is down",
		Duplicates: readAgain, play: renameDown},
}

// allowAgain allows what reading again the records that are in flight may cause.
func (w *World) allowAgain() {
	n := standards * w.setting.inFlight
	w.allow(func() int { return n })
}

// inTrouble waits until an instance tells that a destination does not work.
func (w *World) inTrouble(i *instance, destination string) error {
	return w.until("trouble with "+destination, func() bool {
		_, text := i.Get("/readyz")
		return strings.Contains(text, fmt.Sprintf("%q", "destination "+destination))
	})
}

// well waits until an instance has nothing to tell.
func (w *World) well(i *instance) error {
	return w.until("nothing to be wrong", func() bool { code, _ := i.Get("/readyz"); return code == 200 })
}

// throughRelay has a destination reached by an address that goes away then, and waits until records wait
// for it. set changes the settings so that it is reached there.
func (w *World) throughRelay(i *instance, destination string, set func(endpoint string)) error {
	relay, err := fake.StartRelay(strings.TrimPrefix(w.aws.URL, "http://"))
	if err != nil {
		return err
	}
	defer relay.Close()
	set("http://" + relay.Address())
	if err := i.reload("success", ""); err != nil {
		return err
	}
	if err := w.progress(500); err != nil {
		return err
	}
	relay.Close()
	if err := w.inTrouble(i, destination); err != nil {
		return err
	}
	w.allowAgain()
	return nil
}

func correctUnreachable(w *World) error {
	i, d := w.any(), w.rng.IntN(destinations)
	err := w.throughRelay(i, destinationNames[d], func(endpoint string) { w.setting.tuning[d] = fmt.Sprintf(", endpoint: %q", endpoint) })
	if err != nil {
		return err
	}
	w.setting.tuning[d] = ""
	if err := i.reload("success", ""); err != nil {
		return err
	}
	if err := w.well(i); err != nil {
		return err
	}
	return w.progress(1500)
}

func removeUnreachable(w *World) error {
	i := w.any()
	if _, err := w.aws.CreateQueue("extra", fake.QueueOptions{}); err != nil {
		return err
	}
	err := w.throughRelay(i, "extra", func(endpoint string) {
		w.setting.destination = fmt.Sprintf("  extra: {sqs: extra, endpoint: %q, retry: *retry}\n", endpoint)
		w.setting.rule = fmt.Sprintf("  - {name: extra, topics: [%s], match: {kind: [all, order]}, continue: true, to: [extra]}\n", w.topic)
	})
	if err != nil {
		return err
	}
	w.setting.destination, w.setting.rule = "", ""
	if err := i.reload("success", ""); err != nil {
		return err
	}
	if err := w.well(i); err != nil {
		return err
	}
	return w.progress(1500)
}

// renameFailing has each lane follow one of another name that holds messages of its groups.
func renameFailing(w *World) error {
	defer w.inject(payments, fake.Fault{Effect: fake.Latency(200 * time.Millisecond)}).Remove()
	defer w.inject(payments, fake.Fault{Effect: fake.FailEntry("InternalError", false), Probability: .3, When: half}).Remove()
	i := w.any()
	for _, name := range []string{"ledger", "books", "payments", "ledger", "payments"} {
		w.setting.names[payments] = name
		if err := i.reload("success", ""); err != nil {
			return err
		}
		if err := w.progress(500); err != nil {
			return err
		}
	}
	return nil
}

func renameDown(w *World) error {
	h := w.inject(payments, fake.Fault{Effect: fake.ServiceUnavailable()})
	defer h.Remove()
	i := w.any()
	for _, name := range []string{"ledger", "books"} {
		if err := w.inTrouble(i, w.setting.names[payments]); err != nil {
			return err
		}
		w.allowAgain()
		w.setting.names[payments] = name
		if err := i.reload("success", ""); err != nil {
			return err
		}
	}
	if err := w.inTrouble(i, "books"); err != nil {
		return err
	}
	h.Remove()
	if err := w.well(i); err != nil {
		return err
	}
	return w.progress(1500)
}

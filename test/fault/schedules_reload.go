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
	{Name: "correct-unreachable", What: "a destination is moved to an address that refuses connections, and is corrected, each by a reload",
		Duplicates: readAgain, play: correctUnreachable},
	{Name: "remove-unreachable", What: "a destination that gets some of all records and refuses connections is added, and removed again",
		Duplicates: readAgain, play: removeUnreachable},
	{Name: "rename-failing", What: "a FIFO destination is renamed again and again while it is slow and has single entries fail",
		set: func(s *settings) { s.inFlight = 2000 }, play: renameFailing},
	{Name: "rename-down", What: "a FIFO destination is renamed twice while it is down",
		Duplicates: readAgain, play: renameDown},
}

// nowhere is where nobody listens.
const nowhere = "http://127.0.0.1:1"

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

func correctUnreachable(w *World) error {
	i, d := w.any(), w.rng.IntN(destinations)
	w.setting.tuning[d] = fmt.Sprintf(", endpoint: %q", nowhere)
	if err := i.reload("success", ""); err != nil {
		return err
	}
	if err := w.inTrouble(i, destinationNames[d]); err != nil {
		return err
	}
	w.allowAgain()
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
	w.setting.destination = fmt.Sprintf("  extra: {sqs: extra, endpoint: %q, retry: *retry}\n", nowhere)
	w.setting.rule = fmt.Sprintf("  - {name: extra, topics: [%s], match: {kind: [all, order]}, continue: true, to: [extra]}\n", w.topic)
	if err := i.reload("success", ""); err != nil {
		return err
	}
	if err := w.inTrouble(i, "extra"); err != nil {
		return err
	}
	w.allowAgain()
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

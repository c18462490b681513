package fault

import (
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// mix draws faults of instances and brokers, one after another, while the services misbehave.
var mix = Schedule{
	Name: "mix", What: "five of all these, drawn by the seed, while services fail now and then",
	Duplicates: afterCrash + "; " + perStored, play: playMix,
	set: func(s *settings) { s.session = 3 * time.Second },
}

// actions are what a mix is made of. Each leaves an instance running.
var actions = []func(*World) error{
	killAndStart, killAndStart, stopAndStart, join, leave, freezeBesideAnother, reloads, brokerRestart, brokerKill, addPartitions, oneDown, oneSlow,
}

// nowAndThen are failures that pass by themselves.
var nowAndThen = []fake.Effect{fake.InternalError(), fake.Throttle(), fake.Reset(), fake.FailEntry("InternalError", false)}

func playMix(w *World) error {
	troubles := [][]fake.Effect{
		{fake.InternalError(), fake.ServiceUnavailable()}, {fake.Throttle()}, {fake.Reset()},
		{fake.InternalError().Stored(), fake.Truncated()}, {fake.FailEntry("InternalError", false)}, {fake.DropEntry()},
	}
	for range 5 {
		h := w.disturb(.1, troubles[w.rng.IntN(len(troubles))])
		err := actions[w.rng.IntN(len(actions))](w)
		h.remove()
		if err != nil {
			return err
		}
	}
	return nil
}

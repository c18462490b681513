package fault

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/fake"
)

const afterCrash = "what was in flight, and what is worth one commit"

// processSchedules are about instances that come, go and change.
var processSchedules = []Schedule{
	{Name: "kill", What: "SIGKILL and restart, three times", Duplicates: afterCrash,
		set: rareCommits, play: times(3, killLate)},
	{Name: "stop", What: "SIGTERM and restart, three times", play: times(3, stopAndStart)},
	{Name: "freeze", What: "SIGSTOP for longer than the session, with a successor, then SIGCONT", Duplicates: afterCrash,
		set: func(s *settings) { s.session = 2 * time.Second }, play: freezeBesideAnother},
	{Name: "rebalance", What: "instances join and leave in good order", play: joinAndLeave},
	{Name: "static", What: "the same with static membership; a restart keeps its partitions",
		set: staticGroup, play: staticMembers},
	{Name: "static-kill", What: "SIGKILL of static members and restart within the session; each keeps its partitions",
		Duplicates: afterCrash, set: staticGroup, play: sequence(join, times(2, restartInPlace(killed)))},
	{Name: "reload", What: "good and bad files in mid-flow, some of them twice", play: reloads},
	{Name: "reload-failing", What: "changes to a FIFO destination while it is slow and has single entries fail",
		set: func(s *settings) { s.inFlight = 2000 }, play: reloadsOfFailing},
	{Name: "costly-events", What: "instances join, stop and are killed while a rule takes long on some events", Duplicates: afterCrash,
		set: func(s *settings) { s.costly = costlyOnNoise }, play: sequence(joinAndLeave, stopAndStart, killAndStart)},
	{Name: "isolate", What: "a destination gets a group of its own in mid-flow, and is down then while the others go on", play: isolate},
}

// costlyOnNoise takes milliseconds on one event in thirty.
const costlyOnNoise = `value.kind == "noise" && lists.range(200).exists(x, lists.range(200).exists(y, x + y < 0))`

func staticGroup(s *settings) { s.static, s.session = true, 15*time.Second }

// rareCommits has commits come by what is settled alone, and little in flight: what is repeated tells
// then whether they come when they should.
func rareCommits(s *settings) {
	s.session, s.commitInterval, s.inFlight = 2*time.Second, time.Minute, 100
}

// times plays something again and again.
func times(n int, play func(*World) error) func(*World) error {
	return func(w *World) error {
		for range n {
			if err := play(w); err != nil {
				return err
			}
		}
		return nil
	}
}

// sequence plays one thing after another.
func sequence(plays ...func(*World) error) func(*World) error {
	return func(w *World) error {
		for _, play := range plays {
			if err := play(w); err != nil {
				return err
			}
		}
		return nil
	}
}

// any is one of the instances that run.
func (w *World) any() *instance {
	running := w.running()
	return running[w.rng.IntN(len(running))]
}

func killAndStart(w *World) error {
	i := w.any()
	i.kill()
	if _, err := w.startAs(i.name); err != nil {
		return err
	}
	return w.progress(1500)
}

// killLate kills when several commits were due. If they came in time, what is worth one is repeated; if
// not, far more.
func killLate(w *World) error {
	if err := w.progress(8 * offsets.WorthCommit); err != nil {
		return err
	}
	return killAndStart(w)
}

func stopAndStart(w *World) error {
	i := w.any()
	if err := i.stop(); err != nil {
		return err
	}
	if _, err := w.startAs(i.name); err != nil {
		return err
	}
	return w.progress(1500)
}

// join starts an instance and waits until it has its share.
func join(w *World) error {
	i, err := w.start()
	if err != nil {
		return err
	}
	if err = i.consuming(); err != nil {
		return err
	}
	return w.progress(500)
}

// leave stops an instance in good order, and has another join before if it is the only one.
func leave(w *World) error {
	if len(w.running()) == 1 {
		if err := join(w); err != nil {
			return err
		}
	}
	if err := w.any().stop(); err != nil {
		return err
	}
	return w.progress(500)
}

func freezeBesideAnother(w *World) error {
	if err := join(w); err != nil {
		return err
	}
	frozen := w.any()
	if err := frozen.freeze(); err != nil {
		return err
	}
	if err := w.progress(1000); err != nil {
		return err
	}
	return w.stable()
}

var joinAndLeave = sequence(join, join, leave, join, leave, leave)

// staticMembers restarts members within their session, and lets one go for good.
func staticMembers(w *World) error {
	return sequence(join, join, times(2, restartInPlace((*instance).stop)), leave)(w)
}

// killed ends an instance without a word.
func killed(i *instance) error {
	i.kill()
	return nil
}

// restartInPlace ends an instance and starts it again, which must not move a partition of another.
func restartInPlace(end func(*instance) error) func(*World) error {
	return func(w *World) error { return w.restartInPlace(end) }
}

func (w *World) restartInPlace(end func(*instance) error) error {
	i := w.any()
	if err := w.stable(); err != nil {
		return err
	}
	for _, text := range moveTexts {
		if w.logged(text, "") == 0 {
			return fmt.Errorf("no instance has logged %q yet: by that it is told that partitions move", text)
		}
	}
	before := w.moves(i.name)
	if err := end(i); err != nil {
		return err
	}
	// Without static membership the others would have its partitions by then: they learn of its leaving
	// by a heartbeat, which are three seconds apart.
	down := time.Now()
	err := w.until("a third of the session to pass", func() bool { return time.Since(down) > w.setting.session/3 })
	if err != nil {
		return err
	}
	again, err := w.startAs(i.name)
	if err != nil {
		return err
	}
	if err := again.consuming(); err != nil {
		return err
	}
	if moved := w.moves(i.name) - before; moved > 0 {
		return fmt.Errorf("the restart of %s moved partitions of others %d times", i.name, moved)
	}
	return w.progress(1500)
}

// moveTexts are what an instance logs when it is given partitions, and when it has handed them over.
var moveTexts = []string{"partitions assigned", "partitions revoked"}

// moves is how often instances, but for those of a name, were given partitions or had to hand them over.
func (w *World) moves(but string) int {
	n := 0
	for _, text := range moveTexts {
		n += w.logged(text, but)
	}
	return n
}

// logged is how often instances, but for those of a name, have logged a text.
func (w *World) logged(text, but string) int {
	n := 0
	for _, i := range w.instances {
		if i.name != but {
			n += strings.Count(i.Log.String(), text)
		}
	}
	return n
}

// reloads change destinations, rules, limits and the group's settings, with files between that are
// no good.
func reloads(w *World) error {
	i := w.any()
	rejoin := fmt.Sprintf("\nlimits: {in_flight: %d}\n", w.setting.inFlight/2)
	changes := []func() error{
		func() error { w.setting.tuning[payments] = ", concurrency: 16"; return i.reload("success", "") },
		func() error { return i.reload("failure", "\nnonsense: true\n") },
		func() error { w.setting.tuning[orders] = ", batch: {max_messages: 7}"; return i.reload("success", "") },
		func() error { return i.reload("failure", "\nrules: [{name: all, to: [nowhere]}]\n") },
		func() error { w.setting.tuning[audit] = ", batch: {linger: 1ms}"; return i.reload("success", "") },
		func() error { w.setting.inFlight /= 2; return i.reload("success", "") },
		func() error { return i.reload("failure", rejoin) }, // a key that is there twice
		func() error { w.setting.tuning[payments] = ""; return i.reload("success", "") },
	}
	w.rng.Shuffle(len(changes), func(a, b int) { changes[a], changes[b] = changes[b], changes[a] })
	for _, change := range changes {
		if err := change(); err != nil {
			return err
		}
		if err := w.progress(500); err != nil {
			return err
		}
	}
	return nil
}

// reloadsOfFailing has a new lane follow one that holds messages of its groups, some to be tried again.
func reloadsOfFailing(w *World) error {
	defer w.inject(payments, fake.Fault{Effect: fake.Latency(200 * time.Millisecond)}).Remove()
	defer w.inject(payments, fake.Fault{Effect: fake.FailEntry("InternalError", false), Probability: .3, When: half}).Remove()
	i := w.any()
	for _, tuning := range []string{", concurrency: 16", "", ", concurrency: 16", ""} {
		w.setting.tuning[payments] = tuning
		if err := i.reload("success", ""); err != nil {
			return err
		}
		if err := w.progress(500); err != nil {
			return err
		}
	}
	return nil
}

// isolate gives payments a group of its own, and lets far more pass by its outage than the window
// holds.
func isolate(w *World) error {
	w.ledger.setApart(payments)
	w.setting.tuning[payments] = ", isolated: true"
	if err := w.any().reload("success", ""); err != nil {
		return err
	}
	h := w.inject(payments, fake.Fault{Effect: fake.ServiceUnavailable()})
	err := w.progress(8 * w.setting.inFlight)
	h.Remove()
	return err
}

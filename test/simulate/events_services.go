package simulate

import (
	"fmt"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// serviceEvents are what goes wrong in SQS, SNS and STS, and before them. Name is a queue or a topic, or
// empty for all; Other is the failure.
var serviceEvents = []eventKind{
	{"fail", drawFail, failPlaces},
	{"fail entries", drawFailEntries, failPlaces},
	{"refuse", drawRefuse, failPlaces},
	{"fail group", drawFailGroup, failPlaces},
	{"slow", drawSlow, slow},
	{"remove queue", drawPlace, removePlace},
	{"lower limit", drawLimit, lowerLimit},
	{"skew", drawSkew, skew},
	{"expire sessions", drawSessions, expireSessions},
	{"fail role", drawFailRole, failRole},
}

// drawPlace draws a place that records go to, rarely one of the others, and how long.
func drawPlace(r random, sc *Scenario, e *Event) {
	e.Name = pick(r, sc.Setup.Destinations).Place
	if r.one(8) {
		e.Name = pick(r, sc.Queues)
	}
	e.For = pick(r, []time.Duration{time.Second, 5 * time.Second, 20 * time.Second, time.Minute, 5 * time.Minute})
}

func drawFail(r random, sc *Scenario, e *Event) {
	drawPlace(r, sc, e)
	if r.one(5) {
		e.Name = ""
	}
	e.Other = pick(r, callFailures).name
	switch r.IntN(3) {
	case 0:
		e.Chance = pick(r, []float64{0.1, 0.5, 0.9})
	case 1:
		e.Count = 1 + r.IntN(20)
	}
}

func drawFailEntries(r random, sc *Scenario, e *Event) {
	drawFail(r, sc, e)
	e.Other = pick(r, entryFailures).name
	if e.Chance == 0 {
		e.Every = 1 + r.IntN(5)
	}
}

func drawRefuse(r random, sc *Scenario, e *Event) {
	drawPlace(r, sc, e)
	e.Other = pick(r, refusals).name
	switch r.IntN(3) {
	case 0:
		e.Size = pick(r, []int{500, 1000, 2000, 5000})
	case 1:
		e.Every = pick(r, []int{2, 10, 50})
	case 2:
		e.Count = r.IntN(20) // none: all
	}
}

// drawFailGroup has one message group throttled, as FIFO queues do.
func drawFailGroup(r random, sc *Scenario, e *Event) {
	drawPlace(r, sc, e)
	e.Other = pick(r, []string{"throttle", "entry: throttle"})
	e.Key = fmt.Sprintf("k%d", r.IntN(3))
}

func drawSlow(r random, sc *Scenario, e *Event) {
	drawPlace(r, sc, e)
	// Not about the time that a request may take: whether that is stored, chance says.
	e.Latency = pick(r, []time.Duration{10 * time.Millisecond, 300 * time.Millisecond, 3 * time.Second, 10 * time.Second, 20 * time.Second})
	if r.one(2) {
		e.Chance = 0.3
	}
}

// placesNamed are those that an event is about.
func (w *world) placesNamed(name string) []string {
	if name == "" {
		return w.scenario.Queues
	}
	return []string{name}
}

// failPlaces has requests to a place fail.
func failPlaces(w *world, e Event) error {
	f, ok := failureNamed(e.Other)
	if !ok {
		return fmt.Errorf("there is no failure %q", e.Other)
	}
	for _, place := range w.placesNamed(e.Name) {
		w.inject(e, f, fake.Fault{Target: place, Above: e.Size, Count: e.Count})
	}
	return nil
}

// slow has a place take its time.
func slow(w *world, e Event) error {
	for _, place := range w.placesNamed(e.Name) {
		w.inject(e, failure{name: "slow", nature: slowing, effect: fake.Latency(e.Latency)}, fake.Fault{Target: place})
	}
	return nil
}

// inject has a target fail as an event says.
func (w *world) inject(e Event, f failure, into fake.Fault) {
	place := into.Target
	if into.Service == fake.STS {
		place = ""
	}
	end := w.ledger.begin(fault{what: f.name, nature: f.nature, place: place, role: into.Service == fake.STS,
		all:   e.Chance == 0 && e.Every == 0 && e.Key == "" && e.Size == 0 && e.Count == 0 && into.Service == "",
		delay: e.Latency,
		picks: (f.nature == doubtful || f.nature == poisons) && e.Every > 0 && e.Chance == 0 && e.Count == 0 && into.Service == "",
	})
	into.Effect, into.Seed = f.effect, w.scenario.Seed+uint64(e.At)
	if f.entries() {
		into.EntryProbability = e.Chance
	} else {
		into.Probability = e.Chance
	}
	guilty := func(m fake.Entry) bool {
		return (e.Key == "" || m.GroupID == e.Key) && (e.Every == 0 || identify(m.Attributes)%e.Every == 0)
	}
	if e.Key != "" || e.Every > 0 {
		into.When = guilty
	}
	into.Touched = func(m fake.Entry) {
		if id := identify(m.Attributes); id >= 0 {
			w.ledger.touched(place, id, &f, guilty(m))
		}
	}
	h := w.aws.Inject(into)
	w.during(e.For, func() { h.Remove(); end() })
	if e.Count > 0 {
		w.tasks.Go(func() {
			if h.WaitHits(w.ctx, e.Count) == nil {
				end()
			}
		})
	}
}

// removePlace deletes a queue or a topic, and makes it again later.
func removePlace(w *world, e Event) error {
	switch q, t := w.aws.Queue(e.Name), w.aws.Topic(e.Name); {
	case q != nil:
		q.Delete()
	case t != nil:
		t.Delete()
	default:
		return errNothing
	}
	end := w.ledger.begin(fault{what: "removed", nature: breaking, place: e.Name})
	w.ledger.forgets(e.Name)
	w.during(e.For, func() {
		w.ledger.forgets(e.Name)
		if err := w.watchPlace(e.Name); err != nil {
			panic(err) // it was there before
		}
		end()
	})
	return nil
}

func drawLimit(r random, sc *Scenario, e *Event) {
	drawPlace(r, sc, e)
	e.Size = pick(r, []int{1024, 1500, 3000})
	b := &sc.Bursts[r.IntN(len(sc.Bursts))]
	b.Size = max(b.Size, pick(r, []int{800, 1400, 2900}))
}

// lowerLimit has a queue take smaller messages only, for a time.
func lowerLimit(w *world, e Event) error {
	q := w.aws.Queue(e.Name)
	if q == nil {
		return errNothing // the fake has no limit of topics to set
	}
	set := func(n int) {
		// It may have been removed, and made again.
		if q := w.aws.Queue(e.Name); q != nil {
			if err := q.Set("MaximumMessageSize", fmt.Sprint(n)); err != nil {
				panic(err) // a number that SQS takes
			}
		}
	}
	end := w.ledger.begin(fault{what: "lower limit", nature: poisons, place: e.Name})
	set(e.Size)
	w.during(e.For, func() { set(w.scenario.limit(e.Name)); end() })
	return nil
}

// signed has signatures checked: else clocks and sessions are of no interest.
func signed(sc *Scenario) { sc.Signed = true }

func drawSkew(r random, sc *Scenario, e *Event) {
	signed(sc)
	e.For = pick(r, []time.Duration{5 * time.Second, time.Minute, 5 * time.Minute})
	e.Latency = pick(r, []time.Duration{-time.Hour, -6 * time.Minute, 6 * time.Minute, time.Hour})
}

// skewFault is how long a clock that has been set may be felt.
const skewFault = 30 * time.Second

// skew sets the clock of the services, by Event.Latency. After a while all has to be well with it.
func skew(w *world, e Event) error {
	set := func(d time.Duration) {
		end := w.ledger.begin(fault{what: "clock set", nature: breaking})
		w.ledger.setClock(d != 0)
		w.aws.Skew(d)
		w.tasks.Go(func() {
			sleep(w.ctx, skewFault)
			end()
		})
	}
	set(e.Latency)
	w.during(e.For, func() { set(0) })
	return nil
}

func drawSessions(_ random, sc *Scenario, _ *Event) { signed(sc) }

// expireSessions ends all sessions of assumed roles.
func expireSessions(w *world, _ Event) error {
	end := w.ledger.begin(fault{what: "sessions expired", nature: breaking, role: true})
	w.aws.ExpireSessions()
	w.tasks.Go(func() {
		sleep(w.ctx, skewFault)
		end()
	})
	return nil
}

func drawFailRole(r random, sc *Scenario, e *Event) {
	drawPlace(r, sc, e)
	signed(sc)
	e.Name, e.Other = "", pick(r, []string{"throttle", "internal error", "unavailable", "reset", "silence", "denied", "unknown key", "html 502", "refusal: html 403"})
	sc.Setup.Destinations[r.IntN(len(sc.Setup.Destinations))].Role = true
}

// failRole has STS fail, with all sessions expired: those that last do not need it.
func failRole(w *world, e Event) error {
	f, ok := failureNamed(e.Other)
	if !ok {
		return fmt.Errorf("there is no failure %q", e.Other)
	}
	if f.nature == doubtful {
		f.nature = passing // what is no answer of STS says nothing of who asks
	}
	w.inject(e, f, fake.Fault{Service: fake.STS})
	return expireSessions(w, e)
}

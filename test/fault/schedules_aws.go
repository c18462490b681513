package fault

import (
	"hash/maphash"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

const perStored = "messages that were taken without a word of it"

// awsSchedules are about services that answer badly, or not.
var awsSchedules = []Schedule{
	{Name: "server-errors", What: "one request in four fails with 500, 502 or 503", play: noise(.25, fake.InternalError(), fake.ServiceUnavailable(), fake.HTMLError(502))},
	{Name: "throttles", What: "one request in three is throttled, in each service's words", play: noise(.33, fake.Throttle(), fake.ThrottlingException(), fake.KMSThrottle())},
	{Name: "timeouts", What: "requests that are never answered", play: timeouts},
	{Name: "resets", What: "one connection in five is reset", play: noise(.2, fake.Reset())},
	{Name: "stored-no-answer", What: "one request in eight is taken, and answered by an error, half an answer or a reset", Duplicates: perStored,
		play: noise(.125, fake.InternalError().Stored(), fake.Truncated(), fake.Reset().Stored())},
	{Name: "partial-failures", What: "single entries fail by the service's fault, or are left out of the answer",
		play: noise(.3, fake.FailEntry("InternalError", false), fake.DropEntry())},
	{Name: "poison", What: "more poison: entries that fail by the sender's fault, and calls refused for one message", play: morePoison},
	{Name: "proxy-refusal", What: "a proxy without a service's words: it refuses long requests, single bodies, and then everything for one destination", play: proxyRefusal},
	{Name: "limits-raised", What: "a queue's size limit is raised under a bridge that has read the lower one",
		set: func(s *settings) { s.crowd = 2 }, play: limitsRaised},
	{Name: "queue-down", What: "one queue is down for long", play: oneDown},
	{Name: "slow-queue", What: "one queue takes a third of a second for each request", play: oneSlow},
	{Name: "expired-credentials", What: "credentials are refused for a while", play: refusedCredentials},
	{Name: "clock-skew", What: "the service's clock is half an hour off, and then right again", play: clockSkew},
}

// inject puts a fault in force for the requests that send to a destination. What it takes without
// a word is sent again.
func (w *World) inject(destination int, f fake.Fault) *fake.Handle {
	f.Target = targets[destination]
	f.Action = "SendMessageBatch"
	if destination == alerts || destination == audit {
		f.Action = "PublishBatch"
	}
	f.Seed = w.rng.Uint64()
	h := w.aws.Inject(f)
	if (f.Effect.Store || f.Effect.Truncate) && !isFIFO(destination) {
		w.allow(func() int { return mostEntries * h.Hits() })
	}
	return h
}

// mostEntries is how many messages a request holds at most.
const mostEntries = 10

func poisonous(e fake.Entry) bool { return strings.Contains(e.Body, poisonMark) }

// half says yes to one message in two.
func half(e fake.Entry) bool { return maphash.String(sumSeed, e.Body)%2 == 0 }

// disturb injects effects at every destination, each at an equal part of a probability.
func (w *World) disturb(probability float64, effects []fake.Effect) (all handles) {
	for d := range destinations {
		for _, e := range effects {
			f := fake.Fault{Probability: probability / float64(len(effects)), Effect: e}
			if e.FailEntry != nil || e.DropEntry {
				f.When = half
			}
			all = append(all, w.inject(d, f))
		}
	}
	return all
}

type handles []*fake.Handle

func (h handles) remove() {
	for _, one := range h {
		one.Remove()
	}
}

// noise has requests fail by chance for as long as thousands of messages take.
func noise(probability float64, effects ...fake.Effect) func(*World) error {
	return func(w *World) error {
		defer w.disturb(probability, effects).remove()
		return w.progress(5000)
	}
}

// timeouts has a few requests to each destination never answered, half of them taken.
func timeouts(w *World) error {
	var all handles
	for d := range destinations {
		for _, e := range []fake.Effect{fake.Silence(), fake.Silence().Stored()} {
			all = append(all, w.inject(d, fake.Fault{Probability: .05, Count: 3, Effect: e}))
		}
	}
	defer all.remove()
	return w.until("requests without an answer", func() bool {
		for _, h := range all {
			if h.Hits() == 0 {
				return false
			}
		}
		return true
	})
}

// morePoison refuses the same messages in other ways.
func morePoison(w *World) error {
	w.poison.Remove()
	for _, e := range []fake.Effect{fake.Poison(), fake.FailEntry("InvalidParameterValue", true)} {
		w.poison = w.inject(payments, fake.Fault{When: poisonous, Effect: e})
		if err := w.progress(2500); err != nil {
			return err
		}
		if e.Answer != nil {
			w.poison.Remove()
		}
	}
	return nil
}

// oneDown has one destination refuse everything until nothing moves any more, and for a while then.
func oneDown(w *World) error {
	h := w.inject(w.rng.IntN(destinations), fake.Fault{Effect: fake.ServiceUnavailable()})
	defer h.Remove()
	down := time.Now()
	return w.until("ten seconds of it", func() bool { return time.Since(down) > 10*time.Second })
}

func oneSlow(w *World) error {
	h := w.inject(w.rng.IntN(destinations), fake.Fault{Effect: fake.Latency(333 * time.Millisecond)})
	defer h.Remove()
	return w.progress(4000)
}

// refusedCredentials refuses everybody until the bridge says so.
func refusedCredentials(w *World) error {
	for _, e := range []fake.Effect{fake.ExpiredToken(), fake.InvalidClientToken()} {
		h := w.aws.Inject(fake.Fault{Effect: e})
		err := w.until("readiness to tell of credentials", func() bool {
			_, text := w.any().Get("/readyz")
			return strings.Contains(text, "credentials") && strings.Contains(text, e.Answer.SQS.Code)
		})
		h.Remove()
		if err == nil {
			err = w.progress(1500)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func clockSkew(w *World) error {
	for _, d := range []time.Duration{30 * time.Minute, 0, -30 * time.Minute, 0} {
		w.aws.Skew(d)
		if err := w.progress(1500); err != nil {
			return err
		}
	}
	return nil
}

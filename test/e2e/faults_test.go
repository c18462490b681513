package e2e

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

// everyThird selects a third of the events of any request.
func everyThird(e fake.Entry) bool { return strings.Contains("0369", lastDigit(e.Body)) }

// moreThanFive selects requests of more than five messages, whose ids count from 0.
func moreThanFive(e fake.Entry) bool { return e.ID == "5" }

func lastDigit(body string) string {
	id, _, _ := strings.Cut(strings.TrimPrefix(body, `{"id":"`), `"`)
	return id[max(0, len(id)-1):]
}

// TestFaultsOfAWSLoseNothing meets each way in which AWS fails with events to all four kinds of destination.
// Nothing is lost, and nothing is dead-lettered. FIFO destinations see neither a duplicate nor a
// change of order; standard ones see duplicates only of what was stored without a word.
func TestFaultsOfAWSLoseNothing(t *testing.T) {
	cases := []struct {
		name    string
		effect  fake.Effect
		when    func(fake.Entry) bool
		endless bool // the fault stays
		lost    bool // the answer of what was stored is lost
	}{
		{name: "throttled", effect: fake.Throttle()},
		{name: "throttling exception", effect: fake.ThrottlingException()},
		{name: "kms throttled", effect: fake.KMSThrottle()},
		{name: "internal error", effect: fake.InternalError()},
		{name: "service unavailable", effect: fake.ServiceUnavailable()},
		{name: "over limit", effect: fake.OverLimit()},
		{name: "a proxy's 502", effect: fake.HTMLError(http.StatusBadGateway)},
		{name: "reset", effect: fake.Reset()},
		{name: "batch too long", effect: fake.BatchTooLong(), when: moreThanFive, endless: true},
		{name: "entries fail", effect: fake.FailEntry("InternalError", false), when: everyThird},
		{name: "entries throttled", effect: fake.FailEntry("RequestThrottled", true), when: everyThird},
		{name: "entries in neither list", effect: fake.DropEntry(), when: everyThird},
		{name: "stored, entries in neither list", effect: fake.DropEntry().Stored(), when: everyThird, lost: true},
		{name: "stored, entries fail", effect: fake.FailEntry("InternalError", false).Stored(), when: everyThird, lost: true},
		{name: "stored, internal error", effect: fake.InternalError().Stored(), lost: true},
		{name: "stored, a proxy's 502", effect: fake.HTMLError(http.StatusBadGateway).Stored(), lost: true},
		{name: "stored, reset", effect: fake.Reset().Stored(), lost: true},
		{name: "stored, answer truncated", effect: fake.Truncated(), lost: true},
	}
	b := embedded(t)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := cloud(t, fake.Options{})
			ways := fourWays(t, b, a, 2)
			group := "faults-" + unique()
			const each, hits = 200, 5
			records := feed(t, b, ways, each, 20, 0)
			var faults []*fake.Handle
			for _, w := range ways {
				f := fake.Fault{Service: w.service, Action: w.action(), Target: w.target, When: c.when, Effect: c.effect}
				if !c.endless {
					f.Skip, f.Count = 2, hits
				}
				faults = append(faults, a.Inject(f))
			}
			p := start(t, waysConfig(b, a, group, ways, quickRetry, ""))
			for _, w := range ways {
				w.end.wait(t, each)
			}
			b.committed(t, group, topicsOf(ways)...)
			p.stop()
			b.committed(t, group, topicsOf(ways)...)

			for i, w := range ways {
				if n := faults[i].Hits(); n == 0 || !c.endless && n != hits {
					t.Errorf("%s: the fault came %d times", w.target, n)
				}
				w.end.noneMissing(t, records[i])
				w.checkOrder(t)
				most := 0
				if c.lost && !w.fifo() {
					most = w.entries(faulted)
				}
				if n := w.end.duplicates(); n > most {
					t.Errorf("%s: %d duplicates, at most %d have a reason", w.target, n, most)
				}
			}
			b.noDeadLetters(t, group)
		})
	}
}

// TestSilentServiceLosesNothing meets a service that takes requests and never answers, having stored them or not.
func TestSilentServiceLosesNothing(t *testing.T) {
	t.Parallel() // it waits most of the time
	b := embedded(t)
	a := cloud(t, fake.Options{})
	ways := fourWays(t, b, a, 2)
	group := "silence-" + unique()
	const each = 200
	records := feed(t, b, ways, each, 20, 0)
	for _, w := range ways {
		for _, e := range []fake.Effect{fake.Silence(), fake.Silence().Stored()} {
			a.Inject(fake.Fault{Service: w.service, Action: w.action(), Target: w.target, Skip: 2, Count: 1, Effect: e})
		}
	}
	p := start(t, waysConfig(b, a, group, ways, quickRetry, ""))
	for _, w := range ways {
		w.end.wait(t, each)
	}
	b.committed(t, group, topicsOf(ways)...)
	p.stop()
	for i, w := range ways {
		w.end.noneMissing(t, records[i])
		w.checkOrder(t)
		most := 0
		if !w.fifo() {
			most = w.entries(faulted)
		}
		if n := w.end.duplicates(); n > most {
			t.Errorf("%s: %d duplicates, at most %d have a reason", w.target, n, most)
		}
	}
	b.noDeadLetters(t, group)
}

// TestMixedFaultsLoseNothing mixes all faults at random under a larger load.
func TestMixedFaultsLoseNothing(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{})
		ways := fourWays(t, b, a, 4)
		group := "storm-" + unique()
		const each = 4000
		records := feed(t, b, ways, each, 150, 0)
		for i, e := range []fake.Effect{
			fake.Throttle(), fake.KMSThrottle(), fake.InternalError(), fake.HTMLError(http.StatusBadGateway), fake.Reset(),
			fake.InternalError().Stored(), fake.Reset().Stored(), fake.Truncated(),
		} {
			a.Inject(fake.Fault{Action: "SendMessageBatch", Probability: 0.04, Seed: uint64(i), Effect: e})
			a.Inject(fake.Fault{Action: "PublishBatch", Probability: 0.04, Seed: uint64(i), Effect: e})
		}
		for i, e := range []fake.Effect{fake.FailEntry("InternalError", false), fake.DropEntry(), fake.DropEntry().Stored()} {
			a.Inject(fake.Fault{When: everyThird, Probability: 0.1, Seed: uint64(i), Effect: e})
		}
		p := start(t, waysConfig(b, a, group, ways, quickRetry, ""))
		for _, w := range ways {
			w.end.wait(t, each)
		}
		b.committed(t, group, topicsOf(ways)...)
		p.stop()
		for i, w := range ways {
			w.end.noneMissing(t, records[i])
			w.checkOrder(t)
			if n := w.end.duplicates(); w.fifo() && n > 0 {
				t.Errorf("%s: %d duplicates", w.target, n)
			}
		}
		b.noDeadLetters(t, group)
	})
}

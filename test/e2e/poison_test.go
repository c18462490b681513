package e2e

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestOnlyPoisonBecomesDeadLetters meets messages that AWS refuses for what they are. Exactly those
// become dead letters; their neighbours arrive, once each, and are not sent again where AWS names
// the guilty ones.
func TestOnlyPoisonBecomesDeadLetters(t *testing.T) {
	const each = 200
	guilty := []int{3, 4, 77, 150, 199}
	refused := func(e fake.Entry) bool {
		var ev event
		return json.Unmarshal([]byte(e.Body), &ev) == nil && slices.Contains(guilty, ev.Seq)
	}
	cases := []struct {
		name   string
		effect func(fake.Service) fake.Effect
		// sends is how many messages may be sent for each event, all in all.
		sends int
	}{
		{"entries", func(s fake.Service) fake.Effect {
			if s == fake.SNS {
				return fake.FailEntry("InvalidParameter", true)
			}
			return fake.FailEntry("InvalidMessageContents", true)
		}, 1},
		{"whole calls", func(fake.Service) fake.Effect { return fake.Poison() }, 4},
	}
	onBothKafkas(t, func(t *testing.T, b *broker) {
		for _, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				a := cloud(t, fake.Options{})
				ways := fourWays(t, b, a, 2)
				group := "poison-" + unique()
				feed(t, b, ways, each, 20, 0)
				for _, w := range ways {
					a.Inject(fake.Fault{Service: w.service, Action: w.action(), Target: w.target, When: refused, Effect: c.effect(w.service)})
				}
				p := start(t, waysConfig(b, a, group, ways, quickRetry, ""))
				b.committed(t, group, topicsOf(ways)...)
				p.stop()

				want := map[string]string{} // source by event
				for _, w := range ways {
					w.end.allArrived(t, without(events(w.topic, each, 20, 0), guilty))
					w.checkOrder(t)
					if n := w.entries(anyRequest); n > each*c.sends {
						t.Errorf("%s: %d messages were sent for %d events", w.target, n, each)
					}
					for _, i := range guilty {
						want[fmt.Sprintf("%s#%d", w.topic, i)] = w.name
					}
				}
				if n := b.end(t, letters(group)); n != int64(len(want)) {
					t.Errorf("%d dead letters, want %d", n, len(want))
				}
				for _, r := range b.deadLetters(t, letters(group), len(want)) {
					var ev event
					_ = json.Unmarshal(r.Value, &ev)
					h := headersOf(r)
					if want[ev.ID] == "" || h["sluice-reason"] != "rejected" || h["sluice-destination"] != want[ev.ID] ||
						h["sluice-rule"] != want[ev.ID] || !strings.HasPrefix(h["sluice-error"], "Invalid") {
						t.Errorf("dead letter of %s: %v", ev.ID, h)
					}
					delete(want, ev.ID)
				}
				if len(want) > 0 {
					t.Errorf("no dead letters of %v", want)
				}
			})
		}
	})
}

func TestGiveUpAfterDeadLettersALastingFailure(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{})
	ways := fourWays(t, b, a, 1)
	group := "giveup-" + unique()
	feed(t, b, ways, 20, 5, 0)
	a.Inject(fake.Fault{
		When:   func(e fake.Entry) bool { return strings.Contains(e.Body, `"seq":7}`) },
		Effect: fake.FailEntry("InternalError", false),
	})
	p := start(t, waysConfig(b, a, group, ways, "retry: {initial: 5ms, max: 50ms, give_up_after: 500ms}", ""))
	b.committed(t, group, topicsOf(ways)...)
	p.stop()
	for _, w := range ways {
		w.end.allArrived(t, without(events(w.topic, 20, 5, 0), []int{7}))
		w.checkOrder(t)
	}
	got := b.deadLetters(t, letters(group), len(ways))
	if n := b.end(t, letters(group)); n != int64(len(ways)) {
		t.Errorf("%d dead letters, want %d", n, len(ways))
	}
	for _, r := range got {
		h := headersOf(r)
		attempts, _ := strconv.Atoi(h["sluice-attempts"])
		if h["sluice-reason"] != "gave_up" || attempts < 2 {
			t.Errorf("dead letter: %v", h)
		}
	}
}

// without returns the records except those at the places.
func without(records []*kgo.Record, places []int) []*kgo.Record {
	var out []*kgo.Record
	for i, r := range records {
		if !slices.Contains(places, i) {
			out = append(out, r)
		}
	}
	return out
}

// headersOf returns a record's headers by name.
func headersOf(r *kgo.Record) map[string]string {
	h := map[string]string{}
	for _, e := range r.Headers {
		h[e.Key] = string(e.Value)
	}
	return h
}

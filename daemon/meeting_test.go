package daemon

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/fake"
)

// A rule that moves from one consumer group to another, while one of the two lags, loses nothing and
// sends nothing twice: each record goes where the rules said that were in force when the foremost group
// read it.
func TestRuleMovesBetweenGroups(t *testing.T) {
	const (
		isolated = "{sqs: %s, isolated: true, QUICK}"
		shared   = "{sqs: %s, QUICK}"
	)
	queue := func(form, name string) string { return name + ": " + fmt.Sprintf(form, name) }
	destinations := func(of ...string) string {
		return "limits: {in_flight: 20}\ncommit_interval: 100ms\ndestinations: {" + strings.Join(of, ", ") + "}\n"
	}
	const (
		toA     = "rules: [{name: all, topics: [t], to: [a]}]\n"
		toB     = "rules: [{name: all, topics: [t], to: [b]}]\n"
		nowhere = "rules: [{name: none, topics: [t], when: \"false\", to: [a, b]}]\nunmatched: dead_letter\ndead_letter: {destination: c}\n"
	)
	aApart := destinations(queue(isolated, "a"), queue(shared, "b"), queue(shared, "c"))
	bApart := destinations(queue(shared, "a"), queue(isolated, "b"), queue(shared, "c"))
	bothApart := destinations(queue(isolated, "a"), queue(isolated, "b"), queue(shared, "c"))
	onlyB := destinations(queue(isolated, "b"), queue(shared, "c"))
	for _, c := range []struct {
		name          string
		before, after string
		slow          string // the queue that takes nothing until after the reload
		ahead         string // the group that reads all before it
		first, later  string // where what is read before and after the reload goes
	}{
		{"from an isolated one that lags", aApart + toA, aApart + toB, "a", "g", "a", "b"},
		{"from a shared one that lags", bApart + toA, bApart + toB, "a", "g.b", "a", "b"},
		{"between isolated ones of which the first lags", bothApart + toA, bothApart + toB, "a", "g.b", "a", "b"},
		{"from a shared one that lags and is removed", bApart + toA, onlyB + toB, "a", "g.b", "b", "b"},
		{"from an isolated one that lags to the dead letters", aApart + toA, aApart + nowhere, "a", "g", "a", "c"},
		{"from an isolated one that lags and is isolated no more", aApart + toA, destinations(queue(shared, "a"), queue(shared, "b"), queue(shared, "c")) + toB, "a", "g", "a", "b"},
		{"from a shared one that lags and is isolated now", bApart + toA, bothApart + toB, "a", "g.b", "a", "b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, []string{"a", "b", "c"}, c.before)
			down := r.aws.Inject(fake.Fault{Target: c.slow, Effect: fake.QueueMissing()})
			want := map[string][]string{}
			produce := func(from, to int, queue string) {
				for i := from; i < to; i++ {
					r.produce(fmt.Sprint(i))
					want[queue] = append(want[queue], fmt.Sprint(i))
				}
			}
			produce(0, 100, c.first)
			r.until("the other group has read all", func() bool { return r.committed(c.ahead) == 100 })
			r.reload(c.after)
			r.until("the bridge is back", func() bool { return len(r.sources()) > 0 })
			produce(100, 120, c.later)
			if strings.Contains(c.after, c.slow+": {") {
				down.Remove()
			}
			for name, all := range want {
				r.until("all arrived in "+name, func() bool { return r.aws.Queue(name).Count() >= len(all) })
			}
			r.until("all is settled", func() bool { return r.Lag() == 0 })
			for _, name := range []string{"a", "b", "c"} {
				got := r.bodies(name)
				for i, body := range got {
					if _, at, letter := strings.Cut(body, `"source":"t/0/`); letter {
						got[i], _, _ = strings.Cut(at, `"`) // which is the number of the record
					}
				}
				slices.SortFunc(got, func(a, b string) int { return len(a)*1000 - len(b)*1000 + strings.Compare(a, b) })
				if !slices.Equal(got, want[name]) {
					t.Errorf("%s got %d: %v", name, len(got), got)
				}
			}
		})
	}
}

// committed is what a group has committed of the topic's partition.
func (r *running) committed(group string) int64 {
	offsets, err := kadm.NewClient(r.client).FetchOffsets(r.ctx, group)
	if err != nil {
		return -1
	}
	o, _ := offsets.Lookup("t", 0)
	return o.At
}

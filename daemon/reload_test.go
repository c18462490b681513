package daemon

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/fake"
)

// What comes to a FIFO queue after a reload does not overtake what came before and is still tried,
// whatever the destinations are called.
func TestOrderAcrossReload(t *testing.T) {
	const (
		only = "destinations: {a: {sqs: q.fifo, QUICK}}\nrules: [{topics: [t], to: [a]}]\n"
		both = "destinations: {a: {sqs: q.fifo, QUICK}, b: {sqs: q.fifo, QUICK}}\n"
		toA  = "rules: [{topics: [t], to: [a]}]\n"
		toB  = "rules: [{topics: [t], to: [b]}]\n"
	)
	for _, c := range []struct {
		name    string
		before  string
		reloads []string // a record is produced after each
	}{
		{"changed", only, []string{"destinations: {a: {sqs: q.fifo, concurrency: 2, QUICK}}\n" + toA}},
		{"renamed", only, []string{"destinations: {b: {sqs: q.fifo, QUICK}}\n" + toB}},
		{"moved between two that stay", both + toA, []string{both + toB}},
		{"moved there and back", both + toA, []string{both + toB, both + toA}},
		{"moved to a new one beside one that stays", only, []string{both + toB}},
		{"moved to one that stays", both + toA, []string{"destinations: {b: {sqs: q.fifo, QUICK}}\n" + toB}},
		{"names swapped", "destinations: {a: {sqs: q.fifo, QUICK}, b: {sqs: other.fifo, QUICK}}\n" + toA,
			[]string{"destinations: {b: {sqs: q.fifo, QUICK}, a: {sqs: other.fifo, QUICK}}\n" + toB}},
		{"one name after another", only, []string{
			"destinations: {b: {sqs: q.fifo, QUICK}}\n" + toB,
			"destinations: {c: {sqs: q.fifo, QUICK}}\nrules: [{topics: [t], to: [c]}]\n",
			only,
		}},
		{"by two endpoints", only, []string{"destinations: {b: {sqs: q.fifo, endpoint: \"http://127.0.0.1:1\", QUICK}}\n" + toB, only}},
		{"of dead letters", "destinations: {a: {sqs: q.fifo, QUICK}}\ndead_letter: {destination: a}\n" + toA,
			[]string{"destinations: {b: {sqs: q.fifo, QUICK}}\ndead_letter: {destination: b}\n" + toB}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := run(t, []string{"q.fifo", "other.fifo"}, c.before)
			first := func(e fake.Entry) bool { return e.Body == "1" }
			failing := r.aws.Inject(fake.Fault{Target: "q.fifo", Action: "SendMessageBatch", When: first, Effect: fake.FailEntry("InternalError", false)})
			r.produce("1")
			r.until("the first was tried", func() bool { return failing.Hits() > 0 })
			want := []string{"1"}
			for i, text := range c.reloads {
				r.reload(text)
				want = append(want, fmt.Sprint(i+2))
				r.produce(want[i+1])
				r.until("it was read", func() bool { return r.Lag() == int64(len(want)) })
			}
			// By then a lane that waits for nobody would have sent what it has.
			from := failing.Hits()
			r.until("the first was tried again", func() bool { return failing.Hits() >= from+10 })
			if n := r.aws.Queue("q.fifo").Count(); n > 0 {
				t.Errorf("overtaken: %q", r.bodies("q.fifo"))
			}
			failing.Remove()
			r.until("all arrived", func() bool { return r.Lag() == 0 })
			if got := r.bodies("q.fifo"); !slices.Equal(got, want) {
				t.Errorf("arrived: %q, want %q", got, want)
			}
		})
	}
}

// A reload that ends while it looks for the dead-letter topic says why that is not found, not that time is over.
func TestReloadSaysWhyLettersFail(t *testing.T) {
	r := run(t, []string{"q"}, plain)
	r.broker.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.CreateTopics}, Err: kerr.RequestTimedOut, Count: -1})
	ctx, cancel := context.WithTimeout(r.ctx, 300*time.Millisecond)
	defer cancel()
	err := r.Reload(ctx, loaded(t, r.configured(strings.Replace(plain, "destination: a", "kafka: dead", 1))))
	if !errors.Is(err, kerr.RequestTimedOut) {
		t.Errorf("the reload ends with %v", err)
	}
}

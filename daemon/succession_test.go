package daemon

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/fake"
)

// What a destination holds that fails is given up soon after a reload; where it is only slow, or
// throttled, that takes longer; where it gets on, however slowly, never.
func TestStandstillIsGivenUpAccordingToItsCause(t *testing.T) {
	failing := func(held int) delivery.Left { return delivery.Left{Held: held, Failing: true} }
	slow := func(held int) delivery.Left { return delivery.Left{Held: held} }
	for name, c := range map[string]struct {
		left func(second int) delivery.Left
		over int // in which second, 0: never
	}{
		"failing":         {func(int) delivery.Left { return failing(7) }, 5},
		"slow":            {func(int) delivery.Left { return slow(7) }, 30},
		"failing at last": {func(s int) delivery.Left { return delivery.Left{Held: 7, Failing: s >= 12} }, 12},
		"getting on":      {func(s int) delivery.Left { return failing(100 - s/4) }, 0},
		"behind another":  {func(s int) delivery.Left { return delivery.Left{Held: 7, Failing: true, Behind: s < 20} }, 24},
		"behind for ever": {func(int) delivery.Left { return delivery.Left{Held: 7, Behind: true} }, 0},
	} {
		var still standstill
		began, over := time.Now(), 0
		for s := range 60 {
			if still.over(c.left(s), began.Add(time.Duration(s)*time.Second)) && over == 0 {
				over = s
			}
		}
		if over != c.over {
			t.Errorf("%s: over in second %d, want %d", name, over, c.over)
		}
	}
}

// waits skips a test that waits until a lane is given up, where tests are to be short.
func waits(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("waits for what takes seconds")
	}
}

// A destination whose endpoint has gone is corrected by a reload: what waits for it arrives, in order,
// and nothing is wrong any more. So is one that was mistyped.
func TestReloadCorrectsAnUnreachableDestination(t *testing.T) {
	waits(t)
	const (
		right = "destinations: {a: {sqs: q.fifo, QUICK}}\nrules: [{topics: [t], to: [a]}]\n"
		wrong = "destinations: {a: {sqs: q.fifo, endpoint: \"http://ADDRESS\", QUICK}}\nrules: [{topics: [t], to: [a]}]\n"
	)
	for _, gone := range []bool{true, false} {
		t.Run(map[bool]string{true: "gone", false: "mistyped"}[gone], func(t *testing.T) {
			r := run(t, []string{"q.fifo"}, right)
			relay, err := fake.StartRelay(strings.TrimPrefix(r.aws.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			if !gone {
				relay.Close()
			}
			wrong := strings.Replace(wrong, "ADDRESS", relay.Address(), 1)
			r.reload(wrong)
			want := []string{"1", "2", "3"}
			if gone {
				want = append([]string{"0"}, want...)
				r.produce("0")
				r.until("the first arrived", func() bool { return r.Lag() == 0 && r.aws.Queue("q.fifo").Count() == 1 })
				relay.Close()
			}
			r.produce("1")
			r.until("trouble is told", func() bool { return len(r.Board().Problems()) > 0 })
			r.reload(strings.Replace(wrong, "QUICK", "QUICK, concurrency: 3", 1)) // another change, which mends nothing
			r.produce("2")
			r.reload(right)
			r.produce("3")
			r.until("all arrived", func() bool { return r.Lag() == 0 && r.aws.Queue("q.fifo").Count() == len(want) })
			if got := r.bodies("q.fifo"); !slices.Equal(got, want) {
				t.Errorf("arrived: %q", got)
			}
			r.until("nothing is wrong", func() bool { return len(r.Board().Problems()) == 0 })
		})
	}
}

// A destination that is down is removed by a reload: it holds nothing up any more. So is one of dead
// letters, whose letters go where the new configuration says, also where the destination stays for others.
func TestReloadRemovesAFailingDestination(t *testing.T) {
	waits(t)
	const stays = ", dead: {sqs: dead, QUICK}"
	for name, c := range map[string]struct {
		effect fake.Effect
		beside string
	}{
		"unavailable":        {fake.ServiceUnavailable(), ""},
		"denied":             {fake.AccessDenied(), ""},
		"refused for it":     {fake.FailEntry("InvalidParameterValue", true), ""}, // the letter itself
		"refused, and stays": {fake.FailEntry("InvalidParameterValue", true), stays},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, []string{"a", "dead", "next"}, `
destinations: {a: {sqs: a, QUICK}, dead: {sqs: dead, QUICK}}
rules: [{topics: [t], when: "value.n > 0", to: [a]}]
unmatched: dead_letter
dead_letter: {destination: dead}
`)
			down := r.aws.Inject(fake.Fault{Target: "dead", Action: "SendMessageBatch", Effect: c.effect})
			r.produce(`{"n": 0}`)
			r.produce(`{"n": 1}`)
			r.until("the letter was tried", func() bool { return down.Hits() > 0 })
			r.reload(`
destinations: {a: {sqs: a, QUICK}, next: {sqs: next, QUICK}` + c.beside + `}
rules: [{topics: [t], when: "value.n > 0", to: [a]}]
unmatched: dead_letter
dead_letter: {destination: next}
`)
			r.until("everything is settled", func() bool { return r.Lag() == 0 })
			if n := r.aws.Queue("next").Count(); n != 1 {
				t.Errorf("%d dead letters arrived", n)
			}
			r.until("nothing is wrong", func() bool { return len(r.Board().Problems()) == 0 })
		})
	}
}

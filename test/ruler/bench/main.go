// Command bench measures the rule engine and Event Ruler on the same rules and events in one run,
// and prints a table. One thread each, by its processor time, so that other work on the machine
// matters less; both read the event from its text, ours from bytes that it validates, theirs from a
// string.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/test/ruler"
)

var (
	counts = []int{1, 10, 100, 1_000, 10_000}
	sizes  = []int{512, 4096}
)

func main() {
	each := flag.Duration("time", time.Second, "how long to measure each cell")
	flag.Parse()
	if err := run(*each); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(each time.Duration) error {
	dir, err := os.MkdirTemp("", "sluice-ruler-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	fmt.Printf("%s, %s/%s, %d CPUs\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	for i := range families {
		if err := families[i].measure(dir, each); err != nil {
			return err
		}
	}
	return nil
}

// measure prints the table of a family. Event Ruler starts afresh for each row, so that no machine
// of another row takes up its memory.
func (f *family) measure(dir string, each time.Duration) error {
	fmt.Printf("\nRules of %s\n\n", f.name)
	fmt.Println("| event | rules | match, ns | times 1 rule | B/event | with reading, ns | events/s | Event Ruler, events/s | times Event Ruler |")
	fmt.Println("|------:|------:|----------:|-------------:|--------:|-----------------:|---------:|----------------------:|------------------:|")
	for _, size := range sizes {
		text := event(size)
		one := 0.0
		for _, n := range counts {
			rules, patterns := f.rules(n)
			table, err := routing.Compile(routing.Options{Rules: rules, Destinations: []routing.Destination{{Name: "d"}}})
			if err != nil {
				return err
			}
			match, bytes, err := matchOnly(table, text, each)
			if err != nil {
				return err
			}
			if n == 1 {
				one = match
			}
			whole := withReading(table, text, each)
			theirs, err := eventRuler(dir, patterns, text, each)
			if err != nil {
				return err
			}
			fmt.Printf("| %d | %s | %.0f | %.2f | %.1f | %.0f | %s | %s | %.1f |\n", size, grouped(float64(n)), match, match/one, bytes,
				whole, grouped(1e9/whole), grouped(theirs), 1e9/whole/theirs)
		}
	}
	return nil
}

// matchOnly returns nanoseconds and allocated bytes an event, for an event that was read before.
func matchOnly(table *routing.Table, text string, each time.Duration) (ns, bytes float64, err error) {
	ev := &routing.Event{Record: &kgo.Record{Topic: "t", Value: []byte(text)}, Value: codec.Decode(codec.FormatJSON, []byte(text), true)}
	var d routing.Decision
	if table.Route(ev, &d); d.Outcome != routing.Routed || len(d.Matched) != 1 {
		return 0, 0, fmt.Errorf("the event matches %d rules, not one", len(d.Matched))
	}
	// A collection in between would empty the pools and count as the engine's.
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	loop := func() { table.Route(ev, &d) }
	timed(loop, each/10)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ns, events := timed(loop, each)
	runtime.ReadMemStats(&after)
	return ns, float64(after.TotalAlloc-before.TotalAlloc) / events, nil
}

func withReading(table *routing.Table, text string, each time.Duration) float64 {
	record := &kgo.Record{Topic: "t", Value: []byte(text)}
	var ev routing.Event
	var d routing.Decision
	ns, _ := timed(func() {
		ev = routing.Event{Record: record, Value: codec.Value{Raw: record.Value, JSON: record.Value}, Unchecked: true}
		table.Route(&ev, &d)
	}, each)
	return ns
}

// timed runs f for some time and returns nanoseconds a run, the best of ten parts: what else the
// machine does only ever adds.
func timed(f func(), each time.Duration) (best, runs float64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for range 10 {
		start, n := cpuTime(), 0
		for cpuTime()-start < each/10 {
			for range 100 {
				f()
			}
			n += 100
		}
		ns := float64((cpuTime() - start).Nanoseconds()) / float64(n)
		if best == 0 || ns < best {
			best = ns
		}
		runs += float64(n)
	}
	return best, runs
}

// eventRuler returns the best of ten parts as well, after twice the time to warm up.
func eventRuler(dir string, patterns []string, text string, each time.Duration) (float64, error) {
	oracle, err := ruler.StartOracle(dir)
	if err != nil {
		return 0, err
	}
	defer func() { _ = oracle.Close() }()
	perSecond, matched, err := oracle.Measure(patterns, text, int(2*each.Milliseconds()), int(each.Milliseconds()))
	if err == nil && matched != 1 {
		err = fmt.Errorf("Event Ruler matches %d rules, not one", matched) //nolint:staticcheck // a name
	}
	return perSecond, err
}

// grouped writes a whole number with a comma for each thousand.
func grouped(f float64) string {
	s := fmt.Sprintf("%.0f", f)
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, parts...), ",")
}

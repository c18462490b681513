package drive

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/test/simulate"
)

// Tally counts what scenarios were like, and what came of them.
type Tally struct {
	Began    time.Time
	First    uint64 // seed
	Done     int
	Failed   int
	Records  int
	Repeats  int
	Events   int           // that were done
	Vain     int           // events that did not apply to what there was, or were refused
	Virtual  time.Duration // in all
	features []int         // how many scenarios have each of simulate.Features
	pairs    [][]int       // and two of them, the first before the second
}

// NewTally returns one that begins now.
func NewTally(first uint64) *Tally {
	n := len(simulate.Features)
	t := &Tally{Began: time.Now(), First: first, features: make([]int, n), pairs: make([][]int, n)}
	for i := range t.pairs {
		t.pairs[i] = make([]int, n)
	}
	return t
}

// Add counts a scenario.
func (t *Tally) Add(sc *simulate.Scenario, r *simulate.Result) {
	t.Done++
	if len(r.Violations) > 0 {
		t.Failed++
	}
	t.Records += r.Records
	t.Repeats += r.Repeats
	t.Virtual += r.Took
	for _, d := range r.Done {
		if d.Error == "" {
			t.Events++
		} else {
			t.Vain++
		}
	}
	has := sc.Has(r.Done)
	for i, a := range has {
		t.features[a]++
		for _, b := range has[i+1:] {
			t.pairs[a][b]++
		}
	}
}

// Line is how far it has come.
func (t *Tally) Line(runs int) string {
	return fmt.Sprintf("%d of %d done, %d failed, %.0f a minute", t.Done, runs, t.Failed, t.pace())
}

// pace is in scenarios a minute.
func (t *Tally) pace() float64 { return float64(t.Done) / time.Since(t.Began).Minutes() }

// facts are the counts that are no pairs.
func (t *Tally) facts() [][2]string {
	took := time.Since(t.Began)
	return [][2]string{
		{"scenarios", fmt.Sprintf("%d, seeds %d to %d", t.Done, t.First, t.First+uint64(max(t.Done, 1))-1)},
		{"failed", fmt.Sprint(t.Failed)},
		{"records", fmt.Sprint(t.Records)},
		{"repeats at standard queues and topics", fmt.Sprint(t.Repeats)},
		{"events", fmt.Sprintf("%d, and %d that did not apply", t.Events, t.Vain)},
		{"virtual time", fmt.Sprintf("%.0f hours", t.Virtual.Hours())},
		{"time", fmt.Sprintf("%s, %.0f scenarios a minute, on %d processors", took.Round(time.Second), t.pace(), runtime.NumCPU())},
	}
}

// pair is two features and how many scenarios have both.
type pair struct {
	a, b  int
	count int
}

func (p pair) String() string {
	return fmt.Sprintf("%s × %s", simulate.Features[p.a].Name, simulate.Features[p.b].Name)
}

// rarest returns all pairs that could be met, the rarest first.
func (t *Tally) rarest() (all []pair) {
	for a, f := range simulate.Features {
		for b := a + 1; b < len(simulate.Features); b++ {
			if f.Axis != simulate.Features[b].Axis {
				all = append(all, pair{a, b, t.pairs[a][b]})
			}
		}
	}
	slices.SortStableFunc(all, func(p, q pair) int { return cmp.Compare(p.count, q.count) })
	return all
}

// holes tells of the pairs: how many there are, which were never met, and the rarest of the others. What
// nothing has is told once, and not with all others.
func (t *Tally) holes(most int) (met, all int, never, rare []string) {
	for _, p := range t.rarest() {
		if all++; p.count > 0 {
			met++
		}
		switch {
		case t.features[p.a] == 0 || t.features[p.b] == 0:
		case p.count == 0:
			never = append(never, p.String())
		case len(rare) < most:
			rare = append(rare, fmt.Sprintf("%s (%d)", p, p.count))
		}
	}
	return met, all, never, rare
}

// missing are the features that nothing had.
func (t *Tally) missing() (all []string) {
	for i, n := range t.features {
		if n == 0 {
			all = append(all, simulate.Features[i].Name)
		}
	}
	return all
}

// some joins texts, of many only the first.
func some(all []string, most int) string {
	switch {
	case len(all) == 0:
		return "none"
	case len(all) > most:
		return fmt.Sprintf("%s, and %d more", strings.Join(all[:most], "; "), len(all)-most)
	}
	return strings.Join(all, "; ")
}

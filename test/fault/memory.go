package fault

import (
	"fmt"
	"slices"
)

// memory is what a process had resident, in bytes, at equal intervals.
type memory []int64

const (
	// mostGrowth is from the mean of the second quarter to that of the last. The garbage collector's
	// moods are a few percent.
	mostGrowth = 10 // percent
	// fewestSamples is how many growth is judged by.
	fewestSamples = 40
)

// quarter is the mean of the first, second, third or fourth one: 0 to 3.
func (m memory) quarter(n int) int64 {
	var sum, each int64 = 0, int64(len(m) / 4)
	for _, rss := range m[int64(n)*each : int64(n+1)*each] {
		sum += rss
	}
	return sum / max(each, 1)
}

// growth is in percent, from the second quarter, when caches and pools are filled, to the last.
func (m memory) growth() float64 {
	before := m.quarter(1)
	return 100 * float64(m.quarter(3)-before) / float64(max(before, 1))
}

// String tells of it in a line.
func (m memory) String() string {
	if len(m) < 4 {
		return "resident memory: too few samples"
	}
	return fmt.Sprintf("resident memory: %.1f, %.1f, %.1f and %.1f MiB on average in the four quarters, %.1f at the most; %+.1f %% from the second to the last",
		mib(m.quarter(0)), mib(m.quarter(1)), mib(m.quarter(2)), mib(m.quarter(3)), mib(slices.Max(m)), m.growth())
}

// judge says what is not as promised, by the most that there may be.
func (m memory) judge(bound int64) error {
	switch {
	case len(m) > 0 && slices.Max(m) > bound:
		return fmt.Errorf("%.1f MiB resident, and the bound is %.1f MiB", mib(slices.Max(m)), mib(bound))
	case len(m) >= fewestSamples && m.growth() > mostGrowth:
		return fmt.Errorf("resident memory grew by %.1f %%", m.growth())
	}
	return nil
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

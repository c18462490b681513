package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// result is what a contestant gave in a scenario.
type result struct {
	Scenario   string   `json:"scenario"`
	Part       string   `json:"part"`
	Title      string   `json:"title"`
	Axis       string   `json:"axis,omitempty"` // what grows
	At         int      `json:"at,omitempty"`   // and where on it this is
	Contestant string   `json:"contestant"`
	Samples    []sample `json:"samples"`
	Problem    string   `json:"problem,omitempty"`
}

// spread is the median and range of some measurements.
type spread struct{ median, min, max float64 }

func (r *result) spread(of func(sample) float64) spread {
	if len(r.Samples) == 0 {
		return spread{math.NaN(), math.NaN(), math.NaN()}
	}
	values := make([]float64, len(r.Samples))
	for i, s := range r.Samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	n := len(values)
	return spread{(values[(n-1)/2] + values[n/2]) / 2, values[0], values[n-1]}
}

// The columns of the table.
func rate(s sample) float64       { return s.Rate }
func cpu(s sample) float64        { return s.CPU }
func rss(s sample) float64        { return s.RSS }
func requests(s sample) float64   { return s.Requests }
func missing(s sample) float64    { return float64(s.Missing) }
func duplicated(s sample) float64 { return float64(s.Duplicated) }
func commitTime(s sample) float64 { return s.Commit }

// threeDigits has format print three digits that count.
const threeDigits = ""

// number prints a value.
func number(verb string, v float64) string {
	if verb != threeDigits {
		return fmt.Sprintf(verb, v)
	}
	decimals := min(2, 2-int(math.Floor(math.Log10(max(1, math.Abs(v))))))
	unit := math.Pow10(-decimals)
	return strconv.FormatFloat(math.Round(v/unit)*unit, 'f', max(0, decimals), 64)
}

// format prints the median, and the range where it shows.
func (s spread) format(verb string) string {
	if math.IsNaN(s.median) {
		return "–"
	}
	median, low, high := number(verb, s.median), number(verb, s.min), number(verb, s.max)
	if low == high {
		return median
	}
	return fmt.Sprintf("%s (%s–%s)", median, low, high)
}

// ratio is the median of the ratios of two results, round by round.
func ratio(a, b *result, of func(sample) float64) spread {
	pairs := &result{}
	if a == nil || b == nil {
		return pairs.spread(of)
	}
	for _, one := range a.Samples {
		for _, other := range b.Samples {
			if one.Round == other.Round {
				pairs.Samples = append(pairs.Samples, sample{Rate: of(one) / of(other)})
			}
		}
	}
	return pairs.spread(rate)
}

// results are those of an invocation, in the order of the table.
type results []*result

// find returns a result, or nil.
func (all results) find(scenario, contestant string) *result {
	for _, r := range all {
		if r.Scenario == scenario && r.Contestant == contestant && len(r.Samples) > 0 {
			return r
		}
	}
	return nil
}

// measured says whether a contestant has any result.
func (all results) measured(contestant string) bool {
	return slices.ContainsFunc(all, func(r *result) bool { return r.Contestant == contestant && len(r.Samples) > 0 })
}

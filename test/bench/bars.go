package main

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// bar is something that the bridge is to keep.
type bar struct {
	what  string
	limit float64
	least bool // the limit is the least that is wanted, and not the most
	verb  string
	value spread
}

func (b bar) measured() bool { return !math.IsNaN(b.value.median) }

func (b bar) held() bool {
	if b.least {
		return b.value.median >= b.limit
	}
	return b.value.median <= b.limit
}

// bars are those that the results say something about.
func (all results) bars(low []*figure) []bar {
	var out []bar
	most := func(what string, limit float64, verb string, value spread) {
		out = append(out, bar{what, limit, false, verb, value})
	}
	least := func(what string, limit float64, value spread) {
		out = append(out, bar{what, limit, true, "%.2f", value})
	}
	for _, ms := range latencies {
		name := fmt.Sprintf("sqs-%dms", ms)
		own := all.find(name, "sluice")
		title := fmt.Sprintf("SQS, %d ms: ", ms)
		most(title+"CPU a message, to the raw floor", 1.25, "%.2f", ratio(own, all.find(name, floorName), cpu))
		most(title+"CPU a message, to the SDK loop", 0.5, "%.2f", ratio(own, all.find(name, "sdk"), cpu))
		if ms > 0 {
			least(title+"messages a second, to the raw floor", 1, ratio(own, all.find(name, floorName), rate))
		}
		most(title+"requests a message", 0.102, "%.4f", of(own, requests))
		most(title+"peak RSS, MB", 120, "%.0f", of(own, rss))
	}
	for _, ms := range latencies {
		name := fmt.Sprintf("sns-%dms", ms)
		own := all.find(name, "sluice")
		title := fmt.Sprintf("SNS, %d ms: ", ms)
		most(title+"CPU a message, to the SDK loop", 0.6, "%.2f", ratio(own, all.find(name, "sdk"), cpu))
		most(title+"requests a message", 0.102, "%.4f", of(own, requests))
		most(title+"peak RSS, MB", 120, "%.0f", of(own, rss))
	}
	for _, codec := range []string{"snappy", "zstd"} {
		most("producers with "+codec+": peak RSS, MB", 120, "%.0f", of(all.find("compression-"+codec, "sluice"), rss))
	}
	sound := all.find("faults-none", "sluice")
	least("1 % of entries fail: messages a second, to none", 0.85, ratio(all.find("faults-entries", "sluice"), sound, rate))
	least("1 % of requests fail: messages a second, to none", 0.85, ratio(all.find("faults-requests", "sluice"), sound, rate))
	if killed := all.find("crash", "sluice"); killed != nil {
		title := fmt.Sprintf("SIGKILL, 3 ms (%.1f ms a commit): messages sent again", killed.spread(commitTime).median)
		most(title, 3000, "%.0f", killed.spread(duplicated))
	}
	most("1,000 rules: CPU a message, to ten", 1.1, "%.2f", ratio(all.find("rules-1000", "sluice"), all.find("rules-10", "sluice"), cpu))
	most("100 destinations: CPU a message, to one", 1.3, "%.2f", ratio(all.find("destinations-100", "sluice"), all.find("destinations-1", "sluice"), cpu))
	for _, r := range all {
		if r.Contestant == "sluice" && len(r.Samples) > 0 && r.spread(missing).max > 0 {
			most(r.Title+": messages missing", 0, "%.0f", r.spread(missing))
		}
	}
	for _, r := range all {
		if r.Contestant == beforeName {
			most(r.Title+": CPU a message, to the binary before", 1.03, "%.3f", ratio(all.find(r.Scenario, "sluice"), r, cpu))
		}
	}
	for _, f := range low {
		if f.Contestant != "sluice" {
			continue
		}
		median := spread{f.quantile(0.5), f.Values[0], f.Values[len(f.Values)-1]}
		switch f.Name {
		case "idle":
			most(f.Title+": % of a core", 0.2, "%.2f", median)
		case "latency":
			// What a message takes to get through Kafka is not the bridge's: 10 ms are allowed for it.
			limit := defaultLinger + roundTrip + 10*time.Millisecond
			most(f.Title+": median, ms", limit.Seconds()*1e3, "%.1f", median)
		case "start":
			most(f.Title+": ms", 1000, "%.0f", median)
		}
	}
	kept := out[:0]
	for _, b := range out {
		if b.measured() {
			kept = append(kept, b)
		}
	}
	return kept
}

// defaultLinger is that of bridge.yaml.
const defaultLinger = 20 * time.Millisecond

// of is the spread of a result that may be missing.
func of(r *result, column func(sample) float64) spread {
	if r == nil {
		r = &result{}
	}
	return r.spread(column)
}

var barHeader = []string{"bar", "limit", "measured", ""}

func barRows(bars []bar) [][]string {
	var rows [][]string
	for _, b := range bars {
		limit := "≤ "
		if b.least {
			limit = "≥ "
		}
		verdict := "held"
		if !b.held() {
			verdict = "**short**"
		}
		rows = append(rows, []string{b.what, limit + strings.TrimSuffix(fmt.Sprintf("%g", b.limit), ".0"), b.value.format(b.verb), verdict})
	}
	return rows
}

var lowHeader = []string{"at the low end", "contestant", "median", "p99", "most"}

func lowRows(low []*figure) [][]string {
	var rows [][]string
	for _, f := range low {
		number := func(v float64) string { return fmt.Sprintf("%.4g %s", v, f.Unit) }
		if len(f.Values) == 1 {
			rows = append(rows, []string{f.Title, f.Contestant, number(f.Values[0]), "", ""})
			continue
		}
		rows = append(rows, []string{f.Title, f.Contestant, number(f.quantile(0.5)), number(f.quantile(0.99)), number(f.Values[len(f.Values)-1])})
	}
	return rows
}

package simulate

import (
	"maps"
	"slices"
)

// Feature is something that a scenario has or has not. Scenarios are counted by pairs of them: a fault of
// the bridge is where two things meet.
type Feature struct {
	Family string // configuration, traffic or event
	Axis   string // those of one exclude each other, or are one thing said twice
	Name   string
	has    func(sc *Scenario) bool
}

// Features are all, with those that nothing has.
var Features = slices.Concat(settings, traffic, happenings())

var settings = slices.Concat(
	values("start", func(s *Setup) string { return s.Start }, "earliest", "latest"),
	setting("isolation_level: read_uncommitted", func(s *Setup) bool { return s.Uncommitted }),
	setting("instance_id", func(s *Setup) bool { return s.Static }),
	setting("unreadable: wait", func(s *Setup) bool { return s.Wait }),
	values("unmatched", func(s *Setup) string { return oneOf(s.Unmatched, "drop", "dead_letter", "a destination") },
		"drop", "dead_letter", "a destination"),
	setting("dead letters to a destination", func(s *Setup) bool { return s.Letters != "" }),
	setting("in_flight < 100", func(s *Setup) bool { return s.InFlight < 100 }),
	setting("in_flight_bytes ≤ 1 MiB", func(s *Setup) bool { return s.Bytes <= 1<<20 }),
	setting("session_timeout < 20s", func(s *Setup) bool { return s.Session.Seconds() < 20 }),
	setting("drain_timeout < 10s", func(s *Setup) bool { return s.Drain.Seconds() < 10 }),
	setting("commit_interval > 1s", func(s *Setup) bool { return s.Commit.Seconds() > 1 }),
	destination("isolated: true", func(d Destination) bool { return d.Isolated }),
	destination("a standard queue", func(d Destination) bool { return !d.fifo() && !d.topic() }),
	destination("a FIFO queue", func(d Destination) bool { return d.fifo() && !d.Batched }),
	destination("ordering: batched", func(d Destination) bool { return d.fifo() && d.Batched }),
	destination("a topic of SNS", func(d Destination) bool { return d.topic() }),
	destination("give_up_after", func(d Destination) bool { return d.GiveUp > 0 }),
	destination("concurrency", func(d Destination) bool { return d.Most > 0 }),
	destination("assume_role", func(d Destination) bool { return d.Role }),
	destination("envelope: json", func(d Destination) bool { return d.Envelope }),
	setting("tombstones: drop", func(s *Setup) bool { return s.Tombstones == "drop" }),
	readings(),
	setting("a rule with an expression", func(s *Setup) bool {
		return slices.ContainsFunc(s.Rules, func(r Rule) bool { return r.When != "" })
	}),
	feature("configuration", "sizes", "a place that takes less", func(sc *Scenario) bool { return len(sc.Sizes) > 0 }),
	setting("fan-out", func(s *Setup) bool {
		return slices.ContainsFunc(s.Rules, func(r Rule) bool { return len(r.To) > 1 })
	}),
	setting("a rule that drops", func(s *Setup) bool {
		return slices.ContainsFunc(s.Rules, func(r Rule) bool { return len(r.To) == 0 })
	}),
	feature("configuration", "instances", "several instances", func(sc *Scenario) bool { return sc.Members > 1 }),
	feature("configuration", "brokers", "several brokers", func(sc *Scenario) bool { return sc.Brokers > 1 }),
)

var traffic = slices.Concat(
	burst("all at once", func(b Burst) bool { return b.Over == 0 }),
	burst("more than 100 records", func(b Burst) bool { return b.Count > 100 }),
	burst("one key", func(b Burst) bool { return b.Keys <= 1 }),
	burst("before the bridge starts", func(b Burst) bool { return b.At == 0 }),
	each("flavour", slices.Sorted(maps.Keys(flavours)), func(b Burst, v string) bool { return slices.Contains(b.Flavours, v) }),
	each("timestamps", []string{"old", "future", "micro", "nano", "log"}, func(b Burst, v string) bool { return b.Stamps == v }),
	each("packed", slices.Concat(slices.Sorted(maps.Keys(codecs)), []string{"tiny"}, hostiles), func(b Burst, v string) bool { return b.Pack == v }),
	each("transactions", []string{"commit", "abort", "mixed", "abandon"}, func(b Burst, v string) bool { return b.Txn == v }),
	feature("traffic", "topics", "several topics", func(sc *Scenario) bool { return len(sc.Topics) > 1 }),
)

// happenings are all kinds of events, and all kinds of changes.
func happenings() (all []Feature) {
	for _, k := range kinds() {
		others := []string{""}
		if k.name == "reload" {
			others = changes
		}
		for _, other := range others {
			n := k.name
			if other != "" {
				n += ": " + other
			}
			all = append(all, feature("event", n, n, func(sc *Scenario) bool {
				return slices.ContainsFunc(sc.Events, func(e Event) bool { return e.Do == k.name && (other == "" || e.Other == other) })
			})...)
		}
	}
	return all
}

// Has returns which of Features a scenario has, by what has been done of its events.
func (sc *Scenario) Has(done []Done) []int {
	met := *sc
	met.Events = nil
	for _, d := range done {
		if d.Error == "" {
			met.Events = append(met.Events, d.Event)
		}
	}
	var all []int
	for i, f := range Features {
		if f.has(&met) {
			all = append(all, i)
		}
	}
	return all
}

func feature(family, axis, name string, has func(sc *Scenario) bool) []Feature {
	return []Feature{{family, axis, name, has}}
}

func setting(name string, has func(s *Setup) bool) []Feature {
	return feature("configuration", name, name, func(sc *Scenario) bool { return has(&sc.Setup) })
}

func destination(name string, has func(d Destination) bool) []Feature {
	return setting(name, func(s *Setup) bool { return slices.ContainsFunc(s.Destinations, has) })
}

func burst(name string, has func(b Burst) bool) []Feature {
	return feature("traffic", name, name, func(sc *Scenario) bool { return slices.ContainsFunc(sc.Bursts, has) })
}

// each are the features of bursts that are of one kind or another; a scenario may have several.
func each(axis string, all []string, is func(b Burst, v string) bool) (features []Feature) {
	for _, v := range all {
		features = append(features, burst(axis+": "+v, func(b Burst) bool { return is(b, v) })...)
	}
	return features
}

// readings are the ways to read a topic.
func readings() (features []Feature) {
	for _, format := range slices.Concat([]string{"text", "bytes"}, schemaFormats) {
		features = append(features, setting("format: "+format, func(s *Setup) bool {
			for _, r := range s.Reads {
				if r.Format == format {
					return true
				}
			}
			return false
		})...)
	}
	return append(features, setting("deliver: json", func(s *Setup) bool {
		for _, r := range s.Reads {
			if r.JSON {
				return true
			}
		}
		return false
	})...)
}

// values are the features of a setting that has one of a few values.
func values(axis string, of func(s *Setup) string, all ...string) (features []Feature) {
	for _, v := range all {
		features = append(features, feature("configuration", axis, axis+": "+v, func(sc *Scenario) bool { return of(&sc.Setup) == v })...)
	}
	return features
}

// oneOf returns a value where it is one of the first, and the last otherwise.
func oneOf(value string, all ...string) string {
	if slices.Contains(all, value) {
		return value
	}
	return all[len(all)-1]
}

package simulate

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"time"
)

// Simpler returns the scenarios that are a step simpler: of events, bursts, rules, destinations and topics
// first many fewer and then one, then fewer members, then what is nearer to the defaults.
func (sc *Scenario) Simpler() []*Scenario {
	steps := slices.Concat(fewer(len(sc.Events), func(sc *Scenario, from, to int) { sc.Events = slices.Delete(sc.Events, from, to) }),
		fewer(len(sc.Bursts), func(sc *Scenario, from, to int) { sc.Bursts = slices.Delete(sc.Bursts, from, to) }),
		fewer(len(sc.Setup.Destinations), (*Scenario).withoutDestinations),
		fewer(len(sc.Topics), (*Scenario).withoutTopics),
		fewer(len(sc.Setup.Rules), func(sc *Scenario, from, to int) { sc.Setup.Rules = slices.Delete(sc.Setup.Rules, from, to) }),
		plainer(reflect.ValueOf(sc).Elem(), reflect.ValueOf(defaults()).Elem(), false, func(sc *Scenario) reflect.Value { return reflect.ValueOf(sc).Elem() }))
	var all []*Scenario
	text := sc.Text()
	for _, s := range steps {
		c := sc.clone()
		s(c)
		if c.housed() && !bytes.Equal(c.Text(), text) {
			all = append(all, c)
		}
	}
	return all
}

// housed says whether the places of all destinations are there: one that is missing is another fault.
func (sc *Scenario) housed() bool {
	return !slices.ContainsFunc(sc.Setup.Destinations, func(d Destination) bool { return !slices.Contains(sc.Queues, d.Place) })
}

func (sc *Scenario) clone() *Scenario {
	text, err := json.Marshal(sc)
	c := &Scenario{}
	if err == nil {
		err = json.Unmarshal(text, c)
	}
	if err != nil {
		panic(err) // numbers, texts and their like only
	}
	return c
}

// step makes a scenario simpler.
type step func(*Scenario)

// fewer returns steps that leave out all of n, halves, quarters, and so on to single ones, the last first:
// what is early has consequences.
func fewer(n int, without func(sc *Scenario, from, to int)) []step {
	var steps []step
	for size := n; size > 0; size /= 2 {
		for to := n; to > 0; to -= size {
			steps = append(steps, func(sc *Scenario) { without(sc, max(0, to-size), to) })
		}
	}
	return steps
}

// withoutDestinations leaves out destinations and what is for them.
func (sc *Scenario) withoutDestinations(from, to int) {
	s := &sc.Setup
	gone := map[string]bool{}
	for _, d := range s.Destinations[from:to] {
		gone[d.Name] = true
	}
	s.Destinations = slices.Delete(s.Destinations, from, to)
	for i := range s.Rules {
		s.Rules[i].To = slices.DeleteFunc(s.Rules[i].To, func(n string) bool { return gone[n] })
	}
	if gone[s.Unmatched] {
		s.Unmatched = defaults().Setup.Unmatched
	}
	if gone[s.Letters] {
		s.Letters = ""
	}
	sc.Events = slices.DeleteFunc(sc.Events, func(e Event) bool { return gone[e.Name] })
}

// withoutTopics leaves out topics, what is produced to them and what happens to them.
func (sc *Scenario) withoutTopics(from, to int) {
	gone := map[string]bool{}
	for _, t := range sc.Topics[from:to] {
		gone[t.Name] = true
	}
	left := func(n string) bool { return gone[n] }
	sc.Topics = slices.Delete(sc.Topics, from, to)
	sc.Bursts = slices.DeleteFunc(sc.Bursts, func(b Burst) bool { return gone[b.Topic] })
	sc.Events = slices.DeleteFunc(sc.Events, func(e Event) bool { return gone[e.Name] })
	sc.Setup.Topics = slices.DeleteFunc(sc.Setup.Topics, left)
	sc.Setup.Rules = slices.DeleteFunc(sc.Setup.Rules, func(r Rule) bool {
		return len(r.Topics) > 0 && !slices.ContainsFunc(r.Topics, func(n string) bool { return !gone[n] })
	})
	for i := range sc.Setup.Rules {
		sc.Setup.Rules[i].Topics = slices.DeleteFunc(sc.Setup.Rules[i].Topics, left)
	}
}

// plainest is the simplest of what a list is of.
func plainest(of reflect.Type) reflect.Value {
	switch of {
	case reflect.TypeFor[Topic]():
		return reflect.ValueOf(Topic{Partitions: 1})
	case reflect.TypeFor[Burst]():
		return reflect.ValueOf(Burst{Count: 1, Keys: 1, Kinds: 1})
	}
	return reflect.Zero(of)
}

// plainer returns steps for each value within one: to what it is by default, or half of the way, or to whole
// seconds. Within a list texts are names of something, and stay. at finds the value in a copy.
func plainer(v, plain reflect.Value, listed bool, at func(*Scenario) reflect.Value) []step {
	set := func(to any) step {
		return func(sc *Scenario) { at(sc).Set(reflect.ValueOf(to).Convert(v.Type())) }
	}
	var steps []step
	switch {
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			n := name(v.Type().Field(i))
			// A topic is left out with what is produced to it: withoutTopics.
			if n == "seed" || n == "chance" || n == "topics" && v.Type() == reflect.TypeFor[Setup]() {
				continue
			}
			steps = append(steps, plainer(v.Field(i), plain.Field(i), listed, func(sc *Scenario) reflect.Value { return at(sc).Field(i) })...)
		}
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
		for i := range v.Len() {
			steps = append(steps, plainer(v.Index(i), plainest(v.Type().Elem()), true, func(sc *Scenario) reflect.Value { return at(sc).Index(i) })...)
		}
	case v.Kind() == reflect.Slice:
		steps = fewer(v.Len(), func(sc *Scenario, from, to int) {
			l := at(sc)
			l.Set(reflect.AppendSlice(l.Slice(0, from), l.Slice(to, l.Len())))
		})
	case v.Type() == duration:
		d, p := v.Interface().(time.Duration), plain.Interface().(time.Duration)
		steps = []step{set(p), set(p + (d-p)/2)}
		if d > p {
			steps = append(steps, set(d.Truncate(10*time.Second)), set(d.Truncate(time.Second)))
		}
	case v.CanInt():
		steps = []step{set(plain.Int()), set(plain.Int() + (v.Int()-plain.Int())/2)}
		if v.Int() > plain.Int() {
			steps = append(steps, set(v.Int()-1))
		}
	case v.Kind() == reflect.Bool, v.Kind() == reflect.String && !listed:
		steps = []step{set(plain.Interface())}
	}
	return steps
}

package simulate

import (
	"slices"
	"time"
)

// meetStream is what lasts and what meets it are drawn from: other parts of a scenario do not change with them.
const meetStream = 1 << 35

// meetings are what lasts, and what may happen meanwhile to what it holds up: drawn one by one, two events seldom meet
// for long enough.
var meetings = []struct{ lasting, meanwhile []string }{
	{ // beginnings of partitions that cannot be asked for, and partitions that begin
		[]string{"refuse OffsetFetch of a topic", "refuse ListOffsets of a topic", "refuse OffsetForLeaderEpoch of a topic", "refuse Metadata of a topic", withdrawal},
		[]string{"join", "leave", "kill", "shuffle leaders", "cut log", "add partitions", "reload"},
	},
	{ // records that wait, and their logs and owners
		[]string{"fail", "remove queue", "refuse", "lower limit"},
		[]string{"cut log", "expire records", "add partitions", "join", "leave", "withdraw group", "reload"},
	},
	{ // records that wait for schemas
		[]string{"registry"},
		[]string{"join", "leave", "expire records", "reload"},
	},
	{ // dead letters that wait
		[]string{"refuse Produce of dead letters", "silent broker"},
		[]string{"reload", "stop amid a reload", "leave"},
	},
}

// drawMeeting draws, for some scenarios, something that lasts, what happens meanwhile, and records before, during and
// after it.
func drawMeeting(r random, sc *Scenario) {
	if !r.one(4) {
		return
	}
	m, topic := pick(r, meetings), pick(r, sc.Topics).Name
	lasting := drawNamed(r, sc, pick(r, m.lasting), topic)
	lasting.At, lasting.For = time.Duration(10+r.IntN(50))*time.Second, pick(r, []time.Duration{20 * time.Second, 90 * time.Second, 5 * time.Minute})
	lasting.Count, lasting.Chance = 0, 0
	meanwhile := drawNamed(r, sc, pick(r, m.meanwhile), topic)
	meanwhile.At = lasting.At + time.Duration(1+r.IntN(15))*time.Second
	sc.Events = append(sc.Events, lasting, meanwhile)
	if lasting.Do == registryEvents[0].name && !hasSchemas(sc.Setup.Reads[topic].Format) {
		sc.Setup.Reads[topic] = Reading{Format: pick(r, schemaFormats)}
	}
	sc.Bursts = append(sc.Bursts, Burst{
		At: lasting.At - 5*time.Second, Topic: topic, Count: 20 + r.IntN(100), Over: lasting.For + time.Duration(r.IntN(120))*time.Second, Keys: 1 + r.IntN(8), Kinds: 6, Size: r.IntN(2000),
	})
}

// drawNamed draws an event of a kind, about a topic where it is about one.
func drawNamed(r random, sc *Scenario, name, topic string) Event {
	all := kinds()
	kind := all[slices.IndexFunc(all, func(k eventKind) bool { return k.name == name })]
	e := Event{Do: name, Member: r.IntN(4), Broker: r.IntN(4), Partition: r.IntN(4)}
	kind.draw(r, sc, &e)
	if slices.ContainsFunc(sc.Topics, func(t Topic) bool { return t.Name == e.Name }) {
		e.Name = topic
	}
	return e
}

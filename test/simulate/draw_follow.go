package simulate

import "time"

// followStream is what changes in a row are drawn from: other parts of a scenario do not change with them.
const followStream = 1 << 34

// drawFollowing draws, for some scenarios, a change of the groups and another one before they have joined again, beside
// a service that does not take all.
func drawFollowing(r random, sc *Scenario) {
	if !r.one(5) {
		return
	}
	at := time.Duration(20+r.IntN(90)) * time.Second
	trouble := pick(r, serviceEvents)
	e := Event{At: at - time.Duration(r.IntN(20))*time.Second, Do: trouble.name, Member: r.IntN(4), Broker: r.IntN(4), Partition: r.IntN(4)}
	trouble.draw(r, sc, &e)
	sc.Events = append(sc.Events, e)
	for i, changes := range [][]string{{"share", "share", "isolate", "rename", "remove", "static"}, {"move", "move", "unmatched", "share", "isolate", "add"}} {
		sc.Events = append(sc.Events, Event{
			At: at + time.Duration(i)*pick(r, []time.Duration{time.Millisecond, 50 * time.Millisecond, time.Second}), Do: reloadEvents[0].name,
			Name: pick(r, sc.Setup.Destinations).Name, Other: pick(r, changes), Count: r.IntN(20000),
		})
	}
}

// Package simulate runs the whole bridge in virtual time: several instances of the daemon, an embedded
// Kafka, SQS and SNS in one process, connected by a network in memory, inside a bubble of
// testing/synctest. What happens is drawn from a seed, and a ledger that knows every record says what
// was promised and is not so.
//
//   - scenario.go, draw*.go: what happens, as data; setup.go: a configuration, and where it sends a record
//   - text.go, words.go: a scenario as a file, and as an operator tells it; simpler.go: those a step simpler;
//     feature.go: what scenarios are counted by
//   - world.go, network.go, conn.go, member.go: what it happens to
//   - events_*.go: what can be done, by what it happens to
//   - ledger*.go: every record, and the promises
//   - run.go: a run from its beginning to its end
//   - drive, cmd/simulate: many runs, each in a process of its own
//   - testdata: scenarios that have shown a fault; bites: patches that take mends back
//
// The field that is added to a scenario, a configuration or an event has to leave those that are kept as they were:
// without it, nothing is different. A kind of event that is added gets a phrase in words.go.
//
// It is built with the tag synctests, with which franz-go lets time pass while something waits for a lock.
package simulate

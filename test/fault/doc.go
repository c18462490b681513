// Package fault runs the real binary, one instance or several, between Apache Kafka and the embedded
// endpoint, breaks things by a seeded schedule, and checks event by event what became of them.
//
// A schedule is an entry of one of the lists in schedules_*.go: its set changes the settings before
// anything starts, and its play breaks things while events flow and returns an error where something that
// must happen does not. What was lost, repeated, altered or out of order is judged for all of them alike.
// What schedules share:
//
//   - World.inject and World.disturb have the endpoint misbehave; World.progress, settled and until wait
//     for what must come.
//   - settings.bounded has the memory of each instance judged: the kernel's VmHWM, from start to end, by
//     settings.bound. It needs a binary without the race detector, so such schedules belong in `make fault`.
//     World.standstill waits until a window is full; resident and peakResident read a process's memory.
//   - settings.crowd adds so many destinations, to each of which every record of World.crowdTopic goes:
//     fan-out. World.crowd.fill produces for them, and each record has to arrive at each.
//   - settings.side adds one destination, and topics of few records of many for it, and of values with
//     schemas, whose registry knows them once World.side.knows.
//   - World.produce writes records of any making, and a packing says how they are batched: plainly, or
//     packed, as a hostile producer may.
package fault

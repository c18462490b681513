// Package fault runs the real binary, one instance or several, between Apache Kafka and the embedded
// endpoint, breaks things by a seeded schedule, and checks event by event what became of them.
package fault

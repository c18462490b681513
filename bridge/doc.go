// Package bridge is the life of a record between Kafka and its destinations, a package a step:
//
//	kafka      reads topics as a consumer group, and commits what is settled
//	pipeline   decides by the rules, has messages made, registers them and hands them to the lanes
//	message    a record and a destination to the message that is sent
//	offsets    what is settled of a partition, and what may be in flight
//	delivery   lanes: queue, batch, send, retry, concurrency; what cannot be delivered
//	sink       the contract of a kind of destination
//	sqs, sns   the kinds; aws is what they share
//
// The packages themselves say what each file holds.
package bridge

// Package bridge is the life of a record between Kafka and AWS, one step a file:
//
//	pipeline.go   decode, route and encode what a poll returned, and hand it to the lanes
//	encode.go     a record and a destination to the Message that is sent
//	lane.go       batches for one destination: queue, linger, concurrency
//	send.go       one request and what becomes of each of its entries
//	suspect.go    messages that may be the reason why requests are refused
//	limits.go     messages that may be too large
//	partition.go  settle: the contiguous low-water mark that may be committed
//	window.go     what is held, bounded; charge.go counts it, copies.go shares it
//	reach.go      which destinations are done how far; note.go writes it down
//	deadletter.go what could not be delivered
//	unreadable.go batches that could not be read
//
// It knows neither AWS nor how Kafka is read: bridge/sqs and bridge/sns implement Sink, and
// bridge/kafka feeds Pipeline and commits what Partition says is settled.
package bridge

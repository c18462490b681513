// Package delivery sends messages: a lane a destination.
//
//	lane.go         batches for one destination: linger, concurrency, retry
//	queue.go        what waits; groups.go by message group
//	delivery.go     a record on its way to one destination
//	send.go         one request and what becomes of each of its entries; request.go, what it works with
//	backoff.go      when a failed send is tried again
//	suspect.go      messages that may be the reason why requests are refused
//	limits.go       messages that may be too large
//	lane_health.go  a destination that is broken
//	deadletter.go   what could not be delivered; letterroom.go the memory that it takes
//	copies.go       what waits, out of Kafka's fetch buffer; charge.go counts it, ages.go says when
//	retired.go      lanes that a reload replaces
package delivery

// Package watch says what stands still: partitions that hold records and settle none, partitions of which nothing is
// fetched although records wait, brokers that hold the client up, topics that are not there.
//
//	settling.go   records that are read, and not settled
//	stalls.go     records that wait, and are not fetched
//	silence.go    records that wait, and of which the client says nothing
//	look.go       whether what was fetched before is used up
//	lack.go       records that wait for their schemas
//	throttles.go  quotas of brokers
//	topics.go     topics that are missing
//	collector.go  metrics of a consumer group
//
// It is told what a member of a group holds and fetches, and asks brokers for the rest.
package watch

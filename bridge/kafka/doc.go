// Package kafka reads topics as a consumer group and commits what the bridge says is settled.
//
//	client.go      connection, TLS, SASL
//	source.go      the poll loop
//	pausing.go     when partitions are paused
//	waiting.go     records that wait for a schema
//	readahead.go   how much is fetched, and unpacked
//	unreadable.go  batches that the client cannot read
//	assignment.go  what happens when partitions come and go
//	commit.go      the one goroutine that commits
//	start.go       where a partition without a committed offset begins
//	deadletter.go  the producer of dead letters
package kafka

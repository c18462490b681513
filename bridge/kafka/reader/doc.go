// Package reader reads records of a topic outside any consumer group: nothing is joined, committed or created.
//
//	reader.go     what is read, and up to where
//	range.go      parts of partitions, merged by time
//	last.go       the last records
//	record.go     one record; those since a time
//	fetch.go      asking the leaders, again where that may help
//	batch.go      one batch, taken apart; what is wrong with one that cannot be
//	times.go      times that the client cannot hold; timestamp.go
package reader

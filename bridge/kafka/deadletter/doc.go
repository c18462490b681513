// Package deadletter writes dead letters to a topic of Kafka, and reads them.
//
//	record.go           a dead letter as a record: what happened stands in its headers
//	producer.go         the producer, and the topic where it is missing
//	renewing_client.go  a client that is replaced when it is of no use any more
//	size_check.go       whether the topic takes what the topics read may hold
//
// It knows no consumer and no lane: it is told what became of a record.
package deadletter

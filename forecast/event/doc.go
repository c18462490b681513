// Package event reads what is to be explained: events that people and programs write, as JSON objects, bare values,
// lines of a file, and records that are in Kafka.
package event

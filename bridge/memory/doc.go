// Package memory knows what of a record's memory a message refers to, so that what waits can be copied out of Kafka's
// fetch buffer.
package memory

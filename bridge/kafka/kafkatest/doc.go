// Package kafkatest is what tests of the Kafka packages share: clusters, clients, records, and batches that no producer
// makes. Only tests import it.
package kafkatest

// Package e2e runs the real binary between a Kafka and the embedded AWS endpoint, and counts at
// the far end. Every test runs twice: with Apache Kafka, and with the embedded one.
package e2e

// Package fake holds an embedded Kafka and an embedded SQS, SNS and STS
// endpoint, for the demo, the tests and the benchmarks.
//
// The AWS endpoint speaks the wire protocols of the real services (AWS JSON 1.0
// for SQS, AWS Query with XML for SNS and STS) on a loopback address, enforces
// the services' limits in bytes, and can be told to misbehave in every way a
// sender has to survive: see [AWS.Inject]. What it accepted can be read back
// in Go: see [Queue.Messages], [Traffic].
//
// It is deliberately stricter than the services where their behaviour is not
// documented: a sender that gets on with this endpoint gets on with AWS. It does
// not model access policies, encryption or regions: those are reached by fault
// switches.
package fake

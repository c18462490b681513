// Package demo runs the bridge with everything around it embedded: a Kafka, an endpoint for SQS and
// SNS, a stream of orders, a live table, and a check that nothing was lost, duplicated, altered or
// reordered on the way.
//
// The check does not trust the bridge. The producer knows by itself where each event has to go (see
// [Oracle]), says so before it produces the event, and every message is compared with that when it
// reaches its queue. Only what is still on its way is remembered, so a demo can run for hours.
package demo

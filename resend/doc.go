// Package resend sends again on purpose: records of Kafka topics (Replay), and dead letters
// (Redrive). What it sends goes the way of every record, through the lanes of a sender.Sender; only
// where it comes from, and what is remembered of it, are its own.
package resend

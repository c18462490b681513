// Package resend has what a replay and a redrive share: how fast records are handed to pipelines, what ends a run, and
// what would become of a record. What they send goes the way of every record, through the lanes of a sender; only
// where it comes from, and what is remembered of it, are their own.
package resend

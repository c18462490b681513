// Package replay sends records again that Kafka still has: what a replay would send, and sending it. It reads
// outside of consumer groups, so that nothing moves any offset.
package replay

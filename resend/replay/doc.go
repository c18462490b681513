// Package replay sends records again that Kafka still has. It reads outside of consumer groups, so that nothing moves
// any offset.
//
//	request.go   what is to be sent again, looked up
//	offsets.go   ranges of partitions
//	preview.go   what would be sent
//	replay.go    a run
package replay

// Package telemetry is what the bridge tells of each step, and what is made of that.
//
//	observer.go  the one value that is handed down: whatever looks at the bridge hangs there
//	group.go     what a consumer group reads and commits
//	rules.go     what the rules decide
//	lane.go      what is sent to a destination, and acknowledged
//	health.go    what stands still
//	metrics.go   the metrics, by name
//	totals.go    what has become of all until now
package telemetry

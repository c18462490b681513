package kafka

import "time"

// noTimestamp is the number of a record that has none (NO_TIMESTAMP of Kafka's RecordBatch).
const noTimestamp = -1

// TimeOf returns the time of a record's timestamp; zero where it has none.
func TimeOf(timestamp int64) time.Time {
	if timestamp == noTimestamp {
		return time.Time{}
	}
	return time.UnixMilli(timestamp)
}

package handover

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// CheckVersion returns an error for an offset whose note a later version has written, which wraps a
// [progress.NewerVersion]: nothing may begin there.
func CheckVersion(group string, at kafka.TopicPartition, note string) error {
	if err := progress.CheckVersion(note); err != nil {
		return fmt.Errorf("group %s: a newer version of Sluice has committed the offset of %s: %w; run the newer version, or set the offsets of the group anew with kafka-consumer-groups.sh --reset-offsets while no instance runs",
			group, at, err)
	}
	return nil
}

// CheckVersions returns such an error for all that a group has committed, the first there is.
func CheckVersions(group string, committed kadm.OffsetResponses) (err error) {
	committed.Each(func(o kadm.OffsetResponse) {
		if err == nil {
			err = CheckVersion(group, kafka.TopicPartition{Topic: o.Topic, Partition: o.Partition}, o.Metadata)
		}
	})
	return err
}

package commit

import (
	"errors"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

var errNotMember = errors.New("the group has given this member up")

// bound keeps a commit from being sent in the name of another member.
func bound(member string, next func(*kmsg.OffsetCommitRequest) error) func(*kmsg.OffsetCommitRequest) error {
	return func(req *kmsg.OffsetCommitRequest) error {
		if req.MemberID != member {
			return errNotMember
		}
		return next(req)
	}
}

// Noted returns what puts notes into a commit, as its metadata.
func Noted(notes map[kafka.TopicPartition]string) func(*kmsg.OffsetCommitRequest) error {
	return func(req *kmsg.OffsetCommitRequest) error {
		for _, t := range req.Topics {
			for i := range t.Partitions {
				p := &t.Partitions[i]
				note := notes[kafka.TopicPartition{Topic: t.Topic, Partition: p.Partition}]
				p.Metadata = &note
			}
		}
		return nil
	}
}

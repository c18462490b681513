package replay

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/resend"
	"github.com/sluice-bridge/sluice/topic"
)

// Offsets name a range of a partition.
type Offsets struct {
	Topic       string // empty where only one is read
	Partition   int32
	First, Last int64 // Last -1: to the end
}

var offsetsText = regexp.MustCompile(`^(?:([^/]+)/)?(\d{1,10}):(\d{1,18})(-(\d{1,18})?)?$`)

// ParseOffsets reads ranges: PARTITION:FIRST-LAST, PARTITION:FIRST- up to the end, or PARTITION:ONLY, with TOPIC/ in
// front where several are read. The error is a [resend.RequestError].
func ParseOffsets(texts []string) ([]Offsets, error) {
	var all []Offsets
	for _, s := range texts {
		m := offsetsText.FindStringSubmatch(s)
		if m == nil || m[1] != "" && !topic.IsName(m[1]) {
			return nil, resend.Refuse("%q is not a range of a partition; write PARTITION:FIRST-LAST, like 3:1000-2000 or orders/3:1000-2000", s)
		}
		partition, err := strconv.ParseInt(m[2], 10, 32)
		if err != nil {
			return nil, resend.Refuse("%q names a partition that cannot be; write PARTITION:FIRST-LAST", s)
		}
		first, _ := strconv.ParseInt(m[3], 10, 64) // digits that fit
		last := first
		if m[4] != "" {
			last = -1
		}
		if m[5] != "" {
			last, _ = strconv.ParseInt(m[5], 10, 64)
		}
		if last >= 0 && last < first {
			return nil, resend.Refuse("%s ends before it begins; write the lower offset first", s)
		}
		all = append(all, Offsets{m[1], int32(partition), first, last})
	}
	return all, nil
}

// named returns the ranges of a topic that are named, which have to exist.
func named(asked []Offsets, topic string, only bool, have []reader.Range) ([]reader.Range, error) {
	var all []reader.Range
	for _, s := range asked {
		if s.Topic == "" && !only {
			return nil, resend.Refuse("%d:%d does not say of which topic; write it like %s/%d:%d", s.Partition, s.First, topic, s.Partition, s.First)
		}
		if s.Topic != "" && s.Topic != topic {
			continue
		}
		i := slices.IndexFunc(have, func(at reader.Range) bool { return at.Partition == s.Partition })
		if i < 0 {
			return nil, fmt.Errorf("there is no %s/%d: the topic has %d partitions, from 0", topic, s.Partition, len(have))
		}
		at := have[i]
		if at.First == at.End {
			return nil, fmt.Errorf("%s/%d is empty: there is nothing at %d", topic, s.Partition, s.First)
		}
		if s.First < at.First || s.First >= at.End || s.Last >= at.End {
			return nil, fmt.Errorf("%s/%d can be read from %d to %d; choose offsets among these", topic, s.Partition, at.First, at.End-1)
		}
		if slices.ContainsFunc(all, func(other reader.Range) bool { return other.Partition == s.Partition }) {
			return nil, resend.Refuse("%s/%d is named twice; replay one range after the other", topic, s.Partition)
		}
		at.First = s.First
		if s.Last >= 0 {
			at.End = s.Last + 1
		}
		all = append(all, at)
	}
	return all, nil
}

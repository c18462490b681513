package deadletter

import (
	"context"
	"fmt"
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// maxMessageBytes is the setting of a topic that bounds its batches, compressed.
const maxMessageBytes = "max.message.bytes"

// headerBytes is about what the headers of a dead letter add to its record, in bytes.
const headerBytes = 16 << 10

// CheckSize compares what the dead-letter topic takes with the largest record that the topics read,
// names or regular expressions between slashes, may hold. It returns a sentence with the remedy where
// a dead letter may not fit, and "" where all do or where the broker does not tell.
func CheckSize(ctx context.Context, admin *kadm.Client, deadLetters string, topics []string) string {
	read, _ := kafka.Topics(ctx, admin, topics) // where it cannot be found out what expressions match, without that
	sizes, err := sizeLimits(ctx, admin, append(read, deadLetters)...)
	room, known := sizes[deadLetters]
	if err != nil || !known {
		return ""
	}
	largest := ""
	for topic, size := range sizes {
		if topic != deadLetters && (largest == "" || size > sizes[largest] || size == sizes[largest] && topic < largest) {
			largest = topic
		}
	}
	if largest == "" || room >= sizes[largest]+headerBytes {
		return ""
	}
	return fmt.Sprintf("topic %s takes %d bytes and %s, which is read, takes %d: a dead letter, which is larger than its record by some headers, may not fit, and its partition would wait; %s",
		deadLetters, room, largest, sizes[largest], raiseLimit(deadLetters, sizes[largest]))
}

// raiseLimit says how a topic gets room for any dead letter, and for those of records of so many bytes.
func raiseLimit(deadLetters string, size int) string {
	return fmt.Sprintf("run kafka-configs.sh --bootstrap-server HOST:PORT --alter --topic %s --add-config %s=%d", deadLetters, maxMessageBytes, max(maxRecordBytes, size+headerBytes))
}

// sizeLimits asks for max.message.bytes of topics; those that may not be asked for are left out.
func sizeLimits(ctx context.Context, admin *kadm.Client, topics ...string) (map[string]int, error) {
	found, err := admin.DescribeTopicConfigs(ctx, topics...)
	if err != nil {
		return nil, err
	}
	sizes := map[string]int{}
	for _, topic := range found {
		for _, c := range topic.Configs {
			if c.Key != maxMessageBytes {
				continue
			}
			if n, err := strconv.Atoi(c.MaybeValue()); err == nil {
				sizes[topic.Name] = n
			}
		}
	}
	return sizes, nil
}

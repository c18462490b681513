package consumer

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// What the client has of a partition from before it was assigned is not taken for what follows a gap: all is read from
// where the partition begins.
func TestFetchFromBeforeTheAssignmentIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]bool{"polled before it begins": true, "polled once it begins": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 20)...)
			m := owner(t, k)
			poll := func(most int) {
				if _, err := m.source.poll(t.Context(), most); err != nil {
					t.Fatal(err)
				}
			}
			kafkatest.Await(t, "some of what is fetched", func() bool { poll(5); return m.assignment("t", 0).Expected() > 0 })
			m.source.onAssigned(t.Context(), m.source.client, map[string][]int32{"t": {0}})
			if between {
				poll(5)
			}
			begin := map[string]map[int32]kgo.Offset{"t": {0: kgo.NewOffset().At(0)}}
			if _, err := m.source.adjustOffsets(t.Context(), begin); err != nil {
				t.Fatal(err)
			}
			a := m.assignment("t", 0)
			kafkatest.Await(t, "all records", func() bool { poll(5); return a.Expected() == 20 })
			if n, first := len(a.waiting.Records), a.waiting.Records[0].Offset; n != 20 || first != 0 {
				t.Errorf("%d records were read, from offset %d on", n, first)
			}
		})
	}
}

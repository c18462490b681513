package message

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Two destinations may refuse the same record: both letters have to arrive in one FIFO queue.
func TestLettersOfOneRecordHaveIDsOfTheirOwn(t *testing.T) {
	origin := offsets.NewTopicIdentity("c", "t", [16]byte{1})
	record := &kgo.Record{Topic: "t", Value: []byte("v")}
	id := func(destination string) string {
		m := LetterMessage(DeadLetter{Record: record, Destination: destination}, &origin, nil, "", Destination{Name: "dlq", FIFO: true})
		return m.DeduplicationID
	}
	st, _ := NewRecordInfo(record, &origin, nil, "", nil)
	a, b := id("a"), id("b")
	if a == b || a == st.deduplication {
		t.Errorf("letters %q and %q of record %q", a, b, st.deduplication)
	}
	if again := id("a"); a != again {
		t.Errorf("%q, and %q at redelivery", a, again)
	}
}

package demo

import (
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

func message(body string, attributes ...string) *fake.Message {
	m := &fake.Message{Body: body, GroupID: "g", Attributes: map[string]fake.Attribute{}}
	for i := 0; i < len(attributes); i += 2 {
		m.Attributes[attributes[i]] = fake.Attribute{Type: "String", String: attributes[i+1]}
	}
	return m
}

func TestMessageIsReadAsItsRecord(t *testing.T) {
	at := []string{"kafka_topic", "orders", "kafka_position", "3:17"}
	tests := []struct {
		name  string
		m     *fake.Message
		value []byte
	}{
		{"text", message("null", at...), []byte("null")},
		{"base64", message("/wA=", append(at, "content_encoding", "base64")...), []byte{0xFF, 0}},
		{"text that looks like base64", message("/wA=", at...), []byte("/wA=")},
		{"tombstone", message("null", append(at, "kafka_tombstone", "true")...), nil},
		{"empty", message("null", append(at, "kafka_tombstone", "empty")...), []byte{}},
	}
	for _, test := range tests {
		want := Arrival{Position: Position{"orders", 3, 17}, Content: ContentOf(test.value), Group: "g", Ordered: true}
		if got, err := readMessage(test.m, true); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", test.name, got, err, want)
		}
	}
	for name, m := range map[string]*fake.Message{
		"no place":   message("x"),
		"no offset":  message("x", "kafka_topic", "orders", "kafka_position", "3"),
		"not base64": message("!", append(at, "content_encoding", "base64")...),
	} {
		if got, err := readMessage(m, false); err == nil {
			t.Errorf("%s: read as %+v", name, got)
		}
	}
}

func TestLetterIsReadAsItsRecord(t *testing.T) {
	l, err := readEnvelope(message(`{"reason":"rejected","destination":"ledger","source":"pay/0/5","value_base64":"/wA="}`))
	want := deadLetter{Arrival{Position: Position{"pay", 0, 5}, Content: ContentOf([]byte{0xFF, 0})}, "ledger", "rejected"}
	if err != nil || l != want {
		t.Errorf("%+v, %v; want %+v", l, err, want)
	}
	if l, err = readEnvelope(message(`{"source":"pay/0/5","value_base64":null}`)); err != nil || l.Content != ContentOf(nil) {
		t.Errorf("a tombstone: %+v, %v", l, err)
	}
	for _, source := range []string{"", "pay/0", "pay/x/5", "pay/0/y", "a/b/0/5"} {
		if l, err := newDeadLetter(source, "", "", nil); err == nil {
			t.Errorf("%q is read as %+v", source, l)
		}
	}
}

// TestWhatComesToQueuesIsCompared: what comes to a queue of the demo is compared, dead letters in a queue as well.
func TestWhatComesToQueuesIsCompared(t *testing.T) {
	d := []Destination{{Name: "queue"}, {Name: "fifo", FIFO: true}}
	f := newFlow()
	w := watch(f.Check, d, queue)
	w(*message("record 4", "kafka_topic", "orders", "kafka_position", "3:4"))
	w(*message("record 4!", "kafka_topic", "orders", "kafka_position", "3:5"))
	w(*message("record 4"))
	w(*message(`{"reason":"unmatched","source":"orders/3/9","value_base64":"cmVjb3JkIDk="}`, "dead_letter_reason", "unmatched"))
	w(*message(`{"reason":"rejected","destination":"fifo","source":"orders/3/1","value_base64":""}`, "dead_letter_reason", "rejected"))
	w(*message(`nonsense`, "dead_letter_reason", "rejected"))
	tallies := f.Finish().Tallies
	if want := (Tally{Expected: 9, Received: 3, Missing: 7, Altered: 1, Stray: 1}); tallies[queue] != want {
		t.Errorf("the queue has %+v, want %+v", tallies[queue], want)
	}
	if want := (Tally{Expected: 1, Received: 3, Stray: 2}); tallies[2] != want {
		t.Errorf("the dead letters have %+v, want %+v", tallies[2], want)
	}
}

package main

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestEveryFloorDeliversAllWithTheSameAttributes has an entry and a request fail once.
func TestEveryFloorDeliversAllWithTheSameAttributes(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	batch := []*kgo.Record{
		{Topic: "t", Partition: 3, Offset: 17, Key: []byte("k"), Value: []byte("{\"a\":\"\\n & + é\"}\t"), Timestamp: time.UnixMilli(1700000000000),
			Headers: []kgo.RecordHeader{{Key: "x-correlation-id", Value: []byte("c-1")}}},
		{Topic: "t", Partition: 3, Offset: 19, Key: []byte("l"), Value: []byte(`{"b":2}`), Timestamp: time.UnixMilli(1700000000001),
			Headers: []kgo.RecordHeader{{Key: "x-correlation-id", Value: []byte("c-2")}}},
	}
	want := []map[string]string{
		{"correlation_id": "c-1", "kafka_topic": "t", "kafka_position": "3:17", "kafka_timestamp": "1700000000000", "kafka_key": "k"},
		{"correlation_id": "c-2", "kafka_topic": "t", "kafka_position": "3:19", "kafka_timestamp": "1700000000001", "kafka_key": "l"},
	}
	for _, s := range []settings{{how: "raw", service: "sqs"}, {how: "raw", service: "sns"}, {how: "sdk", service: "sqs"}, {how: "sdk", service: "sns"}} {
		t.Run(s.how+" "+s.service, func(t *testing.T) {
			a, err := fake.StartAWS(fake.Options{Queues: []string{"q"}, Topics: []string{"t"}, Keys: map[string]string{"AKIAEXAMPLE": "secret"}})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = a.Close() }()
			a.Inject(fake.Fault{Count: 1, Effect: fake.InternalError()})
			a.Inject(fake.Fault{Count: 1, Effect: fake.FailEntry("InternalError", false), When: func(e fake.Entry) bool { return e.ID == "1" }})
			s.endpoint, s.region, s.inFlight = a.URL, a.Region, 1
			s.target = a.Queue("q").URL
			messages := a.Queue("q").Messages
			if s.service == "sns" {
				s.target, messages = a.Topic("t").ARN, a.Topic("t").Messages
			}
			out, err := newSender(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			if err := out.send(ctx, batch); err != nil {
				t.Fatal(err)
			}
			got := messages()
			if len(got) != len(batch) {
				t.Fatalf("%d messages of %d", len(got), len(batch))
			}
			for i, m := range got {
				have := map[string]string{}
				for name, value := range m.Attributes {
					have[name] = value.String
				}
				if m.Body != string(batch[i].Value) || !reflect.DeepEqual(have, want[i]) {
					t.Errorf("message %d: %q %v", i, m.Body, have)
				}
			}
		})
	}
}

func TestAPollIsCommittedAfterThoseBeforeIt(t *testing.T) {
	cl, err := kgo.NewClient(kgo.ConsumerGroup("g"), kgo.ConsumeTopics("t"), kgo.AutoCommitMarks())
	if err != nil {
		t.Fatal(err)
	}
	defer cl.Close()
	p := newPolls(cl)
	first := p.begin([]*kgo.Record{{Partition: 0, Offset: 1}, {Partition: 0, Offset: 2}, {Partition: 1, Offset: 7}})
	second := p.begin([]*kgo.Record{{Partition: 0, Offset: 3}})
	if len(first.last) != 2 || first.last[0].Offset != 2 || first.last[1].Offset != 7 {
		t.Fatalf("the last records of the partitions are %v", first.last)
	}
	second.sent(1)
	p.mark()
	if len(p.open) != 2 {
		t.Error("a poll was marked before an earlier one was acknowledged")
	}
	first.sent(3)
	p.mark()
	if len(p.open) != 0 {
		t.Errorf("%d polls are left", len(p.open))
	}
}

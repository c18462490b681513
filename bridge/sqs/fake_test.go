package sqs_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
	"github.com/sluice-bridge/sluice/fake"
)

// startFake starts an endpoint that holds a standard and a FIFO queue.
func startFake(t *testing.T) *fake.AWS {
	t.Helper()
	return sinktest.StartFake(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
}

func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestQueueIsReachedByEachFormOfItsName(t *testing.T) {
	far := startFake(t)
	for _, name := range []string{"orders", "ledger.fifo"} {
		for form, queue := range map[string]string{
			"name": name,
			"arn":  "arn:aws:sqs:eu-west-1:111122223333:" + name,
			"url":  far.URL + "/111122223333/" + name,
			"aws":  "https://sqs.eu-west-1.amazonaws.com/111122223333/" + name,
		} {
			t.Run(name+" by "+form, func(t *testing.T) {
				to := newSink(t, queue, far.URL)
				defer to.Close()
				limits, err := to.Open(bounded(t))
				if err != nil {
					t.Fatal(err)
				}
				if limits != (sink.Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}) {
					t.Errorf("limits %+v", limits)
				}
				batch := sinktest.BenchBatch(100)
				before := len(far.Queue(name).Messages())
				for i, m := range batch {
					if strings.HasSuffix(name, ".fifo") {
						m.GroupID, m.DeduplicationID = "g", fmt.Sprint(form, i)
					}
				}
				results := make([]*sink.Failure, len(batch))
				if f := to.Send(bounded(t), batch, results); f != nil {
					t.Fatal(f)
				}
				got := far.Queue(name).Messages()[before:]
				if len(got) != len(batch) {
					t.Fatalf("%d messages arrived: %v", len(got), results)
				}
				for i, m := range got {
					if m.Body != string(batch[i].Body) || len(m.Attributes) != 3 || m.GroupID != batch[i].GroupID {
						t.Errorf("message %d: %+v", i, m)
					}
				}
			})
		}
	}
}

func TestMissingQueueIsAFailureOfConfiguration(t *testing.T) {
	far := startFake(t)
	for _, queue := range []string{"gone", "arn:aws:sqs:eu-west-1:111122223333:gone", far.URL + "/111122223333/gone"} {
		to := newSink(t, queue, far.URL)
		defer to.Close()
		_, err := to.Open(bounded(t))
		var f *sink.Failure
		if !errors.As(err, &f) || f.Class != sink.Configuration || !strings.Contains(f.Code, "Queue") {
			t.Errorf("%s: %v", queue, err)
		}
	}
}

func TestFaultsOfSQSHaveTheirClass(t *testing.T) {
	far := startFake(t)
	to := newSink(t, "orders", far.URL)
	defer to.Close()
	if _, err := to.Open(bounded(t)); err != nil {
		t.Fatal(err)
	}
	sinktest.RunFaults(t, far, fake.SQS, "SendMessageBatch", to)
}

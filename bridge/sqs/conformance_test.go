package sqs_test

import (
	"context"
	"testing"

	"github.com/sluice-bridge/sluice/address"
	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
	"github.com/sluice-bridge/sluice/bridge/sqs"
)

// TestSinkPassesTheConformanceSuite runs the suite for a queue named by ARN and by URL. A plain name needs the right
// to look it up, which one of the cases takes away.
func TestSinkPassesTheConformanceSuite(t *testing.T) {
	for name, queue := range map[string]func(endpoint string) (queue, override string){
		"arn": func(e string) (string, string) { return "arn:aws:sqs:eu-west-1:000000000000:" + sinktest.Name, e },
		"url": func(e string) (string, string) { return e + "/000000000000/" + sinktest.Name, "" },
	} {
		t.Run(name, func(t *testing.T) {
			sinktest.Run(t, sinktest.Fixture{
				Wire:     sinktest.SQS{},
				Features: sinktest.Features{TraceHeader: true},
				New: func(t testing.TB, endpoint string, fifo bool) sink.Sink {
					q, override := queue(endpoint)
					if fifo {
						q += ".fifo"
					}
					return newSink(t, q, override)
				},
			})
		})
	}
}

func newSink(t testing.TB, queue, endpoint string) *sqs.Sink {
	t.Helper()
	session, err := awsapi.NewSession(context.Background(), awsapi.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	at, err := address.ParseQueue(queue)
	if err != nil {
		t.Fatal(err)
	}
	to, err := sqs.New(sqs.Options{Session: session, Queue: at, Endpoint: endpoint})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

package sns_test

import (
	"context"
	"testing"

	"github.com/sluice-bridge/sluice/address"
	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
	"github.com/sluice-bridge/sluice/bridge/sns"
)

const topic = "arn:aws:sns:eu-west-1:111122223333:" + sinktest.Name

func TestSinkPassesTheConformanceSuite(t *testing.T) {
	sinktest.Run(t, sinktest.Fixture{
		Wire:     sinktest.SNS{},
		Features: sinktest.Features{Subject: true},
		New: func(t testing.TB, endpoint string, fifo bool) sink.Sink {
			arn := topic
			if fifo {
				arn += ".fifo"
			}
			return newSink(t, arn, endpoint)
		},
	})
}

func newSink(t testing.TB, arn, endpoint string) *sns.Sink {
	t.Helper()
	session, err := awsapi.NewSession(context.Background(), awsapi.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	at, err := address.ParseTopic(arn)
	if err != nil {
		t.Fatal(err)
	}
	to, err := sns.New(sns.Options{Session: session, Topic: at, Endpoint: endpoint})
	if err != nil {
		t.Fatal(err)
	}
	return to
}

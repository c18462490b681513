package sqs_test

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
	"github.com/sluice-bridge/sluice/bridge/sqs"
)

// capture sends the same batch by the sink and by the SDK's client and returns both requests.
func capture(t *testing.T, batch []*message.Message, path string) (ours, theirs sinktest.Captured) {
	t.Helper()
	endpoint, requests := sinktest.Capture(t, sinktest.Reply{Status: 200, Body: `{"Successful":[]}`})
	session, err := awsapi.NewSession(context.Background(), awsapi.SessionOptions{})
	if err != nil {
		t.Fatal(err)
	}
	client, err := session.Client(awsapi.Target{Service: awsapi.SQS, Endpoint: endpoint + path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Release)
	const url = "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"
	to := sqs.NewOpened(client, url)
	if f := to.Send(context.Background(), batch, make([]*sink.Failure, len(batch))); f != nil {
		t.Fatal(f)
	}
	ours = <-requests
	if _, err := client.SQS.SendMessageBatch(context.Background(), sdkInput(url, batch)); err != nil {
		t.Fatal(err)
	}
	return ours, <-requests
}

func TestRequestIsThatOfTheSDK(t *testing.T) {
	ours, theirs := capture(t, sinktest.Awkward(), "")
	var a, b any
	if err := json.Unmarshal(ours.Body, &a); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(theirs.Body, &b); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("bodies differ:\n%s\n%s", ours.Body, theirs.Body)
	}
	for _, name := range []string{"Content-Type", "X-Amz-Target", "X-Amzn-Query-Mode", "X-Amz-Security-Token"} {
		if got, want := ours.Request.Header.Get(name), theirs.Request.Header.Get(name); got != want || got == "" {
			t.Errorf("%s: %q, the SDK sends %q", name, got, want)
		}
	}
	if ours.Request.Method != theirs.Request.Method || ours.Request.URL.Path != theirs.Request.URL.Path || ours.Request.Proto != "HTTP/1.1" {
		t.Errorf("%s %s %s, the SDK sends %s %s", ours.Request.Proto, ours.Request.Method, ours.Request.URL.Path, theirs.Request.Method, theirs.Request.URL.Path)
	}
}

func TestSignatureVerifiesForEachPath(t *testing.T) {
	for _, path := range []string{"", "/some/path", "/with%20space/"} {
		ours, _ := capture(t, sinktest.Awkward(), path)
		sinktest.VerifySignature(t, ours, "sqs", "eu-west-1")
	}
}

package awsapi

import (
	"bytes"
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/sluice-bridge/sluice/bridge/sinktest"
	"github.com/sluice-bridge/sluice/quota"
)

// BenchmarkSign builds and signs the head of the request of a full batch; an operation is a request, and so a
// tenth of its allocations is what a message costs.
func BenchmarkSign(b *testing.B) {
	sinktest.Environment(b)
	session, err := NewSession(context.Background(), SessionOptions{})
	if err != nil {
		b.Fatal(err)
	}
	client, err := session.Client(Target{Service: SQS, Endpoint: "http://127.0.0.1:1"})
	if err != nil {
		b.Fatal(err)
	}
	defer client.Release()
	keys := aws.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "secret"}
	op := NewOperation("application/x-amz-json-1.0", "X-Amz-Target", "AmazonSQS.SendMessageBatch")
	// About what ten messages of 512 B with their attributes make.
	body := bytes.Repeat([]byte(`{"k":"v"}`), 1000)
	var head []byte
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		head = client.signer.appendHead(head[:0], keys, op, body, client.clock.now())
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N*quota.Entries), "ns/msg")
}

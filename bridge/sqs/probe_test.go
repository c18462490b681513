package sqs_test

import (
	"slices"
	"testing"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/fake"
)

func TestProbeTellsOfTheKeyOfAQueue(t *testing.T) {
	far := startFake(t)
	to := newSink(t, "orders", far.URL)
	defer to.Close()
	if notes, f := to.Probe(bounded(t)); f != nil || notes != nil {
		t.Errorf("without a key: %q, %v", notes, f)
	}
	far.Inject(fake.Fault{Action: "GetQueueAttributes", Effect: fake.Effect{HTTP: &fake.HTTPAnswer{
		Status: 200, ContentType: "application/x-amz-json-1.0", Body: `{"Attributes":{"KmsMasterKeyId":"alias/k"}}`}}})
	want := []string{"is encrypted with the KMS key alias/k; sending needs kms:GenerateDataKey and kms:Decrypt on it too"}
	if notes, f := to.Probe(bounded(t)); f != nil || !slices.Equal(notes, want) {
		t.Errorf("%q, %v", notes, f)
	}
}

// A queue whose URL may not be asked for is probed as it is opened: where its owner is known, at AWS's form of its URL.
func TestProbeLooksWhereOpenDoes(t *testing.T) {
	far := startFake(t)
	far.Inject(fake.Fault{Action: "GetQueueUrl", Effect: fake.AccessDenied()})
	to := newSink(t, "arn:aws:sqs:eu-west-1:111122223333:orders", far.URL)
	defer to.Close()
	if limits, err := to.Open(bounded(t)); err != nil || limits.Presumed {
		t.Fatal(limits, err)
	}
	if _, f := to.Probe(bounded(t)); f != nil {
		t.Error(f)
	}
	far.Inject(fake.Fault{Action: "GetQueueAttributes", Effect: fake.AccessDenied()})
	if limits, err := to.Open(bounded(t)); err != nil || !limits.Presumed {
		t.Error(limits, err)
	}
	if _, f := to.Probe(bounded(t)); !awsapi.Denied(f) {
		t.Errorf("the attributes may not be read, and it says %v", f)
	}
}

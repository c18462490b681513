package sns_test

import (
	"slices"
	"testing"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/fake"
)

func TestProbeTellsOfTheKeyOfATopic(t *testing.T) {
	far := startFake(t)
	to := newSink(t, account+"alerts", far.URL)
	defer to.Close()
	if notes, f := to.Probe(bounded(t)); f != nil || notes != nil {
		t.Errorf("without a key: %q, %v", notes, f)
	}
	with := far.Inject(fake.Fault{Action: "GetTopicAttributes", Effect: fake.Effect{HTTP: &fake.HTTPAnswer{Status: 200, ContentType: "text/xml",
		Body: `<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry><key>KmsMasterKeyId</key><value>alias/k</value></entry></Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>`}}})
	want := []string{"is encrypted with the KMS key alias/k; sending needs kms:GenerateDataKey and kms:Decrypt on it too"}
	if notes, f := to.Probe(bounded(t)); f != nil || !slices.Equal(notes, want) {
		t.Errorf("%q, %v", notes, f)
	}
	with.Remove()
	far.Inject(fake.Fault{Action: "GetTopicAttributes", Effect: fake.AccessDenied()})
	if _, f := to.Probe(bounded(t)); !awsapi.Denied(f) {
		t.Errorf("the attributes may not be read, and it says %v", f)
	}
}

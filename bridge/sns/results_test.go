package sns

import (
	"testing"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

const (
	head = `<?xml version="1.0"?><PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>`
	tail = "</PublishBatchResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishBatchResponse>"
)

func TestResultsInOtherFormsAreRead(t *testing.T) {
	zero := "<member><Id>0</Id><MessageId>m</MessageId></member>"
	one := "<member>\n <MessageId>m</MessageId>\n <Id>1</Id>\n</member>"
	failed := "<member><Id>1</Id><Code>InternalError</Code><Message>a &lt;Id&gt;0 b</Message><SenderFault>false</SenderFault></member>"
	for name, row := range map[string]struct {
		inner string
		want  [2]string // codes; empty is accepted
	}{
		"all":                 {"<Successful>" + zero + one + "</Successful>", [2]string{}},
		"empty failures":      {"<Failed></Failed><Successful>" + zero + one + "</Successful>", [2]string{}},
		"closed failures":     {"<Failed/>\n<Successful>" + zero + one + "</Successful>", [2]string{}},
		"failure last":        {"<Successful>" + zero + "</Successful><Failed>" + failed + "</Failed>", [2]string{"", "InternalError"}},
		"in both lists":       {"<Successful>" + zero + one + "</Successful><Failed>" + failed + "</Failed>", [2]string{"", "InternalError"}},
		"twice the same":      {"<Successful>" + zero + zero + "</Successful>", [2]string{"", awsapi.CodeMissing}},
		"other ids":           {"<Successful>" + zero + "<member><Id>10</Id></member><member><Id>x</Id></member></Successful>", [2]string{"", awsapi.CodeMissing}},
		"nothing":             {"", [2]string{awsapi.CodeMissing, awsapi.CodeMissing}},
		"no successes":        {"<Successful/><Failed>" + failed + "</Failed>", [2]string{awsapi.CodeMissing, "InternalError"}},
		"failures with space": {"<Failed >" + failed + "</Failed><Successful>" + zero + "</Successful>", [2]string{"", "InternalError"}},
	} {
		t.Run(name, func(t *testing.T) {
			results := make([]*sink.Failure, 2)
			if f := (&Sink{client: new(awsapi.Client)}).readResults([]byte(head+row.inner+tail), results); f != nil {
				t.Fatal(f)
			}
			for i, code := range row.want {
				switch {
				case code == "" && results[i] != nil, code != "" && results[i] == nil:
					t.Errorf("entry %d: %v, want %q", i, results[i], code)
				case code != "" && results[i].Code != code:
					t.Errorf("entry %d: %v, want %q", i, results[i], code)
				}
			}
		})
	}
}

package sns_test

import (
	"context"
	"fmt"
	"testing"

	awsapi "github.com/sluice-bridge/sluice/bridge/aws"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
	"github.com/sluice-bridge/sluice/bridge/sns"
	"github.com/sluice-bridge/sluice/quota"
)

func TestMain(m *testing.M) { sinktest.Main(m) }

// BenchmarkSend compares the sink with the SDK's PublishBatch on the same transport and
// credentials. cpu-ns/msg is this process's, the answering one's is not in it.
func BenchmarkSend(b *testing.B) {
	sinktest.Environment(b)
	b.Setenv("AWS_ACCESS_KEY_ID", "KEY")
	b.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	peer := sinktest.StartPeer(b, sinktest.SNS{}.Results(make([]sinktest.Outcome, quota.Entries)))
	session, err := awsapi.NewSession(context.Background(), awsapi.SessionOptions{})
	if err != nil {
		b.Fatal(err)
	}
	client, err := session.Client(awsapi.Target{Service: awsapi.SNS, Endpoint: peer})
	if err != nil {
		b.Fatal(err)
	}
	defer client.Release()
	for _, size := range []int{512, 4096} {
		batch := sinktest.BenchBatch(size)
		b.Run(fmt.Sprintf("sink/%dB", size), func(b *testing.B) {
			to := sns.NewOn(client, topic)
			sinktest.PerMessage(b, func() error {
				var results [quota.Entries]*sink.Failure
				if f := to.Send(context.Background(), batch, results[:]); f != nil {
					return f
				}
				if results[9] != nil {
					return results[9]
				}
				return nil
			})
		})
		b.Run(fmt.Sprintf("sdk/%dB", size), func(b *testing.B) {
			sinktest.PerMessage(b, func() error {
				_, err := client.SNS.PublishBatch(context.Background(), sdkInput(batch))
				return err
			})
		})
	}
}

// BenchmarkEncode is the building of the request body alone.
func BenchmarkEncode(b *testing.B) {
	for _, size := range []int{512, 4096} {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			batch := sinktest.BenchBatch(size)
			prefix := sns.RequestPrefix(topic)
			var buffer []byte
			b.ReportAllocs()
			for b.Loop() {
				buffer = sns.AppendRequest(buffer[:0], prefix, batch)
			}
			b.ReportMetric(float64(b.Elapsed())/float64(b.N*len(batch)), "ns/msg")
		})
	}
}

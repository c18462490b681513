package fake_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/sluice-bridge/sluice/fake"
)

func TestAcceptedTellsOfEveryMessageOnce(t *testing.T) {
	var mu sync.Mutex
	var got []string
	a := start(t, fake.Options{Queues: []string{"q", "f.fifo"}, Topics: []string{"t"}, Retain: fake.CountOnly,
		Accepted: func(target string, body []byte) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, target+" "+string(body))
		}})
	a.Inject(fake.Fault{Target: "q", Count: 1, When: func(e fake.Entry) bool { return e.Body == "b" }, Effect: fake.FailEntry("InternalError", false)})
	client, group := sqsClient(t, a), "g"
	for range 2 {
		in := batch(a.Queue("f.fifo"), "x")
		in.Entries[0].MessageGroupId, in.Entries[0].MessageDeduplicationId = &group, &group
		if _, err := client.SendMessageBatch(deadline(t), in); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.SendMessageBatch(deadline(t), batch(a.Queue("q"), "a", "b", "c")); err != nil {
		t.Fatal(err)
	}
	id, text := "0", "published"
	if _, err := snsClient(t, a).PublishBatch(deadline(t), &sns.PublishBatchInput{TopicArn: &a.Topic("t").ARN,
		PublishBatchRequestEntries: []snstypes.PublishBatchRequestEntry{{Id: &id, Message: &text}}}); err != nil {
		t.Fatal(err)
	}
	if want := []string{"f.fifo x", "q a", "q c", "t published"}; !slices.Equal(got, want) {
		t.Errorf("accepted %q, want %q", got, want)
	}
}

func TestEntryProbabilityFailsSomeEntriesOfMany(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}, Retain: fake.CountOnly})
	a.Inject(fake.Fault{Effect: fake.FailEntry("InternalError", false), EntryProbability: 0.3, Seed: 7})
	client, q := sqsClient(t, a), a.Queue("q")
	failed, mixed := 0, false
	for range 30 {
		out, err := client.SendMessageBatch(deadline(t), batch(q, "a", "b", "c", "d", "e"))
		if err != nil {
			t.Fatal(err)
		}
		failed += len(out.Failed)
		mixed = mixed || len(out.Failed) > 0 && len(out.Successful) > 0
	}
	// 150 draws of a fixed seed: far from none and from all.
	if failed < 20 || failed > 80 || !mixed {
		t.Errorf("%d of 150 entries failed, mixed with others: %v", failed, mixed)
	}
	if q.Count() != 150-failed {
		t.Errorf("%d messages stored, %d failed", q.Count(), failed)
	}
}

func TestLatencyComesBeforeEveryFault(t *testing.T) {
	a := start(t, fake.Options{Queues: []string{"q"}})
	a.SetLatency(time.Hour)
	sent := make(chan error, 1)
	client, in := sqsClient(t, a), batch(a.Queue("q"), "x")
	go func() { // ends when the endpoint closes
		_, err := client.SendMessageBatch(t.Context(), in)
		sent <- err
	}()
	if err := a.Queue("q").WaitConcurrent(deadline(t), 1); err != nil {
		t.Fatal(err)
	}
	if n := a.Queue("q").Count(); n != 0 {
		t.Errorf("%d messages stored ahead of time", n)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-sent; err == nil {
		t.Error("the request was answered")
	}
}

func TestEndpointServesTLS(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	a := start(t, fake.Options{Queues: []string{"q"}, TLS: &tls.Config{Certificates: server.TLS.Certificates}})
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	client := sqs.New(sqsClient(t, a).Options(), func(o *sqs.Options) { o.HTTPClient = &http.Client{Transport: transport} })
	if _, err := client.SendMessageBatch(deadline(t), batch(a.Queue("q"), "x")); err != nil {
		t.Fatal(err)
	}
	if n := a.Queue("q").Count(); n != 1 {
		t.Errorf("%d messages stored by way of %s", n, a.URL)
	}
}

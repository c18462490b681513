package fake_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// The benchmarks measure the endpoint, not a client: every connection writes one
// prepared request of ten 512-byte messages again and again and reads the answer.
// Read the requests/s metric.

func BenchmarkSendMessageBatch(b *testing.B) {
	for name, retain := range map[string]fake.Retain{"count": fake.CountOnly, "retain": fake.RetainAll} {
		b.Run(name, func(b *testing.B) {
			a := start(b, fake.Options{Queues: []string{"q"}, Retain: retain})
			q := a.Queue("q")
			hammer(b, a, rawBatch(a, q.URL, 512), q.Count)
		})
	}
}

func BenchmarkPublishBatch(b *testing.B) {
	a := start(b, fake.Options{Topics: []string{"t"}, Retain: fake.CountOnly})
	topic := a.Topic("t")
	form := url.Values{"Action": {"PublishBatch"}, "Version": {"2010-03-31"}, "TopicArn": {topic.ARN}}
	for i := range 10 {
		at := fmt.Sprintf("PublishBatchRequestEntries.member.%d.", i+1)
		form.Set(at+"Id", fmt.Sprint(i))
		form.Set(at+"Message", `{"id":"0123456789","pad":"`+strings.Repeat("x", 484)+`"}`)
		form.Set(at+"MessageAttributes.entry.1.Name", "correlation_id")
		form.Set(at+"MessageAttributes.entry.1.Value.DataType", "String")
		form.Set(at+"MessageAttributes.entry.1.Value.StringValue", "c")
	}
	hammer(b, a, rawRequest(a, "Content-Type: application/x-www-form-urlencoded\r\n", form.Encode()), topic.Count)
}

// hammer sends the request on 16 connections; count says how many messages were
// accepted.
func hammer(b *testing.B, a *fake.AWS, request []byte, count func() int) {
	b.SetBytes(10 * 512)
	b.SetParallelism(8)
	b.ReportAllocs()
	before := processTime(b)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		conn, err := net.Dial("tcp", strings.TrimPrefix(a.URL, "http://"))
		if err != nil {
			b.Error(err)
			return
		}
		defer conn.Close()
		r := bufio.NewReaderSize(conn, 16<<10)
		for p.Next() {
			if _, err := conn.Write(request); err != nil {
				b.Error(err)
				return
			}
			res, err := http.ReadResponse(r, nil)
			if err != nil || res.StatusCode != http.StatusOK {
				b.Error(res, err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
		}
	})
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
	b.ReportMetric(float64((processTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
	if got := count(); got != 10*b.N {
		b.Fatalf("%d messages counted of %d sent", got, 10*b.N)
	}
}

// processTime is the CPU time of the process, endpoint and client together. On a
// shared machine it says more than the clock.
func processTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// rawBatch is an HTTP request with ten messages whose bodies are JSON, and so full
// of escapes, with one attribute each.
func rawBatch(a *fake.AWS, url string, size int) []byte {
	body := `{\"id\":\"0123456789\",\"type\":\"order.paid\",\"pad\":\"`
	body += strings.Repeat("x", size-len(body)+strings.Count(body, `\`)-len(`"}`)) + `\"}`
	var entries []string
	for i := range 10 {
		entries = append(entries, fmt.Sprintf(`{"Id":"%d","MessageBody":"%s","MessageAttributes":{"correlation_id":{"DataType":"String","StringValue":"c-%d"}}}`, i, body, i))
	}
	payload := `{"QueueUrl":"` + url + `","Entries":[` + strings.Join(entries, ",") + `]}`
	return rawRequest(a, "Content-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.SendMessageBatch\r\nX-Amzn-Query-Mode: true\r\n", payload)
}

func rawRequest(a *fake.AWS, headers, payload string) []byte {
	return fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: %s\r\n%sAuthorization: AWS4-HMAC-SHA256 Credential=AKIA/20261101/eu-west-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=00\r\nContent-Length: %d\r\n\r\n%s",
		strings.TrimPrefix(a.URL, "http://"), headers, len(payload), payload)
}

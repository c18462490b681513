package fake_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// BenchmarkSendMessageBatch measures the endpoint, not a client: every connection
// writes one prepared request of ten 512-byte messages again and again and reads
// the answer. Read the requests/s metric.
func BenchmarkSendMessageBatch(b *testing.B) {
	for _, mode := range []struct {
		name   string
		retain fake.Retain
		queue  string
	}{{"count", fake.CountOnly, "orders"}, {"retain", fake.RetainAll, "orders"}} {
		b.Run(mode.name, func(b *testing.B) {
			a, err := fake.StartAWS(fake.Options{Queues: []string{mode.queue}, Retain: mode.retain})
			if err != nil {
				b.Fatal(err)
			}
			defer a.Close()
			request := rawBatch(a, a.Queue(mode.queue).URL, 512)
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
					if err != nil || res.StatusCode != 200 {
						b.Error(res, err)
						return
					}
					_, _ = io.Copy(io.Discard, res.Body)
				}
			})
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
			b.ReportMetric(float64((processTime(b)-before).Microseconds())/float64(b.N), "cpu-µs/op")
			if got := a.Queue(mode.queue).Count(); got != 10*b.N {
				b.Fatalf("%d messages counted of %d sent", got, 10*b.N)
			}
		})
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
	body += strings.Repeat("x", size-strings.Count(body, "")+strings.Count(body, `\`)-2) + `\"}`
	var entries []string
	for i := range 10 {
		entries = append(entries, fmt.Sprintf(`{"Id":"%d","MessageBody":"%s","MessageAttributes":{"correlation_id":{"DataType":"String","StringValue":"c-%d"}}}`, i, body, i))
	}
	payload := `{"QueueUrl":"` + url + `","Entries":[` + strings.Join(entries, ",") + `]}`
	return []byte("POST / HTTP/1.1\r\nHost: " + strings.TrimPrefix(a.URL, "http://") +
		"\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: AmazonSQS.SendMessageBatch\r\nX-Amzn-Query-Mode: true\r\n" +
		"Authorization: AWS4-HMAC-SHA256 Credential=AKIA/20261101/eu-west-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, Signature=00\r\n" +
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(payload)) + payload)
}

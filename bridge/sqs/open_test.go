package sqs_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sinktest"
)

// TestQueueOpensWhereLookUpsFail opens a queue, given by its URL, at endpoints that take messages and
// nothing else.
func TestQueueOpensWhereLookUpsFail(t *testing.T) {
	sinktest.Environment(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	for name, answer := range map[string]func(http.ResponseWriter){
		"not found":       func(w http.ResponseWriter) { http.NotFound(w, nil) },
		"bad request":     func(w http.ResponseWriter) { http.Error(w, "what?", http.StatusBadRequest) },
		"not implemented": func(w http.ResponseWriter) { http.Error(w, "", http.StatusNotImplemented) },
		"server error":    func(w http.ResponseWriter) { http.Error(w, "oops", http.StatusInternalServerError) },
		"another answer":  func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"Successful":[],"Failed":[]}`) },
		"empty":           func(w http.ResponseWriter) {},
		"no JSON":         func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>") },
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.Header.Get("X-Amz-Target"), ".SendMessageBatch") {
					_, _ = io.WriteString(w, `{"Successful":[{"Id":"0","MessageId":"m","MD5OfMessageBody":"x"}]}`)
					return
				}
				answer(w)
			}))
			defer server.Close()
			s := newSink(t, server.URL+"/111122223333/orders", "")
			defer s.Close()
			limits, err := s.Open(context.Background())
			if err != nil || limits.MaxMessageBytes != 1<<20 {
				t.Fatalf("opened with %+v, %v", limits, err)
			}
			results := make([]*sink.Failure, 1)
			if f := s.Send(context.Background(), []*message.Message{{Body: []byte("x")}}, results); f != nil || results[0] != nil {
				t.Fatal(f, results[0])
			}
		})
	}
}

package sinktest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"github.com/sluice-bridge/sluice/bridge/message"
)

// Captured is a request as it came in.
type Captured struct {
	Request *http.Request
	Body    []byte
}

// keys are the credentials of captured requests.
var keys = aws.Credentials{
	AccessKeyID:     "AKIDEXAMPLE",
	SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
	SessionToken:    "a-token/with+signs==",
}

// Capture starts a server that hands every request to the channel and gives it the same answer. It
// sets the environment's credentials to those that VerifySignature expects.
func Capture(t *testing.T, reply Reply) (url string, requests <-chan Captured) {
	t.Helper()
	Environment(t)
	t.Setenv("AWS_ACCESS_KEY_ID", keys.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", keys.SecretAccessKey)
	t.Setenv("AWS_SESSION_TOKEN", keys.SessionToken)
	got := make(chan Captured, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("reading a request: %v", err)
		}
		got <- Captured{r, body}
		reply.write(w)
	}))
	t.Cleanup(server.Close)
	return server.URL, got
}

// VerifySignature recomputes a request's signature from what came in, as the service does.
func VerifySignature(t *testing.T, c Captured, service, region string) {
	t.Helper()
	given := c.Request.Header.Get("Authorization")
	_, names, _ := strings.Cut(given, "SignedHeaders=")
	names, _, _ = strings.Cut(names, ",")
	again, err := http.NewRequestWithContext(context.Background(), c.Request.Method, "http://"+c.Request.Host+c.Request.URL.EscapedPath(), bytes.NewReader(c.Body))
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.SplitSeq(names, ";") {
		if name != "host" && name != "content-length" {
			again.Header.Set(name, c.Request.Header.Get(name))
		}
	}
	at, err := time.Parse("20060102T150405Z", c.Request.Header.Get("X-Amz-Date"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(c.Body)
	if err := v4.NewSigner().SignHTTP(context.Background(), keys, again, hex.EncodeToString(sum[:]), service, region, at); err != nil {
		t.Fatal(err)
	}
	if want := again.Header.Get("Authorization"); given != want {
		t.Errorf("signed\n%s, should be\n%s", given, want)
	}
}

// Awkward is a batch with everything in it that an encoder can get wrong, and a plain rest.
func Awkward() []*message.Message {
	batch := []*message.Message{{
		Body:            []byte("\"quoted\" \\ back\t\r\n<&> %41+= \u2028\u007fé漢🙂"),
		GroupID:         `g!"#$%&'()*+,-./:;<=>?@[\]^_{|}~`,
		DeduplicationID: "d-1",
		TraceHeader:     "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
		Subject:         "a + b = c & more",
		Attributes:      []message.Attribute{{Name: "a.b", Value: "x\ty\"\\é"}, {Name: "c", Value: " "}},
	}}
	return append(batch, BenchBatch(300)[:9]...)
}
